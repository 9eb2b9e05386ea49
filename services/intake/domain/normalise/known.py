"""Earlier requests held in memory, and the likeness of names and texts."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

from rapidfuzz import fuzz

from services.intake.domain.normalise.model import KnownRequest, Recalled, Traits
from services.intake.domain.normalise.text import fold_words, latin_letters

KEY_SIZE = 64
ALIKE_NAME = 85.0
ALIKE_TEXT = 0.55
RECENT_DAYS = 21


def text_key(text: str) -> tuple[int, ...]:
    """A fingerprint: the smallest hashes of the text's word triples, blind to accents and case."""
    words = re.findall(r"\w+", fold_words(latin_letters(text)).lower())
    triples = {" ".join(words[i : i + 3]) for i in range(max(len(words) - 2, 0))}
    return tuple(sorted(zlib.crc32(t.encode()) for t in triples)[:KEY_SIZE])


def text_likeness(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """From 0 to 1, the estimated share of word triples that two texts have in common."""
    both = set(one).intersection(other)
    if not both:
        return 0.0
    union = sorted({*one, *other})[: min(KEY_SIZE, max(len(one), len(other)))]
    return sum(1 for value in union if value in both) / len(union)


def latin(name: str | None) -> str:
    """A name for comparison: Latin letters, no case, no accents."""
    return fold_words(latin_letters(name or "")).lower()


def names_alike(one: str | None, other: str | None) -> bool:
    """Could two family names be one, written by two hands? Never true for a missing name."""
    return bool(one and other) and _alike(latin(one), latin(other))


def _alike(a: str, b: str) -> bool:
    return bool(a and b) and fuzz.ratio(a, b, score_cutoff=ALIKE_NAME) > 0


class KnownList:
    """``KnownRequests`` over a list, for isolated records and tests."""

    def __init__(self, requests: Iterable[KnownRequest] = ()) -> None:
        self._requests = tuple(requests)

    def recall(self, traits: Traits) -> Recalled:
        """See ``KnownRequests``."""
        ids, numbers = frozenset(traits.message_ids), frozenset(traits.numbers)
        return Recalled(
            same_thread=[r for r in self._requests if r.message_ids & ids],
            same_number=[r for r in self._requests if r.detention_number in numbers],
            same_name=of_that_name(self._requests, traits),
            alike=alike_of_late(self._requests, traits),
        )


def of_that_name(requests: Iterable[KnownRequest], traits: Traits) -> list[KnownRequest]:
    """Those whose names could be the item's, written by another hand."""
    family, given = latin(traits.family), _bare(traits.given)
    if not family:
        return []
    return [r for r in requests if _alike(latin(r.family), family) and _fits(_bare(r.given), given)]


def alike_of_late(requests: Iterable[KnownRequest], traits: Traits) -> list[KnownRequest]:
    """Those of the last three weeks whose text is like the item's, or cannot be told from it."""
    recent = (
        r
        for r in requests
        if r.received_on and 0 <= (traits.received_on - r.received_on).days <= RECENT_DAYS
    )
    return [
        r
        for r in recent
        if text_likeness(r.text_key, traits.text_key) >= ALIKE_TEXT
        or _unread(r, traits.establishment)
    ]


def _unread(request: KnownRequest, establishment: str | None) -> bool:
    """Same place, and nothing known of its person or text: the likeness cannot be ruled out."""
    same_place = establishment is not None and establishment in {
        request.establishment,
        (request.unit or "").removeprefix("team:"),
    }
    nothing = not (request.family or request.detention_number or request.text_key)
    return same_place and nothing and request.state not in {"closed", "duplicate"}


def _bare(given: str | None) -> str:
    return latin(given).rstrip(".")


def _fits(a: str, b: str) -> bool:
    if not a or not b or a[0] != b[0]:
        return not (a and b)
    return len(a) == 1 or len(b) == 1 or fuzz.partial_ratio(a, b) >= ALIKE_NAME
