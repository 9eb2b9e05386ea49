"""What somebody looks for in the desk: words of a name, or a reference as it is said on a phone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_REFERENCE = re.compile(r"(?:d ?-? ?)?([0-9a-f]{6})\Z", re.IGNORECASE)
_MOST_WORDS = 6
_LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedFor:
    """``words`` must all stand in a name, without case and accents; ``reference`` is its digits."""

    words: tuple[str, ...]
    reference: str | None

    @property
    def enough(self) -> bool:
        """Whether it tells requests apart at all."""
        return sum(map(len, self.words)) >= _LEAST_LETTERS


def looked_for(text: str) -> LookedFor:
    """« Kaba », « kabà mamadou », « D-7F3A21 », « 7f3a21 »."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFD", " ".join(text.split()).casefold())
        if char.isprintable() and not unicodedata.combining(char)
    )
    found = _REFERENCE.match(plain.strip())
    return LookedFor(
        words=tuple(plain.split()[:_MOST_WORDS]),
        reference=found.group(1).upper() if found else None,
    )
