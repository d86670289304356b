"""What the actions of the audit log are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eqboard.accounts import access
from eqboard.control.catalogue.listening import STOP_LISTENING
from eqboard.control.catalogue.restoring import UNDO_PAUSE, UNDO_SIGN_OUT
from eqboard.control.catalogue.telephones import CANCEL_RECORDING, STOP_RECORDING
from eqboard.control.shelves import keeping

TITLES: dict[str, Promise] = {
    access.PAUSE_AGENT: _("Pause"),
    access.RESUME_AGENT: _("Resume"),
    access.SIGN_IN_AGENT: _("Agent sign-in"),
    access.SIGN_OUT_AGENT: _("Agent sign-out"),
    access.EXIT_WRAP_UP: _("Exit wrap-up"),
    UNDO_PAUSE: _("Undo a pause"),
    UNDO_SIGN_OUT: _("Undo a sign-out"),
    access.SPY: _("Spy"),
    access.WHISPER: _("Whisper"),
    access.BARGE_IN: _("Barge in"),
    STOP_LISTENING: _("Stop listening"),
    access.STEAL: _("Steal"),
    access.PICK_UP: _("Pick up"),
    access.DIAL: _("Dial"),
    access.TRANSFER: _("Blind transfer"),
    access.PARK: _("Park"),
    access.HANG_UP: _("Hang up"),
    access.RECORD: _("Start recording"),
    STOP_RECORDING: _("Stop recording"),
    CANCEL_RECORDING: _("Cancel recording"),
    access.PRESS_KEY: _("Press a telephone's key"),
    access.REMOVE_PARTICIPANT: _("Remove from a conference"),
    access.CHANGE_TARGET: _("Change a service level"),
    keeping.MAKE_BOARD: _("Make a board"),
    keeping.CHANGE_BOARD: _("Change a board"),
    keeping.DELETE_BOARD: _("Delete a board"),
    keeping.PAIR_DISPLAY: _("Pair a screen"),
    keeping.CHOOSE_BOARD: _("Choose a screen's board"),
    keeping.REVOKE_DISPLAY: _("Take a screen away"),
    "seat.link": _("Link an EQ user"),
    "seat.unlink": _("Unlink the EQ user"),
    "seat.extension": _("Choose one's extension"),
    "eq.sign_in": _("Sign in to EQ"),
    "eq.sign_out": _("Sign out of EQ"),
}
"""By their names, in the order in which people read them."""


def title(action: str) -> str:
    """An action that this version does not know any more goes by its name."""
    return str(TITLES.get(action, action))
