"""The list of callers against the one before: who is new, who is gone, who is in another queue."""

from collections.abc import Mapping
from datetime import datetime

from eqboard.floor.flow.events import EventKind
from eqboard.floor.flow.nameless import exchange_fates
from eqboard.floor.flow.observation import Observation
from eqboard.floor.flow.watch import Departed, handles, is_same, is_within
from eqboard.floor.moments import FAR_OFF, SAME_MOMENT
from eqboard.floor.snapshot import Caller, WaitingCall


def follow_callers(seen: Observation) -> None:
    """Ringing is not answered: whoever is in the list waits."""
    if not seen.calls.is_new:
        return
    gone = {key: call for key, call in seen.before.waiting.items() if key not in seen.after.waiting}
    by_handle = {handle: call for call in gone.values() for handle in handles(call.caller)}
    new: list[WaitingCall] = []
    for key, call in seen.after.waiting.items():
        old = seen.before.waiting.get(key) or _renamed(call, by_handle, gone)
        if old is not None and _is_another(call, old.caller, old.entered_at):
            _lose(seen, old)
            gone.pop(old.key, None)
            new.append(call)
        elif old is None:
            new.append(call)
        else:
            gone.pop(old.key, None)
            _stay(seen, old, call)
    for call in gone.values():
        _depart(seen, call)
    for call in new:
        _appear(seen, call)


def _renamed(
    call: WaitingCall, by_handle: Mapping[str, WaitingCall], gone: Mapping[str, WaitingCall]
) -> WaitingCall | None:
    """Who had another unique id before, but that channel."""
    found = (by_handle.get(handle) for handle in handles(call.caller))
    return next((old for old in found if old is not None and old.key in gone), None)


def _is_another(call: WaitingCall, caller: Caller, entered_at: datetime | None) -> bool:
    """Somebody with another number who came at another time, to whom the exchange gave the same unique id again."""
    if not call.caller.number or not caller.number or call.caller.number == caller.number:
        return False
    return bool(call.entered_at and entered_at) and not is_within(
        call.entered_at or FAR_OFF, entered_at or FAR_OFF, SAME_MOMENT
    )


def _lose(seen: Observation, old: WaitingCall) -> None:
    """By what they were known is somebody else now: nobody will see whereto they went."""
    if old.key in seen.decided:
        seen.decided.remove(old.key)
    elif seen.calls.after_at is not None:
        seen.tell(EventKind.UNRESOLVED, old, seen.calls.after_at)


def _stay(seen: Observation, old: WaitingCall, call: WaitingCall) -> None:
    """They wait as before, or in another queue now.

    Who left by the key that they have now is lost: who it was that came back, nobody can tell any more.
    """
    namesake = seen.departed.get(call.key)
    if namesake is not None:
        seen.decide(namesake, EventKind.UNRESOLVED, namesake.gone_at)
    was_decided = old.key in seen.decided
    seen.decided.discard(old.key)
    if old.queue != call.queue:
        if not was_decided and seen.calls.after_at is not None:
            seen.tell(EventKind.FLOWED_OUT, old, seen.calls.after_at)
        seen.offer(call)
    elif was_decided:
        seen.decided.add(call.key)


def _depart(seen: Observation, call: WaitingCall) -> None:
    if call.key in seen.decided:
        seen.decided.remove(call.key)
        return
    if exchange_fates(seen, call):
        return
    gone_at, gone_by = seen.calls.after_at, seen.calls.by
    if gone_at is None or gone_by is None:
        return
    seen.departed[call.key] = Departed(
        key=call.key,
        queue=call.queue,
        caller=call.caller,
        entered_at=call.entered_at or gone_at,
        seen_at=seen.calls.before_at or gone_at,
        gone_at=gone_at,
        gone_by=gone_by,
        is_blind=seen.calls.is_blind,
    )


def _appear(seen: Observation, call: WaitingCall) -> None:
    """A new caller; one who comes out of another queue; or one who never left, and was missing in one answer."""
    departed = _departed(seen, call)
    if departed is None:
        seen.offer(call)
    elif _is_another(call, departed.caller, departed.entered_at):
        seen.decide(departed, EventKind.UNRESOLVED, departed.gone_at)
        seen.offer(call)
    elif _is_same_wait(departed, call):
        del seen.departed[departed.key]
    else:
        seen.decide(departed, EventKind.FLOWED_OUT, departed.left_at)
        seen.offer(call)


def _departed(seen: Observation, call: WaitingCall) -> Departed | None:
    by_key = seen.departed.get(call.key)
    if by_key is not None:
        return by_key
    return next((each for each in seen.departed.values() if is_same(each.caller, call.caller)), None)


def _is_same_wait(departed: Departed, call: WaitingCall) -> bool:
    if departed.queue != call.queue:
        return False
    return (
        call.entered_at is None or call.since_at_least or is_within(departed.entered_at, call.entered_at, SAME_MOMENT)
    )
