"""A text that resembles a class of requests by its words, and says nothing that a rule knows."""

from __future__ import annotations

import csv

from services.intake.domain.normalise.reference import DATA
from shared.contracts.vocabulary import SpecialSituation
from tests.support.normalising import letter

_WORDS = 25  # of more, in as many tongues, no language is recognised


def resembling() -> tuple[SpecialSituation, str]:
    """A situation, and the beginnings of words that speak for it, as the table has them."""
    with (DATA / "resemblance.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for situation in (s for s in SpecialSituation if s in rows[0]):
        words = [w for _, w in sorted((float(r[situation] or 0), r["word"]) for r in rows)][::-1]
        for start in range(0, 2 * _WORDS, 5):
            text = " ".join(words[start : start + _WORDS]) + "."
            facts = letter(text).facts
            if (facts.special_situations, facts.missing) == ((situation,), ("special_situations",)):
                return situation, text
    raise LookupError("the rules know every word that the table knows")
