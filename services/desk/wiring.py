"""The only place where the desk's adapters are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.desk.adapters.doors import Doors
from services.desk.adapters.follow_up import FollowUp, SystemState
from services.desk.adapters.lists import Lists
from services.desk.adapters.mailer import Mailer
from services.desk.adapters.owners import RpcOwners
from services.desk.adapters.pages import Templates
from services.desk.application.site import Site
from services.desk.projections import READ_MODELS
from shared.contracts.codec import Codec
from shared.messaging import RpcPool
from shared.service import ServiceParts, open_service
from shared.settings import desk_url, service_settings

NAME = "desk"
MIGRATIONS = Path(__file__).parent / "adapters" / "migrations"


def open_parts(config: Mapping[str, Any]) -> ServiceParts:
    """Open the desk; its own log stays empty. ``config["clock"]`` overrides the clock.

    Raises BadSetting naming the setting that is wrong.
    """
    settings = service_settings(NAME)
    url = desk_url(settings.environment, "http://localhost:8080")
    parts = open_service(
        settings,
        codec=Codec(()),
        read_models=READ_MODELS,
        migrations=[MIGRATIONS],
        clock=config.get("clock"),
    )
    site = Site(
        doors=Doors(parts.pool),
        lists=Lists(parts.pool),
        follow_up=FollowUp(parts.pool),
        system=SystemState(parts.pool),
        mailer=Mailer(settings.environment),
        pages=Templates(),
        owners=RpcOwners(RpcPool(config["AMQP_URI"])),
        clock=parts.clock,
        url=url,
    )
    parts.extra["site"] = site  # type: ignore[index]  # ours, made by open_service
    return parts
