"""What the numbers on a board are called where there is little room, and what they mean where there is more."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from eqboard.floor.levels import Grade
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric, Term
from eqboard.floor.windows import Window

Words = dict[StrEnum, Promise]

LABELS: Words = {
    Metric.WAITING: _("Waiting"),
    Metric.LONGEST_WAIT: _("Longest wait"),
    Metric.PRESENT: pgettext_lazy("agents", "Signed in"),
    Metric.AVAILABLE: pgettext_lazy("agents", "Available"),
    Metric.ON_CALL: pgettext_lazy("agents", "On call"),
    Metric.RINGING: pgettext_lazy("agents", "Ringing"),
    Metric.WRAP_UP: pgettext_lazy("agents", "Wrap-up"),
    Metric.PAUSED: pgettext_lazy("agents", "Paused"),
    Metric.OFFERED: pgettext_lazy("calls", "Offered"),
    Metric.ANSWERED: pgettext_lazy("calls", "Answered"),
    Metric.ABANDONED: pgettext_lazy("calls", "Abandoned"),
    Metric.SHORT_ABANDONED: _("Short abandons"),
    Metric.FLOWED_OUT: pgettext_lazy("calls", "Flowed out"),
    Metric.SERVICE_LEVEL: _("Service level"),
    Metric.ASA: pgettext_lazy("average speed of answer", "ASA"),
    Metric.AVERAGE_WAIT: _("Average wait"),
    Metric.TIME_TO_ABANDON: _("Time to abandon"),
    Metric.LONGEST_WAITED: _("Longest waited"),
    Metric.ABANDONMENT: _("Abandonment"),
    Metric.ANSWER_RATE: _("Answer rate"),
    Metric.AHT: pgettext_lazy("average handle time", "AHT"),
    Metric.OCCUPANCY: _("Occupancy"),
}

TILE_LABELS: Words = LABELS | {
    Metric.WAITING: pgettext_lazy("calls", "waiting"),
    Metric.LONGEST_WAIT: pgettext_lazy("a wait", "longest"),
    Metric.AVAILABLE: pgettext_lazy("short for available", "free"),
    Metric.ON_CALL: pgettext_lazy("short for on call", "call"),
    Metric.RINGING: pgettext_lazy("short for ringing", "ring"),
    Metric.WRAP_UP: pgettext_lazy("short for wrap-up", "wrap"),
    Metric.PAUSED: pgettext_lazy("short for paused", "pause"),
}
"""Under the numbers of a tile."""

WINDOWS: Words = {
    Window.NOW: _("5 min"),
    Window.LAST_15: _("15 min"),
    Window.LAST_30: _("30 min"),
    Window.LAST_60: _("60 min"),
    Window.TODAY: _("today"),
}

GRADES: Words = {Grade.WARNING: _("warning"), Grade.CRITICAL: _("critical")}
WAIT_GRADES: Words = {
    Grade.WARNING: pgettext_lazy("a wait", "long"),
    Grade.CRITICAL: pgettext_lazy("a wait", "very long"),
}

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
    Term.TALKS: "N",
    Term.ANSWERED_SECONDS: "W_A",
    Term.ABANDONED_SECONDS: "W_B",
    Term.TALK_SECONDS: "S",
    Term.WRAP_UP_SECONDS: "U",
    Term.HANDLE_SECONDS: "H",
    Term.IDLE_SECONDS: "I",
    Term.LONGEST_SECONDS: "L",
}
"""Those of metrics.md; and one for each sum of seconds, which have none there. What follows `_` stands lower."""

MEANINGS: Words = {
    Term.OFFERED: _("calls offered"),
    Term.ANSWERED: _("calls answered"),
    Term.IN_TIME: _("calls answered within T"),
    Term.ABANDONED: _("callers who gave up"),
    Term.ABANDONED_IN_TIME: _("callers who gave up within T"),
    Term.SHORT: _("callers who gave up within s"),
    Term.FLOWED_OUT: _("calls that flowed out"),
    Term.TALKS: _("calls whose talk ended"),
    Term.ANSWERED_SECONDS: _("waits of those who were answered, together"),
    Term.ABANDONED_SECONDS: _("waits of those who gave up, together"),
    Term.TALK_SECONDS: _("time on calls, hold included"),
    Term.WRAP_UP_SECONDS: _("time in wrap-up"),
    Term.HANDLE_SECONDS: _("people's time on calls and in wrap-up"),
    Term.IDLE_SECONDS: _("people's time available, each person once"),
    Term.LONGEST_SECONDS: _("the longest wait that was seen"),
}


def window_label(metric: Metric, window: Window) -> str:
    """Over which time a number counts; of what is of this moment there is nothing to say."""
    return "" if metric in OF_THIS_MOMENT else str(WINDOWS[window])


def grade_label(metric: Metric, grade: Grade) -> str:
    """The word beside the shape and the colour of a level."""
    if grade is Grade.CALM:
        return ""
    return str((WAIT_GRADES if metric is Metric.LONGEST_WAIT else GRADES)[grade])
