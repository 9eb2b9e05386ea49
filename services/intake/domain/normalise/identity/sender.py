"""The name of a sender who writes of somebody else."""

from __future__ import annotations

import re

from services.intake.domain.normalise.identity.caller import caller_named, says_given_alone
from services.intake.domain.normalise.identity.declared import real_name
from services.intake.domain.normalise.identity.envelope import back_name
from services.intake.domain.normalise.identity.merging import WHOLE, fullness, merged
from services.intake.domain.normalise.identity.said import said_names
from services.intake.domain.normalise.identity.signature import signatures
from services.intake.domain.normalise.identity.written import usable
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name
from services.intake.domain.normalise.reference import Reference
from shared.contracts.vocabulary import Channel


def sender_name(channel: Channel, parts: Parts, reference: Reference) -> Name:
    """The name that the channel shows, or that the sender signs with; none for a referral."""
    names = reference.names
    if channel is Channel.PHONE:
        caller = caller_named(parts)
        if caller is None or not usable(caller, names):
            return Name()
        return Name(given=caller) if says_given_alone(parts, caller) else names.split(caller)
    if channel is Channel.WEB:
        name = parts.declared.get("name", "")
        return names.split(name) if real_name(name) else Name()
    if channel is Channel.REFERRAL:
        return Name()
    if channel is Channel.LETTER:
        return merged([*signatures(parts.own, names), back_name(parts.envelope.back, names)], names)
    signed = [*signatures(parts.own, names), *said_names(parts.own, names, reference)]
    display = _TRADE.sub("", parts.sender_name)
    shown = names.split(display) if _personal(display) else Name()
    if shown and shown.given and shown.family and fullness(shown) == WHOLE:
        return shown
    return merged([shown, *signed], names)


# "Hortense Lagadec - Avocate": what the sender is, behind the name that is shown.
_TRADE = re.compile(
    r"(?<=\w)(?: {1,9}[-–—|/]{1,3} {0,9}| {0,3}[,(] {0,3})(?:avocate?|juriste|d?cpip|visiteu[rs]e?|aum[ôo]ni[eè]re?|[ée]ducat\w+|b[ée]n[ée]vole|"
    r"m[ée]decin|infirmi[eè]re?|assistante?|conseill[eè]re?|interpr[eè]te|lawyer|barrister)\b.{0,80}$",
    re.IGNORECASE,
)


def _personal(display: str) -> bool:
    return bool(display) and not re.search(
        r"mail delivery|service|secr[ée]tariat|association|spip\b|contact|noreply|"
        r"accueil|greffe|cabinet|bureau|foyer|@|\bpad\b|point (?:d['’]acc[eè]s|justice)|permanence|collectif|ligue|"
        r"pr[ée]fecture|mairie|maison (?:de|d['’]|des)|comit[ée]|mission|centre|r[ée]seau|[ée]quipe",
        re.sub(r"\([^)]{0,200}\)", "", display),
        re.IGNORECASE,
    )
