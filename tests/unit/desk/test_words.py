"""What is said when a form does not pass, and of the units that answer."""

from __future__ import annotations

import pytest
from marshmallow import Schema, fields

from services.desk.domain import french, words
from services.desk.domain.errors import WordsName
from services.desk.web.base import NotFilled, tried
from services.intake.adapters.partner_form import PartnerForm, WebForm
from services.routing.domain.errors import ReasonIdentifies
from shared.errors import Invalid

PLACES = {"cp-fresnes": "CP Fresnes"}


def test_an_empty_field_is_named_as_the_page_calls_it_and_the_rest_is_kept():
    again = tried("refuser", {"reason": " ", "orientation": "CIDFF"}, NotFilled(["reason"]))

    assert again.problem("refuser", "", "reason") == "Ce champ ne peut pas rester vide."
    assert "Pourquoi" in again.said
    assert again.value("refuser", "", "orientation") == "CIDFF"


def test_an_empty_field_and_a_wrong_one_are_told_apart():
    again = tried(
        "nouvelle",
        {"rule": "oqtf-detained", "trigger_on": "", "before": "TA de Nullepart"},
        Invalid("not understood", {"trigger_on": ["give the day"], "before": ["no such court"]}),
    )

    assert again.problem("nouvelle", "", "trigger_on") == "Ce champ ne peut pas rester vide."
    assert again.problem("nouvelle", "", "before") == "Cette valeur n’a pas été comprise."
    assert again.problem("nouvelle", "", "rule") is None


def test_a_refusal_is_shown_at_the_field_that_it_is_about():
    again = tried("refuser", {"reason": "écrou 1"}, ReasonIdentifies())

    said = again.problem("refuser", "", "reason") or ""
    assert said.startswith("La raison ne doit nommer personne")


def test_a_name_is_told_to_who_wrote_it_and_not_in_the_text_that_may_be_logged():
    error = WordsName("reason", "Zorvane")

    shown = tried("refuser", {"reason": "M. Zorvane"}, error)

    assert "« Zorvane »" in shown.problems["reason"].replace("\N{NO-BREAK SPACE}", " ")
    assert "Zorvane" not in str(error)


def test_what_was_typed_in_one_form_does_not_show_in_another():
    again = tried("rdv-annule", {"reason": "x", "appointment_id": "a1"}, NotFilled(["reason"]))

    assert again.value("rdv-annule", "a2", "reason", "rien") == "rien"
    assert again.value("suspendre", "", "reason", "rien") == "rien"


def test_a_form_sent_again_is_the_same_command():
    sent = "0d6f0c7e-8a6f-4c6a-9e65-0b2f6f0f7d11"
    again = tried("refuser", {"reason": "", "command_id": sent}, NotFilled(["reason"]))

    assert again.command("refuser") == sent
    assert again.command("clore") != sent


def test_a_unit_within_a_sentence_has_its_article():
    assert words.unit_with_article("desk", PLACES) == "la permanence"
    assert words.unit_with_article("team:cp-fresnes", PLACES) == "l’équipe CP Fresnes"


def _paths(form: Schema, before: str = "") -> list[str]:
    found = []
    for name, field in form.fields.items():
        found.append(f"{before}{name}")
        if isinstance(field, fields.Nested):
            found += _paths(field.schema, f"{before}{name}.")
    return found


@pytest.mark.parametrize(
    "path", [*_paths(PartnerForm()), *_paths(WebForm()), "body", "text", "attachments.2.text"]
)
def test_a_field_that_came_in_doubt_has_a_french_name(path: str):
    assert "«" not in words.problem(path, {})


def test_what_nobody_foresaw_is_told_as_a_field():
    assert words.field_name("person.shoe_size") == "la personne concernée"
    assert words.field_name("shoe_size") == "le champ « shoe_size »"


def test_a_date_to_come_and_a_robots_trap_say_what_they_are():
    assert "est dans le futur" in words.problem("written_on", {})
    assert "robot" in words.problem("website", {})
    assert "trop de temps" in words.problem("reading_time", {})


def test_whoever_answers_is_told_what_not_to_say_and_to_whom():
    assert "Ne confirmez ni" in (words.caution("relative", None) or "")
    assert "accord de la personne est enregistré" in (words.caution("relative", "recorded") or "")
    assert "coordination" in (words.caution("administration", None) or "")
    assert words.caution("detained_person", None) is None


def test_a_field_is_called_what_it_is_and_no_less():
    assert words.field_name("deadlines") == "une date qui n’a pas été comprise"
    assert words.field_name("deadline.x") == "une échéance"


def test_a_postmark_after_the_day_of_receipt_says_which_two_days_to_look_at():
    said = words.problem("posted_on", {"posted_on": "2026-06-21", "received_on": "2026-04-23"})

    assert "Le cachet de la poste (dimanche 21 juin 2026)" in said
    assert "le jour de réception (jeudi 23 avril 2026)" in said
    assert "corrigez «\u00a0Postée le\u00a0» ou «\u00a0Reçue le\u00a0»" in said


@pytest.mark.parametrize(
    ("value", "zone", "told"),
    [
        ("2026-04-27T22:00", "martinique", "mardi 28 avril 2026 à 4 h"),
        ("2026-04-27T08:30", "reunion", "lundi 27 avril 2026 à 6 h 30"),
        ("2026-04-27T22:00", "metro", None),
        ("2026-04-27T22:00", "alsace-moselle", None),
        ("2026-04-27", "martinique", None),
        ("2026-04-27T22:00", None, None),
        (None, "martinique", None),
    ],
)
def test_an_hour_overseas_is_told_as_paris_counts_it_too(value, zone, told):
    found = words.hour_in_paris(value, zone)

    assert (found and found.replace(french.NBSP, " ")) == told
