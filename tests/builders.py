"""Floors for tests of every room: small factories with sensible defaults, and hypothesis strategies.

A factory takes any field of its entity by name: `agent(7, state=AgentState.PAUSED)`. `snapshot()` takes entities and
files each under its own key: `snapshot(agents=[agent(7)], queues=[queue("500")])`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

from hypothesis import strategies as st

from eqboard.feed.claims import Claim
from eqboard.floor.snapshot import (
    AbandonedCall,
    Agent,
    AgentState,
    Caller,
    CameBack,
    Conference,
    ExchangeCounts,
    Line,
    LineCall,
    LineState,
    Membership,
    ParkedCall,
    Part,
    Participant,
    PauseCode,
    Queue,
    Snapshot,
    Source,
    Trouble,
    WaitingCall,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

HOSTILE_TEXTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "O'Brien & Søns",
    "{{ 7 }}{% now 'Y' %}",
    "\u202egnp.exe\u202c",
    "bell\x07 and nul\x00",
    "../../etc/passwd?auth_key=x#y",
    "SIP/201-0000001a;1@from/<queue>",
    "דנה כהן",
    "名前" * 40,
    "   ",
)


def ago(seconds: float) -> datetime:
    """A moment before noon."""
    return NOON - timedelta(seconds=seconds)


def source(part: Part = Part.AGENTS, **changes: Any) -> Source:
    return Source(**{"part": part, "every_seconds": 1.0, "taken_at": NOON} | changes)


def queue(extension: str = "500", **changes: Any) -> Queue:
    """A queue that nobody calls and where one agent waits."""
    defaults = {
        "name": "Sales",
        "waiting_count": 0,
        "present_count": 1,
        "available_count": 1,
        "on_call_count": 0,
        "ringing_count": 0,
        "wrap_up_count": 0,
        "paused_count": 0,
    }
    return Queue(extension, **defaults | changes)


def caller(number: str | None = "+34600111222", **changes: Any) -> Caller:
    defaults = {"unique_id": "1366390218.42", "channel": "SIP/trunk-0000002a", "name": "Carmen"}
    return Caller(number=number, **defaults | changes)


def membership(queue: str = "500", **changes: Any) -> Membership:
    return Membership(**{"queue": queue, "queue_name": "Sales", "state": AgentState.AVAILABLE} | changes)


def agent(id: int = 7, **changes: Any) -> Agent:
    """Somebody who waits for calls of queue 500; the membership follows the agent's state unless it is given too."""
    state = changes.get("state", AgentState.AVAILABLE)
    defaults = {
        "name": "Ana Ruiz",
        "number": str(id),
        "extension": f"2{id:02}",
        "state": state,
        "state_since": ago(60),
        "memberships": (membership(state=state, paused=state is AgentState.PAUSED),),
    }
    return Agent(id, **defaults | changes)


def waiting_call(key: str = "1366390218.42", **changes: Any) -> WaitingCall:
    defaults = {
        "queue": "500",
        "queue_name": "Sales",
        "caller": caller(unique_id=key),
        "position": 1,
        "entered_at": ago(30),
    }
    return WaitingCall(key, **defaults | changes)


def parked_call(key: str = "1366390218.43", **changes: Any) -> ParkedCall:
    defaults = {
        "caller": caller(unique_id=key),
        "space": "71",
        "parked_by": "207",
        "parked_by_name": "Ana Ruiz",
        "parked_at": ago(20),
        "returns_at": ago(-25),
    }
    return ParkedCall(key, **defaults | changes)


def abandoned_call(key: str = "1366390218.44", **changes: Any) -> AbandonedCall:
    """Somebody who gave up waiting for queue 500, and did not call again."""
    defaults = {
        "queue": "500",
        "queue_name": "Sales",
        "caller": caller(unique_id=key),
        "abandoned_at": ago(40),
        "wait_seconds": 25.0,
    }
    return AbandonedCall(key, **defaults | changes)


def participant(number: str | None = "207", name: str | None = "Ana Ruiz", **changes: Any) -> Participant:
    return Participant(**{"caller": caller(number, name=name), "admin": True, "joined_at": ago(10)} | changes)


def conference(extension: str = "900", **changes: Any) -> Conference:
    """A room with one participant, the telephone of `agent(7)`."""
    return Conference(
        extension, **{"name": "Morning round", "started_at": ago(300), "participants": (participant(),)} | changes
    )


def pause_code(id: int = 1, name: str = "Lunch") -> PauseCode:
    return PauseCode(id, name)


def line_call(key: str = "1366390218.42", **changes: Any) -> LineCall:
    """A caller of queue 500 who talks with the agent at extension 207."""
    defaults = {
        "id": "42",
        "unique_id": key,
        "channel": "SIP/207-0000001a",
        "other_channel": "SIP/trunk-0000002a",
        "state": LineState.UP,
        "direction": "inbound",
        "queue": "500",
        "caller_number": "+34600111222",
        "caller_name": "Carmen",
        "connected_number": "207",
        "connected_name": "Ana Ruiz",
        "started_at": ago(30),
        "answered_at": ago(25),
        "is_recorded": False,
    }
    return LineCall(key, **defaults | changes)


