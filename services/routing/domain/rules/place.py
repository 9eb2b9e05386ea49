"""Letters of detained persons: which place, which team, and is it there."""

from __future__ import annotations

from services.routing.domain.due import own_due_on
from services.routing.domain.rules.outside import team_or_lead
from services.routing.domain.rules.people import teams_at_work
from services.routing.domain.rules.verdict import Verdict
from services.routing.domain.situation import Situation
from services.routing.domain.units import team_lead, team_unit
from shared.contracts.vocabulary import RoutingReason, TeamState


def which_place(item: Situation) -> Verdict | None:
    """R12: envelope and text disagree, or two places fit: a person decides."""
    if not item.places_disagree:
        return None
    return Verdict(rule="R12", reason=RoutingReason.PLACE_UNCLEAR)


def no_team(item: Situation) -> Verdict | None:
    """R7: nobody of ours enters that establishment: the desk answers."""
    if not item.letter_from_inside or item.facts.establishment is None or item.team is not None:
        return None
    return Verdict(rule="R7", reason=RoutingReason.NO_TEAM)


def team_suspended(item: Situation) -> Verdict | None:
    """R13: the team does not enter for now, or no more: the desk; its referent is told."""
    team = item.team
    if not item.letter_from_inside or team is None or team.state is TeamState.ACTIVE:
        return None
    return Verdict(
        rule="R13",
        reason=RoutingReason.TEAM_SUSPENDED,
        inform=(team_lead(team.establishment),),
    )


def nobody_available(item: Situation) -> Verdict | None:
    """R14: no volunteer of the team is free in time: the desk; its referent is told."""
    team = item.team
    if not item.letter_from_inside or team is None or team.state is not TeamState.ACTIVE:
        return None
    if item.team_free(team, own_due_on(item)):
        return None
    return Verdict(
        rule="R14",
        reason=RoutingReason.NO_VOLUNTEER_AVAILABLE,
        inform=(team_lead(team.establishment),),
    )


def urgent_or_special(item: Situation) -> Verdict | None:
    """R4: urgent, or a special situation, where a team is present: the desk, the team informed."""
    place = item.facts.establishment
    if not item.letter_from_inside or place is None or not item.team_active:
        return None
    if not item.calls_for_desk:
        return None
    reason = RoutingReason.URGENT if item.urgent else RoutingReason.SPECIAL_SITUATION
    return Verdict(rule="R4", reason=reason, inform=(team_unit(place),))


def team_present(item: Situation) -> Verdict | None:
    """R3: a team enters that establishment: it answers."""
    place = item.facts.establishment
    if not item.letter_from_inside or place is None or not item.team_active:
        return None
    return Verdict(rule="R3", reason=RoutingReason.TEAM_PRESENT, unit=team_unit(place))


def old_team(item: Situation) -> tuple[str, ...]:
    """R12: the team of the place that a person left, and those at work for them, are told."""
    if not item.moved or item.facts.moved_from is None:
        return ()
    return tuple(dict.fromkeys([*teams_at_work(item), *team_or_lead(item, item.facts.moved_from)]))
