"""The public: calls arrive as a Poisson stream for each queue, thinned to the rate of the moment."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, tzinfo
from functools import partial

from eqboard.simulator.clock import seconds_of_day
from eqboard.simulator.people import caller_name, caller_number
from eqboard.simulator.switch.entrance import Entrance
from eqboard.simulator.switch.exchange import Exchange
from eqboard.simulator.switch.parties import Call

POPULARITY = (1.25, 0.9, 0.85)  # averages to 1


class Callers:
    """Who calls, when, and with how much patience."""

    def __init__(self, exchange: Exchange, entrance: Entrance, zone: tzinfo = UTC) -> None:
        self._agenda = exchange.agenda
        self._directory = exchange.directory
        self._scenario = exchange.scenario
        self._rng = exchange.rng
        self._exchange = exchange
        self._entrance = entrance
        self._started_at = exchange.now
        self._zone = zone

    def begin(self) -> None:
        """Open the lines. Queues are called as they are staffed, some more and some less; the sum fits busy_share.

        The public does not know the numbers of queues for outbound calls (type 1), nor of those that come later.
        """
        queues = [queue for queue in self._directory.live_queues() if queue.settings.is_public]
        staffed = Counter(queue for agent in self._directory.live_agents() for queue in agent.bound)
        shares = [staffed[queue.extension] * POPULARITY[place % 3] for place, queue in enumerate(queues)]
        for queue, share in zip(queues, shares, strict=True):
            rate = self._calls_per_second() * share * self._scenario.peak_rate
            if rate > 0:
                self._expect(queue.extension, rate / sum(shares))

    def place_call(
        self,
        extension: str,
        *,
        name: str | None = None,
        number: str | None = None,
        patience_seconds: float | None = None,
        talk_seconds: float | None = None,
    ) -> Call:
        """Put a caller into a queue that exists now; what is not given is drawn, but patience: None waits for ever."""
        call_id = self._exchange.new_call_id()
        call = Call(
            id=call_id,
            unique_id=self._exchange.new_unique_id(),
            channel=_channel(call_id, extension),
            number=caller_number(self._rng) if number is None else number,
            name=caller_name(self._rng, self._scenario.hostile_share) if name is None else name,
            queue=extension,
            entered_at=self._agenda.now,
            talk_left=self._scenario.talk.draw(self._rng) if talk_seconds is None else talk_seconds,
        )
        self._entrance.enter(call, patience_seconds)
        return call

    def _calls_per_second(self) -> float:
        scenario = self._scenario
        breaks = scenario.break_every.mean_seconds if scenario.break_every else None
        working_share = breaks / (breaks + 900.0) if breaks else 1.0
        at_work = len(self._directory.live_agents()) * scenario.present_share * working_share
        wrap_ups = [queue.settings.wrap_up_time or 0 for queue in self._directory.live_queues()]
        handling = scenario.talk.mean_seconds + sum(wrap_ups) / max(1, len(wrap_ups))
        return scenario.busy_share * at_work / handling

    def _expect(self, extension: str, rate: float) -> None:
        self._agenda.after(self._rng.expovariate(rate), partial(self._arrive, extension, rate))

    def _arrive(self, extension: str, rate: float) -> None:
        """Thinning: candidates come at the peak's rate, and stay with the chance that the moment's rate has of it."""
        chance = self._scenario.rate_at(self._place_on_curve()) / self._scenario.peak_rate
        if self._rng.random() < chance and self._directory.queues[extension].settings.is_public:
            self.place_call(extension, patience_seconds=self._scenario.draw_patience(self._rng))
        self._expect(extension, rate)

    def _place_on_curve(self) -> float:
        if self._scenario.has_curve_by_clock:
            return seconds_of_day(self._agenda.now, self._zone)
        return self._agenda.now - self._started_at


def _channel(call_id: int, extension: str) -> str:
    # Channel names carry `; @ / < >` on real switches (contract §4): every seventh comes over a local channel, and
    # every eleventh over a trunk whose name somebody put into brackets.
    if call_id % 11 == 0:
        return f"SIP/<trunk>-{call_id:08x}"
    if call_id % 7 == 0:
        return f"Local/{extension}@from-queue-{call_id:08x};1"
    return f"SIP/trunk-{call_id:08x}"
