"""For whom a screen is rendered: everybody with an equal audience shares one rendering."""

from dataclasses import dataclass
from enum import StrEnum

from eqboard.accounts.access import Rights


class Surface(StrEnum):
    """Where a board is looked at."""

    DESK = "desk"
    TV = "tv"


@dataclass(frozen=True, slots=True)
class Audience:
    surface: Surface
    language: str
    rights: Rights
