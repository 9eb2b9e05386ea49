"""Periods, days and words that press, as practitioners read them."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise import Incoming, KnownList, default_reference, normalise
from services.intake.domain.normalise.periods import stated_end
from shared.contracts.vocabulary import Channel

LETTER = (
    "[ENVELOPPE] reçu le 2026-03-13 | au dos : BENALI Karim 77 215 MA Villepinte\n[TRANSCRIPTION]\n"
)


def read(words):
    item = Incoming(channel=Channel.LETTER, raw=LETTER + words)
    return normalise(item, known=KnownList([]), reference=default_reference()).facts


@pytest.mark.parametrize(
    ("words", "stated"),
    [
        ("J'ai signé une OQTF mardi 10 mars vers 15h. J'ai 7 jours pour le recours.", "7 jours"),
        ("J'ai signé une OQTF le 12 mars à 9h. On dit 48h pour le recours.", "48h"),
        ("J'ai signé une OQTF le 12 mars. J'ai dix-sept jours pour le recours.", "dix-sept jours"),
        ("J'ai signé une OQTF le 12 mars. Recours : vingt-quatre heures.", "vingt-quatre heures"),
    ],
)
def test_only_the_period_is_taken_for_one(words, stated):
    [deadline] = [d for d in read(words).deadlines if d.kind == "oqtf_appeal"]

    assert deadline.period_stated == stated


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("quarante-huit heures", date(2026, 3, 14)),
        ("48 horas", date(2026, 3, 14)),
        ("48 часов", date(2026, 3, 14)),
        ("7 дней", date(2026, 3, 19)),
        ("1 mes", date(2026, 4, 11)),
        ("7 jours; 48h", date(2026, 3, 14)),
        ("bientôt", None),
    ],
)
def test_a_period_ends_by_its_own_unit(period, end):
    assert stated_end(period, date(2026, 3, 12)) == end


def test_a_ban_from_returning_without_delay_is_no_reminder():
    facts = read("On m'a donné le 10 mars une OQTF sans delai avec interdiction de retour 3 ans.")

    assert not facts.is_reminder


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ("La prefecture veut me renvoyé, le papier dit 48 heures.", "critical"),
        ("J'ai recu la décision de la préfecture mardi, obligation de partir.", "high"),
        ("لقد تلقيت قرار الترحيل أمس ساعدوني", "high"),
        ("Mon codétenu m'oblige à des choses la nuit, j'ai peur.", "critical"),
        ("Tout va bien ici. " * 16_000 + "Je vais me suicider ce soir.", "high"),
    ],
)
def test_what_may_press_is_never_normal(words, least):
    levels = ("low", "normal", "high", "critical")

    assert levels.index(read(words).urgency.value) >= levels.index(least)


def test_last_tuesday_is_the_day_before_the_letter():
    facts = read("Last Tuesday at 10.20 the prefecture gave me an OQTF, I signed it.")

    [deadline] = [d for d in facts.deadlines if d.kind == "oqtf_appeal"]
    assert deadline.trigger_on[:10] == "2026-03-10"
