"""Which establishment is meant: aliases, types, spelling, and what stands around a town's name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from services.intake.domain.normalise.text import Folded, fold_words

SURE = 0.75
FUZZY_CUTOFF = 87.0
FUZZY_GAP = 5.0
MAX_WORDS = 6
_TOKEN = re.compile(r"\w+")
_ARTICLES = {"de", "du", "des", "d", "la", "le", "l", "les", "a", "au", "en", "in", "na", "em"}
_ORDINARY = ("cp-", "ma-", "cd-", "mc-")


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
class PlaceMention:
    """An establishment named in a text. ``codes``: the ones that fit, the likeliest first.

    ``confidence`` counts the spelling and what stands around. ``former``: said to be left.
    """

    codes: tuple[str, ...]
    confidence: float
    start: int
    end: int
    words: str
    rule: str
    former: bool = False


class Directory:
    """The establishments and their names, ready to be searched."""

    def __init__(self, rows: Iterable[Mapping[str, str]], words: Mapping[str, Any]) -> None:
        self.by_code: dict[str, Establishment] = {}
        self._aliases: dict[str, tuple[str, ...]] = {}
        self._short: dict[str, tuple[str, ...]] = {}
        for row in rows:
            self._add(row)
        places = words["places"]
        for alias, code in words["aliases"].items():
            self._short[fold_words(alias)] = (code,)
        self._prison = {fold_words(w) for w in places["prison"]}
        self._not_prison = {fold_words(w) for w in places["not_prison"]}
        self._former = sorted((fold_words(w) for w in places["former"]), key=len, reverse=True)
        self._common = {fold_words(w) for w in places["common_words"]}
        self._women = {fold_words(w) for w in places["women"]}
        self._semi = [fold_words(w) for w in places["semi_liberty"]]
        self._types = re.compile(
            r"\b(?:"
            + "|".join(
                f"(?P<{short}>{'|'.join(re.escape(fold_words(p)) for p in phrases)})"
                for short, phrases in words["types"].items()
            )
            + r")\b"
        )
        self._bare = [a for a in self._aliases if a.split()[0] not in words["types"]]

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
            key = _key(fold_words(alias))
            if key:
                known = self._aliases.get(key, ())
                self._aliases[key] = known if code in known else (*known, code)

    def exact(self, written: str) -> tuple[str, ...]:
        """The codes of a name given as a place field, spelling mistakes allowed."""
        key = _key(self._shortened(fold_words(written)))
        return self._aliases.get(key) or self._fuzzy(key)

    def _shortened(self, folded: str) -> str:
        return self._types.sub(lambda m: str(m.lastgroup), folded)

    def _fuzzy(self, key: str) -> tuple[str, ...]:
        if len(key) < 5:
            return ()
        near = process.extract(
            key, self._bare, scorer=fuzz.ratio, limit=4, score_cutoff=FUZZY_CUTOFF - FUZZY_GAP
        )
        if not near or near[0][1] < FUZZY_CUTOFF:
            return ()
        best = self._aliases[near[0][0]]
        rivals = [a for a, score, _ in near[1:] if score > near[0][1] - FUZZY_GAP]
        return best if all(set(self._aliases[a]) & set(best) for a in rivals) else ()

    def mentions(self, text: Folded, *, place_field: bool = False) -> list[PlaceMention]:
        """Every establishment named in ``text``, in order.

        ``place_field``: the text is a place by itself (back of an envelope, heading, field), so
        that a town's name alone means its prison.
        """
        tokens = [(m.start(), m.end(), m.group(0)) for m in _TOKEN.finditer(text.text)]
        tokens = self._with_types(text.text, tokens)
        found: list[PlaceMention] = []
        index = 0
        while index < len(tokens):
            mention, used = self._at(text, tokens, index, place_field)
            if mention is not None:
                found.append(mention)
            index += used
        return found

    def _with_types(
        self, folded: str, tokens: list[tuple[int, int, str]]
    ) -> list[tuple[int, int, str]]:
        """Tokens with "maison d arrêt" and the like as one token, the type's short name."""
        spans = [(m.start(), m.end(), str(m.lastgroup)) for m in self._types.finditer(folded)]
        if not spans:
            return tokens
        kept = [t for t in tokens if not any(s <= t[0] < e for s, e, _ in spans)]
        return sorted([*kept, *spans])

    def _at(
        self, text: Folded, tokens: Sequence[tuple[int, int, str]], index: int, field: bool
    ) -> tuple[PlaceMention | None, int]:
        """The longest name that starts at a token, and how many tokens it takes (at least 1)."""
        if tokens[index][2] in _ARTICLES and tokens[index][2] not in {"la", "le", "les", "l"}:
            return None, 1
        window = tokens[index : index + MAX_WORDS + 2]
        for size in range(len(window), 0, -1):
            span = window[:size]
            if text.text[span[0][0] : span[-1][1]].count("\n"):
                continue
            key = _key(" ".join(t[2] for t in span))
            codes = self._aliases.get(key)
            if not codes and (field or self._prison_before(tokens, index)):
                codes = self._short.get(key)
            if codes:
                return self._judge(text, tokens, index, size, key, codes, field), size
        return self._misspelt(text, tokens, index, field)

    def _misspelt(
        self, text: Folded, tokens: Sequence[tuple[int, int, str]], index: int, field: bool
    ) -> tuple[PlaceMention | None, int]:
        """A name with mistakes: only after a type or a word for prison, or in a place field."""
        word = tokens[index][2]
        if len(word) < 5 or not (word.isalpha() or "é" in word):
            return None, 1
        if not (field or self._prison_before(tokens, index)):
            return None, 1
        for size in (3, 2, 1):
            span = tokens[index : index + size]
            if len(span) < size:
                continue
            codes = self._fuzzy(_key(" ".join(t[2] for t in span)))
            if codes:
                start, end = span[0][0], span[-1][1]
                words = text.words(start, end)
                return PlaceMention(codes, 0.8, start, end, words, "place-misspelt"), size
        return None, 1

    def _judge(  # noqa: PLR0913 - all of the mention's surroundings count
        self,
        text: Folded,
        tokens: Sequence[tuple[int, int, str]],
        index: int,
        size: int,
        key: str,
        codes: tuple[str, ...],
        field: bool,
    ) -> PlaceMention | None:
        start, end = tokens[index][0], tokens[index + size - 1][1]
        typed = key.split()[0] in {
            "ma",
            "cp",
            "cd",
            "mc",
            "csl",
            "epm",
            "qsl",
            "qpa",
            "maf",
            "epsn",
        }
        typed = typed or key in {"mafm", "mavo", "maba", "cpsf", "epsnf"}
        prison = self._prison_before(tokens, index) or self._prison_after(tokens, index + size)
        postcode = any(self.by_code[c].postcode in text.text for c in codes)
        elsewhere = self._elsewhere(text.text, start)
        former = self._is_former(text.text, start)
        if typed:
            confidence, rule = 0.97, "place-typed"
        elif postcode and not elsewhere:
            confidence, rule = 0.92, "place-postcode"
        elif elsewhere and not field:
            return None
        elif prison:
            confidence, rule = 0.9, "place-near-prison"
        elif field:
            confidence, rule = 0.88, "place-field"
        elif key in self._common:
            return None
        else:
            confidence, rule = 0.4, "place-bare"
        codes = self._narrowed(codes, text.text)
        return PlaceMention(codes, confidence, start, end, text.words(start, end), rule, former)

    def _prison_before(self, tokens: Sequence[tuple[int, int, str]], index: int) -> bool:
        near = [t[2] for t in tokens[max(0, index - 5) : index]]
        near = [w for w in near if w not in _ARTICLES][-3:]
        return any(w in self._prison or w in {"ma", "cp", "cd", "mc", "csl"} for w in near)

    def _prison_after(self, tokens: Sequence[tuple[int, int, str]], after: int) -> bool:
        near = [t[2] for t in tokens[after : after + 3]]
        return any(
            re.fullmatch(r"d\d|bat\w*|batiment|division|cel+ule?|quartier|mah|maf", w) for w in near
        )

    def _elsewhere(self, folded: str, start: int) -> bool:
        """Is the town named for its prefecture, court, hospital, family... and not its prison?"""
        line = folded.rfind("\n", 0, start) + 1
        before = re.findall(r"\w+", folded[max(line, start - 60) : start])
        before = [w for w in before if w not in _ARTICLES][-3:]
        for size in (1, 2, 3):
            if " ".join(before[-size:]) in self._not_prison:
                return True
        return any(w in self._not_prison for w in before[-2:]) and not any(
            w in self._prison for w in before[-1:]
        )

    def _is_former(self, folded: str, start: int) -> bool:
        before = folded[max(0, start - 45) : start]
        before = re.split(r"[.;\n]", before)[-1]
        return any(
            re.search(rf"\b{re.escape(word)}\b[^.]{{0,30}}$", before) for word in self._former
        )

    def _narrowed(self, codes: tuple[str, ...], folded: str) -> tuple[str, ...]:
        """Fewer codes, when the postcode, the regime, or the person's sex tells them apart."""
        if len(codes) == 1:
            return codes
        for keep in (
            [c for c in codes if self.by_code[c].postcode in folded],
            [c for c in codes if c.startswith(("csl-", "qsl-"))]
            if any(re.search(rf"\b{w}\b", folded) for w in self._semi)
            else [],
        ):
            if len(keep) == 1:
                return tuple(keep)
        if len({self.by_code[c].town for c in codes}) == 1:
            ordinary = [c for c in codes if c.startswith(_ORDINARY)]
            return tuple(ordinary) if len(ordinary) == 1 else codes
        women = any(re.search(rf"\b{w}\b", folded) for w in self._women)
        fits = [c for c in codes if women and "femmes" in c]
        return tuple(fits) if len(fits) == 1 else codes


def _key(folded: str) -> str:
    """The form under which names are compared: no articles, "st" as "saint"."""
    words = [("saint" if w == "st" else "sainte" if w == "ste" else w) for w in _words(folded)]
    if len(words) > 1:
        kept = [w for i, w in enumerate(words) if w not in {"de", "du", "des", "d"}]
        words = kept or words
    return " ".join(words)


def _words(folded: str) -> list[str]:
    return _TOKEN.findall(folded)
