"""Items that cannot be placed, that came before, or that nobody wrote."""

from __future__ import annotations

from services.routing.domain.rules.verdict import Verdict
from services.routing.domain.situation import Situation
from shared.contracts.vocabulary import RequesterKind, RoutingReason


def nobody_known(item: Situation) -> Verdict | None:
    """R19: a letter without name or number stays at the desk until a person identifies it."""
    if item.automatic or not item.facts.author_unknown:
        return None
    return Verdict(rule="R19", reason=RoutingReason.PLACE_UNCLEAR)


def not_understood(item: Situation) -> Verdict | None:
    """R2: no place, no author or no readable text: a person reads it."""
    nobody = item.facts.requester_kind is RequesterKind.UNKNOWN
    if item.automatic or not (nobody or item.place_missing or item.unreadable):
        return None
    return Verdict(rule="R2", reason=RoutingReason.PLACE_UNCLEAR)


def same_letter_twice(item: Situation) -> Verdict | None:
    """R21: what looks like a copy goes to the holder of the first, until a person confirms it."""
    original = item.original
    if item.automatic or original is None or not item.holder_keeps(original):
        return None
    return Verdict(rule="R21", reason=RoutingReason.DUPLICATE, unit=original.unit)


def automatic_message(item: Situation) -> Verdict | None:
    """R32: auto-replies, bounces and lists are kept at the desk and answered by nobody."""
    if not item.automatic:
        return None
    return Verdict(rule="R32", reason=RoutingReason.AUTOMATIC_MESSAGE)
