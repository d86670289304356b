"""An attempt that is being settled: what the floor says of it, once nobody waits for it any more. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from eqboard.control.audit.story import answered_within
from eqboard.control.catalogue import CATALOGUE
from eqboard.control.catalogue.action import Action
from eqboard.control.catalogue.evidence import NO_NEWS, Evidence, Look, Stage
from eqboard.control.catalogue.listening import UNATTENDED
from eqboard.control.catalogue.order import Order
from eqboard.control.doing.vigil import Vigil
from eqboard.control.models import AuditEntry, Step
from eqboard.feed.follow import Floor

GIVE_UP_AFTER = timedelta(minutes=2)  # when the floor is read and tells nothing, as of an extension that is gone
OUT_OF_SIGHT = {"seen": Stage.NO_NEWS.value}  # of what lasts: nobody knows whether it is over


@dataclass(slots=True)
class Case:
    """One attempt that is being settled: what was read since `since` tells of it, when the effect had had its time.

    `begun_at` is when it was found, or seen to go on last. All by our clock.
    """

    order: Order
    action: Action
    vigil: Vigil
    since: datetime
    begun_at: datetime
    was_seen_gone: bool = False  # of what lasts: in the round before
    goes_on: bool = False  # of what lasts: it was seen in this round

    @property
    def ended_as(self) -> dict[str, str]:
        """Of what lasts and has ended, for the audit. When it did nobody has seen."""
        return {"how": UNATTENDED} | ({} if self.was_seen_gone else OUT_OF_SIGHT)


def case_of(entry: AuditEntry, order: Order | None, now: datetime) -> Case | None:
    """None where the floor cannot be asked."""
    action = CATALOGUE[order.action] if order else None
    if order is None or action is None or action.look is None:
        return None
    since = entry.at if entry.step == Step.UNKNOWN else entry.at + answered_within()
    return Case(order, action, Vigil(action.has_journey), since, now)


def end_of(case: Case, entry: AuditEntry, floor: Floor, now: datetime) -> Step | None:
    """How the attempt ends, whose newest entry this is; None while more is to be seen."""
    look = _look(case, floor)
    return _ended(case, look, floor, now) if entry.step == Step.CONFIRMED else _verdict(case, look, floor, now)


def _look(case: Case, floor: Floor) -> Look:
    if case.action.look is None or not floor.is_connected:
        return NO_NEWS
    return case.action.look(case.order, Evidence(floor.snapshot, floor.theirs(case.since)))


def _verdict(case: Case, look: Look, floor: Floor, now: datetime) -> Step | None:
    """What has not changed by now will not."""
    evidence = Evidence(floor.snapshot, floor.theirs(case.since))
    step = case.vigil.see(look, case.action.read_at(case.order, evidence))
    if step is None and (look.stage is Stage.UNCHANGED or _is_silent(case, floor, now)):
        return case.vigil.at_last()
    return step


def _ended(case: Case, look: Look, floor: Floor, now: datetime) -> Step | None:
    """What was confirmed and lasts has ended when two rounds do not see it, or when nothing can be seen of it."""
    case.goes_on = look.stage is Stage.DONE
    if case.goes_on:
        case.begun_at, case.was_seen_gone = now, False
        return None
    was_gone, case.was_seen_gone = case.was_seen_gone, look.stage is Stage.UNCHANGED
    return Step.ENDED if (was_gone and case.was_seen_gone) or _is_silent(case, floor, now) else None


def _is_silent(case: Case, floor: Floor, now: datetime) -> bool:
    """Whether EQ was read for long enough since the case was found."""
    begun_at = floor.theirs(case.begun_at)
    is_read = any(each.taken_at and each.taken_at >= begun_at for each in floor.snapshot.sources.values())
    return floor.is_connected and is_read and now - case.begun_at > GIVE_UP_AFTER
