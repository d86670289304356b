"""Alerts are raised, notified of and end as the state of the world says; the trainer's side shows it."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqboard.eq.models.attributes import AlertAttributes
from eqboard.simulator.office.alarms import NOTIFICATIONS_KEPT, Alarm, is_beyond, is_on_duty, time_of_week
from eqboard.simulator.office.watch import LOOK_SECONDS, MOST_AT_A_LOOK, NEWEST_KEPT

from .conftest import START, a_world
from .office import delete, put, undelete
from .test_alerts import an_alert, create
from .test_invariants import build, check

ALWAYS_ON = {"daysOfWeek": [0, 1, 2, 3, 4, 5, 6]}
NEVER = {**ALWAYS_ON, "daysOfWeek": [0]}  # START is a Tuesday, 10:13:20 PM in UTC
TUESDAY, WEDNESDAY, SUNDAY = 2, 3, 0


def on(kind, notification="custom", **changes):
    return an_alert(kind, notification, **ALWAYS_ON | changes)


async def seen(server, alert=1):
    """The alert as the trainer sees it."""
    rows = (await server.control("GET", "/control/alerts")).json()["alerts"]
    return next(row for row in rows if row["id"] == alert)


async def next_look(server, clock, alert=1):
    """The alert after the next look at all of them."""
    clock.now = (clock.now // LOOK_SECONDS + 1) * LOOK_SECONDS
    return await seen(server, alert)


def attributes(data):
    return AlertAttributes.model_validate({name: data[name] for name in data if name != "user"})


def add(world, **data):
    """An alert past the server, in worlds without one."""
    alert = world.directory.add_alert(None, attributes(on(**data)))
    world.watch.begin()
    return alert


# What each type measures


async def test_an_alert_is_shown_with_all_that_a_trainer_may_ask_of_it(server, clock):
    await server.control("POST", "/control/agents/1", state="signed_out")
    await create(server, on("callQueueAgentsLow", "realtime", threshold=2, name="Few in Sales"))
    assert await next_look(server, clock) == {
        "id": 1,
        "name": "Few in Sales",
        "type": "callQueueAgentsLow",
        "user": 1,
        "call_queue": "500",
        "email_queue": None,
        "threshold": 2,
        "notification_type": "realtime",
        "color": "#00FF00",
        "interval": None,
        "raised": True,
        "since": START + LOOK_SECONDS,
        "value": 1,
        "notifications": [],
    }


async def test_an_alert_is_not_raised_before_it_is_looked_at_nor_while_all_is_well(server, clock):
    await create(server, on("diskUsageHigh", threshold=41))
    for row in (await seen(server), await next_look(server, clock)):
        assert (row["raised"], row["since"], row["value"], row["notifications"]) == (False, None, None, [])


async def go_home(server, world):
    for agent in (1, 2):
        await server.control("POST", f"/control/agents/{agent}", state="signed_out")


async def come_back(server, world):
    for agent in (1, 2):
        await server.control("POST", f"/control/agents/{agent}", state="available")


async def take_a_break(server, world):
    for agent in (1, 2):
        await server.control("POST", f"/control/agents/{agent}", state="paused")


async def callers_wait(server, world):
    await go_home(server, world)
    for _ in range(3):
        await server.control("POST", "/control/calls", queue="500")


async def callers_leave(server, world):
    for call in (await server.get("queued_calls")).json():
        await server.control("DELETE", f"/control/calls/{call['uniqueId']}")


def machine(**form):
    async def pull(server, world):
        assert (await server.control("POST", "/control/machine", **form)).status_code == 200

    return pull


def licence(**form):
    async def pull(server, world):
        assert (await server.control("POST", "/control/licence", **form)).status_code == 200

    return pull


TYPES = {
    "callQueueCallsHigh": (2, callers_wait, callers_leave, 3),
    "callQueueWaitTimeHigh": (4, callers_wait, callers_leave, 5),
    "callQueueAgentsLow": (1, go_home, come_back, 0),
    "callQueueAgentsAvailableLow": (2, take_a_break, come_back, 0),
    "emailQueueEmailsHigh": (9, machine(email_queue=1, emails=10), machine(email_queue=1, emails=9), 10),
    "emailQueueAgentsLow": (2, machine(email_queue=1, agents=1), machine(email_queue=1, agents=2), 1),
    "emailQueueAgentsAvailableLow": (
        1,
        machine(email_queue=1, agents_available=0),
        machine(email_queue=1, agents_available=1),
        0,
    ),
    "licenseExceeded": (None, licence(agents=1, supervisors=0), licence(agents=2, supervisors=1), 2),
    "processStopped": (None, machine(stop="asterisk"), machine(start="asterisk"), 1),
    "diskUsageHigh": (95, machine(disk_usage_percent=96), machine(disk_usage_percent=95), 96),
}


@pytest.mark.parametrize("kind", TYPES)
async def test_an_alert_of_every_type_is_raised_by_its_condition_and_ends_with_it(server, world, clock, kind):
    threshold, provoke, mend, value = TYPES[kind]
    await create(server, on(kind) if threshold is None else on(kind, threshold=threshold))
    assert (await next_look(server, clock))["raised"] is False
    await provoke(server, world)
    row = await next_look(server, clock)
    assert (row["raised"], row["since"], row["value"], row["threshold"]) == (True, clock.now, value, threshold)
    since = clock.now
    row = await next_look(server, clock)
    assert (row["raised"], row["since"]) == (True, since)
    await mend(server, world)
    row = await next_look(server, clock)
    assert (row["raised"], row["since"], row["value"]) == (False, None, None)


@pytest.mark.parametrize(("kind", "threshold"), [("callQueueAgentsLow", 2), ("diskUsageHigh", 41)])
async def test_at_its_threshold_an_alert_is_not_raised(server, clock, kind, threshold):
    await create(server, on(kind, threshold=threshold))
    assert (await next_look(server, clock))["raised"] is False


async def test_an_alert_is_on_its_own_queue(server, world, clock):
    await callers_wait(server, world)
    await create(server, on("callQueueCallsHigh", callQueue="501", threshold=0))
    await create(server, on("emailQueueEmailsHigh", name="B", emailQueue=2, threshold=0))
    await server.control("POST", "/control/machine", email_queue=1, emails=3)
    assert [(await next_look(server, clock, alert))["raised"] for alert in (1, 2)] == [False, False]


async def test_whoever_talks_is_signed_in_and_not_available(server, clock):
    await create(server, on("callQueueAgentsAvailableLow", threshold=2))
    await create(server, on("callQueueAgentsLow", name="B", threshold=2))
    await server.control("POST", "/control/calls", queue="500")
    row = await next_look(server, clock)
    assert (row["raised"], row["value"]) == (True, 1)
    assert (await seen(server, 2))["raised"] is False


async def test_the_longest_wait_is_that_of_the_statistics(server, world, clock):
    await callers_wait(server, world)
    await create(server, on("callQueueWaitTimeHigh", threshold=17))
    clock.now += 20
    await server.control("POST", "/control/calls", queue="500")
    statistics = (await server.get("call_queue_statistics", queue="500")).json()
    assert (await seen(server))["value"] == statistics["waitTime"] == 20


# When it is active


def times(days, begin, end):
    return attributes(an_alert(daysOfWeek=days, fromTime=begin, toTime=end))


def at(text):
    """A moment of the week of START, as "Tue 22:13:20"."""
    return datetime.strptime(f"2023 46 {text}", "%G %V %a %H:%M:%S").replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("begin", "end", "inside", "outside"),
    [
        ("08:00 AM", "05:00 PM", ["08:00:00", "12:00:00", "16:59:59"], ["07:59:59", "17:00:00", "00:00:00"]),
        ("12:00 AM", "12:00 AM", ["00:00:00", "12:00:00", "23:59:59"], []),
        ("08:00 AM", "12:00 AM", ["08:00:00", "23:59:59"], ["07:59:59", "00:00:00"]),
        ("12:00 AM", "12:00 PM", ["00:00:00", "11:59:59"], ["12:00:00", "23:59:59"]),
        ("12:00 PM", "12:00 AM", ["12:00:00", "23:59:59"], ["11:59:59", "00:00:00"]),
        ("12:01 AM", "12:01 PM", ["00:01:00", "12:00:59"], ["00:00:59", "12:01:00"]),
        ("11:59 PM", "12:00 AM", ["23:59:00", "23:59:59"], ["23:58:59", "00:00:00"]),
        ("10:00 PM", "06:00 AM", ["22:00:00", "23:59:59", "00:00:00", "05:59:59"], ["06:00:00", "21:59:59"]),
        ("09:00 AM", "09:00 AM", ["09:00:00", "08:59:59", "00:00:00"], []),
        ("12:00 PM", "12:00 PM", ["12:00:00", "11:59:59"], []),
    ],
)
def test_an_interval_begins_with_its_first_minute_and_ends_before_its_last(begin, end, inside, outside):
    alert = times([TUESDAY], begin, end)
    for time, expected in [*((time, True) for time in inside), *((time, False) for time in outside)]:
        assert is_on_duty(alert, time_of_week(at(f"Tue {time}"), UTC)) is expected, time


@pytest.mark.parametrize(
    ("day", "number"),
    [("Sun", 0), ("Mon", 1), ("Tue", 2), ("Wed", 3), ("Thu", 4), ("Fri", 5), ("Sat", 6)],
)
def test_the_week_begins_with_sunday(day, number):
    moment = time_of_week(at(f"{day} 12:00:00"), UTC)
    assert (moment.day, moment.minute) == (number, 720)
    assert is_on_duty(times([number], "12:00 AM", "12:00 AM"), moment)
    others = [other for other in range(7) if other != number]
    assert not is_on_duty(times(others, "12:00 AM", "12:00 AM"), moment)


def test_a_night_is_active_on_the_days_that_are_named_and_on_no_other():
    alert = times([TUESDAY], "10:00 PM", "06:00 AM")
    expected = {"Mon 23:00:00": False, "Tue 05:00:00": True, "Tue 23:00:00": True, "Wed 05:00:00": False}
    assert {text: is_on_duty(alert, time_of_week(at(text), UTC)) for text in expected} == expected


def test_days_and_hours_are_those_of_the_exchange():
    moment = at("Tue 22:13:20")
    assert time_of_week(moment, ZoneInfo("Asia/Jerusalem")) == time_of_week(at("Wed 00:13:20"), UTC)
    assert time_of_week(moment, ZoneInfo("America/New_York")) == time_of_week(at("Tue 17:13:20"), UTC)
    assert time_of_week(moment, ZoneInfo("Asia/Kolkata")) == time_of_week(at("Wed 03:43:20"), UTC)


def test_summer_time_moves_the_hours_with_the_clock_on_the_wall():
    madrid = ZoneInfo("Europe/Madrid")
    before, after = (datetime(2024, 3, day, 7, 30, tzinfo=UTC).timestamp() for day in (30, 31))
    assert [time_of_week(moment, madrid).minute for moment in (before, after)] == [8 * 60 + 30, 9 * 60 + 30]


@pytest.mark.parametrize(("zone", "raised"), [(UTC, False), (ZoneInfo("Asia/Jerusalem"), True)])
def test_a_world_has_a_time_zone(zone, raised):
    world = a_world(zone=zone)
    alert = add(world, kind="diskUsageHigh", threshold=1, daysOfWeek=[WEDNESDAY])
    world.tick(LOOK_SECONDS)
    assert (alert.alarm.raised_at is not None) is raised


async def test_an_alert_is_raised_in_the_very_second_in_which_it_becomes_active(server, clock):
    await create(server, on("diskUsageHigh", threshold=1, fromTime="10:15 PM", toTime="10:17 PM"))
    clock.now = START + 99.75
    assert (await seen(server))["raised"] is False
    clock.now = START + 100  # 10:15:00 PM
    row = await seen(server)
    assert (row["raised"], row["since"], row["notifications"]) == (True, START + 100, [START + 100])
    clock.now = START + 220  # 10:17:00 PM
    assert (await seen(server))["raised"] is False


async def test_an_alert_is_not_raised_on_other_days(server, clock):
    await create(server, on("diskUsageHigh", threshold=1, **NEVER))
    assert (await next_look(server, clock))["raised"] is False


# Notifications


@pytest.mark.parametrize("notification", ["email", "sms", "custom"])
async def test_while_it_is_raised_it_is_notified_of_at_most_every_so_many_minutes(server, clock, notification):
    await create(server, on("diskUsageHigh", notification, threshold=1, interval=2))
    clock.now += 299
    first = START + LOOK_SECONDS
    assert (await seen(server))["notifications"] == [first, first + 120, first + 240]


async def test_the_interval_also_parts_one_alarm_from_the_next(server, clock):
    await create(server, on("processStopped", interval=1))
    for _ in range(3):
        await server.control("POST", "/control/machine", stop="httpd")
        await next_look(server, clock)
        await server.control("POST", "/control/machine", start="httpd")
        await next_look(server, clock)
    assert (await seen(server))["notifications"] == [START + 5]
    await server.control("POST", "/control/machine", stop="httpd")
    clock.now = START + 300
    assert (await seen(server))["notifications"] == [START + 5 + 60 * minute for minute in range(5)]


async def test_an_interval_of_nothing_notifies_once_of_each_alarm(server, clock):
    await create(server, on("processStopped", interval=0))
    for _ in range(2):
        await server.control("POST", "/control/machine", stop="httpd")
        clock.now += 20
        await server.control("POST", "/control/machine", start="httpd")
        await next_look(server, clock)
    assert (await seen(server))["notifications"] == [START + 5, START + 30]


async def test_a_realtime_alert_is_seen_and_not_sent(server, clock):
    await create(server, on("diskUsageHigh", "realtime", threshold=1, color="#ABCDEF"))
    clock.now += 3600
    row = await seen(server)
    assert (row["raised"], row["color"], row["notifications"]) == (True, "#ABCDEF", [])
    assert (await server.control("GET", "/control/alerts")).json()["notifications"] == []


async def test_the_newest_notifications_of_all_are_told_as_they_were_sent(server, clock):
    await create(server, on("diskUsageHigh", "sms", threshold=1, name="Disk"))
    await create(server, on("processStopped", user=None, name="Processes"))
    await server.control("POST", "/control/machine", stop="mysqld")
    await next_look(server, clock)
    await delete(server, "alert/1")
    told = (await server.control("GET", "/control/alerts")).json()["notifications"]
    of_disk = {"alert": 1, "user": 1, "name": "Disk", "type": "diskUsageHigh", "notification_type": "sms", "value": 41}
    of_processes = {"alert": 2, "user": None, "name": "Processes", "type": "processStopped", "value": 1}
    assert told == [
        of_disk | {"at": clock.now},
        of_processes | {"notification_type": "custom", "at": clock.now},
    ]


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=60), interval=st.integers(1, 5))
def test_notifications_are_never_nearer_to_each_other_than_the_interval(steps, interval):
    alert = attributes(an_alert(interval=interval))
    alarm, now, sent = Alarm(), START, []
    for holds, seconds in steps:
        now += seconds
        if alarm.see(alert, 1 if holds else None, now):
            assert holds
            sent.append(now)
    assert all(later - earlier >= interval * 60 for earlier, later in pairwise(sent))
    assert list(alarm.notified_at) == sent[-NOTIFICATIONS_KEPT:]


# Deleting and replacing


async def test_a_deleted_alert_is_shown_no_more_and_its_successor_begins_anew(server, clock):
    data = on("diskUsageHigh", threshold=1)
    await create(server, data)
    assert len((await next_look(server, clock))["notifications"]) == 1
    await delete(server, "alert/1")
    assert (await server.control("GET", "/control/alerts")).json()["alerts"] == []
    assert (await create(server, data)).json() == 2
    row = await seen(server, 2)
    assert (row["raised"], row["notifications"]) == (False, [])
    assert (await next_look(server, clock, 2))["since"] == clock.now


async def test_another_threshold_ends_an_alarm_with_the_next_look_and_brings_it_back(server, clock):
    await create(server, on("diskUsageHigh", threshold=40))
    assert (await next_look(server, clock))["raised"] is True
    await put(server, "alert/1", **on("diskUsageHigh", threshold=41))
    assert (await next_look(server, clock))["raised"] is False
    await put(server, "alert/1", **on("diskUsageHigh", threshold=30))
    row = await next_look(server, clock)
    assert (row["raised"], row["since"]) == (True, clock.now)


async def test_an_alarm_goes_on_when_its_alert_is_replaced_and_the_interval_with_it(server, clock):
    await create(server, on("diskUsageHigh", threshold=30, interval=1))
    await next_look(server, clock)
    for _ in range(10):
        await put(server, "alert/1", **on("diskUsageHigh", threshold=40, interval=1, name="Another"))
        row = await next_look(server, clock)
    assert (row["name"], row["since"], row["notifications"]) == ("Another", START + 5, [START + 5])


async def test_an_alert_that_is_about_something_else_begins_anew(server, clock):
    await create(server, on("diskUsageHigh", threshold=1, interval=1))
    await next_look(server, clock)
    await put(server, "alert/1", **on("callQueueAgentsLow", threshold=9, interval=1))
    row = await seen(server)
    assert (row["raised"], row["value"], row["notifications"]) == (False, None, [START + 5])
    row = await next_look(server, clock)
    assert (row["since"], row["value"], row["notifications"]) == (START + 10, 2, [START + 5])


async def test_an_alert_on_a_deleted_queue_is_not_raised(server, clock):
    await create(server, on("callQueueAgentsLow", threshold=9))
    assert (await next_look(server, clock))["raised"] is True
    await delete(server, "call_queue/500")
    assert (await next_look(server, clock))["raised"] is False
    await undelete(server, "call_queue/500")
    row = await next_look(server, clock)
    assert (row["raised"], row["value"]) == (True, 0)


async def test_an_alert_for_a_deleted_user_is_not_raised(server, clock):
    await create(server, on("diskUsageHigh", threshold=1))
    await create(server, on("diskUsageHigh", threshold=1, user=None))
    await delete(server, "supervisor/1")
    assert [(await next_look(server, clock, alert))["raised"] for alert in (1, 2)] == [False, True]
    await undelete(server, "supervisor/1")
    assert (await next_look(server, clock))["raised"] is True


async def test_there_is_no_way_to_read_an_alarm_in_the_eq_api_nor_without_the_key(server, bare):
    await create(server, on("diskUsageHigh", threshold=1))
    assert (await server.get("alerts")).status_code == 404
    assert (await bare.get("/control/alerts")).status_code == 401


# Bounds


def test_few_notifications_of_an_alert_are_kept_and_few_of_all():
    world = a_world()
    alert = add(world, kind="diskUsageHigh", threshold=1, interval=1)
    world.tick(4 * 3600)
    last = world.now - world.now % 60 + START % 60 + LOOK_SECONDS - 60
    assert list(alert.alarm.notified_at) == [last - 60 * ago for ago in reversed(range(NOTIFICATIONS_KEPT))]
    assert len(world.watch.notifications) == NEWEST_KEPT
    assert world.watch.notifications[-1].at == last


def test_of_many_alerts_some_are_looked_at_at_a_time_and_all_in_turn():
    world = a_world()
    alerts = [add(world, kind="diskUsageHigh", threshold=1) for _ in range(2 * MOST_AT_A_LOOK + 50)]
    raised = []
    for _ in range(4):
        world.tick(LOOK_SECONDS)
        raised.append(sum(alert.alarm.raised_at is not None for alert in alerts))
    assert raised == [MOST_AT_A_LOOK, 2 * MOST_AT_A_LOOK, 2 * MOST_AT_A_LOOK + 50, 2 * MOST_AT_A_LOOK + 50]


def test_an_alert_that_is_deleted_before_its_turn_is_not_looked_at():
    world = a_world()
    alerts = [add(world, kind="diskUsageHigh", threshold=1) for _ in range(MOST_AT_A_LOOK + 2)]
    world.tick(LOOK_SECONDS)
    gone = alerts[-1]
    del world.directory.alerts[gone.id]
    world.tick(LOOK_SECONDS)
    assert alerts[-2].alarm.raised_at == world.now
    assert gone.alarm == Alarm()


def test_nothing_is_planned_while_there_are_no_alerts():
    world = a_world()

    def is_idle():
        return world.run_to(world.now + LOOK_SECONDS, most_events=0)

    assert is_idle()
    for _ in range(2):
        alert = add(world, kind="diskUsageHigh", threshold=1)
        assert not is_idle()
        world.tick(LOOK_SECONDS)
        assert not is_idle()
        del world.directory.alerts[alert.id]
        world.tick(LOOK_SECONDS)
        assert is_idle()


# The world's law


KINDS = (
    {"kind": "callQueueCallsHigh", "threshold": 0, "interval": 1},
    {"kind": "callQueueWaitTimeHigh", "threshold": 20, "interval": 3},
    {"kind": "callQueueAgentsLow", "threshold": 3, "interval": 1},
    {"kind": "callQueueAgentsAvailableLow", "threshold": 1, "interval": 0},
)


def watched_world(seed, seconds, step):
    world = build(seed)
    world.tick(600)
    alerts = [add(world, **kind) for kind in KINDS]
    for _ in range(round(seconds / step)):
        world.tick(step)
    return world, alerts


def test_alarms_are_the_same_however_finely_time_is_cut():
    at_once, alerts = watched_world(7, 3600.0, 3600.0)
    in_steps, same = watched_world(7, 3600.0, 0.25)
    assert [alert.alarm for alert in alerts] == [alert.alarm for alert in same]
    assert at_once.watch.notifications == in_steps.watch.notifications
    assert {note.type for note in at_once.watch.notifications} == {kind["kind"] for kind in KINDS}
    check(at_once)


def test_watching_changes_no_history():
    watched, _ = watched_world(7, 3600.0, 3600.0)
    alone = build(7)
    alone.tick(600)
    alone.tick(3600.0)
    assert watched.truth() == alone.truth()
    assert list(watched.switch.calls) == list(alone.switch.calls)


def test_an_alert_begun_between_two_looks_is_met_at_whole_multiples():
    world = a_world()
    world.tick(3.3)
    alert = add(world, kind="diskUsageHigh", threshold=1)
    world.tick(10)
    assert alert.alarm.raised_at == START + LOOK_SECONDS


@pytest.mark.parametrize(
    ("kind", "below", "above"), [("callQueueAgentsLow", True, False), ("diskUsageHigh", False, True)]
)
def test_low_is_below_and_high_is_above(kind, below, above):
    alert = attributes(an_alert(kind, threshold=5))
    assert [is_beyond(alert, value) for value in (4, 5, 6)] == [below, False, above]
