"""A name with initials, spelt out by the words of a text."""

from __future__ import annotations

import re

from services.intake.domain.normalise.identity.written import usable
from services.intake.domain.normalise.name_pattern import UP
from services.intake.domain.normalise.people import Name, Names
from services.intake.domain.normalise.text import fold_words


def spelt_out(name: Name, texts: tuple[str, ...], names: Names) -> Name:
    """A name with initials, completed where a text has all words of it ("Rusu M.", "Kimani G.W.").

    A known given name with one ("Bamba I.") is the family's where the text has the word before it.
    """
    if not (name.family and name.given):
        return name
    if _INITIALS.fullmatch(name.given):
        family, initials = name.family, name.given
    elif _INITIALS.fullmatch(name.family) and " " not in name.given:
        family, initials = name.given, name.family
    else:
        return name
    letters = re.findall(r"[^\W\d_]", fold_words(initials))
    words = "[ -]".join([rf"{UP}[\w’'-]{{1,40}}?"] * len(letters))
    kin = re.escape(family)
    around = re.compile(rf"\b(?:{kin},? ({words})(?![\w’'-])|({words}) {kin})\b", re.IGNORECASE)
    for text in texts:
        for match in around.finditer(text):
            written = match[1] or match[2]
            spelt = re.split("[ -]", written)
            firsts = [fold_words(w)[:1] for w in spelt]
            if firsts != letters or not all(w[0].isupper() and usable(w, names) for w in spelt):
                continue
            if family == name.given and match[1] and fold_words(spelt[0]) not in names.given:
                return name  # "Sofiane B." is Sofiane Benali
            given = re.sub(
                r"[^ -]{1,40}", lambda m: m[0].title() if m[0].isupper() else m[0], written
            )
            sure = 3 if family == name.given or len(letters) > 1 else 2
            return Name(given, family, max(name.sure, sure))
    return name


_INITIALS = re.compile(r"(?:\w\.? ?-?){1,2}")
