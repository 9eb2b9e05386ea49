"""Finding quoted words again in the text that they were quoted from."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 2_000
_MOST_PLACES = 100
_READ = 200_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text; ``marks`` are the indexes of the quotes that it belongs to, if any."""

    text: str
    marks: tuple[int, ...] = ()


def segments(text: str, quotes: Sequence[str]) -> list[Segment]:
    """``text`` cut where quotes begin and end; joined again, the segments are the text.

    A quote is found whatever its case and spaces. It is marked at the first ``_MOST_PLACES`` where
    it stands within the first ``_READ`` letters, for a text may repeat a word without end. One that
    stands nowhere (empty, or not of this text) marks nothing.
    """
    opens: defaultdict[int, list[int]] = defaultdict(list)
    closes: defaultdict[int, list[int]] = defaultdict(list)
    for index, quote in enumerate(quotes):
        for start, end in _places(text, quote):
            opens[start].append(index)
            closes[end].append(index)
    found = []
    around: Counter[int] = Counter()
    for start, end in itertools.pairwise(sorted({0, len(text), *opens, *closes})):
        around.subtract(closes[start])
        around.update(opens[start])
        marks = tuple(sorted(index for index, count in around.items() if count > 0))
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
    found = re.compile(pattern, re.IGNORECASE).finditer(text, 0, _READ)
    return [match.span() for match in itertools.islice(found, _MOST_PLACES)]
