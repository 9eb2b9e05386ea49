"""Volunteers take, refuse and hand on requests; pressing twice counts once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.page.desk import BRUNO, CAMILLE, ETIENNE, KARINE, Desk, leaf_to, panel, shows, unfold


def test_an_accepted_request_is_ones_own_and_in_ones_list(desk: Desk):
    request_id = desk.system.quiet_letter("Accepté Parmoi")
    page = desk.of(KARINE)
    page.goto(f"/demandes/{request_id}")
    page.get_by_role("button", name="Je m’en occupe").click()

    expect(page.get_by_role("status")).to_have_text("La demande est à vous. Merci !")
    expect(panel(page, "À faire")).to_contain_text("Karine Kerouanton")
    page.goto("/demandes?vue=miennes")
    expect(page.locator(f'a[href="/demandes/{request_id}"]')).to_be_visible()


def test_a_refused_request_is_proposed_elsewhere_at_once(desk: Desk):
    request_id = desk.system.quiet_letter("Refusé Parmoi", "CP Fresnes")
    page = desk.of(BRUNO)
    page.goto(f"/demandes/{request_id}")
    form = unfold(page, "Refuser")
    form.get_by_label("Pourquoi").fill("absent jusqu’en mai")
    form.get_by_role("button", name="Refuser").click()

    expect(page.get_by_role("status")).to_contain_text("la demande est proposée ailleurs")
    told = desk.system.ask("routing", "describe_assignment", request_id=request_id)
    assert told["unit"] == "desk"
    staff = desk.of(CAMILLE)
    staff.goto(f"/demandes/{request_id}")
    expect(panel(staff, "Pourquoi ici")).to_contain_text("« absent jusqu’en mai »")


def test_a_refusal_without_a_reason_names_the_field_and_refuses_nothing(desk: Desk):
    page = desk.of(KARINE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Sans Raison')}")
    form = unfold(page, "Refuser")
    form.get_by_label("Pourquoi").fill("   ")
    form.get_by_role("button", name="Refuser").click()

    form = unfold(page, "Refuser")
    expect(form).to_contain_text("À revoir : « Pourquoi »")
    expect(form.get_by_label("Pourquoi")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Je m’en occupe")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("Trop Dit", "je connais le numéro 0612345678", "nommer personne"),
        ("Keltoum Zorvane", "je connais M. ZORVANE", "« ZORVANE » est un nom"),
    ],
)
def test_a_reason_that_names_somebody_is_kept_to_be_mended(
    desk: Desk, name: str, said: str, told: str
):
    page = desk.of(KARINE)
    page.goto(f"/demandes/{desk.system.quiet_letter(name)}")
    form = unfold(page, "Refuser")
    form.get_by_label("Pourquoi").fill(said)
    form.get_by_role("button", name="Refuser").click()

    form = unfold(page, "Refuser")
    expect(form).to_contain_text(told)
    expect(form.get_by_label("Pourquoi")).to_have_value(said)
    form.get_by_label("Pourquoi").fill("je connais cette personne")
    form.get_by_role("button", name="Refuser").click()
    expect(page.get_by_role("status")).to_contain_text("proposée ailleurs")


def test_a_request_is_handed_to_another_unit(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Passe Ailleurs')}")
    form = unfold(page, "Confier à d’autres")
    form.get_by_label("À qui").select_option("desk")
    form.get_by_label("Pourquoi").fill("dossier déjà suivi ici")
    form.get_by_role("button", name="Confier").click()

    expect(page.get_by_role("status")).to_have_text("C’est noté : la demande a changé de mains.")
    expect(panel(page, "À faire")).to_contain_text("Permanence · personne ne l’a encore prise")


def test_a_double_click_accepts_once(desk: Desk):
    request_id = desk.system.quiet_letter("Double Clic")
    page = desk.of(KARINE)
    page.goto(f"/demandes/{request_id}")
    page.get_by_role("button", name="Je m’en occupe").dblclick()

    expect(panel(page, "À faire")).to_contain_text("Karine Kerouanton")
    told = desk.system.ask("routing", "describe_assignment", request_id=request_id)
    assert told["version"] == 2  # assigned, accepted


def test_a_step_sent_twice_is_planned_once(desk: Desk):
    request_id = desk.system.dateless_letter("Deux Fois")
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request_id}")
    unfold(page, "Proposer un suivi").get_by_role("button", name="Proposer un suivi").dblclick()

    expect(page.get_by_role("status")).to_have_text("Le suivi est à jour.")
    shows(page, "orientation reçue")
    assert len(panel(page, "Suivi").get_by_role("link").all()) == 1


def test_who_comes_second_is_told_that_somebody_took_it(desk: Desk):
    request_id = desk.system.oqtf_letter("Second Venu")
    first, second = desk.of(CAMILLE), desk.of(ETIENNE)
    for page in (first, second):
        page.goto(f"/demandes/{request_id}")
    first.get_by_role("button", name="Je m’en occupe").click()
    expect(first.get_by_role("status")).to_be_visible()
    second.get_by_role("button", name="Je m’en occupe").click()

    expect(second.get_by_role("alert").first).to_have_text(
        "Quelqu’un d’autre a déjà pris cette demande."
    )
    expect(panel(second, "À faire")).to_contain_text("Camille Charvolin")


def test_after_accepting_going_back_does_not_offer_it_again(desk: Desk):
    page = desk.of(KARINE)
    page.goto("/demandes")
    page.goto(f"/demandes/{desk.system.quiet_letter('Retour Arrière')}")
    page.get_by_role("button", name="Je m’en occupe").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.go_back()

    expect(panel(page, "À faire")).to_contain_text("Karine Kerouanton")
    expect(page.get_by_role("button", name="Je m’en occupe")).to_have_count(0)


def test_a_request_is_answered_and_closed_with_what_became_of_it(desk: Desk):
    page = desk.of(KARINE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Répondue Close')}")
    page.get_by_role("button", name="Je m’en occupe").click()
    shows(page, "Noter la réponse")
    page.get_by_label("Par quelle voie").select_option("team_visit")
    page.get_by_role("button", name="Réponse donnée").click()
    expect(page.get_by_role("status")).to_have_text("La réponse est notée.")
    page.get_by_label("Ce qu’il en est advenu").select_option("answered_information")
    page.get_by_role("button", name="Clore la demande").click()

    expect(page.get_by_role("status")).to_have_text("La demande est close.")
    expect(panel(page, "Close")).to_contain_text("Information donnée")
    expect(panel(page, "Close")).to_contain_text("Karine Kerouanton")


def test_a_danger_must_be_dealt_with_before_the_request_closes(desk: Desk):
    page = desk.of(CAMILLE)
    request_id = desk.system.letter(
        "Je m'appelle Alarme Ici, écrou 45678. Je ne veux plus vivre, je vais me suicider."
    )
    page.goto(f"/demandes/{request_id}")
    box = page.locator(".danger-box")
    expect(box).to_contain_text("c’est vous qui décidez d’appeler l’établissement, le 15")
    box.get_by_role("checkbox").check()
    box.get_by_role("button", name="Noter que c’est fait").click()

    expect(page.get_by_role("status")).to_contain_text("s’est occupé du danger")
    expect(box).to_have_count(0)


def test_a_volunteer_sees_only_the_work_of_their_team(desk: Desk):
    mine = desk.system.quiet_letter("Chez Nous", "CP Fresnes")
    theirs = desk.system.quiet_letter("Chez Eux")
    page = desk.of(BRUNO)

    expect(leaf_to(page, mine)).to_be_visible()
    expect(page.locator(f'a[href="/demandes/{theirs}"]')).to_have_count(0)
    expect(page.locator(".holder").first).to_have_text(
        re.compile("Fresnes|Coordination|Permanence")
    )
