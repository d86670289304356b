"""Whether a board could run on a server, from what became of each read there. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eqboard.eq.check import Found, Outcome, Report, Result
from eqboard.eq.wire import Operation
from eqboard.floor.reads import EVERY_FEW_ROUNDS, EVERY_ROUND, NAMES, PRESSED, Read

TOLERABLE_SKEW_SECONDS = 2.0  # a Date header is exact to a second


@dataclass(frozen=True, slots=True)
class Names:
    """What the user knows the things by that may have to be set right. `told` puts the names of TLS's fields in a
    sentence into theirs; `is_encrypted`: the address has https://.
    """

    address: str = "the address"
    key: str = "the key"
    dialect: str = "a dialect file"
    told: Callable[[str], str] = str
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` why a board could not run, each a sentence with what to do next; `warnings` that it would lack."""

    reasons: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def can_run(self) -> bool:
        return not self.reasons


def judge(report: Report, names: Names) -> Verdict:
    """What speaks against a board on this server, and what it would be without."""
    by_name = {each.operation.name: each for each in report.results}
    needed = list(_asked(EVERY_ROUND.values(), by_name))
    rarer = list(_asked(EVERY_FEW_ROUNDS.values(), by_name))
    warnings = [
        *(warning for _, each in needed if each.is_read for warning in _shortcomings(each, names)),
        *_lacks(_asked((*EVERY_FEW_ROUNDS.values(), *NAMES), by_name), names),
        *(warning for _, each in rarer if each.is_read for warning in _shortcomings_of_rows(each, names)),
        *_unseen(report.unseen_states),
        *_actions(report.unsettled_actions),
        *_clock(report.skew_seconds),
    ]
    return Verdict(tuple(_reasons(needed, names)), tuple(warnings))


def _asked(reads: Iterable[Read], by_name: Mapping[str, Result]) -> Iterator[tuple[Read, Result]]:
    """Nothing is known of what was not asked."""
    results = ((read, by_name.get(read.operation)) for read in reads)
    return ((read, result) for read, result in results if result and result.reply)


def _reasons(needed: Sequence[tuple[Read, Result]], names: Names) -> Iterator[str]:
    """Why the board cannot do with what became of the parts that it needs: once for those of which the same is true."""
    troubled: dict[tuple[str, str], list[str]] = {}
    for read, result in needed:
        trouble = _unreadable(read, result, names) if result.is_read else _refusal(result, names)
        if trouble:
            troubled.setdefault(trouble, []).append(read.operation)
    for (sentence, step), operations in troubled.items():
        is_for_all = len(operations) == len(needed)
        start = _capital(sentence) if is_for_all else f"{', '.join(operations)}: {sentence}"
        yield f"{start}. {step}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _unreadable(read: Read, result: Result, names: Names) -> tuple[str, str] | None:
    """What is wrong with an answer none of whose rows can be used, and what to do; None when one can."""
    top = result.found[0]
    step = f"Name the fields of this EQ in {names.dialect}: what can be guessed is suggested."
    if not top.row_count:
        return None
    if top.unreadable_row_count < top.row_count:
        is_lacking = read.fields and set(read.fields) <= set(top.missing)
        return (f"no row has a {' or a '.join(read.fields)}, so {read.without}", step) if is_lacking else None
    faults = [f"{name} is not there" for name in _needed_and_missing(top)]
    faults += [f"{name}: {rule}" for name, rule in top.unreadable.items()]
    why = "; ".join(faults[:3]) or "they are no objects"
    return f"no row can be read ({why})", step


def _needed_and_missing(found: Found) -> list[str]:
    """The fields without which no row can be read, and that none has."""
    return [name for name in found.missing if found.model.model_fields[name].is_required()]


