"""Recordings of calls: which run, and the files there are, as absolute paths in Asterisk's manner."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from eqboard.simulator.agenda import Agenda

FOLDER = "/var/spool/asterisk/monitor"
KEPT_CALLS = 5000  # that are over and have recordings; of older ones the files are found no more


@dataclass(slots=True)
class _Tape:
    """The recordings of one call, oldest first."""

    unique_ids: list[str]
    paths: list[str] = field(default_factory=list)
    is_running: bool = False
    is_over: bool = False


class Recordings:
    """By call id, or by any unique id the call has had since it was first recorded. Files are named by the clock of the
    exchange's time zone, as Asterisk's are.
    """

    def __init__(self, agenda: Agenda, zone: tzinfo = UTC) -> None:
        self._agenda = agenda
        self._zone = zone
        self._tapes: dict[int, _Tape] = {}
        self._call_ids: dict[str, int] = {}  # by unique id
        self._over: deque[int] = deque()  # call ids, in the order in which the calls ended

    def of_call(self, call_id: int) -> list[str]:
        """The files of a call, the one that is being written included; none for an unknown one."""
        tape = self._tapes.get(call_id)
        return list(tape.paths) if tape is not None else []

    def of_unique_id(self, unique_id: str) -> list[str]:
        """The files of the call with that unique id."""
        call_id = self._call_ids.get(unique_id)
        return self.of_call(call_id) if call_id is not None else []

    def is_running(self, call_id: int) -> bool:
        """Whether the call is being recorded."""
        tape = self._tapes.get(call_id)
        return tape is not None and tape.is_running

    def start(self, call_id: int, unique_id: str, label: str) -> None:
        """Record from now on; what is recorded already goes on. `label` begins the file's name: "q500" or "201"."""
        tape = self._tapes.setdefault(call_id, _Tape([]))
        self._name(call_id, tape, unique_id)
        if not tape.is_running:
            tape.is_running = True
            tape.paths.append(self._new_path(tape, label, unique_id))

    def stop(self, call_id: int) -> None:
        """End the recording and keep it."""
        if self.is_running(call_id):
            self._tapes[call_id].is_running = False

    def cancel(self, call_id: int) -> None:
        """End the recording and throw it away; what was stopped before is kept."""
        if self.is_running(call_id):
            self._tapes[call_id].is_running = False
            self._tapes[call_id].paths.pop()

    def also_called(self, call_id: int, unique_id: str) -> None:
        """The call goes on under another unique id (contract §4)."""
        if call_id in self._tapes:
            self._name(call_id, self._tapes[call_id], unique_id)

    def end(self, call_id: int) -> None:
        """The call is over. Its files stay findable for the next KEPT_CALLS calls."""
        tape = self._tapes.get(call_id)
        if tape is None or tape.is_over:
            return
        tape.is_running, tape.is_over = False, True
        if not tape.paths:
            self._lose(call_id)
            return
        self._over.append(call_id)
        if len(self._over) > KEPT_CALLS:
            self._lose(self._over.popleft())

    def _name(self, call_id: int, tape: _Tape, unique_id: str) -> None:
        if unique_id not in tape.unique_ids:
            tape.unique_ids.append(unique_id)
            self._call_ids[unique_id] = call_id

    def _lose(self, call_id: int) -> None:
        for unique_id in self._tapes.pop(call_id).unique_ids:
            del self._call_ids[unique_id]

    def _new_path(self, tape: _Tape, label: str, unique_id: str) -> str:
        moment = datetime.fromtimestamp(self._agenda.now, self._zone)
        stem = f"{FOLDER}/{moment:%Y/%m/%d}/{label}-{moment:%Y%m%d-%H%M%S}-{unique_id}"
        return f"{stem}.wav" if f"{stem}.wav" not in tape.paths else f"{stem}-{len(tape.paths)}.wav"
