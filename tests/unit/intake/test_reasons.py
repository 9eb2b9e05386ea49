"""What people say in clear names nobody of the request: an erasure would not reach it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.intake.application.command_forms import read_command
from services.intake.application.handle import handle
from services.intake.domain.commands import NoteAcceptance, NoteAssignment
from services.intake.domain.errors import WordsIdentify
from services.intake.domain.request import Request
from shared.contracts.vocabulary import RequestState
from tests.unit.intake import items
from tests.unit.intake.conftest import Intake


def act(intake: Intake, request_id: UUID, name: str, **told: Any) -> Request:
    command = read_command(name, {"by": "Anna", **told})
    return handle(request_id, command, streams=intake.streams, metadata={})


@pytest.fixture
def closed(intake: Intake) -> UUID:
    """A request of Idriss Exemple at Fresnes, in progress and closed."""
    request_id = intake.submit("letter", items.LETTER).request_id
    for command in (
        NoteAssignment(unit="desk", rule="R17", answer_due_on=date(2026, 6, 20)),
        NoteAcceptance(accepted_by="Anna"),
    ):
        handle(request_id, command, streams=intake.streams, metadata={})
    act(intake, request_id, "close_request", outcome="unreachable")
    return request_id


@pytest.mark.parametrize("reason", ["M. Exemple a rappelé", "la sœur d’idriss a rappelé"])
def test_a_reason_with_a_name_of_the_request_is_refused_and_nothing_recorded(
    intake: Intake, closed: UUID, reason: str
) -> None:
    with pytest.raises(WordsIdentify, match="reason: holds a name"):
        act(intake, closed, "reopen_request", reason=reason)

    assert intake.request(closed).state is RequestState.CLOSED


def test_a_reason_that_names_nobody_of_the_request_is_taken(intake: Intake, closed: UUID) -> None:
    request = act(intake, closed, "reopen_request", reason="la famille a rappelé de Fresnes")

    assert request.state is RequestState.IN_PROGRESS


@pytest.mark.parametrize(
    ("name", "told", "field"),
    [
        ("wait_for", {"waiting_for": "le courrier de Idriss"}, "waiting_for"),
        ("change_urgency", {"urgency": "critical", "reason": "EXEMPLE est parti"}, "reason"),
        (
            "record_consent",
            {
                "given_on": "2026-06-12",
                "scope": "dire à la sœur de M. Exemple",
                "addressee": {"given": "Leïla", "family": "Exemple"},
            },
            "scope",
        ),
    ],
)
def test_so_are_all_words_kept_in_clear(
    intake: Intake, closed: UUID, name: str, told: Mapping[str, Any], field: str
) -> None:
    act(intake, closed, "reopen_request", reason="un fait nouveau")

    with pytest.raises(WordsIdentify, match=f"{field}: holds a name"):
        act(intake, closed, name, **told)


def test_a_town_with_a_prison_is_no_name(intake: Intake, closed: UUID) -> None:
    letter = items.LETTER.replace("EXEMPLE", "MELUN").replace("Exemple", "Melun")
    request_id = intake.submit("letter", letter).request_id
    people = intake.request(request_id).people
    assert people
    assert people.person_family == "Melun"

    raised = act(
        intake, request_id, "change_urgency", urgency="critical", reason="transfert à Melun"
    )

    assert raised.urgency == "critical"
