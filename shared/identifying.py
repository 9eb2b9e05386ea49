"""Words that are kept in clear: whether they hold a name, a number or an address of a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from anyascii import anyascii

from shared.ordinary_words import ORDINARY

_D, _M, _Y = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_M2, _D2, _CLOCK = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])", r"(?:[01]\d|2[0-3])[0-5]\d"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_BEFORE, _AFTER = r"(?<!\d)(?<!\d[ .\-])", r"(?![ .\-]?\d)"
# Numbers of nobody: days, hours, months and ranges of days; ids, addresses of machines, versions
# and positions, which have no zero in front as telephone numbers do.
_OF_NOBODY = re.compile(
    rf"\b[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\b"
    rf"|(?<!\d){_Y}{_M2}{_D2}(?:[T_-]?{_CLOCK}(?:[0-5]\d)?)?(?!\d)"
    rf"|(?<!\d){_D}[./-]{_M}[./-]{_Y}(?!\d)|(?<!\d){_Y}[./-]{_M2}[./-]{_D2}(?!\d)"
    rf"|(?<!\d)\d?\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:[+-]\d\d:?\d\d)?(?!\d)"
    rf"|{_BEFORE}{_Y}[.-]{_M2}{_AFTER}|{_BEFORE}{_Y}-{_Y}{_AFTER}"
    rf"|{_BEFORE}{_D}(?:[./]{_M})?\.?-{_D}[./]{_M}{_AFTER}"
    rf"|{_BEFORE}(?!(?:\d\d\.){{3}}\d\d\b){_OCTET}(?:\.{_OCTET}){{3}}{_AFTER}"
    rf"|\b(?:v|(?:release|version)s? v?)\d{{1,4}}(?:\.\d{{1,3}}){{1,3}}{_AFTER}"
    rf"|\b(?:event|position)s?[ =:#]{{1,2}}[1-9]\d{{0,8}}{_AFTER}",
    re.IGNORECASE,
)


def identifies(words: str, *, digits: int = 6) -> bool:
    """A number of ``digits`` digits or more, together or in groups, or an e-mail address.

    A day, a version, the position of an event and the address of a machine are neither.
    """
    number_or_address = rf"\d(?:[\s.\-]{{0,2}}\d){{{digits - 1},}}|\S@\S"
    return re.search(number_or_address, _OF_NOBODY.sub("…", words)) is not None


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
