"""The author of a form or a partner's message."""

from __future__ import annotations

import re

from services.intake.domain.normalise.author.mail import mail_author
from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.author.own_status import own_status
from services.intake.domain.normalise.author.professional import called_professional, salaried
from services.intake.domain.normalise.author.relative import (
    relative_author,
    tie_named,
    tie_word,
)
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded, fold, undouble
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation
# What a form says of itself by a list to choose from; the message may say more.
_INSIDE_OR_OUT = {K.DETAINED_PERSON, K.RELEASED_PERSON}
_FORM_WORDS = (
    (r"ex detenue?|ancien\w* detenue?|sortie? de prison|released|sortante?", K.RELEASED_PERSON),
    (
        r"semi liberte|bracelet|sursis|controle judiciaire|milieu ouvert|supervised",
        K.SUPERVISED_PERSON,
    ),
    (r"detenue?|incarceree?|prison(?:ier|er)|detained|moi en prison", K.DETAINED_PERSON),
    (r"retenue?|cra\b|retention", K.RETAINED_PERSON),
    (
        r"famil+e|proche|conjoint\w*|epou\w+|fem+e|mari|mere|pere|frere|soeur|fils|fil+e|"
        r"parent|enfant|ami\w?|relative|family|friend|cousin\w*|oncle|tante|compagn\w+",
        K.RELATIVE,
    ),
)


def form_author(parts: Parts, own: Folded, reference: Reference) -> Author:
    """The author by the role that they chose, else as of an e-mail."""
    declared = parts.declared
    role = declared.get("author.role") or declared.get("who", "")
    folded = fold(role, loose=True)
    professional = called_professional(folded, reference) if role else None
    if professional is not None and professional.kind is K.OTHER_ASSOCIATION:
        nearer = called_professional(own, reference)
        if nearer is not None and nearer.kind is K.PRISON_JUSTICE_VOLUNTEER:
            return nearer
        professional = salaried(professional, folded.text)
    if professional is not None:
        return professional
    spoken = relative_author(own, reference)
    trade = bool(declared.get("partner")) and len(folded.text.split()) > 1
    for pattern, kind in () if trade else _FORM_WORDS:
        if re.search(rf"\b(?:{undouble(pattern)})\b", folded.text):
            relation = R.SELF
            if kind is K.RELATIVE:
                relation = _relation(spoken, folded.text, own, reference)
            elif kind in _INSIDE_OR_OUT and (own_word := own_status(own, reference)):
                kind = own_word.kind
            return Author(kind, relation, role, 0.9, "form-role")
    if declared.get("partner"):  # a partner's worker, whatever the trade is called
        relation = R.VOLUNTEER if re.search(r"\bbenevole", folded.text) else R.PROFESSIONAL
        return Author(K.OTHER_ASSOCIATION, relation, role, 0.7, "partner")
    return mail_author(parts, own, reference)


def _relation(spoken: Author | None, role: str, own: Folded, reference: Reference) -> Relation:
    """What a relative is: by what they say, by the role chosen, else by whom they name."""
    relation = (spoken or tie_word(role, reference)).relation
    if relation is R.NOT_STATED and (named := tie_named(own, reference)) is not None:
        return named.relation
    return relation
