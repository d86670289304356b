"""A board as a file: out and in again; whatever else somebody brings is refused with a sentence."""

import json
from typing import Any

import pytest

from eqboard.boards.faults import FaultyError
from eqboard.boards.files import exported, file_name, imported
from eqboard.boards.reading import MOST_BYTES, write_spec
from eqboard.boards.ready import SPECS

FLOOR = SPECS["floor"]


def file(**changes: Any) -> bytes:
    return json.dumps({"eqboard": 1, "name": "Sales", "spec": write_spec(FLOOR)} | changes).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(FaultyError) as refused:
        imported(content)
    return " ".join(fault.sentence for fault in refused.value.faults)


@pytest.mark.parametrize("ref", SPECS)
@pytest.mark.parametrize("name", ["S", "מוקד מכירות", "Ventas · ñandú", "営業" * 25])
def test_a_file_brings_back_what_went_into_it(ref: str, name: str) -> None:
    assert imported(exported(name, SPECS[ref]).encode()) == (name, SPECS[ref])


def test_a_file_of_before_there_were_limits_of_the_promise_is_read_as_it_was_meant() -> None:
    held = json.loads(file())
    for threshold in held["spec"]["thresholds"]:
        del threshold["below_promise"]
    held["spec"]["thresholds"][0] |= {"warning": 79, "critical": 60}
    _name, spec = imported(json.dumps(held).encode())
    assert [each.below_promise for each in spec.thresholds] == [False, False]
    assert (spec.thresholds[0].warning, spec.thresholds[0].critical) == (79, 60)


def test_a_byte_order_mark_of_an_editor_does_no_harm() -> None:
    assert imported(b"\xef\xbb\xbf" + file())[0] == "Sales"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (file()[:-30], "not JSON, or it is cut off"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a text file"),
        (b" " * (MOST_BYTES + 1), "larger than 256 KB"),
        (b"[" * 200_000, "not JSON"),
        (b'{"eqboard":' * 50 + b"1" + b"}" * 50, "deeper"),
        (b"[]", "does not hold a board"),
        (b"7", "does not hold a board"),
        (b'{"name": "Sales"}', "does not hold a board"),
        (b'{"eqboard": 1, "eqboard": 1}', "“eqboard” is said twice"),
        (file(eqboard=2), "another version"),
        (file(eqboard=True), "another version"),
        (file(eqboard="1"), "another version"),
        (file(eqboard=None), "another version"),
        (file(owner="root"), "“owner” is not known"),
        (file(name=""), "a name of 1 to 60 characters"),
        (file(name="   "), "a name of 1 to 60 characters"),
        (file(name="x" * 61), "a name of 1 to 60 characters"),
        (file(name=7), "a name of 1 to 60 characters"),
        (file(name=None), "a name of 1 to 60 characters"),
        (file(name="bell\x07"), "a name of 1 to 60 characters"),
        (file(name="nul\x00"), "a name of 1 to 60 characters"),
        (file(name="\u202eelif"), "a name of 1 to 60 characters"),
        (file(name="\ud800"), "half a character"),
        (file(name="\u200d"), "a name of 1 to 60 characters"),
        (file(name="\u3164\u2800"), "a name of 1 to 60 characters"),
        (b'{"eqboard": 1, "\\ud800": 1}', "half a character"),
        (b'{"\\ud800": 1, "\\ud800": 1}', "said twice"),
        (file(spec={"time_zone": "localtime", "parts": [{"kind": "tiles"}]}), "time zone is not known"),
        (file(spec=None), "does not describe a board"),
        (file(spec=[]), "does not describe a board"),
        (file(spec={"parts": "tiles"}), "11 parts at most"),
        (file(spec={"theme": "\ud800", "parts": [{"kind": "tiles"}]}), "half a character"),
        (b'{"eqboard": 1, "name": "x", "spec": {"wall": {"distance_meters": NaN}}}', "NaN is not a number"),
        (b'{"eqboard": 1, "name": "x", "spec": {"wall": {"distance_meters": 1e999}}}', "0.3 to 50 meters"),
        (b'{"eqboard": 1, "name": "x", "spec": {"wall": {"distance_meters": ' + b"9" * 9999 + b"}}}", "not JSON"),
    ],
)  # fmt: skip
def test_any_other_file_is_refused_with_a_reason(content: bytes, said: str) -> None:
    assert said in refusal(content)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("The floor", "eqboard-the-floor.json"),
        ("Ventas · ñandú", "eqboard-ventas-nandu.json"),
        ("מוקד", "eqboard-board.json"),
        ('../../"\r\nSet-Cookie: a=b', "eqboard-set-cookie-a-b.json"),
        ("x" * 60, f"eqboard-{'x' * 40}.json"),
    ],
)
def test_the_file_has_a_name_that_any_system_takes(name: str, expected: str) -> None:
    assert file_name(name) == expected
