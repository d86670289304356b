"""What the numbers on a board mean, and the words of their levels and of their workings."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eqboard.floor.formulas import Term
from eqboard.floor.levels import Grade
from eqboard.floor.metrics import Metric

Words = dict[StrEnum, Promise]

GRADES: Words = {Grade.WARNING: _("warning"), Grade.CRITICAL: _("critical")}

DEFINITIONS: Words = {
    Metric.WAITING: _(
        "Callers in the queue whom nobody has answered yet. Those whose call rings at an agent still wait."
    ),
    Metric.LONGEST_WAIT: _("How long the caller has waited who entered first of all that still wait."),
    Metric.PRESENT: _("People who are signed in. Over several queues each counts once."),
    Metric.AVAILABLE: _(
        "People who can take a call now: signed in, not paused, not on a call, not ringing, not in wrap-up. "
        "Over several queues each counts once."
    ),
    Metric.ON_CALL: _("People on a call. Over several queues each counts once."),
    Metric.RINGING: _("People whose telephone rings for a caller. Over several queues each counts once."),
    Metric.WRAP_UP: _("People who finish the work of their last call. Over several queues each counts once."),
    Metric.PAUSED: _("People who are signed in and take no calls. Over several queues each counts once."),
    Metric.OFFERED: _("Calls that entered the queue."),
    Metric.ANSWERED: _("Calls that an agent answered, whenever they had entered."),
    Metric.ABANDONED: _("Callers who hung up while they waited; those who gave up very soon are among them."),
    Metric.SHORT_ABANDONED: _("Callers who hung up very soon: within the queue's limit for short abandons."),
    Metric.FLOWED_OUT: _("Calls that left the queue unanswered by rule: their time ran out, or they were sent on."),
    Metric.SERVICE_LEVEL: _("How many of the calls were answered within the seconds that the queue promises."),
    Metric.ASA: _("Average speed of answer: how long those waited, on average, who were answered."),
    Metric.AVERAGE_WAIT: _("How long callers waited, on average, whether they were answered or gave up."),
    Metric.TIME_TO_ABANDON: _("How long those waited, on average, who gave up."),
    Metric.LONGEST_WAITED: _("The longest wait that was seen, however it ended."),
    Metric.ABANDONMENT: _("How many callers gave up, of the calls that entered the queue."),
    Metric.ANSWER_RATE: _("How many calls were answered, of the calls that entered the queue."),
    Metric.AHT: _("Average handle time: talk, hold and wrap-up for each call whose talk has ended."),
    Metric.OCCUPANCY: _(
        "How much of the time in which they were not paused people spent on calls and wrap-up. "
        "Above some 85 % nobody can keep it up."
    ),
}

SYMBOLS = {
    Term.OFFERED: "O",
    Term.ANSWERED: "A",
    Term.IN_TIME: "A_T",
    Term.ABANDONED: "B",
    Term.ABANDONED_IN_TIME: "B_T",
    Term.SHORT: "B_s",
    Term.FLOWED_OUT: "F",
    Term.STOLEN: "X",
    Term.UNRESOLVED: "Y",
    Term.TALKS: "N",
    Term.ANSWERED_SECONDS: "W_A",
    Term.ABANDONED_SECONDS: "W_B",
    Term.TALK_SECONDS: "S",
    Term.WRAP_UP_SECONDS: "U",
    Term.HANDLE_SECONDS: "H",
    Term.IDLE_SECONDS: "I",
    Term.LONGEST_SECONDS: "L",
}
"""Those of metrics.md; and one for each that has none there. What follows `_` stands lower."""

MEANINGS: Words = {
    Term.OFFERED: _("calls offered"),
    Term.ANSWERED: _("calls answered"),
    Term.IN_TIME: _("calls answered within T"),
    Term.ABANDONED: _("callers who gave up"),
    Term.ABANDONED_IN_TIME: _("callers who gave up within T"),
    Term.SHORT: _("callers who gave up within s"),
    Term.FLOWED_OUT: _("calls that flowed out"),
    Term.STOLEN: _("calls that somebody took out of the queue, to whom it did not ring"),
    Term.UNRESOLVED: _("calls that were gone while nobody could see whereto"),
    Term.TALKS: _("calls whose talk ended"),
    Term.ANSWERED_SECONDS: _("waits of those who were answered, together"),
    Term.ABANDONED_SECONDS: _("waits of those who gave up, together"),
    Term.TALK_SECONDS: _("time on calls, hold included"),
    Term.WRAP_UP_SECONDS: _("time in wrap-up"),
    Term.HANDLE_SECONDS: _("people's time on calls and in wrap-up"),
    Term.IDLE_SECONDS: _("people's time available, each person once"),
    Term.LONGEST_SECONDS: _("the longest wait that was seen"),
}


def grade_label(grade: Grade) -> str:
    """The word beside the shape and the colour of a level."""
    return "" if grade is Grade.CALM else str(GRADES[grade])
