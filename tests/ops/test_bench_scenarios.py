"""The benchmark's polled boards, journeys, storms and outages: that what is counted is what came, and that whoever was
measured wrongly has no figure. None of the figures is asserted.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime

import pytest
from django.test import Client

from eqboard.boards.pulse import pulse
from eqboard.feed.messages import Stored
from eqboard.floor.snapshot import Part, Snapshot, Source, Trouble
from eqboard.ops.bench import asking, journey, outage, polling, reconnect
from eqboard.ops.bench.asking import Askers, askers
from eqboard.ops.bench.beats import Beat, beat_of, numbers_in
from eqboard.ops.bench.centre import AGENTS, CHANGED_AGENTS, CHANGED_QUEUES, QUEUES, Centre, move_in, ticking
from eqboard.ops.bench.counting import Tally
from eqboard.ops.bench.floors import Floors
from eqboard.ops.bench.frames import END_BYTES
from eqboard.ops.bench.house import POLL_SECONDS
from eqboard.ops.bench.measure import Figure, Remark, Target, Told
from eqboard.ops.bench.onlooker import Onlooker, Seen
from eqboard.ops.bench.place import Poller
from eqboard.ops.bench.processes import ServerFailed
from eqboard.ops.bench.servers import OURS, UVICORN
from eqboard.ops.bench.sockets import Address
from eqboard.ops.browsers import find_installed
from tests.cast import static_files_are_not_collected
from tests.clocks import has_clock
from tests.sendings import a_journey, a_way

NOW = datetime.fromtimestamp(1_700_000_000, UTC)
TOO_BUSY = 0.81
PUSHED = polling.pushed_to(polling.TARGET_VIEWERS)


def figures_in(told: list[Told]) -> list[Figure]:
    return [each for each in told if isinstance(each, Figure)]


def remarks_in(told: list[Told]) -> list[str]:
    return [each.text for each in told if isinstance(each, Remark)]


# Boards that ask anew


@has_clock
def test_a_viewer_is_measured_by_every_way_of_keeping_a_board_up() -> None:
    plan = polling.Plan(polling=2, pushed=(2,), rounds=1, polled_seconds=2.5, pushed_seconds=1.5, settle_seconds=0.0)
    told = polling.polling(plan)
    figures = {each.variant: each for each in figures_in(told)}
    assert list(figures) == [polling.RENDERED, polling.CACHED, polling.UNCHANGED, "pushed, 2 viewers"]
    assert [name for name, each in figures.items() if each.is_reference] == [polling.CACHED]
    page, nothing = (figures[name].viewer_kilobytes or 0.0 for name in (polling.CACHED, polling.UNCHANGED))
    assert page > 100 * nothing > 0
    assert any("for 1.5 s only" in each for each in remarks_in(told))


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"client_busy": TOO_BUSY}, "invalid: the viewers' own process was busy for 81% of the time"),
        ({"clocks_differ": 0.5}, "invalid: two clocks of its processor time differ by 50%"),
        ({"wrong": 1}, "invalid: 1 wrong answers, 100% came"),
        ({"came": 0.0}, "invalid: 0 wrong answers, 0% came"),
    ],
)
def test_a_way_that_was_measured_wrongly_once_has_no_figure_and_the_others_have(
    fault: dict[str, float], why: str
) -> None:
    runs = {polling.CACHED: [a_way(), a_way()], PUSHED: [a_way(), a_way(**fault)]}
    told = polling.figures(polling.Plan(), runs)
    assert remarks_in(told) == [why]
    assert [each.variant for each in figures_in(told)] == [polling.CACHED]


def test_without_its_reference_no_way_has_a_figure() -> None:
    told = polling.figures(polling.Plan(), {polling.CACHED: [a_way(wrong=1)], PUSHED: [a_way()]})
    assert figures_in(told) == []


def test_a_server_without_time_for_all_requests_says_so_and_has_a_figure() -> None:
    told = polling.figures(polling.Plan(), {polling.CACHED: [a_way(came=0.5)]})
    assert remarks_in(told) == ["saturated: 50% came in time, and each costs more than it would"]
    assert len(figures_in(told)) == 1


@pytest.mark.parametrize(("cpu_seconds", "is_met"), [(0.002, True), (0.0021, False)])
def test_what_is_pushed_is_to_cost_a_fiftieth_of_what_is_polled_from_cache(cpu_seconds: float, is_met: bool) -> None:
    told = polling.figures(polling.Plan(), {polling.CACHED: [a_way()], PUSHED: [a_way(cpu_seconds=cpu_seconds)]})
    target = figures_in(told)[1].target
    assert target is not None
    assert target.is_met is is_met


def test_the_target_is_of_as_many_viewers_as_a_web_server_is_meant_for() -> None:
    told = polling.figures(polling.Plan(), {polling.CACHED: [a_way()], polling.pushed_to(100): [a_way()]})
    assert [each.target for each in figures_in(told)] == [None, None]


def test_beside_a_reference_that_is_saturated_nothing_is_concluded() -> None:
    told = polling.figures(polling.Plan(), {polling.CACHED: [a_way(came=0.9)], PUSHED: [a_way(cpu_seconds=0.001)]})
    assert [each.target for each in figures_in(told)] == [None, Target("at most 1/50 ×", None)]


def test_of_a_noisy_figure_nothing_is_concluded() -> None:
    runs = {polling.CACHED: [a_way(), a_way(cpu_seconds=0.2)], PUSHED: [a_way(), a_way()]}
    assert figures_in(polling.figures(polling.Plan(), runs))[1].target == Target("at most 1/50 ×", None)


@static_files_are_not_collected
@pytest.mark.urls("eqboard.ops.bench.references.polled")
@pytest.mark.parametrize("path", ["/cached/", "/unchanged/"])
def test_who_is_not_signed_in_gets_nothing_of_a_polled_board(db: None, path: str) -> None:
    assert Client().get(path).headers["Location"] == f"/sign-in/?next={path}"
    assert Client().post(path).status_code == 405


@static_files_are_not_collected
@pytest.mark.urls("eqboard.ops.bench.references.polled")
def test_whoever_is_signed_in_is_told_that_nothing_is_new(lead: Client) -> None:
    answer = lead.get("/unchanged/")
    assert (answer.status_code, answer.content) == (204, b"")


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[Address]:
    """A server that says the same to every request; with nothing to say it ends the connection."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):
            while answer:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield Address(server.sockets[0].getsockname()[1], "/", "sessionid=s3cret")
    finally:
        server.close()


PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"


async def test_answers_are_counted_with_their_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "EVERY_SECONDS", 0.01)
    async with answering(PAGE) as address, askers(address, "/", 200, 2) as them:
        while them.count.answered < 6:
            await asyncio.sleep(0.01)
        count = them.count
        assert count.wire_bytes == count.answered * len(PAGE)
        assert 0 <= count.asked - count.answered <= 2
        assert count.wrong == 0
        them.begin()
        assert them.count.answered == 0


async def test_an_answer_of_another_kind_is_no_board_that_is_polled() -> None:
    async with answering(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n") as address:
        with pytest.raises(ServerFailed, match=r"came with status 302\.$"):
            await Askers(address, "/", 200).ask_once()


async def test_a_board_that_does_not_come_is_a_failure() -> None:
    async with answering(b"") as address:
        with pytest.raises(ServerFailed, match="does not come") as failed:
            await Askers(address, "/", 200).ask_once()
    assert "s3cret" not in str(failed.value)


async def test_a_connection_that_ends_is_a_wrong_answer() -> None:
    async with answering(b"") as address:
        them = Askers(address, "/", 200)
        await them.keep_asking(0.0)
    assert (them.count.asked, them.count.answered, them.count.wrong) == (1, 0, 1)


# A call centre in which a little changes each second


def test_each_second_as_many_change_as_it_is_said() -> None:
    centre = Centre()
    centre.next(NOW)
    for _ in range(3 * AGENTS // CHANGED_AGENTS):
        update, stored = centre.next(NOW)
        assert (len(update.changes.agents.put), len(update.changes.queues.put)) == (CHANGED_AGENTS, CHANGED_QUEUES)
    assert (len(stored.snapshot.agents), len(stored.snapshot.queues)) == (AGENTS, QUEUES)


def test_whoever_moves_in_goes_on_counting_where_the_others_stopped() -> None:
    poller = Poller("redis://127.0.0.1:9/0", Floors(1, epoch="e"))
    poller.floors.next(NOW)
    move_in(poller)
    update, stored = poller.floors.next(NOW)
    assert (update.epoch, update.seq, len(stored.snapshot.agents)) == ("e", 2, AGENTS)


class Mute:
    """A server that cannot be told."""

    pid, address = 0, Address(1, "/", "")

    def resize(self, agents: int) -> None:
        raise NotImplementedError

    async def tell(self) -> int:
        raise ServerFailed("Nobody listens.")


async def test_a_floor_that_cannot_be_told_is_a_failure() -> None:
    with pytest.raises(ServerFailed, match="Nobody listens"):
        async with ticking(Mute()):
            await asyncio.sleep(0)


# What a pulse says


def a_pulse(
    taken_at: datetime | None = NOW, now: datetime = NOW, lost: datetime | None = None, trouble: Trouble | None = None
) -> bytes:
    sources = {part: Source(part, 1.0, taken_at, trouble) for part in (Part.CALLS, Part.AGENTS)}
    held = Stored("e", 7, NOW, Snapshot(sources={**sources, Part.PARKED: Source(Part.PARKED, 3.0)}))
    return pulse(held, now, 2.5, "build", frame_number=3, feed_lost_since=lost).encode()


def test_a_pulse_is_read_as_the_page_reads_it() -> None:
    beat = beat_of(b"x" * 10_000 + a_pulse())
    assert beat == Beat(
        "e", 7, is_lost=False, is_old=False, taken_at={"calls": NOW.timestamp(), "agents": NOW.timestamp()}
    )
    assert beat.is_of(NOW.timestamp())
    assert not beat.is_of(NOW.timestamp() + 0.1)


def test_numbers_are_old_after_their_rounds_and_when_they_were_never_read() -> None:
    later = datetime.fromtimestamp(NOW.timestamp() + 2.6, UTC)
    assert beat_of(a_pulse(now=later)).is_old
    assert beat_of(a_pulse(taken_at=None)).is_old
    assert not beat_of(a_pulse(taken_at=None)).is_of(0.1)
    assert beat_of(a_pulse(lost=NOW)).is_lost


@pytest.mark.parametrize("text", [b"", b"<li>", b'<div id="pulse">', a_pulse() + b"x" * 5000])
def test_what_does_not_end_with_a_pulse_is_no_frame(text: bytes) -> None:
    with pytest.raises(ValueError, match="ends with its pulse"):
        beat_of(text)


def test_a_frames_numbers_are_in_its_last_message_alone() -> None:
    assert numbers_in(b"x" * 10_000 + a_pulse()) == (3, 7)
    assert numbers_in(a_pulse()) == (3, 7)
    assert numbers_in(a_pulse() + b"x" * 5000) is None
    assert numbers_in(b'<div id="pulse">') is None


def test_the_longest_pulse_is_within_the_end_that_is_kept_of_a_message() -> None:
    worst = max(Trouble, key=lambda each: len(each.value))
    sources = {part: Source(part, 123.456, NOW, worst) for part in Part}
    held = Stored("e" * 32, 10**9, NOW, Snapshot(sources=sources))
    assert len(pulse(held, NOW, 2.5, "b" * 64, frame_number=10**9, feed_lost_since=NOW)) < END_BYTES


# From the exchange to the viewers


@has_clock
def test_every_change_on_the_exchange_is_counted_at_every_viewer() -> None:
    told = journey.journey(journey.Plan(changes=2, viewers=3, webs=2, queues=2, agents=6))
    figures = {each.variant: each for each in figures_in(told)}
    assert set(figures) >= {journey.EQ, "redis", "poller", "web 1", "web 2", journey.INTERVAL}
    received = figures["change on the exchange → received"]
    assert received.tail is not None
    assert received.tail[2] == 2 * 3
    assert received.target is not None
    if find_installed():
        drawn = figures[journey.DRAWN]
        assert drawn.tail is not None
        assert drawn.tail[2] == 2
        assert drawn.ratio > 0
        assert remarks_in(told) == [journey.HOW]


@has_clock
def test_where_there_is_no_browser_nothing_else_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqboard.ops.bench.viewer.find_installed", lambda: None)
    told = journey.journey(journey.Plan(changes=1, viewers=2, webs=1, queues=2, agents=6))
    variants = {each.variant for each in figures_in(told)}
    assert journey.RECEIVED in variants
    assert journey.DRAWN not in variants
    assert "skipped: There is no Chromium or Chrome here" in remarks_in(told)[1]


def test_journeys_to_viewers_who_were_too_busy_are_none() -> None:
    told = journey.figures(journey.Plan(), a_journey(client_busy=TOO_BUSY, shares={"poller": 0.1}))
    assert [each.variant for each in figures_in(told)] == ["poller"]
    assert "busy for 81%" in remarks_in(told)[0]


def test_journeys_that_did_not_end_are_told() -> None:
    told = journey.figures(journey.Plan(), a_journey(wanted=1003, faults=["1 frames were lost, or came wrongly"]))
    assert remarks_in(told) == [
        "wrong: 1 frames were lost, or came wrongly",
        "1001 of 1,003 came only with what followed, and are not counted",
    ]
    assert figures_in(journey.figures(journey.Plan(), a_journey(waited=[]))) == []


@pytest.mark.parametrize(("slowest", "is_met"), [(0.15, True), (0.16, False)])
def test_95_of_100_are_to_have_it_soon_after_the_next_reading(slowest: float, is_met: bool) -> None:
    told = journey.figures(journey.Plan(), a_journey(wanted=1, waited=[POLL_SECONDS + slowest]))
    target = figures_in(told)[1].target
    assert target is not None
    assert target.is_met is is_met


# Everybody at once


@has_clock
def test_those_who_come_at_once_are_measured_and_those_who_were_there() -> None:
    told = reconnect.reconnect(reconnect.Plan((2,), rounds=1, residents=1))
    ours = [each for each in figures_in(told) if each.variant == OURS]
    assert [each.scenario.partition(": ")[2] for each in ours] == [
        "CPU for each",
        "until the last has its board",
        "longest gap for those there already",
    ]
    assert all(each.ratio > 0 for each in ours)
    about_uvicorn = [each for each in told if each.variant == UVICORN]
    assert about_uvicorn, "measured, or skipped with a line that says so"


def an_onlooker(*moments: float) -> Onlooker:
    there = Onlooker()
    there._frames = deque(Seen(number, b"", at) for number, at in enumerate(moments))
    return there


def test_the_longest_gap_is_between_two_frames_one_after_the_other() -> None:
    assert reconnect.longest_gap(an_onlooker(0.0, 9.0, 10.0, 12.5, 13.0), since=9.0) == 2.5
    assert reconnect.longest_gap(an_onlooker(1.0), since=0.0) == 0.0


def test_what_came_wrongly_is_told_and_who_was_too_busy_has_no_figure() -> None:
    storm = reconnect.Storm(0.002, 1.0, 3.0, TOO_BUSY, Tally(lost=2, ended=1).faults())
    told = reconnect.figures(9, {OURS: [storm]})
    assert remarks_in(told)[0] == "wrong: 1 sockets ended, 2 lost"
    assert "busy for 81%" in remarks_in(told)[1]
    assert figures_in(told) == []


def test_who_is_there_already_may_not_wait_until_their_page_calls_the_line_lost() -> None:
    told = reconnect.figures(9, {OURS: [reconnect.Storm(0.002, 1.0, gap, 0.1) for gap in (1.0, 2.6)]})
    assert [each.target and each.target.is_met for each in figures_in(told)] == [None, None, False]


# Outages


@has_clock
def test_an_outage_is_told_and_nothing_is_lost_after_it() -> None:
    plan = outage.Plan(redis_seconds=0.1, eq_seconds=0.1, viewers=2, rounds=1, queues=2, agents=6)
    told = outage.outage(plan)
    assert remarks_in(told) == []
    assert [each.scenario.partition(" away")[0] for each in figures_in(told)] == 4 * ["outage, EQ"] + 4 * [
        "outage, Redis"
    ]
    nothing = [each.ratio for each in figures_in(told) if each.amount and each.amount[1] == ""]
    assert nothing == [0, 0, 0, 0]


def an_outage(**facts: object) -> outage.Outage:
    fine = {"viewers": 2, "told": [1.0, 2.0], "current": [1.0, 1.5], "lost": 0, "disordered": 0, "client_busy": 0.1}
    return outage.Outage(**{**fine, **facts})  # type: ignore[arg-type]


def test_of_an_outage_the_last_viewer_counts() -> None:
    first, second, *_ = figures_in(outage.figures("x", [an_outage(), an_outage(told=[0.5, 3.0])]))
    assert (first.least_ratio, first.most_ratio, second.ratio) == (2.0, 3.0, 1.5)


def test_who_is_never_told_is_told_of_and_no_figure_is_made_of_the_others() -> None:
    told = outage.figures("x", [an_outage(told=[1.0])])
    assert remarks_in(told) == ["1 of 2 waited for more than 30 s"]
    assert "until all are told" not in [each.variant for each in figures_in(told)]


def test_an_update_that_is_lost_misses_the_target() -> None:
    figures = figures_in(outage.figures("x", [an_outage(lost=1, disordered=2)]))
    assert [each.target and each.target.is_met for each in figures] == [True, None, False, False]


def test_an_outage_seen_by_viewers_who_were_too_busy_has_no_figures() -> None:
    told = outage.figures("x", [an_outage(), an_outage(client_busy=TOO_BUSY)])
    assert figures_in(told) == []
    assert len(told) == 1


def seen(text: bytes) -> Seen:
    return Seen(1, text, time.monotonic())


def test_told_is_who_has_the_banner_or_a_pulse_that_says_so() -> None:
    later = datetime.fromtimestamp(NOW.timestamp() + 2.6, UTC)
    assert not outage.is_told(seen(a_pulse()))
    assert outage.is_told(seen(b'<div id="health" class="banner" role="alert"></div>' + a_pulse()))
    assert outage.is_told(seen(a_pulse(lost=NOW)))
    assert outage.is_told(seen(a_pulse(now=later)))


def test_current_is_what_was_read_after_the_return() -> None:
    assert outage.is_current(seen(a_pulse()), NOW.timestamp())
    assert not outage.is_current(seen(a_pulse()), NOW.timestamp() + 1)
    assert not outage.is_current(seen(a_pulse(lost=NOW)), NOW.timestamp())


def test_a_frame_that_is_older_than_the_one_before_is_counted_but_not_a_new_poller() -> None:
    beats = [Beat(epoch, seq, False, False, {}) for epoch, seq in (("a", 5), ("a", 5), ("a", 4), ("b", 1), ("b", 2))]
    assert outage.out_of_order(beats) == 1
