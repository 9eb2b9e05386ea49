"""Units that answer for a request, or are told of it, as they are written in events."""

from __future__ import annotations

from shared.errors import Invalid

DESK = "desk"
COORDINATION = "coordination"
_TEAM = "team:"
_TEAM_LEAD = "team_lead:"


class UnknownUnit(Invalid):
    """A unit that is neither a team, nor the desk, nor coordination."""

    code = "routing.unknown_unit"

    def __init__(self, unit: str) -> None:
        super().__init__(
            f"unit: {unit!r} is none; write desk, coordination or team:<establishment code>",
            {"unit": ["write desk, coordination or team:<establishment code>"]},
        )


def team_unit(establishment: str) -> str:
    """The team that enters ``establishment``."""
    return f"{_TEAM}{establishment}"


def team_lead(establishment: str) -> str:
    """The referent of that team; informed, never responsible."""
    return f"{_TEAM_LEAD}{establishment}"


def is_team(unit: str) -> bool:
    """Whether volunteers of an establishment answer for it."""
    return unit.startswith(_TEAM)


def establishment_of(unit: str) -> str | None:
    """The establishment of a team or of its referent; None for the desk and coordination."""
    for prefix in (_TEAM, _TEAM_LEAD):
        if unit.startswith(prefix):
            return unit.removeprefix(prefix)
    return None


def responsible_unit(unit: str) -> str:
    """``unit``, if it can answer for a request; raises UnknownUnit otherwise."""
    if unit in (DESK, COORDINATION) or (is_team(unit) and establishment_of(unit)):
        return unit
    raise UnknownUnit(unit)
