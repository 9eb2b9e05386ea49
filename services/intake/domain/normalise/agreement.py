"""Consent read in an item, and how the author wants to be answered: to be confirmed (R24, R31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.identity.who import Who
from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.needles import sought
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.scene import Reading
from services.intake.domain.normalise.text import fold
from shared.contracts.vocabulary import (
    Channel,
    ConsentState,
    ReplyPreference,
    RequesterKind,
    SpecialSituation,
)

_AGREES_SELF = sought(
    r"\b(?:je (?:suis|sui) d ac+ord|j autorise|je vous autorise|"
    r"je don+e (?:mon )?ac+ord|mon ac+ord|i agre+|i consent|you can (?:speak|talk|"
    r"cal+) (?:to )?(?:her|him|my)|vous pouvez (?:lui parler|parler a|ap+eler|"
    r"contacter|dire a|voir avec)|autorizo|de acuerdo con)"
)
_AGREES_OTHER = sought(
    r"\b(?:(?:il|el+e|monsieur|madame|l interes+ee?)(?: \w+)? (?:est|et) d ac+ord|"
    r"(?:son|l) ac+ord|avec (?:son|l) ac+ord|m a autorise|m autorise|consent\w*|"
    r"ac+ord (?:ecrit|signe|de la person+e))"
)
_REFUSES = sought(
    r"\b(?:pas d ac+ord|sans (?:son|mon) ac+ord|refuse|n autorise|"
    r"ne suis pas d ac+ord|do not agre+)"
)
_SHEET_YES = sought(
    r"\bac+ord (?:de (?:la person+e|l interes+ee?|monsieur|madame) ?)?:? ?(?:oui|"
    r"signe|ecrit|don+e|ok)"
)
_CALL_ME = sought(
    r"\b(?:rap+el+ez|rap+el ok|me rap+eler|ap+elez moi|me joindre (?:par|au) tel|"
    r"cal+ me|me liguem|me ligue|l+ame(?:n)?me|ligar|perezvon|позвоните|chiamatemi|"
    r"sunati ma)"
)
_VISIT = sought(
    r"\b(?:venir me voir|me rendre visite|some ?one can come|can come (?:to )?se+ me|"
    r"pas+er me voir|une visite|visita)\b|يزورني"
)
_NOTHING = fold("")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the item says of consent and of ways to answer."""

    consent: ConsentState | None = None
    scope: str | None = None
    addressee: str | None = None
    preference: ReplyPreference | None = None
    blocked: tuple[str, ...] = ()


def agreement_of(
    channel: Channel,
    parts: Parts,
    author: Author,
    who: Who,
    readings: Sequence[Reading],
    special: Sequence[SpecialSituation],
) -> Agreement:
    """Consent and preference; only a structured record or a signed sheet is taken as recorded."""
    consent, scope, addressee = _consent(channel, parts, author, who, readings)
    preference: ReplyPreference | None = None
    blocked: tuple[str, ...] = ()
    text = readings[0].loose if readings else _NOTHING
    if SpecialSituation.NO_MAIL_TO_PRISON in special:
        preference = ReplyPreference.NO_MAIL_TO_PRISON
        blocked = ("letter to the establishment", "acknowledgement to the establishment")
    elif author.kind is RequesterKind.FELLOW_DETAINEE:
        blocked = ("letter through the fellow detainee",)
    elif channel is Channel.PHONE or (author.kind not in SELF_KINDS and _CALL_ME.first(text)):
        preference = ReplyPreference.PHONE if _CALL_ME.first(text) else None
    elif author.kind in SELF_KINDS and _VISIT.first(text):
        preference = ReplyPreference.TEAM_VISIT
    if channel is Channel.WEB and not (parts.declared.get("email") or parts.declared.get("phone")):
        blocked = (*blocked, "no address given")
    return Agreement(consent, scope, addressee, preference, blocked)


def _consent(
    channel: Channel, parts: Parts, author: Author, who: Who, readings: Sequence[Reading]
) -> tuple[ConsentState | None, str | None, str | None]:
    if channel is Channel.API and parts.declared.get("consent.signed") == "true":
        return ConsentState.RECORDED, parts.declared.get("consent.scope"), "La Cimade"
    texts = [r.loose for r in readings]
    if channel is Channel.REFERRAL and any(_SHEET_YES.first(t) for t in texts):
        return ConsentState.RECORDED, "referral", "permanence Justice"
    own = author.kind in SELF_KINDS
    agrees = _AGREES_SELF if own else _AGREES_OTHER
    if not any(agrees.first(t) and not _REFUSES.first(t) for t in texts):
        return None, None, None
    if own:
        return (
            (ConsentState.CANDIDATE, "this matter", f"Maître {who.lawyer}")
            if who.lawyer
            else (None, None, None)
        )
    return ConsentState.CANDIDATE, "this matter", who.requester.whole or None
