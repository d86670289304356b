"""What became of a step at one's own seat, as a sentence: who one is on EQ, signed in there or not, one's extension."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from eqboard.control.models import Step
from eqboard.control.refusals import of_eq
from eqboard.control.saying import say

CHOOSE_EXTENSION = "seat.extension"
LINK = "seat.link"
UNLINK = "seat.unlink"
SIGN_IN = "eq.sign_in"
SIGN_OUT = "eq.sign_out"
DEACTIVATED = "deactivated"  # why eqboard signs somebody out of EQ; it stands in the audit log and is never renamed
STEPS = frozenset({CHOOSE_EXTENSION, LINK, UNLINK, SIGN_IN, SIGN_OUT})


class SeatFault(StrEnum):
    """Our own refusals, in the place of EQ's error; they stand in the audit log and are never renamed."""

    NO_USER = "NoSuchUser"
    NOT_YOU = "NotYou"
    DELETED = "Deleted"
    TAKEN = "Taken"
    LINKED = "Linked"  # to another user already
    NOT_LINKED = "NotLinked"
    KEPT = "Kept"  # a link that only an administrator takes away
    CHANGED = "Changed"  # the link, while EQ was asked
    NO_EXTENSION = "NoExtension"
    OCCUPIED = "Occupied"  # the extension is somebody else's


def sentence_of(action: str, step: str, details: Mapping[str, Any], name: str) -> SafeString:
    """`name` is the extension, or the EQ user's name."""
    match step:
        case Step.ASKED:
            return say(_("Asking EQ…"))
        case Step.DONE:
            return _done(action, details, name)
        case Step.UNKNOWN if action == SIGN_IN:
            return say(
                _(
                    "EQ's answer was lost: you may be signed in there without this page knowing. Sign in again; if you "
                    "are signed in elsewhere then, that is it."
                )
            )
        case Step.UNKNOWN:
            return say(
                _(
                    "EQ's answer was lost, so nobody knows whether you are signed out there. Try again; EQ also ends a "
                    "session that is not used."
                )
            )
    return _faulty(details, name)


def _done(action: str, details: Mapping[str, Any], name: str) -> SafeString:
    match action:
        case "eq.sign_in":
            return _signed_in(details)
        case "eq.sign_out" if details.get("why") == DEACTIVATED:
            return say(_("Signed out of EQ by eqboard, as this person may not use it any more."))
        case "eq.sign_out":
            return say(_("Signed out of EQ."))
        case "seat.link":
            return say(_("Linked to EQ's user %(name)s."), name=name)
        case "seat.unlink":
            return say(_("Not linked to EQ's user %(name)s any more."), name=name)
    if not name:
        return say(_("Saved: you have no extension now."))
    if details.get("is_confirmed"):
        return say(_("Saved: an administrator has confirmed that %(name)s is this person's telephone."), name=name)
    if not details.get("is_checked"):
        return say(_("Saved. EQ could not be asked whether it has extension %(name)s."), name=name)
    return say(_("Saved: %(name)s is your extension."), name=name)


def _signed_in(details: Mapping[str, Any]) -> SafeString:
    extension = details.get("extension")
    text = say(_("Signed in to EQ at %(extension)s."), extension=extension) if extension else say(_("Signed in to EQ."))
    if not details.get("force"):
        return text
    ended = say(_("It was done by force: a session of the same user elsewhere was ended by it."))
    return mark_safe(f"{text} {ended}")  # noqa: S308 (both are escaped)


def _faulty(details: Mapping[str, Any], name: str) -> SafeString:
    own = _own_fault(details.get("error"), name)
    if own is not None:
        return own
    if details.get("error") == "EQConflict":
        return conflict(details)
    known = (_complaint(str(parameter), str(kind), details, name) for parameter, kind, _words in _complaints(details))
    return next(filter(None, known), None) or of_eq(details, name)


def _complaints(details: Mapping[str, Any]) -> list[list[str]]:
    complaints: list[list[str]] = details.get("complaints", [])
    return complaints


