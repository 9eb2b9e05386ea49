"""Made-up facts that the tests of this folder share."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import services.notifications
from services.notifications.domain.cause import Cause
from services.notifications.domain.directory import Directory, Volunteer
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import Policy, read_policy
from shared.clock import PARIS
from shared.contracts.vocabulary import DeadlineKind, Role, Urgency
from shared.deadlines.calendar import is_working_day

REQUEST = UUID("11111111-1111-4111-8111-111111111111")
DEADLINE = UUID("22222222-2222-4222-8222-222222222222")
FRESNES = "team:cp-fresnes"


def shipped_policy() -> Policy:
    """The ladders that the product ships."""
    folder = Path(services.notifications.__path__[0])
    return read_policy(tomllib.loads((folder / "data/ladders.toml").read_text(encoding="utf-8")))


POLICY = shipped_policy()
HOURS = WorkingHours(opens=POLICY.opens, closes=POLICY.closes, is_working_day=is_working_day)


def paris(text: str) -> datetime:
    """ "2026-11-10 09:00" on the desk's wall clock, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def volunteer(name: str, *units: str, role: Role = Role.VOLUNTEER, **more: object) -> Volunteer:
    return Volunteer(volunteer_id=name, role=role, units=units, **more)  # type: ignore[arg-type]  # fields by name


ADA = volunteer("ada", FRESNES)
BLE = volunteer("ble", FRESNES)
CLO = volunteer("clo", "desk", role=Role.STAFF, on_duty=True)
DAN = volunteer("dan", "desk", role=Role.COORDINATION)
EVERYBODY = Directory((ADA, BLE, CLO, DAN))


def letter(since: str, due: str = "2026-11-12", **more: object) -> Cause:
    """A letter given to the team of Fresnes, answer promised for ``due``."""
    facts: dict[str, object] = {
        "key": f"assignment:{REQUEST}",
        "kind": "assignment",
        "register": "main",
        "unit": FRESNES,
        "round": 1,
        "request_id": REQUEST,
        "term": due,
        "term_on": date.fromisoformat(due),
        "since": paris(since),
    }
    return Cause(**{**facts, **more})  # type: ignore[arg-type]  # fields by name


def deadline(since: str, prudent: str | None, **more: object) -> Cause:
    """An appeal of a request held by the team of Fresnes, by its prudent date, local to Paris."""
    facts: dict[str, object] = {
        "key": f"deadline:{DEADLINE}",
        "kind": "deadline",
        "register": "main",
        "unit": FRESNES,
        "request_id": REQUEST,
        "deadline_id": DEADLINE,
        "deadline_kind": DeadlineKind.REFUSAL_APPEAL,
        "urgency": Urgency.HIGH,
        "since": paris(since),
    }
    if prudent is not None:
        facts |= {"term": prudent, "term_on": date.fromisoformat(prudent[:10])}
        end = prudent.replace("T", " ") if "T" in prudent else f"{prudent} 23:59:59"
        facts["term_at"] = paris(end)
    return Cause(**{**facts, **more})  # type: ignore[arg-type]  # fields by name
