"""French words for the values that pages show and forms send."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.desk.domain import deadline_days, french, recording
from shared.clock import PARIS
from shared.contracts import vocabulary
from shared.contracts.vocabulary import Language
from shared.deadlines import ZONES
from shared.reference import request_reference

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
    "step_state": vocabulary.StepState,
}
_LABELS: dict[str, dict[str, str]] = {
    kind: {word.value: word.label for word in enumeration} for kind, enumeration in _ENUMS.items()
}

URGENCY_SHORT = {
    "critical": "Critique",
    "high": "Urgente",
    "normal": "Normale",
    "low": "Sans urgence",
}
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
    "requester.kind": "qui écrit",
    "requester.relation": "le lien avec la personne",
    "requester.name": "le nom de l’auteur·rice",
    "text": "le texte, qui n’a pas pu être lu",
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
    "deadlines": "une date qui n’a pas été comprise",
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
    # what partners and the web form send
    "body": "le texte, qui n’a pas pu être lu en entier",
    "person": "la personne concernée",
    "person.dob": "la date de naissance",
    "person.agdref": "le numéro étranger",
    "person.nationality": "la nationalité",
    "person.detention_number": "le numéro d’écrou",
    "person.establishment": "l’établissement",
    "person.language": "la langue de la personne",
    "author": "l’auteur·rice",
    "author.email": "l’adresse de l’auteur·rice",
    "name": "le nom de l’auteur·rice",
    "email": "l’adresse de l’auteur·rice",
    "phone": "le téléphone de l’auteur·rice",
    "who": "qui écrit",
    "lang": "la langue",
    "form": "le formulaire utilisé",
    "sent_at": "la date d’envoi",
    "partner": "le nom du partenaire",
    "ref": "la référence du partenaire",
    "measure": "la mesure de justice",
    "decision": "la décision",
    "decision.notified": "la date de notification",
    "decision.notified_time": "l’heure de notification",
    "decision.delay_days": "le délai de la décision",
    "consent.date": "la date de l’accord",
    "consent_privacy": "l’accord donné dans le formulaire",
    "asks": "ce qui est demandé",
    "message": "le message",
}
# What is said of a field whose problem is not that it was not understood.
_PROBLEMS = {
    "website": "Un champ que les personnes ne voient pas a été rempli : c’est peut-être un robot.",
    "reading_time": "La lecture automatique prenait trop de temps : lisez l’original en entier.",
    "body": "Le texte n’a pas pu être lu en entier : ouvrez l’original.",
}
_DAYS_TOLD = ("received_on", "written_on", "posted_on", "happened_on")
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
    "moved_from": "vient de",
    "judicial_status": "situation judiciaire",
    "retention_place": "rétention",
    "first": "première demande",
    "original": "demande d’origine",
}

_DONE = {
    "sorti": "Vous êtes déconnecté·e.",
    "enregistree": "La demande est enregistrée.",
    "accepter": "La demande est à vous. Merci !",
    "refuser": "C’est noté : la demande est proposée ailleurs.",
    "reattribuer": "C’est noté : la demande a changé de mains.",
    "corriger": "Merci : ce que nous avons compris est corrigé.",
    "urgence": "L’urgence est changée.",
    "danger": "C’est noté : quelqu’un s’est occupé du danger.",
    "jour": "C’est noté : ce jour n’ouvre aucun délai.",
    "attendre": "La demande est mise en attente.",
    "reprendre": "La demande reprend.",
    "repondre": "La réponse est notée.",
    "clore": "La demande est close.",
    "rouvrir": "La demande est rouverte.",
    "doublon": "Le doublon est confirmé : une seule réponse partira.",
    "pas-doublon": "C’est noté : ce n’était pas un doublon.",
    "lien": "Le lien est confirmé.",
    "confirmer": "L’échéance est confirmée.",
    "nouvelle": "L’échéance court.",
    "tenue": "L’échéance est notée comme tenue.",
    "sans-objet": "L’échéance est écartée.",
    "corrigee": "L’échéance est corrigée.",
    "suivi": "Le suivi est à jour.",
    "alerte": "C’est noté : les rappels s’arrêtent.",
}
# Refusals, by their code: what the person can do about each.
_REFUSED = {
    "intake.out_of_state": "La demande a changé entre-temps : cette action n’est plus possible.",
    "intake.danger_not_handled": "Une personne est peut-être en danger : notez d’abord que "
    "quelque chose a été fait.",
    "intake.near_day_unexplained": "Dites d’abord ce qu’est le jour à vérifier : ajoutez "
    "l’échéance qu’il ouvre, ou notez qu’il n’en ouvre aucune.",
    "intake.words_identify": "Ces mots ne doivent nommer personne : ni nom, même celui de qui a "
    "écrit, ni numéro.",
    "intake.reason_missing": "Il manque la raison.",
    "intake.only_a_person": "Seule une personne peut faire cela.",
    "intake.reply_blocked": "La personne ne veut pas de courrier en détention : choisissez une "
    "autre voie.",
    "intake.content_differs": "Ce formulaire a déjà enregistré une demande, avec d’autres mots. Si "
    "c’en est une autre, envoyez encore : elle sera enregistrée à part. Si c’est la même, "
    "cherchez-la dans « Demandes ».",
    "intake.link_to_itself": "Une demande ne peut pas être liée à elle-même.",
    "intake.target_is_duplicate": "Cette demande est elle-même notée comme doublon : choisissez "
    "celle dont elle est le doublon.",
    "intake.unknown_request": "Cette demande n’existe pas dans votre registre.",
    "privacy.subject_erased": "La personne a été effacée : plus rien qui la nomme ne peut être "
    "noté. Le reste de la demande peut être corrigé.",
    "routing.not_assigned": "La demande n’est pas encore attribuée.",
    "routing.not_open": "La demande n’est plus ouverte.",
    "routing.already_accepted": "Quelqu’un d’autre a déjà pris cette demande.",
    "routing.nobody_behind": "Personne ne pourrait la reprendre : demandez à la coordination.",
    "routing.not_for_teams": "Cette situation ne peut pas être confiée à une équipe.",
    "routing.no_active_team": "Il n’y a pas d’équipe active à cet endroit.",
    "routing.reason_missing": "Il manque la raison.",
    "routing.reason_identifies": "La raison ne doit nommer personne : ni nom, ni numéro.",
    "routing.unknown_volunteer": "Votre nom n’est pas dans l’annuaire : demandez à la "
    "coordination.",
    "followup.out_of_state": "Cela a changé entre-temps : cette action n’est plus possible.",
    "followup.unknown": "Introuvable dans votre registre.",
    "followup.only_a_person": "Seule une personne peut faire cela.",
    "followup.words_missing": "Il manque quelques mots d’explication.",
    "followup.words_identify": "Ces mots ne doivent nommer personne : ni nom, ni numéro.",
    "followup.deadlines_running": "Une échéance court encore : dites d’abord ce qu’elle devient.",
    "followup.in_the_past": "Cette date est déjà passée.",
    "followup.kind_against_rule": "Cette règle ne compte pas les échéances de cette nature.",
    "followup.far_day": "Ce jour est loin d’aujourd’hui : vérifiez l’année.",
    "followup.not_started": "Cette date est à venir : un délai court depuis un jour déjà passé.",
    "deadlines.decision_day_needed": "Cette règle a besoin du jour de la décision.",
    "deadlines.bad_input": "Ces jours ne vont pas ensemble : vérifiez-les.",
    "deadlines.not_in_force": "Cette règle n’était pas en vigueur ce jour-là : choisissez celle "
    "qui l’était.",
    "followup.not_yet": "C’est encore à venir : attendez que ce soit passé.",
    "notifications.not_yet_sent": "Cette alerte n’est pas encore partie.",
    "notifications.unknown_alert": "Cette alerte n’existe plus.",
    "rpc.no_answer": "Le service ne répond pas en ce moment. Rien n’est sûr : rechargez la page "
    "avant de recommencer.",
    "desk.changed_meanwhile": "Quelqu’un a changé cette échéance entre-temps. Rien n’est "
    "enregistré : relisez les dates, puis recommencez si elles sont justes.",
    "desk.words_name": "Ces mots ne doivent nommer personne : ni nom, ni numéro.",
    "desk.form": "Il manque quelque chose dans le formulaire.",
    "desk.future": "Cette date est dans le futur.",
    "desk.confirm": "Cochez la case pour confirmer.",
}
# The field of a form that a refusal is about: the first of these that the form has.
_REFUSED_FIELDS = {
    "intake.reason_missing": ("reason",),
    "intake.words_identify": ("reason", "waiting_for", "scope"),
    "intake.reply_blocked": ("way",),
    "routing.reason_missing": ("reason",),
    "routing.reason_identifies": ("reason",),
    "routing.not_for_teams": ("unit",),
    "routing.no_active_team": ("unit",),
    "followup.words_missing": ("reason", "mots", "orientation", "to", "place"),
    "followup.words_identify": ("reason", "mots", "orientation", "to", "place"),
    "desk.words_name": ("reason", "waiting_for", "mots", "orientation", "to", "place"),
    "followup.in_the_past": ("on", "due_on"),
    "followup.not_started": ("trigger_on",),
    "followup.kind_against_rule": ("kind",),
    "deadlines.not_in_force": ("rule", "trigger_on"),
    "deadlines.decision_day_needed": ("decided_on", "rule"),
    "deadlines.bad_input": ("rule",),
}
# What the fields of the small forms are called on the page.
_FORM_FIELDS = {
    "reason": "Pourquoi",
    "mots": "Comment le sait-on, ou pourquoi",
    "waiting_for": "De quoi",
    "outcome": "Ce qu’il en est advenu",
    "way": "Par quelle voie",
    "sent_on": "Le",
    "unit": "À qui",
    "urgency": "Urgence",
    "orientation": "Vers qui orienter la personne",
    "to": "Laquelle",
    "kind": "Nature",
    "due_on": "Pour le",
    "on": "Jour",
    "hour": "Heure",
    "place": "Lieu",
    "note": "Note",
    "rule": "Règle",
    "trigger_on": "Jour de départ",
    "trigger_hour": "Heure",
    "before": "Devant",
    **deadline_days.ASKED,
    "on_hour": "Heure",
    "email": "Votre adresse e-mail",
    deadline_days.MEANT: "C’est bien ce jour, même s’il est loin",
    "date": "une règle avec son jour de départ, ou une date donnée",
}
_TECHNICAL = (
    "Une réponse technique à la situation telle qu’elle est exposée. Sans l’accord de la personne, "
    "rien de ce qu’elle a confié."
)
_NOTHING = "Ne répondez rien ici : confiez la demande à la coordination, qui s’en charge."
# What is not told to whom (R24 to R29, R35), beside the buttons with which one answers.
_CAUTIONS = {
    "relative": "Sans accord enregistré de la personne : des informations générales seulement. Ne "
    "confirmez ni qu’elle est connue, ni où elle est.",
    "lawyer": "Le dossier de la personne seulement avec une preuve de mandat ou son accord ; sinon "
    "un appui général.",
    "cpip": _TECHNICAL,
    "prison_staff": _TECHNICAL,
    "prison_health_staff": _TECHNICAL,
    "social_worker": _TECHNICAL,
    "prison_justice_volunteer": _TECHNICAL,
    "other_association": _TECHNICAL,
    "chaplain": _TECHNICAL,
    "fellow_detainee": "Rien de confidentiel par la personne qui écrit pour une autre.",
    "administration": _NOTHING,
    "press_or_research": _NOTHING,
}
_CONSENTED = "Un accord de la personne est enregistré : ne dites que ce qu’il couvre."
_BY_CONSENT = frozenset({"relative", "lawyer"})
# The fields into which words are typed, beside those of a correction.
_TYPED = ("reason", "mots", "waiting_for", "orientation", "to", "place", "note", "before", "email")
TO_FILL = "Ce champ ne peut pas rester vide."
NO_SUCH_HOUR = "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été."
NOT_UNDERSTOOD = "Cette valeur n’a pas été comprise."
RULE_OR_DATE = "Choisissez une règle, ou donnez une date : l’une des deux, pas les deux."
_REFUSED_OTHERWISE = (
    "Le service a refusé. Rien n’a été enregistré ; rechargez la page et réessayez."
)
_LOOKED_KINDS = {
    "urgency": ("urgency",),
    "requester_kind": ("requester_kind",),
    "channel": ("channel",),
    "relation": ("relation",),
    "language": ("language",),
    "special_situations": ("situation",),
    "special": ("situation",),
    "judicial_status": ("judicial_status",),
}
_PLAIN = {
    "True": "oui",
    "False": "non",
    "None": "aucun",
    "active": "active",
    "suspended": "suspendue",
    "closed": "fermée",
    "none": "aucune",
    "cra": "CRA",
    "lra": "LRA",
    "za": "zone d’attente",
}
_NATURES = {
    "deadline": "délai pour agir",
    "deadline_first_day_counts": "délai dont le premier jour compte",
    "deadline_remainder": "reste d’un délai",
    "extension": "prolongation",
    "interruption": "interruption",
    "earliest_date": "première date possible",
    "window_open": "ouverture d’une période",
    "window_close": "fin d’une période",
    "authority_silence": "silence de l’administration",
    "authority_time": "délai de l’administration",
    "authority_min_notice": "préavis que doit l’administration",
    "internal_clock": "délai de la permanence",
}
# What starts a clock, as intake reads it; the rules say it in French.
_TRIGGERS = {
    "date on the card": "date inscrite sur le titre",
    "escort": "escorte, vol annoncé",
    "information by the registry": "information donnée par le greffe",
    "information with the placement": "information donnée avec le placement",
    "issue of the form": "remise du formulaire",
    "promise on the line": "promesse faite au téléphone",
    "pronouncement": "prononcé du jugement",
    "registry": "greffe de l’établissement",
    "request of the authority": "demande de l’administration",
    "summons": "convocation",
    "voicemail": "message vocal",
}
# What is not to be used to answer, as intake reads it, beside the ways by which one answers.
_BLOCKED = {
    "letter to the establishment": "courrier à l’établissement",
    "acknowledgement to the establishment": "accusé de réception à l’établissement",
    "letter through the fellow detainee": "courrier par la personne codétenue",
    "no address given": "aucune adresse donnée",
}
# What an agreement covers, as intake reads it.
_SCOPES = {"referral": "orientation", "this matter": "cette affaire"}
ALERTS = {
    "assignment": "Demande à prendre",
    "deadline": "Échéance",
    "information": "Pour information",
    "referral": "Orientation à accepter ou refuser",
    "referral_accepted": "Orientation acceptée",
    "referral_refused": "Orientation refusée",
    "step": "Démarche",
    "appointment": "Rendez-vous",
}
SERVICES = {
    "intake": "Arrivée des demandes",
    "routing": "Attribution",
    "followup": "Suivis et échéances",
    "notifications": "Alertes",
    "desk": "Page des bénévoles",
}


def done(key: str) -> str | None:
    """What is said after something was done."""
    said = _DONE.get(key)
    return french.unbroken(said) if said else None


def refused(code: str) -> str:
    """What is said of a refusal with this code."""
    return french.unbroken(_REFUSED.get(code, _REFUSED_OTHERWISE))


def names(word: str) -> str:
    """What is said of words that hold a name, with the one that has to go."""
    return french.unbroken(
        f"Ces mots ne doivent nommer personne, et « {word} » est un nom de la personne concernée : "
        "écrivez-les sans lui."
    )


def refused_field(code: str, form: Mapping[str, str]) -> str | None:
    """The field of ``form`` that a refusal with this code is about, if it is about one."""
    return next((name for name in _REFUSED_FIELDS.get(code, ()) if name in form), None)


def form_field(name: str) -> str:
    """What a field of the small forms is called on the page."""
    return _FORM_FIELDS.get(name) or recording.LABELS.get(name, name)


def caution(requester_kind: str | None, consent: str | None) -> str | None:
    """What is not to be told to whoever writes, if there is such."""
    kind = requester_kind or ""
    said = _CONSENTED if consent == "recorded" and kind in _BY_CONSENT else _CAUTIONS.get(kind)
    return french.unbroken(said) if said else None


def typed_field(name: str) -> str | None:
    """What a field is called into which a person types words; None for any other."""
    if name in _TYPED or name in recording.LONGEST:
        return form_field(name)
    corrected = name.startswith(("requester.", "person_concerned."))
    return french.capital(field_name(name)) if corrected else None


def to_mend(names: Iterable[str]) -> str:
    """« Rien n’est enregistré. À revoir : « Pourquoi ». »"""
    told = ", ".join(f"« {name} »" for name in names)
    return french.unbroken(f"Rien n’est enregistré. À revoir : {told}.")


def label(kind: str, value: str | None) -> str:
    """The French words for ``value``, or the value itself if it is none of ours."""
    if value is None:
        return "non précisé"
    return _LABELS[kind].get(value, value)


def options(kind: str) -> list[tuple[str, str]]:
    """(value, words) of every choice, in the order of the vocabulary."""
    return list(_LABELS[kind].items())


def kind_against_rule(kind: str, rule: Mapping[str, Any]) -> str:
    """That a rule does not count deadlines of that nature, and which it does count."""
    fit = " ou ".join(f"« {french.capital(label('deadline_kind', one))} »" for one in rule["kinds"])
    return french.unbroken(
        f"« {french.capital(label('deadline_kind', kind))} » ne se compte pas par la règle choisie "
        f"(« {french.capital(rule['label'])} »). Choisissez la nature {fit}, ou une autre règle."
    )


def rule_groups(
    rules: Iterable[Mapping[str, Any]],
) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The rules under the nature that each counts first, in the order of the natures."""
    groups: dict[str, list[Mapping[str, Any]]] = {kind: [] for kind, _ in options("deadline_kind")}
    for rule in rules:
        groups[rule["kinds"][0]].append(rule)
    return [
        (french.capital(label("deadline_kind", kind)), found)
        for kind, found in groups.items()
        if found
    ]


