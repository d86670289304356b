"""The one door by which the switch writes into the books: a count and the visit that it is about, always together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from eqboard.simulator.ledger.books import Fact, QueueLedger
from eqboard.simulator.ledger.visits import Visit
from eqboard.simulator.switch.parties import Call, Place

if TYPE_CHECKING:
    from eqboard.simulator.agenda import Agenda
    from eqboard.simulator.office.directory import Directory
    from eqboard.simulator.office.entities import Agent, Membership

KEPT_VISITS = 20_000  # that are over; about 20 MB


class Ledger:
    """Each queue has its own books, exact for ever; here are the visits that they were written from.

    All visits that are not over are kept, and the newest KEPT_VISITS that are. Whoever came from no queue is in
    nobody's books: what happens to them is written nowhere.
    """

    def __init__(self, agenda: Agenda, directory: Directory) -> None:
        self.started_at = agenda.now
        self.let_go = 0  # how many visits are kept no more
        self.complete_since = agenda.now  # every visit into which something was written after this moment is kept
        self._agenda = agenda
        self._directory = directory
        self._ids = count(1)
        self._visits: dict[int, Visit] = {}  # by id, and so in order of entering
        self._over: OrderedDict[int, Visit] = OrderedDict()  # in the order in which they were over

    def visits(
        self, *, queue: str | None = None, since: float | None = None, until: float | None = None, after: int = 0
    ) -> Iterator[Visit]:
        """In order of entering, those after the one with the id `after`. `since` a moment: those into which something
        was written then or later, and those not over; `until` one: those who entered before it.
        """
        for visit in self._visits.values():
            if visit.id <= after or (queue is not None and visit.queue != queue):
                continue
            if since is not None and visit.is_over and visit.changed_at < since:
                continue
            if until is None or visit.entered_at < until:
                yield visit

    # Callers

    def enter(self, call: Call) -> None:
        """The caller enters their queue."""
        self._count(self._open(call), "offered")

    def turn_away(self, call: Call) -> None:
        """The caller's queue does not let them in."""
        self._open(call)
        self.write(call, Fact.TURNED_AWAY)

    def ring_out(self, call: Call, agents: Iterable[Agent]) -> None:
        """These agents did not answer the caller."""
        visit = call.visit
        if visit is not None:
            for agent in agents:
                visit.rang_out[agent.id] = visit.rang_out.get(agent.id, 0) + 1
                self._count(visit, "rings_no_answer")

    def answer(self, call: Call, agent: Agent) -> None:
        """The agent answers the caller."""
        self.write(call, Fact.ANSWERED)
        visit = call.visit
        if visit is not None:
            visit.agent, visit.answered_at = agent.id, self._agenda.now
            if visit.wait_seconds > 0:
                self._count(visit, "waited")

    def confer(self, call: Call) -> None:
        """The caller is in a conference with their agent."""
        if call.visit is not None:
            self._count(call.visit, "conferences")

    def rename(self, call: Call) -> None:
        """The caller has got another unique id."""
        if call.visit is not None:
            call.visit.rename(call.unique_id, self._agenda.now)

    def write(self, call: Call, fact: Fact) -> None:
        """This became of the caller."""
        visit = call.visit
        if visit is None:
            return
        books, left = self._books(visit.queue), visit.place
        seconds = visit.move(fact, self._agenda.now)
        self._follow_talk(visit)
        books.add(fact.count)
        if left is Place.TALKING:
            books.talk_seconds += seconds
        elif fact is Fact.ANSWERED:
            books.wait_answered_seconds += seconds
        elif fact is Fact.ABANDONED:
            books.wait_abandoned_seconds += seconds
        self._let_go_when_over(visit)

    # Agents

    def begin_wrap_up(self, membership: Membership, call: Call) -> None:
        """An agent wraps up in a queue after a caller, who may have come from another one (wrapUpAllQueues)."""
        visit = call.visit
        membership.wrap_up_of = visit if visit is not None and visit.queue == membership.queue else None
        if membership.wrap_up_of is not None:
            self._over.pop(membership.wrap_up_of.id, None)
            membership.wrap_up_of.wrap_up_since = membership.wrap_up_of.changed_at = self._agenda.now

    def end_wrap_up(self, membership: Membership, seconds: float) -> None:
        """The agent has wrapped up there for so long."""
        books, visit = self._books(membership.queue), membership.wrap_up_of
        books.wrap_up_seconds += seconds
        if visit is None:
            books.wrap_up_for_others_seconds += seconds
            return
        visit.wrap_up_seconds += seconds
        visit.wrap_up_since, visit.changed_at = None, self._agenda.now
        membership.wrap_up_of = None
        self._let_go_when_over(visit)

    def _open(self, call: Call) -> Visit:
        now = self._agenda.now
        call.visit = visit = Visit(
            id=next(self._ids),
            call_id=str(call.id),
            unique_ids=[call.unique_id],
            channel=call.channel,
            queue=call.queue,
            entered_at=now,
            changed_at=now,
            place_since=now,
        )
        self._visits[visit.id] = visit
        return visit

    def _count(self, visit: Visit, name: str) -> None:
        self._books(visit.queue).add(name)
        visit.count(name, self._agenda.now)

    def _books(self, queue: str) -> QueueLedger:
        return self._directory.queues[queue].ledger

    def _follow_talk(self, visit: Visit) -> None:
        talking = self._directory.queues[visit.queue].talking
        if visit.place is Place.TALKING:
            talking[visit.id] = visit
        else:
            talking.pop(visit.id, None)

    def _let_go_when_over(self, visit: Visit) -> None:
        if not visit.is_over:
            return
        self._over[visit.id] = visit
        if len(self._over) > KEPT_VISITS:
            _, oldest = self._over.popitem(last=False)
            del self._visits[oldest.id]
            self.let_go += 1
            self.complete_since = oldest.changed_at