def _refusal(result: Result, names: Names) -> tuple[str, str] | None:
    """What is wrong with a reply that is no answer, and what to do about it."""
    if result.reply is None:
        return None
    if result.reply.advice:
        return names.told(result.reply.sentence), f"{_capital(names.told(result.reply.advice))}."
    is_it_right = f"Is {names.address} right, is EQ running, and does no firewall stand in between?"
    is_it_eq = f"Is {names.address} that of EQ itself, and not of something in front of it?"
    log_in_front = "If it is, the log of the web server or proxy in front of EQ says why."
    if_cut_off = (
        f"It may want to see a client certificate ({names.told('client_certificate')}), or speak no HTTPS at this port."
        if names.is_encrypted
        else "It may want https://."
    )
    step = {
        Outcome.NO_ANSWER: is_it_right,
        Outcome.CUT_OFF: f"{is_it_right} {if_cut_off}",
        Outcome.NOT_TRUSTED: f"See {names.told('ca_file')} and {names.told('client_certificate')}.",
        Outcome.WANTS_CERTIFICATE: f"Name the one that it wants to see in {names.told('client_certificate')}.",
        Outcome.WANTS_HTTPS: f"Let {names.address} begin with https://.",
        Outcome.KEY_REFUSED: f"Keys are made in EQ Administration; set {names.key} to one.",
        Outcome.TURNED_AWAY: f"{is_it_eq} {log_in_front}",
        Outcome.TOO_MANY: "Try again in some minutes.",
        Outcome.NO_PATH: f"Is {names.address} right? If it is, name the path of this EQ in {names.dialect}.",
        Outcome.OTHER_METHOD: f"Set it in {names.dialect}: the line is suggested.",
        Outcome.NO_SUCH: f"Is {names.address} right?",
        Outcome.NOT_JSON: is_it_eq,
        Outcome.ELSEWHERE: f"Set {names.address} to where EQ itself is, with https where it wants that.",
        Outcome.WRONG_SHAPE: f"Is {names.address} that of an EQ with API 2.0? No dialect can mend this.",
        Outcome.UNUSABLE: is_it_eq if names.is_encrypted else f"{is_it_eq} It may want https://.",
        Outcome.REFUSED: f"EQ's own log says why; perhaps a right of {names.key} is lacking.",
        Outcome.FAILED: "EQ's own log says why.",
        Outcome.IN_FRONT: f"{is_it_eq} {log_in_front}",
    }[result.reply.outcome]
    return names.told(result.reply.sentence), step


def _shortcomings(result: Result, names: Names) -> Iterator[str]:
    """What is wrong with a part that every board has."""
    if not result.found[0].row_count:
        yield (
            f"{result.operation.name}: there is nothing at the moment, so its fields were not compared. "
            "Run this again on a busy day."
        )
    yield from _shortcomings_of_rows(result, names)


def _shortcomings_of_rows(result: Result, names: Names) -> Iterator[str]:
    """What is wrong with the rows of a part that can be used."""
    name, top = result.operation.name, result.found[0]
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


def _lacks(reads: Iterable[tuple[Read, Result]], names: Names) -> Iterator[str]:
    for read, result in reads:
        if lack := _lack(read, result, names):
            step = _step_for_the_dialect(result, names)
            yield f"{read.operation}: {lack}; {read.without}." + (f" {step}" if step else "")


def _step_for_the_dialect(result: Result, names: Names) -> str:
    """What to do where an EQ has a part at another place than we look for it, or by another name."""
    if result.is_of(Outcome.NO_PATH):
        return f"If this EQ has another path for it, name that in {names.dialect}."
    if result.is_of(Outcome.OTHER_METHOD):
        return f"Set it in {names.dialect}: the line is suggested."
    is_lacking = result.is_read and _needed_and_missing(result.found[0])
    return f"Name it in {names.dialect}: what can be guessed is suggested." if is_lacking else ""


def _lack(read: Read, result: Result, names: Names) -> str:
    """Why a part cannot be used; empty when it can."""
    if result.reply and not result.is_read:
        has_none = read.is_tried and result.reply.outcome is Outcome.NO_SUCH
        return "" if has_none else names.told(result.reply.sentence)
    top = result.found[0]
    if 0 < top.row_count == top.unreadable_row_count:
        lacking = _needed_and_missing(top)
        return f"has no {' and no '.join(lacking)}" if lacking else "nothing of the answer can be read"
    if top.row_count and read.fields and not set(read.fields) & set(top.recognised):
        return f"not found: {', '.join(read.fields)}"
    return ""


def _actions(unsettled: Iterable[Operation]) -> Iterator[str]:
    """What will be pressed one day, and went to nowhere on a server whose reads are elsewhere."""
    at_place: dict[str, list[str]] = {}
    for each in unsettled:
        at_place.setdefault(f"{each.method} {each.path}", []).append(PRESSED[each.name])
    places = [f"{place} ({', '.join(what)})" for place, what in at_place.items()]
    if places:
        yield (
            f"Actions are never tried; they go to {', '.join(places)}. If the paths of this EQ's reads are others, "
            "look those of its actions up too."
        )


def _unseen(states: Sequence[str]) -> Iterator[str]:
    """This EQ has other words than ours for some states, and may have for these."""
    if states:
        yield f"States of agents that were not seen yet: {', '.join(states)}; run this again on a busy day."


def _clock(skew_seconds: float | None) -> Iterator[str]:
    if skew_seconds is not None and abs(skew_seconds) > TOLERABLE_SKEW_SECONDS:
        direction = "ahead of" if skew_seconds > 0 else "behind"
        yield f"EQ's clock is {_duration(abs(skew_seconds))} {direction} ours: keep both on NTP."


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
