"""What no rule found is seen by the words as a whole, and left to a person to confirm."""

from __future__ import annotations

import csv
import math
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from services.intake.domain.normalise import Incoming, KnownList, default_reference, normalise
from services.intake.domain.normalise.reference import DATA
from services.intake.domain.normalise.resemblance import (
    FEWEST_WORDS,
    Resemblance,
    resemblance_of,
    words_of,
)
from services.intake.domain.normalise.text import fold
from shared.contracts.vocabulary import Channel, RequestState, SpecialSituation, Urgency
from tests.training.examples import examples, names_known

FILLING = (
    "table chaise lampe tapis rideau armoire miroir drap cadre savon bougie vitre plafond "
    "four plume jardin citron peigne cahier radis"
)
KNOWN = f"{FILLING} cheval poulain galop herbe".split()


@pytest.fixture
def model(tmp_path: Path):
    """Makes a model of one class for which "cheval" and "poulain" speak, and "herbe" against."""

    def made(name: str = "violence_or_threat", least: float = 0.9) -> Resemblance:
        words = tmp_path / "words.csv"
        weights = {"cheval": "9", "poulain": "9", "herbe": "-9"}
        rows = "".join(f"{w[:7]},1.0,{weights.get(w, '')}\n" for w in KNOWN)
        words.write_text(f"word,rarity,{name}\n{rows}", encoding="utf-8")
        return resemblance_of([{"name": name, "bias": -1.0, "least": least}], words)

    return made


def letter(text: str, model: Resemblance, subject: str = "pour mon permis de visite"):
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | au dos : DIALLO Mamadou 12 345 Fleury-Mérogis\n"
        f"[TRANSCRIPTION]\nFleury, le 15 juin 2026\nBonjour, {subject}.\n{text}\n"
    )
    item = Incoming(channel=Channel.LETTER, raw=raw)
    reference = replace(default_reference(), resemblance=model)
    return normalise(item, known=KnownList(), reference=reference)


def test_words_weigh_by_how_often_they_stand_and_how_rare_they_are(model):
    text = fold(f"{FILLING} herbe galop. Le cheval et le cheval.", loose=True)
    values = [1.0] * (len(KNOWN) - 2) + [1 + math.log(2)]
    length = math.sqrt(sum(v * v for v in values))
    likeness = 1 / (1 + math.exp(1 - (9 * values[-1] - 9) / length))
    (found,) = model(least=0.01).of([text])
    assert found.name == "violence_or_threat"
    assert found.hit.confidence == pytest.approx(likeness / 2, abs=0.005)
    assert found.hit.words == "Le cheval et le cheval."


def test_below_the_least_a_text_resembles_nothing(model):
    text = fold(f"{FILLING} herbe galop cheval.", loose=True)
    assert not list(model(least=0.9).of([text]))


def test_a_line_or_two_resemble_nothing(model):
    short = " ".join(KNOWN[-2:] + KNOWN[: FEWEST_WORDS - 4]) + " cheval"
    assert len(set(short.split())) == FEWEST_WORDS - 1
    assert not list(model(least=0.01).of([fold(short, loose=True)]))
    assert list(model(least=0.01).of([fold(short + " poulain", loose=True)]))


def test_words_are_known_by_their_beginnings_in_any_script():
    assert list(words_of(fold("Menaçaient, 12 A угрожают", loose=True))) == ["menacai", "ugrozha"]


@pytest.mark.parametrize(
    ("situation", "urgency"),
    [
        (SpecialSituation.VIOLENCE_OR_THREAT, Urgency.CRITICAL),
        (SpecialSituation.MINOR, Urgency.HIGH),
        (SpecialSituation.NO_MAIL_TO_PRISON, Urgency.NORMAL),
    ],
)
def test_a_situation_resembled_is_noted_with_its_urgency_and_read_by_a_person(
    model, situation, urgency
):
    found = letter(f"{FILLING}. Cheval, poulain, galop !", model(situation.value, 0.5))
    assert found.facts.special_situations == (situation,)
    assert (found.facts.urgency, found.state) == (urgency, RequestState.NEEDS_REVIEW)
    assert "special_situations" in found.facts.missing
    (shown,) = (f for f in found.people.findings if f.rule == "resembles")
    assert shown.words == "Cheval, poulain, galop !"


@pytest.mark.parametrize(
    ("name", "urgency"), [("urgent", Urgency.HIGH), ("critical", Urgency.CRITICAL)]
)
def test_what_resembles_urgent_requests_is_read_today(model, name, urgency):
    found = letter(f"{FILLING}. Cheval, poulain, galop !", model(name, 0.5))
    assert (found.facts.urgency, found.state) == (urgency, RequestState.NEEDS_REVIEW)
    assert "urgency" in found.facts.missing


def test_what_a_rule_found_is_left_as_it_is(model):
    said = "Un codétenu m'a frappé hier et menace de me tuer."
    plain, seen = (
        letter(f"{said} {FILLING} cheval poulain galop", model("violence_or_threat", least))
        for least in (1.1, 0.5)
    )
    assert SpecialSituation.VIOLENCE_OR_THREAT in plain.facts.special_situations
    assert seen.facts == plain.facts


def test_a_question_on_nobody_and_an_automatic_message_raise_no_doubt(model):
    words = f"{FILLING}. Cheval, poulain, galop !"
    course = letter(words, model("urgent", 0.5), "nous cherchons une formation pour nos salariés")
    assert course.facts.missing == ()
    raw = (
        "From: a@lettre.example\nTo: b@c.example\nSubject: x\nAuto-Submitted: auto-generated\n"
        f"List-Id: <x.example>\nPrecedence: bulk\n\n{words}\n"
    )
    reference = replace(default_reference(), resemblance=model("urgent", 0.5))
    automatic = normalise(
        Incoming(channel=Channel.EMAIL, raw=raw), known=KnownList(), reference=reference
    )
    assert automatic.state is RequestState.CLOSED


def test_nobody_s_name_country_or_prison_says_what_a_request_is_about():
    with (DATA / "resemblance.csv").open(encoding="utf-8", newline="") as file:
        words = {row["word"] for row in csv.DictReader(file)}
    assert len(words) > 1_000
    assert not words & names_known()


def test_what_was_learnt_is_of_all_examples_there_are():
    """Else `make train` writes it anew."""
    head = tomllib.loads((DATA / "resemblance.toml").read_text(encoding="utf-8"))
    assert head["learnt_from"] == sum(1 for _ in examples())


def test_a_class_without_its_column_is_named(tmp_path):
    words = tmp_path / "words.csv"
    words.write_text("word,rarity,minor\npoulain,1.0,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"words\.csv: no column 'urgent'"):
        resemblance_of([{"name": "urgent", "bias": 0.0, "least": 0.5}], words)
