"""What people are to each other, by the words of the lexicon of requesters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.domain.normalise.lexicon import word_finder_of
from services.intake.domain.normalise.name_pattern import NAME
from services.intake.domain.normalise.needles import Finder, Literals
from services.intake.domain.normalise.text import fold_words, undouble
from shared.contracts.vocabulary import Relation

Pattern = re.Pattern[str]
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TieRule:
    """How one tie is told: by what callers say they are, by how they name the person, by a word."""

    relation: Relation
    caller: Finder
    named: Finder
    word: Pattern


def tie_of(entry: Entry, literals: Literals) -> TieRule:
    """The rule of one entry of the lexicon."""
    return TieRule(
        relation=Relation(entry["relation"]),
        caller=word_finder_of(entry["caller"], literals),
        named=word_finder_of(entry["named"], literals),
        word=re.compile(rf"\b(?:{_folded([entry])})\b"),
    )


def _folded(entries: Iterable[Entry]) -> str:
    """All words for the ties of ``entries``, for loosely folded text."""
    words = (w for entry in entries for w in (*entry["words"], *entry["stems"]))
    return "|".join(undouble(fold_words(w)) for w in words)


def introduced_by_tie(entries: Iterable[Entry]) -> Pattern:
    """How callers introduce themselves by a tie, in loosely folded text; group 1: the tie.

    "Soy Yamileth, la esposa de Rolando", "this is Mary, the wife of Ali".
    """
    return re.compile(
        r"\b(?:soy|sou|sono|sunt|jam|this is|it s|i am|i m|c est|ici|je suis|je m ap+el+e|me l+amo|"
        r"mi chiamo|me chamo|ma numesc|это|я)"
        r"(?! (?:pour|mon|ma|au|for|about|my|per|para|por|pentru|для)\b)(?: [^\W\d]+){1,4}(?:, | (?=(?:la|le|l|el|the|his|her|o|il|sa|son|su) ))"
        r"(?:(?:la|le|l|el|the|his|her|o|a|il|sa|son|su) )?"
        rf"((?:{_folded(entries)}) (?:de|d|du|del|do|da|di|of|lui|a|e|[^\W\d]+))\b"
    )


def tied_name(entries: Iterable[Entry], others: Iterable[str]) -> Pattern:
    """The name behind a word for a tie or one of ``others``, in text as written; group 1."""
    words = "|".join([*(w for entry in entries for w in entry["words"]), *others])
    return re.compile(
        rf"\b(?:{words})(?: (?:s'appelle|se nomme|is called|named|nommée?|qui s'appelle|avec|de|"
        rf"d['’]|do|da|im|meu|mea|é [oa]|,|:)){{0,6}},? ({NAME})"
    )
