"""Alerts: creating, updating and deleting them. There is no way to read one back (contract §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from eqboard.eq.errors import Complaint
from eqboard.eq.models.attributes import AlertAttributes, NewAlert
from eqboard.simulator.asked import Asked, Handler, found, path_id, read_json_object
from eqboard.simulator.office.alerts import Alert, applicable
from eqboard.simulator.office.data import known_in, read_attributes
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.limits import MOST_ALERTS, refuse_when_full
from eqboard.simulator.refusals import refuse_if
from eqboard.simulator.world import World

A = TypeVar("A", bound=AlertAttributes)


def _create(world: World, asked: Asked) -> object:
    data = _read(asked, NewAlert)
    directory = world.directory
    refuse_if([*_unknown_user(directory, data.user), *_faults(directory, data, data.user)])
    refuse_when_full(directory.alerts, MOST_ALERTS)
    alert = directory.add_alert(data.user, data)
    world.watch.begin()
    return alert.id


def _replace(world: World, asked: Asked) -> object:
    """Everything but the user whom it is for, who is not among the attributes that are updated."""
    alert = _alert(world, asked)
    data = _read(asked, AlertAttributes)
    refuse_if([*_system_wide(alert, data), *_faults(world.directory, data, alert.user, alert)])
    alert.become(data)
    world.directory.alert_names.note(alert.id, data, owner=alert.user)
    return None


def _delete(world: World, asked: Asked) -> object:
    alert = _alert(world, asked)
    del world.directory.alerts[alert.id]
    world.directory.alert_names.forget(alert.id)
    return None


def _alert(world: World, asked: Asked) -> Alert:
    return found(world.directory.alerts.get(path_id(asked)), "id", "Alert does not exist")


def _read(asked: Asked, model: type[A]) -> A:
    """Attributes that do not apply have no effect, whatever they hold; those that do are required."""
    data = known_in(model, read_json_object("data", asked.form.get("data", "")))
    applies = applicable(data)
    needed = {name for name, does_apply in applies.items() if does_apply}
    if model is NewAlert and data.get("notificationType") in ("realtime", "email", "sms"):
        needed.add("user")
    return read_attributes({name: data[name] for name in data if applies.get(name, True)}, model, frozenset(needed))


def _faults(
    directory: Directory, data: AlertAttributes, user: int | None, alert: Alert | None = None
) -> list[Complaint]:
    """What it is about must exist; its name must be the only one for its user, or for the system."""
    own = alert.id if alert is not None else None
    found = directory.alert_names.clashes(data, directory.alerts.get, own=own, owner=user)
    if data.call_queue is not None and directory.live_queue(data.call_queue) is None:
        found.append(Complaint("callQueue", "nonexistent", "Call queue does not exist"))
    if data.email_queue is not None and data.email_queue not in directory.email_queues:
        found.append(Complaint("emailQueue", "nonexistent", "E-mail queue does not exist"))
    return found


def _unknown_user(directory: Directory, user: int | None) -> list[Complaint]:
    if user is None or directory.live_supervisor(user) is not None:
        return []
    return [Complaint("user", "nonexistent", "Supervisor does not exist")]


def _system_wide(alert: Alert, data: AlertAttributes) -> list[Complaint]:
    """EQ API text: "custom notification type only"."""
    if alert.user is not None or data.notification_type == "custom":
        return []
    return [Complaint("notificationType", "invalid", "custom, as the alert is for the whole system")]


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("POST", "/alert"): _create,
    ("PUT", "/alert/{}"): _replace,
    ("DELETE", "/alert/{}"): _delete,
}
