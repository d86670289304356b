"""The budget of a service level: how many more calls can be missed, or how many in time bring the target back. Pure.

A *miss* is a call answered after the target's seconds. In every variant it adds one to the denominator and nothing to
the numerator, so that one rule holds for all seven. Who gives up after the target's seconds is a miss too, except where
only answered calls count (`Variant.ANSWERED`); who gives up sooner may be one or not, as the variant has it. A call *in
time* adds one to both. All of it is arithmetic of whole numbers: nothing is rounded.
"""

from dataclasses import dataclass

from eqboard.floor.formulas import Working
from eqboard.floor.metrics import Target


@dataclass(frozen=True, slots=True)
class Budget:
    """At most one of the two is more than 0; both are 0 where the target is met with nothing to spare."""

    can_miss: int  # so many more, and the target is still met
    needed: int  # so many in time, without a miss among them, and it is met again

    @property
    def is_met(self) -> bool:
        return self.needed == 0


def budget(working: Working, target: Target) -> Budget | None:
    """The budget of a service level, from its working (of today). None when no call counts yet."""
    if not working.denominator:
        return None
    in_time, counted, percent = round(working.numerator), round(working.denominator), target.percent
    spare = 100 * in_time - percent * counted  # in hundredths of a call; below 0: the target is missed
    if spare >= 0:
        return Budget(can_miss=spare // percent, needed=0)
    return Budget(can_miss=0, needed=-(spare // (100 - percent)))
