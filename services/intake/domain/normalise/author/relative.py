"""Authors who are of the family or friends of somebody detained."""

from __future__ import annotations

import re

from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation


def tie_of_caller(own: Folded, reference: Reference) -> Author | None:
    """What the author says to be of somebody ("je suis la mère de"), the first said."""
    said = [(m.start(), tie, m) for tie in reference.ties if (m := tie.caller.first(own))]
    if not said:
        return None
    _, tie, m = min(said, key=lambda s: s[0])
    return Author(K.RELATIVE, tie.relation, own.words(*m.span()), 0.9, f"tie-{tie.relation}")


def relative_author(own: Folded, reference: Reference) -> Author | None:
    """A member of the family or a friend, who writes of somebody detained."""
    if (said := tie_of_caller(own, reference)) is not None:
        return said
    context = reference.relative_context
    best: tuple[tuple[int, int], Author] | None = None
    for tie in reference.ties:
        for m in tie.named.matches(own):
            near = own.text[m.end() : m.end() + 160]
            visited = _VISITED.search(own.text, max(0, m.start() - 90), m.start())
            if (visited or context.search(near)) and (best is None or _place(m) < best[0]):
                words = own.words(*m.span())
                best = (
                    _place(m),
                    Author(K.RELATIVE, tie.relation, words, 0.85, f"tie-{tie.relation}"),
                )
                break
    return best[1] if best else None


def _place(match: re.Match[str]) -> tuple[int, int]:
    """What is said first, and of that the whole ("my husband's father" is no husband)."""
    return match.start(), -match.end()


# Only who is free comes back from a visit.
_VISITED = re.compile(
    r"\b(?:(?:sors|reviens?|revenue?|rentre|al+ee?|etais?|vu|vois|vais) (?:\w+ ){0,2}(?:parloir|visite)\w*|"
    r"visited|visiting ro+m|visita(?:r|do|ndo)?\b|col+oquio|vorbitor|свидани\w*)"
)


def tie_named(own: Folded, reference: Reference) -> Author | None:
    """What the person is whom a relative names first ("mon cousin Ali"), wherever that is."""
    said = [(tie, m) for tie in reference.ties if (m := tie.named.first(own))]
    if not said:
        return None
    tie, _ = min(said, key=lambda s: _place(s[1]))
    return Author(K.RELATIVE, tie.relation, "", 0.7, "form-role")


def tie_word(folded: str, reference: Reference) -> Author:
    """A relative by the first tie of the lexicon for which ``folded`` has a word."""
    for tie in reference.ties:
        if tie.word.search(folded):
            return Author(K.RELATIVE, tie.relation, "", 0.7, "form-role")
    return Author(K.RELATIVE, R.NOT_STATED, "", 0.6, "form-role")
