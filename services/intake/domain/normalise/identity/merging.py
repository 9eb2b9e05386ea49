"""Several writings of names: whether they are one person's, and what they make together."""

from __future__ import annotations

import re

from services.intake.domain.normalise.people import Name, Names, latin_name
from services.intake.domain.normalise.text import fold_words


def merged(found: list[Name], names: Names) -> Name:
    """One name out of several writings; the fullest Latin one first, the others complete it."""
    usable = [n for n in found if n]
    if not usable:
        return Name()
    latin = [n for n in usable if n.whole.isascii() or latin_name(n) == n] or usable
    best = max(
        latin,
        key=lambda n: (bool(n.given and n.family), n.sure, fullness(n), len(n.whole.split())),
    )
    for other in latin:
        best = names.completed(best, other) or best
    return best


WHOLE = 6  # of two parts, none an initial


def fullness(name: Name) -> int:
    """How much of a name is there: its parts, those that are more than initials thrice."""
    parts = [p for p in (name.given, name.family) if p]
    return sum(2 for p in parts if not re.fullmatch(r"(?:\w\.? ){0,9}\w\.?", p)) + len(parts)


def shares_a_word(one: Name, other: Name) -> bool:
    """Have the two names a word in common, initials left out?"""
    return bool(
        set(fold_words(one.whole).split())
        & {w for w in fold_words(other.whole).split() if len(w.strip(".")) > 1}
    )


def same_person(one: Name, other: Name) -> bool:
    """Is one name a writing of the other? A family name alone in common is kinship."""
    if _initials_of(one, other) or _initials_of(other, one):
        return True
    a, b = (set(fold_words(n.whole).replace(".", "").split()) for n in (one, other))
    if not (one.given and other.given):
        return a == b  # a family name alone is shared by kin
    return bool(a and b) and (a <= b or b <= a)


def _initials_of(short: Name, full: Name) -> bool:
    """ "PA Griveau" is Paul-Antoine Griveau, whichever of the two words was taken as given."""
    if not (full.given and full.family):
        return False
    initials = "".join(w[0] for w in re.findall(r"[^\W\d_]+", fold_words(full.given)))
    words = sorted(fold_words(w).replace(".", "").replace(" ", "") for w in short.whole.split())
    return len(words) > 1 and words == sorted([initials, *fold_words(full.family).split()])
