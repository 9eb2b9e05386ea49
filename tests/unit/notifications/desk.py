"""Drives the service in tests: tells it events, moves its clock, reads what it sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import services.notifications
from services.host.smtp_capture import Captured, SmtpCapture
from services.notifications import wiring
from shared.clock import VirtualClock
from shared.contracts.followup.events import DeadlineSet, DeadlineTerms
from shared.contracts.routing.events import (
    AssignmentAccepted,
    RequestAssigned,
    VolunteerContact,
    VolunteerRegistered,
)
from shared.contracts.vocabulary import DeadlineKind, Role, RoutingReason, Urgency
from shared.eventstore import Streams, migrate, open_pool
from shared.postgres import transaction
from shared.settings import Environment, Settings
from tests.support.postgres import MASTER_KEY, Database

from .people import DEADLINE, FRESNES, REQUEST, paris

MIGRATIONS = Path(services.notifications.__path__[0]) / "adapters" / "migrations"
START = paris("2026-11-02 10:00")  # a Monday


def prepare(database: Database) -> None:
    """The service's own tables."""
    migrate(database.owner_dsn("notifications"), "notifications", [MIGRATIONS])


@dataclass(frozen=True, slots=True)
class Told:
    """An event of another service, as a subscription hands it over."""

    event: object
    version: int
    occurred_at: datetime


def settings(dsn: str, smtp_port: int, more: Mapping[str, str] | None = None) -> Settings:
    """What the service reads from its environment."""
    environment = {
        "PERMANENCE_DESK_URL": "https://desk.example",
        "PERMANENCE_MAIL_FROM": "permanence@cimade.example",
        "PERMANENCE_MAILBOX": "commission.prison@cimade.example",
        "PERMANENCE_SMTP_HOST": "127.0.0.1",
        "PERMANENCE_SMTP_PORT": str(smtp_port),
        "PERMANENCE_SMTP_TIMEOUT_SECONDS": "5",
        **(more or {}),
    }
    return Settings(
        service="notifications", dsn=dsn, owner_dsn=None, keyring_dsn=dsn, keyring_owner_dsn=None,
        master_key=MASTER_KEY, amqp_uri="memory://", clock=VirtualClock(START), log_level="INFO",
        environment=Environment(environment),
    )  # fmt: skip


