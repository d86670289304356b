"""Who sits at which extension, and who in a call is at one. Pure."""

import re
from collections.abc import Mapping

from eqboard.floor.snapshot import Agent, Caller, Snapshot

LONGEST_EXTENSION = 20  # digits


def seated(floor: Snapshot) -> Mapping[str, Agent]:
    """By extension; of several agents who have been there, one who is signed in."""
    there: dict[str, Agent] = {}
    for agent in floor.agents.values():
        if agent.extension and _is_likelier(agent, there.get(agent.extension)):
            there[agent.extension] = agent
    return there


def _is_likelier(agent: Agent, other: Agent | None) -> bool:
    return other is None or (bool(agent.signed_in) and not other.signed_in)


def telephone_of(caller: Caller) -> str | None:
    """The extension of the exchange whose telephone somebody in a call has, by their channel (`SIP/203-0000001a`): a
    number alone may be claimed by anybody outside. None for who is outside.
    """
    number, peer = caller.number or "", (caller.channel or "").partition("/")[2]
    is_own = number.isascii() and number.isdigit() and len(number) <= LONGEST_EXTENSION
    return number if is_own and re.match(f"{number}(?![0-9])", peer) else None
