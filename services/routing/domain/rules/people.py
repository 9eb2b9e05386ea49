"""Danger, authorities, and persons whom a prison team must not or cannot answer."""

from __future__ import annotations

from services.routing.domain import kinds
from services.routing.domain.rules.verdict import Verdict
from services.routing.domain.situation import Situation
from services.routing.domain.units import COORDINATION, is_team
from shared.contracts.vocabulary import RequesterKind, RoutingReason


def danger_to_self(item: Situation) -> Verdict | None:
    """R36: words of suicide, hunger strike or self-harm: the desk, a named human at once."""
    if not item.danger_to_self:
        return None
    return Verdict(rule="R36", reason=RoutingReason.DANGER)


def danger_from_others(item: Situation) -> Verdict | None:
    """R37: violence, threats, trafficking: the same alert."""
    if not item.danger_from_others:
        return None
    return Verdict(rule="R37", reason=RoutingReason.DANGER)


def authority_or_press(item: Situation) -> Verdict | None:
    """R29: police, prefectures, consulates, courts and press are for coordination."""
    if item.facts.requester_kind not in kinds.AUTHORITIES:
        return None
    return Verdict(rule="R29", reason=RoutingReason.AUTHORITY_REQUEST, unit=COORDINATION)


def in_retention(item: Situation) -> Verdict | None:
    """R15: from, or about somebody in, a centre of retention: the desk at once, never a team."""
    if not item.in_retention:
        return None
    return Verdict(rule="R15", reason=RoutingReason.IN_RETENTION)


def released(item: Situation) -> Verdict | None:
    """R16: out of prison: the desk; a team that was at work for the person is told."""
    if not item.released:
        return None
    return Verdict(rule="R16", reason=RoutingReason.RELEASED, inform=teams_at_work(item))


def outside_walls(item: Situation) -> Verdict | None:
    """R17: under judicial control outside: the desk, not a prison team."""
    if not item.outside_walls:
        return None
    return Verdict(rule="R17", reason=RoutingReason.OUTSIDE_WALLS, inform=teams_at_work(item))


def minor(item: Situation) -> Verdict | None:
    """R23: a minor, or a person whose age is disputed: seen by a person the same day."""
    if not item.minor:
        return None
    return Verdict(rule="R23", reason=RoutingReason.MINOR)


def no_mail_to_prison(item: Situation) -> Verdict | None:
    """R31: the person wants no answer at the prison: the desk finds another way."""
    if item.settings.not_by_letter.isdisjoint(item.facts.special_situations):
        return None
    return Verdict(rule="R31", reason=RoutingReason.SPECIAL_SITUATION)


def not_in_writing(item: Situation) -> Verdict | None:
    """R35: cannot read or write, or a fellow detainee holds the pen: visit or telephone."""
    scribe = item.facts.requester_kind is RequesterKind.FELLOW_DETAINEE
    if not scribe and item.settings.not_in_writing.isdisjoint(item.facts.special_situations):
        return None
    return Verdict(rule="R35", reason=RoutingReason.SPECIAL_SITUATION)


def teams_at_work(item: Situation) -> tuple[str, ...]:
    """Teams that hold an open request to which this item is linked."""
    linked = (item.earlier.get(link.request_id) for link in item.facts.links)
    units = [known.unit for known in linked if known and known.open and is_team(known.unit)]
    return tuple(dict.fromkeys(units))
