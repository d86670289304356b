"""What one answer of a server is worth: its rows, or in what way it is no answer of EQ's API. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from eqboard.eq.check.masking import kind_of, shown_name
from eqboard.eq.client import Answer
from eqboard.eq.errors import ERROR_TYPES, EQError, EQUnreachable
from eqboard.eq.wire import MAX_ROWS, Operation, read_complaints, read_json

LEAST_NO_ANSWERS = 3  # in a row: EQ is gone, and each further request would only wait
LEAST_FOREIGN = 3  # answers in a row that no API gives, and none that one does: whoever that is need not see the key
LEAST_REFUSALS = 2  # of a key that was good for something else


class Outcome(StrEnum):
    """What became of one request."""

    READ = "read"  # status 200, and JSON of the right shape
    NO_ANSWER = "no answer"
    CUT_OFF = "cut off"  # no answer either, but somebody was there
    NOT_TRUSTED = "not trusted"  # no answer either, for want of a certificate
    WANTS_CERTIFICATE = "wants a certificate"  # the same, by a 400 of a web server in front
    WANTS_HTTPS = "wants https"  # by such a 400 too
    UNUSABLE = "unusable"  # packed, too large, or not HTTP
    KEY_REFUSED = "key refused"  # 401, 403, or whatever complains of the key
    TURNED_AWAY = "turned away"  # the same as an HTML page
    TOO_MANY = "too many requests"  # 429
    NO_PATH = "no such path"  # 404 of the path
    OTHER_METHOD = "other method"  # 405
    NO_SUCH = "nothing of that name"  # EQ's own 404 of an id or an extension
    REFUSED = "refused"  # 400 and its like
    ELSEWHERE = "redirect"
    FAILED = "failed"  # 5xx
    IN_FRONT = "refused in front"  # 4xx or 5xx as an HTML page
    NOT_JSON = "not JSON"
    WRONG_SHAPE = "wrong shape"  # JSON, but an object for an array or the other way round


SILENT = (Outcome.NO_ANSWER, Outcome.CUT_OFF, Outcome.NOT_TRUSTED)
FOREIGN = (Outcome.ELSEWHERE, Outcome.NOT_JSON, Outcome.IN_FRONT, Outcome.WANTS_CERTIFICATE, Outcome.WANTS_HTTPS)
HTTPS_WANTED = (b"plain http request was sent to https port", b"speaking plain http to an ssl-enabled server port")


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one request; `sentence` says what is wrong, and quotes nothing. `advice` is what to do about it,
    where the client can tell, in the words of TLS's fields. `rows` are as they came.
    """

    outcome: Outcome
    sentence: str = ""
    status: int | None = None
    seconds: float | None = None
    rows: tuple[Any, ...] = field(default=(), repr=False)
    advice: str = ""


def reply_from(operation: Operation, answer: Answer | EQError, *, has_arguments: bool) -> Reply:
    """What an answer, or the error in its place, is worth."""
    if isinstance(answer, EQUnreachable):
        return Reply(_outcome_of_silence(answer), answer.reason, advice=answer.advice)
    if isinstance(answer, EQError):
        return Reply(Outcome.UNUSABLE, answer.reason)
    if answer.status == 200:
        outcome, sentence, rows = _rows(operation, answer.body)
        return Reply(outcome, sentence, answer.status, answer.seconds, rows)
    outcome, sentence = _refusal(answer, has_arguments=has_arguments)
    return Reply(outcome, sentence, answer.status, answer.seconds)


def _outcome_of_silence(error: EQUnreachable) -> Outcome:
    if error.is_untrusted:
        return Outcome.NOT_TRUSTED
    return Outcome.CUT_OFF if error.is_cut_off else Outcome.NO_ANSWER


def why_stop(outcomes: Sequence[Outcome]) -> str:
    """Why nothing more should be asked after these; empty when it may go on.

    A key that is wrong is sent once: a server may lock out whoever tries many.
    """
    was_heard = Outcome.READ in outcomes
    least_refusals = LEAST_REFUSALS if was_heard else 1
    if outcomes.count(Outcome.KEY_REFUSED) >= least_refusals:
        return "EQ does not accept the key"
    if outcomes.count(Outcome.TURNED_AWAY) >= least_refusals:
        return "something in front of EQ lets nobody through"
    if outcomes and outcomes[-1] is Outcome.TOO_MANY:
        return "EQ wants no more requests for now"
    if len(outcomes) >= LEAST_NO_ANSWERS and set(outcomes[-LEAST_NO_ANSWERS:]) <= set(SILENT):
        return "EQ does not answer"
    if not was_heard and len(outcomes) >= LEAST_FOREIGN and set(outcomes[-LEAST_FOREIGN:]) <= set(FOREIGN):
        return "the server does not answer as EQ does"
    return ""


