"""Whether a board could run on a site's EQ: what `eqboard.eq.check` finds there, held against what a board reads.

What `manage.py eqcheck --json` prints, whose names stay as they are:

    can_run              whether a board could run on this server
    reasons              why it could not: sentences, each with what to do next
    warnings             what a board would lack: sentences
    clock_skew_seconds   EQ's clock minus ours, as in eqboard/eq/check/__init__.py
    suggestion           the text of a dialect file, as there
    operations           one entry for each read of the API, as there

As there, no value is in it that could be somebody's secret, name or number.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from eqboard.config import Config, eq_from, in_settings
from eqboard.eq import Server, load_dialect
from eqboard.eq.check import Report, Result, check_server
from eqboard.floor.reads import PRESSED
from eqboard.ops.eqcheck.judging import Names, Verdict, judge
from eqboard.ops.eqcheck.report import as_json, verdict_lines

__all__ = ["Names", "Verdict", "api_url", "as_json", "check", "judge", "verdict_lines", "warnings_of"]


async def check(config: Config, tell: Callable[[Result], object]) -> tuple[Report, Verdict]:
    """Ask the configured EQ, and judge it; `tell` hears each result as it comes. Raises no error of EQ."""
    async with eq_from(config) as eq:
        report = await check_server(eq, load_dialect(config.eq_dialect), tell=tell, actions=PRESSED)
    verdict = judge(report, names_in(config))
    return report, replace(verdict, warnings=(*warnings_of(config), *verdict.warnings))


def warnings_of(config: Config) -> Iterator[str]:
    """What is worth knowing of the way to EQ, whatever is found at its end."""
    if config.is_eq_unverified:
        yield (
            "EQ's certificate is not checked (EQBOARD_EQ_VERIFY_TLS): others may read the key, and answer in EQ's "
            "place. A certificate that is not public can be named in EQBOARD_EQ_CA_FILE."
        )
    if config.is_eq_overheard:
        yield (
            "EQBOARD_EQ_URL has http:// and another machine: others may read the key on the way. "
            "Let it begin with https:// if EQ has that."
        )


def names_in(config: Config) -> Names:
    """What whoever runs the board knows the things by: their settings."""
    return Names(
        address=f"EQBOARD_EQ_URL ({config.eq_url})",
        key="EQBOARD_EQ_KEY",
        dialect="EQBOARD_EQ_DIALECT",
        told=in_settings,
        is_encrypted=config.is_eq_encrypted,
    )


def api_url(config: Config) -> str:
    return Server(config.eq_url, config.eq_key).api_url
