"""What the policy could see at each moment of routing's history: its own events, folded in order.

For deciding again what was decided, with the facts of then; it never writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

from services.routing.domain import assignment, directory
from services.routing.domain.assignment import Assignment, AssignmentEvent
from services.routing.domain.directory import (
    Team,
    TeamEvent,
    TeamWanted,
    Volunteer,
    VolunteerEvent,
    VolunteerWanted,
)
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
from shared.contracts.vocabulary import AssignmentState, Role, TeamState

_TEAM = get_args(TeamEvent)
_VOLUNTEER = get_args(VolunteerEvent)
_ASSIGNMENT = get_args(AssignmentEvent)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDirectory:
    """A directory that holds always, in the place of the main register's own.

    ``volunteers`` None: a team has its members of then; of one that there was not then, somebody
    is always there.
    """

    teams: Collection[TeamWanted]
    volunteers: Collection[VolunteerWanted] | None = None


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

    def view(self, register: str, other: OtherDirectory | None = None) -> DirectoryView:
        """The directory as it stood, or the ``other`` one."""
        own = {code: team for (of, code), team in self._teams.items() if of == register}
        volunteers: Iterable[Volunteer | VolunteerWanted] = self._present()
        unlisted: set[str] = set() if register == MAIN_REGISTER else set(own)
        teams: Collection[Team | TeamWanted] = own.values()
        if other is not None:
            teams = other.teams
            if other.volunteers is None:
                unlisted = {one.establishment for one in teams} - _with_members(own)
            else:
                volunteers = other.volunteers
        members = self._members(volunteers)
        return DirectoryView(
            teams={
                team.establishment: TeamView(
                    establishment=team.establishment,
                    state=team.state,
                    absences=(team.absence,) if team.absence else (),
                    members=None
                    if team.establishment in unlisted
                    else members.get(f"team:{team.establishment}", ()),
                )
                for team in teams
                if team.state is not None
            }
        )

    def earlier(self, facts: RequestFacts, register: str) -> list[EarlierAssignment]:
        """The assignments to which the item is linked, as they stood."""
        known = (self._assignments.get(link.request_id) for link in facts.links)
        return [earlier(one) for one in known if one and one.register == register]

    def _members(
        self, volunteers: Iterable[Volunteer | VolunteerWanted]
    ) -> Mapping[str, tuple[MemberView, ...]]:
        held = Counter(
            one.holder
            for one in self._assignments.values()
            if one.state is AssignmentState.ACCEPTED and one.holder
        )
        members: dict[str, tuple[MemberView, ...]] = {}
        listed = [one for one in volunteers if one.role is not Role.ADMIN]
        for one in sorted(listed, key=lambda volunteer: volunteer.volunteer_id):
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
            if not one.left and one.register == MAIN_REGISTER
        )


def _with_members(teams: Mapping[str, Team]) -> set[str]:
    """Those whose members of then are known."""
    return {code for code, team in teams.items() if team.state is not TeamState.CLOSED}
