"""The form by which a person corrects what was found: its values, and what of it changed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from services.desk.domain import french, words

SEEN = "vu"
DATES = ("received_on", "written_on", "posted_on", "happened_on")
CHOICES = ("requester_kind", "relation", "language", "judicial_status", "reply_preference")
LISTS = ("topics", "special_situations")
_LABELS = {"topics": "topic", "special_situations": "situation"}
REQUESTER = ("given", "family", "organisation", "contact")
PERSON = (
    "given",
    "family",
    "detention_number",
    "foreigner_number",
    "born_on",
    "nationality",
)
_PEOPLE_NAMES = {"given": "person_given", "family": "person_family"}
_CODE = re.compile(r"[a-z]{2,4}-[a-z0-9-]{2,60}\Z")
_NATIONALITY = re.compile(r"[A-Z]{2}\Z")

Values = dict[str, str | list[str]]


def shown(told: Mapping[str, Any], places: Mapping[str, str]) -> Values:
    """The form's values for what ``intake.describe_request`` told."""
    facts = told.get("facts") or {}
    people = told.get("people") or {}
    values: Values = {name: facts.get(name) or "" for name in (*DATES, *CHOICES)}
    values |= {name: list(facts.get(name) or ()) for name in LISTS}
    requester = people.get("requester") or {}
    values |= {f"requester.{name}": requester.get(name) or "" for name in REQUESTER}
    values |= {
        f"person_concerned.{name}": people.get(_PEOPLE_NAMES.get(name, name)) or ""
        for name in PERSON
    }
    values["establishment"] = place_words(facts.get("establishment"), places)
    return values


def place_words(code: str | None, places: Mapping[str, str]) -> str:
    """« CP Fresnes — cp-fresnes », as the list of suggestions writes it."""
    return f"{places.get(code, code)} — {code}" if code else ""


def sent(form: MultiDict[str, str]) -> Values:
    """The form's values as somebody sent them."""
    names = (*DATES, *CHOICES, "establishment")
    values: Values = {name: form.get(name, "").strip() for name in names}
    values |= {name: form.getlist(name) for name in LISTS}
    paths = [f"requester.{name}" for name in REQUESTER]
    paths += [f"person_concerned.{name}" for name in PERSON]
    return values | {path: form.get(path, "").strip() for path in paths}


def packed(values: Values) -> str:
    """The values that a form is shown with, to travel in it."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def seen(form: Mapping[str, str], now: Values) -> Values:
    """The values that the form was shown with; ``now`` if it does not tell."""
    try:
        told = json.loads(form.get(SEEN, ""))
    except ValueError:
        return now
    if not isinstance(told, dict):
        return now
    return {name: told[name] if _fits(told.get(name), now[name]) else now[name] for name in now}


def merged(before: Values, typed: Values, now: Values) -> tuple[Values, dict[str, str]]:
    """(what the form asks for now, what somebody else changed meanwhile by field).

    Whoever left a field as it was ``before`` does not undo what another wrote there since; where
    both changed it, each to something else, the person is asked.
    """
    values: Values = {}
    clashes: dict[str, str] = {}
    for name, value in typed.items():
        mine = not _same(value, before[name])
        values[name] = value if mine else now[name]
        if mine and not _same(now[name], before[name]) and not _same(now[name], value):
            clashes[name] = _changed_to(name, now[name])
    return values, clashes


def _fits(told: object, now: str | list[str]) -> bool:
    if isinstance(now, str):
        return isinstance(told, str)
    return isinstance(told, list) and all(isinstance(one, str) for one in told)


def _same(one: str | list[str], other: str | list[str]) -> bool:
    return set(one) == set(other) if isinstance(one, list) else one == other


def _changed_to(name: str, value: str | list[str]) -> str:
    if isinstance(value, list):
        told = ", ".join(words.label(_LABELS[name], one) for one in value)
    elif name in CHOICES and value:
        told = words.label(name, value)
    elif name in (*DATES, "person_concerned.born_on") and value:
        told = french.day(date.fromisoformat(value))
    else:
        told = value
    return french.unbroken(
        f"Quelqu’un a écrit ici entre-temps : « {told or 'rien'} ». "
        "Enregistrez encore pour garder votre réponse, ou remettez la sienne."
    )


def changes(
    before: Values, after: Values, *, codes: Collection[str], today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """(what to send to intake, what is wrong by field): only what differs is sent."""
    fields: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in after.items():
        if name in LISTS:
            if set(value) != set(before.get(name, ())):
                fields[name] = list(value)
        elif value != before.get(name, ""):
            problem = _problem(name, str(value), codes, today)
            if problem:
                wrong[name] = problem
            else:
                _put(fields, name, _worth(name, str(value)))
    return fields, wrong


def _problem(name: str, value: str, codes: Collection[str], today: date) -> str | None:
    if name == "establishment" and value and code_of(value, codes) is None:
        return "Choisissez un établissement de la liste, ou laissez vide."
    if name == "person_concerned.nationality" and value and not _NATIONALITY.match(value.upper()):
        return "Deux lettres, comme dans les codes de pays : GE, DZ, SN…"
    if name in (*DATES, "person_concerned.born_on") and value:
        return bad_day(value, today)
    if name in ("received_on", "requester_kind", "relation", "language") and not value:
        return "Ce champ ne peut pas rester vide."
    return None


def bad_day(value: str, today: date) -> str | None:
    """What is wrong with a day that a form sends, if it should have come by ``today``."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "Écrivez la date comme 17/03/2026."
    return "Cette date est dans le futur." if day > today else None


def code_of(value: str, codes: Collection[str]) -> str | None:
    """The establishment's code at the end of « CP Fresnes — cp-fresnes », if there is such."""
    last = value.rpartition("— ")[2].strip().lower()
    return last if _CODE.match(last) and last in codes else None


def _worth(name: str, value: str) -> str | None:
    if name == "establishment":
        return value.rpartition("— ")[2].strip().lower() or None
    if name == "person_concerned.nationality":
        return value.upper() or None
    return value or None


def _put(fields: dict[str, Any], name: str, value: str | None) -> None:
    outer, _, inner = name.partition(".")
    if inner:
        fields.setdefault(outer, {})[inner] = value
    else:
        fields[outer] = value
