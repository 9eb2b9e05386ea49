"""The author of an e-mail."""

from __future__ import annotations

import re

from services.intake.domain.normalise.author.carrier import handing_on, letters_within
from services.intake.domain.normalise.author.model import NOBODY_KNOWN, SIGNED, Author
from services.intake.domain.normalise.author.own_status import own_status, says_not_inside
from services.intake.domain.normalise.author.professional import professional_author
from services.intake.domain.normalise.author.relative import relative_author, tie_of_caller
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation
_INSIDE = re.compile(
    r"\bje sui[st]? (?:\w+ ){0,2}(?:detenue?|incarcere?e?|ecroue?e?|emprison+e?e?|en (?:prison|detention|cel+ule))\b|"
    r"\bi am (?:\w+ )?(?:in (?:prison|jail)|detained|a prisoner)\b|\bestoy (?:\w+ )?(?:pres[oa]|detenid[oa]|en la carcel)\b|"
    r"\bestou (?:\w+ )?pres[oa]\b|\bsono (?:\w+ )?(?:detenut[oa]|in carcere)\b|"
    r"\b(?:je|j)\b[^.!?]{0,30}\bma peine\b|\bmon bracelet\b|\bmes horaires de (?:bracelet|sortie)\b|"
    r"\bmy (?:sentence|tag|curfew)\b|\bmi (?:condena|pulsera)\b|\bminha (?:pena|pulseira)\b|\bla mia pena\b|\bpedeapsa mea\b"
)


def mail_author(parts: Parts, own: Folded, reference: Reference) -> Author:
    """The author of an e-mail: of the letter handed on, if it has one, else its sender."""
    professional = professional_author(parts, own, reference, edges_only=False)
    if professional is not None and professional.confidence < SIGNED:
        professional = tie_of_caller(own, reference) or professional
    relative = None if professional else relative_author(own, reference)
    if relative is not None and relative.confidence < SIGNED and _INSIDE.search(own.text):
        relative = None  # "I am held in Nice. My brother came to see me"
    sender = professional or relative
    carried = handing_on(parts, own, reference)
    if carried is not None and (
        sender is None or sender.kind is not K.LAWYER or letters_within(parts)
    ):
        carrier = sender.kind if sender else K.UNKNOWN
        return Author(
            K.DETAINED_PERSON, R.SELF, carried.words, carried.confidence, "carrier", carrier
        )
    if sender is not None:
        return sender
    own_word = own_status(own, reference)
    if own_word is not None:
        return own_word
    detained = reference.self_words["detained"].first(own)
    if detained and not says_not_inside(own, reference):
        return Author(K.DETAINED_PERSON, R.SELF, own.words(*detained.span()), 0.75, "self-detained")
    return NOBODY_KNOWN
