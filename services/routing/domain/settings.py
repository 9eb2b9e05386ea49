"""The desk's choices: every figure and list of the rules marked as policy."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.vocabulary import SpecialSituation


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """Values of ``data/policy.toml``; days are calendar days unless named working days.

    ``version`` goes into every decision. ``minors_places`` and ``outside_walls_places`` are
    prefixes of establishment codes ("epm").
    """

    version: str
    letter_days: int
    written_working_days: int
    acceptance_working_days: int
    availability_working_days: int
    slow_mail_days: int
    urgent_days: int
    danger_to_self: frozenset[SpecialSituation]
    danger_from_others: frozenset[SpecialSituation]
    not_by_letter: frozenset[SpecialSituation]
    not_in_writing: frozenset[SpecialSituation]
    kept_from_team: frozenset[SpecialSituation]
    told_to_coordination: frozenset[SpecialSituation]
    minors_places: frozenset[str]
    outside_walls_places: frozenset[str]
