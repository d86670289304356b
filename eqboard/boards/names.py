"""What metrics and windows are called, by how much room there is: each is named here and nowhere else."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from eqboard.floor.metrics import OF_THIS_MOMENT, Metric
from eqboard.floor.windows import MINUTES, Window


@dataclass(frozen=True, slots=True)
class Name:
    """Of one metric."""

    full: Promise  # where one chooses, and over its working
    short: Promise  # beside or under the number, on a desk
    wall: Promise
    on_tile: Promise | None = None  # where even the short one is too long

    @property
    def tile(self) -> Promise:
        return self.on_tile or self.short


METRICS = {
    Metric.WAITING: Name(
        _("Callers waiting"), _("Waiting"), pgettext_lazy("wall", "Waiting"), pgettext_lazy("calls", "waiting")
    ),
    Metric.LONGEST_WAIT: Name(
        _("Longest wait now"), _("Longest wait"), pgettext_lazy("wall", "Longest"), pgettext_lazy("a wait", "longest")
    ),
    Metric.PRESENT: Name(
        _("Agents signed in"), pgettext_lazy("agents", "Signed in"), pgettext_lazy("wall", "Signed in")
    ),
    Metric.AVAILABLE: Name(
        _("Agents available"),
        pgettext_lazy("agents", "Available"),
        pgettext_lazy("wall", "Available"),
        pgettext_lazy("short for available", "free"),
    ),
    Metric.ON_CALL: Name(
        _("Agents on a call"),
        pgettext_lazy("agents", "On call"),
        pgettext_lazy("wall", "On call"),
        pgettext_lazy("short for on call", "call"),
    ),
    Metric.RINGING: Name(
        _("Agents ringing"),
        pgettext_lazy("agents", "Ringing"),
        pgettext_lazy("wall", "Ringing"),
        pgettext_lazy("short for ringing", "ring"),
    ),
    Metric.WRAP_UP: Name(
        _("Agents in wrap-up"),
        pgettext_lazy("agents", "Wrap-up"),
        pgettext_lazy("wall", "Wrap-up"),
        pgettext_lazy("short for wrap-up", "wrap"),
    ),
    Metric.PAUSED: Name(
        _("Agents paused"),
        pgettext_lazy("agents", "Paused"),
        pgettext_lazy("wall", "Paused"),
        pgettext_lazy("short for paused", "pause"),
    ),
    Metric.OFFERED: Name(_("Calls offered"), pgettext_lazy("calls", "Offered"), pgettext_lazy("wall", "Offered")),
    Metric.ANSWERED: Name(_("Calls answered"), pgettext_lazy("calls", "Answered"), pgettext_lazy("wall", "Answered")),
    Metric.ABANDONED: Name(
        _("Calls abandoned"), pgettext_lazy("calls", "Abandoned"), pgettext_lazy("wall", "Abandoned")
    ),
    Metric.SHORT_ABANDONED: Name(_("Short abandons"), _("Short abandons"), pgettext_lazy("wall", "Short abandons")),
    Metric.FLOWED_OUT: Name(
        _("Calls flowed out"), pgettext_lazy("calls", "Flowed out"), pgettext_lazy("wall", "Flowed out")
    ),
    Metric.SERVICE_LEVEL: Name(_("Service level"), _("Service level"), pgettext_lazy("wall", "Service level")),
    Metric.ASA: Name(
        _("Average speed of answer"),
        pgettext_lazy("average speed of answer", "ASA"),
        pgettext_lazy("wall", "Speed of answer"),
    ),
    Metric.AVERAGE_WAIT: Name(_("Average wait"), _("Average wait"), pgettext_lazy("wall", "Average wait")),
    Metric.TIME_TO_ABANDON: Name(
        _("Average time to abandon"), _("Time to abandon"), pgettext_lazy("wall", "Gave up after")
    ),
    Metric.LONGEST_WAITED: Name(_("Longest wait of all"), _("Longest waited"), pgettext_lazy("wall", "Longest of all")),
    Metric.ABANDONMENT: Name(_("Abandonment"), _("Abandonment"), pgettext_lazy("wall", "Abandonment")),
    Metric.ANSWER_RATE: Name(_("Answer rate"), _("Answer rate"), pgettext_lazy("wall", "Answer rate")),
    Metric.AHT: Name(
        _("Average handle time"), pgettext_lazy("average handle time", "AHT"), pgettext_lazy("wall", "Handle time")
    ),
    Metric.OCCUPANCY: Name(_("Occupancy"), _("Occupancy"), pgettext_lazy("wall", "Occupancy")),
}
UNKNOWN = pgettext_lazy("wall", "Unknown")
"""Of agents whose state nobody knows, on a wall: no metric, but counted beside those that are."""


@dataclass(frozen=True, slots=True)
class WindowName:
    """Of what happens over time; what is counted at a moment has no window."""

    full: Promise  # where one chooses, and over a working
    short: Promise


WINDOWS = {
    Window.NOW: WindowName(_("now"), _("5 min")),
    Window.LAST_15: WindowName(_("last 15 minutes"), _("15 min")),
    Window.LAST_30: WindowName(_("last 30 minutes"), _("30 min")),
    Window.LAST_60: WindowName(_("last 60 minutes"), _("60 min")),
    Window.TODAY: WindowName(_("today"), _("today")),
}


def window_label(metric: Metric, window: Window) -> str:
    """Over which time a number counts; of what is of this moment there is nothing to say."""
    return "" if metric in OF_THIS_MOMENT else str(WINDOWS[window].short)


def wall_window(metric: Metric, window: Window) -> str:
    """The same on a wall."""
    if metric in OF_THIS_MOMENT:
        return ""
    if window is Window.TODAY:
        return pgettext("wall", "today")
    return pgettext("wall", "%(n)s min") % {"n": MINUTES[window]}
