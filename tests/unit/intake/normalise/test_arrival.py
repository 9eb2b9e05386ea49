"""When an item reached the desk, if neither it nor its transport says so."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.intake.domain.normalise import Incoming, KnownList, default_reference, normalise
from shared.contracts.vocabulary import Channel, DeadlineKind, Urgency
from tests.support.normalising import read

TAKEN_IN = datetime(2026, 4, 8, 22, 30, tzinfo=UTC)


def test_an_item_without_any_date_counts_from_the_day_on_which_it_was_taken_in():
    item = Incoming(channel=Channel.PHONE, raw="???", taken_in_at=TAKEN_IN)

    found = normalise(item, known=KnownList([]), reference=default_reference())

    assert found.facts.received_on == date(2026, 4, 9)  # half past midnight in Paris
    assert "received_on" in found.facts.missing


@pytest.mark.parametrize("between", ["\n", " ", "\n\n"])
def test_a_bracket_that_holds_the_facts_of_the_envelope_leaves_the_letter_to_its_author(between):
    raw = f"[enveloppe : reçue le 04/03/2026]{between}Je ne tiens plus, je veux mourir."
    item = Incoming(channel=Channel.LETTER, raw=raw, received_at=TAKEN_IN)

    found = normalise(item, known=KnownList([]), reference=default_reference())

    assert found.facts.received_on == date(2026, 3, 4)
    assert found.facts.urgency == Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Équipe de la MA de Nice : M. PEREIRA Joao sort le 15 décembre 2026, sans logement.",
        "Équipe de la MA de Nice : sortie prévue le 15 décembre 2026 de M. PEREIRA Joao.",
    ],
)
def test_a_referral_in_one_line_keeps_its_days(words):
    facts = read(Incoming(channel=Channel.REFERRAL, raw=words)).facts
    assert facts.establishment == "ma-nice"
    assert [(d.kind, d.date_on) for d in facts.deadlines] == [
        (DeadlineKind.RELEASE_DATE, date(2026, 12, 15))
    ]
