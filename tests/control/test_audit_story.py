"""An attempt as one story: its entries folded, what EQ said, how it stands by now, and what is hidden of it."""

import uuid
from datetime import timedelta

import pytest

from eqboard.accounts.access import SEE_AUDIT, SEE_NUMBERS, Grant, Rights
from eqboard.control.audit.discretion import discreet
from eqboard.control.audit.story import Story, complaints, eq_answer, fold, standing
from eqboard.control.models import AuditEntry, Step
from tests.control.written import NOON

FRONT = frozenset({"500", "501"})
PATIENCE_SECONDS = 60.0


def entry(step: Step, seconds: float = 0, attempt: int = 1, **changes) -> AuditEntry:
    defaults = {"action": "agent.pause", "target": "agent-7", "target_name": "Dina", "queues": ",500,"}
    at = NOON + timedelta(seconds=seconds)
    return AuditEntry(step=step, attempt=uuid.UUID(int=attempt), at=at, **defaults | changes)


def story(*entries: AuditEntry) -> Story:
    return Story(entries)


def test_entries_are_folded_by_their_attempts_in_the_order_in_which_these_began():
    first, other, second = entry(Step.ASKED), entry(Step.DENIED, attempt=2), entry(Step.ACCEPTED)
    assert fold([first, other, second]) == [story(first, second), story(other)]


@pytest.mark.parametrize(("timeout", "seconds"), [(4.0, 30), (60.0, 250)])
def test_an_attempt_is_unanswered_only_when_eq_has_had_all_the_time_that_it_is_given(
    monkeypatch, config, timeout, seconds
):
    """It is asked something first, by a read that waits for its turn and is tried again."""
    slow = config.model_copy(update={"eq_timeout_seconds": timeout})
    monkeypatch.setattr("eqboard.control.audit.story.get_config", lambda: slow)
    asked, accepted = entry(Step.ASKED), entry(Step.ACCEPTED)
    for each, waited, open_as, over_as in (
        (asked, seconds, Step.ASKED, Step.UNKNOWN),
        (accepted, seconds + PATIENCE_SECONDS, Step.ACCEPTED, Step.NOT_SEEN),
    ):
        assert standing(each, NOON + timedelta(seconds=waited), PATIENCE_SECONDS) is open_as
        assert standing(each, NOON + timedelta(seconds=waited + 1), PATIENCE_SECONDS) is over_as


def test_of_nothing_there_is_no_story():
    assert fold([]) == []


def test_a_story_tells_when_it_was_confirmed():
    assert story(entry(Step.ASKED), entry(Step.CONFIRMED, 3)).confirmed_at == NOON + timedelta(seconds=3)
    assert story(entry(Step.ASKED), entry(Step.NOT_SEEN)).confirmed_at is None


def test_the_reason_is_the_one_that_was_given():
    assert story(entry(Step.ASKED, reason="training"), entry(Step.ACCEPTED)).reason == "training"
    assert story(entry(Step.ASKED)).reason == ""


@pytest.mark.parametrize(
    ("entries", "seconds"),
    [
        ([entry(Step.CONFIRMED, 3), entry(Step.ENDED, 135, details={"seconds": 130})], 130),
        ([entry(Step.CONFIRMED, 3), entry(Step.ENDED, 135)], 132),
        ([entry(Step.CONFIRMED, 3), entry(Step.ENDED, 135, details={"seconds": "many"})], 132),
        ([entry(Step.CONFIRMED, 3), entry(Step.ENDED, 135, details={"seconds": -1})], 132),
        ([entry(Step.CONFIRMED, 3)], None),
        ([entry(Step.ACCEPTED, 3), entry(Step.ENDED, 135)], None),
    ],
    ids=["measured", "from entries", "no number", "below nothing", "goes on", "never confirmed"],
)
def test_how_long_a_listening_lasted(entries, seconds):
    assert story(entry(Step.ASKED), *entries).lasted_seconds == seconds


