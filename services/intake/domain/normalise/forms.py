"""Web forms and partners' messages: JSON with declared fields, some of them perhaps wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any

from services.intake.domain.normalise.impossible_days import SEND_A_DAY, day_of, is_impossible
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.tame import tamed
from shared.contracts.intake.facts import FieldProblem

# Names under which senders put the same thing, by our name for it.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "sent_at": ("sent_at", "created_at", "date", "timestamp"),
    "message": (
        "message",
        "text",
        "body",
        "content",
        "details",
        "description",
        "notes",
        "question",
        "note",
        "comment",
        "situation",
        "summary",
    ),
    "asks": ("asks", "requests", "demandes"),
    "subject": ("subject", "objet", "title"),
    "language": ("lang", "language"),
    "name": ("name", "nom", "full_name"),
    "email": ("email", "mail"),
    "phone": ("phone", "tel", "telephone"),
    "who": ("who", "role", "qui", "relation"),
    "establishment": ("establishment", "prison", "etablissement", "place", "place.name"),
    "partner": ("partner", "organisation", "organization", "source"),
    "author.name": ("author.name", "requester.name", "contact.name"),
    "author.role": ("author.role", "requester.role", "contact.role"),
    "author.email": ("author.email", "requester.email", "contact.email"),
    "author.phone": ("author.phone", "requester.phone"),
    "author.organisation": ("author.organisation", "author.organization", "author.structure"),
    "person.last": ("person.last", "person.family", "person.last_name", "person.nom"),
    "person.first": ("person.first", "person.given", "person.first_name", "person.prenom"),
    "person.name": ("person.name",),
    "person.dob": ("person.dob", "person.born_on", "person.birth_date", "person.date_of_birth"),
    "person.agdref": ("person.agdref", "person.foreigner_number"),
    "person.number": (
        "person.ecrou",
        "person.detention_number",
        "person.number",
        "person.écrou",
        "person.escrou",
    ),
    "person.nationality": ("person.nationality",),
    "person.language": ("person.language", "person.lang"),
    "person.establishment": (
        "person.establishment",
        "person.prison",
        "person.place",
        "detention.establishment",
        "detention.place",
    ),
    "measure.type": ("measure.type", "status.type", "situation.type"),
    "measure.from": ("measure.from", "released_from"),
    "measure.until": ("measure.until",),
    "decision.type": ("decision.type",),
    "decision.notified": ("decision.notified", "decision.notified_on", "decision.notified_at"),
    "decision.delay_days": ("decision.delay_days", "decision.days"),
    "release.on": ("release.date", "release.on", "release_date"),
    "consent.signed": ("consent.signed", "consent.given"),
    "consent.date": ("consent.date",),
    "consent.scope": ("consent.scope",),
}
# The last part of a name that tells by itself what a field holds, in whatever group it stands.
_LEAVES: Mapping[str, frozenset[str]] = {
    "person.number": frozenset({"ecrou", "écrou", "escrou", "detention_number", "prison_number"}),
    "establishment": frozenset({"establishment", "etablissement", "établissement", "prison"}),
    "release.on": frozenset({"release", "release_date", "release_on", "sortie", "date_sortie"}),
}
# What names of fields are made of; any other word in one is the sender's, and may name somebody.
_KNOWN_PARTS = frozenset(
    part for names in _NAMES.values() for name in names for part in name.split(".")
).union(*_LEAVES.values(), ("since", "birth", "birthdate", "birthday", "dates", "notification"))
AGDREF_DIGITS = 10
_OTHERS_OWN = ("author.", "requester.", "contact.", "person.", "consent.")


def read_form(raw: str) -> Parts:
    """Take a web form or a partner's message apart.

    A message that is no JSON object is kept as plain text, with "body" named as unreadable.
    """
    start = raw.find("{")
    try:
        content = json.loads(raw[start:]) if start >= 0 else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        problem = FieldProblem(field="body", remedy="envoyer un objet JSON (RFC 8259)")
        return Parts(own=tamed(raw), missing=("body",), problems=(problem,), problem_values=("",))
    flat = {tamed(name): tamed(value) for name, value in _flattened(content)}
    declared = {ours: v for ours, names in _NAMES.items() if (v := _first(flat, names))}
    for ours, leaves in _LEAVES.items():
        if ours not in declared and (value := _by_leaf(flat, leaves)):
            declared[ours] = value
    problems = [*_bad_dates(flat), *_bad_numbers(flat)]
    named = dict.fromkeys(f for f, _ in problems)  # in their order, each once
    return Parts(
        own=_own_words(declared, flat) or _all_words(flat),
        subject=declared.get("subject", ""),
        sender_name=declared.get("author.name") or declared.get("name", ""),
        sender_address=declared.get("author.email") or declared.get("email", ""),
        language_hint=declared.get("language"),
        received=_instant(declared.get("sent_at")),
        declared=declared,
        born_on=day_of(declared.get("person.dob", "")),
        missing=tuple(_ours(f) for f in named),
        problems=tuple(FieldProblem(field=_told(f), remedy=_remedy(v)) for f, v in problems),
        problem_values=tuple(v for _, v in problems),
    )


def _flattened(
    value: Mapping[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        path = f"{prefix}{key}"
        if isinstance(item, Mapping) and depth < 5:
            yield from _flattened(item, f"{path}.", depth + 1)
        elif isinstance(item, list):
            yield path, ", ".join(str(i) for i in item[:50])
        elif item is not None:
            yield path, ("true" if item is True else "false" if item is False else str(item))


def _first(flat: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((flat[n].strip() for n in names if flat.get(n, "").strip()), "")


def _by_leaf(flat: Mapping[str, str], leaves: frozenset[str]) -> str:
    paths = (p for p in flat if not p.startswith(("author.", "requester.", "contact.")))
    return next((flat[p].strip() for p in paths if p.rpartition(".")[2].casefold() in leaves), "")


def _own_words(declared: Mapping[str, str], flat: Mapping[str, str]) -> str:
    """The sender's text and, below it, the facts that stand in fields of their own."""
    message = declared.get("message", "")
    if not message:
        return ""
    facts = {k: v for k, v in flat.items() if "." in k and not k.startswith(_OTHERS_OWN)}
    return "\n".join(filter(None, (message, declared.get("asks"), _all_words(facts))))


