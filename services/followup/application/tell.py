"""Cases, deadlines and faults as JSON values, with the French words that volunteers read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.followup.domain.appointment import Appointment
from services.followup.domain.case import Case, Step
from services.followup.domain.deadline import Deadline
from services.followup.domain.terms import over_at
from shared.contracts.followup.events import DeadlineTerms
from shared.contracts.vocabulary import (
    AppointmentState,
    CaseState,
    DeadlineKind,
    DeadlineState,
    Outcome,
    StepKind,
)
from shared.deadlines import Confidence, Rule, days_asked, days_needed, kinds_of
from shared.reference import case_reference, deadline_reference, request_reference

_LABELS: Mapping[str, Iterable[StrEnum]] = {
    "case": CaseState,
    "deadline": DeadlineState,
    "appointment": AppointmentState,
    "outcome": Outcome,
    "step_kind": StepKind,
    "deadline_kind": DeadlineKind,
}
_WORDS = {
    table: {one.value: getattr(one, "label", one.value) for one in words}
    for table, words in _LABELS.items()
}


def told_case(state: Case) -> dict[str, Any]:
    """A case with its steps and appointments; notes are None once the person is erased."""
    return {
        "case_id": str(state.case_id),
        "reference": case_reference(state.case_id) if state.case_id else None,
        "person_id": _plain(state.person_id),
        "register": state.register,
        "state": state.state.value if state.state else None,
        "state_label": state.state.label if state.state else None,
        "source": state.source,
        "request_id": _plain(state.request_id),
        "request_reference": request_reference(state.request_id) if state.request_id else None,
        "establishment": state.establishment,
        "release_on": _plain(state.release_on),
        "note": state.note,
        "reason": state.reason,
        "orientation": state.orientation,
        "outcome": state.outcome.value if state.outcome else None,
        "outcome_label": state.outcome.label if state.outcome else None,
        "transferred_to": state.transferred_to,
        "steps": [_told_step(one) for one in state.steps.values()],
        "appointments": [_told_appointment(one) for one in state.appointments.values()],
    }


def told_deadline(state: Deadline) -> dict[str, Any]:
    """A deadline with its two dates, all they rest on, and the reservations to show with them."""
    return _deadline(
        state.deadline_id,
        state.register,
        state.request_id,
        state.case_id,
        state.state.value,
        told_terms(state.terms),
        state.confirmed_by,
        state.ending,
    )


def told_terms(terms: DeadlineTerms) -> dict[str, Any]:
    """The terms by name; moments are local texts, ``alert_at`` and ``over_at`` are UTC."""
    return {
        "kind": terms.kind.value,
        "kind_label": terms.kind.label,
        "rule": terms.rule,
        "trigger": terms.trigger,
        "trigger_on": terms.trigger_on,
        "counting": terms.counting,
        "nature": terms.nature,
        "article": terms.article,
        "confidence": terms.confidence,
        "confidence_label": Confidence(terms.confidence).label if terms.confidence else None,
        "zone": terms.zone,
        "prudent": terms.prudent,
        "last": terms.last,
        "alert_at": _plain(terms.alert_at),
        "over_at": _plain(over_at(terms)),
        "period_stated": terms.period_stated,
        "reservations": list(terms.reservations),
        "steps": list(terms.steps),
        "note": terms.note,
    }


def told_deadline_row(row: Mapping[str, Any], terms: DeadlineTerms) -> dict[str, Any]:
    """A row of the deadline list, as ``told_deadline``."""
    return _deadline(
        row["deadline_id"],
        row["register"],
        row["request_id"],
        row["case_id"],
        row["state"],
        told_terms(terms),
        row["confirmed_by"],
        row["ending"],
    )


def told_case_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the case list."""
    told = {name: _plain(value) for name, value in row.items()}
    return told | {
        "reference": case_reference(row["case_id"]),
        "state_label": _WORDS["case"].get(row["state"]),
        "outcome_label": _WORDS["outcome"].get(row["outcome"]),
    }


def told_fault(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the list of faults, with the references to say on the telephone."""
    case_id, deadline_id = row["case_id"], row["deadline_id"]
    return {name: _plain(value) for name, value in row.items()} | {
        "case_reference": case_reference(case_id) if case_id else None,
        "deadline_reference": deadline_reference(deadline_id) if deadline_id else None,
    }


def told_rule(rule: Rule) -> dict[str, Any]:
    """A rule, for a form in which a person chooses one."""
    return {
        "rule": rule.id,
        "label": rule.label,
        "trigger": rule.trigger,
        "counting": rule.counting.value,
        "nature": rule.nature.value,
        "kinds": [kind.value for kind in kinds_of(rule.id)],
        "article": rule.article,
        "authority": rule.authority,
        "confidence": rule.confidence.value,
        "asks": list(days_asked(rule)),
        "needs": list(days_needed(rule)),
        "effective_from": _plain(rule.effective_from),
        "effective_to": _plain(rule.effective_to),
    }


def _deadline(
    deadline_id: UUID,
    register: str,
    request_id: UUID | None,
    case_id: UUID | None,
    state: str,
    terms: Mapping[str, Any],
    confirmed_by: str | None,
    ending: str | None,
) -> dict[str, Any]:
    return {
        "deadline_id": str(deadline_id),
        "reference": deadline_reference(deadline_id),
        "register": register,
        "request_id": _plain(request_id),
        "case_id": _plain(case_id),
        "state": state,
        "state_label": _WORDS["deadline"].get(state),
        "confirmed_by": confirmed_by,
        "ending": ending,
        **terms,
    }


def _told_step(step: Step) -> dict[str, Any]:
    return {
        "step_id": str(step.step_id),
        "kind": step.kind.value,
        "kind_label": step.kind.label,
        "due_on": _plain(step.due_on),
        "state": step.state.value,
        "state_label": step.state.label,
        "planned_by": step.planned_by,
        "note": step.note,
    }


def _told_appointment(one: Appointment) -> dict[str, Any]:
    return {
        "appointment_id": str(one.appointment_id),
        "starts_at": _plain(one.starts_at),
        "place": one.place,
        "state": one.state.value,
        "state_label": one.state.label,
        "offered_by": one.offered_by,
        "replaces": _plain(one.replaces),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
