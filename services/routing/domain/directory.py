"""The directory: establishments, teams and volunteers, each with its state and decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict, assert_never
from uuid import UUID

from services.routing.domain.errors import HasLeft
from services.routing.domain.view import Absence
from shared.contracts.routing.events import (
    TeamAbsenceLifted,
    TeamAbsenceRecorded,
    TeamClosed,
    TeamOpened,
    TeamResumed,
    TeamSuspended,
    VolunteerAbsenceRecorded,
    VolunteerContact,
    VolunteerLeft,
    VolunteerRegistered,
    VolunteerReturned,
)
from shared.contracts.vocabulary import Role, TeamState

TeamEvent = (
    TeamOpened | TeamSuspended | TeamResumed | TeamClosed | TeamAbsenceRecorded | TeamAbsenceLifted
)
VolunteerEvent = VolunteerRegistered | VolunteerAbsenceRecorded | VolunteerReturned | VolunteerLeft


class _Ids(TypedDict):
    register: str
    establishment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The team of one establishment in one register. ``since``: in this state since that day."""

    register: str
    establishment: str
    state: TeamState
    since: date | None = None
    absence: Absence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWanted:
    """What a team should be, whatever it is now; ``state`` None: there is no team.

    ``keeps``: of "since" and "absence" what nothing is said of, and which stays as it is.
    """

    register: str
    establishment: str
    state: TeamState | None
    since: date | None = None
    absence: Absence | None = None
    keeps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """A volunteer or employee; ``contact`` None once they left, or were ``erased``."""

    volunteer_id: str
    person_id: UUID
    register: str
    role: Role
    units: tuple[str, ...]
    capacity: int | None
    on_duty: bool
    contact: VolunteerContact | None
    absence: Absence | None = None
    left: bool = False
    erased: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerWanted:
    """What a volunteer's entry should say, whatever it says now.

    ``keeps``: of "capacity", "on_duty", "second_channel" and "absence" what nothing is said of,
    and which stays as it is. ``returns``: whoever left comes back.
    """

    volunteer_id: str
    register: str
    role: Role
    units: tuple[str, ...]
    capacity: int | None
    on_duty: bool
    contact: VolunteerContact
    absence: Absence | None = None
    keeps: frozenset[str] = frozenset()
    returns: bool = False


def evolve_team(state: Team | None, event: TeamEvent) -> Team:
    """The team after ``event``; raises ValueError for a stream that does not begin by opening."""
    if isinstance(event, TeamOpened):
        return Team(
            register=event.register,
            establishment=event.establishment,
            state=TeamState.ACTIVE,
            since=event.since,
            absence=state.absence if state else None,
        )
    if state is None:
        raise ValueError(f"team: begins with {type(event).__name__}")
    match event:
        case TeamSuspended(since=since):
            return replace(state, state=TeamState.SUSPENDED, since=since)
        case TeamResumed():
            return replace(state, state=TeamState.ACTIVE, since=None)
        case TeamClosed():
            return replace(state, state=TeamState.CLOSED, since=None, absence=None)
        case TeamAbsenceRecorded(absent_from=first, absent_until=last):
            return replace(state, absence=Absence(since=first, until=last))
        case TeamAbsenceLifted():
            return replace(state, absence=None)
        case _:
            assert_never(event)


def bring_team(state: Team | None, wanted: TeamWanted) -> list[TeamEvent]:
    """What has to happen so that the team is as ``wanted``; nothing if it is.

    A closed team may be opened anew; one that is only known as closed was open before. For an
    active one, TeamOpened tells another day since which it is.
    """
    ids = _Ids(register=wanted.register, establishment=wanted.establishment)
    wanted = _whole_team(state, wanted)
    events: list[TeamEvent] = []
    current = state.state if state else None
    if wanted.state in (None, TeamState.CLOSED):
        if current is TeamState.CLOSED or (current is None and wanted.state is None):
            return []
        opened: list[TeamEvent] = [TeamOpened(**ids)] if current is None else []
        return [*opened, TeamClosed(**ids)]
    opens = current in (None, TeamState.CLOSED)
    same_day = state is not None and state.since == wanted.since
    if wanted.state is TeamState.SUSPENDED:
        if opens:
            events.append(TeamOpened(**ids))
        if current is not TeamState.SUSPENDED or not same_day:
            events.append(TeamSuspended(**ids, since=wanted.since, reason=None))
    else:
        if current is TeamState.SUSPENDED:
            events.append(TeamResumed(**ids))
            same_day = wanted.since is None
        if opens or not same_day:
            events.append(TeamOpened(**ids, since=wanted.since))
    return events + _bring_absence(state, wanted)


def _whole_team(state: Team | None, wanted: TeamWanted) -> TeamWanted:
    """With what it keeps; a day counts for the state that the team is in since then."""
    if state is None:
        return wanted
    keeps_since = "since" in wanted.keeps and state.state is wanted.state
    return replace(
        wanted,
        since=state.since if keeps_since else wanted.since,
        absence=state.absence if "absence" in wanted.keeps else wanted.absence,
    )