def _all_words(flat: Mapping[str, str]) -> str:
    """Every field with its name; one that is said not to be ("with_oqtf": false) says nothing."""
    return "\n".join(f"{key}: {value}" for key, value in flat.items() if value not in ("", "false"))


def _bad_dates(flat: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Fields that hold a date that does not exist."""
    for key, value in flat.items():
        if is_impossible(value):
            yield key, value


def _bad_numbers(flat: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A foreigner's number that has not ten digits."""
    for key in _NAMES["person.agdref"]:
        digits = re.sub(r"\D", "", flat.get(key, ""))
        if digits and len(digits) != AGDREF_DIGITS:
            yield key, flat[key]


def _instant(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")) if value else None
    except ValueError:
        return None


def _remedy(value: str) -> str:
    if is_impossible(value):
        return SEND_A_DAY
    received = len(re.sub(r"\D", "", value))
    return f"send the {AGDREF_DIGITS} digits of the number; {received} received"


def _ours(field: str) -> str:
    if field in _NAMES["person.agdref"]:
        return "person_concerned.foreigner_number"
    return {
        "person.dob": "person_concerned.born_on",
        "decision.notified": "deadline.trigger_on",
    }.get(
        field,
        "person_concerned.born_on"
        if field.startswith("person.") and "birth" in field
        else _told(field),
    )


def _told(field: str) -> str:
    """The name of a field as it may stand in clear, as far as its parts are known to us."""
    parts = field.split(".")
    known = list(takewhile(_KNOWN_PARTS.__contains__, parts))
    return ".".join(known if len(known) == len(parts) else [*known, "…"])
