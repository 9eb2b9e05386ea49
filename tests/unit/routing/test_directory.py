"""Teams and volunteers: what has to happen for them to be as somebody says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import reduce
from uuid import UUID

import pytest

from services.routing.application.queries import reachable_for
from services.routing.domain.directory import (
    TeamWanted,
    Volunteer,
    VolunteerWanted,
    bring_team,
    bring_volunteer,
    evolve_team,
    evolve_volunteer,
    record_absence,
    record_return,
    remove_volunteer,
)
from services.routing.domain.view import Absence
from shared.contracts.routing.events import VolunteerContact
from shared.contracts.vocabulary import Role, TeamState

SUBJECT = UUID("66666666-6666-4666-8666-666666666666")
OTHER = UUID("77777777-7777-4777-8777-777777777777")
MARCH = Absence(since=date(2026, 3, 1), until=date(2026, 3, 31))
CONTACT = VolunteerContact(name="Ève Lanneau", email="eve@permanence.example")


def wanted(state=TeamState.ACTIVE, **more):
    return TeamWanted(register="main", establishment="cp-fresnes", state=state, **more)


def team(*steps):
    """The team after it was brought to each of ``steps``."""
    known = None
    for step in steps:
        known = reduce(evolve_team, bring_team(known, step), known)
    return known


def names(events):
    return [type(event).__name__ for event in events]


SUSPENDED = wanted(TeamState.SUSPENDED, since=date(2026, 1, 15))
MAY = wanted(since=date(2026, 5, 1))


@pytest.mark.parametrize(
    ("before", "now", "happens"),
    [
        ((), wanted(), ["TeamOpened"]),
        ((wanted(),), wanted(), []),
        ((), SUSPENDED, ["TeamOpened", "TeamSuspended"]),
        ((wanted(),), SUSPENDED, ["TeamSuspended"]),
        ((SUSPENDED,), SUSPENDED, []),
        ((SUSPENDED,), wanted(), ["TeamResumed"]),
        ((SUSPENDED,), MAY, ["TeamResumed", "TeamOpened"]),
        ((SUSPENDED, MAY), MAY, []),
        ((), MAY, ["TeamOpened"]),
        ((wanted(),), MAY, ["TeamOpened"]),
        ((wanted(absence=MARCH),), wanted(since=MAY.since, absence=MARCH), ["TeamOpened"]),
        ((SUSPENDED,), wanted(TeamState.CLOSED), ["TeamClosed"]),
        ((wanted(TeamState.CLOSED),), wanted(), ["TeamOpened"]),
        ((wanted(TeamState.CLOSED),), wanted(TeamState.CLOSED), []),
        ((), wanted(TeamState.CLOSED), ["TeamOpened", "TeamClosed"]),
        ((), wanted(None), []),
        ((wanted(),), wanted(None), ["TeamClosed"]),
        ((wanted(),), wanted(absence=MARCH), ["TeamAbsenceRecorded"]),
        ((wanted(absence=MARCH),), wanted(absence=MARCH), []),
        ((wanted(absence=MARCH),), wanted(), ["TeamAbsenceLifted"]),
        ((wanted(absence=MARCH), wanted(TeamState.CLOSED)), wanted(), ["TeamOpened"]),
    ],
)
def test_a_team_is_brought_to_its_state_by_differences_only(before, now, happens):
    assert names(bring_team(team(*before), now)) == happens


def test_another_day_since_which_a_team_is_active_changes_nothing_else():
    before = team(wanted(absence=MARCH))

    after = team(wanted(absence=MARCH), wanted(since=MAY.since, absence=MARCH))

    assert after == replace(before, since=MAY.since)


def test_another_day_of_suspension_is_told():
    later = wanted(TeamState.SUSPENDED, since=date(2026, 2, 1))

    [suspended] = bring_team(team(SUSPENDED), later)

    assert suspended.since == date(2026, 2, 1)


def entry(**more):
    facts = {
        "volunteer_id": "cp-fresnes-1",
        "register": "main",
        "role": Role.VOLUNTEER,
        "units": ("team:cp-fresnes",),
        "capacity": 6,
        "on_duty": False,
        "contact": CONTACT,
        "returns": True,
    }
    return VolunteerWanted(**facts | more)


def volunteer(**more) -> Volunteer:
    return reduce(evolve_volunteer, bring_volunteer(None, entry(**more), person_id=SUBJECT), None)


def test_a_new_volunteer_gets_a_subject_whose_key_keeps_the_name():
    [registered] = bring_volunteer(None, entry(), person_id=SUBJECT)

    assert (registered.person_id, registered.private) == (SUBJECT, CONTACT)


def test_the_same_entry_again_is_no_news():
    assert bring_volunteer(volunteer(), entry(), person_id=OTHER) == []


@pytest.mark.parametrize(
    "change", [{"capacity": 8}, {"role": Role.TEAM_LEAD}, {"on_duty": True}, {"units": ("desk",)}]
)
def test_other_details_are_told_under_the_same_subject(change):
    [registered] = bring_volunteer(volunteer(), entry(**change), person_id=OTHER)

    assert registered.person_id == SUBJECT


def test_an_absence_in_the_entry_is_recorded_and_its_end_is_a_return():
    assert names(bring_volunteer(volunteer(), entry(absence=MARCH), person_id=OTHER)) == [
        "VolunteerAbsenceRecorded"
    ]
    assert names(bring_volunteer(volunteer(absence=MARCH), entry(), person_id=OTHER)) == [
        "VolunteerReturned"
    ]


def test_who_left_is_forgotten_and_comes_back_as_the_same_person():
    gone = reduce(evolve_volunteer, remove_volunteer(volunteer()), volunteer())
    assert (gone.contact, gone.units, remove_volunteer(gone)) == (None, (), [])

    [registered] = bring_volunteer(gone, entry(), person_id=OTHER)

    assert (registered.person_id, registered.private) == (SUBJECT, CONTACT)


def test_who_was_erased_comes_back_as_somebody_new():
    [told] = bring_volunteer(None, entry(), person_id=SUBJECT)
    erased = evolve_volunteer(None, replace(told, private=None))
    gone = reduce(evolve_volunteer, remove_volunteer(erased), erased)

    for state in (erased, gone):
        [registered] = bring_volunteer(state, entry(), person_id=OTHER)
        assert registered.person_id == OTHER


def test_absences_are_recorded_once_and_returns_only_of_who_is_away():
    away = volunteer(absence=MARCH)

    assert record_absence(away, MARCH) == []
    assert names(record_absence(volunteer(), MARCH)) == ["VolunteerAbsenceRecorded"]
    assert names(record_return(away)) == ["VolunteerReturned"]
    assert record_return(volunteer()) == []


LEAD = volunteer(volunteer_id="lead", role=Role.TEAM_LEAD)
ADA = volunteer(volunteer_id="ada")
COORDINATOR = volunteer(volunteer_id="co", role=Role.COORDINATION, units=("desk",))
ADMIN = volunteer(volunteer_id="admin", role=Role.ADMIN, units=("desk",))
PEOPLE = (LEAD, ADA, COORDINATOR, ADMIN)


@pytest.mark.parametrize(
    ("unit", "reached"),
    [
        ("team:cp-fresnes", ["lead", "ada"]),
        ("team_lead:cp-fresnes", ["lead"]),
        ("desk", ["co"]),
        ("coordination", ["co"]),
        ("team:cp-nantes", []),
    ],
)
def test_who_is_reached_for_a_unit(unit, reached):
    found = reachable_for(unit, PEOPLE, date(2026, 4, 1))

    assert [one.volunteer_id for one in found] == reached


def test_the_team_is_reached_while_its_referent_is_away():
    away = volunteer(volunteer_id="lead", role=Role.TEAM_LEAD, absence=MARCH)

    found = reachable_for("team_lead:cp-fresnes", (away, ADA), date(2026, 3, 31))

    assert [one.volunteer_id for one in found] == ["ada"]
