"""Intake's use cases over a real PostgreSQL and the real normaliser, without nameko."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.adapters.forwarded import TrustedProxies
from services.intake.adapters.known_requests import KnownInRegister
from services.intake.adapters.settings import IntakeSettings
from services.intake.application.door import submitted
from services.intake.application.receive import Receipt, receive
from services.intake.domain.identity import stream_of
from services.intake.domain.request import Request, evolve
from services.intake.projections import read_models
from services.intake.wiring import CODEC, IntakeParts, intake_parts, reader
from shared.clock import VirtualClock
from shared.eventstore import EventStore, Streams
from shared.postgres import Pool
from shared.privacy import Keyring
from tests.support.postgres import Database, fresh_database, services_database

__all__ = ["services_database"]

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
MOST_BYTES = 40_000_000


@dataclass
class Intake:
    """Intake's parts and short ways to use them."""

    database: Database
    pool: Pool
    keyring: Keyring
    streams: Streams
    clock: VirtualClock
    parts: IntakeParts

    def submit(self, channel: str, raw: str | bytes, **options: Any) -> Receipt:
        """Take ``raw`` in; ``options`` as of ``submitted``."""
        arrival = submitted(
            channel=channel,
            raw=raw.encode() if isinstance(raw, str) else raw,
            register=options.get("register", "main"),
            external_id=options.get("external_id"),
            received_at=options.get("received_at"),
            fallback_id=options.get("fallback_id") or uuid4(),
            clock=self.clock,
            most_bytes=MOST_BYTES,
        )
        return receive(arrival, desk=self.parts.desk)

    def request(self, request_id: UUID) -> Request:
        """The request as its events tell it."""
        return reduce(evolve, self.streams.load(stream_of(request_id))[0], Request())

    def event_types(self, request_id: UUID) -> list[str]:
        return [type(event).__name__ for event in self.streams.load(stream_of(request_id))[0]]

    def in_clear(self, request_id: UUID) -> str:
        """What the log keeps of a request for everybody to read."""
        with self.pool.connection() as connection:
            rows = connection.execute(
                "SELECT data::text FROM events WHERE stream = %s", [stream_of(request_id)]
            ).fetchall()
        return "\n".join(data for [data] in rows)

    def requests(self, register: str = "main") -> int:
        """How many requests the register holds."""
        with self.pool.connection() as connection:
            row = connection.execute(
                "SELECT count(*) FROM requests WHERE register = %s", [register]
            ).fetchone()
        assert row is not None
        return int(row[0])

    def original(self, request_id: UUID) -> bytes:
        """The first raw item of a request, decrypted."""
        originals = self.parts.originals
        with self.pool.connection() as connection:
            first = originals.of(connection, request_id)[0]
            return b"".join(originals.content(connection, request_id, first))

    def contents(self, request_id: UUID) -> list[bytes]:
        """All raw items of a request, decrypted."""
        with self.pool.connection() as connection:
            return list(self.parts.originals.contents(connection, request_id))

    def known(self, register: str = "main") -> KnownInRegister:
        return KnownInRegister(self.pool, self.keyring, CODEC, register)


def build(database: Database, folder: Path, **settings: Any) -> Intake:
    """Intake over ``database`` with its spool in ``folder``."""
    pool = database.pool("intake")
    keyring = database.keyring()
    store = EventStore(pool, schema="intake", keyring=keyring)
    clock = VirtualClock(NOW)
    [model] = read_models(keyring.fingerprint)
    streams = Streams(store, CODEC, clock, projections=[model.apply_all])
    usual: dict[str, Any] = {
        "partners": "",
        "spool": folder / "spool",
        "most_bytes": MOST_BYTES,
        "partner_per_minute": 0,
        "form_per_minute": 0,
        "rehearsals": True,
        "keep_hours": 24,
        "trusted_proxies": TrustedProxies(),
    }
    parts = intake_parts(
        IntakeSettings(**(usual | settings)),
        pool=pool,
        streams=streams,
        keyring=keyring,
        clock=clock,
        read=reader(pool, keyring),
    )
    return Intake(database, pool, keyring, streams, clock, parts)


@pytest.fixture
def intake(services_database: Database, tmp_path: Path) -> Intake:
    return build(services_database, tmp_path)


@pytest.fixture(scope="module")
def lasting_intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    """One intake for a module whose tests keep to registers of their own."""
    with fresh_database(services=True) as database:
        yield build(database, tmp_path_factory.mktemp("intake"))
