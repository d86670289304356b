"""What schemathesis is told about this API, and the check that it makes in addition. Loaded by schemathesis itself."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import schemathesis

from eqboard.eq.client import API_PATH
from tests.contract.agreement import disagreement
from tests.contract.document import WHERE, Document
from tests.contract.patience import Sent

DOCUMENT = Document(json.loads(Path(os.environ[WHERE]).read_text(encoding="utf-8")))
NO_SUCH = (404, 405)


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Objects in a form are JSON text there (contract §1); schemathesis would spread them over several fields."""
    if isinstance(case.body, dict):
        case.body = urlencode({name: _as_text(each) for name, each in case.body.items() if each is not None})


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@schemathesis.check
def the_server_agrees_with_the_document(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """In place of schemathesis's own checks on data, to whom a refusal is a refusal, whatever its type."""
    request = response.request
    url = urlsplit(request.url)
    sent = Sent(request.method, url.path.removeprefix(API_PATH), _fields(url.query), _fields(request.body))
    try:
        DOCUMENT.operation(sent.method, sent.path)
    except LookupError:
        assert response.status_code in NO_SUCH, f"{sent.method} {sent.path} is not described, and is answered"
        return
    errors = response.json() if response.status_code in (400, 404) else []
    complaints = [(each["parameter"], each["type"]) for each in errors]
    sentence = disagreement(DOCUMENT, sent, response.status_code, complaints)
    assert not sentence, f"{case.method} {case.path} {sentence}"


def _fields(text: str | bytes | None) -> dict[str, str]:
    """As the simulator reads them: of a name that comes twice the last counts."""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text or ""
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))
