"""Numbers over time are computed once for all audiences, and never shown to one that they are not for."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

from eqboard.boards import reckoning as module
from eqboard.boards.reckoning import FLOOR, Reckoning
from eqboard.boards.spec import Figure, Targets
from eqboard.floor.levels import Grade
from eqboard.floor.metrics import Metric, Target
from eqboard.floor.snapshot import AgentState, Part
from eqboard.floor.windows import Window
from tests.boards.painting import audience
from tests.boards.past import answered, minute, past, scene
from tests.builders import agent, queue, snapshot, source

LEVEL = Figure(Metric.SERVICE_LEVEL, Window.TODAY)
BOTH = snapshot(queues=[queue("500"), queue("501")])
MORNING = past(minute(q500=answered(1), q501=answered(0, 1)))


def counted(monkeypatch):
    """How often a number was computed."""
    calls = []
    compute = module.figure_value

    def count(*arguments):
        calls.append(arguments[0])
        return compute(*arguments)

    monkeypatch.setattr(module, "figure_value", count)
    return calls


def test_another_audience_costs_nothing_more(monkeypatch):
    reckoning, calls = Reckoning(), counted(monkeypatch)
    scenes = [scene(BOTH, audience(language=language, thresholds=()), MORNING) for language in ("en", "he")]
    calls.clear()
    assert {reckoning.number(each, LEVEL, "500").value for each in scenes} == {100}
    assert len(calls) == 1


def test_audiences_with_other_queues_have_a_floor_of_their_own():
    reckoning = Reckoning()
    scenes = [scene(BOTH, audience(queues=queues), MORNING) for queues in (None, ("500",), ("501",))]
    assert [reckoning.number(each, LEVEL, FLOOR).value for each in scenes] == [50, 100, 0]


def test_another_promise_is_another_number():
    reckoning = Reckoning()
    usual, lenient = audience(), audience()
    lenient = dataclasses.replace(
        lenient, board=dataclasses.replace(lenient.board, targets=Targets(Target(seconds=200)))
    )
    values = [reckoning.number(scene(BOTH, each, MORNING), LEVEL, "501").value for each in (usual, lenient)]
    assert values == [0, 100]


def test_news_are_computed_anew():
    reckoning = Reckoning()
    later = past(minute(q500=answered(1, 1)))
    values = [reckoning.number(scene(BOTH, audience(), each), LEVEL, "500").value for each in (MORNING, later)]
    assert values == [100, 50]


def test_a_level_belongs_to_the_audience():
    reckoning, shown = Reckoning(), scene(BOTH, audience(), MORNING)
    assert reckoning.number(shown, LEVEL, "500", Grade.WARNING).level is Grade.WARNING
    assert reckoning.number(shown, LEVEL, "500").level is Grade.CALM


def test_what_is_of_this_moment_is_of_the_audiences_own_floor():
    reckoning = Reckoning()
    busy = snapshot(queues=[queue("500", waiting_count=3)])
    values = [
        reckoning.number(scene(each, audience(), MORNING), Figure(Metric.WAITING), "500").value for each in (BOTH, busy)
    ]
    assert values == [0, 3]


def test_people_of_the_floor_are_those_on_its_cards():
    """EQ counts somebody as available in the only queue that is shown, who talks for another one."""
    people = [agent(1, state=AgentState.ON_CALL), agent(2, memberships=()), agent(3, state=AgentState.SIGNED_OUT)]
    shown = scene(snapshot(queues=[queue("500", available_count=2)], agents=people), audience())
    metrics = (Metric.PRESENT, Metric.AVAILABLE, Metric.ON_CALL)
    assert [Reckoning().number(shown, Figure(metric), FLOOR).value for metric in metrics] == [2, 1, 1]


def test_people_who_were_never_read_are_unknown():
    floor = snapshot(queues=[queue()], sources=[source(Part.AGENTS, taken_at=None)])
    assert Reckoning().number(scene(floor, audience()), Figure(Metric.PRESENT), FLOOR).value is None


def test_another_thread_computes_for_itself_and_drives_nothing_out(monkeypatch):
    """A draft may still be of a floor that is over on the boards: neither must throw away what the other computed."""
    reckoning, calls = Reckoning(), counted(monkeypatch)
    ours, theirs = (scene(BOTH, audience(thresholds=()), past(minute(q500=answered(number)))) for number in (1, 2))
    with ThreadPoolExecutor(1) as drafts:
        for _ in range(3):
            reckoning.number(ours, LEVEL, "500")
            drafts.submit(reckoning.number, theirs, LEVEL, "500").result()
    assert len(calls) == 2
