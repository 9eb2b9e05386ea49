"""Reminders, referrals, outside solicitations and calls."""

from __future__ import annotations

from services.routing.domain import kinds
from services.routing.domain.rules.verdict import Verdict
from services.routing.domain.situation import Situation
from services.routing.domain.units import COORDINATION, team_lead, team_unit
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    RequesterKind,
    RoutingReason,
    TeamState,
    Topic,
)


def reminder(item: Situation) -> Verdict | None:
    """R22: goes to the holder of the first; coordination is told if the first is overdue."""
    first = item.first
    if first is None or not item.holder_keeps(first):
        return None
    return Verdict(
        rule="R22", reason=RoutingReason.REMINDER, unit=first.unit, inform=told_of_delay(item)
    )


def told_of_delay(item: Situation) -> tuple[str, ...]:
    """Coordination, if the request of which this is a reminder is overdue."""
    return (COORDINATION,) if item.first_overdue else ()


def referral(item: Situation) -> Verdict | None:
    """R11: our teams, permanences and partners refer a person around release: desk's decision."""
    facts = item.facts
    around_release = (
        item.released
        or item.outside_walls
        or Topic.RELEASE_PREPARATION in facts.topics
        or any(d.kind is DeadlineKind.RELEASE_DATE and d.date_on for d in facts.deadlines)
    )
    ours = facts.requester_kind in kinds.OUR_OWN
    partner = facts.channel is Channel.API and facts.requester_kind in kinds.OUTSIDE
    if facts.channel is not Channel.REFERRAL and not ((ours or partner) and around_release):
        return None
    return Verdict(rule="R11", reason=RoutingReason.REFERRAL_FOLLOW_UP, inform=referring_team(item))


def referring_team(item: Situation) -> tuple[str, ...]:
    """The prison team that referred the person, which is told the outcome either way."""
    place = item.facts.establishment
    if item.facts.requester_kind is not RequesterKind.CIMADE_PRISON_TEAM or place is None:
        return ()
    return team_or_lead(item, place)


def outside_solicitation(item: Situation) -> Verdict | None:
    """R5: relatives, lawyers, CPIP, staff, associations: the desk, wherever the person is."""
    if item.facts.requester_kind not in kinds.OUTSIDE:
        return None
    return Verdict(rule="R5", reason=RoutingReason.OUTSIDE_SOLICITATION)


def question_of_ours(item: Situation) -> Verdict | None:
    """R6: a question of our own teams and permanences gets the desk's support."""
    if item.facts.requester_kind not in kinds.OUR_OWN:
        return None
    return Verdict(rule="R6", reason=RoutingReason.OUTSIDE_SOLICITATION)


def on_the_line(item: Situation) -> Verdict | None:
    """R8: the line is the desk's; the team where the caller is held may be asked for a visit."""
    if item.facts.channel is not Channel.PHONE or not item.from_inside:
        return None
    place = item.facts.establishment
    visit = (team_unit(place),) if place and item.team_active else ()
    return Verdict(rule="R8", reason=RoutingReason.PHONE_LINE, inform=visit)


def team_or_lead(item: Situation, place: str) -> tuple[str, ...]:
    """The team of ``place``; its referent while it is suspended or closed; nobody without one."""
    team = item.directory.team_at(place)
    if team is None:
        return ()
    return (team_unit(place) if team.state is TeamState.ACTIVE else team_lead(place),)
