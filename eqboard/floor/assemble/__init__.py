"""EQ's answers into a snapshot: the only place that knows both vocabularies. Pure; time comes in as an argument.

A part that failed keeps its last truth and is marked; a row that makes no sense is left out and counted; a state word
that nobody knows makes that one agent unknown. Times come in EQ's clock and leave in ours.
"""

from collections.abc import Mapping
from dataclasses import replace

from eqboard.eq.wire import Rows
from eqboard.floor.assemble.agents import agents_of
from eqboard.floor.assemble.answers import AgentName, Answers, Names, Taken
from eqboard.floor.assemble.calls import abandoned_of, conferences_of, parked_of, waiting_of
from eqboard.floor.assemble.lines import LineAnswer, lines_of
from eqboard.floor.assemble.queues import queues_of
from eqboard.floor.snapshot import Part, PauseCode, Snapshot, Source, combined_state

__all__ = ["AgentName", "Answers", "LineAnswer", "Names", "Taken", "aged", "assemble", "combined_state", "lines_of"]


def assemble(
    answers: Answers, names: Names, previous: Snapshot, taken: Taken, every_seconds: Mapping[Part, float]
) -> Snapshot:
    """The floor after one round. What goes on at extensions is read beside the rounds (`lines_of`)."""
    sources = _sources(answers, previous, taken, every_seconds)
    agents = agents_of(answers, names, previous, taken)
    waiting = waiting_of(answers.calls, agents, names, previous, taken)
    return Snapshot(
        sources=sources,
        queues=queues_of(answers, agents, waiting, names, previous, taken),
        agents=agents,
        waiting=waiting,
        parked=parked_of(answers.parked, agents, previous, taken),
        abandoned=abandoned_of(names, previous),
        conferences=conferences_of(answers.conferences, previous, taken),
        pause_codes={key: PauseCode(key, name) for key, name in names.pause_codes.items()},
        lines=previous.lines,
    )


def aged(answers: Answers, previous: Snapshot, taken: Taken, every_seconds: Mapping[Part, float]) -> Snapshot:
    """The floor after answers that change nothing of it but how old it is."""
    return replace(previous, sources=_sources(answers, previous, taken, every_seconds))


def _sources(
    answers: Answers, previous: Snapshot, taken: Taken, every_seconds: Mapping[Part, float]
) -> dict[Part, Source]:
    sources = {}
    for part in Part:
        answer = getattr(answers, part.value)
        old = replace(previous.sources.get(part) or Source(part, 0), every_seconds=every_seconds[part])
        if isinstance(answer, Rows):
            asked_at = answers.asked_at.get(part, taken.at)
            took_seconds = answers.took_seconds.get(part, max(0.0, (taken.at - asked_at).total_seconds()))
            sources[part] = Source(part, every_seconds[part], asked_at, None, answer.unreadable_count, took_seconds)
        else:
            sources[part] = old if answer is None else replace(old, trouble=answer)
    return sources
