"""A lead's hands on the agents and callers of a pretend call centre, while others look at the same board.

Each press is on another agent or caller than the one before, and comes at another point of the poller's round.
"""

import asyncio
import re
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eqboard.ops.bench.buttons import (
    CALLERS,
    DESTINATION,
    EAR,
    QUEUE,
    Button,
    leads_agents,
    pause,
    resume,
    row,
    spy,
    two_conversations,
)
from eqboard.ops.bench.crowd import Crowd
from eqboard.ops.bench.house import POLL_SECONDS, House
from eqboard.ops.bench.onlooker import Onlooker, Seen
from eqboard.ops.bench.overheard import Heard
from eqboard.ops.bench.processes import PretendServer, ServerFailed
from eqboard.ops.bench.visitor import Reply, Visitor, mark_of, sentence_of

REDIRECTED_COUNT = 5  # of which the middle one counts
GOLDEN = 0.618  # of a round, from press to press: none of its points is preferred
SETTLED_SECONDS, ASK_SECONDS = 60.0, 0.1
UNDER_WAY = ("asked", "accepted", "left")
STEAL_BUTTON = re.compile(r'id="(call-[\w-]+)-steal"[^>]*hx-get="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press, in seconds from the click.

    `reference`: what a request that is only redirected took right before. `reads`: of `to_eq`, EQ's own time for what
    it was asked first. `to_last_screen`: when the last of all who look has it. `from_reading`: of `to_screen`, the time
    after EQ had told of it; None where that needs no reading.
    """

    reference: float
    to_eq: float
    reads: float
    to_mark: float
    to_screen: float
    to_last_screen: float
    from_reading: float | None
    request_count: int


@dataclass(frozen=True, slots=True)
class Made:
    """A press that was made, and its effect on other screens: on one of them, and when on the last of all."""

    reference: float
    mark: Reply
    seen: Seen
    last_at: float


class Hands:
    def __init__(self, stage: House, lead: Visitor, looking: Onlooker, others: Crowd) -> None:
        self._stage = stage
        self._lead = lead
        self._looking = looking
        self._others = others
        self._press_count = 0

    async def pause_and_resume(self, count: int) -> tuple[list[Pressed], list[Pressed]]:
        """One agent is paused, then the one before them resumed, so often. What comes before that does not count."""
        paused, resumed = [], []
        last, *agents = leads_agents(self._stage.eq)
        await self.press(pause(last))
        for place in range(count):
            fresh = agents[place % len(agents)]
            paused.append(await self.press(pause(fresh)))
            resumed.append(await self.press(resume(last)))
            agents[place % len(agents)], last = last, fresh
        await self.press(resume(last))
        return paused, resumed

    async def spy(self, count: int) -> list[Pressed]:
        """From one telephone, on two agents by turns. Its own ringing is over before what counts."""
        began_at = time.monotonic()
        with two_conversations(self._stage.eq) as agents:
            for agent in agents:
                await self._looking.sees(row(agent, "on_call"), began_at)
            await self.press(spy(agents[1]))
            listened = [await self.press(spy(agents[place % 2])) for place in range(count)]
            await self._settled(await self._lead.press("/monitoring/stop/", {"extension": EAR}), ("confirmed",))
        return listened

    async def steal(self, count: int) -> list[Pressed]:
        """Callers for whom nobody is free; once they have left they are hung up."""
        eq = self._stage.eq
        eq.order("POST", "agents", queue=QUEUE, state="paused")
        stolen = [await self._steal_one(eq) for _ in range(1 + count)][1:]
        eq.order("POST", "agents", queue=QUEUE, state="available")
        return stolen

    async def press(self, button: Button) -> Pressed:
        """And wait until it is over. Raises ServerFailed when it does not end as it should."""
        made = await self._press(button)
        await self._settled(made.mark, button.ends)
        return self._told(button, made)

    async def _steal_one(self, eq: PretendServer) -> Pressed:
        """The telephone that rings is at rest again when this is over."""
        placed_at, unique_id = time.monotonic(), eq.order("POST", "calls", queue=QUEUE)
        await self._looking.sees(rb'id="call-[^"]+" class="row call"', placed_at)
        button = await self._steal_button()
        made = await self._press(button)
        eq.order("DELETE", f"calls/{unique_id}")
        await self._settled(made.mark, ("lost",))
        return self._told(button, made)

    async def _steal_button(self) -> Button:
        found = STEAL_BUTTON.search((await self._lead.ask("GET", "/")).body)
        if found is None:
            raise ServerFailed("The lead's board has no caller to steal.")
        gone = f'id="{found[1]}" hx-swap-oob="delete"'.encode()
        return Button(found[2], gone, CALLERS, form={"destination": DESTINATION})

    async def _press(self, button: Button) -> Made:
        """It is on everybody's screen when this returns; with EQ it need not be."""
        self._press_count += 1
        await asyncio.sleep(GOLDEN * self._press_count % 1.0 * POLL_SECONDS)
        reference = statistics.median([await self._redirected() for _ in range(REDIRECTED_COUNT)])
        mark = await self._lead.press(button.path, button.form)
        state, _ = mark_of(mark.body)
        if state not in (*UNDER_WAY, *button.ends):
            raise ServerFailed(f"A press of {button.path} came to nothing: {sentence_of(mark)}")
        seen = await self._looking.sees(button.effect, mark.sent_at)
        return Made(reference, mark, seen, await self._others.had(seen.number) or seen.at)

    def _told(self, button: Button, made: Made) -> Pressed:
        clicked_at, seen_at = made.mark.sent_at, made.seen.at
        asked = self._stage.to_web.since(clicked_at)
        heard_at = next(each.heard_at for each in asked if not each.is_read)
        return Pressed(
            made.reference,
            to_eq=heard_at - clicked_at,
            reads=busy_seconds(each for each in asked if each.is_read and each.heard_at < heard_at),
            to_mark=made.mark.seconds,
            to_screen=seen_at - clicked_at,
            to_last_screen=max(seen_at, made.last_at) - clicked_at,
            from_reading=self._since_reading(button, heard_at, seen_at),
            request_count=len(asked),
        )

    def _since_reading(self, button: Button, heard_at: float, seen_at: float) -> float | None:
        """How long before it was seen EQ had answered the last reading that can have shown it."""
        read = [each for each in self._stage.to_poller.since(heard_at) if each.path.endswith(button.read)]
        answered_at = [each.answered_at for each in read if each.answered_at < seen_at]
        return seen_at - max(answered_at) if button.read and answered_at else None

    async def _redirected(self) -> float:
        reply = await self._lead.ask("GET", "/sign-in/")
        if reply.status != 302:
            raise ServerFailed(f"The lead is signed in no more: status {reply.status}.")
        return reply.seconds

    async def _settled(self, mark: Reply, ends: Sequence[str]) -> None:
        """Ask as the mark does, until the action has come to one of these ends. Raises ServerFailed."""
        give_up_at = time.monotonic() + SETTLED_SECONDS
        state, path = mark_of(mark.body)
        while state not in ends:
            if state not in UNDER_WAY or time.monotonic() > give_up_at:
                raise ServerFailed(f"A press did not end as {' or '.join(ends)}: {sentence_of(mark)}")
            await asyncio.sleep(ASK_SECONDS)
            mark = await self._lead.ask("GET", path)
            state, path = mark_of(mark.body)


def busy_seconds(requests: Iterable[Heard]) -> float:
    """How long at least one of them was being answered; they are in the order in which they came."""
    seconds, until = 0.0, 0.0
    for each in requests:
        seconds += max(0.0, each.answered_at - max(each.heard_at, until))
        until = max(until, each.answered_at)
    return seconds
