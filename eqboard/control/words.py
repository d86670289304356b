"""What became of an attempt, as a sentence in the reader's language: what happened, what it means, what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eqboard.accounts import access
from eqboard.control import seat_words, transfer_words
from eqboard.control.catalogue import obstacles
from eqboard.control.catalogue.evidence import Stage
from eqboard.control.catalogue.listening import REVOKED, STOP_LISTENING
from eqboard.control.catalogue.restoring import UNDO_PAUSE, UNDO_SIGN_OUT
from eqboard.control.catalogue.telephones import CANCEL_RECORDING, STOP_RECORDING
from eqboard.control.models import AuditEntry, Step
from eqboard.control.refusals import of_eq, of_obstacle
from eqboard.control.saying import say
from eqboard.floor.masking import GAP
from eqboard.floor.snapshot import AgentState


def sentence(entry: AuditEntry) -> SafeString:
    """For the newest entry of an attempt."""
    name, details = entry.target_name, entry.details
    if entry.action in seat_words.STEPS:
        return seat_words.sentence_of(entry.action, entry.step, details, name)
    obstacle = obstacles.from_data(details)
    match entry.step:
        case Step.ASKED:
            return asking()
        case Step.ACCEPTED:
            return _accepted(entry.action, name)
        case Step.LEFT if entry.action == access.TRANSFER:
            return transfer_words.left(name)
        case Step.LEFT:
            return say(_("%(name)s has left; the telephone there rings…"), name=name)
        case Step.CONFIRMED:
            return _confirmed(entry.action, details, name)
        case Step.DENIED:
            return of_obstacle(obstacle, name) if obstacle else denied(name)
        case Step.REFUSED:
            return of_obstacle(obstacle, name, entry.action, party_of(details)) if obstacle else of_eq(details, name)
        case Step.NOT_SEEN:
            return _not_seen(entry.action, details, name)
        case Step.LOST if entry.action == access.TRANSFER:
            return transfer_words.lost(name, party_of(details), number_of(details))
        case Step.LOST:
            return _lost(name, number_of(details))
        case Step.ENDED:
            return _ended(details, name)
        case Step.DONE:
            return say(_("Done."))
        case Step.UNKNOWN if entry.is_partly_done:
            return say(_("EQ did only a part of it for %(name)s. Look at the row, and do the rest by hand."), name=name)
        case _:
            return say(
                _("EQ's answer was lost, so nobody knows whether it happened. Look at the board before you try again.")
            )


def party_of(details: Mapping[str, Any]) -> str:
    """Who is at the other end of the call; "" where nobody knows, or the reader may not."""
    party = str(details.get("party", ""))
    return "" if party == GAP else party


def number_of(details: Mapping[str, Any]) -> str:
    """The caller's; "" where EQ told none, or the reader may not see it (audit/discretion.py)."""
    return str(details.get("number", ""))


def asking() -> SafeString:
    return say(_("Asking EQ…"))


def denied(name: str) -> SafeString:
    text = _(
        "You may not do this for %(name)s: your role does not allow it, or they also serve queues of other teams. "
        "Ask an administrator."
    )
    return say(text, name=name)


def _accepted(action: str, name: str) -> SafeString:
    if action == access.PRESS_KEY:
        return say(_("EQ has pressed the key at %(name)s. What it does there, EQ does not tell."), name=name)
    if action in access.MONITORING:
        return say(_("Calling your telephone…"))
    return say(_("EQ accepted; not seen yet…"))


def _confirmed(action: str, details: Mapping[str, Any], name: str) -> SafeString:
    if action == access.PAUSE_AGENT and details.get("seen") != AgentState.PAUSED:  # a call or a wrap-up goes on
        return say(_("%(name)s will be paused as soon as the call is over."), name=name)
    party, with_party = party_of(details), _confirmations_with_party().get(action)
    if action == access.TRANSFER:
        return transfer_words.arrived(details, name, party)
    if party and with_party:
        return say(with_party, name=name, party=party)
    return say(_confirmations().get(action, _("Done.")), name=name)


def _confirmations_with_party() -> Mapping[str, str]:
    """Of a call at the telephone of `name`."""
    return {
        access.PARK: _("%(party)s is parked, by the telephone of %(name)s."),
        access.HANG_UP: _("The call of %(name)s with %(party)s is over."),
        access.RECORD: _("The call of %(name)s with %(party)s is being recorded."),
        STOP_RECORDING: _("The recording of %(name)s with %(party)s has ended, and is kept."),
        CANCEL_RECORDING: _("The recording of %(name)s with %(party)s has ended, and is thrown away."),
    }


