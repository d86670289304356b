"""One press of every action, on three targets: of one's own team (500), of another (502), and of both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from eqboard.boards.handles import handle_of
from eqboard.boards.parts.rooms import handle_in_room
from eqboard.control import exchange
from eqboard.control.on_telephones.handset import call_handle
from eqboard.eq import EQ, Limits, Server
from eqboard.floor.snapshot import AgentState, LineCall, Membership, Part, Snapshot
from eqboard.loops import PerLoop
from tests.builders import (
    agent,
    caller,
    conference,
    line,
    line_call,
    membership,
    parked_call,
    participant,
    pause_code,
    queue,
    snapshot,
    source,
    waiting_call,
)
from tests.control.switchboard import Switchboard, now
from tests.environment import KEY_CANARY

OWN, FOREIGN, BOTH = "own", "foreign", "both"
TARGETS = (OWN, FOREIGN, BOTH)
QUEUES = {OWN: ("500",), FOREIGN: ("502",), BOTH: ("500", "502")}
ID = {OWN: 7, FOREIGN: 9, BOTH: 8}
NAME = {OWN: "Ana Ruiz", FOREIGN: "Max", BOTH: "Bea"}
AT = {OWN: "207", FOREIGN: "209", BOTH: "208"}
ROOM = {OWN: "900", FOREIGN: "902", BOTH: "901"}
SPACE = {OWN: "71", FOREIGN: "72", BOTH: "73"}
EAR = {OWN: "301", FOREIGN: "302", BOTH: "303"}  # telephones that are free


def _talk(target: str) -> LineCall:
    number = ID[target]
    return line_call(
        f"1.{number}",
        channel=f"SIP/{AT[target]}-1",
        other_channel=f"SIP/trunk-{number}",
        queue=QUEUES[target][0],
        is_recorded=None,  # EQ does not tell, so that to begin and to end it both make sense
    )


def _call(target: str, kind: int) -> Any:
    """Somebody who waits (2) or is parked (3)."""
    return caller(unique_id=f"{kind}.{ID[target]}", channel=f"SIP/trunk-{kind}{ID[target]}")


TALKS = {target: _talk(target) for target in TARGETS}
WAITING = {
    target: waiting_call(f"2.{ID[target]}", caller=_call(target, 2), queue=QUEUES[target][-1]) for target in TARGETS
}
PARKED = {
    target: parked_call(f"3.{ID[target]}", caller=_call(target, 3), space=SPACE[target], parked_by=AT[target])
    for target in TARGETS
}
INSIDE = {
    target: caller(AT[target], name=NAME[target], unique_id=f"4.{ID[target]}", channel=f"SIP/{AT[target]}-4")
    for target in TARGETS
}
FAR_AWAY = membership("501", state=AgentState.SIGNED_OUT)


def _place(queue: str, action: str) -> Membership:
    """As the action makes sense there: whoever is to be brought back is paused, and so on."""
    state = AgentState.WRAP_UP if action == "agent.exit_wrap_up" else AgentState.ON_CALL
    return membership(queue, state=state, paused=action == "agent.resume")


def everybody_talks(action: str = "") -> Snapshot:
    """All is of this moment. Each agent talks, and could sign in to 501; the action makes sense for each."""
    return snapshot(
        sources=[source(each, taken_at=now(), every_seconds=60) for each in Part],
        queues=[queue(each, name=f"Queue {each}") for each in ("500", "501", "502")],
        agents=[
            agent(
                ID[target],
                name=NAME[target],
                extension=AT[target],
                state=AgentState.ON_CALL,
                caller=caller(unique_id=f"1.{ID[target]}", channel=f"SIP/trunk-{ID[target]}"),
                memberships=tuple(_place(each, action) for each in QUEUES[target]),
            )
            for target in TARGETS
        ],
        waiting=WAITING.values(),
        parked=PARKED.values(),
        conferences=[
            conference(ROOM[target], participants=(participant(caller=INSIDE[target]),)) for target in TARGETS
        ],
        pause_codes=[pause_code(1, "Lunch")],
        lines=[line(AT[target], calls=(TALKS[target],), asked_at=now()) for target in TARGETS],
    )


class House(Switchboard):
    """It tells of the very same calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = {AT[target]: [TALKS[target]] for target in TARGETS} | {each: [] for each in (*EAR.values(), "210")}

    def _answer(self, path: str, query: dict[str, str]) -> httpx.Response:
        if path == "/active_calls" and query["extension"] in AT.values():
            target = next(each for each in TARGETS if AT[each] == query["extension"])
            told = super()._answer(path, query).json()
            in_room = {"channel": INSIDE[target].channel, "uniqueId": INSIDE[target].unique_id, "status": "ringing"}
            return httpx.Response(200, json=[*told, {"extension": AT[target]} | in_room])
        if path == "/queued_calls":
            return httpx.Response(200, json=[_row(each, queue=each.queue) for each in WAITING.values()])
        if path == "/parked_calls":
            return httpx.Response(200, json=[_row(each, space=each.space) for each in PARKED.values()])
        if path == "/active_conferences":
            return httpx.Response(200, json=[_room(target) for target in TARGETS])
        return super()._answer(path, query)


