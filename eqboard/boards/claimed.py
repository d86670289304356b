"""Who is at what just now, as everybody else sees it on a row: "Dana is stealing this". Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eqboard.boards.keys import shown_key
from eqboard.feed.claims import Claim
from eqboard.floor.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Doing:
    """What a row shows of a claim. Not until when it holds: that it is kept for longer is no news."""

    action: str  # its name (accounts/access.py, control/catalogue)
    who: str


def doings(claims: Iterable[Claim], view: Snapshot) -> Mapping[str, tuple[Doing, ...]]:
    """By subject, as `view` knows it, the first to begin first. Of what is not in the view nothing is told."""
    found: dict[str, tuple[Doing, ...]] = {}
    for claim in sorted(claims, key=lambda each: (each.since, each.slot)):
        subject = _shown(claim.subject, view)
        if subject is not None:
            found[subject] = (*found.get(subject, ()), Doing(claim.action, claim.who))
    return found


def _shown(subject: str, view: Snapshot) -> str | None:
    """The subject on this view, where the key of a call may be hidden; None for what is not there."""
    kind, _, key = subject.partition(":")
    match kind:
        case "call" | "parked":
            calls: Mapping[str, object] = view.waiting if kind == "call" else view.parked
            shown = shown_key(key, calls)
            return f"{kind}:{shown}" if shown in calls else None
        case "agent":
            return subject if any(str(each) == key for each in view.agents) else None
        case "conference":
            return subject if key in view.conferences else None
    return None
