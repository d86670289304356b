"""Watching over the alerts: a look every few seconds of the world's time, for as long as there are any."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from eqboard.simulator.agenda import Agenda
from eqboard.simulator.office.alarms import TimeOfWeek, is_beyond, is_on_duty, time_of_week
from eqboard.simulator.office.alerts import Alert
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.gauges import Gauges

LOOK_SECONDS = 5
MOST_AT_A_LOOK = 100  # alerts; more than that wait for their turn, ten thousand for eight minutes
NEWEST_KEPT = 100  # notifications, whichever alerts they are of


@dataclass(frozen=True, slots=True)
class Notification:
    """What was sent of an alert, as it was then; `at` in UNIX seconds."""

    alert: int
    user: int | None
    name: str
    type: str
    notification_type: str
    value: int
    at: float


class Watch:
    """Looks at whole multiples of LOOK_SECONDS, so that the minute in which an alert becomes active is met exactly.

    It draws nothing and changes nothing but the alerts' own alarms: the world's history is the same without it.
    """

    def __init__(self, agenda: Agenda, directory: Directory, gauges: Callable[[], Gauges], zone: tzinfo) -> None:
        """`gauges` reads the state of the moment; `zone` is the time zone of the exchange."""
        self.notifications: deque[Notification] = deque(maxlen=NEWEST_KEPT)
        self._agenda = agenda
        self._directory = directory
        self._gauges = gauges
        self._zone = zone
        self._turn: deque[Alert] = deque()  # those that have not been looked at in this round
        self._is_planned = False

    def begin(self) -> None:
        """There is an alert; from now on they are looked at."""
        if not self._is_planned:
            self._is_planned = True
            next_look = self._agenda.now // LOOK_SECONDS + 1
            self._agenda.at(next_look * LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """As much work as at any other look, however many alerts there are."""
        self._is_planned = False
        if not self._directory.alerts:
            self._turn.clear()
            return
        if not self._turn:
            self._turn.extend(self._directory.alerts.values())
        gauges, time = self._gauges(), time_of_week(self._agenda.now, self._zone)
        for _ in range(min(MOST_AT_A_LOOK, len(self._turn))):
            alert = self._turn.popleft()
            if self._directory.alerts.get(alert.id) is alert:
                self._look_at(alert, gauges, time)
        self.begin()

    def _look_at(self, alert: Alert, gauges: Gauges, time: TimeOfWeek) -> None:
        value = self._value(alert, gauges, time)
        if alert.alarm.see(alert.attributes, value, self._agenda.now) and value is not None:
            self.notifications.append(self._note(alert, value))

    def _value(self, alert: Alert, gauges: Gauges, time: TimeOfWeek) -> int | None:
        """What is measured, if the alert holds. One on a deleted queue does not, nor one for a deleted user: both are
        treated as nonexistent (EQ API text, Deleted Entities).
        """
        if alert.user is not None and self._directory.live_supervisor(alert.user) is None:
            return None
        if not is_on_duty(alert.attributes, time):
            return None
        value = gauges.value(alert.attributes)
        return value if value is not None and is_beyond(alert.attributes, value) else None

    def _note(self, alert: Alert, value: int) -> Notification:
        attributes = alert.attributes
        return Notification(
            alert=alert.id,
            user=alert.user,
            name=attributes.name,
            type=attributes.type,
            notification_type=attributes.notification_type,
            value=value,
            at=self._agenda.now,
        )
