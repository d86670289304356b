"""Why it was not done, in the reader's language: what stood in the way, or what EQ said."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eqboard.accounts import access
from eqboard.control.catalogue.obstacles import Obstacle, Why
from eqboard.control.catalogue.telephones import CANCEL_RECORDING, STOP_RECORDING
from eqboard.control.saying import say
from eqboard.eq import EQError, EQSignedOut, EQUnreachable


def signed_out_meanwhile(name: str) -> SafeString:
    return say(_("%(name)s has signed out meanwhile, so nothing was sent."), name=name)


AT_TELEPHONE = (access.TRANSFER, access.PARK, access.HANG_UP, access.RECORD, STOP_RECORDING, CANCEL_RECORDING)
"""Actions on a call, whose target goes by the name of who has the telephone."""


def of_obstacle(obstacle: Obstacle, name: str, action: str = "", party: str = "") -> SafeString:
    """Nothing was sent. `party` is at the other end of a call at the telephone of `name`; "" where nobody knows."""
    if action in AT_TELEPHONE and obstacle.why in (Why.GONE, Why.WITH_AGENT, Why.ELSEWHERE):
        return _party_has_moved(obstacle, name, party) if party else _call_has_moved(obstacle, name)
    if obstacle.why is Why.SIGNED_OUT:
        return signed_out_meanwhile(name)
    if obstacle.why is Why.CLAIMED:
        return _claimed(obstacle, name)
    if obstacle.why is Why.ALREADY and action in (*AT_TELEPHONE, access.DIAL):
        return _is_so_at_telephone(action, name)
    if obstacle.why is Why.WITH_AGENT and not obstacle.who:
        return say(_("%(name)s is with somebody outside your teams by now, so nothing was sent."), name=name)
    if obstacle.why is Why.ELSEWHERE and not obstacle.where:
        return say(_("%(name)s is in another place by now, so nothing was sent."), name=name)
    return say(_sentences()[obstacle.why], name=name, who=obstacle.who, where=obstacle.where)


def _call_has_moved(obstacle: Obstacle, name: str) -> SafeString:
    """Of a call at the telephone of `name`."""
    if obstacle.why is Why.GONE:
        return say(_("That call at %(name)s is over, or has changed, so nothing was sent. Look again."), name=name)
    if obstacle.why is Why.WITH_AGENT and obstacle.who:
        return say(
            _("Who was on that call at %(name)s is with %(who)s by now, so nothing was sent."),
            name=name,
            who=obstacle.who,
        )
    if obstacle.why is Why.ELSEWHERE and obstacle.where:
        return say(
            _("Who was on that call at %(name)s is in another place by now (%(where)s), so nothing was sent."),
            name=name,
            where=obstacle.where,
        )
    return say(_("Who was on that call at %(name)s is in another place by now, so nothing was sent."), name=name)


def _is_so_at_telephone(action: str, name: str) -> SafeString:
    if action == access.RECORD:
        return say(_("The call of %(name)s is being recorded already, so nothing was sent."), name=name)
    if action == access.DIAL:
        return say(_("The telephone of %(name)s has a call to there already, so nothing was sent."), name=name)
    return say(_("No recording runs at %(name)s, so nothing was sent."), name=name)


def _party_has_moved(obstacle: Obstacle, name: str, party: str) -> SafeString:
    """The same, of whom one knows."""
    if obstacle.why is Why.GONE:
        text = _("The call of %(name)s with %(party)s is over, or has changed, so nothing was sent. Look again.")
    elif obstacle.why is Why.WITH_AGENT and obstacle.who:
        text = _("%(party)s, who was on that call at %(name)s, is with %(who)s by now, so nothing was sent.")
    elif obstacle.why is Why.ELSEWHERE and obstacle.where:
        text = _(
            "%(party)s, who was on that call at %(name)s, is in another place by now (%(where)s), so nothing was sent."
        )
    else:
        text = _("%(party)s, who was on that call at %(name)s, is in another place by now, so nothing was sent.")
    return say(text, name=name, party=party, who=obstacle.who, where=obstacle.where)


def _sentences() -> Mapping[Why, str]:
    """Made when asked, in the reader's language."""
    return {
        Why.SIGNED_IN: _("%(name)s is signed in there already, so nothing was sent."),
        Why.NOT_TALKING: _("There is no call at %(name)s now, so nothing was sent."),
        Why.GONE: _("%(name)s is not there any more, so nothing was sent. Look at the board again."),
        Why.WITH_AGENT: _("%(name)s is with %(who)s by now, so nothing was sent."),
        Why.ELSEWHERE: _("%(name)s is in another place by now (%(where)s), so nothing was sent."),
        Why.NO_EXTENSION: _("EQ knows no extension %(where)s, so nothing was sent. Choose another."),
        Why.BUSY: _("Extension %(where)s is busy: nobody would be put through, so nothing was sent. Choose another."),
        Why.ITSELF: _("Extension %(where)s cannot be both ends of it, so nothing was sent. Choose another."),
        Why.NO_VOICE: _("Here everybody acts in their own name. Sign in to EQ at “My telephone”, then try again."),
        Why.NOT_CHECKED: _("EQ could not be asked what has to be known first, so nothing was sent. Try again."),
        Why.NO_FEED: _("eqboard has no connection to Redis, so nothing was sent. Try again when the board is live."),
        Why.CHANGED: _("%(name)s has been changed by somebody meanwhile, so nothing was undone. Look at the row."),
        Why.ALREADY: _("%(name)s is so already, so nothing was sent."),
        Why.BLIND: _("eqboard could not see the floor, so nothing was sent for %(name)s. Try again when it is live."),
        Why.RESTARTING: _("eqboard was being restarted, so nothing was sent for %(name)s. Try again."),
        Why.NO_REASON: _("Here this needs a reason, so nothing was sent for %(name)s. Write one, then send it."),
        Why.UNSEEN: _("%(name)s is not on your board any more, so nothing was sent."),
        Why.EQ_AWAY: _("EQ did not answer for somebody before, so nothing was sent for %(name)s. Try again later."),
    }


