"""Finding quoted words again in the text that they were quoted from."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text; ``marks`` are the indexes of the quotes that it belongs to, if any."""

    text: str
    marks: tuple[int, ...] = ()


def segments(text: str, quotes: Sequence[str]) -> list[Segment]:
    """``text`` cut where quotes begin and end; joined again, the segments are the text.

    A quote is found whatever its case and spaces; all places where it stands are marked. One that
    stands nowhere (empty, or not of this text) marks nothing.
    """
    spans = [
        (start, end, index)
        for index, quote in enumerate(quotes)
        for start, end in _places(text, quote)
    ]
    cuts = sorted({0, len(text), *(s for s, _, _ in spans), *(e for _, e, _ in spans)})
    found = []
    for start, end in itertools.pairwise(cuts):
        marks = tuple(sorted({i for s, e, i in spans if s <= start and end <= e}))
        found.append(Segment(text[start:end], marks))
    return found


def _places(text: str, quote: str) -> list[tuple[int, int]]:
    words = quote.split()
    if not words or len(quote) > _LONGEST:
        return []
    pattern = r"\s+".join(re.escape(word) for word in words)
    if words[0][0].isalnum():
        pattern = rf"(?<!\w){pattern}"
    if words[-1][-1].isalnum():
        pattern = rf"{pattern}(?!\w)"
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