def _bring_absence(state: Team | None, wanted: TeamWanted) -> list[TeamEvent]:
    known = state.absence if state and state.state is not TeamState.CLOSED else None
    if known == wanted.absence:
        return []
    ids = _Ids(register=wanted.register, establishment=wanted.establishment)
    if wanted.absence is None:
        return [TeamAbsenceLifted(**ids)]
    return [
        TeamAbsenceRecorded(
            **ids, absent_from=wanted.absence.since, absent_until=wanted.absence.until
        )
    ]


def evolve_volunteer(state: Volunteer | None, event: VolunteerEvent) -> Volunteer:
    """The volunteer after ``event``; raises ValueError if the first is no registration."""
    if isinstance(event, VolunteerRegistered):
        return Volunteer(
            volunteer_id=event.volunteer_id,
            person_id=event.person_id,
            register=event.register,
            role=event.role,
            units=event.units,
            capacity=event.capacity,
            on_duty=event.on_duty,
            contact=event.private,
            erased=event.private is None,
            absence=state.absence if state and not state.left else None,
        )
    if state is None:
        raise ValueError(f"volunteer: begins with {type(event).__name__}")
    match event:
        case VolunteerAbsenceRecorded(absent_from=first, absent_until=last):
            return replace(state, absence=Absence(since=first, until=last))
        case VolunteerReturned():
            return replace(state, absence=None)
        case VolunteerLeft():
            return replace(state, left=True, units=(), on_duty=False, absence=None, contact=None)
        case _:
            assert_never(event)


def bring_volunteer(
    state: Volunteer | None, wanted: VolunteerWanted, *, person_id: UUID
) -> list[VolunteerEvent]:
    """What has to happen so that the entry is as ``wanted``.

    ``person_id`` is for a new person: who left and comes back is the same one, unless erased.
    """
    subject = state.person_id if state and not state.erased else person_id
    events: list[VolunteerEvent] = []
    wanted = _whole_entry(state, wanted)
    if state is None or state.left or _details(state) != _details(wanted):
        events.append(
            VolunteerRegistered(
                volunteer_id=wanted.volunteer_id,
                person_id=subject,
                register=wanted.register,
                role=wanted.role,
                units=wanted.units,
                capacity=wanted.capacity,
                on_duty=wanted.on_duty,
                private=wanted.contact,
            )
        )
    known = state.absence if state and not state.left else None
    if known != wanted.absence:
        events.append(_absence(wanted))
    return events


def _whole_entry(state: Volunteer | None, wanted: VolunteerWanted) -> VolunteerWanted:
    """With what it keeps; of who left nothing is. Raises HasLeft unless they return."""
    if state and state.left and not wanted.returns:
        raise HasLeft(wanted.volunteer_id)
    if state is None or state.left:
        return wanted
    contact = wanted.contact
    if "second_channel" in wanted.keeps and state.contact:
        contact = replace(contact, second_channel=state.contact.second_channel)
    return replace(
        wanted,
        capacity=state.capacity if "capacity" in wanted.keeps else wanted.capacity,
        on_duty=state.on_duty if "on_duty" in wanted.keeps else wanted.on_duty,
        absence=state.absence if "absence" in wanted.keeps else wanted.absence,
        contact=contact,
    )


def _details(entry: Volunteer | VolunteerWanted) -> tuple[object, ...]:
    return (entry.role, entry.units, entry.capacity, entry.on_duty, entry.contact)


def _absence(wanted: VolunteerWanted) -> VolunteerAbsenceRecorded | VolunteerReturned:
    if wanted.absence is None:
        return VolunteerReturned(volunteer_id=wanted.volunteer_id, register=wanted.register)
    return VolunteerAbsenceRecorded(
        volunteer_id=wanted.volunteer_id,
        register=wanted.register,
        absent_from=wanted.absence.since,
        absent_until=wanted.absence.until,
    )


def remove_volunteer(state: Volunteer) -> list[VolunteerEvent]:
    """The volunteer leaves; access ends the same day."""
    if state.left:
        return []
    return [VolunteerLeft(volunteer_id=state.volunteer_id, register=state.register)]


def record_absence(state: Volunteer, absence: Absence) -> list[VolunteerEvent]:
    """Absent for some days, both included; the newest record counts."""
    if state.left or state.absence == absence:
        return []
    return [
        VolunteerAbsenceRecorded(
            volunteer_id=state.volunteer_id,
            register=state.register,
            absent_from=absence.since,
            absent_until=absence.until,
        )
    ]


def record_return(state: Volunteer) -> list[VolunteerEvent]:
    """Back again; nothing if they were not away."""
    if state.absence is None:
        return []
    return [VolunteerReturned(volunteer_id=state.volunteer_id, register=state.register)]
