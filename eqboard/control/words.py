"""What became of an attempt, as a sentence in the reader's language: what happened, what it means, what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from eqboard.accounts.access import PAUSE_AGENT
from eqboard.boards.templatetags.board import outside
from eqboard.control.models import AuditEntry, Step
from eqboard.floor.snapshot import AgentState

SIGNED_OUT = "SignedOut"  # our own refusal, in the place of EQ's


def sentence(entry: AuditEntry) -> SafeString:
    """For the newest entry of an attempt."""
    name = entry.target_name
    match entry.step:
        case Step.ASKED:
            return say(_("Asking EQ…"))
        case Step.ACCEPTED:
            return say(_("EQ accepted; not seen yet…"))
        case Step.CONFIRMED:
            return _confirmed(entry.action, entry.details.get("seen"), name)
        case Step.DENIED:
            return denied(name)
        case Step.REFUSED:
            return _refused(entry.details, name)
        case Step.NOT_SEEN:
            return _not_seen(entry.details, name)
        case Step.DONE:
            return say(_("Done."))
        case _:
            return say(
                _("EQ's answer was lost, so nobody knows whether it happened. Look at the row before you try again.")
            )


def say(text: str, **outside_words: object) -> SafeString:
    """Our own text with words from outside in it, each escaped and isolated; `sentence` is put into HTML."""
    return mark_safe(escape(text) % {key: outside(word) for key, word in outside_words.items()})  # noqa: S308


def signed_out_meanwhile(name: str) -> SafeString:
    return say(_("%(name)s has signed out meanwhile, so nothing was sent."), name=name)


def denied(name: str) -> SafeString:
    text = _(
        "You may not do this for %(name)s: your role only looks, or they also serve queues of other teams. "
        "Ask an administrator."
    )
    return say(text, name=name)


def _confirmed(action: str, seen: object, name: str) -> SafeString:
    if action != PAUSE_AGENT:
        return say(_("%(name)s is back."), name=name)
    if seen != AgentState.PAUSED:  # a call, or the wrap-up after it, goes on
        return say(_("%(name)s will be paused as soon as the call is over."), name=name)
    return say(_("%(name)s is paused."), name=name)


def _refused(details: Mapping[str, Any], name: str) -> SafeString:
    error = details.get("error")
    if error == SIGNED_OUT:
        return signed_out_meanwhile(name)
    if error == "EQUnreachable":
        return say(_("EQ cannot be reached, so nothing happened. Try again when the board is live."))
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


def _complaint(parameter: str, kind: str, name: str) -> SafeString | None:
    """The vendor's special errors of the agent action."""
    match parameter, kind:
        case "agent", "nonexistent":
            return say(_("EQ refused: %(name)s no longer exists there."), name=name)
        case (("agent" | "queue"), "not_signed_in"):
            return say(_("EQ refused: %(name)s is not signed in. Sign them in first."), name=name)
        case "pauseCode", "nonexistent":
            return say(_("EQ refused: this pause reason no longer exists. Choose another."))
    return None


def _not_seen(details: Mapping[str, Any], name: str) -> SafeString:
    match details.get("seen"):
        case "no_news":
            return say(
                _("EQ accepted, but there has been no news from the floor since. Look again when the board is live.")
            )
        case "gone":
            return say(_("EQ accepted, but %(name)s is no longer on the floor."), name=name)
    text = _(
        "EQ accepted, but nothing changed: %(name)s is as before. "
        "A call or another supervisor may have come between; try again."
    )
    return say(text, name=name)
