"""A normalised request as plain values, with the keys of the sample requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.intake.domain.normalise.impossible_days import told
from services.intake.domain.normalise.missing import state_of
from shared.contracts.intake.facts import FoundDeadline, Party, RequestFacts, RequestPeople
from shared.contracts.vocabulary import ConsentState, LinkKind, RequesterKind, RequestState

_LINK_KEYS = {
    LinkKind.DUPLICATE_OF: "suggested_duplicate_of",
    LinkKind.REMINDER_OF: "reminder_of",
    LinkKind.REPLY_TO: "reply_to_request",
    LinkKind.SAME_PERSON: "same_person_as",
    LinkKind.SAME_MATTER: "same_matter_as",
}


def as_expected(
    facts: RequestFacts,
    people: RequestPeople,
    routing: Mapping[str, Any] | None = None,
    *,
    state: RequestState | str | None = None,
    aliases: Mapping[UUID, str] | None = None,
) -> dict[str, Any]:
    """The request under the keys of ``expected`` in the samples; optional ones only if filled.

    ``routing``: {unit, rule, reason, also, inform, answer_due_on} as decided. ``state``: as
    recorded, else what the facts lead to. ``aliases``: numbers under which linked requests are
    known elsewhere ("q-210").
    """
    decided = dict(routing or {})
    result: dict[str, Any] = {
        "state": str(state if state is not None else state_of(facts)),
        "channel": facts.channel.value,
        "received_on": _day(facts.received_on),
        "written_on": _day(facts.written_on),
        "posted_on": _day(facts.posted_on),
        "happened_on": _day(facts.happened_on),
        "requester": _requester(facts, people.requester),
        "person_concerned": _person(people),
        "establishment": facts.establishment,
        "language": facts.language,
        "topics": [t.value for t in facts.topics],
        "urgency": facts.urgency.value,
        "urgency_words": list(people.urgency_words),
        "special_situations": [s.value for s in facts.special_situations],
        "deadlines": _deadlines(facts, people),
        "answer_due_on": _text(decided.pop("answer_due_on", None)),
    }
    if routing is not None:
        result["routing"] = decided
    return result | _optional(facts, people) | _links(facts, aliases or {})


def _day(value: Any) -> str | None:
    return value.isoformat() if value is not None else None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _requester(facts: RequestFacts, party: Party) -> dict[str, Any]:
    return {
        "kind": facts.requester_kind.value,
        "relation": facts.relation.value,
        "name": {"given": party.given, "family": party.family},
        "organisation": party.organisation,
        "contact": party.contact,
    }


def _person(people: RequestPeople) -> dict[str, Any]:
    person: dict[str, Any] = {
        "given": people.person_given,
        "family": people.person_family,
        "detention_number": people.detention_number,
        "foreigner_number": people.foreigner_number,
        "born_on": _day(people.born_on),
        "nationality": people.nationality,
    }
    if people.other_numbers:
        person["other_numbers"] = [
            {"establishment": n.establishment, "number": n.number} for n in people.other_numbers
        ]
    if people.other_names:
        person["other_names"] = list(people.other_names)
    return person


def _deadlines(facts: RequestFacts, people: RequestPeople) -> list[dict[str, Any]]:
    quotes = [*people.deadline_quotes, *[None] * len(facts.deadlines)]
    return [_deadline(d, q) for d, q in zip(facts.deadlines, quotes, strict=False)]


def _deadline(found: FoundDeadline, quote: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": found.kind.value,
        "trigger": found.trigger,
        "trigger_on": found.trigger_on,
        "date_on": _day(found.date_on),
        "period_stated": found.period_stated,
        "quote": quote,
    }
    for name in ("rule_candidate", "prudent", "last", "zone", "note"):
        if (value := getattr(found, name)) is not None:
            shown[name] = value
    return shown


def _optional(facts: RequestFacts, people: RequestPeople) -> dict[str, Any]:
    retained, carrier = facts.retention_place, people.carrier
    values: dict[str, Any] = {
        "missing": list(facts.missing),
        "establishment_source": facts.establishment_source,
        "establishment_candidates": [
            {"code": c.code, "confidence": c.confidence} for c in facts.establishment_candidates
        ]
        if facts.establishment is None
        else [],
        "retention_place": {"kind": retained.kind, "name": retained.name} if retained else None,
        "former_establishment": facts.former_establishment,
        "moved_from": facts.moved_from,
        "judicial_status": facts.judicial_status.value if facts.judicial_status else None,
        "call_at": facts.call_at,
        "conversation": facts.conversation,
        "person_languages": list(facts.person_languages),
        "carrier": _carrier(carrier) if carrier else None,
        "sources": [_party(s) for s in people.sources],
        "consent": _consent(facts, people) if facts.consent is not None else None,
        "reply": _reply(facts),
        "errors": [
            {"field": p.field, "value": v, "remedy": told(p, v).remedy}
            for p, v in zip(facts.problems, [*people.problem_values, *[""] * 99], strict=False)
        ],
        "attachments": [
            {"filename": a.filename, "type": a.media_type, "text": a.text}
            for a in people.attachments
        ],
        "outcome": "not_a_request" if facts.automatic else None,
    }
    return {key: value for key, value in values.items() if value not in (None, [], {})}


def _carrier(party: Party) -> dict[str, Any]:
    return {"kind": party.role, "name": _name(party), "contact": party.contact}


def _party(party: Party) -> dict[str, Any]:
    return {"name": _name(party), "contact": party.contact, "role": party.role}


def _name(party: Party) -> str | None:
    return " ".join(p for p in (party.given, party.family) if p) or None


def _consent(facts: RequestFacts, people: RequestPeople) -> dict[str, Any]:
    return {
        "addressee": people.consent_addressee,
        "scope": facts.consent_scope,
        "state": (facts.consent or ConsentState.CANDIDATE).value,
    }


def _reply(facts: RequestFacts) -> dict[str, Any] | None:
    if facts.reply_preference is None and not facts.reply_blocked:
        return None
    preference = facts.reply_preference.value if facts.reply_preference else None
    return {"preference": preference, "blocked": list(facts.reply_blocked)}


def _links(facts: RequestFacts, aliases: Mapping[UUID, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for link in facts.links:
        name = aliases.get(link.request_id, str(link.request_id))
        automatic = facts.requester_kind is RequesterKind.AUTOMATED_SENDER
        key = "linked_to" if automatic else _LINK_KEYS[link.kind]
        found.setdefault(key, name)
    return found
