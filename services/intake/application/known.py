"""Requests that the desk knew before this system, or that a rehearsal sets on stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from services.intake.domain.commands import ImportRequest
from services.intake.domain.decisions import decide
from services.intake.domain.identity import imported_id_for, person_id_for, stream_of
from services.intake.domain.request import Request
from shared.contracts.intake.facts import OtherNumber, Party, RequestPeople
from shared.contracts.vocabulary import Channel, RequestState, Urgency
from shared.errors import Invalid
from shared.eventstore import Streams
from shared.forms import field_errors, named

_STATES = {state.value: state for state in RequestState}
_URGENCIES = {urgency.value: urgency for urgency in Urgency}


class _PersonSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    given = fields.String(load_default=None, allow_none=True)
    family = fields.String(load_default=None, allow_none=True)
    detention_number = fields.String(load_default=None, allow_none=True)
    establishment = fields.String(load_default=None, allow_none=True)
    born_on = fields.Date(load_default=None, allow_none=True)
    nationality = fields.String(load_default=None, allow_none=True)


class KnownSchema(Schema):
    """One entry of a list of known requests; words for people only (``reply``, ``note``) pass."""

    class Meta:
        unknown = EXCLUDE

    request = fields.String(required=True, validate=validate.Length(1, 100))
    state = fields.String(
        load_default=RequestState.NORMALISED.value, validate=validate.OneOf(sorted(_STATES))
    )
    unit = fields.String(load_default=None, allow_none=True)
    received_on = fields.Date(load_default=None, allow_none=True)
    answer_due_on = fields.Date(load_default=None, allow_none=True)
    answered_on = fields.Date(load_default=None, allow_none=True)
    urgency = fields.String(
        load_default=Urgency.NORMAL.value, validate=validate.OneOf(sorted(_URGENCIES))
    )
    establishment = fields.String(load_default=None, allow_none=True)
    reply_to = fields.String(load_default=None, allow_none=True)
    message_ids = fields.List(fields.String(), load_default=list)
    person = fields.Nested(_PersonSchema, load_default=dict)


def stage_known(
    register: str,
    known: list[Mapping[str, Any]],
    *,
    streams: Streams,
    fingerprint: Callable[[str], str],
) -> dict[str, UUID]:
    """Import what is known: {alias: request id}; the same alias again changes nothing.

    An entry that tells of a person and of no request is passed over: persons are never matched by
    themselves (R20), and a consent that nobody recorded here does not exist (R24). Raises
    ``Invalid`` naming the entry and the field.
    """
    entries = [entry for entry in known if "request" in entry]
    commands = [
        _command(register, _loaded(number, entry), fingerprint)
        for number, entry in enumerate(entries)
    ]
    with streams.unit(metadata={"actor": "import"}) as unit:
        for command in commands:
            stream = stream_of(command.request_id)
            events, version = unit.load(stream)
            if not events:
                unit.append(stream, decide(Request(), command), expected=version)
    return {command.alias: command.request_id for command in commands}


def _loaded(number: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = KnownSchema().load(dict(entry))
    except ValidationError as error:
        found = field_errors(error)
        raise Invalid(
            f"known.{number}: {named(found)} not understood",
            {f"known.{number}.{field}": texts for field, texts in found.items()},
        ) from None
    return loaded


def _command(
    register: str, entry: dict[str, Any], fingerprint: Callable[[str], str]
) -> ImportRequest:
    request_id = imported_id_for(register, entry["request"])
    person: dict[str, Any] = entry["person"]
    unit: str | None = entry["unit"]
    of_team = unit.removeprefix("team:") if unit and unit.startswith("team:") else None
    received_on: date | None = entry["received_on"]
    return ImportRequest(
        request_id=request_id,
        person_id=person_id_for(request_id),
        register=register,
        alias=entry["request"],
        state=_STATES[entry["state"]],
        unit=unit,
        received_on=received_on,
        answer_due_on=entry["answer_due_on"],
        answered_on=entry["answered_on"],
        urgency=_URGENCIES[entry["urgency"]],
        establishment=person.get("establishment") or entry["establishment"] or of_team,
        message_ids=tuple(
            fingerprint(f"{Channel.EMAIL.value}:{one.strip()}") for one in entry["message_ids"]
        ),
        people=RequestPeople(
            requester=Party(contact=entry["reply_to"]),
            person_given=person.get("given"),
            person_family=person.get("family"),
            detention_number=person.get("detention_number"),
            born_on=person.get("born_on"),
            nationality=person.get("nationality"),
            other_numbers=_other_numbers(person),
        ),
    )


def _other_numbers(person: Mapping[str, Any]) -> tuple[OtherNumber, ...]:
    number = person.get("detention_number")
    if not number:
        return ()
    return (OtherNumber(establishment=person.get("establishment"), number=number),)
