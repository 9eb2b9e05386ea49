"""Commands as they come over the wire, checked field by field; and the terms they ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from services.followup.domain import commands as c
from services.followup.domain.errors import FarDay, KindAgainstRule, NotStarted
from services.followup.domain.terms import callback_day, counted, dated, read_moment, sane
from shared.contracts.followup.events import DeadlineTerms
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.vocabulary import DeadlineKind, Outcome, StepKind
from shared.deadlines import METRO, compute, is_far, kinds_of, rule, rules_for, zone_named
from shared.errors import Invalid
from shared.forms import field_errors, named


class BadForm(Invalid):
    """Fields of a command are missing or not understood; nothing was done."""

    code = "followup.bad_form"


def _words(longest: int = 500) -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, longest))


def _note() -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=10_000))


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class _ByForm(_Strict):
    by = _words(100)


class _ReferralForm(_ByForm):
    register = fields.String(load_default=MAIN_REGISTER, validate=validate.Length(1, 63))
    source = fields.String(
        required=True,
        validate=validate.Regexp(
            r"^(team:[a-z0-9-]+|permanence|person|request|partner)$",
            error="is team:<code>, permanence, person, request or partner",
        ),
    )
    person_id = fields.UUID(load_default=None, allow_none=True)
    request_id = fields.UUID(load_default=None, allow_none=True)
    establishment = fields.String(load_default=None, allow_none=True)
    release_on = fields.Date(load_default=None, allow_none=True)
    note = _note()


class _RefuseForm(_ByForm):
    reason = _words()
    orientation = _words()


class _ReasonForm(_ByForm):
    reason = _words()


class _CloseForm(_ByForm):
    outcome = fields.Enum(Outcome, by_value=True, required=True)


class _TransferForm(_ByForm):
    to = _words(200)


class _PlanForm(_ByForm):
    kind = fields.Enum(StepKind, by_value=True, required=True)
    due_on = fields.Date(load_default=None, allow_none=True)
    note = _note()


class _StepForm(_ByForm):
    step_id = fields.UUID(required=True)


class _DropStepForm(_StepForm):
    reason = _words()


class _OfferForm(_ByForm):
    starts_at = fields.AwareDateTime(required=True, format="iso")
    place = _words(200)


class _AppointmentForm(_ByForm):
    appointment_id = fields.UUID(required=True)


class _RescheduleForm(_AppointmentForm):
    starts_at = fields.AwareDateTime(required=True, format="iso")
    place = _words(200)


class _CancelForm(_AppointmentForm):
    reason = _words()


class _ProofForm(_ByForm):
    proof = _words()


class TermsForm(_Strict):
    """A deadline by a rule (``rule``, ``trigger_on`` …) or by a day (``on``); never both.

    ``far_days`` says that days far from today are meant.
    """

    kind = fields.Enum(DeadlineKind, by_value=True, required=True)
    rule = fields.String(load_default=None, allow_none=True)
    trigger_on = fields.String(load_default=None, allow_none=True)
    before = fields.String(load_default=None, allow_none=True)
    zone = fields.String(load_default=None, allow_none=True)
    decided_on = fields.Date(load_default=None, allow_none=True)
    residence = fields.String(load_default=None, allow_none=True)
    aid_asked = fields.Date(load_default=None, allow_none=True)
    aid_decided = fields.Date(load_default=None, allow_none=True)
    lawyer_named = fields.Date(load_default=None, allow_none=True)
    on = fields.String(load_default=None, allow_none=True)
    asked_on = fields.Date(load_default=None, allow_none=True)
    urgent = fields.Boolean(load_default=False)
    period_stated = fields.String(load_default=None, allow_none=True)
    far_days = fields.Boolean(load_default=False)


class SetForm(TermsForm, _ByForm):
    """``set_deadline``: terms, and what the deadline belongs to."""

    register = fields.String(load_default=MAIN_REGISTER, validate=validate.Length(1, 63))
    request_id = fields.UUID(load_default=None, allow_none=True)
    case_id = fields.UUID(load_default=None, allow_none=True)


class CorrectForm(TermsForm, _ByForm):
    """``correct_deadline``: the corrected terms."""


_TERMS = frozenset(TermsForm().fields)
_DAYS = ("on", "trigger_on", "asked_on")  # the calculator compares others with the trigger
_CASE: Mapping[str, tuple[type[Schema], Callable[..., c.CaseCommand]]] = {
    "accept_referral": (_ByForm, c.AcceptReferral),
    "refuse_referral": (_RefuseForm, c.RefuseReferral),
    "reconsider_referral": (_ByForm, c.ReconsiderReferral),
    "open_case": (_ByForm, c.OpenCase),
    "suspend_case": (_ReasonForm, c.SuspendCase),
    "resume_case": (_ByForm, c.ResumeCase),
    "reopen_case": (_ReasonForm, c.ReopenCase),
    "transfer_case": (_TransferForm, c.TransferCase),
    "plan_step": (_PlanForm, c.PlanStep),
    "complete_step": (_StepForm, c.CompleteStep),
    "drop_step": (_DropStepForm, c.DropStep),
    "offer_appointment": (_OfferForm, c.OfferAppointment),
    "confirm_appointment": (_AppointmentForm, c.ConfirmAppointment),
    "reschedule_appointment": (_RescheduleForm, c.RescheduleAppointment),
    "cancel_appointment": (_CancelForm, c.CancelAppointment),
    "record_attendance": (_AppointmentForm, c.RecordAttendance),
    "record_absence": (_AppointmentForm, c.RecordAbsence),
}
_NEW_ID = {
    "plan_step": "step_id",
    "offer_appointment": "appointment_id",
    "reschedule_appointment": "new_id",
}
_TIMED = frozenset(
    {
        "plan_step",
        "offer_appointment",
        "reschedule_appointment",
        "record_attendance",
        "record_absence",
    }
)


def read_case_command(
    name: str, payload: Mapping[str, Any], *, now: datetime, command_id: UUID | None
) -> c.CaseCommand:
    """The command ``name``; raises BadForm naming each bad field.

    What it creates gets an id that follows from ``command_id``, so that a retry names the same.
    """
    form, make = _CASE[name]
    values = loaded(form, payload)
    if name in _NEW_ID:
        values[_NEW_ID[name]] = new_id(command_id, name)
    if name in _TIMED:
        values["now"] = now
    return make(**values)


def read_referral(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``receive_referral``; raises BadForm."""
    return loaded(_ReferralForm, payload)


