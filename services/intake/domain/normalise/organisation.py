"""The organisation that a requester writes for, as they name it."""

from __future__ import annotations

import re

from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.text import fold_words
from shared.contracts.vocabulary import RequesterKind

_NAMED = re.compile(
    r"(?:association|Association|\basso\b\.?|collectif|Collectif|[Aa]ccueil de jour|b[ée]n[ée]vole (?:aux?|[àa] la|"
    r"[àa] l['’]|chez|de l['’]association|de la|du)|visiteu[rs]e? (?:de|[àa]|pour)) "
    r"((?:les |la |le |l['’])?[A-ZÀ-Ý][\w’'-]{0,40}(?:[ -](?:de|des|du|la|le|les|et|en|"
    r"d['’](?:en (?:face|bas|haut|ici)\b|[\wÀ-ÿ-]{2,40})|\d{2,3}\b|[A-ZÀ-Ý][\w’'-]{0,40})){0,6})"
)


def organisation_of(kind: RequesterKind, parts: Parts) -> str | None:
    """The organisation's name, None for private persons and where it is not said."""
    if declared := parts.declared.get("author.organisation") or parts.declared.get("partner"):
        return " ".join(w.capitalize() for w in re.split(r"[-_ ]{1,99}", declared) if w)
    if kind is RequesterKind.CIMADE_PRISON_TEAM and (team := parts.declared.get("team")):
        return f"équipe prison {team}"
    if kind is RequesterKind.CPIP and (spip := _spip(parts)):
        return spip
    if kind in {
        RequesterKind.PRISON_JUSTICE_VOLUNTEER,
        RequesterKind.OTHER_ASSOCIATION,
        RequesterKind.SOCIAL_WORKER,
    }:
        match = _NAMED.search(parts.own)
        return match[1].strip() if match else None
    return None


def _spip(parts: Parts) -> str | None:
    found = re.search(
        r"\bspip ?(\d{2,3}|2[ab])\b", fold_words(f"{parts.sender_name} {parts.sender_address}")
    )
    return f"SPIP {found[1].upper()}" if found else None
