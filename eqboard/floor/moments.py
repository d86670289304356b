"""How exactly moments are known, by EQ's clock and by our readings; and moments before and after all others."""

from datetime import UTC, datetime, timedelta

SAME_MOMENT = timedelta(seconds=2)  # EQ cuts times to the second, and its clock is known to one
BLIND_ROUNDS = 2.5  # after so long without a reading, nobody saw when a state began; however late a page turns grey
SETTLING = timedelta(seconds=5)
"""A stolen caller leaves at once and arrives seconds later, and EQ's lists are not of the same instant (contract §4).
Nobody is called lost sooner than that.
"""

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FAR_OFF = datetime.max.replace(tzinfo=UTC)
