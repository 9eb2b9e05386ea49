"""What a decision looks at beside the request: teams, volunteers, earlier assignments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.routing.domain.assignment import Assignment
from shared.contracts.vocabulary import TeamState, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Both days included; ``until`` None: until further notice."""

    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A volunteer of a team, as far as the rules need to know."""

    volunteer_id: str
    absences: tuple[Absence, ...] = ()
    at_capacity: bool = False

    def free_on(self, day: date) -> bool:
        return not self.at_capacity and not any(gone.covers(day) for gone in self.absences)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamView:
    """The team of one establishment.

    ``members`` None: its volunteers are not listed in this register (a rehearsal); somebody is
    then there except in the team's own ``absences``. An empty tuple: nobody is there.
    """

    establishment: str
    state: TeamState
    absences: tuple[Absence, ...] = ()
    members: tuple[MemberView, ...] | None = None

    def somebody_free(self, first: date, last: date) -> bool:
        """Whether a volunteer can take a request on a day from ``first`` to ``last``, included."""
        days = max((last - first).days, 0)
        return any(self._free_on(first + timedelta(days=count)) for count in range(days + 1))

    def _free_on(self, day: date) -> bool:
        if any(gone.covers(day) for gone in self.absences):
            return False
        return self.members is None or any(member.free_on(day) for member in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryView:
    """The teams of one register, by establishment code; a code without a team is not in it."""

    teams: Mapping[str, TeamView]

    def team_at(self, establishment: str | None) -> TeamView | None:
        return self.teams.get(establishment) if establishment else None

    def active_at(self, establishment: str | None) -> bool:
        team = self.team_at(establishment)
        return team is not None and team.state is TeamState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAssignment:
    """An earlier request to which the item is linked, and who holds it. ``open``: not closed."""

    request_id: UUID
    unit: str
    open: bool
    urgency: Urgency
    received_on: date | None
    answer_due_on: date | None


def earlier(known: Assignment) -> EarlierAssignment:
    """What a decision sees of ``known``, live and when it is decided again."""
    return EarlierAssignment(
        request_id=known.request_id,
        unit=known.unit,
        open=known.open,
        urgency=known.urgency,
        received_on=known.received_on,
        answer_due_on=known.answer_due_on,
    )
