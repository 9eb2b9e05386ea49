"""Suicide and violence told by acts, objects and gestures; and the same ones where all is calm."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.reference import rules_in
from services.intake.domain.normalise.subjects import invents, only_a_subject, sets_scene
from services.intake.domain.normalise.text import fold
from shared.contracts.vocabulary import SpecialSituation, Urgency
from tests.support.normalising import letter

DATA = Path(__file__).parents[3] / "data" / "dangers"
DANGERS = {SpecialSituation.SUICIDE_RISK, SpecialSituation.VIOLENCE_OR_THREAT}


def lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("situation", "words"), [line.split("\t") for line in lines("hinted.tsv")])
def test_what_acts_and_objects_tell_is_a_danger(situation, words):
    facts = letter(words).facts
    assert SpecialSituation(situation) in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize("words", lines("calm_hints.txt"))
def test_the_same_acts_and_objects_are_no_danger_where_all_is_calm(words):
    facts = letter(words).facts
    assert not DANGERS & set(facts.special_situations)
    assert facts.urgency is not Urgency.CRITICAL


def subject(words: str, named: str) -> bool:
    text = fold(words, loose=True)
    start = text.text.index(named)
    return sets_scene([text]) and only_a_subject(
        text, Hit("any", start, start + len(named), named, 0.9)
    )


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Ma thèse porte sur le suicide en prison.", "suicide"),
        ("Colloque sur les violences conjugales.", "violences conjugales"),
        ("Le documentaire parle d'un homme pendu en 2008.", "pendu"),
        ("Notre cas d'école : un détenu refuse de manger.", "refuse de manger"),
    ],
)
def test_a_danger_that_is_the_subject_of_a_work_is_nobodys(words, named):
    assert subject(words, named)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (
            "Mon article attend : un détenu que je suis est en grève de la faim.",
            "greve de la faim",
        ),
        ("Pendant ma formation sur le CAP, hier, tentative de suicide.", "suicide"),
        ("Étudiante en droit. Je suis en grève de la faim.", "greve de la faim"),
        ("Ma thèse est finie, je veux me pendre, comme en 2008.", "pendre"),
        ("Je pense au suicide.", "suicide"),
    ],
)
def test_a_danger_of_somebody_is_none_the_less_one_in_a_text_about_a_work(words, named):
    assert not subject(words, named)


def test_a_case_is_invented_where_its_author_says_that_nobody_stands_behind_it():
    assert invents([fold("Un cas pratique. Aucune situation réelle.", loose=True)])
    assert not invents([fold("Un cas pratique.", loose=True)])


def test_what_a_file_shares_is_added_to_each_of_its_rules(tmp_path):
    (tmp_path / "a.toml").write_text(
        '[shared]\nunless = ["c"]\n[[rule]]\nid = "one"\nunless = ["b"]\n[[rule]]\nid = "two"\n',
        encoding="utf-8",
    )
    assert [rule["unless"] for rule in rules_in(tmp_path)] == [["b", "c"], ["c"]]
