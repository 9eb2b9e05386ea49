"""Payloads of the RPC methods, checked; and what they answer, as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from services.routing.application.ports import Listing, Stored
from services.routing.domain.directory import Team, Volunteer
from services.routing.domain.view import Absence
from shared.contracts.routing.events import EstablishmentRegistered
from shared.contracts.vocabulary import AssignmentState
from shared.errors import Invalid
from shared.forms import field_errors, named

LARGEST_PAGE = 500
_STATES = [one.value for one in AssignmentState]


class BadPayload(Invalid):
    """A call with arguments that cannot be understood; nothing was done."""

    code = "routing.bad_payload"


class AcceptSchema(Schema):
    request_id = fields.UUID(required=True)
    volunteer_id = fields.String(required=True, validate=validate.Length(min=1, max=63))
    command_id = fields.UUID(load_default=None, allow_none=True)


class RefuseSchema(Schema):
    request_id = fields.UUID(required=True)
    refused_by = fields.String(required=True, validate=validate.Length(min=1, max=63))
    reason = fields.String(required=True, validate=validate.Length(max=500))
    command_id = fields.UUID(load_default=None, allow_none=True)


class MoveSchema(Schema):
    request_id = fields.UUID(required=True)
    unit = fields.String(required=True, validate=validate.Length(min=1, max=80))
    by = fields.String(required=True, validate=validate.Length(min=1, max=63))
    reason = fields.String(required=True, validate=validate.Length(max=500))
    command_id = fields.UUID(load_default=None, allow_none=True)


class ListSchema(Schema):
    register = fields.String(required=True)
    unit = fields.String(load_default=None, allow_none=True)
    state = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(_STATES, error="is no state")
    )
    holder = fields.String(load_default=None, allow_none=True)
    after = fields.UUID(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=100, validate=validate.Range(min=1, max=LARGEST_PAGE))


class AbsenceSchema(Schema):
    absent_from = fields.Date(required=True)
    absent_until = fields.Date(load_default=None, allow_none=True)


def loaded(schema: type[Schema], payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with its types; raises BadPayload naming each bad field."""
    try:
        values: dict[str, Any] = schema().load(payload)
    except ValidationError as error:
        wrong = field_errors(error)
        raise BadPayload(f"arguments: cannot be read in {named(wrong)}", wrong) from None
    return values


def day_of(field: str, value: Any) -> date:
    """A day; raises BadPayload naming ``field``."""
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        text = "is no day; write it as 2026-03-31"
        raise BadPayload(f"{field}: {text}", {field: [text]}) from None


def listing(payload: Mapping[str, Any]) -> Listing:
    """What to list; raises BadPayload."""
    return Listing(**loaded(ListSchema, payload))


def absence(payload: Mapping[str, Any]) -> Absence:
    """An absence, both days included; raises BadPayload."""
    values = loaded(AbsenceSchema, payload)
    first, last = values["absent_from"], values["absent_until"]
    if last is not None and last < first:
        text = "lies before absent_from; exchange or correct them"
        raise BadPayload(f"absent_until: {text}", {"absent_until": [text]})
    return Absence(since=first, until=last)


def request_id_of(value: Any) -> UUID:
    """A request's id; raises BadPayload."""
    try:
        return UUID(str(value))
    except ValueError:
        text = "is no id; write it as in the list of assignments"
        raise BadPayload(f"request_id: {text}", {"request_id": [text]}) from None


def assignment_json(stored: Stored) -> dict[str, Any]:
    """The assignment's fields by name; ids, days and times as text."""
    row = asdict(stored.assignment) | {"version": stored.version}
    row["proposed_at"] = stored.proposed_at.isoformat() if stored.proposed_at else None
    row["looked_at"] = {fact["name"]: fact["value"] for fact in row["looked_at"]}
    return {name: _plain(value) for name, value in row.items()}


def team_json(team: Team) -> dict[str, Any]:
    return {
        "establishment": team.establishment,
        "state": team.state.value,
        "since": _plain(team.since),
        **_absence_json(team.absence),
    }


def volunteer_json(one: Volunteer) -> dict[str, Any]:
    """With name and addresses: for those who may see the directory, never for a log."""
    return {
        "volunteer_id": one.volunteer_id,
        "role": one.role.value,
        "units": list(one.units),
        "capacity": one.capacity,
        "on_duty": one.on_duty,
        "left": one.left,
        "name": one.contact.name if one.contact else None,
        "email": one.contact.email if one.contact else None,
        "second_channel": one.contact.second_channel if one.contact else None,
        **_absence_json(one.absence),
    }


def establishment_json(one: EstablishmentRegistered) -> dict[str, Any]:
    return asdict(one) | {"aliases": list(one.aliases)}


def _absence_json(gone: Absence | None) -> dict[str, Any]:
    return {
        "absent_from": _plain(gone.since) if gone else None,
        "absent_until": _plain(gone.until) if gone else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value
