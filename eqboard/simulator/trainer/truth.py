"""The books, which no answer of EQ shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from eqboard.simulator.asked import Asked, found
from eqboard.simulator.office.directory import read_key
from eqboard.simulator.refusals import Refusal
from eqboard.simulator.trainer.lever import Levers, Stage, whole_number
from eqboard.simulator.world import World

USUAL_PAGE = 1_000
LARGEST_PAGE = 5_000  # records; some 3 MB
CHOICES = ("queue", "since", "until", "after", "limit")
MOMENT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)

Query = Mapping[str, str]


def _truth(stage: Stage, asked: Asked) -> object:
    """The books of every queue and all of them together; with calls=1 also a page of the visits behind them."""
    query = asked.query
    if query.get("calls", "") not in ("", "0", "1"):
        raise Refusal("calls", "invalid", "Calls must be 0 or 1")
    if query.get("calls") == "1":
        return stage.world.truth() | {"calls": _page(stage.world, query)}
    for name in CHOICES:
        if query.get(name):
            raise Refusal(name, "invalid", f"{name} chooses among the records of calls: ask for them with calls=1")
    return stage.world.truth()


def _page(world: World, query: Query) -> dict[str, object]:
    """Records in order of entering; see `Ledger.visits` for what queue, since, until and after choose. `next_after` is
    the `after` of the next page, null after the last.
    """
    limit = whole_number("limit", query.get("limit") or str(USUAL_PAGE), least=1, most=LARGEST_PAGE)
    since, until = _moment(query, "since"), _moment(query, "until")
    if since is not None and until is not None and until < since:
        raise Refusal("until", "invalid", "until is before since: the earlier moment belongs into since")
    chosen = world.ledger.visits(queue=_queue(world, query), since=since, until=until, after=_after(query))
    page = list(islice(chosen, limit + 1))
    return {
        "records": [visit.as_dict() for visit in page[:limit]],
        "next_after": page[limit - 1].id if len(page) > limit else None,
        "let_go": world.ledger.let_go,
        "complete_since": world.ledger.complete_since,
    }


def _queue(world: World, query: Query) -> str | None:
    """Also one that is deleted: its books are kept."""
    extension = query.get("queue")
    if not extension:
        return None
    return found(world.directory.queues.get(extension), "queue", "Call queue does not exist").extension


def _moment(query: Query, name: str) -> float | None:
    text = query.get(name, "")
    if text and not MOMENT.fullmatch(text):
        raise Refusal(name, "invalid", f"{name} must be UNIX seconds, such as 1700000000 or 1700000000.5")
    return float(text) if text else None


def _after(query: Query) -> int:
    after = read_key(query.get("after") or "0")
    if after is None:
        raise Refusal("after", "invalid", "after must be the id of a record: the next_after of the page before")
    return after


LEVERS: Levers = {("GET", "/truth"): _truth}
