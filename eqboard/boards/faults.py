"""What is wrong with something that people wrote: a place in it and a sentence for them."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` leads to the place as in the JSON, by names and indexes from 0; empty: the whole."""

    path: tuple[str | int, ...]
    sentence: str | Promise  # for the reader, in their language

    @property
    def place(self) -> str:
        """The path as one word: "parts-2-span"."""
        return "-".join(map(str, self.path))


class FaultyError(ValueError):
    """It cannot be taken as it is; `faults` say why, and there is one at least."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(str(fault.sentence) for fault in faults))
        self.faults = faults
