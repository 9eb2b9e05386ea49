"""As the days pass a request's urgency rises with its deadline, whatever dies on the way (R40)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.clock import PARIS
from tests.support.nothing_lost import assert_nothing_lost
from tests.support.processes import ProcessSystem, running_system

RECEIVED = date(2026, 3, 16)
HEARING = date(2026, 3, 31)
LETTER: dict[str, Any] = {
    "id": "days-pass",
    "channel": "letter",
    "expected": {"received_on": RECEIVED.isoformat()},
    "raw": "[ENVELOPPE] reçu le 2026-03-16 | cachet de la poste : 14-03-2026 | au dos : MA "
    "Villepinte\n[TRANSCRIPTION]\nBonjour,\nje m'appelle Jour Apres, je suis incarcéré à "
    "Villepinte. Pouvez-vous m'aider à trouver un logement pour ma sortie ?\n"
    "Merci. Jour Apres, écrou 24 603\n",
}
TEAM, DESK = "team:ma-villepinte", "desk"


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=PARIS) + timedelta(hours=12)


def standing(system: ProcessSystem, request_id: str) -> tuple[str, str, str]:
    """(urgency by intake, urgency by routing, unit)."""
    [request] = [r for r in system.rows("intake", "requests") if str(r["request_id"]) == request_id]
    given = system.insist("routing", "describe_assignment", request_id=request_id)
    return request["urgency"], given["urgency"], given["unit"]


def take(system: ProcessSystem, request_id: str, *, command_id: UUID) -> None:
    """Somebody of the unit that answers accepts the request."""
    unit = system.insist("routing", "describe_assignment", request_id=request_id)["unit"]
    people = system.insist("routing", "directory")["volunteers"]
    system.insist(
        "routing",
        "accept",
        request_id=request_id,
        volunteer_id=next(one["volunteer_id"] for one in people if unit in one["units"]),
        command_id=str(command_id),
    )


def told(system: ProcessSystem, service: str, stream: str) -> Counter[str]:
    """How many events of each type the stream holds."""
    rows = system.rows(service, "events")
    return Counter(row["type"] for row in rows if row["stream"] == stream)


@pytest.mark.rabbitmq
@pytest.mark.slow
def test_f24_urgency_rises_once_at_ten_days_and_once_at_three_whatever_dies(tmp_path: Path) -> None:
    with running_system(tmp_path, start_at=noon(RECEIVED)) as system:
        rehearsal = system.rehearsal()
        rehearsal.prepare([LETTER])
        request_id = rehearsal.take_in(LETTER)
        hearing = system.insist(
            "followup",
            "set_deadline",
            kind="hearing",
            on=HEARING.isoformat(),
            request_id=request_id,
            by="v-anne",
            command_id=str(UUID(int=7)),
        )
        stood = {}
        for left in range(14, -2, -1):
            day = HEARING - timedelta(days=left)
            if left in (10, 3):  # as it is told
                for service in ("followup", "intake", "routing"):
                    system.restart(service)
            rehearsal.pass_time(noon(day))
            stood[left] = standing(system, request_id)
            if left in (14, 10):  # somebody of the team has it, then somebody of the desk
                take(system, request_id, command_id=UUID(int=left))
            rehearsal.acknowledge()
        deadline = told(system, "followup", f"deadline-{hearing['deadline_id']}")
        request = told(system, "intake", f"request-{request_id}")
        assignment = told(system, "routing", f"assignment-{request_id}")
        alerts = [one for one in system.alerts() if one["cause"] == f"assignment:{request_id}"]
        assert_nothing_lost(system.whole())

    assert stood == {
        **dict.fromkeys(range(14, 10, -1), ("normal", "normal", TEAM)),
        **dict.fromkeys(range(10, 3, -1), ("high", "high", DESK)),
        **dict.fromkeys(range(3, -2, -1), ("critical", "critical", DESK)),
    }
    assert (deadline["DeadlineNeared"], deadline["DeadlineMissed"]) == (2, 1)
    assert request["RequestUrgencyChanged"] == 2
    assert (assignment["RequestReassigned"], assignment["AssignmentUrgencyChanged"]) == (1, 1)
    alarms = Counter((one["recipient"], one["rung"]) for one in alerts)
    assert alarms
    assert set(alarms.values()) == {1}
