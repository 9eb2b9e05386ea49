"""Teams of a register: set by hand in the main one, put on stage for a rehearsal."""

from __future__ import annotations

from collections.abc import Sequence

from services.routing.application.import_directory import bring_team_to
from services.routing.application.ports import Routing
from services.routing.domain.directory import TeamWanted
from shared.contracts.intake.events import MAIN_REGISTER
from shared.errors import Invalid, Refused


class MainIsNoStage(Refused):
    """The desk's own register is not a stage."""

    code = "routing.main_is_no_stage"

    def __init__(self) -> None:
        super().__init__("register: main is not a stage; rehearse in a register of its own")


class UnknownEstablishment(Invalid):
    """A code that no directory holds."""

    code = "routing.unknown_establishment"

    def __init__(self, establishment: str) -> None:
        super().__init__(
            f"establishment: {establishment[:40]!r} is not in the directory; import it first",
            {"establishment": ["is not in the directory; import it first"]},
        )


def stage(register: str, teams: Sequence[TeamWanted], *, routing: Routing) -> int:
    """Make ``teams`` be so in a rehearsal's register; returns how many events that took."""
    if register == MAIN_REGISTER:
        raise MainIsNoStage
    with routing.streams.unit(metadata={"actor": "rehearsal"}) as unit:
        return sum(bring_team_to(unit, team) for team in teams)


def set_team(wanted: TeamWanted, *, by: str, routing: Routing) -> int:
    """Open, suspend, resume or close a team, or note when nobody of it is there.

    Nothing moves back by itself (R13). Raises UnknownEstablishment.
    """
    with routing.streams.unit(metadata={"actor": by}) as unit:
        code = wanted.establishment
        if code not in routing.directory.establishments(unit.connection, [code]):
            raise UnknownEstablishment(code)
        return bring_team_to(unit, wanted)
