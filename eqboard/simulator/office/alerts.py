"""Alerts: kept as they were written. EQ has no way to read one back (contract §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eqboard.eq.models.attributes import AlertAttributes

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
