"""Who may read which attempts, and what a search finds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eqboard.accounts.access import NOTHING, SEE_AUDIT, SEE_NUMBERS, Grant, Rights
from eqboard.control.audit import Thing
from eqboard.control.audit.search import Reader, Search, select
from eqboard.control.audit.story import standing
from eqboard.control.models import AuditEntry, Step
from tests.control.written import NOON, write

pytestmark = pytest.mark.django_db
FRONT, BACK = frozenset({"500", "501"}), frozenset({"502"})
AUDIT = frozenset({SEE_AUDIT})
PATIENCE_SECONDS = 60.0
NOW = NOON + timedelta(hours=1)


def rights(*grants: Grant) -> Rights:
    return Rights(frozenset(grants))


def found(reader: Reader, **wanted) -> list[str]:
    """The names of what they were done to, the newest first."""
    stories = select(reader, wanted, NOW, PATIENCE_SECONDS).older(None, 100)
    return [each.first.target_name for each in stories]


@pytest.fixture
def everything(cast) -> Reader:
    """Nobody of those who did something, with the right over every queue."""
    return Reader(cast.outsider.pk, rights(Grant(None, AUDIT | {SEE_NUMBERS})))


# Whose


WRITTEN = {
    "front": ("500",),
    "both of front": ("500", "501"),
    "back": ("502",),
    "front and back": ("501", "502"),
    "another with the same digits": ("5001",),
    "no queue": (),
}
READ = {
    "every queue": ([Grant(None, AUDIT)], set(WRITTEN)),
    "front": ([Grant(FRONT, AUDIT)], {"front", "both of front"}),
    "back": ([Grant(BACK, AUDIT)], {"back"}),
    "front and back, as two teams": ([Grant(FRONT, AUDIT), Grant(BACK, AUDIT)], {"front", "both of front", "back"}),
    "front, and back without the right": ([Grant(FRONT, AUDIT), Grant(BACK, frozenset())], {"front", "both of front"}),
    "a team without queues": ([Grant(frozenset(), AUDIT)], set()),
    "without the right": ([Grant(None, frozenset({SEE_NUMBERS}))], set()),
    "nothing": ([], set()),
}


@pytest.mark.parametrize("reader", READ)
def test_others_read_what_lies_within_their_queues(cast, reader):
    grants, expected = READ[reader]
    for name, queues in WRITTEN.items():
        write(cast.lead, Step.ASKED, thing=Thing("agent-7", name), queues=queues)
    assert set(found(Reader(cast.outsider.pk, rights(*grants)))) == expected


def test_everybody_reads_their_own(cast):
    write(cast.lead, Step.DONE, thing=Thing("board-1", "own"), queues=())
    write(cast.admin, Step.DONE, thing=Thing("board-2", "another's"), queues=())
    assert found(Reader(cast.lead.pk, rights(Grant(FRONT, AUDIT)))) == ["own"]
    assert found(Reader(cast.outsider.pk, NOTHING)) == []


def test_a_team_of_named_agents_reads_of_those(cast):
    for agent in (7, 8, 70):
        write(cast.lead, Step.ASKED, thing=Thing(f"agent-{agent}", str(agent)))
    write(cast.lead, Step.ASKED, thing=Thing("call-1", "a call"))
    some = Reader(cast.outsider.pk, rights(Grant(FRONT, AUDIT, frozenset({7}))))
    all_queues = Reader(cast.outsider.pk, rights(Grant(None, AUDIT, frozenset({8}))))
    assert found(some) == ["a call", "7"]
    assert found(all_queues) == ["a call", "8"]


# What


def test_an_attempt_is_one_whatever_the_number_of_its_steps(cast, everything):
    write(cast.lead, Step.ASKED, Step.ACCEPTED, Step.CONFIRMED)
    write(cast.lead, Step.DENIED)
    stories = select(everything, {}, NOW, PATIENCE_SECONDS).older(None, 100)
    assert [[each.step for each in story.entries] for story in stories] == [
        [Step.DENIED],
        [Step.ASKED, Step.ACCEPTED, Step.CONFIRMED],
    ]


def test_steps_of_two_attempts_that_are_mixed_stay_with_their_own(cast, everything):
    first = write(cast.lead, Step.ASKED)
    second = write(cast.lead, Step.ASKED)
    write(cast.lead, Step.REFUSED, attempt=first)
    write(cast.lead, Step.ACCEPTED, attempt=second)
    stories = select(everything, {}, NOW, PATIENCE_SECONDS).older(None, 100)
    assert [(each.first.attempt, each.last.step) for each in stories] == [
        (second, Step.ACCEPTED),
        (first, Step.REFUSED),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dina", ["Dina"]),
        ("DINA front", []),
        ("training", ["Dina"]),
        ("lead", ["100% ready", "Dina"]),
        ("198.51.100.7", ["100% ready"]),
        ("100%", ["100% ready"]),
        ("%", ["100% ready"]),
        ("_", []),
        ("  ", ["100% ready", "Dina"]),
        ("lead training dina", ["Dina"]),
        ("' OR 1=1 --", []),
    ],
)
def test_a_text_is_looked_for_word_by_word(cast, everything, text, expected):
    write(cast.lead, Step.ASKED, thing=Thing("agent-7", "Dina"), reason="for training")
    write(cast.lead, Step.ASKED, thing=Thing("agent-8", "100% ready"), address="198.51.100.7")
    assert found(everything, q=text) == expected


def test_a_person_and_an_action_are_chosen(cast, everything):
    write(cast.lead, Step.ASKED, thing=Thing("agent-7", "paused"))
    write(cast.lead, Step.ASKED, thing=Thing("agent-7", "resumed"), action="agent.resume")
    write(cast.admin, Step.ASKED, thing=Thing("agent-7", "by admin"))
    assert found(everything, who="lead") == ["resumed", "paused"]
    assert found(everything, who="lead", action="agent.pause") == ["paused"]


def test_days_are_those_of_the_site(cast, everything, settings):
    settings.TIME_ZONE = "Pacific/Auckland"  # UTC+13 in March
    for hour in (10, 11):  # before and after midnight there
        at = datetime(2026, 3, 2, hour, 30, tzinfo=UTC)
        write(cast.lead, Step.ASKED, thing=Thing("agent-7", f"{hour}:30"), at=at)
    assert found(everything, begin=date(2026, 3, 3)) == ["11:30"]
    assert found(everything, end=date(2026, 3, 2)) == ["10:30"]
    assert found(everything, begin=date(2026, 3, 2), end=date(2026, 3, 3)) == ["11:30", "10:30"]


LONG_AGO, JUST_NOW = NOON - timedelta(days=1), NOW - timedelta(seconds=5)


@pytest.mark.parametrize("outcome", Step)
def test_an_outcome_is_the_newest_step_as_it_counts_by_now(cast, everything, outcome):
    for at in (LONG_AGO, JUST_NOW):
        for action in ("agent.pause", "phone.press"):
            for step in Step:
                before = () if step is Step.ASKED else (Step.ASKED,)
                write(cast.lead, *before, step, at=at, action=action, thing=Thing("x", f"{step} {at} {action}"))
    stories = select(everything, {}, NOW, PATIENCE_SECONDS).older(None, 100)
    expected = [each for each in stories if standing(each.last, NOW, PATIENCE_SECONDS) is outcome]
    assert len(stories) == 44
    assert found(everything, outcome=outcome) == [each.first.target_name for each in expected]


def test_whoever_sees_no_numbers_cannot_find_them_either(cast, everything):
    write(cast.lead, Step.DENIED, thing=Thing("call-1", "5550100"))
    write(cast.lead, Step.DENIED, thing=Thing("agent-5", "Eva 5550100"))
    blind = Reader(cast.outsider.pk, rights(Grant(None, AUDIT)))
    elsewhere = Reader(cast.outsider.pk, rights(Grant(None, AUDIT), Grant(BACK, frozenset({SEE_NUMBERS}))))
    here = Reader(cast.outsider.pk, rights(Grant(None, AUDIT), Grant(FRONT, frozenset({SEE_NUMBERS}))))
    assert found(everything, q="5550100") == found(here, q="5550100") == ["Eva 5550100", "5550100"]
    assert found(blind, q="5550100") == found(elsewhere, q="5550100") == ["Eva 5550100"]


def test_pages_follow_one_another_and_nothing_is_twice(cast, everything):
    for number in range(7):
        write(cast.lead, Step.ASKED, Step.ACCEPTED, thing=Thing("agent-7", str(number)))
    chosen = select(everything, {}, NOW, PATIENCE_SECONDS)
    first = chosen.older(None, 3)
    write(cast.lead, Step.ASKED, thing=Thing("agent-7", "later"))
    second = chosen.older(first[-1].first.pk, 3)
    back = chosen.newer(second[0].first.pk, 3)
    names = [[each.first.target_name for each in page] for page in (first, second, back)]
    assert names == [["6", "5", "4"], ["3", "2", "1"], ["6", "5", "4"]]


def test_a_page_is_read_with_two_questions(cast, everything, django_assert_num_queries):
    for _ in range(5):
        write(cast.lead, Step.ASKED, Step.ACCEPTED, Step.CONFIRMED)
    with django_assert_num_queries(2):
        assert len(found(everything)) == 5
    assert AuditEntry.objects.count() == 15


# What is sent


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "agent.fly"},
        {"outcome": "great"},
        {"begin": "yesterday"},
        {"begin": "2026-02-30"},
        {"end": "9999-12-31"},
        {"begin": "0001-01-01"},
        {"begin": "2026-03-03", "end": "2026-03-02"},
        {"before": "x"},
        {"before": "0"},
        {"before": str(2**63)},
        {"after": "-1"},
        {"q": "a" * 101},
        {"q": "a\0b"},
        {"who": "\0"},
    ],
)
def test_what_makes_no_sense_gets_a_sentence(sent):
    search = Search(sent)
    assert not search.is_valid()
    assert all(len(error) > 10 for errors in search.errors.values() for error in errors)


@pytest.mark.parametrize(
    "sent", [{}, {"q": ""}, {"begin": "2026-03-02", "end": "2026-03-02"}, {"after": "0"}, {"unknown": "x"}]
)
def test_what_makes_sense_is_taken(sent):
    assert Search(sent).is_valid()
