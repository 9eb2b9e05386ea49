"""A day of a month that is written out is the day that its number would be."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from services.intake.domain.normalise import default_reference
from services.intake.domain.normalise.reference import DATA
from services.intake.domain.normalise.text import fold

DATES = default_reference().dates
WRITTEN = date(2026, 6, 16)


def days(text: str) -> list[date | None]:
    return [m.resolve(WRITTEN, future=True) for m in DATES.find(fold(text)) if m.exact]


@pytest.mark.parametrize(
    "text",
    [
        "le vingt-quatre juin",
        "the twenty-fourth of June",
        "June the twenty-fourth",
        "el veinticuatro de junio",
        "no dia vinte e quatro de junho",
        "il ventiquattro giugno",
        "pe douăzeci și patru iunie",
        "yirmi dört Haziran",
        "двадцать четвёртого июня",
        "двадцять четвертого червня",
        "am vierundzwanzigsten Juni",
        "vierentwintig juni",
        "dwudziestego czwartego czerwca",
        "dvadeset četvrtog juna",
        "njëzet e katër qershor",
        "الرابع والعشرون من يونيو",
        "mercredi vingt-quatre",
        "miercuri, douăzeci și patru iunie",
    ],
)
def test_a_day_in_words_is_a_day(text):
    assert days(text) == [date(2026, 6, 24)]


def test_a_year_may_follow():
    assert days("le premier juillet 2027") == [date(2027, 7, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "three may come",
        "the first may help",
        "I may first ask",
        "il reste deux mois",
        "le premier jour",
        "vingt-quatre personnes",
    ],
)
def test_numbers_that_are_no_days(text):
    assert days(text) == []


def test_a_weekday_and_a_number_that_is_not_its_day_count_something_else():
    assert days("lundi deux personnes sont venues") == [date(2026, 6, 22)]


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("le vingt-quatre juin à seize heures trente", "16:30"),
        ("le 24 juin à une heure", "01:00"),
        ("le 24 juin à neuf heures et quart", "09:15"),
        ("le 24 juin avec deux amis", None),
    ],
)
def test_an_hour_in_words_is_an_hour(text, clock):
    assert [m.clock for m in DATES.find(fold(text))] == [clock]


def test_no_word_is_two_days():
    with (DATA / "days_in_words.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len({fold(row["words"]).text: row["day"] for row in rows}) == len(
        {(fold(row["words"]).text, row["day"]) for row in rows}
    )
    assert {int(row["day"]) for row in rows} == set(range(1, 32))
