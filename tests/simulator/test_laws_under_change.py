"""The laws hold while everything is changed and deleted under the calls, and callers have their turn in due order.

Whose turn it is, is looked at in the very moment in which a telephone begins to ring, as nothing shows it later.
"""

from contextlib import contextmanager, suppress
from dataclasses import replace
from random import Random
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.simulator.cast import build_directory
from eqboard.simulator.durations import Duration, Shape
from eqboard.simulator.office.entities import AgentState, QueueSettings, RingStrategy, state_of
from eqboard.simulator.office.extensions import usual_extension
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.switch.talks import Talks
from eqboard.simulator.world import World

from .conftest import START
from .test_invariants import AT_TELEPHONES, ORDERS, check, check_nobody_is_left_out

BUSY_TIMES = replace(
    AT_TELEPHONES, busy_share=1.6, no_answer_share=0.3, pick_up=Duration(4.0, Shape.LOGNORMAL), weights=(0, 3, 10, 3)
)
WORDS = ("yes", "no", "strict", "ultrastrict", "loose")
CHOICES = {
    "ring_strategy": tuple(RingStrategy),
    "weight": (0, 3, 10),
    "wrap_up_time": (None, 0, 5, 30),
    "wrap_up_all_queues": (False, True),
    "max_wait_time": (None, 10, 60),
    "max_callers": (None, 1, 4),
    "agent_timeout": (None, 3, 15),
    "agent_retry_time": (None, 0, 5),
    "join_empty": WORDS,
    "leave_empty": WORDS,
    "sys_resume": (None, 7, 60),
    "auto_answer_acd": (False, False, True),
    "cid_name_prefix": (None, "", "Sales: ", "<b>"),
    "recording_format": (None, "wav"),
    "recording_mode": ("afteranswered", "includeholdtime"),
    "type": (0, 0, 1),
}


def some_queue(world, rng):
    return rng.choice(list(world.directory.queues.values()))


def change_queue(world, rng):
    queue = some_queue(world, rng)
    if not queue.deleted:
        names = rng.sample(list(CHOICES), 6)
        chosen = {name: rng.choice(CHOICES[name]) for name in names}
        world.change_queue(queue, replace(queue.settings, **chosen))


def delete_queue(world, rng):
    queue = some_queue(world, rng)
    if not queue.deleted:
        world.close_queue(queue)


def undelete_queue(world, rng):
    some_queue(world, rng).deleted = False


def delete_agent(world, rng):
    agent = world.directory.agents[rng.randrange(1, 8)]
    if not agent.deleted:
        world.dismiss(agent)


def undelete_agent(world, rng):
    agent = world.directory.agents[rng.randrange(1, 8)]
    agent.deleted = False
    with suppress(Refusal):
        world.report_for_work(agent)


def delete_extension(world, rng):
    extension = world.directory.extensions.get(str(rng.randrange(201, 208)))
    if extension is not None:
        world.directory.remove_extension(extension)


def create_extension(world, rng):
    number = str(rng.randrange(201, 208))
    if number not in world.directory.extensions:
        world.add_extension(usual_extension(number, f"Desk {number}"))


def burst(world, rng):
    queues = world.directory.live_queues()
    for queue in rng.choices(queues, k=3) if queues else []:
        world.place_call(queue.extension, patience_seconds=rng.choice([None, 5, 100]))


CHANGES = [
    *(change_queue, change_queue, change_queue, undelete_queue, undelete_agent, create_extension, create_extension),
    *(delete_queue, delete_agent, delete_extension, burst),
    *ORDERS,
]


@contextmanager
def every_turn_checked(world):
    """A telephone rings for the caller whose turn it is, of all whom this agent could be offered right now."""
    ring, turns = Talks.ring, []

    def checked(talks, agent, call):
        mine = rank(world, call)
        turns.append(mine)
        for extension, membership in agent.memberships.items():
            if state_of(agent, membership) is AgentState.AVAILABLE:
                others = world.directory.queues[extension].waiting.values()
                ready = [other for other in others if not other.ringing and other.retry_at <= world.now]
                assert all(rank(world, other) >= mine for other in ready) or call.ringing
        ring(talks, agent, call)

    with patch.object(Talks, "ring", checked):
        yield turns


def rank(world, call):
    return -world.directory.queues[call.queue].settings.weight, call.entered_at


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 150))
def test_every_world_keeps_its_laws_whatever_is_changed_and_deleted_in_it(seed, count):
    world, rng = World(BUSY_TIMES, build_directory(BUSY_TIMES), seed=seed, started_at=START), Random(seed)
    with every_turn_checked(world):
        world.tick(300)
        for _ in range(count):
            for change in rng.choices(CHANGES, k=rng.choice([1, 1, 2, 3])):
                with suppress(Refusal):
                    change(world, rng)
            check(world)
            world.tick(rng.choice([0.1, 0.5, 1, 2, 5, 20]))
            check(world)
            check_nobody_is_left_out(world)
        world.tick(3600)
        check(world)


# Callers of all queues become ready in the same moments, as all telephones ring for as long and rest for as long.
IN_STEP = replace(
    BUSY_TIMES,
    busy_share=0.0,
    pick_up=Duration(2.0, Shape.FIXED),
    no_answer_share=0.6,
    talk=Duration(7.0, Shape.FIXED),
    conference_share=0.0,
    park_share=0.0,
    break_every=None,
    shift=None,
    present_share=1.0,
)
QUEUES = st.lists(
    st.tuples(st.sampled_from([0, 3, 10]), st.sampled_from(RingStrategy), st.sampled_from([None, 0, 5])),
    min_size=4,
    max_size=4,
)
ARRIVALS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 0, 0, 1, 5])), min_size=4, max_size=40)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), told=QUEUES, arrivals=ARRIVALS)
def test_heavier_queues_go_first_and_then_whoever_waits_longest(seed, told, arrivals):
    directory = build_directory(IN_STEP)
    for queue, (weight, strategy, retry) in zip(directory.queues.values(), told, strict=True):
        queue.settings = QueueSettings(
            queue.extension, queue.settings.name, ring_strategy=strategy, weight=weight, agent_retry_time=retry
        )
    world = World(IN_STEP, directory, seed=seed, started_at=START)
    with every_turn_checked(world) as turns:
        for queue, seconds in arrivals:
            world.place_call(str(500 + queue))
            world.tick(float(seconds))
            check_nobody_is_left_out(world)
        world.tick(120)
    assert turns
