"""An appointment: the only way to be received, and only a person offers one (R9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from services.followup.domain.commands import (
    AppointmentCommand,
    CancelAppointment,
    ConfirmAppointment,
    OfferAppointment,
    RecordAbsence,
    RecordAttendance,
    RescheduleAppointment,
)
from services.followup.domain.errors import InThePast, NotYet, OutOfState, Unknown
from services.followup.domain.saying import person, words
from shared.contracts.followup.events import (
    AppointmentAttended,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMissed,
    AppointmentOffered,
    AppointmentRescheduled,
)
from shared.contracts.vocabulary import AppointmentState

AppointmentEvent = (
    AppointmentOffered
    | AppointmentConfirmed
    | AppointmentRescheduled
    | AppointmentCancelled
    | AppointmentAttended
    | AppointmentMissed
)

_A = AppointmentState
_ALLOWED: dict[type, tuple[str, _A, tuple[_A, ...]]] = {
    ConfirmAppointment: ("confirm_appointment", _A.CONFIRMED, (_A.OFFERED,)),
    RescheduleAppointment: (
        "reschedule_appointment",
        _A.RESCHEDULED,
        (_A.OFFERED, _A.CONFIRMED, _A.MISSED),
    ),
    CancelAppointment: ("cancel_appointment", _A.CANCELLED, (_A.OFFERED, _A.CONFIRMED)),
    RecordAttendance: ("record_attendance", _A.ATTENDED, (_A.CONFIRMED,)),
    RecordAbsence: ("record_absence", _A.MISSED, (_A.CONFIRMED,)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """An appointment as its events tell it; ``starts_at`` is aware UTC."""

    appointment_id: UUID
    starts_at: datetime
    place: str
    offered_by: str
    state: AppointmentState = AppointmentState.OFFERED
    replaces: UUID | None = None

    @property
    def awaited(self) -> bool:
        """Whether it is still to come, as far as is recorded."""
        return self.state in (_A.OFFERED, _A.CONFIRMED)


def evolve(state: Appointment | None, event: AppointmentEvent) -> Appointment | None:
    """The state after ``event``. Never refuses; None stays None for one that is not known."""
    if isinstance(event, AppointmentOffered):
        return Appointment(
            appointment_id=event.appointment_id,
            starts_at=event.starts_at,
            place=event.place,
            offered_by=event.by,
            replaces=event.replaces,
        )
    return None if state is None else replace(state, state=_becomes(event))


def _becomes(
    event: AppointmentConfirmed
    | AppointmentRescheduled
    | AppointmentCancelled
    | AppointmentAttended
    | AppointmentMissed,
) -> AppointmentState:
    match event:
        case AppointmentConfirmed():
            return _A.CONFIRMED
        case AppointmentRescheduled():
            return _A.RESCHEDULED
        case AppointmentCancelled():
            return _A.CANCELLED
        case AppointmentAttended():
            return _A.ATTENDED
        case AppointmentMissed():
            return _A.MISSED
        case _:
            assert_never(event)


def decide(
    state: Appointment | None, command: AppointmentCommand, case_id: UUID
) -> list[AppointmentEvent]:
    """What happens to one appointment of a case; nothing, if it has happened already.

    Raises NotByRule, OutOfState, Unknown, InThePast, NotYet, or what is wrong with the words.
    """
    if isinstance(command, OfferAppointment):
        return [] if state is not None else [_offered(command, case_id)]
    if state is None:
        raise Unknown("appointment_id", command.appointment_id)
    name, target, allowed = _ALLOWED[type(command)]
    by = person(command.by, name, "R9")
    if state.state is target:
        return []
    if state.state not in allowed:
        raise OutOfState(name, f"appointment {state.appointment_id}", state.state, allowed)
    appointment_id = state.appointment_id
    match command:
        case ConfirmAppointment():
            return [AppointmentConfirmed(case_id=case_id, appointment_id=appointment_id, by=by)]
        case RescheduleAppointment():
            return _rescheduled(state, command, case_id, by)
        case CancelAppointment(reason=reason):
            said = words(reason, "reason", name)
            return [
                AppointmentCancelled(
                    case_id=case_id, appointment_id=appointment_id, reason=said, by=by
                )
            ]
        case RecordAttendance(now=now):
            _came(state, name, now)
            return [AppointmentAttended(case_id=case_id, appointment_id=appointment_id, by=by)]
        case RecordAbsence(now=now):
            _came(state, name, now)
            return [AppointmentMissed(case_id=case_id, appointment_id=appointment_id, by=by)]
        case _:
            assert_never(command)


def _offered(
    command: OfferAppointment, case_id: UUID, replaces: UUID | None = None
) -> AppointmentOffered:
    by = person(command.by, "offer_appointment", "R9")
    if command.starts_at <= command.now:
        raise InThePast("starts_at", command.starts_at.isoformat())
    return AppointmentOffered(
        case_id=case_id,
        appointment_id=command.appointment_id,
        starts_at=command.starts_at,
        place=words(command.place, "place", "offer_appointment"),
        by=by,
        replaces=replaces,
    )


def _rescheduled(
    state: Appointment, command: RescheduleAppointment, case_id: UUID, by: str
) -> list[AppointmentEvent]:
    anew = OfferAppointment(
        appointment_id=command.new_id,
        starts_at=command.starts_at,
        place=command.place,
        by=command.by,
        now=command.now,
    )
    return [
        AppointmentRescheduled(case_id=case_id, appointment_id=state.appointment_id, by=by),
        _offered(anew, case_id, replaces=state.appointment_id),
    ]


def _came(state: Appointment, command: str, now: datetime) -> None:
    if now < state.starts_at:
        raise NotYet(command, state.starts_at.isoformat())