def line(extension: str = "207", **changes: Any) -> Line:
    """The extension of `agent(7)`, on a call; EQ was asked at noon."""
    return Line(extension, **{"calls": (line_call(),), "asked_at": NOON} | changes)


def claim(slot: str = "call:1366390218.42", **changes: Any) -> Claim:
    """Dana steals a waiting call; the claim was taken at noon and holds for ten seconds."""
    defaults = {
        "subject": slot,
        "action": "call.steal",
        "user_id": 1,
        "who": "Dana",
        "attempt": "5f0c6f9e-6a3b-4c0e-9a57-0d6a3a1b7c42",
        "since": NOON,
        "until": ago(-10),
    }
    return Claim(slot, **defaults | changes)


def snapshot(
    *,
    sources: Iterable[Source] | None = None,
    queues: Iterable[Queue] = (),
    agents: Iterable[Agent] = (),
    waiting: Iterable[WaitingCall] = (),
    parked: Iterable[ParkedCall] = (),
    abandoned: Iterable[AbandonedCall] = (),
    conferences: Iterable[Conference] = (),
    pause_codes: Iterable[PauseCode] = (),
    lines: Iterable[Line] = (),
) -> Snapshot:
    """A floor of the given entities; every part was read at noon unless `sources` say otherwise."""
    sources = [source(part) for part in Part] if sources is None else sources
    return Snapshot(
        sources={each.part: each for each in sources},
        queues={each.extension: each for each in queues},
        agents={each.id: each for each in agents},
        waiting={each.key: each for each in waiting},
        parked={each.key: each for each in parked},
        abandoned={each.key: each for each in abandoned},
        conferences={each.extension: each for each in conferences},
        pause_codes={each.id: each for each in pause_codes},
        lines={each.extension: each for each in lines},
    )


# Strategies. Keys come from small pools, so that two floors have much in common.

QUEUE_KEYS = ("500", "501", "502", "q/<&>")
AGENT_KEYS = (1, 2, 3, 7, 10**12)
CALL_KEYS = ("1366390218.42", "1366390218.43", "SIP/201-0000001a", "SIP/trunk;1@<x>")
EXTENSIONS = ("201", "202", "207")
ROOM_KEYS = ("900", "901", "room '\"")
CODE_KEYS = (1, 2, 9)

_TEXTS = st.sampled_from(("Sales", "Ana Ruiz", "201", *HOSTILE_TEXTS)) | st.text(max_size=3)
_EDGES = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, 23, 59, 59, 999999, tzinfo=UTC))
_MOMENTS = st.sampled_from((NOON, ago(-200), ago(0.25), *(ago(seconds) for seconds in range(1, 20_000, 997)), *_EDGES))


def texts() -> st.SearchStrategy[str]:
    """What EQ may say where a name is expected: ordinary, hostile, or any short text."""
    return _TEXTS


def moments() -> st.SearchStrategy[datetime]:
    """Aware UTC moments: mostly of the last hours, sometimes at the ends of what a clock can show."""
    return _MOMENTS


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def callers() -> st.SearchStrategy[Caller]:
    number = maybe(st.sampled_from(EXTENSIONS) | texts())
    return st.builds(Caller, maybe(st.sampled_from(CALL_KEYS)), maybe(texts()), number, maybe(texts()))


def memberships() -> st.SearchStrategy[Membership]:
    return st.builds(
        Membership,
        queue=st.sampled_from(QUEUE_KEYS),
        queue_name=texts(),
        state=st.sampled_from(AgentState),
        paused=st.booleans(),
        skill=maybe(st.integers(1, 5)),
        calls_taken=maybe(st.integers(0, 3)),
    )


def sources() -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        part=st.sampled_from(Part),
        every_seconds=st.floats(0.2, 600),
        taken_at=maybe(moments()),
        trouble=maybe(st.sampled_from(Trouble)),
        unreadable_count=st.integers(0, 9),
        took_seconds=st.floats(0, 600),
    )


def exchange_counts() -> st.SearchStrategy[ExchangeCounts]:
    count, average = maybe(st.integers(0, 99)), maybe(st.floats(0, 600))
    return st.builds(ExchangeCounts, count, count, average, average)


def queues() -> st.SearchStrategy[Queue]:
    count = maybe(st.integers(0, 99))
    return st.builds(
        Queue,
        st.sampled_from(QUEUE_KEYS),
        texts(),
        count,
        maybe(moments()),
        st.booleans(),
        *[count] * 6,
        max_wait_seconds=maybe(st.integers(1, 900)),
        usual_low=count,
        usual_high=count,
        pbx=maybe(exchange_counts()),
    )


