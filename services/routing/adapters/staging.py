"""Reads what a rehearsal asks of its teams: ``{"cp-fresnes": {"state": "active", ...}}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from services.routing.domain.directory import TeamWanted
from services.routing.domain.view import Absence
from shared.contracts.vocabulary import TeamState
from shared.errors import Invalid
from shared.forms import field_errors, named

_NONE = "none"
_STATES = {one.value: one for one in TeamState}


class BadStage(Invalid):
    """The teams of a rehearsal cannot be read."""

    code = "routing.bad_stage"


class _Span(Schema):
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(load_default=None, allow_none=True)


class TeamSchema(Schema):
    """The state of one team: active, suspended, closed or none, and when nobody is there."""

    class Meta:
        unknown = EXCLUDE

    state = fields.String(required=True, validate=validate.OneOf([*_STATES, _NONE]))
    since = fields.Date(load_default=None, allow_none=True)
    no_volunteer = fields.Nested(_Span, load_default=None, allow_none=True)


def read_teams(register: str, teams: Mapping[str, Any]) -> list[TeamWanted]:
    """The teams that should be on stage; raises BadStage naming each bad field."""
    wrong: dict[str, list[str]] = {}
    wanted = []
    for code, entry in teams.items():
        try:
            wanted.append(read_team(register, code, entry))
        except ValidationError as error:
            for name, texts in field_errors(error).items():
                wrong[f"teams.{code}.{name}"] = texts
    if wrong:
        raise BadStage(f"teams: cannot be read in {named(wrong)}", wrong)
    return wanted


def read_team(register: str, code: str, entry: Any) -> TeamWanted:
    """One team; raises marshmallow's ValidationError."""
    if not isinstance(entry, Mapping):
        raise ValidationError({"state": ["is missing, for the team is no object"]})
    loaded = TeamSchema().load(entry)
    span = loaded["no_volunteer"]
    return TeamWanted(
        register=register,
        establishment=code,
        state=None if loaded["state"] == _NONE else _STATES[loaded["state"]],
        since=loaded["since"],
        absence=Absence(since=span["since"], until=span["until"]) if span else None,
    )
