"""What is taken for a person's number or address in words that are kept in clear."""

from __future__ import annotations

import pytest

from shared.identifying import identifies, name_in

DAYS = ["12/06/2026", "1.3.2026", "01-12-1998", "2026-03-02", "20261128", "2026.11.28"]
OF_NOBODY = [
    *DAYS,
    "nightly 20261128",
    "nightly-20261128-041615",
    "nightly_20261128T0416",
    "of 20261128041615",
    "nightly 2026-11-28T04:16:15",
    "nightly 2026-11-28T04:16:15.123456+01:00",
    "nightly 2026-11-28 04:16:15Z",
    "rendez-vous 2026-12-01T10:00",
    "rendez-vous le 01/12/2026 10:00",
    "27.11 - 28.11",
    "27.11-28.11",
    "27-28.11.2026",
    "27.11 12:00",
    "du 27/11/2026 au 28/11/2026",
    "2026-11-27 - 2026-11-28",
    "2026-11",
    "2025-2026",
    "release 2026.11",
    "release 2026.11.3",
    "v1.10.12",
    "v2026.11.128",
    "version 1.10.12",
    "host 10.0.0.12",
    "host 192.168.100.12:5432",
    "deadlines 1 2 3 4",
    "12 345 events",
    "event position 1204511",
    "event 1204511",
    "position=1204511",
    "request 7c917b47-1757-4123-9678-123456789012",
    "at 10:15",
]
OF_SOMEBODY = [
    "981442",
    "98 14 42",
    "98.14.42",
    "981-442",
    "981 442",
    "nightly 981442",
    "06 39 98 20 77",
    "0639982077",
    "06.39.98.20.77",
    "06-39-98-20-77",
    "06.12.11.20.04",
    "06.12-11.10.04",
    "06\u202f39\u00a098 20 77",
    "+33 (0)6 39 98 20 77",
    "+33 6.39.98.20.77",
    "7503012345",
    "2026112845",
    "98.14.42.11",
    "1204511",
    "event 0639982077",
    "position 7503012345",
    "position 12 045 11",
    "release 06.39.98.20.77",
    "vu le 12/06/2026, écrou 981442",
    "dossier 981442-12-06-2026",
    "20261128 981442",
    "20261128-981442",
    "2026-11-28T04:16:15 98 14 42",
    "écrire à a.b@c.example",
]


@pytest.mark.parametrize("digits", [5, 6])
@pytest.mark.parametrize("day", DAYS)
def test_a_full_date_identifies_nobody(day: str, digits: int) -> None:
    assert not identifies(f"audience le {day}", digits=digits)


@pytest.mark.parametrize("words", OF_NOBODY)
def test_what_admins_and_the_desk_ordinarily_write_identifies_nobody(words: str) -> None:
    assert not identifies(words)


@pytest.mark.parametrize("words", OF_SOMEBODY)
def test_a_number_of_six_digits_or_an_address_identifies(words: str) -> None:
    assert identifies(words)


def test_a_postcode_identifies_nobody() -> None:
    assert not identifies("transféré au 94260 Fresnes")


def test_where_fewer_digits_are_asked_for_a_number_of_five_identifies() -> None:
    assert identifies("écrou 98144", digits=5)
    assert not identifies("écrou 9814", digits=5)


KNOWN = ["Karim", "BENALI", "Élodie", "Da Silva-Prudent", "Магомадов", None, "Petit", "Melun", "Ly"]


def named(words: str, *known: str) -> str | None:
    return name_in(words, known or KNOWN, is_place=lambda word: word == "Melun")


@pytest.mark.parametrize(
    "words",
    [
        "M. Benali a rappelé",
        "la mère de karim",
        "vu avec elodie.",
        "l’avocat de BENALI,Karim",
        "dossier Prudent",
        "Magomadov attend",
        "Petit a écrit",
    ],
)
def test_a_name_is_seen_in_whatever_case_and_accents(words: str) -> None:
    assert named(words)


@pytest.mark.parametrize(
    "words",
    [
        "la famille a rappelé",
        "un petit retard",
        "transféré à Melun",
        "des benalistes",
        "da capo",
        "Ly",  # two letters may be anything
        "",
    ],
)
def test_other_words_name_nobody(words: str) -> None:
    assert named(words) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DIALLO née BAH", "une enfant née en 2019"),
        ("Mohamed dit Momo", "il dit que son avocat rappelle"),
        ("Awa DIOP veuve NDIAYE", "sa veuve a appelé"),
        ("Inconnu", "un numéro d’appel inconnu"),
        ("Son", "son avocat rappelle"),
        ("Moi", "chez moi"),
        ("Long", "le délai est long"),
        ("Blanc", "un papier blanc"),
        ("Bon", "bon pour accord"),
        ("Bienvenu", "il sera bienvenu"),
        ("Fidèle", "une copie fidèle"),
        ("Espoir", "sans espoir de retour"),
    ],
)
def test_an_ordinary_word_names_nobody_whoever_is_called_so(name: str, words: str) -> None:
    assert named(words, name) is None


@pytest.mark.parametrize("words", ["dossier de Son", "M. ESPOIR", "vu avec momo", "Mme Bah"])
def test_a_name_that_is_a_word_too_is_seen_by_its_capital(words: str) -> None:
    assert named(words, "Espoir SON", "DIALLO née BAH", "Mohamed dit Momo") == words.split()[-1]
