"""The pages work by keyboard, on a phone, without scripts, and with assistive technology."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.page.desk import CAMILLE, KARINE, WIDTHS, Desk, leaf_to, panel, unfold
from tests.page.every_page import every_page

Found = dict[str, tuple[list[str], int]]


@pytest.fixture(scope="module", params=WIDTHS)
def found(request: pytest.FixtureRequest, _desk: Desk) -> Iterator[Found]:
    """By page: what axe found, and by how many pixels it is too wide."""
    told: Found = {}
    for name, page in every_page(_desk, request.param):
        violations = Axe().run(page).response["violations"]
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        told[name] = [f"{one['id']}: {one['nodes'][0]['html']}" for one in violations], too_wide
    yield told
    _desk.close()


def test_axe_finds_no_fault_on_any_page(found: Found):
    assert {name: faults for name, (faults, _) in found.items() if faults} == {}


def test_no_page_scrolls_sideways(found: Found):
    assert {name: wide for name, (_, wide) in found.items() if wide > 0} == {}


def test_a_long_text_and_a_long_name_are_whole_on_paper_and_on_a_phone(desk: Desk):
    name = "Anticonstitutionnel" + "lement" * 12
    request_id = desk.system.letter(
        f"Bonjour,\nje m'appelle {name} Long, je suis incarcéré à Villepinte.\n"
        + "Je ne sais pas par où commencer.\n" * 80
        + f"Merci. {name} Long, écrou 70123"
    )
    page = desk.of(CAMILLE, "phone")
    for address in (f"/demandes/{request_id}", "/demandes?vue=a-accepter"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(f"/demandes/{request_id}")
    text = page.get_by_role("region", name="Texte reçu")
    assert text.evaluate("one => one.scrollHeight > one.clientHeight")

    page.emulate_media(media="print")
    assert text.evaluate("one => one.scrollHeight <= one.clientHeight")
    expect(page.get_by_role("button", name="Je m’en occupe")).to_be_hidden()
    expect(page.get_by_text("Confier à d’autres")).to_be_hidden()


def _tab_to(page: Page, text: str) -> None:
    """Press Tab until what is focused reads ``text``."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if text in (page.evaluate("document.activeElement.innerText") or "").strip():
            return
    raise AssertionError(f"{text!r} was never reached by Tab")


def test_a_request_is_found_and_accepted_by_keyboard_alone(desk: Desk):
    request_id = desk.system.quiet_letter("Clavier Seul")
    page = desk.of(KARINE)
    leaf_to(page, request_id)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Aller au contenu"
    page.keyboard.press("Enter")
    _tab_to(page, "SEUL Clavier")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("SEUL Clavier")
    _tab_to(page, "Je m’en occupe")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("La demande est à vous")


def test_a_reason_is_given_by_keyboard_alone(desk: Desk):
    page = desk.of(KARINE)
    page.goto(f"/demandes/{desk.system.quiet_letter('Clavier Refus')}")
    expect(page.get_by_role("button", name="Je m’en occupe")).to_be_visible()
    _tab_to(page, "Refuser")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("je pars en congé")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("proposée ailleurs")


def test_all_works_without_scripts(desk: Desk):
    page = desk.of(KARINE, script=False)
    page.goto(f"/demandes/{desk.system.quiet_letter('Sans Script')}")
    form = unfold(page, "Corriger")
    form.get_by_label("Organisation").fill("Association inventée")
    form.get_by_role("button", name="Enregistrer les corrections").click()
    expect(page.get_by_role("status")).to_contain_text("est corrigé")
    page.get_by_role("button", name="Je m’en occupe").click()

    expect(panel(page, "À faire")).to_contain_text("Karine Kerouanton")


def test_help_is_there_before_signing_in_and_says_what_one_does_not_tell(desk: Desk):
    page = desk.stranger()
    page.goto("/aide")

    expect(page.get_by_role("heading", level=1)).to_have_text("Aide")
    expect(panel(page, "Ce que l’on ne dit pas")).to_contain_text("Ne confirmez jamais")
