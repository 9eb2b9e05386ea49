"""What the browser is told, and what another site cannot do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.page.desk import CAMILLE, KARINE, Desk, unfold


@pytest.mark.parametrize("address", ["/demandes", "/aide", "/nulle-part", "/connexion"])
def test_every_page_forbids_scripts_frames_and_copies(desk: Desk, address: str):
    answer = desk.of(CAMILLE).request.get(address)
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_no_page_has_a_script_or_a_style_of_its_own(desk: Desk):
    page = desk.of(CAMILLE)
    for address in ("/demandes", f"/demandes/{desk.system.ids['S02']}", "/suivis", "/aide"):
        page.goto(address)
        expect(page.locator("script, style, [style], [onclick]")).to_have_count(0)


def test_an_original_is_saved_and_never_opened(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.ids['S01']}")
    link = page.get_by_role("link", name="Enregistrer l’original").get_attribute("href")
    answer = page.request.get(link or "")

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto("/demandes")
    [cookie] = [one for one in page.context.cookies() if one["name"] == "permanence"]

    assert cookie["httpOnly"] is True
    assert cookie["sameSite"] == "Lax"


def test_a_form_on_another_site_changes_nothing(desk: Desk):
    request_id = desk.system.quiet_letter("Autre Site")
    page = desk.of(KARINE)
    target = f"{desk.system.url}/demandes/{request_id}/accepter"
    trap = f'<form method="post" action="{target}"><button>Gagner</button></form>'
    page.route(
        "http://ailleurs.example/",
        lambda one: one.fulfill(body=trap, status=200, content_type="text/html"),
    )
    page.goto("http://ailleurs.example/")
    with page.expect_response(re.compile("/accepter$")) as answered:
        page.get_by_role("button", name="Gagner").click()

    assert answered.value.status == 403
    told = desk.system.ask("routing", "describe_assignment", request_id=request_id)
    assert told["state"] == "proposed"


def test_a_form_without_its_token_changes_nothing(desk: Desk):
    request_id = desk.system.quiet_letter("Sans Jeton")
    answer = desk.of(KARINE).request.post(f"/demandes/{request_id}/accepter", form={"jeton": "x"})

    assert answer.status == 403
    assert "Le formulaire n’a pas été reconnu" in answer.text()


def test_when_the_session_ends_while_typing_one_signs_in_and_sends_what_was_typed(desk: Desk):
    request_id = desk.system.quiet_letter("Session Finie")
    page = desk.stranger()
    page.goto(desk.link(page, KARINE))
    page.get_by_role("button", name="Entrer").click()
    page.goto(f"/demandes/{request_id}")
    other = page.context.new_page()
    other.goto("/demandes")
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other.get_by_text("Vous êtes déconnecté·e.")).to_be_visible()

    form = unfold(page, "Refuser")
    form.get_by_label("Pourquoi").fill("je pars en congé")
    form.get_by_role("button", name="Refuser").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session est finie")
    expect(page.locator(".fact")).to_contain_text("je pars en congé")
    told = desk.system.ask("routing", "describe_assignment", request_id=request_id)
    assert told["state"] == "proposed"

    other.goto(desk.link(other, KARINE))
    other.get_by_role("button", name="Entrer").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Demandes ouvertes")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Envoyer ce que vous aviez écrit")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("proposée ailleurs")


def test_nothing_that_is_asked_for_breaks_the_page(desk: Desk):
    page = desk.of(CAMILLE)
    request = f"/demandes/{desk.system.ids['S01']}"
    original = f"{request}/original/{'0' * 64}"
    none = "00000000-0000-4000-8000-000000000000"
    for address, status in (
        ("/demandes?page=99999999999999999999", 200),  # the first page, after a redirect
        ("/demandes?page=-1&vue=%00", 200),
        ("/echeances?page=99999999999999999999&vue=%ff", 200),
        ("/suivis?page=9&vue=clos", 200),
        ("/alertes?page=9999", 200),
        ("/demandes?fait=%00&refus=%3Cscript%3E", 200),
        (original, 404),
        (f"{original}/piece/99999999999999999999", 404),
        (f"{request}/original/%00", 404),
        (f"/demandes/{none}", 404),
        (f"/suivis/{none}", 404),
        (f"/echeances/{none}", 404),
        ("/echeances/nouvelle?demande=%00", 404),
        ("/fichiers/..%2f..%2fbase.py", 404),
        ("/connexion/%ff%00", 410),
        ("/a/%00%ff", 404),
    ):
        assert (address, page.request.get(address).status) == (address, status)


def test_a_body_too_long_is_refused_in_french(desk: Desk):
    page = desk.of(CAMILLE)
    answer = page.request.post(
        f"/demandes/{desk.system.ids['S01']}/refuser", form={"reason": "x" * 1_100_000}
    )

    assert answer.status == 413
    assert "C’est trop long" in answer.text()


def test_a_link_cannot_lead_to_another_site(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto("/connexion?retour=//ailleurs.example/")

    assert page.url.startswith(desk.system.url)
