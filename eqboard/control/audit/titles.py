"""What the actions of the audit log are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eqboard.accounts import access
from eqboard.control import seat_words
from eqboard.control.catalogue.listening import STOP_LISTENING
from eqboard.control.catalogue.restoring import UNDO_PAUSE, UNDO_SIGN_OUT
from eqboard.control.catalogue.telephones import CANCEL_RECORDING, STOP_RECORDING

MAKE_BOARD = "board.make"  # as the names of actions in accounts/access.py: dotted, stable, never reused
CHANGE_BOARD = "board.change"
DELETE_BOARD = "board.delete"
CHOOSE_BOARD = "display.choose"
PAIR_DISPLAY = "display.pair"
REVOKE_DISPLAY = "display.revoke"

TITLES: dict[str, Promise] = {
    access.PAUSE_AGENT: _("Pause"),
    access.RESUME_AGENT: _("Resume"),
    access.SIGN_IN_AGENT: _("Agent sign-in"),
    access.SIGN_OUT_AGENT: _("Agent sign-out"),
    access.EXIT_WRAP_UP: _("Exit wrap-up"),
    UNDO_PAUSE: _("Undo a pause"),
    UNDO_SIGN_OUT: _("Undo a sign-out"),
    access.SPY: _("Listen"),
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
    MAKE_BOARD: _("Make a board"),
    CHANGE_BOARD: _("Change a board"),
    DELETE_BOARD: _("Delete a board"),
    PAIR_DISPLAY: _("Pair a screen"),
    CHOOSE_BOARD: _("Choose a screen's board"),
    REVOKE_DISPLAY: _("Take a screen away"),
    seat_words.LINK: _("Link an EQ user"),
    seat_words.UNLINK: _("Unlink the EQ user"),
    seat_words.CHOOSE_EXTENSION: _("Choose one's extension"),
    seat_words.SIGN_IN: _("Sign in to EQ"),
    seat_words.SIGN_OUT: _("Sign out of EQ"),
}
"""By their names, in the order in which people read them."""


def title(action: str) -> str:
    """An action that this version does not know any more goes by its name."""
    return str(TITLES.get(action, action))
