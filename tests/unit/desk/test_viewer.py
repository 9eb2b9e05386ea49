"""Who may see what of a request."""

from __future__ import annotations

import pytest

from services.desk.domain.viewer import Access, Viewer
from shared.contracts.vocabulary import Role

FRESNES = "team:cp-fresnes"


def viewer(role: Role, *units: str) -> Viewer:
    return Viewer(volunteer_id="v-1", register="main", role=role, units=units, name="Ana Brun")


def test_a_team_volunteer_sees_what_their_team_answers_for():
    assert viewer(Role.VOLUNTEER, FRESNES).access_to(FRESNES) is Access.FULL


def test_a_team_volunteer_does_not_see_what_another_team_answers_for():
    assert viewer(Role.VOLUNTEER, FRESNES).access_to("team:ma-nice") is Access.NONE


def test_a_team_that_was_informed_sees_the_facts_only():
    seen = viewer(Role.VOLUNTEER, FRESNES).access_to("desk", [FRESNES])

    assert seen is Access.INFORMED


def test_only_the_lead_is_informed_as_the_lead():
    informed = ["team_lead:cp-fresnes"]

    assert viewer(Role.TEAM_LEAD, FRESNES).access_to("desk", informed) is Access.INFORMED
    assert viewer(Role.VOLUNTEER, FRESNES).access_to("desk", informed) is Access.NONE


@pytest.mark.parametrize("role", [Role.STAFF, Role.COORDINATION])
def test_staff_and_coordination_see_all(role: Role):
    assert viewer(role, "desk").access_to("team:ma-nice") is Access.FULL


def test_what_nobody_answers_for_yet_is_seen_by_the_desk():
    assert viewer(Role.VOLUNTEER, "desk").access_to(None) is Access.FULL
    assert viewer(Role.VOLUNTEER, FRESNES).access_to(None) is Access.NONE


def test_an_administrator_sees_nobody():
    admin = viewer(Role.ADMIN, "desk", FRESNES)

    assert admin.access_to("desk", [FRESNES]) is Access.NONE
    assert (admin.sees_people, admin.runs_system) == (False, True)
