"""Tests that need to know how much processor time another process takes, which not every system tells."""

import os

import pytest

from eqboard.ops.bench.measure import Skipped
from eqboard.ops.bench.processes import processor_clock


def _has_clock() -> bool:
    try:
        return processor_clock(os.getpid())() > 0
    except Skipped:
        return False


has_clock = pytest.mark.skipif(not _has_clock(), reason="this system does not tell of other processes")
