"""Words that were quoted are found again in the text."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.quotes import Segment, segments


def marked(text: str, quotes: list[str]) -> list[str]:
    return [part.text for part in segments(text, quotes) if part.marks]


def test_a_quote_is_marked_where_it_stands():
    assert segments("j'ai reçu une OQTF hier", ["OQTF"]) == [
        Segment("j'ai reçu une "),
        Segment("OQTF", (0,)),
        Segment(" hier"),
    ]


def test_case_and_line_breaks_do_not_hide_a_quote():
    assert marked("Je suis à la MAISON\n d'arrêt", ["maison d'arrêt"]) == ["MAISON\n d'arrêt"]


def test_a_quote_is_not_found_inside_another_word():
    assert marked("un fils, mon filston", ["fils"]) == ["fils"]


def test_quotes_that_overlap_are_both_marked():
    found = segments("refus de titre de séjour", ["refus de titre", "titre de séjour"])

    assert [(part.text, part.marks) for part in found] == [
        ("refus de ", (0,)),
        ("titre", (0, 1)),
        (" de séjour", (1,)),
    ]


def test_words_in_another_script_are_found():
    assert marked("صدر قرار المنع من دخول فرنسا", ["المنع من دخول"]) == ["المنع من دخول"]


def test_an_empty_or_foreign_quote_marks_nothing():
    assert marked("bonjour", ["", "   ", "bonsoir", "(.*"]) == []


def test_a_text_that_repeats_a_word_without_end_is_shown_at_once():
    text = "écrou OQTF je ne sais pas par où commencer\n" * 25_000  # a megabyte
    began = time.process_time()
    found = segments(text, ["écrou", "OQTF", "sais pas", *(f"inconnu {n}" for n in range(30))])

    assert time.process_time() - began < 5  # a minute and more when each place met each other one
    assert sum(bool(part.marks) for part in found) == 300
    assert "".join(part.text for part in found) == text


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=6))
def test_the_segments_joined_are_the_text(text: str, quotes: list[str]):
    assert "".join(part.text for part in segments(text, quotes)) == text
