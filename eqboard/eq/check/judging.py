"""Whether a wallboard could run on a server, from what became of each read. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eqboard.eq.check.asking import Result
from eqboard.eq.check.comparing import Found
from eqboard.eq.check.replies import Outcome
from eqboard.eq.models import QueueAgentStatus

QUICK = ("call_queue_statistics.all", "call_queue_agents.all", "queued_calls.all")
"""What a board reads in every round, and cannot be without."""

STATE = "status"  # the one field of an agent that a board cannot do without, though a client can

WITHOUT: Mapping[str, tuple[tuple[str, ...], str]] = {
    "parked_calls.all": ((), "parked calls are not shown"),
    "conferences.all": ((), "conferences are not shown"),
    "active_sessions.agents": ((), "who is signed in to EQ is not shown"),
    "call_queues.get": (("name",), "queues are shown by their extensions"),
    "agents.get": (("first_name", "last_name", "number"), "agents are shown by their ids"),
    "pause_codes.get": (("name",), "reasons of a pause are not shown"),
}
"""What else a board reads, the fields of it of which it needs one, and what becomes of it without."""

TOLERABLE_SKEW_SECONDS = 2.0  # a Date header is exact to a second


@dataclass(frozen=True, slots=True)
class Names:
    """What the user knows the things by that may have to be set right."""

    address: str = "the address"
    key: str = "the key"
    dialect: str = "a dialect file"
    certificates: str = "the files of certificates"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` why a board could not run, each a sentence with what to do next; `warnings` that it would lack."""

    reasons: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def can_run(self) -> bool:
        return not self.reasons


def judge(results: Iterable[Result], skew_seconds: float | None, names: Names) -> Verdict:
    """What speaks against a board on this server, and what it would be without."""
    by_name = {each.operation.name: each for each in results}
    quick = [by_name[name] for name in QUICK if name in by_name and by_name[name].reply]
    warnings = [
        *(warning for each in quick if each.is_read for warning in _shortcomings(each, names)),
        *_lacks(by_name),
        *_clock(skew_seconds),
    ]
    return Verdict(tuple(_reasons(quick, names)), tuple(warnings))


def _reasons(quick: Sequence[Result], names: Names) -> Iterator[str]:
    """Why the board cannot do with what became of the parts that it needs: once for those of which the same is true."""
    troubled: dict[tuple[str, str], list[str]] = {}
    for result in quick:
        trouble = _unreadable(result, names) if result.is_read else _refusal(result, names)
        if trouble:
            troubled.setdefault(trouble, []).append(result.operation.name)
    for (sentence, step), operations in troubled.items():
        is_for_all = len(operations) == len(quick)
        start = f"{sentence[:1].upper()}{sentence[1:]}" if is_for_all else f"{', '.join(operations)}: {sentence}"
        yield f"{start}. {step}"


def _unreadable(result: Result, names: Names) -> tuple[str, str] | None:
    """What is wrong with an answer none of whose rows can be used, and what to do; None when one can."""
    top = result.found[0]
    step = f"Name the fields of this EQ in {names.dialect}: what can be guessed is suggested."
    if not top.row_count:
        return None
    if top.unreadable_row_count < top.row_count:
        is_stateless = top.model is QueueAgentStatus and STATE in top.missing
        return (f"no row has a {STATE}, so nobody could tell who is available", step) if is_stateless else None
    faults = [f"{name} is not there" for name in top.missing if top.model.model_fields[name].is_required()]
    faults += [f"{name}: {rule}" for name, rule in top.unreadable.items()]
    why = "; ".join(faults[:3]) or "they are no objects"
    return f"no row can be read ({why})", step


def _refusal(result: Result, names: Names) -> tuple[str, str] | None:
    """What is wrong with a reply that is no answer, and what to do about it."""
    if result.reply is None:
        return None
    if "certificate" in result.reply.sentence:
        return result.reply.sentence, f"See {names.certificates}."
    step = {
        Outcome.NO_ANSWER: f"Is {names.address} right, is EQ running, and does no firewall stand in between?",
        Outcome.KEY_REFUSED: f"Keys are made in EQ Administration; set {names.key} to one.",
        Outcome.TOO_MANY: "Try again in some minutes.",
        Outcome.NO_PATH: f"Is {names.address} right? If it is, name the path of this EQ in {names.dialect}.",
        Outcome.NO_SUCH: f"Is {names.address} right?",
        Outcome.NOT_JSON: f"Is {names.address} that of EQ itself, and not of something in front of it?",
        Outcome.ELSEWHERE: f"Set {names.address} to where EQ itself is, with https where it wants that.",
        Outcome.WRONG_SHAPE: f"Is {names.address} that of an EQ with API 2.0? No dialect can mend this.",
        Outcome.UNUSABLE: f"Is {names.address} that of EQ itself, and not of something in front of it?",
        Outcome.REFUSED: f"EQ's own log says why; perhaps a right of {names.key} is lacking.",
        Outcome.FAILED: "EQ's own log says why.",
    }[result.reply.outcome]
    return result.reply.sentence, step


def _shortcomings(result: Result, names: Names) -> Iterator[str]:
    """What is wrong with the rows of a part that can be used."""
    name, top = result.operation.name, result.found[0]
    if not top.row_count:
        yield f"{name}: there is nothing at the moment, so its fields were not compared. Run this again on a busy day."
        return
    if top.unreadable_row_count < top.row_count:
        if top.unreadable_row_count:
            yield f"{name}: {top.unreadable_row_count} of {top.row_count} rows cannot be read, and are not shown."
        if top.missing:
            yield f"{name}: not found, and so not shown: {', '.join(top.missing)}."
        if top.unreadable:
            yield f"{name}: makes no sense in some rows, and is not shown there: {', '.join(top.unreadable)}."
    yield from _unknown_words(name, result.found, names)


def _unknown_words(name: str, found: Iterable[Found], names: Names) -> Iterator[str]:
    for each in found:
        for words in each.unknown_words.values():
            listed = ", ".join(sorted(words))
            yield f"{name}: unknown states: {listed}. They are shown as such until {names.dialect} names them."


def _lacks(by_name: Mapping[str, Result]) -> Iterator[str]:
    for name, (fields, without) in WITHOUT.items():
        result = by_name.get(name)
        if result is not None and (lack := _lack(result, fields)):
            yield f"{name}: {lack}; {without}."


def _lack(result: Result, fields: tuple[str, ...]) -> str:
    """Why a part cannot be used; empty when it can, and when nothing is known of it."""
    if result.reply is None:
        return ""
    if not result.is_read:
        has_none = result.reply.outcome is Outcome.NO_SUCH and result.operation.name == "pause_codes.get"
        return "" if has_none else result.reply.sentence
    top = result.found[0]
    if 0 < top.row_count == top.unreadable_row_count:
        return "nothing of the answer can be read"
    if top.row_count and fields and not set(fields) & set(top.recognised):
        return f"not found: {', '.join(fields)}"
    return ""


def _clock(skew_seconds: float | None) -> Iterator[str]:
    if skew_seconds is not None and abs(skew_seconds) > TOLERABLE_SKEW_SECONDS:
        direction = "ahead of" if skew_seconds > 0 else "behind"
        yield f"EQ's clock is {_duration(abs(skew_seconds))} {direction} ours: keep both on NTP."


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
