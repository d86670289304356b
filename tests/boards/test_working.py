"""The working of one number: what it tells, and to whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.template.loader import render_to_string
from django.utils import translation

from eqboard.accounts.access import Grant, Rights
from eqboard.boards.fragments import dom_id
from eqboard.boards.reckoning import FLOOR
from eqboard.boards.spec import Figure, Targets
from eqboard.boards.templatetags.board import unbroken
from eqboard.boards.working import figure_of, opened, queue_of
from eqboard.floor.buckets import Bucket
from eqboard.floor.levels import Direction, Threshold
from eqboard.floor.metrics import OF_THIS_MOMENT, Metric, Target
from eqboard.floor.snapshot import ExchangeCounts
from eqboard.floor.windows import Window
from tests.boards.htmx import parse
from tests.boards.painting import audience
from tests.boards.past import answered, minute, past, scene
from tests.builders import HOSTILE_TEXTS, ago, queue, snapshot
from tests.cast import publish, static_files_are_not_collected

LEVEL = Figure(Metric.SERVICE_LEVEL, Window.TODAY)
PBX = ExchangeCounts(answered_count=18, abandoned_count=4, average_wait_seconds=31.0, average_talk_seconds=244.0)
FLOOR_AT_NOON = snapshot(queues=[queue("500", pbx=PBX), queue("501", name="Billing")])
MORNING = past(minute(2, q500=answered(7, 2, abandoned=1)), minute(1, q501=answered(1)))


def working(figure=LEVEL, key="500", floor=FLOOR_AT_NOON, counts=MORNING, language="en", targets=None, **chosen):
    """The panel as a page, with its text in one line."""
    who = audience(language=language, **chosen)
    who = replace(who, board=replace(who.board, targets=targets or Targets()))
    it = opened(scene(floor, who, counts), key, figure)
    with translation.override(language):
        return parse(render_to_string("boards/working.html", {"it": it, "zone": "UTC", "query": "q=1"}))


def words(element):
    return " ".join(element.text.split())


# What it tells


def test_a_ratio_is_told_with_its_formula_and_its_counts():
    page = working()
    symbols, amounts = [words(each) for each in page.select(".fraction:has(.above)")]
    assert symbols == "AT divided by A + B − Bs"
    assert amounts == "7 divided by 10"
    assert [words(each) for each in page.select(".terms:not(.fates) > div")] == [
        "AT calls answered within T 7",
        "A calls answered 9",
        "B callers who gave up 1",
        "Bs callers who gave up within s 0",
    ]


def test_a_number_is_told_as_it_is_shown_and_as_it_is():
    page = working(counts=past(minute(q500=answered(2, 1))))
    assert page.select_one(".working-value .n").text == "66\u202f%"
    assert "more exactly 66.6 %; the board rounds down" in words(page)


def test_a_whole_percentage_is_exact_already():
    assert "exactly" not in words(working())


def test_a_count_has_no_denominator():
    page = working(Figure(Metric.OFFERED, Window.TODAY))
    assert [words(each) for each in page.select(".fraction")] == ["O", "10"]
    assert page.select(".below") == []


@pytest.mark.parametrize("metric", [Metric.OFFERED, Metric.SERVICE_LEVEL, Metric.ABANDONMENT, Metric.ANSWER_RATE])
def test_what_became_of_the_calls_offered_can_be_added_up(metric):
    bucket = Bucket(
        offered=15,
        answered_waits={5: 6},
        abandoned_waits={30: 2},
        flowed_waits={90: 1},
        stolen_count=2,
        unresolved_count=1,
    )
    floor = snapshot(queues=[queue("500", waiting_count=3)])
    rows = working(Figure(metric, Window.TODAY), floor=floor, counts=past(minute(q500=bucket))).select(".fates > div")
    assert [words(each.dt) for each in rows] == [
        "O calls offered",
        "A calls answered",
        "B callers who gave up",
        "F calls that flowed out",
        "X calls that somebody took out of the queue, to whom it did not ring",
        "Y calls that were gone while nobody could see whereto",
        "callers who wait still",
    ]
    offered, *fates = [int(each.dd.text) for each in rows]
    assert (offered, fates) == (15, [6, 2, 1, 2, 1, 3])
    assert sum(fates) == offered


def test_of_a_floor_whose_callers_were_never_read_nobody_knows_who_waits_still():
    page = working(Figure(Metric.OFFERED), floor=snapshot(queues=[queue("500", waiting_count=None)]))
    assert page.select(".fates dd")[-1].text == "–"


@pytest.mark.parametrize("metric", [Metric.ASA, Metric.OCCUPANCY, Metric.WAITING])
def test_what_says_nothing_of_all_calls_has_no_such_sum(metric):
    assert working(Figure(metric)).select(".fates") == []


def test_sums_of_seconds_are_told_as_times():
    counts = past(minute(q500=Bucket(answered_waits={125: 2}, answered_seconds=250.0)))
    page = working(Figure(Metric.ASA, Window.LAST_30), counts=counts)
    assert words(page.select(".fraction")[1]) == "4:10 divided by 2"
    assert page.select_one(".working-value .n").text == "2:05"


def test_nothing_offered_is_told_as_no_number():
    page = working(counts=past(minute(q501=answered(1))))
    assert page.select_one(".working-value .n").text == "–"
    assert "neither 0 nor 100" in words(page)


def test_the_window_is_told_in_clock_times():
    assert "11:31:00 to 12:00:00 UTC" in words(working(Figure(Metric.ASA, Window.LAST_30)))


def test_coverage_counts_from_when_somebody_watched():
    facts = words(working(counts=past(minute(2, seen_seconds=60.0), minute(1, seen_seconds=30.0))))
    assert "since 11:58:00, 75.0 % of polls. What happened before is not counted." in facts


def test_a_watch_that_began_in_the_midst_of_a_minute_has_missed_nothing_since():
    facts = words(working(counts=past(minute(2, seen_seconds=19.0), minute(1))))
    assert "since 11:58:41, 100.0 % of polls. What happened before is not counted." in facts


def test_a_window_that_nobody_watched_says_so():
    assert "Nobody watched in this window." in words(working(counts=past()))


def test_what_is_of_this_moment_tells_when_eq_was_asked_and_no_formula():
    page = working(Figure(Metric.WAITING))
    assert page.select(".formulas") == []
    assert "Read from EQ 12:00:00 UTC" in words(page)


def test_eqs_own_count_stands_beside_ours_with_its_remark():
    facts = words(working())
    assert "PBX answered 18, abandoned 4, average wait 0:31, average talk 4:04." in facts
    assert "counts steals, time-outs and parked callers as abandoned" in facts


def test_eqs_counts_are_never_added_up():
    assert "PBX" not in words(working(key=FLOOR))


def test_the_promise_and_its_formula_are_in_words():
    assert "80 % within T = 20 s. Short abandons are left out. Short is up to s = 5 s." in words(working())


def test_limits_are_told_with_since_when_they_hold():
    floor = snapshot(queues=[queue("500", waiting_count=1, oldest_waiting_at=ago(61))])
    facts = words(working(Figure(Metric.LONGEST_WAIT), floor=floor))
    assert "warning 1:00 or more critical 3:00 or more so since 12:00:00" in facts


NINETY = Targets(own=(("501", Target(percent=90)),))


def limits_on(page):
    return [words(each.dd) for each in page.select(".facts > div") if words(each.dt) == "Limits"]


def test_limits_below_the_promise_are_told_as_they_are_of_this_queue():
    assert limits_on(working(targets=NINETY)) == [
        "warning 79 % or less critical 60 % or less counted from the promise, 80 % judged from 20 calls on"
    ]
    [told] = limits_on(working(key="501", targets=NINETY))
    assert told.startswith("warning 89 % or less critical 70 % or less counted from the promise, 90 %")


def test_of_all_together_it_is_told_how_their_promises_are_weighed():
    [told] = limits_on(working(key=FLOOR, targets=NINETY))  # ten calls of 80 %, one of 90 %
    assert told.startswith("warning 79 % or less critical 60 % or less counted from the promises of all together")
    assert "weighted by calls: 80 %" in told


def test_of_promises_that_cannot_be_weighed_yet_no_limit_is_told():
    assert limits_on(working(key=FLOOR, targets=NINETY, counts=past())) == []


def test_absolute_limits_are_counted_from_no_promise():
    limits = (Threshold(Metric.SERVICE_LEVEL, Direction.LOW, warning=75, window=Window.TODAY),)
    assert limits_on(working(thresholds=limits)) == ["warning 75 % or less so since 12:00:00"]


def test_who_may_change_a_promise_is_a_link_away():
    assert working().find(id="panel-targets")["href"] == "/targets/"


def test_more_than_all_is_explained():
    counts = past(minute(q500=Bucket(offered=1, answered_waits={5: 2})))
    assert "entered before this window began" in words(working(Figure(Metric.ANSWER_RATE, Window.TODAY), counts=counts))


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("language", ["en", "es", "he"])
def test_every_number_has_a_working_in_every_language(metric, language):
    window = Window.NOW if metric in OF_THIS_MOMENT else Window.LAST_15
    for key in ("500", FLOOR):
        page = working(Figure(metric, window), key, language=language)
        assert page.find(id="panel-title").text.strip()
        assert page.select_one(".working-value .n").text.strip() or page.select_one(".working-value time")


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_queue_is_told_as_text(name):
    page = working(floor=snapshot(queues=[queue("500", name=name)]))
    assert not page.select("script, img")
    assert page.select_one(".working-of bdi.outside") is not None


def test_the_panel_asks_again_by_itself():
    root = working().select_one(".working")
    assert (root["hx-get"], root["hx-trigger"]) == ("/working/?q=1", "every 5s")


# Addresses


@pytest.mark.parametrize(
    ("metric", "window"),
    [("", ""), ("sl", "today"), ("service_level", "yesterday"), ("waiting", "today"), ("asa", ""), ("<script>", "now")],
)
def test_an_address_of_no_number_is_none(metric, window):
    assert figure_of(metric, window) is None


def test_a_number_is_named_by_metric_and_window():
    assert figure_of("service_level", "today") == LEVEL
    assert figure_of("waiting", "now") == Figure(Metric.WAITING)


@pytest.mark.parametrize("extension", ["500", "q/<&>", "", "a b", *HOSTILE_TEXTS])
def test_a_queue_is_named_as_its_element_is(extension):
    key = dom_id("queue", extension).removeprefix("queue-")
    assert queue_of(key, {extension, "501"}) == extension


def test_no_queue_is_the_floor_and_a_strange_one_is_none():
    assert queue_of("", {"500"}) == FLOOR
    assert queue_of("502", {"500"}) is None


def test_a_queue_that_is_not_seen_has_no_address():
    shown = scene(FLOOR_AT_NOON, audience(rights=Rights(frozenset({Grant(frozenset({"501"}), frozenset())}))))
    assert queue_of("500", shown.queues) is None


# Who may open it


ASKED = {"board": "floor", "queue": "500", "metric": "service_level", "window": "today"}


@pytest.fixture
def open_floor(cast, config, redis_url):
    now = datetime.now(UTC)
    queues = [queue("500", name="Sales"), queue("502", name="Back office")]
    async_to_sync(publish)(redis_url, snapshot(queues=queues), sent_at=now - timedelta(seconds=1))
    return cast


@pytest.mark.django_db
@static_files_are_not_collected
class TestDoor:
    def ask(self, client, user=None, **changes):
        if user:
            client.force_login(user)
        return client.get("/working/", {name: each for name, each in (ASKED | changes).items() if each is not None})

    def test_whoever_sees_the_queue_sees_the_working(self, client, open_floor):
        answer = self.ask(client, open_floor.lead)
        assert answer.status_code == 200
        assert "Sales" in answer.text
        assert "no-store" in answer.headers["Cache-Control"]

    def test_the_floor_is_the_queues_that_one_sees(self, client, open_floor):
        assert self.ask(client, open_floor.lead, queue="").status_code == 200
        assert self.ask(client, open_floor.lead, queue=None).status_code == 200

    def test_a_queue_of_another_team_is_not_there(self, client, open_floor):
        answer = self.ask(client, open_floor.lead, queue="502")
        assert answer.status_code == 404
        assert "Back office" not in answer.text

    @pytest.mark.parametrize(
        "changes",
        [
            {"queue": "999"},
            {"metric": "nonsense"},
            {"metric": None},
            {"window": "2026"},
            {"metric": "waiting"},  # of this moment: it has no "today"
            {"board": "nobody"},
            {"board": "1"},
            {"board": None},
            {"queue": "5" * 5000},
            {"board": "\x00"},
        ],
    )
    def test_what_is_not_there_is_not_found(self, client, open_floor, changes):
        assert self.ask(client, open_floor.supervisor, **changes).status_code == 404

    def test_it_wants_a_sign_in(self, client, open_floor):
        answer = self.ask(client)
        assert answer.status_code == 302
        assert answer.url.startswith("/sign-in/")

    def test_without_a_team_there_is_nothing_to_see(self, client, open_floor):
        answer = self.ask(client, open_floor.outsider)
        assert answer.status_code == 403
        assert "Sales" not in answer.text

    @pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
    def test_it_is_only_read(self, client, open_floor, verb):
        client.force_login(open_floor.supervisor)
        assert getattr(client, verb)("/working/", ASKED).status_code == 405

    def test_it_speaks_the_readers_language_and_the_boards_zone(self, client, open_floor):
        client.force_login(open_floor.supervisor)
        answer = client.get("/working/", ASKED, headers={"accept-language": "he"})
        assert answer.status_code == 200
        assert answer.headers["Content-Language"] == "he"


def test_no_line_breaks_within_an_amount():
    assert unbroken("80 % within T = 20 s. Late.") == "80\xa0% within T\xa0=\xa020\xa0s. Late."


def test_a_limit_stands_on_one_line_with_its_mark_and_its_word():
    shown = working(targets=NINETY).select(".limit")
    assert [words(each) for each in shown] == ["warning 79 % or less", "critical 60 % or less"]
    assert all(each.select_one(".alarm") for each in shown)
