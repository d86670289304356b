"""Putting callers in, and taking them out."""

from __future__ import annotations

from eqboard.simulator.asked import Asked
from eqboard.simulator.office.limits import MOST_CALLS, refuse_when_full
from eqboard.simulator.refusals import Refusal, not_found
from eqboard.simulator.trainer.lever import ALL, Levers, Stage, field, queues_asked, short, whole_number

MOST_IN_A_BURST = 500
LONGEST_BURST_SECONDS = 600
PATIENCES = ("usual", "endless")


def _place_call(stage: Stage, asked: Asked) -> object:
    """A caller with endless patience enters a queue; answers the unique id, null when the queue turns them away: it is
    full, or nobody is there (joinEmpty).
    """
    extension = asked.form.get("queue", "")
    if not extension:
        raise Refusal("queue", "blank", "Queue extension not specified")
    if stage.world.directory.live_queue(extension) is None:
        raise not_found("queue", "Call queue does not exist")
    refuse_when_full(stage.world.switch.calls, MOST_CALLS, "queue")
    name, number = asked.form.get("name"), asked.form.get("number")
    call = stage.world.place_call(extension, name=short("name", name), number=short("number", number))
    return call.unique_id if call.unique_id in stage.world.switch.calls else None


def _burst(stage: Stage, asked: Asked) -> object:
    """count (1 to 500) callers within seconds (0 to 600) of the world's time, into one queue or, by chance, all that
    the public calls; patience: usual (the scenario's) or endless. Answers how many are coming.
    """
    asked_for = queues_asked(stage.world, asked)
    is_all = field(asked, "queue") == ALL
    queues = [queue.extension for queue in asked_for if queue.settings.is_public or not is_all]
    if not queues:
        raise Refusal("queue", "nonexistent", "There is no call queue that they could call")
    count = whole_number("count", asked.form.get("count", ""), least=1, most=MOST_IN_A_BURST)
    seconds = whole_number("seconds", asked.form.get("seconds", "0"), least=0, most=LONGEST_BURST_SECONDS)
    patience = asked.form.get("patience", "usual")
    if patience not in PATIENCES:
        raise Refusal("patience", "invalid", f"The patience must be one of {', '.join(PATIENCES)}")
    room = MOST_CALLS - len(stage.world.switch.calls) - stage.world.bursts.expected
    if count > room:
        raise Refusal("count", "invalid", f"This server has room for {max(0, room)} more callers: ask for fewer")
    stage.world.bursts.order(queues, count, within_seconds=seconds, is_patient=patience == "endless")
    return {"expected": count}


def _hang_up(stage: Stage, asked: Asked) -> object:
    if not stage.world.hang_up(asked.key):
        raise not_found("unique_id", "There is no such caller")
    return None


def _hang_up_waiting(stage: Stage, asked: Asked) -> object:
    """Everybody hangs up who waits, in one queue or in all; answers how many did. Who talks goes on talking."""
    waiting = [call for queue in queues_asked(stage.world, asked) for call in queue.waiting.values()]
    for call in reversed(waiting):  # the last first: an agent who is freed so rings for nobody who is about to go
        stage.world.switch.hang_up(call)
    return {"hung_up": len(waiting)}


LEVERS: Levers = {
    ("POST", "/control/calls"): _place_call,
    ("POST", "/control/burst"): _burst,
    ("DELETE", "/control/calls/{unique_id}"): _hang_up,
    ("DELETE", "/control/calls"): _hang_up_waiting,
}
