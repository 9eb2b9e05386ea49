"""Intake with one letter, and a desk that hears of it when it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from services.cli.held import held
from services.cli.logs import open_logs
from services.cli.person import erase, would_go
from services.cli.system import System
from services.desk.projections.requests import REQUESTS
from services.intake.adapters.spooled import forget_mail
from services.intake.application import erase as erasing
from services.intake.wiring import CODEC
from shared.eventstore import EventStore, Recorded
from shared.messaging import NoAnswer
from shared.settings import Environment
from tests.support.postgres import Database
from tests.unit.intake.conftest import Intake, build

LETTER = """Fresnes, le 2 juin 2026
Madame, Monsieur,
Je m'appelle Zébulon CANARI, écrou 987654, né le 3 mars 1990, de nationalité malienne.
Je voudrais de l'aide pour une permission de sortir. Merci, Zébulon Canari
"""


@dataclass
class Office:
    """``call`` is what commands reach the services by; the desk hears at once if ``hears``."""

    intake: Intake
    store: EventStore
    person: UUID
    request: UUID
    hears: bool = True
    intake_is_up: bool = True
    heard: list[Recorded] = field(default_factory=list)

    def catch_up(self) -> None:
        """Let the desk hear of all that it has not heard of."""
        known = {one.position for one in self.heard}
        for recorded in self.store.find():
            if recorded.position not in known:
                self.hear(recorded)

    def hear(self, recorded: Recorded) -> None:
        self.heard.append(recorded)
        with self.intake.database.pool("desk").connection() as connection:
            REQUESTS.apply(connection, recorded, CODEC.decode(recorded))

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        if not self.intake_is_up:
            raise NoAnswer("service: intake is not there; start it")
        if (service, method) == ("intake", "forget_mail"):
            parts = self.intake.parts
            person, keep_hours = UUID(arguments["person_id"]), parts.settings.keep_hours
            dry_run = arguments.get("dry_run", False)
            return forget_mail(parts.spooled, person, keep_hours=keep_hours, dry_run=dry_run)
        assert (service, method) == ("intake", "erase_person")
        new = erasing.erase_person(
            UUID(arguments["person_id"]),
            by=arguments["by"],
            reason=arguments["reason"],
            streams=self.intake.streams,
            keyring=self.intake.keyring,
            metadata={},
        )
        if self.hears:
            self.catch_up()
        return new

    def erase(self, *looked_at: str) -> list[dict[str, Any]]:
        """The proof of ``permanence erase-person``."""
        with open_logs(Environment()) as stores:
            about = held(Environment(), stores, self.person)
            told = {"by": "Nora", "why": "asked for it", "looked_at": looked_at}
            return erase(self._there, stores, about, **told)

    def would_go(self) -> list[dict[str, Any]]:
        """What its dry run tells."""
        with open_logs(Environment()) as stores:
            return would_go(self._there, held(Environment(), stores, self.person))

    @property
    def _there(self) -> System:
        return System(call=self.call, environment=Environment())


def opened_office(desk: Database, folder: Path) -> Office:
    """An office that took in ``LETTER``."""
    intake = build(desk, folder)
    receipt = intake.submit("letter", LETTER)
    store = desk.store()
    person = next(one.subject for one in store.find() if one.subject)
    made = Office(intake, store, person, receipt.request_id)
    made.catch_up()
    return made


def everything(database: Database) -> str:
    """All tables of the database as text."""
    admin = database.admin()
    tables = admin.execute(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
        "WHERE schemaname !~ '^(pg_|information_schema)'"
    ).fetchall()
    return "\n".join(
        row[0]
        for [table] in tables
        for row in admin.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - our own tables
    )


def kept_aside(database: Database) -> str:
    """What PostgreSQL keeps of the tables' values: samples for its planner, and bytes in pages."""
    admin = database.admin()
    admin.execute("CHECKPOINT")
    samples = admin.execute(
        "SELECT schemaname, tablename, attname, most_common_vals::text, histogram_bounds::text "
        "FROM pg_stats WHERE schemaname !~ '^(pg_|information_schema)'"
    ).fetchall()
    pages = admin.execute(
        "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class AS c "
        "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'i') AND n.nspname ~ '^(desk|keyring)'"
    ).fetchall()
    return f"{samples}{[(bytes(page), bytes(page).hex()) for (page,) in pages]}".lower()
