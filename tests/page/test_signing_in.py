"""A volunteer comes in by a link that serves once; nobody learns who is in the directory."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.page.desk import CAMILLE, ETIENNE, GASPARD, Desk
from tests.support.waiting import wait_until


def test_a_page_asks_a_stranger_to_sign_in_and_leads_back(desk: Desk):
    page = desk.stranger()
    page.goto("/echeances?vue=passees")

    assert page.url.endswith("/connexion?retour=/echeances%3Fvue%3Dpassees")


def test_the_mailed_link_opens_the_desk(desk: Desk):
    page = desk.stranger()
    page.goto(desk.link(page, CAMILLE))
    page.get_by_role("button", name="Entrer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Demandes ouvertes")
    expect(page.locator(".who")).to_contain_text("Camille Charvolin")


def test_the_mailed_link_leads_back_and_carries_no_words_of_a_stranger(desk: Desk):
    page = desk.stranger()
    before = len(desk.mails.to(ETIENNE, "Votre lien"))
    page.goto("/echeances?vue=depassees&page=1 rappelez le 0899 vite")
    page.get_by_label("Votre adresse e-mail").fill(ETIENNE)
    page.get_by_role("button", name="Recevoir mon lien").click()
    text = wait_until(lambda: desk.mails.to(ETIENNE, "Votre lien")[before:])[0]
    link = next(line for line in text.splitlines() if "/connexion/" in line).strip()
    assert " " not in link
    assert "rappelez le" not in text

    page.goto(link)
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Échéances")
    assert "vue=depassees&page=1" in page.url


def test_looking_at_the_link_does_not_use_it_up(desk: Desk):
    page = desk.stranger()
    link = desk.link(page, CAMILLE)
    page.goto(link)
    page.goto(link)

    expect(page.get_by_role("button", name="Entrer")).to_be_visible()


def test_a_link_serves_once(desk: Desk):
    page = desk.stranger()
    link = desk.link(page, ETIENNE)
    page.goto(link)
    page.get_by_role("button", name="Entrer").click()

    other = desk.stranger()
    answer = other.goto(link)

    assert answer
    assert answer.status == 410
    expect(other.get_by_role("heading", level=1)).to_have_text("Ce lien ne sert plus")


def test_an_unknown_address_gets_the_same_answer_and_no_mail(desk: Desk):
    texts = []
    for email in (GASPARD, "personne@ailleurs.example"):
        page = desk.stranger()
        page.goto("/connexion")
        page.get_by_label("Votre adresse e-mail").fill(email)
        page.get_by_role("button", name="Recevoir mon lien").click()
        texts.append(re.sub(r"\s+", " ", page.locator("main").inner_text()))

    assert texts[0] == texts[1]
    assert desk.mails.to("personne@ailleurs.example", "") == []


def test_an_address_that_is_none_is_told_and_stays_to_be_mended(desk: Desk):
    page = desk.stranger()
    page.goto("/connexion?retour=/suivis")
    field = page.get_by_label("Votre adresse e-mail")
    field.evaluate("one => one.type = 'text'")
    field.fill("camille.permanence")
    page.get_by_role("button", name="Recevoir mon lien").click()

    expect(page.locator(".problem")).to_contain_text("il y manque peut-être le")
    expect(field).to_have_value("camille.permanence")
    field.fill("quelquun@ailleurs.example")
    page.get_by_role("button", name="Recevoir mon lien").click()
    page.get_by_role("link", name="Rien reçu").click()
    assert page.url.endswith("/connexion?retour=/suivis")


def test_after_signing_out_the_session_is_over_everywhere(desk: Desk):
    page = desk.stranger()
    page.goto(desk.link(page, CAMILLE))
    page.get_by_role("button", name="Entrer").click()
    state = page.context.storage_state()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_text("Vous êtes déconnecté·e.")).to_be_visible()

    thief = desk.browser.new_context(base_url=desk.system.url, storage_state=state)
    seen = thief.new_page()
    seen.goto("/demandes")

    assert "/connexion" in seen.url
    thief.close()


def test_no_page_is_cached_framed_or_scripted(desk: Desk):
    answer = desk.of(CAMILLE).goto("/demandes")

    assert answer
    headers = answer.headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto("/demandes")
    [cookie] = [one for one in page.context.cookies() if one["name"] == "permanence"]

    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")


def test_a_form_of_another_site_is_refused(desk: Desk):
    page = desk.of(CAMILLE)
    request = desk.system.letter("Bonjour, j'ai une OQTF. Karim Aziz écrou 44 111")
    refused = page.request.post(
        f"/demandes/{request}/accepter",
        form={"jeton": "deviné"},
        headers={"Origin": "https://ailleurs.example"},
    )

    assert refused.status == 403
    assert desk.system.ask("routing", "describe_assignment", request_id=request)["state"] == (
        "proposed"
    )
