"""The dates of an envelope that cannot both be right are named, until a person gave them anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.intake.application.correct import correct_request
from shared.contracts.vocabulary import RequestState
from tests.unit.intake.conftest import Intake

AT = datetime(2026, 4, 24, 10, 0, tzinfo=UTC)
BOTH = "le cachet de la poste est après le jour de réception"


def letter(posted: str) -> str:
    """A letter received on 23 April 2026, in which all is clear but the postmark."""
    return f"""[ENVELOPPE] reçu le 2026-04-23 | cachet de la poste : {posted} | au dos : MA \
Villepinte
[TRANSCRIPTION]
Bonjour,
je m'appelle Jean Icy, je suis incarcéré à Villepinte. Je voudrais renouveler ma carte de séjour qui
finit le 12 octobre 2026.
Merci. Jean Icy, écrou 12345
"""


@pytest.mark.parametrize("posted", ["24-04-2026", "21-06-2026"], ids=["a day late", "to come"])
def test_a_postmark_after_the_day_of_receipt_names_both(intake: Intake, posted: str):
    receipt = intake.submit("letter", letter(posted), received_at=AT)

    assert receipt.state is RequestState.NEEDS_REVIEW
    [problem] = receipt.problems
    assert problem.field == "posted_on"
    assert problem.remedy.startswith(BOTH)


def test_a_postmark_of_the_day_of_receipt_is_no_doubt(intake: Intake):
    receipt = intake.submit("letter", letter("23-04-2026"), received_at=AT)

    assert (receipt.state, receipt.problems) == (RequestState.NORMALISED, ())


@pytest.mark.parametrize("field", ["posted_on", "received_on"])
def test_whoever_corrects_either_day_leaves_no_doubt(intake: Intake, field: str):
    receipt = intake.submit("letter", letter("24-04-2026"), received_at=AT)

    corrected = correct_request(
        receipt.request_id,
        {field: "2026-04-23" if field == "posted_on" else "2026-04-24"},
        by="Anna",
        streams=intake.streams,
        metadata={},
    )

    assert corrected.facts is not None
    assert corrected.facts.problems == ()
