"""How English writes dates and times, where that is not Django's way: a clock of 24 hours, as on the boards.

The other languages have one already.
"""

DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
TIME_FORMAT = "H:i"