def _claimed(obstacle: Obstacle, name: str) -> SafeString:
    if not obstacle.who:  # oneself
        return say(_("Your last action on %(name)s is still under way, so nothing was sent. Wait a moment."), name=name)
    text = {
        access.STEAL: _("%(who)s is stealing %(name)s just now, so nothing was sent."),
        access.PICK_UP: _("%(who)s is picking %(name)s up just now, so nothing was sent."),
        access.SPY: _("%(who)s is listening from this telephone, so nothing was sent."),
    }.get(
        obstacle.action,
        _("%(who)s is doing something with %(name)s just now, so nothing was sent. Look, and try again."),
    )
    return say(text, who=obstacle.who, name=name)


def of_eq(details: Mapping[str, Any], name: str) -> SafeString:
    """What EQ's error means. `details` is as in the audit log."""
    error = details.get("error")
    if error == "EQUnreachable":
        return say(_("EQ cannot be reached, so nothing happened. Try again when the board is live."))
    if error == "EQConflict":
        return say(_("You are signed in to EQ somewhere else, so EQ refused. Open “My telephone” to sign in here."))
    if error == "EQSignedOut":
        return say(_("EQ does not accept eqboard's key, so nothing happened. Ask whoever runs eqboard to check it."))
    if error == "EQNotFound":  # what is wrong with the request itself would be 400 (contract §1)
        return say(
            _("This EQ has no such action where eqboard looks for it, so nothing happened. Tell whoever runs eqboard.")
        )
    for parameter, kind, description in details.get("complaints", []):
        known = _complaint(str(parameter), str(kind), name)
        reason = description or f"{parameter or 'request'} {kind}"
        return known or say(_("EQ refused: %(reason)s."), reason=reason)
    return say(_("EQ refused, without saying why. Nothing happened."))


def not_told(error: EQError) -> SafeString:
    """Why there is nothing to show of what EQ was asked for, where nothing was to happen."""
    if isinstance(error, EQSignedOut):
        return say(_("EQ does not accept eqboard's key, so it told nothing. Ask whoever runs eqboard to check it."))
    if isinstance(error, EQUnreachable):
        return say(_("EQ cannot be reached, so it told nothing. Try again when the board is live."))
    return say(_("EQ did not tell. Try again; if it stays like this, tell whoever runs eqboard."))


def _complaint(parameter: str, kind: str, name: str) -> SafeString | None:
    """The vendor's special errors of the actions (EQ API text), each with what to do."""
    match parameter, kind:
        case "agent", "nonexistent":
            return say(_("EQ refused: %(name)s no longer exists there."), name=name)
        case "agent", "not_signed_in":
            text = _(
                "EQ refused: %(name)s is not signed in to EQ itself. They have to sign in at their telephone first."
            )
            return say(text, name=name)
        case "queue", "not_signed_in":
            return say(_("EQ refused: %(name)s is not signed in. Sign them in first."), name=name)
        case "queue", "already_signed_in":
            return say(_("EQ refused: %(name)s is signed in there already."), name=name)
        case "pauseCode", "nonexistent":
            return say(_("EQ refused: this pause reason no longer exists. Choose another."))
        case (("extension" | "targetExtension" | "monitorExtension"), "nonexistent"):
            return say(_("EQ refused: it knows no such extension. Choose another."))
        case "channel", "nonexistent":
            return say(_("EQ refused: the call is not there any more. Nothing happened."))
        case "phone", "nonexistent":
            return say(_("EQ refused: it knows no telephone at this extension. It may be switched off."))
        case "key", "invalid":
            return say(_("EQ refused: this telephone has no such key. Choose another."))
    return None
