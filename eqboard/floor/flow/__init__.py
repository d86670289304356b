"""Two snapshots into what happened between them: pure. Time is in the snapshots (metrics.md §3).

Every wait is counted once when it is first seen, and once by what became of it: at any moment offered = answered +
abandoned + flowed out + stolen + unresolved + those who wait or of whom it is not decided yet. Those who wait already
when the watch begins are offered then, or else their answers would outnumber the offers; calls that agents are on
already are not counted, as their answers were before.
"""

from eqboard.floor.flow.callers import follow_callers
from eqboard.floor.flow.channels import forgetting, shared_channels, without_channels
from eqboard.floor.flow.entering import with_possible_waits
from eqboard.floor.flow.events import Event, EventKind
from eqboard.floor.flow.fates import decide_fates
from eqboard.floor.flow.observation import Observation
from eqboard.floor.flow.people import follow_agents
from eqboard.floor.flow.watch import Watch
from eqboard.floor.snapshot import Snapshot

__all__ = ["Event", "EventKind", "Watch", "observe", "with_possible_waits"]


def observe(watch: Watch, before: Snapshot, after: Snapshot) -> tuple[Watch, tuple[Event, ...]]:
    """What happened from `before` to `after`, and the watch to go on with from there.

    Nothing is concluded from a part that was not read anew; `before` is the `after` of the last time, each made
    `with_possible_waits`.
    """
    shared = shared_channels(watch.shared, after)
    before, after = without_channels(before, shared), without_channels(after, shared)
    seen = Observation(forgetting(watch, shared), before, after)
    if not seen.calls.is_new and not seen.agents.is_new:
        return watch, ()
    follow_callers(seen)
    follow_agents(seen)
    decide_fates(seen)
    seen.forget()
    return seen.watch(), tuple(seen.events)