def _rows(operation: Operation, body: bytes) -> tuple[Outcome, str, tuple[Any, ...]]:
    try:
        value = read_json(body)
    except (ValueError, RecursionError):
        return Outcome.NOT_JSON, f"the answer is not JSON: it is {_shape(body)}", ()
    if operation.many and isinstance(value, list):
        if len(value) > MAX_ROWS:
            return Outcome.UNUSABLE, f"the answer has more than {MAX_ROWS} rows", ()
        strange = next((each for each in value if operation.result is str and not isinstance(each, str | int)), None)
        if strange is None:
            return Outcome.READ, "", tuple(value)
        return Outcome.WRONG_SHAPE, f"a row of the answer is {_kind(strange)}, where a text belongs", ()
    if not operation.many and isinstance(value, dict):
        return Outcome.READ, "", (value,)
    wanted = "an array" if operation.many else "an object"
    return Outcome.WRONG_SHAPE, f"the answer is {_kind(value)}, where {wanted} belongs", ()


def _shape(body: bytes) -> str:
    if not body.strip():
        return "empty"
    return "an HTML page" if _is_page(body) else f"{len(body)} bytes of something else"


def _is_page(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _kind(value: Any) -> str:
    """What a value is, in words; of an object also where in it an array is: that may be the one that belongs there."""
    if value is None:
        return "null"
    kind = kind_of(value)
    inside = [shown_name(key) for key, each in value.items() if isinstance(each, list)] if kind == "object" else []
    found = f" with an array in `{inside[0]}`" if inside else ""
    return f"{'an' if kind in ('array', 'object') else 'a'} {kind}{found}"


def _refusal(answer: Answer, *, has_arguments: bool) -> tuple[Outcome, str]:
    status = answer.status
    if status == 400 and _is_page(answer.body) and (wish := _wish(answer.body.lower())):
        return wish
    if status in (401, 403) and _is_page(answer.body):
        return Outcome.TURNED_AWAY, f"something in front of EQ refuses the request, by an HTML page (status {status})"
    if status in (401, 403) or any(each.parameter == "auth_key" for each in read_complaints(answer.body)):
        return Outcome.KEY_REFUSED, f"EQ does not accept the key (status {status})"
    if status == 429:
        return Outcome.TOO_MANY, "EQ wants fewer requests (status 429)"
    if status == 405:
        return Outcome.OTHER_METHOD, "the server has another method at this path (status 405)"
    if status == 404:
        return _not_found(answer.body, has_arguments=has_arguments)
    if 300 <= status < 400:
        return (
            Outcome.ELSEWHERE,
            f"the server sends to another address (status {status}), as to a page to sign in at, or from http to https",
        )
    if _is_page(answer.body):
        verb = "refuses the request" if status < 500 else "fails"
        return Outcome.IN_FRONT, f"something in front of EQ {verb}, by an HTML page (status {status})"
    if 400 <= status < 500:
        return Outcome.REFUSED, f"EQ refuses the request (status {status}{_complaints(answer.body)})"
    return Outcome.FAILED, f"EQ fails (status {status})"


def _wish(page: bytes) -> tuple[Outcome, str] | None:
    """What a web server in front wants to have otherwise, by the texts of nginx and Apache in small letters."""
    if any(text in page for text in HTTPS_WANTED):
        return Outcome.WANTS_HTTPS, "the server speaks HTTPS at this port, and was asked without (status 400)"
    if b"ssl certificate" in page:
        return Outcome.WANTS_CERTIFICATE, "the server wants to see another client certificate, or any (status 400)"
    return None


def _not_found(body: bytes, *, has_arguments: bool) -> tuple[Outcome, str]:
    """EQ's own 404 names the id or extension that it does not know; any other says that the path is not there."""
    names_one = any(each.type == "nonexistent" and each.parameter for each in read_complaints(body))
    if has_arguments and names_one:
        return Outcome.NO_SUCH, "EQ knows none of those that were asked for (status 404)"
    return Outcome.NO_PATH, "the server knows no such path (status 404)"


def _complaints(body: bytes) -> str:
    """EQ's errors by attribute and type; its own words may hold anything."""
    said = [
        f"{shown_name(each.parameter) if each.parameter else 'request'}: {each.type}"
        for each in read_complaints(body)[:3]
        if each.type in ERROR_TYPES
    ]
    return "".join(f", {each}" for each in said)
