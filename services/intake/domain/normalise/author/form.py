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
_OUTSIDE_THE_FAMILY = {R.FRIEND}  # nobody chooses it who is of the family
_INSIDE_OR_OUT = {K.DETAINED_PERSON, K.RELEASED_PERSON}
_FORM_WORDS = (
    (r"ex detenue?|ancien\w* detenue?|sortie? de prison|released|sortante?", K.RELEASED_PERSON),
    (
        r"semi liberte|bracelet|sursis|controle judiciaire|milieu ouvert|supervised",
        K.SUPERVISED_PERSON,
    ),
    (
        r"detenue?|incarceree?|prison(?:ier|er)|detained|moi en prison|pres[oa]|detenid[oa]|reclus[oa]|detenut[oa]|"
        r"detinuta?|i burgosur|e burgosur|tutuklu|mahkum|haftling|zatvorenik|wiezien|заключенн\w*",
        K.DETAINED_PERSON,
    ),
    (r"retenue?|cra\b|retention", K.RETAINED_PERSON),
    (
        r"famil+e|proche|conjoint\w*|epou\w+|fem+e|mari|mere|pere|frere|soeur|fils|fil+e|"
        r"parent|enfant|ami\w?|relative|family|friend|cousin\w*|oncle|tante|compagn\w+|copine?|copain|voisin\w*|"
        r"wife|husband|mother|father|sister|brother|son|daughter|girlfriend|boyfriend|partner|"
        r"amig[oa]|familia\w*|herman[oa]|novi[oa]|espos[oa]|marido|mujer|madre|padre|hij[oa]|prim[oa]|ti[oa]|mae|pai|irmao?|"
        r"filh[oa]|mulher|namorad[oa]|moglie|marito|fratello|sorella|figli[oa]|amic[oa]|cugin[oa]|sotie|sotia|sot|sotul|prieten\w*|"
        r"frate|sora|mama|tata|fiul|fiica|shok\w*|motra|vella\w*|grua\w*|burri|nena|babai|esi|kardes\w*|arkadas\w*|anne\w*|"
        r"друг|подруга|жена|муж|брат|сестра|мать|отец|сын|дочь|freund\w*|bruder|schwester|mutter|vater|frau|mann|"
        r"przyjaci\w*|brat|siostra|zona|maz|matka|ojciec|prijatelj\w*|sestra|majka|otac|صديق\w*|زوج\w*|اخ\w*|ام|اب",
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
    chosen = tie_word(role, reference).relation
    relation = chosen if chosen in _OUTSIDE_THE_FAMILY else (spoken.relation if spoken else chosen)
    if relation is R.NOT_STATED and (named := tie_named(own, reference)) is not None:
        return named.relation
    return relation
