"""The benchmark of the actions: that what is measured is done and seen, and that nothing is left of it.

No figure of it is asserted.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from eqboard.ops.bench import actions as actions_module
from eqboard.ops.bench import house as house_module
from eqboard.ops.bench.actions import actions, crowded, extra_requests, parted, tail_of, to_eq, to_screens, waits
from eqboard.ops.bench.buttons import leads_agents
from eqboard.ops.bench.hands import Pressed, busy_seconds
from eqboard.ops.bench.house import until_well
from eqboard.ops.bench.overheard import Ear, Heard
from eqboard.ops.bench.processes import ServerFailed, pretend_server
from eqboard.ops.bench.report import table
from eqboard.ops.management.commands.bench import SCENARIOS, Scenario
from eqboard.ops.redis_server import NoRedisServer
from eqboard.ops.showroom import DemoError, free_port

KEY = "bench-canary-key"


# All of it


def children() -> set[int]:
    """Our processes, and those below them (Linux)."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_buttons_are_pressed_and_everybody_sees_it_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions_module, "QUEUES", 2)
    monkeypatch.setattr(actions_module, "AGENT_COUNT", 8)
    quick = Scenario(lambda: actions(30), lambda: actions(1, viewers=(4,)))
    monkeypatch.setitem(SCENARIOS, "actions", quick)
    before, out = children(), StringIO()
    call_command("bench", "actions", "--quick", stdout=out)
    lines, _, markdown = out.getvalue().partition("\n\n")
    _, *figures = [json.loads(line) for line in lines.splitlines()]
    told = {(each["scenario"], each["variant"]) for each in figures}
    for button in ("pause", "resume", "steal", "spy"):
        assert ("click → EQ, 4 viewers", f"{button}: click → EQ has it, our share") in told
        assert ("click → EQ, 4 viewers", f"{button}: click → the mark is there") in told
        assert ("requests to EQ, 4 viewers", f"{button}: by the web server") in told
    assert ("click → others, 4 viewers", "pause: click → paused on another's screen") in told
    assert ("click → others, 4 viewers", "steal: click → the caller has left on another's screen") in told
    assert ("click → others, 4 viewers", "the process of 3 of them") in told
    references = {(each["scenario"], each["variant"]) for each in figures if each["reference"]}
    assert len(references) == 3
    asked_of_eq = {each["variant"]: each["amount"] for each in figures if each["scenario"].startswith("requests to EQ")}
    assert asked_of_eq["pause: by the web server"] == 1.0  # the action alone
    assert asked_of_eq["steal: by the web server"] == 3.0  # with two checks
    assert markdown.count("| click → EQ, 4 viewers |") == sum(
        each["scenario"].startswith("click → EQ, 4") for each in figures
    )
    assert children() - before == set()


def test_without_redis_it_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def find() -> str:
        raise NoRedisServer("Install redis-server.")

    monkeypatch.setattr(house_module, "find_redis_server", find)
    out = StringIO()
    call_command("bench", "actions", stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {
        "scenario": "actions",
        "remark": "skipped: Install redis-server.",
    }


def test_a_part_that_does_not_start_is_named() -> None:
    gone = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    gone.wait()
    with pytest.raises(ServerFailed, match=r"^The poller did not start: exit code 3\.$"):
        asyncio.run(until_well(free_port(), {"poller": gone}))


def test_a_board_that_does_not_move_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house_module, "WELL_SECONDS", 0.0)
    with pytest.raises(ServerFailed, match=r"does not move after 0 s: web not well"):
        asyncio.run(until_well(free_port(), {}))


def test_a_demo_that_cannot_be_prepared_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(rounds: int, counts: tuple[int, ...]) -> None:
        raise DemoError("No room.")

    monkeypatch.setattr(actions_module, "_figures", fail)
    with pytest.raises(CommandError, match=r"^actions cannot be measured: No room\.$"):
        call_command("bench", "actions")


# The arithmetic


def heard(begun: float, answered: float, path: str = "/active_calls") -> Heard:
    return Heard("GET", path, begun, answered)


