"""What became of those who wait no more, once there was time to see where they went."""

from dataclasses import replace
from datetime import datetime, timedelta

from eqboard.floor.flow.events import EventKind
from eqboard.floor.flow.observation import Observation, handles_of
from eqboard.floor.flow.taking import came_and_went
from eqboard.floor.flow.telephones import is_reached, is_sent_there
from eqboard.floor.flow.watch import Departed, PickUp, Talk, handles, is_same, is_within
from eqboard.floor.moments import SAME_MOMENT, SETTLING
from eqboard.floor.snapshot import AgentState, Part

PATIENCE = timedelta(seconds=120)  # after so long without one of the lists, nobody will find out any more
CUT = timedelta(seconds=1)  # EQ cuts times to the second


def decide_fates(seen: Observation) -> None:
    """Decide what can be decided of those who are gone, and of calls that nobody was seen to wait for."""
    if seen.agents.is_new and seen.agents.is_blind:
        seen.departed = {key: replace(each, is_blind=True) for key, each in seen.departed.items()}
    for departed in list(seen.departed.values()):
        _decide(seen, departed)
    for pick_up in list(seen.pick_ups):
        _give_up(seen, pick_up)


def _decide(seen: Observation, departed: Departed) -> None:
    if not departed.is_blind and (pick_up := _who_rang_for(seen, departed)) is not None:
        _answer(seen, departed, pick_up)
    elif not departed.is_blind and is_reached(seen, departed):
        seen.decide(departed, EventKind.STOLEN, departed.left_at)
    elif _is_settled(seen, departed.gone_by):
        _settle(seen, departed)
    elif seen.now is not None and not is_within(departed.gone_at, seen.now, PATIENCE):
        seen.decide(departed, EventKind.UNRESOLVED, departed.gone_at)


def _is_settled(seen: Observation, moment: datetime) -> bool:
    """Whether both lists were read long enough after that moment."""
    moments = (seen.calls.after_at, seen.agents.after_at)
    return all(at is not None and at - moment >= SETTLING for at in moments)


def _settle(seen: Observation, departed: Departed) -> None:
    if departed.is_blind:
        seen.decide(departed, EventKind.UNRESOLVED, departed.gone_at)
    elif (pick_up := _who_took(seen, departed)) is not None:
        _answer(seen, departed, pick_up)
    elif _rings(seen, departed) or _is_elsewhere(seen, departed) or is_sent_there(seen, departed):
        seen.decide(departed, EventKind.STOLEN, departed.left_at)
    elif _was_sent_away(seen, departed):
        seen.decide(departed, EventKind.FLOWED_OUT, departed.left_at)
    else:
        seen.decide(departed, EventKind.ABANDONED, departed.left_at)


def _was_sent_away(seen: Observation, departed: Departed) -> bool:
    """By rule: their queue is no more, or they left when they had waited as long as it allows, as far as that shows."""
    queue = seen.after.queues.get(departed.queue)
    if queue is None or not queue.max_wait_seconds:
        return queue is None
    shortest = departed.seen_at - departed.entered_at - CUT - SAME_MOMENT
    longest = departed.gone_by - departed.entered_at + SAME_MOMENT
    return shortest.total_seconds() <= queue.max_wait_seconds <= longest.total_seconds()


def _rings(seen: Observation, departed: Departed) -> bool:
    """A telephone rings for somebody who has long been in no queue's list: they were sent there (contract §4)."""
    ringing = (each for each in seen.after.agents.values() if each.state is AgentState.RINGING)
    return any(is_same(each.caller, departed.caller) for each in ringing)


def _is_elsewhere(seen: Observation, departed: Departed) -> bool:
    """In the parking lot or a conference, by a list that was asked for after they had left."""
    callers = [call.caller for call in seen.after.parked.values()] if _is_later(seen, Part.PARKED, departed) else []
    if _is_later(seen, Part.CONFERENCES, departed):
        callers += [each.caller for room in seen.after.conferences.values() for each in room.participants]
    return not handles_of(callers).isdisjoint(handles(departed.caller))


def _is_later(seen: Observation, part: Part, departed: Departed) -> bool:
    source = seen.after.sources.get(part)
    return source is not None and source.taken_at is not None and source.taken_at >= departed.gone_by


# Somebody took a call, and EQ does not show which


def _who_rang_for(seen: Observation, departed: Departed) -> PickUp | None:
    """Whose telephone rang for them before they were gone, and who took a call since."""
    return next((each for each in seen.pick_ups if is_same(each.caller, departed.caller)), None)


def _who_took(seen: Observation, departed: Departed) -> PickUp | None:
    """Who took a call of that queue while they left; the certain ones first."""
    fitting = [each for each in seen.pick_ups if _may_be(each, departed)]
    return min(fitting, key=lambda each: not each.is_certain, default=None)


def _may_be(pick_up: PickUp, departed: Departed) -> bool:
    if departed.queue not in pick_up.queues:
        return False
    return pick_up.since - SAME_MOMENT <= departed.gone_by and departed.seen_at <= pick_up.until + SAME_MOMENT


def _answer(seen: Observation, departed: Departed, pick_up: PickUp) -> None:
    """Whoever took them may talk with them still, on a call of which EQ does not tell the caller."""
    seen.pick_ups.remove(pick_up)
    at = max(departed.seen_at, min(departed.left_at, pick_up.until))
    seen.decide(departed, EventKind.ANSWERED, at, pick_up.agent)
    agent = seen.after.agents.get(pick_up.agent)
    if agent is None or agent.state is not AgentState.ON_CALL or pick_up.agent in seen.talks:
        return
    if not handles(agent.caller):
        seen.talks[pick_up.agent] = Talk(departed.queue, handles(departed.caller), at)


def _give_up(seen: Observation, pick_up: PickUp) -> None:
    """Nobody is missing whom it can have been: if it was a call of a queue, the caller came and went unseen."""
    if not _is_settled(seen, pick_up.until) or any(_may_be(pick_up, each) for each in seen.departed.values()):
        return
    seen.pick_ups.remove(pick_up)
    if pick_up.is_certain:
        at = pick_up.until
        came_at = at - (at - pick_up.since) / 2
        seen.events += came_and_went(pick_up.queues[0], came_at, at, pick_up.caller, pick_up.agent)
