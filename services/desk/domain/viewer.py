"""Who looks, and what of a request may be shown to them (R28: access is by assignment)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from shared.contracts.vocabulary import Role

_EVERYTHING = frozenset({Role.STAFF, Role.COORDINATION})


class Access(Enum):
    """How much of a request somebody may see and do."""

    NONE = "none"
    INFORMED = "informed"  # told of it (R4): the facts and why, not the item, nothing to do
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A volunteer or employee who signed in; ``units`` as routing writes them."""

    volunteer_id: str
    register: str
    role: Role
    units: tuple[str, ...]
    name: str

    @property
    def sees_people(self) -> bool:
        """The role of administrator alone reads no personal data."""
        return self.role is not Role.ADMIN

    @property
    def sees_all(self) -> bool:
        return self.role in _EVERYTHING

    @property
    def runs_system(self) -> bool:
        return self.role in (Role.ADMIN, Role.STAFF)

    @property
    def heard_units(self) -> tuple[str, ...]:
        """The units under which this person is informed; a team's lead also as its lead."""
        if self.role is not Role.TEAM_LEAD:
            return self.units
        leads = (f"team_lead:{unit.partition(':')[2]}" for unit in self.units if ":" in unit)
        return (*self.units, *leads)

    def access_to(self, unit: str | None, informed: Iterable[str] = ()) -> Access:
        """What may be shown of a request for which ``unit`` answers (None: nobody does yet)."""
        if not self.sees_people:
            return Access.NONE
        if self.sees_all or (unit is not None and unit in self.units):
            return Access.FULL
        if unit is None and "desk" in self.units:
            return Access.FULL
        return Access.NONE if set(informed).isdisjoint(self.heard_units) else Access.INFORMED
