"""What the machine understood is corrected by a person; the request then goes where it belongs."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.page.desk import CAMILLE, KARINE, Desk, panel, shows, unfold


def test_another_place_sends_the_request_to_the_team_of_that_place(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Déplacé Loin')}")
    expect(panel(page, "À faire")).to_contain_text(re.compile(r"Équipe MA.Villepinte"))

    form = unfold(page, "Corriger")
    form.get_by_label("Établissement", exact=True).fill("CP Fresnes — cp-fresnes")
    form.get_by_role("button", name="Enregistrer les corrections").click()

    expect(page.get_by_role("status")).to_contain_text("ce que nous avons compris est corrigé")
    place = page.locator(".fact").filter(has_text="Établissement")
    expect(place).to_contain_text(re.compile(r"CP.Fresnes.*Corrigé par une personne", re.DOTALL))
    shows(page, "Équipe CP Fresnes · personne ne l’a encore prise")


def test_another_topic_leaves_the_request_where_it_is(desk: Desk):
    page = desk.of(KARINE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Resté Icy')}")
    form = unfold(page, "Corriger")
    unfold(page, "Sujets")
    form.get_by_label("Nationalité", exact=True).last.check()
    form.get_by_role("button", name="Enregistrer les corrections").click()

    topics = page.locator(".fact").filter(has_text="Sujets")
    expect(topics).to_contain_text("nationalité")
    expect(panel(page, "À faire")).to_contain_text(re.compile(r"Équipe MA.Villepinte"))


def test_two_who_correct_at_once_undo_nothing_of_each_other(desk: Desk):
    address = f"/demandes/{desk.system.quiet_letter('Double Plume')}"
    first, second = desk.of(CAMILLE), desk.of(KARINE)
    for page in (first, second):
        page.goto(address)
        unfold(page, "Corriger")
    for page, birth, name, value in (
        (first, "1990-05-01", "Organisation", "Association inventée"),
        (second, "1990-05-02", "Numéro étranger", "7503012345"),
    ):
        page.get_by_label("Date de naissance", exact=True).fill(birth)
        page.get_by_label(name, exact=True).fill(value)
        page.get_by_role("button", name="Enregistrer les corrections").click()

    form = unfold(second, "Corriger")
    expect(form.get_by_role("alert")).to_contain_text("À revoir : la date de naissance.")
    expect(form).to_contain_text("Quelqu’un a écrit ici entre-temps : « mardi 1er mai 1990 »")
    expect(form.get_by_label("Date de naissance", exact=True)).to_have_value("1990-05-02")
    expect(form.get_by_label("Organisation", exact=True)).to_have_value("Association inventée")
    form.get_by_role("button", name="Enregistrer les corrections").click()
    expect(second.get_by_role("status")).to_contain_text("est corrigé")
    facts = panel(second, "Ce que nous avons compris")
    expect(facts).to_contain_text("Association inventée")
    expect(facts).to_contain_text("7503012345")
    expect(facts).to_contain_text("2 mai 1990")


def test_a_wrong_entry_is_named_in_french_and_nothing_typed_is_lost(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Garde Tout')}")
    form = unfold(page, "Corriger")
    form.get_by_label("Établissement", exact=True).fill("Nulle Part")
    form.get_by_label("Organisation", exact=True).fill("Association inventée")
    form.get_by_label("Date de naissance", exact=True).fill("2031-01-02")
    form.get_by_role("button", name="Enregistrer les corrections").click()

    form = unfold(page, "Corriger")
    expect(form.get_by_role("alert")).to_contain_text("Rien n’est enregistré")
    expect(form.get_by_role("alert")).to_contain_text("l’établissement, la date de naissance")
    expect(form.get_by_label("Établissement", exact=True)).to_have_value("Nulle Part")
    expect(form.get_by_label("Établissement", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Organisation", exact=True)).to_have_value("Association inventée")
    expect(form.get_by_label("Date de naissance", exact=True)).to_have_value("2031-01-02")
    expect(form.get_by_text("Cette date est dans le futur.")).to_be_visible()


def test_a_duplicate_is_confirmed_or_not_and_only_the_one_that_was_found(desk: Desk):
    first, other = desk.system.quiet_letter("Deux Foix"), desk.system.quiet_letter("Autre Gens")
    second = desk.system.quiet_letter("Deux Foix")
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{second}")
    links = panel(page, "Liens avec d’autres demandes")
    expect(links.get_by_role("link", name="FOIX Deux")).to_have_attribute(
        "href", f"/demandes/{first}"
    )
    token = page.locator('input[name="jeton"]').first.input_value()
    for action, named in (("doublon", "duplicate_of"), ("lien", "linked_to")):
        sent = {"jeton": token, "kind": "same_person", named: other}
        assert page.request.post(f"/demandes/{second}/{action}", form=sent).status == 404

    links.get_by_role("button", name="Oui, c’est un doublon").click()
    expect(page.get_by_role("status")).to_contain_text("une seule réponse partira")
    page.get_by_role("button", name="Ce n’est pas un doublon").click()
    expect(page.get_by_role("status")).to_contain_text("ce n’était pas un doublon")


def test_a_letter_nobody_could_place_is_completed_and_goes_its_way(desk: Desk):
    page = desk.of(CAMILLE)
    request_id = desk.system.ask("intake", "submit", channel="letter", raw="illisible ?")
    page.goto(f"/demandes/{request_id['request_id']}")
    form = unfold(page, "Compléter et valider")
    form.get_by_label("Établissement", exact=True).fill("CP Fresnes — cp-fresnes")
    form.get_by_label("Nom", exact=True).fill("Retrouvé")
    form.get_by_label("Prénom", exact=True).fill("Enfin")
    form.get_by_label("Langue du texte").select_option("fr")
    for box in form.locator('input[name="settled"]').all():
        box.check()
    form.get_by_role("button", name="J’ai lu : valider").click()

    expect(page.get_by_role("status")).to_contain_text("corrigé")
    shows(page, "RETROUVÉ Enfin")
    expect(page.locator(".title")).not_to_contain_text("À lire par une personne")
