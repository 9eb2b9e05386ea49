"""What the policy could see at each moment of routing's history: its own events, folded in order.

For deciding again what was decided, with the facts of then; it never writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, get_args
from uuid import UUID

from services.routing.domain import assignment, directory
from services.routing.domain.assignment import Assignment, AssignmentEvent
from services.routing.domain.directory import Team, TeamEvent, Volunteer, VolunteerEvent
from services.routing.domain.units import is_team
from services.routing.domain.view import (
    DirectoryView,
    EarlierAssignment,
    MemberView,
    TeamView,
    earlier,
)
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import AssignmentState, Role

_TEAM = get_args(TeamEvent)
_VOLUNTEER = get_args(VolunteerEvent)
_ASSIGNMENT = get_args(AssignmentEvent)


class History:
    """Assignments, teams and volunteers as they stood after the events applied so far."""

    def __init__(self) -> None:
        self._assignments: dict[UUID, Assignment] = {}
        self._teams: dict[tuple[str, str], Team] = {}
        self._volunteers: dict[str, Volunteer] = {}

    def apply(self, event: Any) -> None:
        """The next event of routing's log."""
        if isinstance(event, _ASSIGNMENT):
            known = self._assignments.get(event.request_id)
            self._assignments[event.request_id] = assignment.evolve(known, event)
        elif isinstance(event, _TEAM):
            place = (event.register, event.establishment)
            self._teams[place] = directory.evolve_team(self._teams.get(place), event)
        elif isinstance(event, _VOLUNTEER):
            known_one = self._volunteers.get(event.volunteer_id)
            self._volunteers[event.volunteer_id] = directory.evolve_volunteer(known_one, event)

    def view(self, register: str, teams: Collection[Team] | None = None) -> DirectoryView:
        """The directory; with ``teams``, those in the place of the register's own."""
        own = [team for (of, _), team in self._teams.items() if of == register]
        listed = register == MAIN_REGISTER
        members = self._members() if listed else {}
        return DirectoryView(
            teams={
                team.establishment: TeamView(
                    establishment=team.establishment,
                    state=team.state,
                    absences=(team.absence,) if team.absence else (),
                    members=members.get(f"team:{team.establishment}", ()) if listed else None,
                )
                for team in (own if teams is None else teams)
            }
        )

    def earlier(self, facts: RequestFacts, register: str) -> list[EarlierAssignment]:
        """The assignments to which the item is linked, as they stood."""
        known = (self._assignments.get(link.request_id) for link in facts.links)
        return [earlier(one) for one in known if one and one.register == register]

    def _members(self) -> Mapping[str, tuple[MemberView, ...]]:
        held = Counter(
            one.holder
            for one in self._assignments.values()
            if one.state is AssignmentState.ACCEPTED and one.holder
        )
        members: dict[str, tuple[MemberView, ...]] = {}
        for one in sorted(self._present(), key=lambda volunteer: volunteer.volunteer_id):
            full = one.capacity is not None and one.capacity <= held[one.volunteer_id]
            seen = MemberView(
                volunteer_id=one.volunteer_id,
                absences=(one.absence,) if one.absence else (),
                at_capacity=full,
            )
            for unit in filter(is_team, one.units):
                members[unit] = (*members.get(unit, ()), seen)
        return members

    def _present(self) -> Iterable[Volunteer]:
        return (
            one
            for one in self._volunteers.values()
            if not one.left and one.register == MAIN_REGISTER and one.role is not Role.ADMIN
        )
