"""Who can be alerted: the volunteers of each unit, as the directory tells them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from shared.contracts.vocabulary import Role

from .ladder import Audience

COORDINATION = "coordination"
DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """One volunteer or employee. ``reachable``: an address is known (None once erased);
    ``absent_until`` None with ``absent_from`` set: until they return."""

    volunteer_id: str
    role: Role
    units: tuple[str, ...]
    on_duty: bool = False
    reachable: bool = True
    absent_from: date | None = None
    absent_until: date | None = None

    def available(self, day: date) -> bool:
        """Neither away on that day nor without an address."""
        if not self.reachable:
            return False
        if self.absent_from is None or day < self.absent_from:
            return True
        return self.absent_until is not None and day > self.absent_until


@dataclass(frozen=True, slots=True)
class Directory:
    """All volunteers of the desk's own register. ``told`` holds audiences that were asked for:
    many stages tell the same people."""

    volunteers: tuple[Volunteer, ...] = ()
    told: dict[tuple[Audience, str, str | None, date], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def find(self, volunteer_id: str) -> Volunteer | None:
        """The volunteer of that id, None if unknown."""
        return next((one for one in self.volunteers if one.volunteer_id == volunteer_id), None)

    def holders(self, unit: str, holder: str | None, day: date) -> tuple[str, ...]:
        """Whoever holds the work on that day, never nobody.

        The volunteer who accepted; else the unit's available members; else coordination; where
        all are missing, the unit itself, whose mail goes to the desk's own mailbox.
        """
        if holder is not None:
            one = self.find(holder)
            if one is not None and one.available(day):
                return (holder,)
        return self._members(unit, day) or self.coordination(day) or (unit,)

    def coordination(self, day: date) -> tuple[str, ...]:
        """Those who coordinate and are available on that day; may be empty."""
        return self._ids(
            day,
            lambda one: one.role is Role.COORDINATION or COORDINATION in one.units,
        )

    def audience(
        self, audience: Audience, *, unit: str, holder: str | None, day: date
    ) -> tuple[str, ...]:
        """The recipients of a stage, in a fixed order, never empty. Raises ValueError for SAME,
        which only a sent alert can resolve."""
        key = (audience, unit, holder, day)
        if key not in self.told:
            self.told[key] = self._audience(audience, unit, holder, day)
        return self.told[key]

    def _audience(
        self, audience: Audience, unit: str, holder: str | None, day: date
    ) -> tuple[str, ...]:
        match audience:
            case Audience.HOLDERS:
                return self.holders(unit, holder, day)
            case Audience.ON_DUTY:
                duty = self._ids(day, lambda one: one.on_duty)
                return duty or self.coordination(day) or self.holders(unit, holder, day)
            case Audience.COORDINATION:
                return self.coordination(day) or (COORDINATION,)
            case Audience.SAME:
                raise ValueError("audience: same belongs to an alert that left already")

    def _members(self, unit: str, day: date) -> tuple[str, ...]:
        name, _, establishment = unit.partition(":")
        if name == "team_lead":
            team = f"team:{establishment}"
            return self._ids(
                day, lambda one: one.role is Role.TEAM_LEAD and team in one.units
            ) or self._ids(day, lambda one: team in one.units)
        if unit == COORDINATION:
            return self.coordination(day)
        return self._ids(day, lambda one: unit in one.units)

    def _ids(self, day: date, wanted: Callable[[Volunteer], bool]) -> tuple[str, ...]:
        return tuple(
            sorted(
                one.volunteer_id
                for one in self.volunteers
                if wanted(one) and one.role is not Role.ADMIN and one.available(day)
            )
        )
