"""The only place where follow-up's adapters are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.followup.adapters.holding import hold
from services.followup.application.ports import Followup
from services.followup.projections import READ_MODELS
from services.followup.projections import deadlines as rows
from shared.contracts import codecs
from shared.eventstore import Connection
from shared.service import ServiceParts, open_service
from shared.settings import service_settings

NAME = "followup"
MIGRATIONS = Path(__file__).parent / "adapters" / "migrations"
CODEC = codecs.FOLLOWUP
INTAKE_CODEC = codecs.INTAKE


class DeadlineRows:
    """Finds deadlines in the read model."""

    def running(
        self, connection: Connection, case_id: UUID, request_id: UUID | None
    ) -> Sequence[UUID]:
        return rows.running_deadlines(connection, case_id, request_id)

    def known(self, connection: Connection, request_ids: Sequence[UUID]) -> Set[UUID]:
        return rows.known_of_requests(connection, request_ids)

    def candidates(self, connection: Connection, request_id: UUID) -> Sequence[UUID]:
        return rows.candidate_deadlines(connection, request_id)

    def to_miss(self, connection: Connection, now: datetime, limit: int) -> Sequence[UUID]:
        return rows.deadlines_to_miss(connection, now, limit)

    def drawing_near(self, connection: Connection, now: datetime, limit: int) -> Sequence[UUID]:
        return rows.deadlines_drawing_near(connection, now, limit)


def open_parts(config: Mapping[str, Any]) -> ServiceParts:
    """Open the service's log and read models; ``config["clock"]`` overrides the clock."""
    return open_service(
        service_settings(NAME),
        codec=CODEC,
        read_models=READ_MODELS,
        migrations=[MIGRATIONS],
        clock=config.get("clock"),
    )


def followup_of(parts: ServiceParts) -> Followup:
    """The ports that the use cases work with."""
    return Followup(streams=parts.streams, deadlines=DeadlineRows(), hold=hold, clock=parts.clock)