def agents() -> st.SearchStrategy[Agent]:
    return st.builds(
        Agent,
        id=st.sampled_from(AGENT_KEYS),
        name=texts(),
        number=maybe(texts()),
        extension=maybe(st.sampled_from(EXTENSIONS)),
        state=st.sampled_from(AgentState),
        state_since=maybe(moments()),
        since_at_least=st.booleans(),
        partly_paused=st.booleans(),
        pause_follows=st.booleans(),
        pause_code=maybe(st.sampled_from(CODE_KEYS)),
        pause_reason=maybe(texts()),
        wrap_up_ends_at=maybe(moments()),
        caller=maybe(callers()),
        call_queue=maybe(st.sampled_from(QUEUE_KEYS)),
        call_queue_name=maybe(texts()),
        memberships=st.lists(memberships(), max_size=3, unique_by=lambda each: each.queue).map(tuple),
    )


def waiting_calls() -> st.SearchStrategy[WaitingCall]:
    return st.builds(
        WaitingCall,
        key=st.sampled_from(CALL_KEYS),
        queue=st.sampled_from(QUEUE_KEYS),
        queue_name=texts(),
        caller=callers(),
        position=maybe(st.integers(0, 99)),
        entered_at=maybe(moments()),
        since_at_least=st.booleans(),
        ringing_at=st.lists(texts(), max_size=2).map(tuple),
    )


def parked_calls() -> st.SearchStrategy[ParkedCall]:
    return st.builds(
        ParkedCall,
        key=st.sampled_from(CALL_KEYS),
        caller=callers(),
        space=maybe(texts()),
        parked_by=maybe(st.sampled_from(EXTENSIONS)),
        parked_by_name=maybe(texts()),
        parked_at=maybe(moments()),
        returns_at=maybe(moments()),
    )


def abandoned_calls() -> st.SearchStrategy[AbandonedCall]:
    return st.builds(
        AbandonedCall,
        key=st.sampled_from(CALL_KEYS),
        queue=st.sampled_from(QUEUE_KEYS),
        queue_name=texts(),
        caller=callers(),
        abandoned_at=moments(),
        wait_seconds=st.floats(0, 3600),
        attempts=st.integers(1, 9),
        came_back=st.sampled_from(CameBack),
        came_back_at=maybe(moments()),
    )


def participants() -> st.SearchStrategy[Participant]:
    return st.builds(Participant, callers(), st.booleans(), st.booleans(), st.booleans(), maybe(moments()))


def conferences() -> st.SearchStrategy[Conference]:
    return st.builds(
        Conference,
        extension=st.sampled_from(ROOM_KEYS),
        name=texts(),
        locked=st.booleans(),
        started_at=maybe(moments()),
        participants=st.lists(participants(), max_size=3).map(tuple),
    )


def pause_codes() -> st.SearchStrategy[PauseCode]:
    return st.builds(PauseCode, st.sampled_from(CODE_KEYS), texts())


def line_calls() -> st.SearchStrategy[LineCall]:
    return st.builds(
        LineCall,
        key=st.sampled_from(CALL_KEYS),
        id=maybe(texts()),
        unique_id=maybe(st.sampled_from(CALL_KEYS)),
        channel=maybe(texts()),
        other_channel=maybe(texts()),
        state=st.sampled_from(LineState),
        direction=maybe(texts()),
        queue=maybe(st.sampled_from(QUEUE_KEYS)),
        caller_number=maybe(texts()),
        caller_name=maybe(texts()),
        connected_number=maybe(texts()),
        connected_name=maybe(texts()),
        started_at=maybe(moments()),
        answered_at=maybe(moments()),
        is_recorded=maybe(st.booleans()),
    )


def lines() -> st.SearchStrategy[Line]:
    return st.builds(
        Line,
        extension=st.sampled_from(EXTENSIONS),
        calls=st.lists(line_calls(), max_size=2, unique_by=lambda each: each.key).map(tuple),
        asked_at=maybe(moments()),
        trouble=maybe(st.sampled_from(Trouble)),
        unreadable_count=st.integers(0, 9),
    )


def snapshots(max_size: int = 2) -> st.SearchStrategy[Snapshot]:
    """Any floor, of at most `max_size` entities of each kind."""

    def some(entities: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(entities, max_size=max_size)

    return st.builds(
        snapshot,
        sources=some(sources()),
        queues=some(queues()),
        agents=some(agents()),
        waiting=some(waiting_calls()),
        parked=some(parked_calls()),
        abandoned=some(abandoned_calls()),
        conferences=some(conferences()),
        pause_codes=some(pause_codes()),
        lines=some(lines()),
    )


def successions(max_size: int = 2) -> st.SearchStrategy[tuple[Snapshot, Snapshot]]:
    """A floor and one that may come after it: some entities stay as they are, some go, some are new or other."""
    choices = st.lists(st.booleans(), min_size=1, max_size=9)
    return st.builds(_succession, snapshots(max_size), snapshots(max_size), choices)


def _succession(old: Snapshot, other: Snapshot, stays: list[bool]) -> tuple[Snapshot, Snapshot]:
    stay = cycle(stays)
    kept = {
        kind: {key: each for key, each in getattr(old, kind).items() if next(stay)}
        for kind in Snapshot.__dataclass_fields__
    }
    return old, Snapshot(**{kind: {**getattr(other, kind), **entities} for kind, entities in kept.items()})
