"""Alerts are seen and acknowledged in the desk, or by the link of their message."""

from __future__ import annotations

import re
from uuid import UUID

from playwright.sync_api import expect

from shared.reference import request_reference
from tests.page.desk import CAMILLE, KARINE, Desk, panel
from tests.support.waiting import wait_until


def _alerted(desk: Desk, name: str) -> str:
    """A letter of which volunteers were alerted; its request id."""
    request_id = desk.system.oqtf_letter(name)
    desk.system.ask("notifications", "tick")
    desk.system.heard()
    return request_id


def test_a_request_tells_who_was_alerted_and_one_reaction_settles_it(desk: Desk):
    request_id = _alerted(desk, "Alerte Vue")
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{request_id}")
    alerts = panel(page, "Alertes")
    _, first, *_ = filter(None, alerts.inner_text().splitlines())
    assert "personne n’a réagi" in first
    alerts.get_by_role("button", name="J’ai vu").first.click()

    expect(page.get_by_role("status")).to_have_text("C’est noté : les rappels s’arrêtent.")
    desk.system.heard()  # the page waits a moment only for what it told to come back
    page.reload()
    expect(panel(page, "Alertes")).not_to_contain_text(first)


def test_my_alerts_lead_to_what_they_are_about_and_go_once_seen(desk: Desk):
    request_id = _alerted(desk, "Mienne Alerte")
    reference = request_reference(UUID(request_id))
    page = desk.of(CAMILLE)
    page.goto("/alertes")
    waiting = page.get_by_role("link", name=re.compile("^Alertes"))
    expect(waiting).to_have_text(re.compile(r"Alertes (\d+|99\+) sans réaction"))
    mine = page.locator(".row").filter(has_text=reference)
    while not mine.count():  # other tests' alerts stand in the list too
        page.get_by_role("link", name="Suivantes").click()
    address = page.url
    due = mine.filter(has_text="Échéance : recours contre une OQTF")
    expect(due.first).to_contain_text("Date prudente : lundi 27 avril 2026, dans 3 jours")
    expect(due.first).to_contain_text("ALERTE Mienne")
    before = due.count()
    due.first.get_by_role("button", name="J’ai vu").click()

    expect(page.get_by_role("status")).to_be_visible()
    desk.system.heard()
    page.goto(address)
    expect(due).to_have_count(before - 1)


def test_the_link_of_a_message_shows_no_name_and_opening_it_acknowledges_nothing(desk: Desk):
    request_id = _alerted(desk, "Lien Message")
    subject = f"Pour information : demande {request_reference(UUID(request_id))}"
    [text] = wait_until(lambda: desk.mails.to(KARINE, subject))
    link = next(word for word in text.split() if "/a/" in word)
    page = desk.stranger()
    page.goto(link)
    assert "Message" not in page.locator("main").inner_text()
    expect(page.get_by_role("button", name="J’ai vu")).to_be_visible()

    page.reload()
    page.get_by_role("button", name="J’ai vu").click()
    expect(page.get_by_role("status")).to_contain_text("quelqu’un l’a vue")


def test_a_cut_link_leads_to_no_alert(desk: Desk):
    page = desk.stranger()
    answer = page.goto("/a/coupe")

    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien ne mène à aucune alerte")