def _confirmations() -> Mapping[str, str]:
    """Made when asked, in the reader's language."""
    return {
        access.PAUSE_AGENT: _("%(name)s is paused."),
        access.RESUME_AGENT: _("%(name)s is back."),
        access.SIGN_IN_AGENT: _("%(name)s is signed in."),
        access.SIGN_OUT_AGENT: _("%(name)s is signed out."),
        access.EXIT_WRAP_UP: _("%(name)s is out of wrap-up."),
        UNDO_PAUSE: _("%(name)s is as before."),
        UNDO_SIGN_OUT: _("%(name)s is as before."),
        access.SPY: _("You are listening to %(name)s."),
        access.WHISPER: _("You are whispering to %(name)s."),
        access.BARGE_IN: _("You are in the call of %(name)s."),
        STOP_LISTENING: _("You are not listening to %(name)s any more."),
        access.STEAL: _("%(name)s has arrived."),
        access.PICK_UP: _("%(name)s has arrived."),
        access.DIAL: _("The telephone of %(name)s is dialing."),
        access.PARK: _("The call of %(name)s is parked."),
        access.HANG_UP: _("The call of %(name)s is over."),
        access.RECORD: _("The call of %(name)s is being recorded."),
        STOP_RECORDING: _("The recording at %(name)s has ended, and is kept."),
        CANCEL_RECORDING: _("The recording at %(name)s has ended, and is thrown away."),
        access.REMOVE_PARTICIPANT: _("%(name)s is out of the conference."),
    }


def _lost(name: str, number: str) -> SafeString:
    if number in ("", name):
        text = _(
            "%(name)s is lost: they left, nobody answered in time, and they are in no queue any more. Call them back."
        )
    else:
        text = _(
            "%(name)s is lost: they left, nobody answered in time, and they are in no queue any more. Call them back: "
            "%(number)s."
        )
    return say(text, name=name, number=number)


def _ended(details: Mapping[str, Any], name: str) -> SafeString:
    """`seconds` is how long it lasted; after a crash nobody knows."""
    seconds = details.get("seconds")
    if details.get("seen") == Stage.NO_NEWS:
        text = _(
            "eqboard cannot see your telephone any more: whether your listening to %(name)s goes on is not known. Hang "
            "up there to end it."
        )
        return say(text, name=name)
    if details.get("how") == REVOKED:
        return say(_("eqboard has ended the listening to %(name)s: whoever listened may not any more."), name=name)
    if not isinstance(seconds, int):
        return say(_("The listening to %(name)s is over."), name=name)
    minutes, rest = divmod(seconds, 60)
    return say(_("The listening to %(name)s is over; it lasted %(time)s."), name=name, time=f"{minutes}:{rest:02}")


def _not_seen(action: str, details: Mapping[str, Any], name: str) -> SafeString:
    who = str(details.get("who", ""))
    if details.get("answer") == "lost":  # after a crash (control/doing/settling.py)
        return say(_("EQ's answer was lost, and the floor shows no effect of it at %(name)s. Try again."), name=name)
    if action == access.TRANSFER and (found := transfer_words.not_arrived(details, name)):
        return found
    match details.get("seen"):
        case "left":
            return say(_("%(name)s has left, and nobody could see whether they arrived. Look there."), name=name)
        case Stage.NO_NEWS:
            return say(
                _("EQ accepted, but there has been no news from the floor since. Look again when the board is live.")
            )
        case "gone":
            return say(_("EQ accepted, but %(name)s is no longer on the floor."), name=name)
        case "unanswered" if action in access.MONITORING:
            return say(_("Your telephone rang, and nobody picked it up. Press again, and pick up when it rings."))
        case "unanswered":
            return say(_("The telephone rang, and nobody answered. Try again when somebody is there."))
        case "with_agent" if not who:
            return say(_("EQ accepted, but %(name)s is with somebody outside your teams."), name=name)
        case "with_agent":
            return say(_("EQ accepted, but %(name)s is with %(who)s."), name=name, who=who)
        case "waiting":
            return say(_("EQ accepted, but %(name)s still waits in a queue. Try again."), name=name)
        case "parked":
            return say(_("EQ accepted, but %(name)s is still parked. Try again."), name=name)
    return _unchanged(action, name, party_of(details))


def _unchanged(action: str, name: str, party: str) -> SafeString:
    if action in access.MONITORING:
        return say(
            _(
                "EQ accepted, but your telephone does not ring: it may be busy, on “do not disturb”, or not "
                "registered. Look at it, and try again."
            )
        )
    if action == STOP_LISTENING:
        return say(_("EQ accepted, but your telephone still listens to %(name)s. Hang up there."), name=name)
    if action in (*access.ON_AGENTS, UNDO_PAUSE, UNDO_SIGN_OUT, access.DIAL):
        text = _(
            "EQ accepted, but nothing changed: %(name)s is as before. "
            "A call or another supervisor may have come between; try again."
        )
        return say(text, name=name)
    if party:
        text = _(
            "EQ accepted, but nothing changed. The call of %(name)s with %(party)s may have ended meanwhile; look, and "
            "try again."
        )
        return say(text, name=name, party=party)
    return say(_("EQ accepted, but nothing changed. The call may have ended meanwhile; look, and try again."))
