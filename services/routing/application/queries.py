"""What others ask of the directory beyond its rows: who is to be reached for a unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.routing.domain.directory import Volunteer
from services.routing.domain.units import COORDINATION, establishment_of, team_unit
from shared.contracts.vocabulary import Role


def reachable_for(unit: str, people: Sequence[Volunteer], day: date) -> list[Volunteer]:
    """Those of ``unit`` who are there on ``day``; for a team lead who is away, the whole team."""
    there = [one for one in people if _there(one, day)]
    place = establishment_of(unit)
    if unit == COORDINATION:
        return [one for one in there if one.role is Role.COORDINATION or unit in one.units]
    if place is None or unit == team_unit(place):
        return [one for one in there if unit in one.units]
    team = [one for one in there if team_unit(place) in one.units]
    return [one for one in team if one.role is Role.TEAM_LEAD] or team


def _there(one: Volunteer, day: date) -> bool:
    away = one.absence is not None and one.absence.covers(day)
    return not (one.left or away or one.contact is None or one.role is Role.ADMIN)
