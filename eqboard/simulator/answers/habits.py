"""What real switches do to the rows of the agents' status (contract §4), as far as a scenario asks for it. Pure.

Each habit is drawn from what the row is about, so it is the same in every run and in every answer; only the order is
another one from moment to moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from eqboard.simulator.answers.values import JsonObject
from eqboard.simulator.office.entities import AgentState
from eqboard.simulator.scenario import Scenario


def as_told(rows: Sequence[JsonObject], scenario: Scenario, now: float) -> list[JsonObject]:
    """The rows with the scenario's habits; they themselves stay whole."""
    told = [_with_wrap_up_as_pause(_with_bare_skill(row, scenario), scenario) for row in rows]
    if scenario.rows_in_any_order:
        Random(f"order {now}").shuffle(told)
    return told


def _with_bare_skill(row: JsonObject, scenario: Scenario) -> JsonObject:
    """For a share of the rows the skill is 0, or is not there at all."""
    if not scenario.bare_skill_share or row["queue"] is None:
        return row  # to make dice takes longer than to make the row
    rng = Random(f"skill {row['agent']} {row['queue']}")
    if rng.random() >= scenario.bare_skill_share:
        return row
    if rng.random() < 0.5:
        return row | {"skill": 0}
    return {name: value for name, value in row.items() if name != "skill"}


def _with_wrap_up_as_pause(row: JsonObject, scenario: Scenario) -> JsonObject:
    """Wrap-up as a pause whose code says that it is one, and whose end nobody tells."""
    if row["status"] != AgentState.WRAP_UP or scenario.wrap_up_pause_code is None:
        return row
    paused = str(AgentState.PAUSED)
    return row | {"status": paused, "paused": True, "pauseCode": scenario.wrap_up_pause_code, "wrapUpEndTime": None}
