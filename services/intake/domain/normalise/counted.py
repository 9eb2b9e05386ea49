"""Days counted back from today or on from it ("four days ago", "in a week"), in many languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Form = tuple[tuple[frozenset[str], bool, str], str]  # how it begins and what it needs, its pattern
_ABOUT = (
    r"(?:environ|deja|presque|exactement|a peine|peine|plus|que|encore|about|only|just|casi|unos|unas|circa|cerca de|uns|umas|около|примерно|"
    r"еще|yaklasik|etwa|ungefahr|ongeveer|okolo|oko|rreth|vreo|cam|me|mi)"
)
_WORD = re.compile(r"\w+")
_DAYS = {"day": 1, "week": 7}


def counted_forms(entries: Iterable[Mapping[str, Any]], numbers: Sequence[str]) -> Iterator[Form]:
    """The forms of ``entries``, the surest first; ``numbers`` are the words for them."""
    number = r"\d{1,3}|" + "|".join(re.escape(n) for n in numbers)
    for entry in entries:
        units = "|".join(
            f"(?P<{kind}>{'|'.join(map(_plain, entry[kind]))})"
            for kind in ("week", "day", "longer")
            if kind in entry
        )
        bare = "bare" in entry
        how_many = f"(?:(?P<n>{number}) )" + ("?" if bare else "")
        way = f"(?P<{'ahead' if entry.get('ahead') else 'back'}{entry.get('bare', '')}>"
        if "before" in entry:
            before = list(map(_plain, entry["before"]))
            led, starts = "|".join(before), {_WORD.findall(words)[0] for words in before}
            pattern = rf"(?<!\w){way}{led})(?: {_ABOUT}){{0,3}} {how_many}(?:{units})(?!\w)"
            yield (frozenset(starts), False, ""), pattern
        if "after" in entry:
            starts = {_WORD.findall(words)[0] for words in numbers}
            if bare:
                kinds = ("day", "week", "longer")
                starts |= {_plain(w) for kind in kinds for w in entry.get(kind, ())}
            followed = "|".join(map(_plain, entry["after"]))
            pattern = rf"(?<!\w){how_many}(?:{units}) {way}{followed})(?!\w)"
            yield (frozenset(starts), True, ""), pattern


def _plain(pattern: str) -> str:
    """``pattern`` for folded text: without accents."""
    return "".join(
        c for c in unicodedata.normalize("NFKD", pattern) if not unicodedata.combining(c)
    )


def offset_of(found: Mapping[str, str | None], numbers: Mapping[str, int]) -> int | None:
    """The days from today that a match tells; None where its unit is longer than weeks.

    ``found``: its named groups; ``numbers``: what each word for a number counts.
    """
    unit = next((days for kind, days in _DAYS.items() if found.get(kind)), None)
    if unit is None:
        return None
    way = next(
        name for name, words in found.items() if name.startswith(("ahead", "back")) and words
    )
    written = found.get("n")
    if written is None:
        count = int(way.removeprefix("ahead").removeprefix("back"))
    else:
        count = int(written) if written.isdigit() else numbers[written]
    return unit * count * (1 if way.startswith("ahead") else -1)