@pytest.mark.parametrize(
    ("requests", "seconds"),
    [
        ([], 0.0),
        ([heard(1.0, 2.0)], 1.0),
        ([heard(1.0, 3.0), heard(2.0, 4.0)], 3.0),
        ([heard(1.0, 4.0), heard(2.0, 3.0)], 3.0),
        ([heard(1.0, 2.0), heard(3.0, 4.0)], 2.0),
    ],
    ids=["none", "one", "side by side", "one within another", "one after the other"],
)
def test_eqs_own_time_counts_once_where_it_answers_side_by_side(requests: list[Heard], seconds: float) -> None:
    assert busy_seconds(requests) == seconds


def test_the_slowest_are_told_beside_the_middle() -> None:
    assert tail_of([0.02, 0.01]) == (20.0, 20.0, 2)
    assert tail_of([each / 1000 for each in range(1, 101)]) == (95.0, 100.0, 100)


def test_the_parts_of_a_run_have_their_own_medians() -> None:
    assert parted([1.0, 9.0, 2.0, 3.0, 4.0, 4.0, 5.0], 3) == [5.0, 2.5, 4.0]
    assert parted([1.0], 1) == [1.0]


def test_a_wait_is_told_against_the_poll_interval_and_never_noisy() -> None:
    wait = waits("x", "pause", [0.2, 1.5, 0.5])
    assert (wait.ratio, wait.least_ratio, wait.most_ratio, wait.is_noisy) == (0.5, 0.2, 1.5, False)
    assert "| pause: p95 1500.0 ms, most 1500.0 ms, n 3 | 500.0 | 0.50 (0.20 to 1.5) |" in table([wait])
    assert (wait.as_dict()["p95_ms"], wait.as_dict()["most_ms"], wait.as_dict()["n"]) == (1500.0, 1500.0, 3)


def test_viewers_who_are_busy_themselves_make_no_conclusion() -> None:
    assert [crowded(499, share).is_noisy for share in (0.2, 0.9)] == [False, True]


def test_only_what_the_poller_asks_beyond_its_pace_counts() -> None:
    ear = Ear(1)
    ear.heard = [
        heard(at / 2, at / 2, path) for at in range(20) for path in ("/call_queue_agent_status", "/queued_calls")
    ]
    assert extra_requests(ear, 0.0, 10.0, press_count=5) == 4.0
    assert extra_requests(Ear(1), 0.0, 10.0, press_count=5) == 0.0


def a_press(**seconds: float) -> Pressed:
    usual = {"reference": 0.004, "to_eq": 0.02, "reads": 0.0, "to_mark": 0.03, "to_screen": 1.0, "to_last_screen": 1.0}
    return Pressed(**{**usual, **seconds}, from_reading=None, request_count=1)


def test_eqs_own_time_is_no_share_of_ours() -> None:
    figures = {each.variant: each for each in to_eq("x", {"steal": [a_press(to_eq=0.03, reads=0.01)]})}
    assert figures["steal: click → EQ has it, our share"].ms == pytest.approx(20.0)
    assert figures["steal: EQ's own answers before that"].ms == pytest.approx(10.0)
    assert figures["steal: click → EQ has it, our share"].ratio == pytest.approx(5.0)


def test_the_last_screen_is_told_only_where_there_are_others() -> None:
    alone, among = (to_screens("x", {"pause": [a_press(to_last_screen=at)]}) for at in (1.0, 1.2))
    assert [each.variant for each in alone] == ["the poll interval", "pause: click → paused on another's screen"]
    assert among[-1].variant == "pause: … on the last screen of all"


def test_the_lead_acts_only_on_those_who_serve_no_other_queue() -> None:
    with pretend_server(("--scenario", "by_hand", "--queues", "4", "--agents", "12"), KEY) as eq:
        mine = leads_agents(eq)
        rows = json.loads(eq.ask("/call_queue_agent_status"))
        assert {row["queue"] for row in rows if row["agent"] in mine} == {"500", "501"}
        assert {row["agent"] for row in rows} - set(mine)
        eq.order("POST", f"agents/{mine[0]}", state="paused")
        eq.connection.sock.shutdown(socket.SHUT_RDWR)  # as after a minute in which nobody asked
        assert leads_agents(eq) == mine[1:]
        with pytest.raises(ServerFailed, match="answered /control/nothing with status 404") as failed:
            eq.order("POST", "nothing", state="x")
        assert KEY not in str(failed.value)
