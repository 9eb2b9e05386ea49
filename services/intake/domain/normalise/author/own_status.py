"""Authors who speak of themselves: whether they are retained, supervised or released."""

from __future__ import annotations

import re

from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation


def own_status(own: Folded, reference: Reference, *, numbered: bool = False) -> Author | None:
    """One who speaks of themselves and is retained, released or supervised.

    ``numbered``: a prison number stands on the envelope, so that the author is inside.
    """
    said = reference.self_words
    for name, kind in (
        ("retained", K.RETAINED_PERSON),
        ("supervised", K.SUPERVISED_PERSON),
        ("released", K.RELEASED_PERSON),
    ):
        match = next((m for m in said[name].matches(own) if is_present(own, m, name)), None)
        if match and not (name == "released" and numbered):
            return Author(kind, R.SELF, own.words(*match.span()), 0.85, f"self-{name}")
    return None


def says_not_inside(own: Folded, reference: Reference) -> bool:
    """Do authors say of themselves that they are in no prison?"""
    return reference.self_words["not_inside"].first(own) is not None


def is_present(own: Folded, match: re.Match[str], name: str) -> bool:
    """Is it said of now, and of oneself, not wished, feared or refused?"""
    start, _ = own.sentence(match.start())
    before = own.text[max(start, match.start() - 50) : match.start()]
    around = own.text[max(0, match.start() - 50) : match.end() + 60]
    if re.search(
        r"\b(?:si|quand|lorsque|apres|avant|demand\w*|voudrais|pour (?:un|une|ma|la|"
        r"mon)|dem[ae]nd\w*|when|if|refus\w*)\b[^,]{0,40}$",
        before,
    ):
        return False
    if name == "supervised":
        return not re.search(
            r"demand|dos+ier|refus|requete|voudrais|projet|obtenir|promes+e|\bj? ?at+end(?!ant)|"
            r"prepar|jap (?:a|statue)",
            around,
        )
    if name == "released":
        return not re.search(
            r"\bsemi|\bau mitard|de l ?isolement|en 20[01]\d|permis+ion|"
            r"pas (?:encore )?(?:sorti|liber)|de cel+ule|je sor|a l ?hopital",
            around,
        )
    return True