def _own_fault(error: object, name: str) -> SafeString | None:
    match error:
        case SeatFault.NO_USER:
            return say(_("EQ has no supervisor with the id %(name)s. Look it up in EQ Administration."), name=name)
        case SeatFault.NOT_YOU:
            return say(
                _(
                    "EQ's user %(name)s has another username and e-mail address than you have here. If it is you all "
                    "the same, ask an administrator to link you."
                ),
                name=name,
            )
        case SeatFault.DELETED:
            return say(_("EQ's user %(name)s is deleted there. Bring them back in EQ Administration first."), name=name)
        case SeatFault.TAKEN:
            return say(_("EQ's user %(name)s is linked to somebody else. Ask an administrator."), name=name)
        case SeatFault.LINKED:
            return say(_("You are linked to another user of EQ. Take that link away first."))
        case SeatFault.NOT_LINKED:
            return say(_("You are not linked to a user of EQ yet, so you cannot sign in there."))
        case SeatFault.KEPT:
            return say(
                _("Your user of EQ may only monitor, and so may you. Only an administrator takes this link away.")
            )
        case SeatFault.CHANGED:
            return say(_("Your link to EQ was changed meanwhile. Load this page again."))
        case SeatFault.NO_EXTENSION:
            return say(_("EQ has no extension %(name)s. Nothing was saved."), name=name)
        case SeatFault.OCCUPIED:
            text = _(
                "Somebody else has said that %(name)s is theirs. They have to give it up at “My telephone” first, or "
                "an administrator takes it from them. Nothing was saved."
            )
            return say(text, name=name)
    return None


def _complaint(parameter: str, kind: str, details: Mapping[str, Any], name: str) -> SafeString | None:
    """EQ's special errors of Create Supervisor Session."""
    match parameter, kind:
        case "extension", "nonexistent":
            extension = details.get("extension", "")
            return say(_("EQ has no extension %(name)s. Choose another as yours first."), name=extension)
        case "user", "nonexistent":
            return say(_("EQ refused: %(name)s no longer exists there."), name=name)
    return None


def conflict(details: Mapping[str, Any]) -> SafeString:
    """Whose session is in the way, as far as EQ tells, and what to do about it."""
    if may_force(details):
        own: Mapping[str, Any] = next(iter(details.get("holders", [])), {})
        return _signed_in_elsewhere(str(own.get("extension") or ""), own.get("since"))
    others = [each for each in details.get("holders", []) if each.get("extension") == details.get("extension")]
    extension, who = details.get("extension", ""), ", ".join(str(each.get("name", "")) for each in others)
    if not who:
        return say(_("Extension %(extension)s is in use by somebody else. Choose another one."), extension=extension)
    text = _("Extension %(extension)s is in use: %(who)s is signed in there. Choose another one, or ask them to leave.")
    return say(text, extension=extension, who=who)


def _signed_in_elsewhere(extension: str, since: object) -> SafeString:
    consequence = say(_("Signing in here ends that session."))
    at = clock(datetime.fromisoformat(since)) if isinstance(since, str) else ""
    if extension and at:
        text = say(
            _("You are signed in to EQ elsewhere, at %(extension)s since %(time)s."), extension=extension, time=at
        )
    elif at:
        text = say(_("You are signed in to EQ elsewhere, since %(time)s."), time=at)
    else:
        text = say(_("You are signed in to EQ elsewhere."))
    return mark_safe(f"{text} {consequence}")  # noqa: S308 (both are escaped)


def may_force(details: Mapping[str, Any]) -> bool:
    """Whether only one's own session is in the way, which signing in with force ends."""
    kinds = {kind for _parameter, kind, _words in _complaints(details)}
    return details.get("error") == "EQConflict" and "already_signed_in" in kinds and "in_use" not in kinds


def clock(moment: datetime) -> str:
    """The time of day; with its date when that is another day than today."""
    here = localtime(moment)
    is_today = here.date() == localtime().date()
    return formats.date_format(here, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")
