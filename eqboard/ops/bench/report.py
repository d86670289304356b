"""What the benchmark found, in Markdown; and the place in a page where the last of it stands."""

import os
import platform
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from math import floor, log10
from pathlib import Path

from eqboard.config import ROOT
from eqboard.ops.bench.measure import Figure, Remark, Told

BEGIN = "<!-- What follows is made by `manage.py bench --write`. -->"
END = "<!-- What is made by `manage.py bench --write` ends here. -->"


class NoPlace(Exception):
    """The page has no place for it; the message is one sentence."""


def insert(page: Path, report: str) -> None:
    """Put it between the two marks of that page, in place of the last one. Raises NoPlace, OSError."""
    before, after = around(page)
    page.write_text(f"{before}{BEGIN}\n\n{report.strip()}\n\n{END}{after}", encoding="utf-8")


def around(page: Path) -> tuple[str, str]:
    """What stands before the two marks of that page, and after them. Raises NoPlace, OSError."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlace(f"{page} has no place for it: two lines, {BEGIN} and {END}")
    return before, after


def machine() -> str:
    """On which these figures were made."""
    system, release, kind = platform.system(), platform.release(), platform.machine()
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {kind}, {system} {release}, Python {python}, eqboard {own_version()}"


def own_version() -> str:
    """As it is installed, or else, in a checkout, as pyproject.toml says."""
    try:
        return version("eqboard")
    except PackageNotFoundError:
        return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def table(told: Iterable[Told]) -> str:
    """The figures in Markdown, and the remarks below. Ratios that swung, or whose reference did, are no conclusion, and
    say so; that of the reference to itself is none.
    """
    lines = ["| scenario | variant | ms | × reference (least to most) |", "|---|---|---|---|"]
    remarks = []
    for each in told:
        if isinstance(each, Remark):
            about = f", {each.variant}" if each.variant else ""
            remarks.append(f"- {each.scenario}{about}: {each.text}")
            continue
        what = f"{each.variant}{share(each)}{traffic(each)}{room(each)}{tail(each)}{aim(each)}"
        lines.append(f"| {each.scenario} | {what} | {milliseconds(each)} | {compared(each)} |")
    return "\n".join((*lines, "", *remarks) if remarks else lines)


def milliseconds(figure: Figure) -> str:
    """What takes less than one has two digits that count."""
    if figure.ms is None:
        return "–"
    return f"{figure.ms:.1f}" if figure.ms >= 1 or not figure.ms else digits(figure.ms)


def compared(figure: Figure) -> str:
    """How often the reference's it is, and between which ratios it swung."""
    if figure.is_reference:
        return "reference, noisy" if figure.is_noisy else "reference"
    if figure.is_alone:
        return "–" if figure.least_ratio == figure.most_ratio else f"({swing(figure)})"
    ratio = "noisy" if figure.is_noisy else digits(figure.ratio)
    return f"{ratio} ({swing(figure)})"


def swing(figure: Figure) -> str:
    """Between which ratios, of several rounds."""
    if figure.rounds == 1:
        return "one round"
    return f"{digits(figure.least_ratio)} to {digits(figure.most_ratio)}"


def digits(ratio: float) -> str:
    """Two significant digits, written out; all those before the point."""
    rounded = float(f"{ratio:.1e}")
    places = max(0, 1 - floor(log10(abs(rounded)))) if rounded else 1
    return f"{ratio:.{places}f}"


def share(figure: Figure) -> str:
    """The share of a core that it takes, and what it is to be below; nothing for what does not go on all the time."""
    if figure.share_of_core is None:
        return ""
    target = "" if figure.target_share is None else f", target < {figure.target_share:g}"
    return f": **{figure.share_of_core:.2g} of one core**{target}"


def traffic(figure: Figure) -> str:
    """What a viewer gets of it in a minute; nothing for what no viewer gets."""
    return "" if figure.viewer_kilobytes is None else f": {figure.viewer_kilobytes:.0f} KB per viewer-minute"


def room(figure: Figure) -> str:
    """How much of it there is; nothing for what takes time."""
    if figure.amount is None:
        return ""
    number, unit = figure.amount
    text = f"{number:,.4g}" if unit and number < 1000 else f"{number:,.0f}"
    return f": {text} {unit}" if unit else f": {text}"


def tail(figure: Figure) -> str:
    """How long the slow ones took; nothing for what nobody waits for."""
    if figure.tail is None:
        return ""
    p95, most, count = figure.tail
    return f": p95 {p95:.1f} ms, most {most:.1f} ms, n {count}"


def aim(figure: Figure) -> str:
    """What it is to be, and what else has to be known of it."""
    target = figure.target
    verdict = f": target {target.text}, {'**missed**' if target.is_met is False else target.verdict}" if target else ""
    return f"{verdict}{f' ({figure.remark})' if figure.remark else ''}"


def what_counts(figure: Figure) -> str:
    """The one of its numbers that its target is about, so that it is seen on which side of it: in three digits."""
    if figure.tail is not None:
        return f"{figure.tail[0]:.0f} ms"
    if figure.is_alone and figure.amount is not None:
        return f"{digits(figure.most_ratio)} {figure.amount[1]}"
    ratio = "noisy" if figure.is_noisy else f"{figure.ratio:.3g}"
    return f"{ratio} ({figure.least_ratio:.3g} to {figure.most_ratio:.3g}) ×"
