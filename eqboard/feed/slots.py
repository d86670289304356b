"""The names of claims' slots and subjects: what only one may hold, and what others see marked.

Text is what Redis keeps; nobody else spells it. Of each kind there is one function, and none is a part of another.
"""

NEXT = "next:"  # begins the slot of what takes the place of something that lasts
RINGING = "rings:"


def agent(agent_id: int | None) -> str:
    return f"agent:{agent_id}"


def call(key: str) -> str:
    """A caller, wherever they are: nobody else moves them meanwhile."""
    return f"call:{key}"


def parked(key: str) -> str:
    """A caller, as they are marked in the parking lot."""
    return f"parked:{key}"


def caller_of(subject: str) -> str | None:
    """The key of the caller whom it marks; None where it marks something else."""
    kind, _, key = subject.partition(":")
    return key if kind in ("call", "parked") else None


def conference(extension: str) -> str:
    return f"conference:{extension}"


def extension(number: str) -> str:
    """A telephone at which no agent sits, as it is marked."""
    return f"extension:{number}"


def line(channel_or_extension: str) -> str:
    """One call at a telephone, by the telephone's channel; or the telephone, where nothing is asked about a call."""
    return f"line:{channel_or_extension}"


def ringing(extension: str) -> str:
    """The telephone that an order makes ring: it is free for one of them. Who listens from there holds it as long."""
    return f"{RINGING}{extension}"


def rung(slot: str) -> str | None:
    """The extension of such a slot."""
    return slot.removeprefix(RINGING) if slot.startswith(RINGING) else None


def stopping(extension: str) -> str:
    """The end of a listening from there."""
    return f"stop:{extension}"


def following(slot: str) -> str:
    """What is to take the place of what lasts there, until that is seen."""
    return f"{NEXT}{slot}"


def key_press(attempt: object) -> str:
    """Each press of a telephone's key is one of its own."""
    return f"key:{attempt}"
