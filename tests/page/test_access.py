"""Who may see what: access is by assignment, and whoever runs the system reads of no one."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.page.desk import ALINE, BRUNO, CAMILLE, GASPARD, KARINE, MAUD, ROOT, Desk

REFUSED = "Cette page ne vous est pas ouverte"


def _surnames() -> list[str]:
    lines = (ROOT / "tests/data/samples/requests.jsonl").read_text(encoding="utf-8").splitlines()
    people = [json.loads(line)["expected"].get("person_concerned") or {} for line in lines]
    return sorted({person["family"] for person in people if person.get("family")})


def _refused(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text(REFUSED)


def test_a_volunteer_of_another_team_cannot_open_the_request(desk: Desk):
    request_id = desk.system.quiet_letter("Pas Àmoi")
    page = desk.of(BRUNO)

    _refused(page, f"/demandes/{request_id}")
    expect(page.locator("main")).to_contain_text("demandez à la coordination de vous l’attribuer")
    expect(page.locator("main")).not_to_contain_text("ÀMOI")


def test_nor_its_original_nor_its_deadlines_nor_act_on_it(desk: Desk):
    request_id = desk.system.oqtf_letter("Niceci Nicela")
    [kept] = desk.system.ask("intake", "list_originals", request_id=request_id)
    page = desk.of(BRUNO)
    page.goto("/demandes")
    token = page.locator('input[name="jeton"]').first.input_value()
    original = page.request.get(f"/demandes/{request_id}/original/{kept['sha256']}")
    accepted = page.request.post(f"/demandes/{request_id}/accepter", form={"jeton": token})
    added = page.request.get(f"/echeances/nouvelle?demande={request_id}")

    assert (original.status, accepted.status, added.status) == (403, 403, 404)
    told = desk.system.ask("routing", "describe_assignment", request_id=request_id)
    assert told["state"] == "proposed"


def test_the_team_that_referred_somebody_cannot_act_on_the_case(desk: Desk):
    page = desk.of(BRUNO)  # Fresnes referred Hodan Abdi
    page.goto("/suivis")
    page.get_by_role("link", name="ABDI Hodan").click()
    case = page.url

    expect(page.locator(".note.warn").first).to_contain_text("pour information")
    expect(page.get_by_role("button", name="Accepter le suivi")).to_have_count(0)
    page.goto(f"/echeances/nouvelle?suivi={case.rpartition('/')[2]}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas")


@pytest.mark.parametrize("address", ["/demandes", "/echeances", "/suivis", "/alertes"])
def test_an_administrator_opens_no_list_of_people(desk: Desk, address: str):
    page = desk.of(GASPARD)

    _refused(page, address)


def test_an_administrator_sees_how_the_system_is_and_no_name(desk: Desk):
    page = desk.of(GASPARD)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("État du système")
    reading = page.get_by_role("row").filter(has_text="Attribution").filter(has_text="Arrivée")
    expect(reading.first).to_contain_text("en marche")
    _refused(page, f"/demandes/{desk.system.ids['S01']}")
    page.goto("/systeme")
    text = page.locator("main").inner_text().lower()

    assert [name for name in _surnames() if name.lower() in text] == []


def test_a_volunteer_does_not_run_the_system(desk: Desk):
    page = desk.of(KARINE)
    page.goto("/demandes")
    expect(page.get_by_role("link", name="Système")).to_have_count(0)

    _refused(page, "/systeme")


def test_neither_addresses_nor_titles_name_a_person(desk: Desk):
    page = desk.of(CAMILLE)
    seen = []
    for address in ("/demandes", "/echeances", "/suivis", "/alertes", "/suivis/a-reprendre"):
        page.goto(address)
        seen += [page.url, page.title()]
        page.locator(".row h2 a").first.click()
        seen += [page.url, page.title()]
    page.goto(f"/demandes/{desk.system.ids['S01']}")
    seen += [page.url, page.title()]
    told = " ".join(seen).lower()

    assert [name for name in _surnames() if name.lower() in told] == []


def test_the_lead_of_a_team_sees_its_work_and_not_that_of_another(desk: Desk):
    ours = desk.system.quiet_letter("Vu Parmaud", "CP Fresnes")
    theirs = desk.system.quiet_letter("Pasvu Parmaud")
    page = desk.of(MAUD)
    page.goto(f"/demandes/{ours}")
    expect(page.get_by_role("button", name="Je m’en occupe")).to_be_visible()

    _refused(page, f"/demandes/{theirs}")


def test_coordination_sees_the_work_of_every_team(desk: Desk):
    page = desk.of(ALINE)
    for place in ("CP Fresnes", "MA Villepinte"):
        page.goto(f"/demandes/{desk.system.quiet_letter(f'Vupar Aline{place[:2]}', place)}")
        expect(page.get_by_role("button", name="Je m’en occupe")).to_be_visible()
