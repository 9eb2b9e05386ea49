"""Decisions told by several hints near each other, of which none would do alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from services.intake.domain.normalise.decisions.words import OLD, is_denied, is_feared
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.reference import Decision
from services.intake.domain.normalise.text import Folded

CORE = 0  # the kind of hint that tells which decision it is; the others tell that there is one
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class Hinted:
    """``core``: the hints that tell which decision it is; ``hits``: they and those beside them."""

    core: list[Hit]
    hits: list[Hit]


def hinted(decision: Decision, loose: Folded) -> Hinted:
    """Where ``loose`` tells of ``decision`` by hints that stand together; none of them calm."""
    if decision.signs is None or decision.signs.kinds[CORE].first(loose) is None:
        return Hinted([], [])
    signs = [
        (kind, match)
        for kind, match in decision.signs.matches(loose)
        if kind != CORE or not _is_calm(decision, loose, _hit(decision, loose, match))
    ]
    together = decision.signs.together(signs)
    cores = {match.span() for kind, match in signs if kind == CORE}
    hits = [_hit(decision, loose, match) for match in together]
    return Hinted([h for h in hits if (h.start, h.end) in cores], hits)


def _hit(decision: Decision, loose: Folded, match: re.Match[str]) -> Hit:
    start, end = match.span()
    return Hit(decision.rule.id, start, end, loose.words(start, end), decision.rule.confidence)


def _is_calm(decision: Decision, loose: Folded, hit: Hit) -> bool:
    """Is the decision denied, feared, somebody else's, supposed, or long over?"""
    start, end = loose.sentence(hit.start)
    return (
        is_denied(loose, hit)
        or any(is_denied(loose, h) for h in _overlapping(hit, decision.rule.hits(loose)))
        or is_feared(loose, hit)
        or decision.rule.excepted(loose, hit.start, hit.end)
        or loose.has(_SUPPOSED, start, end)
        or loose.has(OLD, start, end)
    )


def _overlapping(one: Hit, others: Sequence[Hit]) -> list[Hit]:
    """Those of ``others``, in order, that share a place with ``one``."""
    starts = attrgetter("start")
    low = bisect_left(others, one.start - _LONGEST_NAME, key=starts)
    high = bisect_left(others, one.end, key=starts)
    return [other for other in others[low:high] if one.start < other.end]


# Said of nobody, or of a day that may never come.
_SUPPOSED = re.compile(
    r"\b(?:si (?:un jour|jamais|on (?:me|nous|lui)|la prefecture|le prefet)|s il ar+ivait|imaginons|suppos\w*|par curiosite|"
    r"hypoth\w*|if (?:one day|ever|they (?:were|would|decide)|the prefect)|what if|suppose|si algun dia|si un dia|se um dia|"
    r"se un giorno|daca intr o zi|nese nje dite|bir gun|eger bir|если (?:когда|вдруг)|якщо колись|gdyby|ako jednog|"
    r"wen+ eines tages|fal+s|als ooit|ila nhar|اذا يوم|لو كان)\b"
)
