"""What the pages are made with; ``wiring`` chooses who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from services.desk.domain.looking import LookedFor
from services.desk.domain.rows import (
    AlertRow,
    AppointmentRow,
    CaseRow,
    DeadlineRow,
    ParkedRow,
    RequestRow,
    StepRow,
    SubscriptionRow,
    View,
)
from services.desk.domain.viewer import Viewer
from shared.clock import Clock, today


class Doors(Protocol):
    """Who may come in, and who was shown what."""

    def make_link(self, email: str, *, now: datetime) -> tuple[str, str] | None: ...
    def make_link_for(self, who: str, *, now: datetime) -> tuple[str, str] | None: ...
    def link_good(self, token: str, *, now: datetime) -> bool: ...
    def use_link(self, token: str, *, now: datetime) -> tuple[str, str] | None: ...
    def viewer(self, session: str, *, now: datetime) -> Viewer | None: ...
    def keep_found(self, session: str, ids: Sequence[UUID]) -> None: ...
    def found(self, session: str) -> list[UUID]: ...
    def close(self, session: str) -> None: ...
    def shown(
        self, viewer: Viewer, page: str, kind: str, subjects: Sequence[UUID], *, now: datetime
    ) -> None: ...


class Lists(Protocol):
    """Requests, as one person may see them."""

    def requests(
        self, viewer: Viewer, view: View, *, today: date, page: int = 1
    ) -> list[RequestRow]: ...
    def find(self, viewer: Viewer, wanted: LookedFor) -> list[UUID]: ...
    def found(self, viewer: Viewer, ids: Sequence[UUID], *, page: int = 1) -> list[RequestRow]: ...
    def counts(self, viewer: Viewer, *, today: date) -> dict[View, int]: ...
    def request(self, viewer: Viewer, request_id: UUID) -> RequestRow | None: ...
    def requests_among(self, viewer: Viewer, ids: list[UUID]) -> dict[UUID, RequestRow]: ...
    def alerts(self, viewer: Viewer, about: UUID) -> list[AlertRow]: ...
    def alerts_to(self, viewer: Viewer, *, page: int = 1) -> list[AlertRow]: ...
    def alert_to(self, viewer: Viewer, alert_id: UUID) -> AlertRow | None: ...
    def count_alerts(self, viewer: Viewer) -> int: ...
    def places(self) -> list[dict[str, Any]]: ...
    def volunteers(self, viewer: Viewer) -> dict[str, str]: ...
    def active_teams(self, viewer: Viewer) -> list[str]: ...


class FollowUp(Protocol):
    """Cases and deadlines, as one person may see them."""

    def deadlines(
        self, viewer: Viewer, *, states: Sequence[str], page: int = 1
    ) -> list[DeadlineRow]: ...
    def deadline_counts(self, viewer: Viewer) -> dict[str, int]: ...
    def deadlines_among(self, viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, DeadlineRow]: ...
    def deadlines_about(self, viewer: Viewer, about: UUID) -> list[DeadlineRow]: ...
    def deadlines_called(self, viewer: Viewer, reference: str) -> list[DeadlineRow]: ...
    def deadline(self, viewer: Viewer, deadline_id: UUID) -> DeadlineRow | None: ...
    def cases(
        self, viewer: Viewer, *, closed: bool, now: datetime, page: int = 1
    ) -> list[CaseRow]: ...
    def case_counts(self, viewer: Viewer) -> tuple[int, int]: ...
    def cases_among(
        self, viewer: Viewer, ids: Sequence[UUID], *, now: datetime
    ) -> dict[UUID, CaseRow]: ...
    def cases_called(self, viewer: Viewer, reference: str, *, now: datetime) -> list[CaseRow]: ...
    def case(self, viewer: Viewer, case_id: UUID, *, now: datetime) -> CaseRow | None: ...
    def cases_of(self, viewer: Viewer, request_id: UUID, *, now: datetime) -> list[CaseRow]: ...
    def steps(self, case_id: UUID) -> list[StepRow]: ...
    def appointments(self, case_id: UUID) -> list[AppointmentRow]: ...


class SystemState(Protocol):
    """How far the desk's own reading of the other services is."""

    def subscriptions(self) -> list[SubscriptionRow]: ...
    def parked(self) -> list[ParkedRow]: ...
    def reached(self, source: str) -> dict[int, int]: ...


class Mailer(Protocol):
    """Sends sign-in links."""

    def send_link(self, address: str, link: str) -> None: ...


class Owners(Protocol):
    """Asks and tells the services that own the data, each call with a time limit."""

    def ask(self, service: str, method: str, **payload: Any) -> Any: ...
    def tell(self, service: str, method: str, **payload: Any) -> Any: ...


class Pages(Protocol):
    """Makes HTML of a template."""

    def render(self, template: str, values: Mapping[str, Any]) -> str: ...
    def asset(self, name: str) -> tuple[bytes, str] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The ports together. ``url`` is the address under which volunteers know the desk."""

    doors: Doors
    lists: Lists
    follow_up: FollowUp
    system: SystemState
    mailer: Mailer
    pages: Pages
    owners: Owners
    clock: Clock
    url: str

    @property
    def secure(self) -> bool:
        """Whether cookies may travel over https alone; a local system has no https."""
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def cookie(self) -> str:
        return "__Host-permanence" if self.secure else "permanence"

    @property
    def visitor_cookie(self) -> str:
        return f"{self.cookie}-visite"

    def today(self) -> date:
        """The day in Paris."""
        return today(self.clock)
