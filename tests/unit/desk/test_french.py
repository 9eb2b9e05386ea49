"""Days, hours and units in the words that volunteers read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.desk.domain import french

PLACES = {"cp-fresnes": "CP Fresnes"}


def plain(text: str | None) -> str | None:
    """Without the spaces that do not break."""
    return text and text.replace(french.NBSP, " ")


def test_a_day_is_written_with_its_weekday():
    assert french.day(date(2026, 3, 17)) == "mardi 17 mars 2026"


def test_the_first_of_a_month_is_an_ordinal():
    assert french.day(date(2026, 5, 1)) == "vendredi 1er mai 2026"


def test_an_instant_is_told_in_paris():
    summer = datetime(2026, 6, 2, 22, 30, tzinfo=UTC)

    assert plain(french.moment(summer)) == "mercredi 3 juin 2026 à 0 h 30"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2026-11-10", "mardi 10 novembre 2026"),
        ("2026-11-15T17:30", "dimanche 15 novembre 2026 à 17 h 30 (heure locale)"),
        ("2026-11-15T09:00", "dimanche 15 novembre 2026 à 9 h (heure locale)"),
        (None, None),
    ],
)
def test_a_local_day_is_told_as_it_stands_and_an_hour_as_of_the_place(
    value: str | None, words: str | None
):
    assert plain(french.local(value)) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 17), "aujourd’hui"),
        (date(2026, 3, 18), "demain"),
        (date(2026, 3, 16), "hier"),
        (date(2026, 3, 27), "dans 10 jours"),
        (date(2026, 3, 1), "il y a 16 jours"),
    ],
)
def test_how_far_a_day_is(day: date, words: str):
    assert plain(french.distance(day, date(2026, 3, 17))) == words


def test_one_and_none_are_singular():
    assert [plain(french.count(n, "réserve")) for n in (0, 1, 2)] == [
        "0 réserve",
        "1 réserve",
        "2 réserves",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("CP", "Centre pénitentiaire de Fresnes", "CP Fresnes"),
        ("MA", "Maison d'arrêt de Paris-La Santé", "MA Paris-La Santé"),
        ("MA", "Maison d'arrêt d'Angers", "MA Angers"),
        ("CD", "Centre de détention de Muret", "CD Muret"),
        ("CP", "Centre pénitentiaire du Havre", "CP Havre"),
    ],
)
def test_an_establishment_has_a_short_name(kind: str, name: str, words: str):
    assert plain(french.place(kind, name)) == words


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("desk", "Permanence"),
        ("coordination", "Coordination"),
        ("team:cp-fresnes", "Équipe CP Fresnes"),
        ("team_lead:cp-fresnes", "Référent·e CP Fresnes"),
        ("team:ma-nice", "Équipe ma-nice"),
        (None, "pas encore attribuée"),
    ],
)
def test_a_unit_is_named(unit: str | None, words: str):
    assert french.unit(unit, PLACES) == words


def test_a_size_is_told_in_thousands_or_millions():
    assert [plain(french.size(n)) for n in (12, 12_400, 3_440_000)] == ["1 ko", "12 ko", "3,4 Mo"]


def test_no_line_ends_within_a_quotation_nor_before_a_colon():
    told = french.unbroken("À revoir : « Pourquoi » ; rien ?")

    assert told.replace(french.NBSP, "~") == "À revoir~: «~Pourquoi~»~; rien~?"


def test_hours_and_comparisons_keep_their_spaces():
    assert french.unbroken("à 9:30 {% if a != b %}") == "à 9:30 {% if a != b %}"
