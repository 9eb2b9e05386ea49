"""What a volunteer types in of a letter, a call or a referral, checked field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.intake.domain.paper import (
    CallFacts,
    EnvelopeFacts,
    ReferralFacts,
    letter,
    phone_note,
    referral,
)
from shared.errors import Invalid
from shared.forms import field_errors, named


class _Form(Schema):
    class Meta:
        unknown = RAISE


def _note(longest: int = 500) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=longest))


class _Letter(_Form):
    received_on = fields.Date(required=True)
    posted_on = fields.Date(load_default=None, allow_none=True)
    postmark = _note()
    back = _note()
    detention_number = _note(50)
    establishment = _note(200)
    notes = _note()
    sheets = _note()
    enclosures = _note()


class _Call(_Form):
    called_at = fields.AwareDateTime(format="iso", required=True)
    voicemail = fields.Boolean(load_default=False)
    taken_by = _note(100)
    caller = _note()
    number = _note(50)


class _Referral(_Form):
    written_on = fields.Date(required=True)
    sent_on = fields.Date(required=True)
    team = _note(200)
    permanence = _note(200)
    written_by = _note(200)


def letter_text(envelope: Mapping[str, Any], transcription: str, by: str | None) -> str:
    """A letter from its envelope's facts and its transcription; raises ``Invalid`` by field."""
    return letter(EnvelopeFacts(**_read(_Letter(), "envelope", envelope)), transcription, by)


def phone_text(call: Mapping[str, Any], note: str) -> str:
    """A telephone note from the call's facts; raises ``Invalid`` by field."""
    return phone_note(CallFacts(**_read(_Call(), "call", call)), note)


def referral_text(heading: Mapping[str, Any], sheet: str) -> str:
    """A referral sheet from its heading and its lines; raises ``Invalid`` by field."""
    return referral(ReferralFacts(**_read(_Referral(), "heading", heading)), sheet)


def _read(form: Schema, where: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = form.load(dict(sent))
    except ValidationError as error:
        found = {f"{where}.{path}": texts for path, texts in field_errors(error).items()}
        raise Invalid(f"{where}: {named(found)} not understood; see the fields", found) from None
    return loaded
