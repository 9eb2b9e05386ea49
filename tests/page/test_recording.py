"""What came on paper, by phone or from a team is recorded on the page, once; nothing is lost."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.page.desk import CAMILLE, GASPARD, KARINE, Desk, panel

SAVE = "Enregistrer"
AT_THE_REQUEST = re.compile(r"/demandes/[0-9a-f-]{36}\?fait=enregistree$")


def _form(desk: Desk, kind: str, who: str = CAMILLE) -> Page:
    page = desk.of(who)
    page.goto("/demandes")
    page.get_by_role("navigation").get_by_role("link", name="Enregistrer une demande").click()
    page.get_by_role("link", name=kind).click()
    return page


def _save(page: Page) -> None:
    page.get_by_role("button", name=SAVE, exact=True).click()


def _sent(page: Page, **fields: str) -> dict[str, str]:
    """The form of the page, filled in, as a browser sends it."""
    hidden = {
        name: page.locator(f'form.stack input[name="{name}"]').input_value()
        for name in ("jeton", "command_id")
    }
    return hidden | {"received_on": "2026-04-24"} | fields


def test_a_letter_is_typed_in_and_read(desk: Desk):
    page = _form(desk, "Une lettre")
    expect(page.get_by_label("Reçue le")).to_have_value("2026-04-24")
    expect(page.locator("form .hint").last).to_contain_text("<entre ces signes>")
    page.get_by_label("Jour du cachet").fill("2026-04-21")
    page.get_by_label("Au dos de l’enveloppe").fill("RECOPIE Lena")
    page.get_by_label("N° d’écrou").fill("45 871")
    page.get_by_label("Établissement").fill("MA Villepinte")
    page.get_by_label("Le texte de la lettre").fill(
        "Bonjour,\nje voudrais renouveler ma carte de séjour qui finit le 12 octobre 2026.\nMerci"
    )
    _save(page)

    page.wait_for_url(AT_THE_REQUEST)
    expect(page.get_by_role("status")).to_have_text("La demande est enregistrée.")
    expect(page.get_by_role("heading", level=1)).to_have_text("RECOPIE Lena")
    expect(page.locator(".original")).to_contain_text(
        "cachet de la poste : 21-04-2026 | au dos : RECOPIE Lena, écrou 45 871, MA Villepinte"
    )
    expect(panel(page, "Pourquoi ici")).to_be_visible()


def test_a_call_is_typed_in_and_read(desk: Desk):
    page = _form(desk, "Un appel téléphonique")
    page.get_by_label("Heure").fill("11:40")
    page.get_by_label("Qui appelle").fill("Mme Ida Notee, sa sœur")
    page.get_by_label("Numéro à rappeler").fill("06 39 98 44 10")
    page.get_by_label("Ce qui a été dit").fill(
        "Son frère Marc NOTEE, détenu à Fresnes, écrou 979 112, demande un renouvellement de titre"
    )
    _save(page)

    page.wait_for_url(AT_THE_REQUEST)
    expect(page.get_by_role("heading", level=1)).to_have_text("NOTEE Marc")
    expect(page.locator(".original")).to_contain_text("date : vendredi 24 avril 2026, 11h40")


def test_a_referral_is_typed_in_and_read(desk: Desk):
    page = _form(desk, "Une orientation")
    page.get_by_label("Laquelle").fill("CP Fresnes")
    page.get_by_label("Fiche écrite le").fill("2026-04-22")
    page.get_by_label("La fiche").fill(
        "Personne : ORIENTEE Awa (Mme), née le 22/08/1997, écrou 979 411\n"
        "Sortie prévue : mardi 12 mai 2026 (fin de peine)"
    )
    _save(page)

    page.wait_for_url(AT_THE_REQUEST)
    expect(page.get_by_role("heading", level=1)).to_have_text("ORIENTEE Awa")
    expect(page.locator(".original")).to_contain_text("équipe prison : CP Fresnes")


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(desk: Desk):
    page = _form(desk, "Une lettre")
    text = "Bonjour,\n\nceci est gardé."
    page.get_by_label("Jour du cachet").fill("2026-05-02")
    page.get_by_text("Feuilles, pièces jointes").click()
    page.get_by_label("Autre chose à savoir").fill("remise par un visiteur")
    page.get_by_label("Le texte de la lettre").fill(text)
    _save(page)

    expect(page.get_by_role("alert")).to_contain_text("À revoir : « Jour du cachet de la poste »")
    expect(page.locator("#p-r-posted_on")).to_have_text("Cette date est dans le futur.")
    expect(page.get_by_label("Le texte de la lettre")).to_have_value(text)
    expect(page.get_by_label("Autre chose à savoir")).to_have_value("remise par un visiteur")
    page.get_by_label("Jour du cachet").fill("2026-04-22")
    _save(page)
    page.wait_for_url(AT_THE_REQUEST)


def test_a_text_too_long_is_named_and_none_of_it_cut(desk: Desk):
    page = _form(desk, "Une lettre")
    page.get_by_label("Le texte de la lettre").fill("é" * 50_001)
    _save(page)

    expect(page.locator("#p-r-transcription")).to_contain_text(
        re.compile("50.001 caractères.: 50.000 au plus")
    )
    assert len(page.get_by_label("Le texte de la lettre").input_value()) == 50_001


def test_a_form_sent_twice_makes_one_request(desk: Desk):
    page = _form(desk, "Une lettre")
    form = _sent(page, transcription="Bonjour, deux appuis. Merci", back="DOUBLE Appui")
    once, twice = (page.request.post("/enregistrer/lettre", form=form).url for _ in range(2))

    [one, other] = (re.findall(r"[0-9a-f-]{36}", url)[0] for url in (once, twice))
    assert one == other
    page.goto(f"/demandes/{one}")
    expect(page.get_by_role("heading", level=1)).to_have_text("DOUBLE Appui")
    kept = desk.system.ask("intake", "list_originals", request_id=one)
    assert len(kept) == 1


def test_a_form_that_served_asks_before_it_records_another_text(desk: Desk):
    page = _form(desk, "Une lettre")
    form = _sent(page, transcription="Bonjour, première lettre. Merci")
    page.request.post("/enregistrer/lettre", form=form)
    page.get_by_label("Le texte de la lettre").fill("Bonjour, une tout autre lettre. Merci")
    _save(page)

    expect(page.get_by_role("alert")).to_contain_text("avec d’autres mots")
    _save(page)
    page.wait_for_url(AT_THE_REQUEST)
    expect(page.locator(".original")).to_contain_text("une tout autre lettre")


def test_a_volunteer_of_a_team_records_for_another_and_is_told_that_others_have_it(desk: Desk):
    page = _form(desk, "Une lettre", KARINE)
    page.get_by_label("Établissement").fill("CP Fresnes")
    page.get_by_label("Le texte de la lettre").fill(
        "Bonjour, je voudrais renouveler ma carte de séjour. Merci. Ana Ailleurs"
    )
    _save(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("C’est enregistré")
    expect(page.locator("main")).to_contain_text("confiée à d’autres que vous")
    expect(page.locator("main")).not_to_contain_text("AILLEURS")


def test_whoever_only_runs_the_system_records_nothing(desk: Desk):
    page = desk.of(GASPARD)
    page.goto("/systeme")
    expect(page.get_by_role("link", name="Enregistrer une demande")).to_have_count(0)

    for address in ("/enregistrer", "/enregistrer/lettre"):
        assert page.request.get(address).status == 403


def test_a_letter_typed_while_the_session_ended_is_kept_and_sent_by_a_press(desk: Desk):
    page = desk.stranger()
    page.goto(desk.link(page, CAMILLE))
    page.get_by_role("button", name="Entrer").click()
    page.goto("/enregistrer/lettre")
    page.get_by_label("Le texte de la lettre").fill("Bonjour, session finie.\nMerci")
    other = page.context.new_page()
    other.goto("/demandes")
    other.get_by_role("button", name="Se déconnecter").click()
    expect(other.get_by_text("Vous êtes déconnecté·e.")).to_be_visible()
    _save(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session est finie")
    expect(page.locator(".fact")).to_contain_text("Bonjour, session finie.")
    other.goto(desk.link(other, CAMILLE))
    other.get_by_role("button", name="Entrer").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Demandes ouvertes")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Envoyer ce que vous aviez écrit")
    page.get_by_role("button", name="Envoyer").click()
    page.wait_for_url(AT_THE_REQUEST)
    expect(page.locator(".original")).to_contain_text("Bonjour, session finie.")
