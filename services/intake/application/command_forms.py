"""The commands of the desk as they come over the wire, checked field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.intake.application.correction_form import PartyForm
from services.intake.domain import commands as c
from shared.contracts.intake.facts import Party
from shared.contracts.vocabulary import LinkKind, Outcome, ReplyPreference, Urgency
from shared.errors import Invalid
from shared.forms import field_errors, named


def _words(longest: int = 500) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, longest))


class _ByForm(Schema):
    class Meta:
        unknown = RAISE

    by = _words(100)


class _DuplicateForm(_ByForm):
    duplicate_of = fields.UUID(required=True)


class _WaitForm(_ByForm):
    waiting_for = _words(200)


class _ReplyForm(_ByForm):
    way = fields.Enum(ReplyPreference, by_value=True, required=True)
    sent_on = fields.Date(required=True)


class _CloseForm(_ByForm):
    outcome = fields.Enum(Outcome, by_value=True, required=True)


class _ReopenForm(_ByForm):
    reason = _words()


class _UrgencyForm(_ByForm):
    urgency = fields.Enum(Urgency, by_value=True, required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=500))


class _LinkForm(_ByForm):
    kind = fields.Enum(LinkKind, by_value=True, required=True)
    linked_to = fields.UUID(required=True)


class _ConsentForm(_ByForm):
    given_on = fields.Date(required=True)
    scope = _words()
    addressee = fields.Nested(PartyForm, required=True)


class _WithdrawForm(_ByForm):
    withdrawn_on = fields.Date(required=True)


class _DangerForm(_ByForm):
    noted_on = fields.Date(required=True)


class _NearDayForm(_ByForm):
    reason = _words()


def _consent(addressee: Mapping[str, Any], **rest: Any) -> c.RecordConsent:
    return c.RecordConsent(addressee=Party(**addressee), **rest)


_FORMS: Mapping[str, tuple[type[Schema], Callable[..., c.Command]]] = {
    "mark_duplicate": (_DuplicateForm, c.MarkDuplicate),
    "unmark_duplicate": (_ByForm, c.UnmarkDuplicate),
    "wait_for": (_WaitForm, c.WaitFor),
    "resume_request": (_ByForm, c.ResumeRequest),
    "send_reply": (_ReplyForm, c.SendReply),
    "close_request": (_CloseForm, c.CloseRequest),
    "reopen_request": (_ReopenForm, c.ReopenRequest),
    "change_urgency": (_UrgencyForm, c.ChangeUrgency),
    "link_request": (_LinkForm, c.LinkRequest),
    "record_consent": (_ConsentForm, _consent),
    "withdraw_consent": (_WithdrawForm, c.WithdrawConsent),
    "note_danger_handled": (_DangerForm, c.NoteDangerHandled),
    "explain_near_day": (_NearDayForm, c.ExplainNearDay),
}


def read_command(name: str, payload: Mapping[str, Any]) -> c.Command:
    """The command ``name`` made of ``payload``; raises ``Invalid`` naming each bad field."""
    form, make = _FORMS[name]
    try:
        loaded = form().load(dict(payload))
    except ValidationError as error:
        found = field_errors(error)
        raise Invalid(f"{name}: {named(found)} not understood; see the fields", found) from None
    return make(**loaded)


def read_uuid(name: str, text: object) -> UUID:
    """An id; raises ``Invalid`` naming the argument."""
    try:
        return UUID(str(text))
    except ValueError:
        raise Invalid(
            f"{name}: no id; send a UUID", {name: ["send a UUID such as list_requests shows"]}
        ) from None
