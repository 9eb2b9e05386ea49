"""Who wrote: the author, not the carrier; and what they are to the person concerned."""

from __future__ import annotations

import re

from services.intake.domain.normalise.author.call import call_author
from services.intake.domain.normalise.author.form import form_author
from services.intake.domain.normalise.author.letter import letter_author
from services.intake.domain.normalise.author.mail import mail_author
from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.machine import Machine
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import fold, fold_words
from shared.contracts.vocabulary import Channel, Relation, RequesterKind

K, R = RequesterKind, Relation


def find_author(channel: Channel, parts: Parts, reference: Reference) -> Author:
    """The author of an item, as far as its words and fields tell."""
    if parts.automatic not in {None, Machine.OTHER}:
        return Author(K.AUTOMATED_SENDER, R.NONE, "", 0.98, "rfc3834")
    own = fold(parts.own, loose=True)
    if channel is Channel.REFERRAL:
        return _referrer(parts)
    if channel is Channel.LETTER:
        return letter_author(parts, own, reference)
    if channel is Channel.PHONE:
        return call_author(parts, own, reference)
    if channel in (Channel.WEB, Channel.API):
        return form_author(parts, own, reference)
    return mail_author(parts, own, reference)


def _referrer(parts: Parts) -> Author:
    head = fold_words(parts.heading + " " + parts.own[:300])
    if re.search(
        r"equipe ?:? ?(?:prison|de la prison|(?:du |de la |de l )?(?:cp|cd|ma|mah|maf|mc|csl|epm|epsnf|maison d arret|maison centrale|centre (?:penit|de det)))\b|benevole prison",
        head,
    ):
        return Author(K.CIMADE_PRISON_TEAM, R.PROFESSIONAL, parts.heading, 0.95, "referral-team")
    if re.search(r"permanence|groupe local|\bcra\b|delegation|retention|region", head):
        return Author(K.CIMADE_PERMANENCE, R.PROFESSIONAL, parts.heading, 0.9, "referral-local")
    if re.search(r"\bspip\b|\bcpip\b", head):
        return Author(K.CPIP, R.PROFESSIONAL, parts.heading, 0.85, "referral-spip")
    if re.search(r"equipe|cimade", head):
        return Author(K.CIMADE_PRISON_TEAM, R.PROFESSIONAL, parts.heading, 0.7, "referral")
    return Author(K.OTHER_ASSOCIATION, R.VOLUNTEER, parts.heading, 0.5, "referral-partner")