class Desk:
    """The service, its clock and its mail."""

    def __init__(
        self,
        database: Database,
        mail: SmtpCapture,
        *,
        start: datetime = START,
        staffed: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.database = database
        self.mail = mail
        self.clock = VirtualClock(start)
        self._versions: dict[object, int] = {}
        self.pool = open_pool(database.dsn("notifications"), schema="notifications")
        self.alerts = wiring.ALERTS
        self.streams = Streams(
            database.store("notifications"),
            wiring.CODEC,
            self.clock,
            projections=[self.alerts.project_all],
        )
        self.made = wiring.assemble(
            pool=self.pool,
            streams=self.streams,
            clock=self.clock,
            settings=settings(database.dsn("notifications"), mail.port, environment),
            may_send=lambda _lane: True,
        )
        if staffed:
            self.tell(
                registered("ada", FRESNES, second="ada.sms@cimade.example"),
                registered("ble", FRESNES),
                registered("clo", "desk", role=Role.STAFF, on_duty=True),
                registered("dan", "desk", role=Role.COORDINATION),
            )

    def close(self) -> None:
        self.pool.close()

    def tell(self, *events: object, version: int | None = None, at: datetime | None = None) -> int:
        """Hand over events in one batch; how many events the service appended. Each is the next
        of its stream, unless ``version`` says otherwise."""
        when = at or self.clock.now()
        told = [Told(event, version or self._next_version(event), when) for event in events]
        with self.streams.unit(metadata={}) as unit:
            return self.made.planner.handle(told, unit)

    def _next_version(self, event: object) -> int:
        for field in ("deadline_id", "case_id", "request_id", "volunteer_id"):
            if (key := getattr(event, field, None)) is not None:
                self._versions[key] = self._versions.get(key, 0) + 1
                return self._versions[key]
        return 1

    def tick(self, at: datetime | str | None = None) -> list[Captured]:
        """Move the clock, do what is due; the messages that left."""
        if at is not None:
            self.clock.move_to(paris(at) if isinstance(at, str) else at)
        before = len(self.mail.messages())
        self.made.scheduler.tick()
        return self.mail.messages()[before:]

    def run_until(self, end: str) -> list[Captured]:
        """Jump from one due instant to the next, as a rehearsed clock does."""
        before = len(self.mail.messages())
        while (due := self.made.scheduler.next_due_at()) is not None and due <= paris(end):
            self.clock.move_to(max(due, self.clock.now()))
            self.made.scheduler.tick()
        self.clock.move_to(paris(end))
        return self.mail.messages()[before:]

    def found(self, **asked: Any) -> list[Any]:
        """Alerts as the list shows them."""
        with transaction(self.pool) as connection:
            return [one.alert for one in self.alerts.find(connection, limit=500, **asked)]

    def events(self) -> int:
        """How many events the service's log holds."""
        with transaction(self.pool) as connection:
            row = connection.execute("SELECT count(*) FROM events").fetchone()
        return int(row[0]) if row else 0


def registered(
    name: str,
    *units: str,
    role: Role = Role.VOLUNTEER,
    on_duty: bool = False,
    register: str = "main",
    second: str | None = None,
) -> VolunteerRegistered:
    return VolunteerRegistered(
        volunteer_id=name,
        person_id=uuid4(),
        register=register,
        role=role,
        units=units,
        capacity=None,
        on_duty=on_duty,
        private=VolunteerContact(
            name=name.title(), email=f"{name}@cimade.example", second_channel=second
        ),
    )


def assigned(
    unit: str = FRESNES,
    *,
    request_id: UUID = REQUEST,
    urgency: Urgency = Urgency.NORMAL,
    due: str | None = "2026-11-12",
    danger: bool = False,
    register: str = "main",
    inform: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> RequestAssigned:
    return RequestAssigned(
        request_id=request_id,
        register=register,
        unit=unit,
        rule="R3",
        reason=RoutingReason.TEAM_PRESENT,
        reason_fr="Une équipe entre dans cet établissement.",
        also=also,
        inform=inform,
        urgency=urgency,
        answer_due_on=date.fromisoformat(due) if due else None,
        danger=danger,
        needs_review=False,
        policy_version="1",
        looked_at=(),
        received_on=date(2026, 11, 2),
        establishment="cp-fresnes",
    )


def accepted(by: str = "ada", request_id: UUID = REQUEST) -> AssignmentAccepted:
    return AssignmentAccepted(request_id=request_id, register="main", volunteer_id=by, unit=FRESNES)


def terms(prudent: str | None, kind: DeadlineKind = DeadlineKind.CNDA_APPEAL) -> DeadlineTerms:
    end = None
    if prudent is not None:
        end = paris(prudent.replace("T", " ") if "T" in prudent else f"{prudent} 23:59:59")
    return DeadlineTerms(
        kind=kind, rule=None, trigger="notification", trigger_on=None, counting=None, nature=None,
        article=None, confidence=None, zone="metro", prudent=prudent, last=prudent, alert_at=end,
    )  # fmt: skip


def deadline_set(
    prudent: str | None,
    *,
    deadline_id: UUID = DEADLINE,
    request_id: UUID | None = REQUEST,
    kind: DeadlineKind = DeadlineKind.CNDA_APPEAL,
    made: type = DeadlineSet,
) -> Any:
    by = {} if made.__name__ == "DeadlineProposed" else {"by": "ada"}
    return made(
        deadline_id=deadline_id,
        register="main",
        request_id=request_id,
        case_id=None,
        terms=terms(prudent, kind),
        **by,
    )


def to(messages: list[Captured]) -> list[tuple[str, str]]:
    """(who, subject) of messages, in the order in which they left."""
    return [(one.recipients[0].partition("@")[0], one.subject) for one in messages]
