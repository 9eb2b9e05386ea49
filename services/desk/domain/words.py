"""French words for the values that pages show and forms send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.contracts import vocabulary
from shared.contracts.vocabulary import Language

_ENUMS: dict[str, Any] = {
    "channel": vocabulary.Channel,
    "requester_kind": vocabulary.RequesterKind,
    "relation": vocabulary.Relation,
    "topic": vocabulary.Topic,
    "urgency": vocabulary.Urgency,
    "situation": vocabulary.SpecialSituation,
    "reason": vocabulary.RoutingReason,
    "request_state": vocabulary.RequestState,
    "assignment_state": vocabulary.AssignmentState,
    "case_state": vocabulary.CaseState,
    "appointment_state": vocabulary.AppointmentState,
    "deadline_kind": vocabulary.DeadlineKind,
    "deadline_state": vocabulary.DeadlineState,
    "alert_state": vocabulary.AlertState,
    "role": vocabulary.Role,
    "outcome": vocabulary.Outcome,
    "language": vocabulary.Language,
    "judicial_status": vocabulary.JudicialStatus,
    "reply_preference": vocabulary.ReplyPreference,
    "link": vocabulary.LinkKind,
    "step": vocabulary.StepKind,
}
_LABELS = {
    kind: {word.value: word.label for word in enumeration} for kind, enumeration in _ENUMS.items()
}

URGENCY_SHORT = {
    "critical": "Critique",
    "high": "Urgente",
    "normal": "Normale",
    "low": "Sans urgence",
}
STEP_STATES = {"planned": "à faire", "completed": "faite", "dropped": "abandonnée"}
CONFIDENCE = {"high": "sûre", "medium": "moyenne", "low": "faible"}
SOURCES = {
    "permanence": "une autre permanence",
    "person": "la personne elle-même",
    "request": "une demande",
    "partner": "un partenaire",
}
# What may be missing from a request, by the beginning of the field's path.
_FIELDS = {
    "establishment": "l’établissement",
    "place": "le lieu",
    "requester.name": "le nom de l’auteur·rice",
    "requester": "l’auteur·rice",
    "requester_kind": "qui écrit",
    "relation": "le lien avec la personne",
    "person_concerned.name": "le nom de la personne concernée",
    "person_concerned.detention_number": "le numéro d’écrou",
    "person_concerned.foreigner_number": "le numéro étranger",
    "person_concerned.born_on": "la date de naissance",
    "person_concerned.nationality": "la nationalité",
    "person_concerned": "la personne concernée",
    "language": "la langue",
    "person_languages": "les langues de la personne",
    "topics": "les sujets",
    "urgency": "l’urgence",
    "special_situations": "les situations particulières",
    "received_on": "la date de réception",
    "written_on": "la date d’écriture",
    "posted_on": "la date d’envoi",
    "happened_on": "la date des faits",
    "deadline": "une échéance",
    "retention_place": "le lieu de rétention",
    "judicial_status": "la situation judiciaire",
    "reply_preference": "le mode de réponse souhaité",
    "content": "le contenu, qui n’a pas pu être lu",
    "consent": "l’accord de la personne",
    "former_establishment": "l’établissement précédent",
    "moved_from": "le lieu d’où elle vient",
    "attachments": "les pièces jointes",
    "automatic": "message automatique",
    "is_reminder": "relance",
    "links": "le lien avec une demande",
    "call_at": "l’heure de l’appel",
    "conversation": "l’appel",
    "channel": "le canal",
}
# Findings worth telling first: the rest follows in the order in which it was found.
_LOOKED_AT = {
    "team": "équipe",
    "urgency": "urgence",
    "establishment": "établissement",
    "requester_kind": "qui écrit",
    "channel": "canal",
    "received_on": "reçue le",
    "special_situations": "situations particulières",
    "relation": "lien",
    "state": "état",
    "links": "liens",
    "language": "langue",
}


def label(kind: str, value: str | None) -> str:
    """The French words for ``value``, or the value itself if it is none of ours."""
    if value is None:
        return "non précisé"
    return _LABELS[kind].get(value, value)


def options(kind: str) -> list[tuple[str, str]]:
    """(value, words) of every choice, in the order of the vocabulary."""
    return list(_LABELS[kind].items())


def languages(codes: Iterable[str]) -> str:
    """« français, arabe »."""
    return ", ".join(_LABELS["language"].get(code, code) for code in codes)


def foreign(code: str | None) -> bool:
    """Whether the item is in another language than French."""
    return code not in (None, Language.FR.value, Language.UND.value)


def field_name(path: str) -> str:
    """« l’établissement » for "establishment"; the longest known beginning of the path decides."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        known = _FIELDS.get(".".join(parts[:length])) or _FIELDS.get(
            ".".join(parts[:length]).rstrip("s")
        )
        if known:
            return known
    return path


def looked_at(name: str) -> str:
    """« équipe cp-fresnes » for "team.cp-fresnes"."""
    first, _, rest = name.partition(".")
    return f"{_LOOKED_AT.get(first, first)} {rest}".strip()


def source(value: str) -> str:
    """Who referred a case: « l’équipe cp-fresnes », « une autre permanence »."""
    kind, _, code = value.partition(":")
    return f"l’équipe {code}" if kind == "team" else SOURCES.get(value, value)
