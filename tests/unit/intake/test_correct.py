"""What a person completes or corrects stands over what was read, and with it only that goes."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from services.desk.domain import words
from services.intake.application.correct import correct_request
from services.intake.application.erase import erase_person
from shared.contracts.vocabulary import RequestState
from shared.privacy import SubjectErased
from tests.unit.intake import items
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


@pytest.fixture
def erased(intake: Intake) -> UUID:
    """A request that waits for review, of a person who was erased."""
    unclear = items.LETTER.replace("Fresnes", "Port-Imaginaire")
    receipt = intake.submit("letter", unclear)
    assert receipt.state is RequestState.NEEDS_REVIEW
    person_id = intake.request(receipt.request_id).person_id
    assert person_id
    assert erase_person(
        person_id,
        by="Nora",
        reason="demande de la personne",
        streams=intake.streams,
        keyring=intake.keyring,
        metadata={},
    )
    return receipt.request_id


def test_what_names_nobody_can_be_corrected_after_an_erasure(intake: Intake, erased: UUID) -> None:
    request = correct_request(
        erased, {"establishment": "cp-fresnes"}, by="Anna", streams=intake.streams, metadata={}
    )

    assert request.state is RequestState.NORMALISED
    assert request.facts
    assert request.facts.establishment == "cp-fresnes"
    assert request.people is None
    assert request.person_id
    assert intake.keyring.is_erased(request.person_id)


@pytest.mark.parametrize(
    "fields", [{"person_concerned": {"given": "Idriss"}}, {"requester": {"family": "Exemple"}}]
)
def test_nobody_is_named_again_after_an_erasure(
    intake: Intake, erased: UUID, fields: dict[str, Any]
) -> None:
    sent = fields | {"establishment": "cp-fresnes"}

    with pytest.raises(SubjectErased) as refused:
        correct_request(erased, sent, by="Anna", streams=intake.streams, metadata={})

    assert words.refused(refused.value.code).startswith("La personne a été effacée")
    assert intake.request(erased).state is RequestState.NEEDS_REVIEW
