"""Small things that answers are made of."""

from __future__ import annotations

import math

JsonObject = dict[str, object]


def whole(moment: float | None) -> int | None:
    """A moment truncated to whole seconds; unlimited (inf) shows as none."""
    return None if moment is None or math.isinf(moment) else int(moment)
