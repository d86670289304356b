"""What a board reads of EQ, what it would be without, and what is pressed on it: said once, for whoever reads and for
whoever judges an EQ.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from eqboard.floor.snapshot import Part


@dataclass(frozen=True, slots=True)
class Read:
    """One operation of EQ's API, by its name.

    Of `fields` a board needs one, if there are any. `without` ends a sentence: what becomes of a board that has none of
    them, or nothing of the whole where it can be without that. `is_tried`: ids are tried, as EQ has no list of them
    (contract §2), and there may be none.
    """

    operation: str
    fields: tuple[str, ...] = ()
    without: str = ""
    is_tried: bool = False


EVERY_ROUND: Mapping[Part, Read] = {
    Part.STATISTICS: Read("call_queue_statistics.all"),
    Part.AGENTS: Read("call_queue_agents.all", ("status",), "nobody could tell who is available"),
    Part.CALLS: Read("queued_calls.all"),
}
"""There is no board without any of these."""

EVERY_FEW_ROUNDS: Mapping[Part, Read] = {
    Part.PARKED: Read("parked_calls.all", without="parked calls are not shown"),
    Part.CONFERENCES: Read("conferences.all", without="conferences are not shown"),
    Part.SESSIONS: Read("active_sessions.agents", without="who is signed in to EQ is not shown"),
}


def requests_per_round(slow_every_rounds: int) -> float:
    """How many EQ gets for a round on average, with one beside it: for a name, or what goes on at an extension."""
    return len(EVERY_ROUND) + len(EVERY_FEW_ROUNDS) / slow_every_rounds + 1


def most_at_once(retry_count: int) -> int:
    """How many EQ gets for a round at most, each tried again, and beside it for a name and an extension."""
    return (len(EVERY_ROUND) + len(EVERY_FEW_ROUNDS)) * (1 + retry_count) + 2


NAMES = (
    Read("call_queues.get", ("name",), "queues are shown by their extensions"),
    Read("agents.get", ("first_name", "last_name", "number"), "agents are shown by their ids"),
    Read("pause_codes.get", ("name",), "reasons of a pause are not shown", is_tried=True),
)
"""Asked one by one, beside the rounds."""

PRESSED: Mapping[str, str] = {
    "call_queue_agents.pause": "pausing",
    "call_queue_agents.resume": "resuming",
    "call_queue_agents.sign_in": "signing agents in",
    "call_queue_agents.sign_out": "signing agents out",
    "call_queue_agents.exit_wrap_up": "ending a wrap-up",
    "queued_calls.steal": "stealing a waiting caller",
    "parked_calls.pick_up": "picking up a parked call",
    "call_monitor.spy": "spying",
    "call_monitor.whisper": "whispering",
    "call_monitor.barge_in": "barging in",
    "extensions.dial": "dialing",
    "extensions.blind_transfer": "transferring",
    "extensions.park": "parking",
    "extensions.hang_up": "hanging up",
    "call_recordings.start": "recording",
    "call_recordings.stop": "ending a recording",
    "call_recordings.cancel": "throwing a recording away",
    "phones.press": "pressing a telephone's keys",
}
"""The actions of EQ's API that a board asks for, and what each is called in a sentence."""
