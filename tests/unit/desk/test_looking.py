"""What is looked for is understood however it is typed."""

from __future__ import annotations

import pytest

from services.desk.domain.looking import looked_for


@pytest.mark.parametrize("text", ["Traoré  Yacouba", "traore yacouba", " TRAORE\tYACOUBÀ "])
def test_a_name_is_looked_for_without_case_and_accents(text: str):
    assert looked_for(text).words == ("traore", "yacouba")


@pytest.mark.parametrize("text", ["D-7F3A21", "d7f3a21", "7f3a21", " D - 7F3a21 "])
def test_a_reference_is_looked_for_as_it_is_said(text: str):
    assert looked_for(text).reference == "7F3A21"


@pytest.mark.parametrize(
    ("text", "letter"), [("S-7F3A21", "S"), ("e 7f3a21", "E"), ("7f3a21", "D")]
)
def test_the_letter_says_of_what_a_reference_is(text: str, letter: str):
    assert (looked_for(text).letter, looked_for(text).reference) == (letter, "7F3A21")


def test_a_name_is_no_reference():
    assert looked_for("Dabo").reference is None


@pytest.mark.parametrize("text", ["", " ", "a", "\0", "\u0301"])
def test_a_letter_alone_is_not_enough(text: str):
    assert not looked_for(text).enough