def read_closing(payload: Mapping[str, Any]) -> dict[str, Any]:
    """``outcome`` and ``by``; raises BadForm."""
    return loaded(_CloseForm, payload)


def read_ending(name: str, payload: Mapping[str, Any]) -> c.MeetDeadline | c.DropDeadline:
    """``meet_deadline`` or ``drop_deadline``; raises BadForm."""
    if name == "meet_deadline":
        return c.MeetDeadline(**loaded(_ProofForm, payload))
    return c.DropDeadline(**loaded(_ReasonForm, payload))


def read_by(payload: Mapping[str, Any]) -> str:
    """``by`` alone; raises BadForm."""
    by: str = loaded(_ByForm, payload)["by"]
    return by


def read_terms(
    form: type[Schema], payload: Mapping[str, Any], *, today: date
) -> tuple[DeadlineTerms, dict[str, Any]]:
    """The terms that a form asks for, and its other fields.

    Raises BadForm, BadMoment, NotStarted for a clock that would have started after ``today``,
    FarDay for days that only a slip or ``far_days`` explains, KindAgainstRule, and what the
    calculator refuses (a rule not in force, a zone …).
    """
    values = loaded(form, payload)
    if values["rule"] and values["trigger_on"]:
        _check_started(values["rule"], values["trigger_on"], today)
    if not values["far_days"]:
        _check_near(values, today)
    rest = {name: value for name, value in values.items() if name not in _TERMS}
    return _terms({name: values[name] for name in _TERMS}), rest


