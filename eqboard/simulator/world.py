"""The world: a whole call centre, seeded and pure. No wall clock, no I/O; time comes in through `tick`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from functools import partial
from random import Random

from eqboard.simulator.actions import Order, read_order
from eqboard.simulator.agenda import Agenda
from eqboard.simulator.bursts import Bursts
from eqboard.simulator.callers import Callers
from eqboard.simulator.ledger.books import total
from eqboard.simulator.office.attendance import Attendance
from eqboard.simulator.office.directory import Directory
from eqboard.simulator.office.entities import Agent, Queue, QueueSettings, Supervisor
from eqboard.simulator.office.extensions import Extension, usual_extension
from eqboard.simulator.office.gauges import Gauges
from eqboard.simulator.office.licence import licence_for
from eqboard.simulator.office.machine import Machine
from eqboard.simulator.office.watch import Watch
from eqboard.simulator.scenario import Scenario
from eqboard.simulator.staff import Staff
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.floor import Floor
from eqboard.simulator.switch.parties import Call
from eqboard.simulator.switch.switch import Switch
from eqboard.simulator.telephony import Telephony


class World:
    """The same scenario, directory, seed and start give the same history, however finely time is cut."""

    def __init__(
        self, scenario: Scenario, directory: Directory, *, seed: int, started_at: float, zone: tzinfo = UTC
    ) -> None:
        """`started_at` in UNIX seconds, `zone` the time zone of the exchange. The directory becomes the world's own."""
        self.scenario = scenario
        self.seed = seed
        self.directory = directory
        self.zone = zone
        self.licence = licence_for(scenario, directory, started_at)
        self.machine = Machine(directory.email_queues)
        self._rng = Random(seed)
        self._agenda = Agenda(started_at)
        for extension, name in scenario.guests:
            if extension not in directory.extensions:
                directory.add_extension(usual_extension(extension, name))
        exchange = Exchange(self._agenda, directory, scenario, self._rng, zone)
        self._floor = Floor(
            self._agenda,
            directory,
            exchange.ledger,
            exchange.lines.by_extension,
            pause_time_survives_share=scenario.pause_time_survives_share,
        )
        self.switch = Switch(exchange, self._floor)
        self.ledger = exchange.ledger
        self.telephony = Telephony(exchange, self.switch)
        self._callers = Callers(exchange, self.switch.entrance, zone)
        self.attendance = Attendance(self._agenda, directory, self.sign_out)
        self.watch = Watch(self._agenda, directory, self._gauges, zone)
        if directory.alerts:
            self.watch.begin()
        for supervisor in directory.live_supervisors()[: scenario.supervisors_at_work]:
            self.attendance.come_to_work(supervisor)
        self.staff = Staff(self._agenda, directory, self, scenario, self._rng, zone)
        self.staff.begin()
        self._callers.begin()
        self.bursts = Bursts(exchange, self._callers)

    @property
    def now(self) -> float:
        """The world's moment in UNIX seconds."""
        return self._agenda.now

    def tick(self, seconds: float) -> None:
        """Let time pass. ValueError unless `seconds` is a finite number, 0 or more."""
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError("a tick is a finite number of seconds, 0 or more")
        self._agenda.run_to(self.now + seconds)

    def run_to(self, moment: float, *, most_events: int | None = None) -> bool:
        """Let time pass up to a UNIX time; one that has passed already changes nothing.

        False when more would have happened than `most_events`: the world then stands at the last of those.
        """
        return not math.isfinite(moment) or self._agenda.run_to(moment, at_most=most_events)

    def agent_action(self, action: str, options: Mapping[str, object]) -> None:
        """Accept an agent action of the EQ API; raises Refusal. Accepted is not done: it happens 0.2 to 0.8 s later."""
        order = read_order(self.directory, action, options)
        self._agenda.after(self._rng.uniform(0.2, 0.8), partial(self._carry_out, order))

    def place_call(
        self,
        queue: str,
        *,
        name: str | None = None,
        number: str | None = None,
        patience_seconds: float | None = None,
        talk_seconds: float | None = None,
    ) -> Call:
        """A caller enters a queue now, with the patience given or for ever. KeyError for an unknown queue."""
        return self._callers.place_call(
            queue, name=name, number=number, patience_seconds=patience_seconds, talk_seconds=talk_seconds
        )

    def hang_up(self, unique_id: str) -> bool:
        """The caller hangs up now, wherever they are. False when there is no such caller."""
        call = self.switch.calls.get(unique_id)
        if call is not None:
            self.switch.hang_up(call)
        return call is not None

    def truth(self) -> dict[str, object]:
        """The exact books of every queue and of all together, with how many wait, are parked and confer now.

        Deleted queues are among them. The calls themselves are in `ledger`.
        """
        queues = self.directory.queues.values()
        books = {queue.extension: queue.ledger.as_dict() | {"waiting": len(queue.waiting)} for queue in queues}
        return {
            "now": self.now,
            "started_at": self.ledger.started_at,
            "totals": {"waiting": 0} | total(books.values()),
            "queues": books,
            "parked": len(self.switch.lot.calls),
            "conferences": len(self.switch.conferences),
        }

    # What happens to an agent, at once. Without `queues`: in all of theirs.

    def report_for_work(self, agent: Agent) -> None:
        """Sign in to the system and every bound queue, with the usual skills; wrap-up and pauses end.

        Refusal when that desk is not for them now; see `Attendance.come_to_work`.
        """
        if agent.session_since is None:
            self.attendance.come_to_work(agent)
        self._floor.sign_in(agent, agent.bound.items())
        self._floor.exit_wrap_up(agent, agent.memberships)
        self.resume(agent)

    def go_home(self, agent: Agent) -> None:
        """Sign out of every queue and of the system; a call in progress goes on."""
        self.attendance.go_home(agent)

    def is_led(self, agent: Agent) -> bool:
        """Whether somebody signed the agent in through the API."""
        return self.attendance.is_led(agent)

    def sign_in(self, agent: Agent, skills: Iterable[tuple[str, int]], *, paused: bool = False) -> None:
        """Sign in to queues, each with a skill of 1 to 5."""
        self._floor.sign_in(agent, skills, paused=paused)
        self.switch.distributor.distribute_for(agent)

    def sign_out(self, agent: Agent, queues: Iterable[str] | None = None) -> None:
        """Sign out of queues."""
        self._floor.sign_out(agent, agent.memberships if queues is None else queues)
        self._settle(agent)

    def pause(self, agent: Agent, code: int | None, queues: Iterable[str] | None = None) -> None:
        """Pause in queues, with the id of a pause code or None."""
        self._floor.pause(agent, agent.memberships if queues is None else queues, code)
        self._settle(agent)

    def resume(self, agent: Agent, queues: Iterable[str] | None = None) -> None:
        """Take up work again in queues."""
        self._floor.resume(agent, agent.memberships if queues is None else queues)
        self.switch.distributor.distribute_for(agent)

    def exit_wrap_up(self, agent: Agent, queues: Iterable[str] | None = None) -> None:
        """End wrap-up in queues."""
        self._floor.exit_wrap_up(agent, agent.memberships if queues is None else queues)
        self.switch.distributor.distribute_for(agent)

    # What happens to what is changed or deleted, at once.

    def change_queue(self, queue: Queue, settings: QueueSettings) -> None:
        """New settings hold from now on for whoever enters, is offered, rings, answers or wraps up. What has begun goes
        on as it began: a telephone's ringing, a wrap-up, a pause by the system, the longest wait of who waits already.
        """
        queue.settings = settings
        self.switch.entrance.watch(queue)

    def add_extension(self, extension: Extension) -> None:
        """One more extension, or another in the place of one; an agent who sat at a number that did not exist may be
        there already.
        """
        self.directory.add_extension(extension)
        self.switch.distributor.offer_to(self.switch.distributor.agents_at(extension.extension))

    def dismiss(self, user: Agent | Supervisor) -> None:
        """A user who is deleted is signed out everywhere, for good; a call in progress goes on."""
        self.attendance.dismiss(user)
        user.deleted = True

    def close_queue(self, queue: Queue) -> None:
        """A queue that is deleted: its agents are signed out of it, its callers lose their line, which is no abandoning
        of theirs. Calls that have been answered go on.
        """
        queue.deleted = True
        for agent in list(queue.members.values()):
            self.sign_out(agent, [queue.extension])
        for call in list(queue.waiting.values()):
            self.switch.distributor.close_out(call)

    def _gauges(self) -> Gauges:
        return Gauges(self.directory, self.attendance.sessions, self.licence, self.machine, self.now)

    def _settle(self, agent: Agent) -> None:
        """An agent who left or paused the queue that rings them stops ringing; other queues may have gained by it."""
        if agent.ringing is not None:
            membership = agent.memberships.get(agent.ringing.queue)
            if membership is None or membership.paused:
                self.switch.distributor.withdraw(agent)
        self.switch.distributor.distribute_for(agent)

    def _carry_out(self, order: Order) -> None:
        """Do what was accepted, if it still applies: in the meantime the agent may have gone home."""
        agent = self.directory.live_agent(order.agent)
        if agent is None or agent.session_since is None:
            return
        match order.action:
            case "signIn":
                self.sign_in(agent, order.skills, paused=order.paused)
            case "signOut":
                self.sign_out(agent, order.queues)
            case "pause":
                self.pause(agent, order.pause_code, order.queues)
            case "resume":
                self.resume(agent, order.queues)
            case "exitWrapUp":
                self.exit_wrap_up(agent, order.queues)
