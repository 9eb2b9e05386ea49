"""The directory of establishments and the names that people write for them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from services.intake.domain.normalise.text import fold_words

FUZZY_CUTOFF = 87.0
FUZZY_GAP = 5.0
DROPPED = frozenset({"de", "du", "des", "d"})
TYPES = frozenset({"ma", "cp", "cd", "mc", "csl", "epm", "qsl", "qpa", "maf", "epsn"})
ACRONYMS = frozenset({"mafm", "mavo", "maba", "cpsf", "epsnf", "cpa", "spm"})
_TOKEN = re.compile(r"\w+")
_SAINT = {"st": "saint", "ste": "sainte"}


@dataclass(frozen=True, slots=True)
class Establishment:
    """A row of the directory, as far as reading an item needs it."""

    code: str
    type: str
    town: str
    postcode: str
    departement: str
    court: str
    women: str


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The words around places, of ``words.toml``, folded."""

    prison: frozenset[str]
    not_prison: frozenset[str]
    former: re.Pattern[str]
    common: frozenset[str]
    nicknames: frozenset[str]
    surnames: frozenset[str]
    women: re.Pattern[str]
    semi_liberty: re.Pattern[str]
    types: re.Pattern[str]


class Directory:
    """The establishments by code and by name; built once, never changed."""

    def __init__(self, rows: Iterable[Mapping[str, str]], words: Mapping[str, Any]) -> None:
        self.by_code: dict[str, Establishment] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}
        for row in rows:
            self._add(row)
        self._short: dict[str, tuple[str, ...]] = {
            fold_words(a): (code,) for a, code in words["aliases"].items()
        }
        self.words = _place_words(words)
        self._bare = [a for a in self._aliases if a.split()[0] not in TYPES]
        self._longest: dict[str, int] = {}
        for alias in (*self._aliases, *self._short):
            first, size = alias.split()[0], len(alias.split())
            self._longest[first] = max(size, self._longest.get(first, 0))
        # The words with which a name may begin, as they are written.
        self.openings = frozenset(
            {*self._longest, *(w for w, k in _SAINT.items() if k in self._longest)}
        )
        # What names a place without saying that it is a prison.
        self.bare_names = frozenset((*self._bare, *self._short)) - TYPES

    @classmethod
    def load(cls, path: Path, words: Mapping[str, Any]) -> Directory:
        """The directory in the CSV file at ``path`` (columns as in its notes)."""
        with path.open(encoding="utf-8", newline="") as file:
            return cls(csv.DictReader(file), words)

    def _add(self, row: Mapping[str, str]) -> None:
        code = row["code"]
        self.by_code[code] = Establishment(
            code,
            row["type"],
            row["town"],
            row["postcode"],
            row["departement"],
            row["administrative_court"],
            row["women"],
        )
        for alias in [*row["aliases"].split("|"), row["name"]]:
            if key := name_key(fold_words(alias)):
                known = self._aliases.get(key, ())
                self._aliases[key] = known if code in known else (*known, code)

    def longest(self, first_word: str) -> int:
        """How many words the longest name that begins with ``first_word`` has; 0 if none does."""
        return self._longest.get(first_word, 0)

    def named(self, key: str, *, short: bool) -> tuple[str, ...]:
        """The codes of a name in the form of ``name_key``; with ``short``, of acronyms too."""
        found = self._aliases.get(key, ())
        return found or (self._short.get(key, ()) if short else ())

    def knows(self, code: str, written: str) -> bool:
        """Whether ``written`` leads to the establishment ``code``, be it among others."""
        own = self.named(name_key(fold_words(written)), short=True)
        return code in own or code in self.exact(written)

    def exact(self, written: str) -> tuple[str, ...]:
        """The codes of a name given as a place field, spelling mistakes allowed."""
        folded = self.words.types.sub(lambda m: str(m.lastgroup), fold_words(written))
        key = name_key(folded)
        return self.named(key, short=True) or self.fuzzy(key)

    def fuzzy(self, key: str) -> tuple[str, ...]:
        """The codes of the one name that ``key`` misspells; none if two are about as near."""
        if len(key) < 5:
            return ()
        return self._nearest(key)

    @lru_cache(maxsize=4096)  # noqa: B019 - there is one directory, as long as there is a process
    def _nearest(self, key: str) -> tuple[str, ...]:
        near = process.extract(
            key, self._bare, scorer=fuzz.ratio, limit=4, score_cutoff=FUZZY_CUTOFF - FUZZY_GAP
        )
        if not near or near[0][1] < FUZZY_CUTOFF:
            return ()
        best = self._aliases[near[0][0]]
        rivals = [a for a, score, _ in near[1:] if score > near[0][1] - FUZZY_GAP]
        return best if all(set(self._aliases[a]) & set(best) for a in rivals) else ()


def name_key(folded: str) -> str:
    """The form under which names are compared: no "de", "st" as "saint"."""
    words = [_SAINT.get(w, w) for w in _TOKEN.findall(folded)]
    if len(words) > 1:
        words = [w for w in words if w not in DROPPED] or words
    return " ".join(words)


def word_key(word: str) -> str:
    """One word in that form."""
    return _SAINT.get(word, word)


def _place_words(words: Mapping[str, Any]) -> PlaceWords:
    places = words["places"]
    former = sorted((fold_words(w) for w in places["former"]), key=len, reverse=True)
    typed = [
        f"(?P<{short}>{'|'.join(re.escape(fold_words(p)) for p in phrases)})"
        for short, phrases in words["types"].items()
    ]
    return PlaceWords(
        prison=frozenset(map(fold_words, places["prison"])),
        not_prison=frozenset(map(fold_words, places["not_prison"])),
        former=re.compile(rf"\b(?:{'|'.join(map(re.escape, former))})\b[^.]{{0,30}}$"),
        common=frozenset(map(fold_words, places["common_words"])),
        nicknames=frozenset(map(fold_words, places["nicknames"])),
        surnames=frozenset(map(fold_words, places["surnames"])),
        women=re.compile(rf"\b(?:{'|'.join(map(fold_words, places['women']))})\b"),
        semi_liberty=re.compile(rf"\b(?:{'|'.join(map(fold_words, places['semi_liberty']))})\b"),
        types=re.compile(rf"\b(?:{'|'.join(typed)})(?!\w)"),
    )
