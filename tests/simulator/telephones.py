"""What the tests of the telephony side look at, in few words."""

from eqboard.simulator.answers.calls import active_calls, conferences
from eqboard.simulator.answers.queues import combined_status, statistics, status
from eqboard.simulator.refusals import Refusal

ACCEPTED_SECONDS = 0.8  # after so long what was accepted has been carried out
PICK_UP_SECONDS = 3.0  # a telephone is answered in these worlds after exactly so long


def calls_at(world, extension):
    """The extension's active calls, as the API shows them."""
    return active_calls(world.switch, extension)


def call_at(world, extension):
    """The one active call of an extension."""
    [call] = calls_at(world, extension)
    return call


def status_at(world, extension):
    """What the telephone does: dialing, ringing, up, or None."""
    calls = calls_at(world, extension)
    return calls[0]["status"] if calls else None


def row(world, agent_id, queue="500"):
    """An agent's row in a queue."""
    return status(world.directory.agents[agent_id], queue)


def combined(world, agent_id):
    """An agent's combined row."""
    return combined_status(world.directory.agents[agent_id])


def books(world, queue="500"):
    """A queue's ledger."""
    return world.directory.queues[queue].ledger


def numbers(world, queue="500"):
    """A queue's statistics."""
    return statistics(world.directory.queues[queue], world.now)


def rooms(world):
    """The conferences that go on."""
    return conferences(world.switch)


def a_conversation(world, queue="500", **caller):
    """A caller who talks with an agent, which is agent 1 unless that one is busy."""
    call = world.place_call(queue, **caller)
    world.tick(PICK_UP_SECONDS)
    assert call.agent is not None
    return call


def act(world, extension, action, channel="", destination=""):
    """An extension action, carried out."""
    world.telephony.extension_action(extension, action, channel, destination)
    world.tick(ACCEPTED_SECONDS)


def dialled(world, extension, destination):
    """An extension that has dialled, and was answered."""
    act(world, extension, "dial", destination=destination)
    world.tick(PICK_UP_SECONDS)


def refused(action, *arguments):
    """Status, parameter and type of a refusal."""
    try:
        action(*arguments)
    except Refusal as refusal:
        return refusal.status, refusal.parameter, refusal.kind
    raise AssertionError("accepted")
