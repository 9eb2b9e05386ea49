"""What stands for a danger to a person (R36, R37)."""

from __future__ import annotations

from collections.abc import Iterable

from shared.contracts.vocabulary import SpecialSituation

DANGERS = frozenset({SpecialSituation.SUICIDE_RISK, SpecialSituation.VIOLENCE_OR_THREAT})


def has_danger(situations: Iterable[SpecialSituation]) -> bool:
    """Whether somebody may be in danger: a person notes what was done before it closes."""
    return not DANGERS.isdisjoint(situations)
