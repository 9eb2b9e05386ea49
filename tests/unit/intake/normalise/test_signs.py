"""Weak hints count together, and only together."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise.lexicon import Lexicon, rule_of
from services.intake.domain.normalise.needles import Literals
from services.intake.domain.normalise.signs import WITHIN
from services.intake.domain.normalise.text import fold

FAR = " bla" * (WITHIN // 4)


def found(text: str, **more: object) -> list[str]:
    entry = {
        "id": "held",
        "find": [],
        "signs": {"place": ["piste", "camera"], "taken": ["fourgon"], "who": ["etranger"]},
        **more,
    }
    literals = Literals()
    lexicon = Lexicon([rule_of(entry, literals)], literals)
    return [hit.words for _, hits in lexicon.hits(fold(text, loose=True)) for hit in hits]


def test_two_kinds_of_hints_in_neighbouring_sentences_are_found_each_with_its_words():
    assert found("Le fourgon roulait. Je vois la piste.") == ["fourgon", "piste"]


@pytest.mark.parametrize(
    "text", ["Je vois la piste.", "Une piste, une caméra.", f"Le fourgon.{FAR} La piste."]
)
def test_one_kind_alone_or_two_far_apart_mean_nothing(text):
    assert found(text) == []


def test_a_rule_may_want_more_kinds():
    assert found("Le fourgon, la piste.", least=3) == []
    assert found("Le fourgon, la piste, un étranger.", least=3) == ["fourgon", "piste", "étranger"]


def test_of_light_hints_one_more_is_needed():
    light = ["place", "taken"]

    assert found("Le fourgon, la piste.", light=light) == []
    assert found("Le fourgon, un étranger.", light=light) == ["fourgon", "étranger"]
    assert len(found("Le fourgon, la piste, un étranger.", light=[*light, "who"])) == 3


def test_the_same_words_are_one_hint_whatever_kinds_they_are_of():
    assert found("un fourgon", signs={"one": ["fourgon"], "other": ["fourgon"]}) == []


def test_a_hint_beside_an_exception_is_none():
    assert found("Le fourgon du boulanger. La piste.", unless=["boulanger"]) == []


def test_a_rule_without_any_words_is_refused():
    with pytest.raises(ValueError, match="held"):
        rule_of({"id": "held", "find": []}, Literals())
