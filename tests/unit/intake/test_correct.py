"""What a person completes or corrects stands over what was read, and with it only that goes."""

from __future__ import annotations

import json
from typing import Any

from services.intake.application.correct import correct_request
from shared.contracts.vocabulary import RequestState
from tests.unit.intake.conftest import Intake

FORM: dict[str, Any] = {
    "partner": "foyer",
    "sent_at": "2026-06-10T10:00:00+02:00",
    "author": {"name": "Inès Modele", "role": "travailleuse sociale", "email": "i@foyer.example"},
    "person": {"last": "EXEMPLE", "first": "Chidi", "dob": "1990-13-04", "language": "en"},
    "decision": {"type": "OQTF", "notified": "2026-04-31", "delay_days": 30},
    "message": "Bonjour, que peut faire la personne ?",
}


def test_a_field_that_is_settled_takes_its_value_along_and_no_other(intake: Intake):
    raw = f"POST /v1/requests HTTP/1.1\n\n{json.dumps(FORM)}"
    receipt = intake.submit("api", raw)
    assert receipt.state is RequestState.NEEDS_REVIEW
    assert {one.field: one.remedy for one in receipt.problems} == {
        "person.dob": "send the date as YYYY-MM-DD; month 13 does not exist (1990-04-13?)",
        "decision.notified": "send the date as YYYY-MM-DD; day 31 does not exist in that month",
    }

    request = correct_request(
        receipt.request_id,
        {"settled": ["person.dob"], "establishment": "cp-fresnes"},
        by="Anna",
        streams=intake.streams,
        metadata={},
    )

    assert request.facts
    assert request.people
    assert [one.field for one in request.facts.problems] == ["decision.notified"]
    assert request.people.problem_values == ("2026-04-31",)
    assert "1990" not in intake.in_clear(receipt.request_id)
