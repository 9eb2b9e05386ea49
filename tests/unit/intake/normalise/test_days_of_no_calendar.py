"""Days that no calendar has: read as days that nobody knows, with the words for a person."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from services.intake.domain.normalise.forms import read_form
from shared.contracts.vocabulary import DeadlineKind, RequestState, Urgency
from tests.support.normalising import letter

D, U = DeadlineKind, Urgency


@pytest.mark.parametrize(
    "day",
    [
        "31 juin 2026",
        "30 février 2026",
        "31 juin",
        "0 juin 2026",
        "42 mai 2026",
        "vendredi 31 avril 2026",
        "31/06/2026",
        "13/13/2026",
        "30/02",
        "2026-02-30",
        "29 février 2026",
    ],
)
def test_a_clock_runs_from_a_day_that_is_not(day):
    read = letter(f"Bonjour, on m’a notifié une OQTF le {day}, que faire ?")
    (found,) = read.facts.deadlines
    assert (found.kind, found.trigger_on) == (D.OQTF_APPEAL, None)
    assert read.facts.urgency is U.CRITICAL
    assert day in read.people.deadline_quotes[0]
    assert "n’existe pas" in found.note


def test_what_a_decision_did_counts_beside_a_day_that_is_not():
    read = letter("La préfecture a dit non pour ma carte, j’ai signé le 31 avril 2026.")
    assert [d.kind for d in read.facts.deadlines] == [D.REFUSAL_APPEAL]
    assert read.facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    ("words", "kind", "urgency"),
    [
        ("Je passe en COMEX le 31 septembre 2026.", D.HEARING, U.HIGH),
        ("Le vol est prévu le 31 juin 2026.", D.REMOVAL_DATE, U.CRITICAL),
        ("Ma carte expire le 31 septembre 2026.", D.PERMIT_EXPIRY, U.HIGH),
        ("Je sors le 31 juin.", D.RELEASE_DATE, U.HIGH),
    ],
)
def test_what_is_given_for_a_day_that_is_not_counts_as_near(words, kind, urgency):
    read = letter(words)
    assert [(d.kind, d.date_on) for d in read.facts.deadlines] == [(kind, None)]
    assert read.facts.urgency is urgency


@pytest.mark.parametrize(
    "words",
    [
        "On m’a notifié une OQTF le 31 novembre 2019.",
        "Ma carte a expiré le 30 février 2019.",
        "Je suis né le 31 avril 1990, ma carte est à refaire.",
        "Mon numéro est le 06.31.39.98.20, ou cellule 45 en mai.",
    ],
)
def test_a_year_long_gone_a_birth_and_a_number_start_no_clock(words):
    assert letter(words).facts.deadlines == ()


def test_a_real_day_nearer_to_the_decision_is_its_own():
    read = letter("J’ai reçu une OQTF le 12 juin 2026, et la visite était le 31 avril 2026.")
    assert [d.trigger_on for d in read.facts.deadlines] == ["2026-06-12"]


@pytest.mark.parametrize("day", ["12 octobre 2199", "12/10/2206", "le douze octobre 2062"])
def test_a_decision_of_a_day_to_come_runs_and_says_which_words_cannot_be(day):
    read = letter(f"Bonjour, on m’a notifié une OQTF le {day}, que faire ?")

    (found,) = read.facts.deadlines
    assert (found.kind, found.trigger_on) == (D.OQTF_APPEAL, None)
    assert read.facts.urgency is U.CRITICAL
    assert day in read.people.deadline_quotes[0]
    assert "une personne demande le bon jour" in (found.note or "")


def test_a_day_to_come_on_which_something_else_happens_is_none_of_the_decision():
    read = letter("Bonjour, on m’a notifié une OQTF. Je sors de prison le 12 décembre 2026.")

    appeal = next(one for one in read.facts.deadlines if one.kind is D.OQTF_APPEAL)
    assert "date inconnue" in (appeal.note or "")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Je passe en COMEX le 12 mars 2062.", D.HEARING),
        ("On m’a notifié une OQTF le 12 juin 1926.", D.OQTF_APPEAL),
    ],
)
def test_a_day_far_from_the_arrival_is_looked_at_by_a_person(words, kind):
    read = letter(f"Bonjour, {words}")

    [found] = [one for one in read.facts.deadlines if one.kind is kind]
    assert "à vérifier : ce jour est bien loin" in (found.note or "")
    assert "deadlines" in read.facts.missing
    assert read.state is RequestState.NEEDS_REVIEW


@pytest.mark.parametrize(
    "words",
    [
        "Je sors le 3 juin 2041.",
        "Ma carte de résident expire le 5 mai 2036.",
        "On m’a notifié un arrêté d’expulsion le 4 mars 1998.",
        "Le 5 mars 2500 euros ont été volés.",
    ],
)
def test_what_lives_hold_is_believed(words):
    assert "deadlines" not in letter(f"Bonjour, {words}").facts.missing


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("measure.since", "measure.since"),
        ("detention.release", "detention.release"),
        ("Zorvane", "…"),
        ("person.Keltoum Zorvane", "person.…"),
        ("person.zorvane.dob", "person.…"),
    ],
)
def test_a_field_of_the_senders_own_is_not_named_in_clear(field: str, told: str):
    content: object = "2026-02-30"
    for part in reversed(field.split(".")):
        content = {part: content}
    parts = read_form(json.dumps({"message": "Bonjour"} | dict(cast(Any, content))))

    assert [problem.field for problem in parts.problems] == [told]
    assert parts.missing == (told,)