def ways() -> list[tuple[str, str]]:
    """(value, words) of the ways by which a reply can be given."""
    not_ways = ("no_mail_to_prison", "hold_until_release")
    return [one for one in options("reply_preference") if one[0] not in not_ways]


def unit_with_article(unit: str | None, places: Mapping[str, str]) -> str:
    """« la permanence », « l’équipe CP Fresnes »: a unit within a sentence."""
    name = french.unit(unit, places)
    if unit in ("desk", "coordination"):
        return f"la {name.lower()}"
    return f"l’équipe{name.removeprefix('Équipe')}" if name.startswith("Équipe") else name


def zone(value: str) -> str:
    """Whose public holidays and hour count: « métropole », « Alsace-Moselle »."""
    return ZONES[value].label if value in ZONES else value


def hour_in_paris(value: str | None, zone: str | None) -> str | None:
    """A local instant overseas, as Paris counts it; None of a day, or where Paris has the same."""
    if value is None or "T" not in value or zone not in ZONES:
        return None
    there = ZONES[zone].tz
    if there == PARIS:
        return None
    return french.moment(datetime.fromisoformat(value).replace(tzinfo=there))


def languages(codes: Iterable[str]) -> str:
    """« français, arabe »."""
    return ", ".join(_LABELS["language"].get(code, code) for code in codes)


