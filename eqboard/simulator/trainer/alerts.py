"""What has become of the alerts, which the EQ API has no way to read."""

from __future__ import annotations

from dataclasses import asdict

from eqboard.simulator.asked import Asked
from eqboard.simulator.office.alerts import Alert
from eqboard.simulator.trainer.lever import Levers, Stage


def _alerts(stage: Stage, asked: Asked) -> object:
    """All of them, by id; and the newest notifications of any, those of alerts that are gone included. Moments in UNIX
    seconds.
    """
    return {
        "alerts": [_as_seen(alert) for alert in stage.world.directory.alerts.values()],
        "notifications": [asdict(each) for each in stage.world.watch.notifications],
    }


def _as_seen(alert: Alert) -> dict[str, object]:
    """`since` and `value` are null unless it is raised; `notifications` are the moments of the last few."""
    attributes, alarm = alert.attributes, alert.alarm
    return {
        "id": alert.id,
        "name": attributes.name,
        "type": attributes.type,
        "user": alert.user,
        "call_queue": attributes.call_queue,
        "email_queue": attributes.email_queue,
        "threshold": attributes.threshold,
        "notification_type": attributes.notification_type,
        "color": attributes.color,
        "interval": attributes.interval,
        "raised": alarm.raised_at is not None,
        "since": alarm.raised_at,
        "value": alarm.value,
        "notifications": list(alarm.notified_at),
    }


LEVERS: Levers = {("GET", "/control/alerts"): _alerts}
