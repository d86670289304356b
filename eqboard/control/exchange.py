"""The exchange as the hands reach it: one client of EQ for each event loop."""

from eqboard.config import eq_from, get_config
from eqboard.loops import PerLoop

telephones = PerLoop(lambda: eq_from(get_config()))
