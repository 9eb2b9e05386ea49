"""A pattern is searched only where it may match, and none is missed for that."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.normalise import default_reference
from services.intake.domain.normalise.begun import WORD_BEGINS, word_pattern
from services.intake.domain.normalise.choices import Choice, alternatives
from services.intake.domain.normalise.lexicon import folded_pattern
from services.intake.domain.normalise.needles import Finder, Literals, needs
from services.intake.domain.normalise.reference import DATA, rules_in
from services.intake.domain.normalise.text import fold
from tests.support.normalising import SAMPLES, UNSEEN, load

# Few of all: one pattern after another over a text takes a second.
TEXTS = [
    fold(record["raw"], loose=True)
    for record in [r for path in (SAMPLES, *UNSEEN.values()) for r in load(path)][::29]
]


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"\bofpra\b", [[{"ofpra"}]]),
        (r"refus\w* (?:de )?titre", [[{"refus"}, {"titre"}]]),
        (r"refus (?:carte|titre)|visa", [[{"refus "}, {"carte", "titre"}], [{"visa"}]]),
        (r"(?:prison|jail)s?", [[{"prison", "jail"}]]),
        (r"ou (?:pas|plus)?\w+", [[{"ou "}]]),
        (r"(?:refus|\w)+ titre", [[{" titre"}]]),
        (r"colou?rs", [[{"colo"}, {"rs"}]]),
        (r"refus|\w+", []),
        (r"(?!jamais)\w+", []),
    ],
)
def test_the_literals_that_a_pattern_needs(pattern, needed):
    assert [list(map(set, clauses)) for clauses in needs(pattern)] == needed


@pytest.mark.parametrize("text", ["le refus", "un arrêté", "rien", "re", ""])
def test_a_finder_reads_the_whole_text(text):
    finder = Finder(["refus", "arrete", r"\bre\b"], Literals())

    found = [m.group() for m in finder.matches(fold(text))]

    assert found == [w for w in ("refus", "arrete", "re") if w in fold(text).text.split()]


def test_a_pattern_filed_after_others_were_searched_is_found_too():
    literals = Literals()
    assert Finder(["refus"], literals).first(fold("un refus, une carte"))

    assert Finder(["carte"], literals).first(fold("une carte, un refus"))


@pytest.mark.parametrize("text", ["un radio adio", "dadio", "ladio", "xdadio", "", "adioadio adio"])
@pytest.mark.parametrize("at", [0, 1, 3])
@pytest.mark.parametrize("pattern", ["adio", r"\badio", r"\badio|adi", r"\b(?:adio|[|]adi)\|?"])
def test_a_word_is_searched_from_anywhere_as_one_pattern_would(pattern, text, at):
    one = re.compile(f"{WORD_BEGINS}(?:{pattern})", re.MULTILINE)
    word = word_pattern(pattern)

    for found, expected in (
        (word.search(text, at), one.search(text, at)),
        (word.match(text, at), one.match(text, at)),
    ):
        assert (found and found.span()) == (expected and expected.span())


def test_a_rule_finds_in_any_text_what_each_of_its_patterns_would_as_one():
    reference = default_reference()
    decisions = [decision.rule for decision in reference.decisions]

    for rule in (*reference.topics, *reference.special, *reference.days, *decisions):
        whole = [
            re.compile(f"{WORD_BEGINS}(?:{folded_pattern(p)})", re.MULTILINE)
            for p in rule.data["find"]
        ]
        for text in TEXTS:
            everywhere = [m.span() for p in whole for m in p.finditer(text.text) if m.group()]
            assert sorted(m.span() for m in rule.find.matches(text)) == sorted(everywhere), rule.id


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        ("a|(?:b|c(?:d|e))|[|]", ["a", "b", "c(?:d|e)", "[|]"]),
        (r"(?:a|\|)(?:b|c)", [r"(?:a|\|)(?:b|c)"]),
        ("(?:a|b)?", ["(?:a|b)?"]),
        (r"\b(?:a|b(?:c|d))\b", [r"\ba\b", r"\bb(?:c|d)\b"]),
        (r"\b(?:a|\b(?:b|c))|d", [r"\ba", r"\b\bb", r"\b\bc", "d"]),
        (r"\b(?:a|b) c", [r"\b(?:a|b) c"]),
        (r"(?:a)(?:b|c)", [r"(?:a)(?:b|c)"]),
        ("a|(b)", ["a|(b)"]),
        ("(?P<x>a)|b", ["(?P<x>a)|b"]),
        ("(?i)a|b", ["(?i)a|b"]),
        ("(?<!a)b|c(?=d|e)", ["(?<!a)b", "c(?=d|e)"]),
        ("", [""]),
    ],
)
def test_a_pattern_is_split_where_it_chooses(pattern, ways):
    assert alternatives(pattern) == ways


WAYS = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5)


@given(ways=WAYS, text=st.text("ab ", max_size=20), at=st.integers(0, 9), to=st.integers(0, 20))
def test_a_choice_finds_what_one_pattern_of_all_would(ways, text, at, to):
    one, choice = re.compile("|".join(ways)), Choice(tuple(map(re.compile, ways)))

    assert [m.span() for m in choice.finditer(text, at, to)] == [
        m.span() for m in one.finditer(text, at, to)
    ]
    for found, expected in (
        (choice.search(text, at, to), one.search(text, at, to)),
        (choice.match(text, at), one.match(text, at)),
    ):
        assert (found and found.span()) == (expected and expected.span())


def test_of_a_choice_only_what_may_stand_in_a_text_is_searched():
    finder = Finder(["refus|carte|titre"], Literals())

    assert [p.pattern for p in finder.likely(fold("une carte"))] == ["carte"]
    assert finder.likely(fold("rien")) == []


def test_what_names_a_decision_is_written_once():
    topics = rules_in(DATA / "topics")
    decisions = tomllib.loads((DATA / "decisions.toml").read_text(encoding="utf-8"))["decision"]

    of_topics = {pattern for rule in topics for pattern in rule["find"]}
    of_decisions = {p for entry in decisions for p in [*entry.get("named", ()), *entry["find"]]}

    assert of_topics & of_decisions == set()


def test_the_words_of_a_decision_name_its_topic_too():
    named = {rule.id: rule for rule in default_reference().topics}

    assert named["expulsion-order"].hits(fold("une AEP", loose=True))
