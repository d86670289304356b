"""Alerts, as they were written. EQ has no way to read one back (contract §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eqboard.eq.models.attributes import AlertAttributes
from eqboard.simulator.office.alarms import Alarm

# Written out from the EQ API text, Create Alert, and not taken from the client: a mistake there should show here.
WITH_THRESHOLD = (
    "callQueueCallsHigh", "callQueueWaitTimeHigh", "callQueueAgentsLow", "callQueueAgentsAvailableLow",
    "emailQueueEmailsHigh", "emailQueueAgentsLow", "emailQueueAgentsAvailableLow", "diskUsageHigh",
)  # fmt: skip


@dataclass(slots=True)
class Alert:
    """`user` is the supervisor whom it is for; None is the whole system."""

    id: int
    user: int | None
    attributes: AlertAttributes
    alarm: Alarm = field(default_factory=Alarm)

    def become(self, attributes: AlertAttributes) -> None:
        """What it is from now on. If it was raised, the next look decides whether it still is; when it is about
        something else now, it begins anew.
        """
        if _subject(attributes) != _subject(self.attributes):
            self.alarm.end()
        self.attributes = attributes


def applicable(data: Mapping[str, object]) -> dict[str, bool]:
    """Whether the attributes that are "required, if applicable" are, in an alert as it was sent (contract §3)."""
    kind, notification = data.get("type"), data.get("notificationType")
    kind, notification = (word if isinstance(word, str) else "" for word in (kind, notification))
    return {
        "callQueue": kind.startswith("callQueue"),
        "emailQueue": kind.startswith("emailQueue"),
        "threshold": kind in WITH_THRESHOLD,
        "color": notification == "realtime",
        "interval": notification in ("email", "sms", "custom"),
    }


def _subject(attributes: AlertAttributes) -> tuple[object, ...]:
    return attributes.type, attributes.call_queue, attributes.email_queue
