"""A near day that was not understood is pointed out, and whoever reads it says what it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.desk import CAMILLE, Desk, panel, shows, unfold

NEAR = "Le texte parle d’un jour proche"


def _opened(desk: Desk, name: str) -> Page:
    """The page of a letter with a near day that nothing explains."""
    number = 10_000 + sum(map(ord, name)) % 80_000
    request = desk.system.letter(
        f"Bonjour,\nje m'appelle {name}, je suis incarcéré à Villepinte. Le 20 avril une dame "
        "de la préfecture est passée avec un dossier vert pour moi.\n"
        f"Merci. {name}, écrou {number}"
    )
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    expect(page.get_by_text(NEAR)).to_be_visible()
    return page


def test_a_day_that_starts_no_clock_is_explained_in_words_that_stay(desk: Desk):
    page = _opened(desk, "Jour Obscur")
    expect(page.get_by_text("Il manque : une date qui n’a pas été comprise")).to_be_visible()
    form = unfold(page, "Ce jour n’ouvre aucun délai")
    why = form.get_by_label("Pourquoi, sans nommer personne")
    why.fill("rappeler au 06 12 34 56 78")
    form.get_by_role("button", name="Noter : aucun délai").click()
    expect(form).to_contain_text("ne doivent nommer personne")
    why.fill("visite d’une association, rien n’a été remis")
    form.get_by_role("button", name="Noter : aucun délai").click()

    expect(page.get_by_role("status")).to_contain_text("ce jour n’ouvre aucun délai")
    expect(page.get_by_text(NEAR)).to_have_count(0)
    told = panel(page, "Ce que nous avons compris")
    expect(told).to_contain_text(
        "ce jour n’ouvre aucun délai, « visite d’une association, rien n’a été remis » "
        "(Camille Charvolin)"
    )
    page.get_by_role("button", name="valider").click()
    expect(page.get_by_role("status")).to_contain_text("est corrigé")
    expect(told).to_contain_text("rien n’a été remis")


def test_nobody_validates_or_closes_before_the_day_is_explained(desk: Desk):
    page = _opened(desk, "Jour Pressé")
    page.get_by_role("button", name="valider").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites d’abord ce qu’est le jour à vérifier")
    expect(page.locator(".title")).to_contain_text("À vérifier")

    form = unfold(page, "Clore")
    expect(form.get_by_role("link", name="Dites d’abord")).to_have_attribute("href", "#jour")
    expect(form.get_by_role("button", name="Clore la demande")).to_have_count(0)


def test_a_deadline_added_by_hand_explains_the_day_and_is_linked(desk: Desk):
    page = _opened(desk, "Jour Compté")
    request = page.url
    page.get_by_role("link", name="Ajouter l’échéance que ce jour ouvre").click()
    page.get_by_label("Nature").select_option("hearing")
    page.get_by_label("Le", exact=True).fill("2026-05-20")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Audience, commission")
    deadline = page.url.partition("?")[0].rpartition("/")[2]

    page.goto(request)
    shows(page, "a été ajoutée par Camille Charvolin")
    expect(page.get_by_text(NEAR)).to_have_count(0)
    told = panel(page, "Ce que nous avons compris")
    expect(told.locator(f'a[href="/echeances/{deadline}"]')).to_be_visible()


def test_a_day_far_from_the_arrival_is_pointed_out_and_explained_like_a_near_one(desk: Desk):
    request = desk.system.letter(
        "Bonjour,\nje m'appelle Loin Tain, je suis incarcéré à Villepinte. "
        "Je passe en COMEX le 12 mars 2062.\nMerci. Loin Tain, écrou 43210"
    )
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    told = panel(page, "Ce que nous avons compris")
    expect(told).to_contain_text("Le texte donne un jour bien loin de son arrivée")
    expect(told).to_contain_text("12 mars 2062 (à vérifier : ce jour est bien loin de l’arrivée")
    form = unfold(page, "Ce jour n’ouvre aucun délai")
    form.get_by_label("Pourquoi, sans nommer personne").fill("faute de frappe, c’est en 2026")
    form.get_by_role("button", name="Noter : aucun délai").click()

    expect(page.get_by_role("status")).to_contain_text("ce jour n’ouvre aucun délai")
    expect(page.get_by_text("Le texte donne un jour bien loin")).to_have_count(0)


@pytest.mark.parametrize(
    ("day", "why"),
    [("31 novembre 2026", "ce jour n’existe pas"), ("12 juin 2026", "pas encore venu à l’arrivée")],
)
def test_a_decision_of_a_day_that_cannot_be_says_which_words_and_why(
    desk: Desk, day: str, why: str
):
    request = desk.system.letter(
        "Bonjour,\nje m'appelle Jour Faux, je suis incarcéré à Villepinte. "
        f"On m'a notifié une OQTF le {day}.\nMerci. Jour Faux, écrou 43211"
    )
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    told = panel(page, "Ce que nous avons compris")
    expect(told).to_contain_text(re.compile(f"date inconnue .*{why}"))
    expect(told.locator("q").filter(has_text=day).first).to_be_visible()

    page.get_by_role("link", name="Vérifier et confirmer").click()
    counted = panel(page, "Comment elle est comptée")
    expect(counted).to_contain_text(re.compile(why, re.IGNORECASE))
    expect(counted.locator("q")).to_contain_text(day)
