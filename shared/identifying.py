"""Words that are kept in clear: whether they hold a name, a number or an address of a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from anyascii import anyascii

from shared.ordinary_words import ORDINARY

# No number of a person.
_DAY = re.compile(
    r"\b(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\b"
)


def identifies(words: str, *, signs: int = 6) -> bool:
    """A number of ``signs`` signs or more, or an e-mail address; a full date is neither."""
    number_or_address = rf"\d[\d .\-]{{{signs - 2},}}\d|\S@\S"
    return re.search(number_or_address, _DAY.sub("", words)) is not None


_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_NAME = 3
# In the fields of names, yet no name by themselves.
_PARTICLES = frozenset(
    {
        "abd", "abou", "abu", "ait", "ben", "bin", "bint", "dal", "das", "del", "della", "den",
        "der", "des", "dos", "ibn", "les", "mac", "oulad", "ould", "saint", "sainte", "van", "von",
        "dame", "docteur", "madame", "mademoiselle", "maitre", "mlle", "mme", "monsieur",
        "alias", "dit", "dite", "divorcee", "epouse", "epoux", "fille", "fils", "nee", "surnom",
        "surnomme", "surnommee", "usage", "veuf", "veuve",
        "anonyme", "aucun", "ignore", "inconnu", "inconnue", "nom", "prenom",
    }
)  # fmt: skip


def name_in(
    words: str, known: Iterable[str | None], *, is_place: Callable[[str], bool]
) -> str | None:
    """The first word of ``words`` that stands in a name of ``known``, in whatever case and accents.

    Particles and words of two letters are no names, nor is what ``is_place`` knows, nor an
    ordinary word with small letters.
    """
    parts = {part for name in known if name for part in _parts(name)}
    return next(
        (
            word
            for word in _WORD.findall(words)
            if (folded := _folded(word)) in parts
            and not (word.islower() and folded in ORDINARY)
            and not is_place(word)
        ),
        None,
    )


def names_somebody(
    words: str, known: Iterable[str | None], *, is_place: Callable[[str], bool]
) -> bool:
    """Whether ``name_in`` finds one."""
    return name_in(words, known, is_place=is_place) is not None


def _parts(name: str) -> Iterable[str]:
    parts = (_folded(word) for word in _WORD.findall(name))
    return (one for one in parts if len(one) >= _SHORTEST_NAME and one not in _PARTICLES)


def _folded(word: str) -> str:
    return anyascii(word).casefold()
