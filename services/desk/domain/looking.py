"""What somebody looks for in the desk: words of a name, or a reference as it is said on a phone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_REFERENCE = re.compile(r"(?:([dse]) ?-? ?)?([0-9a-f]{6})\Z", re.IGNORECASE)
_MOST_WORDS = 6
_LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedFor:
    """``words`` must all stand in a name, without case and accents; ``reference`` is its digits.

    ``letter`` says of what it is: D of a request, S of a case, E of a deadline.
    """

    words: tuple[str, ...]
    reference: str | None
    letter: str = "D"

    @property
    def enough(self) -> bool:
        """Whether it tells requests apart at all."""
        return sum(map(len, self.words)) >= _LEAST_LETTERS


def looked_for(text: str) -> LookedFor:
    """« Kaba », « kabà mamadou », « D-7F3A21 », « 7f3a21 », « s-7f3a21 »."""
    plain = "".join(
        char
        for char in unicodedata.normalize("NFD", " ".join(text.split()).casefold())
        if char.isprintable() and not unicodedata.combining(char)
    )
    found = _REFERENCE.match(plain.strip())
    return LookedFor(
        words=tuple(plain.split()[:_MOST_WORDS]),
        reference=found.group(2).upper() if found else None,
        letter=(found.group(1) or "d").upper() if found else "D",
    )
