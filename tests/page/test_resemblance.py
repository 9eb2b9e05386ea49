"""What a request only resembles, and what nobody could look for, is pointed out."""

from __future__ import annotations

from playwright.sync_api import expect

from services.desk.domain import words
from tests.page.desk import CAMILLE, Desk, panel
from tests.support.resembling import resembling


def test_what_a_request_resembles_is_shown_with_its_words_until_somebody_confirms_it(desk: Desk):
    situation, text = resembling()
    name = words.label("situation", situation.value)
    request = desk.system.letter(
        "Bonjour,\nje m'appelle Reflet Sosie, je suis incarcéré à Villepinte.\n"
        f"{text}\nMerci. Reflet Sosie, écrou 60123"
    )
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    told = panel(page, "Ce que nous avons compris")
    expect(told).to_contain_text("À confirmer : les situations particulières")
    expect(told).to_contain_text("Rien ne le dit en toutes lettres")
    expect(told).not_to_contain_text("Il manque")
    fact = told.locator(".fact", has_text="Situations particulières")
    expect(fact).to_contain_text(name, ignore_case=True)
    expect(fact.locator("q")).to_be_visible()
    told.get_by_label("Les situations particulières", exact=True).check()
    told.get_by_role("button", name="valider").click()
    expect(page.get_by_role("status")).to_contain_text("est corrigé")
    expect(told).not_to_contain_text("À confirmer")
    expect(told).to_contain_text(name, ignore_case=True)


def test_a_text_whose_language_nobody_reads_says_so(desk: Desk):
    request = desk.system.letter(
        "আমার নাম রহিম উদ্দিন, কারা নম্বর 60124। আমি আমার স্ত্রীর জন্য সাক্ষাতের অনুমতি চাই।"
    )
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request}")
    told = panel(page, "Ce que nous avons compris")
    expect(told).to_contain_text("sa langue (bengali) n’est pas lue")
    expect(told).not_to_contain_text("ressemblent")
