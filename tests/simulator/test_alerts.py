"""Alerts: which attributes apply to which, whom and what they may name, and whose names must differ."""

import pytest

from .conftest import refusal, refusals
from .office import VALID

ALWAYS = {"name": "A", "daysOfWeek": [0], "fromTime": "12:00 AM", "toTime": "12:00 AM"}
ON_QUEUE = {"callQueue": "500", "threshold": 1}
ON_EMAIL_QUEUE = {"emailQueue": 1, "threshold": 1}
NEEDS = {
    "callQueueCallsHigh": ON_QUEUE,
    "callQueueWaitTimeHigh": ON_QUEUE,
    "callQueueAgentsLow": ON_QUEUE,
    "callQueueAgentsAvailableLow": ON_QUEUE,
    "emailQueueEmailsHigh": ON_EMAIL_QUEUE,
    "emailQueueAgentsLow": ON_EMAIL_QUEUE,
    "emailQueueAgentsAvailableLow": ON_EMAIL_QUEUE,
    "licenseExceeded": {},
    "processStopped": {},
    "diskUsageHigh": {"threshold": 90},
}
NOTIFIES = {
    "realtime": {"color": "#00FF00"},
    "email": {"interval": 5},
    "sms": {"interval": 5},
    "custom": {"interval": 0},
}


def an_alert(kind="licenseExceeded", notification="custom", **changes):
    words = {"type": kind, "notificationType": notification, "user": 1}
    return ALWAYS | words | NEEDS[kind] | NOTIFIES[notification] | changes


async def create(server, data):
    return await server.send("POST", "alert", data=data)


@pytest.mark.contract("3.8")
@pytest.mark.parametrize("notification", NOTIFIES)
@pytest.mark.parametrize("kind", NEEDS)
async def test_an_alert_with_all_that_applies_is_taken(server, world, kind, notification):
    response = await create(server, an_alert(kind, notification))
    assert (response.status_code, response.json()) == (200, 1)
    assert world.directory.alerts[1].attributes.type == kind


@pytest.mark.contract("3.8")
@pytest.mark.parametrize("notification", NOTIFIES)
@pytest.mark.parametrize("kind", NEEDS)
@pytest.mark.parametrize("absent", [{}, {"empty": ""}, {"empty": None}])
async def test_whatever_applies_and_is_not_there_is_blank(server, kind, notification, absent):
    needed = [*NEEDS[kind], *NOTIFIES[notification]]
    data = an_alert(kind, notification)
    for name in needed:
        del data[name]
        if absent:
            data[name] = absent["empty"]
    assert refusals(await create(server, data)) == (400, {(name, "blank") for name in needed})


async def test_what_applies_and_is_not_there_is_told_beside_all_other_faults(server):
    data = {"type": "callQueueCallsHigh", "notificationType": "sms", "daysOfWeek": [9]}
    blank = {"user", "name", "callQueue", "threshold", "interval", "fromTime", "toTime"}
    expected = {(name, "blank") for name in blank} | {("daysOfWeek", "invalid")}
    assert refusals(await create(server, data)) == (400, expected)


@pytest.mark.contract("3.8")
async def test_what_does_not_apply_has_no_effect_whatever_it_holds(server, world):
    data = an_alert(callQueue=["x"], emailQueue="none", threshold="much", color="red")
    assert (await create(server, data)).status_code == 200
    attributes = world.directory.alerts[1].attributes
    assert (attributes.call_queue, attributes.email_queue, attributes.threshold, attributes.color) == (None,) * 4


@pytest.mark.parametrize("word", [["callQueueCallsHigh"], {"a": 1}, 7, "calls", True])
@pytest.mark.parametrize("name", ["type", "notificationType"])
async def test_a_word_that_is_none_is_invalid_and_nothing_else_applies(server, name, word):
    assert refusal(await create(server, an_alert() | {name: word})) == (400, name, "invalid")


@pytest.mark.parametrize("value", ["#GGGGGG", "00FF00", 1])
async def test_a_colour_that_applies_must_be_one(server, value):
    assert refusal(await create(server, an_alert(notification="realtime", color=value))) == (400, "color", "invalid")


@pytest.mark.parametrize("value", [-1, 1.5, "5", True])
async def test_an_interval_is_in_whole_minutes(server, value):
    assert refusal(await create(server, an_alert(interval=value))) == (400, "interval", "invalid")


@pytest.mark.parametrize("value", [-1, "1", 1.5])
async def test_an_email_queue_is_named_by_its_id(server, value):
    data = an_alert("emailQueueEmailsHigh", emailQueue=value)
    assert refusal(await create(server, data)) == (400, "emailQueue", "invalid")


@pytest.mark.parametrize(
    ("kind", "name", "value"), [("emailQueueEmailsHigh", "emailQueue", "1"), ("licenseExceeded", "interval", -1)]
)
async def test_what_applies_keeps_to_its_rule_in_an_update_too(server, kind, name, value):
    await create(server, an_alert())
    response = await server.send("PUT", "alert/1", data=an_alert(kind, **{name: value}))
    assert refusal(response) == (400, name, "invalid")


# For whom


