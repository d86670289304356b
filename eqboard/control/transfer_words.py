"""What became of a transfer, as a sentence. `name` is who had the telephone, `party` whom they talked with.

That the call has left is no success: a wrong destination hangs the caller up (contract §4). Where EQ shows nothing of
the destination, no more is claimed than that.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eqboard.control.saying import say


def left(name: str) -> SafeString:
    return say(_("The call has left the telephone of %(name)s…"), name=name)


def arrived(details: Mapping[str, Any], name: str, party: str) -> SafeString:
    """`seen` tells where, unless it was at a telephone."""
    who = str(details.get("who", ""))
    match details.get("seen"):
        case "waiting":
            text = _("%(name)s has handed the call on: the caller waits in the queue.")
        case "parked":
            text = _("%(name)s has handed the call on: the caller is parked.")
        case "with_agent" if who:
            text = _("%(name)s has handed the call on: the caller is with %(who)s.")
        case _ if party:
            text = _("%(name)s has handed %(party)s on, and they have arrived.")
        case _:
            text = _("%(name)s has handed the call on, and it has arrived.")
    return say(text, name=name, party=party, who=who)


def lost(name: str, party: str, number: str) -> SafeString:
    """`number` is the party's."""
    if party and number not in ("", party):
        text = _(
            "%(party)s is lost: they have left the telephone of %(name)s and not arrived, and are in no queue and not "
            "parked. They may have hung up; call them back: %(number)s."
        )
    elif party:
        text = _(
            "%(party)s is lost: they have left the telephone of %(name)s and not arrived, and are in no queue and not "
            "parked. They may have hung up; call them back."
        )
    else:
        text = _(
            "The call of %(name)s is lost: it has left their telephone and not arrived, and is in no queue and not "
            "parked. The caller may have hung up; call them back."
        )
    return say(text, name=name, party=party, number=number)


def not_arrived(details: Mapping[str, Any], name: str) -> SafeString | None:
    """None: the call has not left, as far as is known."""
    who = str(details.get("who", ""))
    match details.get("seen"):
        case "untold" | "left" | "gone":
            text = _("The call has left the telephone of %(name)s. EQ does not tell whether it arrived; ask there.")
        case "waiting":
            text = _("The call has left the telephone of %(name)s, but the caller waits in a queue. Look there.")
        case "parked":
            text = _("The call has left the telephone of %(name)s, but the caller is parked. Look there.")
        case "with_agent" if who:
            text = _("The call has left the telephone of %(name)s, but the caller is with %(who)s.")
        case "with_agent":
            text = _("The call has left the telephone of %(name)s, but the caller is with somebody outside your teams.")
        case _:
            return None
    return say(text, name=name, who=who)
