"""Whether the sender of an item only hands on somebody's letter."""

from __future__ import annotations

import re

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded, fold


def handing_on(parts: Parts, own: Folded, reference: Reference) -> Hit | None:
    """Words by which the sender hands on somebody's letter, if there is something handed on."""
    hits = reference.carrier.hits(own)
    if not (parts.attachments or parts.forwarded):
        return None
    letters = letters_within(parts)
    if letters and (hits or len(own.text) < 400):
        words = hits[0] if hits else Hit("carrier", 0, 0, "", 0.75)
        if hits or any(reference.self_words["detained"].first(t) for t in letters):
            return words
    return hits[0] if hits and any(a.text is None for a in parts.attachments) else None


def letters_within(parts: Parts) -> list[Folded]:
    """Attached or forwarded texts in which somebody speaks of themselves from detention."""
    texts = [fold(t, loose=True) for t in (*parts.attached, *parts.forwarded)]
    speaks = re.compile(
        r"\b(?:je suis|je m ?ap+el+e|j ?ai|my name|i am|me l+amo|soy|estoy|mi chiamo|"
        r"sono|jam|sunt|sou|meu nome|me chamo|mi nombre|ma numesc|numele meu|quhem|emri im|adim|"
        r"ich bin|ich hei\w+|jestem|nazywam|moi|mon (?:nom|ecrou|numero|pas+eport|titre|avocate?)|my|mi|meu|minha|mio|mia|mea|im)\b"
        r"|меня|я |انا"
    )
    inside = re.compile(
        r"ecrou|detenu|incarcer|prison|cel+ule|condam|jail|carcel|preso|carcere|burg|inchis|"
        r"тюрьм|سجن|سجين|peine|liber|\bsors\b"
    )
    return [t for t in texts if speaks.search(t.text) and inside.search(t.text)]
