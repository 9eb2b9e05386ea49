"""The only place where routing's adapters are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.routing.adapters.settings import read_policy
from services.routing.application.ports import Routing
from services.routing.projections import READ_MODELS
from services.routing.projections.assignments import AssignmentRows
from services.routing.projections.directory import DirectoryRows
from shared.contracts import codecs
from shared.service import ServiceParts, open_service
from shared.settings import service_settings

NAME = "routing"
MIGRATIONS = Path(__file__).parent / "adapters" / "migrations"

CODEC = codecs.ROUTING


def open_parts(config: Mapping[str, Any]) -> ServiceParts:
    """Open the service's log and read models; ``config["clock"]`` overrides the clock."""
    settings = service_settings(NAME)
    policy = settings.environment.get("ROUTING_POLICY")
    return open_service(
        settings,
        codec=CODEC,
        read_models=READ_MODELS,
        migrations=[MIGRATIONS],
        clock=config.get("clock"),
        extra={"policy": read_policy(Path(policy)) if policy else read_policy()},
    )


def routing_of(parts: ServiceParts) -> Routing:
    """The ports that the use cases work with."""
    return Routing(
        streams=parts.streams,
        assignments=AssignmentRows(),
        directory=DirectoryRows(),
        policy=parts.extra["policy"],
        clock=parts.clock,
    )
