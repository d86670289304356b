"""What the benchmark may have measured, made up: all is well with it but for what is said."""

from typing import Any

from eqboard.ops.bench import journey, polling, stalled
from eqboard.ops.bench.counting import Tally
from eqboard.ops.bench.deliveries import Run
from eqboard.ops.bench.sending import Sent


def a_sent(count: int = 10, frames: int = 2, *, cpu: float = 0.002, wait: float = 0.01, **others: Any) -> Sent:
    tally = Tally(frames=count * frames, wire_bytes=count * frames * 1000, **others.pop("tally", {}))
    usual = {"client_busy": 0.2, "clocks_differ": 0.0, "latencies": [wait] * (count * frames)}
    return Sent(viewers=count, frames=frames, seconds=1.0, cpu_seconds=cpu, tally=tally, **{**usual, **others})


def a_run(count: int = 10, *, cpu: float = 0.002, wait: float = 0.01, **others: Any) -> Run:
    usual: dict[str, Any] = {"loop": a_sent(count), "megabytes_per_viewer": 0.03, "join_milliseconds": 2.0}
    return Run(a_sent(count, cpu=cpu, wait=wait), **{**usual, **others})


def a_stall(**others: Any) -> stalled.Run:
    usual: dict[str, Any] = {
        "calm": a_sent(wait=0.01), "sent": a_sent(wait=0.03), "after": Tally(skipped=50, wholes=10),
        "grown_megabytes": (1.0, 0.2), "stalled": 10, "back": [0.1] * 10, "ended": 0,
    }  # fmt: skip
    return stalled.Run(**{**usual, **others})


def a_way(**facts: Any) -> polling.Run:
    fine = {"cpu_seconds": 0.1, "wire_bytes": 1000.0, "came": 1.0, "wrong": 0, "client_busy": 0.1, "clocks_differ": 0.0}
    return polling.Run(**{**fine, **facts})


def a_journey(**facts: Any) -> journey.Journeys:
    fine = {"wanted": 2, "waited": [0.5, 1.0], "after_eq": [], "shares": {}, "client_busy": 0.1, "drawn": [1.0]}
    return journey.Journeys(**{**fine, **facts})
