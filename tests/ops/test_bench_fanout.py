"""The benchmark's fan-out: that what viewers had is counted rightly, and that whoever was measured wrongly has no
figure. None of the figures is asserted.
"""

import os
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from eqboard.floor.changes import Delta
from eqboard.live import doorkeeper
from eqboard.ops.bench import deliveries, fanout, framesize, limits, sending, servers, stalled
from eqboard.ops.bench.counting import Tally
from eqboard.ops.bench.floors import Floors, agents_for, rows, text
from eqboard.ops.bench.judging import judged
from eqboard.ops.bench.measure import Figure, Remark, Target, Told, at_most, percentile
from eqboard.ops.bench.meter import Meter, Reading, disagreement
from eqboard.ops.bench.report import table
from eqboard.ops.bench.servers import FLOOR, IN_C, LAYER, OURS, UVICORN, variants
from tests.clocks import has_clock
from tests.sendings import a_run, a_sent, a_stall

NOW = datetime.fromtimestamp(1_700_000_000, UTC)


# The frames


@pytest.mark.parametrize("kilobytes", [1, 8, 64])
def test_a_frame_is_about_as_large_as_it_is_to_be(kilobytes: int) -> None:
    size = len(text(rows(framesize.agents_of(kilobytes)), 1, 1, NOW))
    assert 0.4 * kilobytes * 1024 < size < 1.1 * kilobytes * 1024


def test_every_floor_changes_the_agents_that_a_frame_is_made_of_and_nothing_else() -> None:
    floors = Floors(agents_for(8192))
    floors.next(NOW)
    update, stored = floors.next(NOW)
    assert len(update.changes.agents.put) == len(stored.snapshot.agents) == agents_for(8192)
    others = [getattr(update.changes, each.name) for each in fields(update.changes) if each.name != "agents"]
    assert not any(each.put or each.gone for each in others if isinstance(each, Delta))


# What was sent


def test_a_percentile_is_a_number_that_was_there() -> None:
    assert [percentile([3.0, 1.0, 2.0], share) for share in (0.01, 0.5, 0.99)] == [1.0, 2.0, 3.0]
    assert percentile(list(map(float, range(1, 101))), 0.99) == 99.0


def test_what_did_not_come_in_time_is_waited_for_without_end() -> None:
    sent = a_sent(10, 10, latencies=[0.01] * 50 + [0.02] * 48)
    assert (sent.waited_by(0.5), sent.waited_by(0.98), sent.waited_by(0.99)) == (0.01, 0.02, None)


def test_the_cost_of_a_delivery_counts_those_that_came() -> None:
    sent = a_sent(cpu=0.004, latencies=[0.1] * 10)
    assert (sent.per_delivery, sent.per_frame) == (pytest.approx(0.0004), pytest.approx(0.002))
    assert sent.is_saturated


def test_what_came_wrongly_is_told() -> None:
    assert a_sent().faults() == []
    assert a_sent(tally={"lost": 2, "corrupt": 1}).faults() == ["2 lost", "1 corrupt"]


def test_whoever_was_measured_beside_busy_viewers_is_not_looked_at() -> None:
    sents = {
        "calm": [a_sent()],
        "busy": [a_sent(), a_sent(client_busy=0.81)],
        "unclear": [a_sent(clocks_differ=0.05), a_sent()],
        "late": [a_sent(latencies=[0.1])],
    }
    remarks, sound = judged("x", sents, {"calm": [a_sent(client_busy=1.0, tally={"repeated": 3})]})
    assert sound == {"calm", "late"}
    assert [(each.variant, each.text) for each in remarks] == [
        ("calm", "wrong: 3 repeated"),
        ("busy", "invalid: the viewers' own process was busy for 81% of the time"),
        ("unclear", "invalid: two clocks of its processor time differ by 5%"),
        ("late", "saturated: 5% came in time"),
    ]


