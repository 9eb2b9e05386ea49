"""A deadline is confirmed, corrected, met or dropped by a person, and added by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.desk import CAMILLE, ETIENNE, Desk, panel, shows, unfold


def _opened(desk: Desk, name: str) -> Page:
    """The page of the deadline that was read in a letter about an OQTF."""
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.oqtf_letter(name)}")
    page.get_by_role("link", name="Vérifier et confirmer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recours contre une OQTF")
    return page


def test_a_candidate_runs_once_a_person_confirmed_it(desk: Desk):
    page = _opened(desk, "Confirme Cela")
    expect(page.locator(".title")).to_contain_text("À confirmer")
    counted = panel(page, "Comment elle est comptée")
    expect(counted.locator("q")).to_contain_text("OQTF le 20 avril 2026")
    expect(counted).not_to_contain_text("oqtf-detained")
    page.get_by_role("button", name="C’est exact : confirmer").click()

    expect(page.get_by_role("status")).to_have_text("L’échéance est confirmée.")
    expect(page.locator(".title")).to_contain_text("En cours")
    expect(panel(page, "Qui, pourquoi")).to_contain_text("Confirmée par Camille Charvolin")


def test_another_first_day_counts_both_dates_anew_and_nobody_confirms_the_old_ones(desk: Desk):
    page = _opened(desk, "Corrige Cela")
    late = desk.of(ETIENNE)
    late.goto(page.url)
    form = unfold(page, "Corriger")
    form.get_by_label("Jour de départ").fill("2026-04-21")
    form.get_by_role("button", name="Recalculer et corriger").click()

    expect(page.get_by_role("status")).to_have_text("L’échéance est corrigée.")
    dates = page.locator(".two-dates")
    expect(dates).to_contain_text("Mardi 28 avril 2026")
    expect(dates).to_contain_text("mercredi 29 avril 2026")

    late.get_by_role("button", name="C’est exact : confirmer").click()
    expect(late.get_by_role("alert")).to_contain_text("Quelqu’un a changé cette échéance")
    expect(late.locator(".title")).to_contain_text("À confirmer")
    expect(late.locator(".two-dates")).to_contain_text("Mardi 28 avril 2026")
    late.get_by_role("button", name="C’est exact : confirmer").click()
    expect(late.get_by_role("status")).to_have_text("L’échéance est confirmée.")


def test_a_candidate_that_passed_is_corrected_like_others_and_runs_to_the_right_day(desk: Desk):
    request = desk.system.letter(
        "Bonjour,\nje m'appelle Passé Déjà, je suis incarcéré à Villepinte. "
        "On m'a notifié une OQTF le 2 avril 2026.\nMerci. Passé Déjà, écrou 54321"
    )
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    shows(page, "Dépassée")
    page.get_by_role("link", name="Recours contre une OQTF").click()
    expect(page.locator(".title")).to_contain_text("Dépassée")
    form = unfold(page, "Corriger un jour qui était faux")
    form.get_by_label("Jour de départ").fill("2026-04-22")
    form.get_by_role("button", name="Recalculer et corriger").click()

    expect(page.get_by_role("status")).to_have_text("L’échéance est corrigée.")
    expect(page.locator(".title")).to_contain_text("En cours")
    expect(page.locator(".two-dates")).to_contain_text("Mercredi 29 avril 2026")
    expect(panel(page, "Qui, pourquoi")).to_contain_text("Confirmée par Camille Charvolin")


def test_a_dropped_deadline_says_why_and_who(desk: Desk):
    page = _opened(desk, "Laisse Cela")
    form = unfold(page, "Sans objet")
    form.get_by_label("Pourquoi, sans nommer personne").fill("décision déjà annulée")
    form.get_by_role("button", name="Écarter").click()

    expect(page.locator(".title")).to_contain_text("Sans objet")
    expect(panel(page, "Qui, pourquoi")).to_contain_text("« décision déjà annulée »")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Nomme Quelqu", "appel au 06 12 34 56 78, écrou 77215"),
        ("Keltoum Ostrane", "l’avocat de Mme Ostrane l’a dit"),
    ],
)
def test_words_that_name_somebody_are_refused_and_kept_to_be_mended(
    desk: Desk, name: str, said: str
):
    page = _opened(desk, name)
    form = unfold(page, "Sans objet")
    field = form.get_by_label("Pourquoi, sans nommer personne")
    field.fill(said)
    form.get_by_role("button", name="Écarter").click()

    expect(page.get_by_role("alert")).to_contain_text("Rien n’est enregistré")
    expect(field).to_have_value(said)
    expect(form).to_contain_text("ne doivent nommer personne")
    expect(page.locator(".title")).to_contain_text("À confirmer")


def test_an_act_done_in_time_is_noted_with_its_proof(desk: Desk):
    page = _opened(desk, "Tenu Bon")
    form = unfold(page, "L’acte est fait")
    form.get_by_label("Comment le sait-on").fill("accusé de réception du greffe")
    form.get_by_role("button", name="Noter comme tenue").click()

    expect(page.locator(".title")).to_contain_text("Tenue")
    page.goto("/echeances?vue=terminees")
    expect(page.locator(".row").first).to_be_visible()


def test_a_deadline_added_by_hand_runs_at_once(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Ajoute Main')}")
    page.get_by_role("link", name="Ajouter une échéance").click()
    page.get_by_label("Nature").select_option("hearing")
    page.get_by_label("Le", exact=True).fill("2026-05-20")
    page.get_by_label("À quelle heure").fill("14:30")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Audience, commission")
    expect(page.locator(".title")).to_contain_text("En cours")
    expect(page.locator(".two-dates")).to_contain_text(
        re.compile(r"Mercredi 20 mai 2026 à 14.h.30")
    )
    form = unfold(page, "Corriger")
    expect(form.get_by_label("Le", exact=True)).to_have_value("2026-05-20")
    expect(form.get_by_label("À quelle heure")).to_have_value("14:30")


def test_a_deadline_with_neither_rule_nor_date_is_asked_again_in_french(desk: Desk):
    page = desk.of(CAMILLE)
    request_id = desk.system.quiet_letter("Manque Date")
    page.goto(f"/echeances/nouvelle?demande={request_id}")
    page.get_by_label("Nature").select_option("hearing")
    page.get_by_label("Devant").fill("COMEX de Bobigny")
    page.get_by_role("button", name="Enregistrer").click()

    said = page.locator("form .note.bad")
    expect(said).to_contain_text("une règle avec son jour de départ, ou une date donnée")
    expect(page.locator(".problem")).to_contain_text("l’une des deux, pas les deux")
    expect(page.get_by_label("Nature")).to_have_value("hearing")
    expect(page.get_by_label("Devant")).to_have_value("COMEX de Bobigny")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_day_far_from_today_is_taken_once_somebody_says_that_it_is_meant(
    desk: Desk, script: bool
):
    page = desk.of(CAMILLE, script=script)
    page.goto(f"/echeances/nouvelle?demande={desk.system.quiet_letter('Loin Encore')}")
    expect(page.get_by_label("C’est bien ce jour")).to_have_count(0)
    page.get_by_label("Nature").select_option("hearing")
    page.get_by_label("Le", exact=True).fill("2199-05-03")
    page.get_by_label("À quelle heure").fill("14:30")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.locator("form .note.bad")).to_contain_text("Rien n’est enregistré")
    day = page.get_by_label("Le", exact=True)
    expect(page.locator("#p-" + (day.get_attribute("id") or ""))).to_contain_text(
        "Corrigez l’année, ou cochez la case"
    )
    expect(day).to_have_value("2199-05-03")
    expect(page.get_by_label("À quelle heure")).to_have_value("14:30")
    page.get_by_label("C’est bien ce jour").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".two-dates")).to_contain_text(re.compile(r"3 mai 2199 à 14.h.30"))


def test_a_near_deadline_added_by_hand_raises_the_urgency_and_moves_the_request(desk: Desk):
    request = desk.system.quiet_letter("Presse Main")
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    expect(page.locator(".title")).to_contain_text("Normale")
    expect(panel(page, "À faire")).to_contain_text(re.compile(r"Équipe MA.Villepinte"))
    page.get_by_role("link", name="Ajouter une échéance").click()
    page.get_by_label("Nature").select_option("oqtf_appeal")
    page.get_by_label("Règle").select_option("oqtf-detained")
    page.get_by_label("Jour de départ").fill("2026-04-20")
    page.get_by_label("Devant").fill("TA Montreuil")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".two-dates")).to_contain_text("Lundi 27 avril 2026")

    page.goto(f"/demandes/{request}")
    shows(page, "Critique")
    shows(page, "Permanence · personne ne l’a encore prise")


def test_a_nature_that_the_rule_does_not_count_is_refused_with_those_that_it_does(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/echeances/nouvelle?demande={desk.system.quiet_letter('Nature Croisée')}")
    page.get_by_label("Nature").select_option("cnda_appeal")
    page.get_by_label("Règle").select_option("oqtf-detained")
    page.get_by_label("Jour de départ").fill("2026-04-22")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.locator("form .note.bad")).to_contain_text(
        re.compile("Rien n’est enregistré.*Nature")
    )
    said = page.locator("#p-" + (page.get_by_label("Nature").get_attribute("id") or ""))
    expect(said).to_contain_text("« Recours CNDA » ne se compte pas par la règle choisie")
    expect(said).to_contain_text("Choisissez la nature « Recours contre une OQTF »")
    page.get_by_label("Nature").select_option("oqtf_appeal")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recours contre une OQTF")

    form = unfold(page, "Corriger")
    form.get_by_label("Nature").select_option("cnda_appeal")
    form.get_by_role("button", name="Recalculer et corriger").click()
    expect(form).to_contain_text("ne se compte pas par la règle choisie")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recours contre une OQTF")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_rule_asks_for_the_days_that_it_counts_with_and_no_others(desk: Desk, script: bool):
    page = desk.of(CAMILLE, script=script)
    page.goto(f"/echeances/nouvelle?demande={desk.system.quiet_letter('Aide Demandée')}")
    asked, decided = page.get_by_label("demandée le"), page.get_by_label("notifiée le")
    decision, lawyer = page.get_by_label("Jour de la décision"), page.get_by_label("désigné·e")
    rule = page.get_by_label("Règle")
    expect(asked).to_be_hidden()
    rule.select_option("oqtf-old-48h")
    expect(decision).to_be_visible()
    expect(asked).to_be_hidden()
    page.get_by_label("Nature").select_option("cnda_appeal")
    rule.select_option("cnda-rest")
    expect(decision).to_be_hidden()
    expect(lawyer).to_be_visible()
    page.get_by_label("Jour de départ").fill("2026-02-09")
    asked.fill("2026-02-19")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.locator("form .note.bad")).to_contain_text("Décision sur cette aide notifiée le")
    expect(page.locator("#p-n-aid_decided")).to_contain_text("compte avec ce jour")
    expect(asked).to_have_value("2026-02-19")
    decided.fill("2026-02-18")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#p-n-aid_decided")).to_contain_text(
        "Ce jour est avant celui où l’aide a été demandée"
    )
    decided.fill("2026-03-18")
    lawyer.fill("2026-03-20")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Recours CNDA")
    expect(page.locator(".two-dates")).to_contain_text("mercredi 8 avril 2026")


def test_a_day_typed_for_another_rule_than_the_one_chosen_counts_for_nothing(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/echeances/nouvelle?demande={desk.system.quiet_letter('Autre Règle')}")
    page.get_by_label("Nature").select_option("oqtf_appeal")
    page.get_by_label("Règle").select_option("oqtf-general")
    page.get_by_label("notifiée le").fill("2026-04-22")
    page.get_by_label("Règle").select_option("oqtf-detained")
    page.get_by_label("Jour de départ").fill("2026-04-22")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.locator(".two-dates")).to_contain_text("Mercredi 29 avril 2026")
    form = unfold(page, "Corriger")
    expect(form.get_by_label("notifiée le")).to_be_hidden()
