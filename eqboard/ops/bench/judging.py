"""What was sent, before it is made into figures: whether all of it came, and whether it was the server that worked."""

from collections.abc import Mapping, Sequence

from eqboard.ops.bench.crowd import MOST_BUSY
from eqboard.ops.bench.measure import Remark
from eqboard.ops.bench.sending import Sent

Sents = Mapping[str, Sequence[Sent]]
"""By the variant's name."""


def judged(scenario: str, sents: Sents, others: Sents | None = None) -> tuple[list[Remark], frozenset[str]]:
    """What is wrong with some, in remarks, and those who may be looked at. Of the others only what came wrongly counts:
    they may be as busy as they will.
    """
    told: list[Remark] = []
    sound = set()
    for name, own in sents.items():
        faults = sorted({fault for sent in (*own, *(others or {}).get(name, ())) for fault in sent.faults()})
        if faults:
            told.append(Remark(scenario, f"wrong: {', '.join(faults)}", name))
        if reason := too_busy(scenario, max(sent.client_busy for sent in own), name):
            told.append(reason)
            continue
        if differ := max(sent.clocks_differ for sent in own):
            told.append(Remark(scenario, clocks_differ(differ), name))
            continue
        if any(sent.is_saturated for sent in own):
            permille = min(1000 * sent.delivered // sent.wanted for sent in own)
            told.append(Remark(scenario, f"saturated: {permille / 10:g}% came in time", name))
        sound.add(name)
    return told, frozenset(sound)


def clocks_differ(share: float) -> str:
    """Why there are no figures, where two ways of telling what a process took do not agree."""
    return f"invalid: two clocks of its processor time differ by {share:.0%}"


def too_busy(scenario: str, share: float, variant: str = "") -> Remark | None:
    """Why there are no figures, where the process of those who look took more than MOST_BUSY of a core: were it busy
    all the time, what is measured would be itself.
    """
    if share <= MOST_BUSY:
        return None
    return Remark(scenario, f"invalid: the viewers' own process was busy for {share:.0%} of the time", variant)