def _row(call: Any, **changes: Any) -> dict[str, Any]:
    return {"channel": call.caller.channel, "uniqueId": call.caller.unique_id} | changes


def _room(target: str) -> dict[str, Any]:
    inside = {"channel": INSIDE[target].channel, "uniqueId": INSIDE[target].unique_id}
    return {"extension": ROOM[target], "participants": [inside]}


@asynccontextmanager
async def connected(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """The one that the board's telephone reaches."""
    house = House()
    server = Server("http://eq.test", SecretStr(KEY_CANARY), Limits(retry_count=0, action_seconds=5))
    async with EQ(server, transport=httpx.MockTransport(house)) as telephone:
        monkeypatch.setattr(exchange, "telephones", PerLoop(lambda: telephone))
        yield house


@dataclass(frozen=True)
class Press:
    """What a page sends. `where` has a place for the target's agent, telephone or call; `sends` is the path at EQ and
    the name of the action there.
    """

    where: str
    filled_in: dict[str, str]
    sends: tuple[str, str]

    def form(self, target: str, **more: str) -> dict[str, str]:
        return {name: text.format(ear=EAR[target]) for name, text in self.filled_in.items()} | more

    def path(self, target: str) -> str:
        return self.where.format(
            agent=ID[target],
            at=AT[target],
            call=call_handle(TALKS[target], AT[target]),
            waiting=handle_of(WAITING[target].key, WAITING[target].caller, WAITING[target].queue),
            parked=handle_of(PARKED[target].key, PARKED[target].caller, SPACE[target]),
            inside=handle_in_room(INSIDE[target], ROOM[target]),
        )


AGENT_ACTION, EXTENSION_ACTION = "/call_queue_agent_action", "/extension_action"
MONITOR_ACTION, RECORDING_ACTION = "/call_monitor_action", "/call_recording_action"
AT_CALL = "/extensions/{at}/calls/{call}"
ELSEWHERE = {"monitor.stop", "agent.undo_pause", "agent.undo_sign_out"}
"""What hangs on something that was done before: test_every_road.py walks there."""
PRESSES = {
    "agent.pause": Press("/agents/{agent}/pause/", {"queue": "all", "pause_code": "1"}, (AGENT_ACTION, "pause")),
    "agent.resume": Press("/agents/{agent}/resume/", {"queue": "all"}, (AGENT_ACTION, "resume")),
    "agent.sign_in": Press("/agents/{agent}/sign-in/", {"queue": "501"}, (AGENT_ACTION, "signIn")),
    "agent.sign_out": Press("/agents/{agent}/sign-out/", {"queue": "all"}, (AGENT_ACTION, "signOut")),
    "agent.exit_wrap_up": Press("/agents/{agent}/exit-wrap-up/", {"queue": "all"}, (AGENT_ACTION, "exitWrapUp")),
    "monitor.spy": Press("/agents/{agent}/spy/", {"extension": "{ear}"}, (MONITOR_ACTION, "spy")),
    "monitor.whisper": Press("/agents/{agent}/whisper/", {"extension": "{ear}"}, (MONITOR_ACTION, "whisper")),
    "monitor.barge_in": Press("/agents/{agent}/barge-in/", {"extension": "{ear}"}, (MONITOR_ACTION, "bargeIn")),
    "call.steal": Press("/calls/{waiting}/steal/", {"destination": "{ear}"}, ("/steal_queued_call", "")),
    "call.pick_up": Press("/parked/{parked}/pick-up/", {"destination": "{ear}"}, ("/pick_up_parked_call", "")),
    "call.dial": Press("/extensions/{at}/dial/", {"destination": "210"}, (EXTENSION_ACTION, "dial")),
    "call.transfer": Press(f"{AT_CALL}/transfer/", {"destination": "{ear}"}, (EXTENSION_ACTION, "blindTransfer")),
    "call.park": Press(f"{AT_CALL}/park/", {}, (EXTENSION_ACTION, "park")),
    "call.hang_up": Press(f"{AT_CALL}/hang-up/", {}, (EXTENSION_ACTION, "hangUp")),
    "recording.start": Press(f"{AT_CALL}/recording/start/", {}, (RECORDING_ACTION, "start")),
    "recording.stop": Press(f"{AT_CALL}/recording/stop/", {}, (RECORDING_ACTION, "stop")),
    "recording.cancel": Press(f"{AT_CALL}/recording/cancel/", {}, (RECORDING_ACTION, "cancel")),
    "phone.press": Press("/extensions/{at}/keys/hold/", {}, ("/phone_command", "")),
    "conference.remove": Press("/conferences/{inside}/hang-up/", {}, (EXTENSION_ACTION, "hangUp")),
}
