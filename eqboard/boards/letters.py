"""Which letters can be seen: what people and EQ write is text, and nothing in it may turn or hide a line."""

import unicodedata

JOINERS = "\u200c\u200d"
UNSEEN = JOINERS + "\u115f\u1160\u2800\u3164\uffa0"  # letters that show nothing


def is_control(letter: str) -> bool:
    """Control and format characters (bidi overrides among them), and halves of surrogate pairs.

    Not the joiners, which emoji and some scripts need; nor letters that are newer than this Python's Unicode.
    """
    return letter not in JOINERS and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co")