@pytest.mark.parametrize(
    ("entries", "answer"),
    [
        ([entry(Step.ASKED), entry(Step.ACCEPTED), entry(Step.CONFIRMED)], Step.ACCEPTED),
        ([entry(Step.ASKED), entry(Step.REFUSED, details={"error": "EQInvalid"})], Step.REFUSED),
        ([entry(Step.ASKED), entry(Step.UNKNOWN), entry(Step.NOT_SEEN)], Step.UNKNOWN),
        ([entry(Step.ASKED), entry(Step.REFUSED, details={"error": "Gone"})], None),
        ([entry(Step.REFUSED, details={"error": "SignedOut"})], None),
        ([entry(Step.DENIED)], None),
        ([entry(Step.ASKED)], None),
        ([entry(Step.DONE)], None),
    ],
    ids=["accepted", "refused", "lost", "refused by us", "never sent", "denied", "not yet", "not of eq"],
)
def test_what_eq_answered(entries, answer):
    found = eq_answer(story(*entries))
    assert (found.step if found else None) == answer


@pytest.mark.parametrize(
    ("details", "lines"),
    [
        ({"complaints": [["agent", "not_signed_in", ""], ["", "", "No"]]}, ["agent not_signed_in", "No"]),
        ({"complaints": [["", "", ""], "text", 7]}, []),
        ({"complaints": "text"}, []),
        ({}, []),
    ],
)
def test_eqs_words_are_read_whatever_stands_there(details, lines):
    assert complaints(details) == lines


@pytest.mark.parametrize(
    ("step", "action", "seconds", "stands"),
    [
        (Step.ASKED, "agent.pause", 30, Step.ASKED),
        (Step.ASKED, "agent.pause", 31, Step.UNKNOWN),
        (Step.ACCEPTED, "agent.pause", 90, Step.ACCEPTED),
        (Step.ACCEPTED, "agent.pause", 91, Step.NOT_SEEN),
        (Step.LEFT, "call.steal", 91, Step.NOT_SEEN),
        (Step.ACCEPTED, "phone.press", 10_000, Step.ACCEPTED),
        (Step.ACCEPTED, "of.another.version", 91, Step.NOT_SEEN),
        (Step.CONFIRMED, "agent.pause", 10_000, Step.CONFIRMED),
        (Step.UNKNOWN, "agent.pause", 10_000, Step.UNKNOWN),
    ],
)
def test_what_nobody_goes_on_with_is_over(step, action, seconds, stands):
    assert standing(entry(step, action=action), NOON + timedelta(seconds=seconds), PATIENCE_SECONDS) is stands


# Who calls

CALLER = entry(
    Step.REFUSED,
    target="call-5550100.1",
    target_name="5550100",
    details={
        "order": {"call": {"channel": "Local/5550100@q", "place": "500"}},
        "seconds": 5550100,
        "tries": [["5550100"]],
    },
)
NUMBERS = frozenset({SEE_NUMBERS, SEE_AUDIT})


def rights(queues: frozenset[str] | None, actions: frozenset[str]) -> Rights:
    return Rights(frozenset({Grant(queues, actions)}))


@pytest.mark.parametrize("queues", [FRONT, None], ids=["of the queue", "of every queue"])
def test_whoever_sees_numbers_reads_them(queues):
    shown = discreet(story(CALLER), rights(queues, NUMBERS))
    assert shown == story(CALLER)


@pytest.mark.parametrize(
    "held",
    [rights(FRONT, frozenset({SEE_AUDIT})), rights(frozenset({"502"}), NUMBERS), Rights()],
    ids=["without the right", "with that of another queue", "with none"],
)
def test_whoever_does_not_see_numbers_reads_none(held):
    [shown] = discreet(story(CALLER), held).entries
    assert "5550100" not in f"{shown.target} {shown.target_name} {shown.details}".replace("'seconds': 5550100", "")
    assert shown.details["order"]["call"]["place"] == "500"
    assert CALLER.target_name == "5550100"


def test_a_caller_keeps_the_name():
    named = entry(Step.DENIED, target="parked-1", target_name="Ana Ruiz (5550100)")
    assert discreet(story(named), Rights()).first.target_name == "Ana Ruiz (…)"


@pytest.mark.parametrize(
    "target", ["agent-7", "board-7", "display-7", "queue-500", "queues", "extension-201", "user-7"]
)
def test_what_is_no_caller_keeps_its_name(target):
    own = entry(Step.DONE, target=target, target_name="Door 55501")
    assert discreet(story(own), Rights()).first.target_name == "Door 55501"