def foreign(code: str | None) -> bool:
    """Whether the item is in another language than French."""
    return code not in (None, Language.FR.value, Language.UND.value)


def field_name(path: str) -> str:
    """« l’établissement » for "establishment"; the longest known beginning of the path decides."""
    parts = path.split(".")
    if parts[0] == "deadline" and len(parts) > 1 and parts[1] in _LABELS["deadline_kind"]:
        return f"la date qui fait courir le délai ({_LABELS['deadline_kind'][parts[1]]})"
    for length in range(len(parts), 0, -1):
        path_so_far = ".".join(parts[:length])
        known = _FIELDS.get(path_so_far) or _FIELDS.get(path_so_far.removesuffix("s"))
        if known:
            return known
    return f"le champ « {path} »"


def problem(path: str, facts: Mapping[str, Any]) -> str:
    """What a person should know of a field of ``facts`` that the machine doubts."""
    said = _PROBLEMS.get(path) or _postmark(path, facts)
    if said is None:
        name = french.capital(field_name(path))
        why = "est dans le futur" if path in _DAYS_TOLD else "n’a pas été comprise telle que reçue"
        said = f"{name} : cette information {why} ; vérifiez sur l’original."
    return french.unbroken(said)


def _postmark(path: str, facts: Mapping[str, Any]) -> str | None:
    """Which two dates of the envelope cannot both be right, if the postmark is after the other."""
    posted, received = facts.get("posted_on"), facts.get("received_on")
    if path != "posted_on" or not posted or not received or posted <= received:
        return None
    days = [french.day(date.fromisoformat(one)) for one in (posted, received)]
    return (
        f"Le cachet de la poste ({days[0]}) est après le jour de réception ({days[1]}) : vérifiez "
        "l’un et l’autre sur l’enveloppe, et corrigez « Postée le » ou « Reçue le »."
    )