def test_two_clocks_may_differ_a_little() -> None:
    nothing = Reading(0.0, 0.0)
    assert disagreement(nothing, Reading(1.0, 0.98)) == 0.0
    assert disagreement(nothing, Reading(1.0, 0.9)) == pytest.approx(0.1)
    assert disagreement(nothing, Reading(0.01, 0.005)) == 0.0
    assert disagreement(nothing, Reading(1.0, None)) == 0.0


@has_clock
def test_a_process_is_measured_by_two_clocks_and_in_memory() -> None:
    meter = Meter(os.getpid())
    assert disagreement(Reading(0.0, 0.0), meter.read()) < 0.5  # threads of tests that have ended count in one
    assert 10 < meter.megabytes() < 100_000


@pytest.mark.parametrize(
    ("look_at", "at_least"), [(103.0, 3.0), (None, sending.LOOK_SECONDS)], ids=["all there", "some late"]
)
async def test_nothing_is_measured_before_newcomers_were_looked_at(
    monkeypatch: pytest.MonkeyPatch, look_at: float | None, at_least: float
) -> None:
    """Who was not there yet when the look began is looked at in the next one."""
    clock = [100.0]

    async def sleep(seconds: float) -> None:
        clock[0] += seconds

    stage: Any = SimpleNamespace(meter=SimpleNamespace(read=lambda: Reading(1.0, None)))
    monkeypatch.setattr(sending, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(sending, "asyncio", SimpleNamespace(sleep=sleep))
    await sending._settle(stage, look_at, has_looks=True)
    assert clock[0] >= 100.0 + at_least + sending.MARGIN_SECONDS
    clock[0] = 100.0
    await sending._settle(stage, look_at, has_looks=False)
    assert clock[0] < 101.0


def test_what_continuous_integration_measures_is_over_before_the_first_look() -> None:
    assert sending.LOOK_SECONDS == doorkeeper.LOOK_SECONDS
    assert fanout.GATE.in_seconds < sending.LOOK_SECONDS / 2 < fanout.Plan().in_seconds


# Figures


def by_name(told: Sequence[Told]) -> dict[tuple[str, str], Figure]:
    return {(each.scenario, each.variant): each for each in told if isinstance(each, Figure)}


def test_ours_is_told_beside_the_floor_with_and_without_acknowledgements() -> None:
    told = deliveries.figures(10, {FLOOR: [a_run()], OURS: [a_run(cpu=0.006, honest=a_sent(cpu=0.01))]})
    costs = {name: each.ratio for (scenario, name), each in by_name(told).items() if scenario.endswith(deliveries.COST)}
    assert costs == {FLOOR: 1.0, OURS: pytest.approx(3.0), deliveries.HONEST: pytest.approx(5.0)}


def test_targets_are_for_a_thousand_viewers_and_of_a_noisy_figure_nothing_is_concluded() -> None:
    scenario = f"fan-out, 1,000 viewers: {deliveries.COST}"

    def target(count: int, *ours: float) -> object:
        runs = {FLOOR: [a_run(count) for _ in ours], OURS: [a_run(count, cpu=each) for each in ours]}
        return by_name(deliveries.figures(count, runs))[scenario.replace("1,000", f"{count:,}"), OURS].target

    assert target(200, 0.002) is None
    assert target(1000, 0.0029) == at_most(1.45, 1.5, "×")
    assert target(1000, 0.0031) == at_most(1.55, 1.5, "×")
    assert target(1000, 0.002, 0.004) == Target("at most 1.5 ×", None)


def tails(*latencies: float) -> list[Told]:
    """With a floor at which so many wait so long, and with ours at which nobody waits for more than 20 ms."""
    floor = replace(a_run(1000), sent=a_sent(1000, 1, latencies=latencies * (1000 // len(latencies))))
    title = f"fan-out, 1,000 viewers: {deliveries.TAIL}"
    told = deliveries.figures(1000, {FLOOR: [floor], OURS: [a_run(1000, wait=0.02)]})
    return [each for each in told if each.scenario == title and each.variant != FLOOR]


def test_from_a_floor_that_was_held_up_nothing_is_concluded() -> None:
    """As by an acknowledgement that a system keeps back for 40 ms."""
    [ours] = tails(0.004, 0.011)
    assert isinstance(ours, Figure)
    assert ours.target == at_most(0.02 / 0.011, 2.0, "×")
    remark, ours = tails(*[0.003] * 9, 0.040)
    assert isinstance(remark, Remark)
    assert remark.text == "implausible: of the floor it is 13 × what half of them wait"
    assert isinstance(ours, Figure)
    assert ours.target == Target("at most 2 ×", None)


def test_the_layer_is_told_beside_ours() -> None:
    told = deliveries.figures(1000, {FLOOR: [a_run()], OURS: [a_run(cpu=0.003)], LAYER: [a_run(cpu=0.039)]})
    layer = by_name(told)[f"fan-out, 1,000 viewers: {deliveries.COST}", deliveries.LAYER_TO_OURS]
    assert (layer.ratio, layer.is_reference) == (pytest.approx(13.0), False)
    assert layer.target is not None
    assert layer.target.is_met


def test_what_one_viewer_more_adds_leaves_out_what_is_done_once() -> None:
    few = {FLOOR: [a_run(10, cpu=0.002)], OURS: [a_run(10, cpu=0.022)]}
    many = {FLOOR: [a_run(20, cpu=0.004)], OURS: [a_run(20, cpu=0.026)]}
    told = deliveries.slopes((10, 20), {10: few, 20: many})
    figures = {name: each for (_, name), each in by_name(told).items()}
    assert (figures[FLOOR].ms, figures[OURS].ratio) == (pytest.approx(0.1), pytest.approx(2.0))


def test_what_one_viewer_more_adds_may_be_told_from_the_first_on() -> None:
    runs = {FLOOR: [a_run(11, cpu=0.011, single=a_sent(1, cpu=0.001))], OURS: [a_run(11, cpu=0.05)]}
    [floor] = deliveries.slopes((1, 11), {11: runs})
    assert isinstance(floor, Figure)
    assert (floor.variant, floor.ms) == (FLOOR, pytest.approx(0.5))  # of ours the first is not known


def test_whoever_could_not_keep_up_has_a_cost_and_no_latency() -> None:
    late = replace(a_run(), sent=a_sent(latencies=[1.0] * 15))
    told = deliveries.figures(10, {FLOOR: [a_run()], OURS: [late]})
    about_ours = {scenario for scenario, name in by_name(told) if name == OURS}
    assert f"fan-out, 10 viewers: {deliveries.COST}" in about_ours
    assert not any("until" in scenario for scenario in about_ours)


def test_without_a_floor_nothing_is_told() -> None:
    told = deliveries.figures(10, {FLOOR: [replace(a_run(), sent=a_sent(client_busy=0.9))], OURS: [a_run()]})
    assert [type(each) for each in told] == [Remark]


def test_the_bytes_on_the_wire_are_told_beside_those_that_are_not_compressed() -> None:
    small = replace(a_sent(), tally=Tally(frames=20, wire_bytes=2000))
    told = framesize.figures({8: {FLOOR: [a_sent()], OURS: [a_sent()], framesize.DEFLATED: [small]}})
    wire = by_name(told)["frame size, 8 KB: on the wire", framesize.DEFLATED]
    assert (wire.amount, wire.ratio) == ((100, "bytes"), pytest.approx(0.1))
    assert ("frame size, 8 KB: on the wire", FLOOR) not in by_name(told)


def test_what_stalled_viewers_cost_is_told_of_each() -> None:
    figures = by_name(stalled.figures({OURS: [a_stall()]}))
    memory = figures[stalled.MEMORY, OURS]
    assert (memory.amount, memory.target) == ((0.1, "MB"), at_most(0.1, 0.2, "MB"))
    skipped = figures["stalled: frames skipped by each who had stopped", OURS]
    assert skipped.amount == (5.0, "frames")
    others = figures[f"stalled, {OURS}: until 99 of 100 of the others have a frame", stalled.SOME_STALLED]
    assert others.ratio == pytest.approx(3.0)


def test_who_is_not_back_and_what_came_wrongly_is_told() -> None:
    told = stalled.figures({OURS: [a_stall(back=[0.1] * 8, after=Tally(corrupt=1))]})
    figures = by_name(told)
    assert figures[stalled.LATE, OURS].amount == (2, "viewers")
    for each in (stalled.LATE, stalled.WRONG):
        target = figures[each, OURS].target
        assert target is not None
        assert not target.is_met


# All of it


@has_clock
def test_many_are_sent_to_and_none_loses_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "TARGET_VIEWERS", 3)
    plan = fanout.Plan(
        (3,),
        slope=(1, 3),
        rounds=1,
        frames=2,
        every_seconds=0.05,
        single_frames=1,
        honest_frames=1,
        loop_seconds=0.05,
        is_patient=False,
    )
    told = fanout.fanout(plan)
    assert [each for each in told if isinstance(each, Remark) and "wrong" in each.text] == []
    costs = {name for scenario, name in by_name(told) if scenario == f"fan-out, 3 viewers: {deliveries.COST}"}
    assert {FLOOR, OURS, deliveries.HONEST} <= costs
    assert "| fan-out, 3 viewers: CPU for each delivery | eqboard" in table(told)


@has_clock
def test_frames_of_every_size_come_as_they_are_and_compressed() -> None:
    told = framesize.framesize(
        framesize.Plan((1, 64), viewers=2, rounds=1, frames=1, every_seconds=0.05, in_seconds=0.0)
    )
    assert [each for each in told if isinstance(each, Remark) and "wrong" in each.text] == []
    plain, packed = (
        by_name(told)["frame size, 64 KB: on the wire", name].amount for name in (OURS, framesize.DEFLATED)
    )
    assert plain is not None
    assert packed is not None
    assert plain[0] > 50_000 > packed[0]


@has_clock
def test_who_stops_reading_skips_frames_and_is_back_without_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stalled, "RECEIVE_BYTES", 64 * 1024)
    plan = stalled.Plan(4, 1, rounds=1, calm_seconds=0.2, seconds=4.0, names=(OURS,), is_patient=False)
    told = stalled.stalled(plan)
    figures = by_name(told)
    wrong = figures[stalled.WRONG, OURS].target
    assert wrong is not None
    assert wrong.is_met
    skipped = figures["stalled: frames skipped by each who had stopped", OURS].amount
    assert skipped is not None
    assert skipped[0] > 0


def test_who_is_not_measured_is_told_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "most_files", lambda: 1024)
    place: Any = None
    plan = fanout.Plan((10, 2000), beside=())
    known = {each.name: replace(each, missing="no such thing") for each in variants(place, (FLOOR, OURS, LAYER))}
    told = [(each.variant, each.as_dict()["remark"]) for each in fanout.left_out(plan, known)]
    assert (LAYER, "skipped: no such thing") in told
    assert (UVICORN, "skipped: only in a full run") in told
    assert told[-1] == ("", f"skipped: {limits.too_many(2000)}")


def test_what_is_not_installed_is_skipped_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    servers.compiled.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    place: Any = None
    missing = {each.name: each.missing for each in variants(place)}
    assert missing[LAYER] == "channels_redis is not installed: .ci/setup bench"
    assert missing[UVICORN] == "uvicorn is not installed: .ci/setup bench"
    assert missing[IN_C] == "there is no C compiler (cc) here"
    assert missing[FLOOR] == missing[OURS] == ""
