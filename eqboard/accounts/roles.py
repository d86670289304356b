"""The ready roles, and every right in words: what an administrator ticks."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eqboard.accounts import access


@dataclass(frozen=True, slots=True)
class ReadyRole:
    """What a role is called, and what it allows until an administrator changes that."""

    name: Promise
    actions: frozenset[str]


READY_ROLES = {
    "viewer": ReadyRole(_("Viewer: sees the board"), access.VIEW_ONLY),
    "monitor": ReadyRole(_("Monitor: sees the board and listens"), access.MONITOR_ONLY),
    "lead": ReadyRole(_("Team lead: sees and acts"), access.LEAD),
    "full": ReadyRole(_("Full: sees and does everything"), access.FULL),
}
"""By their keys, from the least to the most."""

RIGHT_GROUPS: tuple[tuple[Promise, tuple[tuple[str, Promise], ...]], ...] = (
    (
        _("See"),
        (
            (access.SEE_NUMBERS, _("See who calls: numbers, and names that tell them")),
            (access.SEE_AUDIT, _("See the audit log of the team's queues")),
            (access.SEE_RECORDINGS, _("See which recordings a call has")),
        ),
    ),
    (
        _("Agents"),
        (
            (access.PAUSE_AGENT, _("Pause an agent")),
            (access.RESUME_AGENT, _("Resume: end an agent's pause")),
            (access.SIGN_IN_AGENT, _("Sign an agent in to queues")),
            (access.SIGN_OUT_AGENT, _("Sign an agent out of queues")),
            (access.EXIT_WRAP_UP, _("End an agent's wrap-up")),
        ),
    ),
    (
        _("Monitoring"),
        (
            (access.SPY, _("Listen to an agent's call, unheard")),
            (access.WHISPER, _("Whisper: speak to the agent alone during a call")),
            (access.BARGE_IN, _("Barge in: speak to both during an agent's call")),
        ),
    ),
    (
        _("Calls"),
        (
            (access.STEAL, _("Steal: take a waiting caller out of the queue")),
            (access.PICK_UP, _("Pick up a parked call")),
            (access.DIAL, _("Dial from an extension")),
            (access.TRANSFER, _("Blind transfer: send a call elsewhere without asking")),
            (access.PARK, _("Park a call")),
            (access.HANG_UP, _("Hang up a call")),
            (access.RECORD, _("Record a call: start, stop and cancel")),
            (access.REMOVE_PARTICIPANT, _("Remove somebody from a conference")),
        ),
    ),
    (
        _("Telephones and targets"),
        (
            (access.PRESS_KEY, _("Press the keys of a telephone")),
            (access.CHANGE_TARGET, _("Change what a queue promises")),
        ),
    ),
)


def in_order(actions: Collection[str]) -> list[str]:
    """The known ones of these, as they are stored."""
    return [right for right in access.RIGHTS if right in actions]
