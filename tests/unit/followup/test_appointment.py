"""Appointments: only a person offers one, and it is the only way to be received (R9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.followup.domain.commands import (
    CancelAppointment,
    ConfirmAppointment,
    OfferAppointment,
    RecordAbsence,
    RecordAttendance,
    RescheduleAppointment,
)
from services.followup.domain.errors import (
    InThePast,
    NotByRule,
    NotYet,
    OutOfState,
    Unknown,
    WordsIdentify,
)
from shared.contracts.followup.events import (
    AppointmentAttended,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMissed,
    AppointmentOffered,
    AppointmentRescheduled,
)
from shared.contracts.vocabulary import AppointmentState

from .given import ANNE, CASE, LATER, NOW, OTHER, VISIT
from .test_case import OPEN, STATES, TAKEN

PLACE = "91 rue Oberkampf, Paris"
OFFER = OfferAppointment(appointment_id=VISIT, starts_at=LATER, place=PLACE, by=ANNE, now=NOW)
OFFERED = AppointmentOffered(
    case_id=CASE, appointment_id=VISIT, starts_at=LATER, place=PLACE, by=ANNE
)
OF = {"case_id": CASE, "appointment_id": VISIT, "by": ANNE}
AFTER = LATER + timedelta(hours=1)
BEEN = {
    "offered": [OFFERED],
    "confirmed": [OFFERED, AppointmentConfirmed(**OF)],
    "rescheduled": [OFFERED, AppointmentRescheduled(**OF)],
    "cancelled": [OFFERED, AppointmentCancelled(**OF, reason="empêchement")],
    "attended": [OFFERED, AppointmentConfirmed(**OF), AppointmentAttended(**OF)],
    "missed": [OFFERED, AppointmentConfirmed(**OF), AppointmentMissed(**OF)],
}
RESCHEDULE = RescheduleAppointment(
    appointment_id=VISIT, new_id=OTHER, starts_at=AFTER, place=PLACE, by=ANNE, now=NOW
)
LIFE = [
    (ConfirmAppointment(appointment_id=VISIT, by=ANNE), {"offered"}, "confirmed"),
    (RESCHEDULE, {"offered", "confirmed", "missed"}, "rescheduled"),
    (
        CancelAppointment(appointment_id=VISIT, reason="empêchement", by=ANNE),
        {"offered", "confirmed"},
        "cancelled",
    ),
    (RecordAttendance(appointment_id=VISIT, by=ANNE, now=AFTER), {"confirmed"}, "attended"),
    (RecordAbsence(appointment_id=VISIT, by=ANNE, now=AFTER), {"confirmed"}, "missed"),
]


@pytest.mark.parametrize("place", ["chez lui, 06 12 34 56 78", "a.nonyme@example.org"])
@pytest.mark.parametrize("command", [OFFER, RESCHEDULE])
def test_a_place_kept_in_clear_holds_no_number_or_address_of_anybody(command, place):
    state = OPEN if command is OFFER else OPEN.given(OFFERED)

    with pytest.raises(WordsIdentify):
        state.when(replace(command, place=place))


@pytest.mark.parametrize(("command", "leads_from", "leads_to"), LIFE)
def test_a_command_leads_from_the_states_of_the_table_and_no_other(command, leads_from, leads_to):
    for name, events in BEEN.items():
        state = OPEN.given(*events)
        if name in leads_from:
            after = state.given(*state.when(command)).state.appointments[VISIT]
            assert after.state is AppointmentState[leads_to.upper()]
        elif name == leads_to:
            assert state.when(command) == []
        else:
            with pytest.raises(OutOfState, match=f"appointment {VISIT} is {name}"):
                state.when(command)


def test_a_person_offers_an_appointment():
    assert OPEN.when(OFFER) == [OFFERED]
    assert TAKEN.when(OFFER) == [OFFERED]  # the first one, of an accepted referral
    assert OPEN.when(OFFER, OFFER) == []


@pytest.mark.parametrize("by", ["rule R8", ""])
def test_a_rule_never_offers_an_appointment(by):
    offer = OfferAppointment(appointment_id=VISIT, starts_at=LATER, place=PLACE, by=by, now=NOW)

    with pytest.raises(NotByRule, match=r"offer_appointment needs the name of a person.*R9"):
        OPEN.when(offer)


@pytest.mark.parametrize("name", ["referral_received", "refused", "closed"])
def test_nobody_is_received_whose_case_is_not_followed(name):
    with pytest.raises(OutOfState, match=f"is {name}.*offer_appointment needs accepted, open"):
        STATES[name].when(OFFER)


def test_an_appointment_lies_ahead():
    late = OfferAppointment(appointment_id=VISIT, starts_at=NOW, place=PLACE, by=ANNE, now=NOW)

    with pytest.raises(InThePast, match=r"starts_at: .* has passed; give a later one"):
        OPEN.when(late)


def test_a_rescheduled_appointment_is_offered_anew_in_one_breath():
    rescheduled, offered = OPEN.given(*BEEN["missed"]).when(RESCHEDULE)

    assert rescheduled == AppointmentRescheduled(**OF)
    assert (offered.appointment_id, offered.replaces, offered.starts_at) == (OTHER, VISIT, AFTER)


def test_coming_or_not_is_recorded_after_the_hour_only():
    confirmed = OPEN.given(*BEEN["confirmed"])

    for early in (RecordAttendance, RecordAbsence):
        with pytest.raises(NotYet, match="has not come yet"):
            confirmed.when(early(appointment_id=VISIT, by=ANNE, now=NOW))


def test_not_coming_closes_nothing():
    state = OPEN.given(*BEEN["missed"]).state

    assert state.state == "open"


def test_an_appointment_that_nobody_offered_is_unknown():
    with pytest.raises(Unknown, match=f"appointment_id: {VISIT} is not known here"):
        OPEN.when(ConfirmAppointment(appointment_id=VISIT, by=ANNE))
