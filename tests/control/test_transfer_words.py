"""What became of a transfer is said as it was seen, and no more."""

import pytest
from django.utils.html import strip_tags

from eqboard.control.models import AuditEntry, Step
from eqboard.control.words import sentence
from tests.builders import HOSTILE_TEXTS

HAS_LEFT = "The call has left the telephone of Ana"


@pytest.mark.parametrize(
    ("step", "details", "says"),
    [
        (Step.LEFT, {}, f"{HAS_LEFT}…"),
        (Step.CONFIRMED, {"seen": "done"}, "Ana has handed the call on, and it has arrived."),
        (Step.CONFIRMED, {"seen": "done", "party": "Carmen"}, "Ana has handed Carmen on, and they have arrived."),
        (Step.CONFIRMED, {"seen": "waiting"}, "Ana has handed the call on: the caller waits in the queue."),
        (Step.CONFIRMED, {"seen": "parked"}, "Ana has handed the call on: the caller is parked."),
        (
            Step.CONFIRMED,
            {"seen": "with_agent", "who": "Bea"},
            "Ana has handed the call on: the caller is with Bea.",
        ),
        (Step.CONFIRMED, {"seen": "with_agent", "who": ""}, "Ana has handed the call on, and it has arrived."),
        (Step.NOT_SEEN, {"seen": "untold"}, f"{HAS_LEFT}. EQ does not tell whether it arrived; ask there."),
        (Step.NOT_SEEN, {"seen": "left"}, f"{HAS_LEFT}. EQ does not tell whether it arrived; ask there."),
        (Step.NOT_SEEN, {"seen": "gone"}, f"{HAS_LEFT}. EQ does not tell whether it arrived; ask there."),
        (Step.NOT_SEEN, {"seen": "waiting"}, f"{HAS_LEFT}, but the caller waits in a queue. Look there."),
        (Step.NOT_SEEN, {"seen": "parked"}, f"{HAS_LEFT}, but the caller is parked. Look there."),
        (Step.NOT_SEEN, {"seen": "with_agent", "who": "Bea"}, f"{HAS_LEFT}, but the caller is with Bea."),
        (
            Step.NOT_SEEN,
            {"seen": "with_agent", "who": ""},
            f"{HAS_LEFT}, but the caller is with somebody outside your teams.",
        ),
        (
            Step.NOT_SEEN,
            {"seen": "unanswered"},
            "The telephone rang, and nobody answered. Try again when somebody is there.",
        ),
        (
            Step.NOT_SEEN,
            {"seen": "unchanged"},
            "EQ accepted, but nothing changed. The call may have ended meanwhile; look, and try again.",
        ),
        (
            Step.LOST,
            {"seen": "gone"},
            "The call of Ana is lost: it has left their telephone and not arrived, and is in no queue and not parked. "
            "The caller may have hung up; call them back.",
        ),
        (
            Step.LOST,
            {"seen": "gone", "party": "Carmen"},
            "Carmen is lost: they have left the telephone of Ana and not arrived, and are in no queue and not parked. "
            "They may have hung up; call them back.",
        ),
        (
            Step.LOST,
            {"seen": "gone", "party": "Carmen", "number": "5550103"},
            "Carmen is lost: they have left the telephone of Ana and not arrived, and are in no queue and not parked. "
            "They may have hung up; call them back: 5550103.",
        ),
        (
            Step.LOST,
            {"seen": "gone", "party": "5550103", "number": "5550103"},
            "5550103 is lost: they have left the telephone of Ana and not arrived, and are in no queue and not parked. "
            "They may have hung up; call them back.",
        ),
    ],
    ids=range(20),
)
def test_it_is_said_how_far_the_call_has_come(step, details, says):
    entry = AuditEntry(action="call.transfer", step=step, target_name="Ana", details=details)
    assert strip_tags(sentence(entry)) == says


@pytest.mark.parametrize("seen", ["with_agent", "done"])
@pytest.mark.parametrize("text", [each for each in HOSTILE_TEXTS if "<" in each])
def test_hostile_names_are_text(text, seen):
    details = {"seen": seen, "who": text, "party": text}
    for step in (Step.CONFIRMED, Step.NOT_SEEN, Step.LOST):
        told = sentence(AuditEntry(action="call.transfer", step=step, target_name=text, details=details))
        assert "<script" not in told
        assert "<img" not in told


def test_of_a_stolen_caller_whose_destination_was_not_read_it_is_said_that_they_have_left():
    entry = AuditEntry(action="call.steal", step=Step.NOT_SEEN, target_name="Carmen", details={"seen": "left"})
    told = strip_tags(sentence(entry))
    assert told == "Carmen has left, and nobody could see whether they arrived. Look there."
