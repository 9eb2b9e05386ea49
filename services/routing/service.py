"""Routing's nameko edge: events in, commands in, queries out; no rule and no SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import structlog

from services.routing import wiring
from services.routing.adapters import payloads
from services.routing.adapters.csv_directory import read_directory
from services.routing.adapters.staging import read_teams
from services.routing.application import by_hand, volunteers
from services.routing.application.escalate import escalate_unaccepted
from services.routing.application.hear_intake import HEARD, hear_intake
from services.routing.application.import_directory import import_directory
from services.routing.application.ports import Routing, Stored
from services.routing.application.queries import reachable_for
from services.routing.application.stage import set_team, stage
from services.routing.domain.assignment import Assignment
from shared.clock import today
from shared.contracts import codecs
from shared.contracts.intake.events import MAIN_REGISTER
from shared.eventstore import UnitOfWork, Version
from shared.messaging import Delivered, EventRelay, LogAccess, command, subscribe
from shared.schedule import timer
from shared.service import Parts, ServiceParts
from shared.web import Health

log = structlog.get_logger("routing")

ESCALATION_SECONDS = 30


class RoutingService(LogAccess, Health):
    """Who answers for each request, and who is in the directory."""

    name = wiring.NAME
    open_parts = staticmethod(wiring.open_parts)
    parts: ServiceParts = Parts()
    relay = EventRelay()

    @property
    def _routing(self) -> Routing:
        return wiring.routing_of(self.parts)

    @subscribe("intake", only=HEARD, codec=codecs.INTAKE, reads_private=False, pace_seconds=0.05)
    def on_intake(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        hear_intake(batch, unit, routing=self._routing)

    @timer(interval=ESCALATION_SECONDS)
    def on_time(self) -> None:
        self._escalate()

    @command
    def escalate(self) -> int:
        """Look now for what nobody accepted in time (R18); returns how many were escalated."""
        return self._escalate()

    def _escalate(self) -> int:
        count = escalate_unaccepted(self.parts.clock.now(), routing=self._routing)
        if count:
            log.info("assignments_escalated", event_count=count)
        return count

    # -- assignments ---------------------------------------------------------------------------

    @command
    def accept(self, **payload: Any) -> dict[str, Any]:
        """``request_id, volunteer_id[, command_id]``: the volunteer takes it."""
        asked = payloads.loaded(payloads.AcceptSchema, payload)
        return _told(by_hand.accept(**asked, routing=self._routing))

    @command
    def refuse(self, **payload: Any) -> dict[str, Any]:
        """``request_id, refused_by, reason[, command_id]``: proposed elsewhere at once (R18)."""
        asked = payloads.loaded(payloads.RefuseSchema, payload)
        return _told(by_hand.refuse(**asked, routing=self._routing))

    @command
    def reassign(self, **payload: Any) -> dict[str, Any]:
        """``request_id, unit, by, reason[, command_id]``: another unit answers, by hand."""
        asked = payloads.loaded(payloads.MoveSchema, payload)
        return _told(by_hand.reassign(**asked, routing=self._routing))

    @command
    def inform(self, **payload: Any) -> dict[str, Any]:
        """``request_id, unit, by, reason[, command_id]``: tell a unit; the holder stays."""
        asked = payloads.loaded(payloads.MoveSchema, payload)
        return _told(by_hand.inform(**asked, routing=self._routing))

    @command
    def describe_assignment(self, request_id: str) -> dict[str, Any] | None:
        """All that is known of one assignment; None if routing has not decided yet."""
        wanted = payloads.request_id_of(request_id)
        with self.parts.store.transaction() as connection:
            found = self._routing.assignments.find(connection, [wanted])
        return payloads.assignment_json(found[wanted]) if wanted in found else None

    @command
    def list_assignments(self, register: str = MAIN_REGISTER, **criteria: Any) -> dict[str, Any]:
        """``[unit, state, holder, after, limit]``: a page, the nearest answer first.

        ``{"assignments": [...], "counts": [{"unit", "state", "count"}]}``; ``after`` is the
        request id that ended the page before.
        """
        wanted = payloads.listing({"register": register, **criteria})
        rows = self._routing.assignments
        with self.parts.store.transaction() as connection:
            page = rows.listing(connection, wanted)
            counts = rows.counts(connection, register)
        return {
            "assignments": [payloads.assignment_json(one) for one in page],
            "counts": [{"unit": u, "state": s, "count": n} for u, s, n in counts],
        }

    # -- directory -----------------------------------------------------------------------------

    @command
    def directory(self, register: str = MAIN_REGISTER) -> dict[str, Any]:
        """``{"teams": [...], "volunteers": [...]}`` of a register; names and addresses in clear."""
        rows = self._routing.directory
        with self.parts.store.transaction() as connection:
            teams = rows.teams(connection, [register], None)
            people = rows.volunteers(connection, register)
        return {
            "teams": [payloads.team_json(team) for team in teams],
            "volunteers": [payloads.volunteer_json(one) for one in people],
        }

    @command
    def establishments(self, codes: list[str] | None = None) -> list[dict[str, Any]]:
        """All establishments, or those of ``codes``."""
        with self.parts.store.transaction() as connection:
            found = self._routing.directory.establishments(connection, codes)
        return [payloads.establishment_json(one) for one in found.values()]

    @command
    def contacts_for(self, units: list[str], on: str | None = None) -> dict[str, Any]:
        """By unit, its people who are there on a day (today if not given), with addresses."""
        day = payloads.day_of("on", on) if on else today(self.parts.clock)
        with self.parts.store.transaction() as connection:
            people = self._routing.directory.volunteers(connection, MAIN_REGISTER)
        return {
            unit: [payloads.volunteer_json(one) for one in reachable_for(unit, people, day)]
            for unit in units
        }

    @command
    def import_directory(self, files: Mapping[str, str], by: str) -> dict[str, Any]:
        """``files``: text of establishments.csv, teams.csv, volunteers.csv, by name.

        ``{"establishments": {"added", "altered", "unchanged", "unlisted"}, "teams", "volunteers",
        "events"}``; ``unlisted`` holds the codes of teams and volunteers that a file does not name.
        Raises BadDirectory with every mistake by file, line and column; then nothing is applied.
        """
        rows = self._routing.directory
        with self.parts.store.transaction() as connection:
            codes = rows.establishments(connection)
            teams = rows.teams(connection, [MAIN_REGISTER], None)
            people = rows.volunteers(connection, MAIN_REGISTER)
        places = [team.establishment for team in teams]
        gone = [one.volunteer_id for one in people if one.left]
        wanted = read_directory(files, known_codes=codes, known_teams=places, gone=gone)
        done = asdict(import_directory(wanted, by=by, mint=uuid4, routing=self._routing))
        log.info("directory_imported", event_count=done["events"])
        return done

    @command
    def stage(self, register: str, teams: Mapping[str, Any]) -> int:
        """``{code: {"state", "since", "no_volunteer": {"from", "until"}}}`` for a rehearsal."""
        return stage(register, read_teams(register, teams), routing=self._routing)

    @command
    def set_team(self, establishment: str, team: Mapping[str, Any], by: str) -> int:
        """Bring a team of the main register to a state, written as in ``stage``."""
        [wanted] = read_teams(MAIN_REGISTER, {establishment: team})
        return set_team(wanted, by=by, routing=self._routing)

    @command
    def record_absence(self, volunteer_id: str, by: str, **absence: Any) -> None:
        """``absent_from[, absent_until]``: both days included."""
        gone = payloads.absence(absence)
        volunteers.go_away(volunteer_id, gone, by=by, routing=self._routing)

    @command
    def record_return(self, volunteer_id: str, by: str) -> None:
        """The volunteer is back."""
        volunteers.come_back(volunteer_id, by=by, routing=self._routing)

    @command
    def remove_volunteer(self, volunteer_id: str, by: str) -> None:
        """The volunteer left: no more access, and their work is proposed again."""
        volunteers.remove(volunteer_id, by=by, routing=self._routing)


def _told(assignment: Assignment) -> dict[str, Any]:
    row = payloads.assignment_json(Stored(assignment=assignment, version=Version(0)))
    return {name: value for name, value in row.items() if name not in ("version", "proposed_at")}
