"""The desk at the edge: events into its tables, pages out. No rule and no SQL here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import structlog
from nameko.extensions import DependencyProvider

from services.desk import wiring
from services.desk.application.hearing import hear
from services.desk.application.site import Site
from services.desk.projections import READ_MODELS
from services.desk.web.acting import RequestActions
from services.desk.web.cases import CasePages
from services.desk.web.deadlines import DeadlinePages
from services.desk.web.files import FilePages
from services.desk.web.help import HelpPages
from services.desk.web.recording import RecordPages
from services.desk.web.sign_in import SignInPages
from services.desk.web.system import SystemPages
from shared.contracts import codecs
from shared.eventstore import UnitOfWork
from shared.messaging import Delivered, OpenParts, command, subscribe
from shared.service import Parts, ServiceParts
from shared.web import Health

_log = structlog.get_logger("desk")


class _Site(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Injects what the pages are made with."""

    opened = OpenParts()

    def get_dependency(self, worker_ctx: Any) -> Site:
        site: Site = self.opened.parts.extra["site"]
        return site


class _Later(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Injects a way to do something once the answer is on its way."""

    def get_dependency(self, worker_ctx: Any) -> Callable[[Callable[[], None]], None]:
        def later(work: Callable[[], None]) -> None:
            self.container.spawn_managed_thread(work, identifier="desk-later")

        return later


class DeskService(
    SignInPages,
    RequestActions,
    RecordPages,
    FilePages,
    DeadlinePages,
    CasePages,
    SystemPages,
    HelpPages,
    Health,
):
    """The web page by which volunteers see and handle their work."""

    name = wiring.NAME
    open_parts = staticmethod(wiring.open_parts)
    parts: ServiceParts = Parts()
    site: Site = _Site()
    later: Callable[[Callable[[], None]], None] = _Later()

    @subscribe("intake", codec=codecs.INTAKE)
    def on_intake(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        hear(batch, unit.connection, READ_MODELS)

    @subscribe("routing", codec=codecs.ROUTING)
    def on_routing(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        hear(batch, unit.connection, READ_MODELS)

    @subscribe("followup", codec=codecs.FOLLOWUP)
    def on_followup(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        hear(batch, unit.connection, READ_MODELS)

    @subscribe("notifications", codec=codecs.NOTIFICATIONS)
    def on_notifications(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        hear(batch, unit.connection, READ_MODELS)

    @command
    def sign_in_link(self, who: str) -> dict[str, str] | None:
        """``link`` and ``volunteer_id`` of whoever of the directory has that address or id.

        None if nobody has. For those who run the system: it leaves by no mail.
        """
        made = self.site.doors.make_link_for(who, now=self.site.clock.now())
        if made is None:
            return None
        _log.info("sign_in_link_made")
        token, volunteer_id = made
        return {"link": f"{self.site.url}/connexion/{token}", "volunteer_id": volunteer_id}
