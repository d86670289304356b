"""One request and answer per operation, written out by hand from eq-contract.md.

The simulator is built from the client's own table, so the two would agree on a wrong path. These files do not.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from eqboard.eq import load_dialect
from eqboard.eq.operations import OPERATIONS
from eqboard.eq.wire import Rows, build_request, read_answer

EXAMPLES = {path.stem: path for path in Path(__file__).with_name("examples").glob("*.json")}
DIALECT = load_dialect()


def plain(value: Any) -> Any:
    """A value as the JSON that an example says it is; what EQ did not say is left out."""
    if isinstance(value, Rows):
        return [plain(each) for each in value]
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else value


def parsed(form: dict[str, str]) -> dict[str, Any]:
    """The form with the JSON text in it read: the order of its names says nothing."""
    return {name: json.loads(text) if name == "options" else text for name, text in form.items()}


@pytest.fixture(params=sorted(EXAMPLES))
def example(request):
    return OPERATIONS[request.param], json.loads(EXAMPLES[request.param].read_text(encoding="utf-8"))


def test_a_call_becomes_the_request_of_the_contract(example):
    operation, written = example
    request = build_request(operation, written["call"], DIALECT)
    expected = written["request"]
    assert (request.method, request.path, dict(request.query)) == (
        expected["method"],
        expected["path"],
        expected["query"],
    )
    assert parsed(request.form) == parsed(expected["form"])


def test_an_answer_becomes_the_value_of_the_contract(example):
    operation, written = example
    body = json.dumps(written["response"]["body"]).encode()
    assert plain(read_answer(operation, written["response"]["status"], body, DIALECT)) == written["value"]


def test_every_operation_has_an_example_and_no_example_is_left_over():
    assert set(EXAMPLES) == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_says_what_it_does(name):
    assert OPERATIONS[name].doc.endswith(".")


def test_operations_that_change_something_are_no_reads():
    assert {name for name, each in OPERATIONS.items() if not each.is_read} == {
        f"call_queue_agents.{verb}" for verb in ("pause", "resume", "sign_in", "sign_out", "exit_wrap_up")
    }
