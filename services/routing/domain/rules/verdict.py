"""What one rule says about an item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.routing.domain.situation import Situation
from services.routing.domain.units import DESK
from shared.contracts.vocabulary import RoutingReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The unit that should answer, by this rule; ``inform`` are those whom the rule tells."""

    rule: str
    reason: RoutingReason
    unit: str = DESK
    inform: tuple[str, ...] = ()


Rule = Callable[[Situation], Verdict | None]
