"""A person corrects who writes: a machine, or not."""

from __future__ import annotations

from services.intake.application.correct import amend_request
from services.intake.application.handle import handle
from services.intake.domain.commands import ReopenRequest
from shared.contracts.vocabulary import RequesterKind
from tests.unit.intake import items
from tests.unit.intake.conftest import Intake


def test_what_was_taken_for_an_automatic_message_is_none_once_its_author_is_corrected(
    intake: Intake,
):
    request_id = intake.submit("email", items.OUT_OF_OFFICE).request_id
    reopen = ReopenRequest(reason="une personne a écrit", by="Anna")
    streams = intake.streams
    reopened = handle(request_id, reopen, streams=streams, metadata={})
    assert reopened.facts is not None
    assert reopened.facts.automatic

    automatic = []
    for fields in ({"topics": ["other"]}, {"requester_kind": "other_association"}):
        corrected = amend_request(request_id, fields, by="Anna", streams=streams, metadata={})
        assert corrected.facts is not None
        automatic.append(corrected.facts.automatic)

    assert automatic == [True, False]


def test_an_author_corrected_to_a_machine_makes_it_automatic(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id

    corrected = amend_request(
        request_id,
        {"requester_kind": RequesterKind.AUTOMATED_SENDER.value},
        by="Anna",
        streams=intake.streams,
        metadata={},
    )

    assert corrected.facts is not None
    assert corrected.facts.automatic