def loaded(form: type[Schema], payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with its types; raises BadForm naming each bad field."""
    try:
        values: dict[str, Any] = form().load(dict(payload))
    except ValidationError as error:
        wrong = field_errors(error)
        raise BadForm(f"{named(wrong)}: not understood; see the fields", wrong) from None
    return values


def read_uuid(name: str, text: object) -> UUID:
    """An id; raises BadForm naming the argument."""
    try:
        return UUID(str(text))
    except ValueError:
        remedy = "is no id; send a UUID such as the lists show"
        raise BadForm(f"{name}: {remedy}", {name: [remedy]}) from None


def read_instant(name: str, text: str | None) -> datetime | None:
    """An instant with its zone, None for none; raises BadForm naming the argument."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _missing(name, "write an instant with its zone, such as 2026-05-14T10:00+02:00")
    return found


def new_id(command_id: UUID | None, name: str) -> UUID:
    """An id for what a command creates: the same for the same command."""
    return uuid5(command_id, name) if command_id else uuid4()


def _check_near(values: Mapping[str, Any], today: date) -> None:
    """Raise FarDay naming each day that is far from ``today`` for a deadline of that nature."""
    days = {
        name: value if isinstance(value, date) else _day(value, name)
        for name in _DAYS
        if (value := values[name])
    }
    if far := {name: day for name, day in days.items() if is_far(values["kind"], day, today)}:
        raise FarDay(far)


def _day(text: str, field: str) -> date:
    moment = read_moment(text, field)
    return moment.date() if isinstance(moment, datetime) else moment


def _check_started(rule_id: str, trigger_on: str, today: date) -> None:
    """Raise NotStarted for a day to come, where a right is lost by a clock that must have begun.

    A silence that will mean no can be planned for; and overseas it may be tomorrow already.
    """
    day = _day(trigger_on, "trigger_on")
    found = rule(rule_id)
    planned = not found.nature.loses_a_right or "naissance" in found.trigger
    if day > today + timedelta(days=1) and not planned:
        raise NotStarted(day.isoformat())


def _terms(asked: Mapping[str, Any]) -> DeadlineTerms:
    kind: DeadlineKind = asked["kind"]
    if asked["rule"]:
        return _by_rule(kind, asked)
    zone = zone_named(asked["zone"]) if asked["zone"] else METRO
    if kind is DeadlineKind.CALLBACK and asked["asked_on"]:
        sane(asked["asked_on"], "asked_on")
        day = callback_day(asked["asked_on"], urgent=asked["urgent"])
        return dated(kind, day, trigger="appel reçu", zone=zone)
    if not asked["on"]:
        raise _missing("on", "give a day, or a rule and the day that starts it")
    on = read_moment(asked["on"], "on")
    return dated(kind, on, trigger="date donnée", zone=zone, period_stated=asked["period_stated"])


def _by_rule(kind: DeadlineKind, asked: Mapping[str, Any]) -> DeadlineTerms:
    if kind not in (fit := kinds_of(asked["rule"])):
        raise KindAgainstRule(kind, asked["rule"], fit, rules_for(kind))
    if asked["on"]:
        raise _missing("on", "leave it out where a rule counts, or leave the rule out")
    if not asked["trigger_on"]:
        raise _missing("trigger_on", f"give the day of: {rule(asked['rule']).trigger}")
    computation = compute(
        asked["rule"],
        read_moment(asked["trigger_on"], "trigger_on"),
        before=asked["before"],
        zone=asked["zone"],
        decided_on=asked["decided_on"],
        residence=asked["residence"],
        aid_asked=asked["aid_asked"],
        aid_decided=asked["aid_decided"],
        lawyer_named=asked["lawyer_named"],
    )
    return counted(kind, computation, period_stated=asked["period_stated"])


def _missing(field: str, remedy: str) -> BadForm:
    return BadForm(f"{field}: {remedy}", {field: [remedy]})