@pytest.mark.contract("3.8")
@pytest.mark.parametrize("user", [{}, {"user": None}])
async def test_an_alert_for_the_whole_system_is_custom(server, world, user):
    data = an_alert()
    del data["user"]
    assert (await create(server, data | user)).status_code == 200
    assert world.directory.alerts[1].user is None


@pytest.mark.contract("3.8")
@pytest.mark.parametrize("notification", ["realtime", "email", "sms"])
@pytest.mark.parametrize("user", [{}, {"user": None}, {"user": ""}])
async def test_an_alert_that_is_not_custom_needs_a_user(server, notification, user):
    data = an_alert(notification=notification)
    del data["user"]
    assert refusal(await create(server, data | user)) == (400, "user", "blank")


@pytest.mark.contract("3.1")
@pytest.mark.parametrize("user", ["1", "", -1, 1.0, True, [1]])
async def test_a_user_is_named_by_their_id(server, user):
    assert refusal(await create(server, an_alert(user=user))) == (400, "user", "invalid")


@pytest.mark.parametrize("user", [99, 0, 2**62])
async def test_the_user_must_exist(server, user):
    assert refusal(await create(server, an_alert(user=user))) == (400, "user", "nonexistent")


async def test_a_deleted_user_is_nonexistent(server):
    await server.send("DELETE", "supervisor/1")
    assert refusal(await create(server, an_alert())) == (400, "user", "nonexistent")


async def test_an_agent_is_no_supervisor(server):
    assert refusal(await create(server, an_alert(user=2))) == (400, "user", "nonexistent")


# On what


@pytest.mark.contract("3.1")
@pytest.mark.parametrize("queue", ["999", "Sales", "201", " 500"])
async def test_the_queue_must_exist(server, queue):
    data = an_alert("callQueueCallsHigh", callQueue=queue)
    assert refusal(await create(server, data)) == (400, "callQueue", "nonexistent")


async def test_a_deleted_queue_is_nonexistent(server):
    await server.send("DELETE", "call_queue/500")
    assert refusal(await create(server, an_alert("callQueueCallsHigh"))) == (400, "callQueue", "nonexistent")


async def test_the_email_queue_must_exist(server):
    data = an_alert("emailQueueAgentsLow", emailQueue=77)
    assert refusal(await create(server, data)) == (400, "emailQueue", "nonexistent")


async def test_everything_that_does_not_exist_is_told_at_once(server):
    data = an_alert("callQueueCallsHigh", callQueue="999", user=99)
    assert refusals(await create(server, data)) == (400, {("user", "nonexistent"), ("callQueue", "nonexistent")})


# Names


@pytest.mark.contract("1.12")
async def test_a_name_is_in_use_for_the_same_user_only(server):
    await server.send("POST", "supervisor", data=VALID["supervisor"])
    assert (await create(server, an_alert())).json() == 1
    assert refusal(await create(server, an_alert())) == (400, "name", "in_use")
    assert (await create(server, an_alert(user=2))).json() == 2
    assert (await create(server, an_alert(user=None))).json() == 3
    assert refusal(await create(server, an_alert(user=None))) == (400, "name", "in_use")


async def test_an_alert_may_keep_its_name_and_not_take_anothers(server):
    await create(server, an_alert())
    await create(server, an_alert(name="B"))
    assert (await server.send("PUT", "alert/1", data=an_alert())).json() is None
    assert refusal(await server.send("PUT", "alert/1", data=an_alert(name="B"))) == (400, "name", "in_use")


# Afterwards


async def test_an_alert_is_written_over_but_for_its_user(server, world):
    await create(server, an_alert())
    data = an_alert("diskUsageHigh", "realtime", user=99, id=7)
    response = await server.send("PUT", "alert/1", data=data)
    assert (response.status_code, response.json()) == (200, None)
    alert = world.directory.alerts[1]
    assert (alert.user, alert.attributes.type, alert.attributes.threshold) == (1, "diskUsageHigh", 90)


@pytest.mark.parametrize("notification", ["realtime", "email", "sms"])
async def test_an_alert_for_the_whole_system_stays_custom(server, notification):
    await create(server, an_alert(user=None))
    response = await server.send("PUT", "alert/1", data=an_alert(notification=notification))
    assert refusal(response) == (400, "notificationType", "invalid")


@pytest.mark.contract("1.18")
async def test_a_deleted_alert_is_gone_and_its_id_is_not_given_again(server):
    await create(server, an_alert())
    assert (await server.send("DELETE", "alert/1")).json() is None
    for method in ("PUT", "DELETE"):
        assert refusal(await server.send(method, "alert/1", data=an_alert())) == (404, "id", "nonexistent")
    assert (await create(server, an_alert())).json() == 2


@pytest.mark.parametrize("key", ["0", "99", "x", "9" * 400])
async def test_an_alert_that_never_was_is_404(server, key):
    for method in ("PUT", "DELETE"):
        assert refusal(await server.send(method, f"alert/{key}", data=an_alert())) == (404, "id", "nonexistent")


@pytest.mark.contract("2.8")
async def test_an_alert_cannot_be_read(server):
    await create(server, an_alert())
    assert refusal(await server.get("alert/1")) == (405, None, "invalid")