def looked_at(name: str, places: Mapping[str, str]) -> str:
    """« équipe CP Fresnes » for "team.cp-fresnes"."""
    first, _, rest = name.partition(".")
    if first == "earlier":
        return f"demande précédente {request_reference(UUID(rest))}"
    return f"{_LOOKED_AT.get(first, first)} {places.get(rest, rest)}".strip()


def looked_value(name: str, value: str, places: Mapping[str, str]) -> str:
    """The value of such a fact in French, as far as it is a word of the trade."""
    if name.startswith("earlier."):
        unit, _, due = value.partition(", due ")
        told = french.unit(unit, places)
        return f"{told}, réponse pour le {french.local(due)}" if due[:1].isdigit() else told
    if "," in value:
        return ", ".join(looked_value(name, one.strip(), places) for one in value.split(","))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return french.day(date.fromisoformat(value))
    for kind in _LOOKED_KINDS.get(name.partition(".")[0], ()):
        if value in _LABELS[kind]:
            return _LABELS[kind][value]
    return places.get(value, _PLAIN.get(value, value))


def source(value: str, places: Mapping[str, str]) -> str:
    """Who referred a case: « l’équipe CP Fresnes », « une autre permanence »."""
    kind, _, code = value.partition(":")
    if kind == "team":
        return f"l’équipe {places.get(code, code)}"
    return SOURCES.get(value, value)


def trigger(value: str) -> str:
    """What starts a clock: « greffe de l’établissement »."""
    return _TRIGGERS.get(value, value)


def blocked(value: str) -> str:
    """A way by which not to answer: « courrier à l’établissement »."""
    return _BLOCKED.get(value) or label("reply_preference", value)


def scope(value: str) -> str:
    """What an agreement covers: « cette affaire »."""
    return _SCOPES.get(value, value)


def nature(value: str) -> str:
    """What kind of time limit it is."""
    return _NATURES.get(value, value)
