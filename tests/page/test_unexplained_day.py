"""A near day that was not understood is pointed out, and can be settled by whoever reads it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.page.desk import CAMILLE, Desk


def test_a_near_day_that_was_not_understood_is_pointed_out(desk: Desk):
    request = desk.system.letter(
        "Bonjour,\nje m'appelle Jour Obscur, je suis incarcéré à Villepinte. Le 20 avril une dame "
        "de la préfecture est passée avec un dossier vert pour moi.\n"
        "Merci. Jour Obscur, écrou 24 601"
    )
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    told = page.get_by_text("Le texte parle d’un jour proche")
    expect(told).to_be_visible()
    expect(
        page.get_by_text("Il manque : une date proche, qui n’a pas été comprise")
    ).to_be_visible()
    expect(told.get_by_role("link")).to_have_attribute(
        "href", f"/echeances/nouvelle?demande={request}"
    )
    page.get_by_label("Une date proche, qui n’a pas été comprise").check()
    page.get_by_role("button", name="valider").click()

    expect(page.get_by_text("Le texte parle d’un jour proche")).to_have_count(0)
