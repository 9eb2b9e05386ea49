"""A person is followed after release: a case with appointments and steps, never without a next."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.page.desk import CAMILLE, Desk, panel, shows, unfold

NO_NEXT = "Pas de prochaine étape."


def _referred(desk: Desk, name: str) -> Page:
    """The page of a case that was proposed from a letter in which nothing falls due."""
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.dateless_letter(name)}")
    unfold(page, "Proposer un suivi").get_by_role("button", name="Proposer un suivi").click()
    shows(page, "orientation reçue")
    panel(page, "Suivi").get_by_role("link").click()
    expect(page.locator(".title")).to_contain_text("Orientation reçue")
    return page


def _opened(desk: Desk, name: str) -> Page:
    page = _referred(desk, name)
    page.get_by_role("button", name="Accepter le suivi").click()
    page.get_by_role("button", name="Premier contact fait : ouvrir").click()
    expect(page.locator(".title")).to_contain_text("Ouvert")
    return page


def _offer(page: Page, on: str, hour: str, place: str) -> None:
    form = unfold(page, "Proposer un rendez-vous")
    form.get_by_label("Jour").fill(on)
    form.get_by_label("Heure").fill(hour)
    form.get_by_label("Lieu").fill(place)
    form.get_by_role("button", name="Proposer").click()


def test_an_open_case_without_a_next_step_is_shown_as_a_fault(desk: Desk):
    page = _opened(desk, "Oubli Possible")
    expect(page.locator(".note.bad")).to_contain_text(NO_NEXT)
    name = page.get_by_role("heading", level=1).inner_text()

    page.goto("/suivis/a-reprendre")
    expect(page.locator(".row").filter(has_text=name)).to_be_visible()
    page.goto("/suivis")
    expect(page.locator(".row").filter(has_text=name)).to_contain_text("Sans prochaine étape")


def test_an_appointment_is_offered_and_confirmed(desk: Desk):
    page = _opened(desk, "Rendez Vous")
    _offer(page, "2026-05-05", "14:30", "téléphone")

    meeting = panel(page, "Rendez-vous")
    expect(meeting).to_contain_text("Mardi 5 mai 2026 à 14 h 30")
    expect(meeting).to_contain_text("Proposé")
    expect(page.locator(".note.bad")).to_have_count(0)
    meeting.get_by_role("button", name="La personne a confirmé").click()
    expect(meeting).to_contain_text("Confirmé")


def test_an_appointment_in_the_past_is_refused_and_what_was_typed_stays(desk: Desk):
    page = _opened(desk, "Trop Tard")
    page.evaluate("document.getElementById('a-on').removeAttribute('min')")
    _offer(page, "2026-04-01", "10:00", "91 rue inventée")

    form = unfold(page, "Proposer un rendez-vous")
    expect(form).to_contain_text("Cette date est déjà passée.")
    expect(form.get_by_label("Lieu")).to_have_value("91 rue inventée")


def test_an_hour_that_the_change_of_clocks_leaves_out_is_refused(desk: Desk):
    page = _opened(desk, "Heure Sautée")
    _offer(page, "2027-03-28", "02:30", "téléphone")

    expect(unfold(page, "Proposer un rendez-vous")).to_contain_text("Cette heure n’existe pas")


def test_a_step_for_a_day_that_has_passed_is_refused(desk: Desk):
    page = _opened(desk, "Pas Hier")
    page.evaluate("document.getElementById('t-due').removeAttribute('min')")
    form = unfold(page, "Prévoir une démarche")
    form.get_by_label("Quoi").select_option("get_domiciliation")
    form.get_by_label("Pour le").fill("2026-04-01")
    form.get_by_role("button", name="Prévoir").click()

    expect(unfold(page, "Prévoir une démarche")).to_contain_text("Cette date est déjà passée.")


def test_a_step_is_planned_and_completed_and_then_the_fault_comes_back(desk: Desk):
    page = _opened(desk, "Pas Apas")
    form = unfold(page, "Prévoir une démarche")
    form.get_by_label("Quoi").select_option("get_domiciliation")
    form.get_by_label("Pour le").fill("2026-05-12")
    form.get_by_label("Note").fill("appeler le CCAS\nvoir le livret de famille")
    form.get_by_role("button", name="Prévoir").click()
    steps = panel(page, "Démarches")
    expect(steps).to_contain_text("Obtenir une domiciliation")
    expect(steps).to_contain_text("Pour le mardi 12 mai 2026")
    assert "appeler le CCAS\nvoir le livret de famille" in steps.inner_text()
    expect(page.get_by_text(NO_NEXT)).to_have_count(0)

    steps.get_by_role("button", name="C’est fait").click()
    expect(steps).to_contain_text("Faite")
    expect(page.locator(".note.bad")).to_contain_text(NO_NEXT)


def test_a_referral_is_refused_with_a_reason_and_a_way_elsewhere(desk: Desk):
    page = _referred(desk, "Refus Motivé")
    form = unfold(page, "Refuser")
    form.get_by_label("Pourquoi").fill("hors de notre région")
    form.get_by_label("Vers qui").fill("permanence de Lyon")
    form.get_by_role("button", name="Refuser").click()

    expect(page.locator(".title")).to_contain_text("Refusé")
    expect(panel(page, "À faire")).to_contain_text("Orientation : permanence de Lyon.")


def test_a_case_closes_with_what_became_of_it(desk: Desk):
    page = _opened(desk, "Fin Heureuse")
    form = unfold(page, "Clore")
    form.get_by_label("Ce qu’il en est advenu").select_option("right_obtained")
    form.get_by_role("button", name="Clore le suivi").click()

    expect(page.locator(".title")).to_contain_text("Clos")
    expect(panel(page, "À faire")).to_contain_text("Droit obtenu")


def test_whoever_closes_a_case_is_told_what_stays_open(desk: Desk):
    page = _opened(desk, "Reste Ouvert")
    expect(unfold(page, "Clore").locator(".note")).to_have_count(0)
    form = unfold(page, "Prévoir une démarche")
    form.get_by_label("Quoi").select_option("get_domiciliation")
    form.get_by_role("button", name="Prévoir").click()
    _offer(page, "2026-05-05", "14:30", "téléphone")

    told = unfold(page, "Clore").locator(".note")

    expect(told).to_contain_text("1 démarche à faire, 1 rendez-vous à venir")
