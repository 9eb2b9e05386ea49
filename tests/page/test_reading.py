"""A volunteer reads the list and one request, and sees why it came and what was understood."""

from __future__ import annotations

import io
import re
import zipfile
from email.message import EmailMessage
from itertools import count
from uuid import UUID

from playwright.sync_api import Page, expect

from shared.reference import case_reference, deadline_reference, request_reference
from tests.page.desk import BRUNO, CAMILLE, KARINE, Desk, leaf_to, panel, unfold
from tests.support import outlook_files


def test_the_list_begins_with_the_dangers_and_then_the_most_urgent(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto("/demandes")
    rows = page.locator(".row").all()
    ranks = [
        "danger"
        if "danger" in (row.get_attribute("class") or "")
        else re.findall(r"u-(\w+)", row.get_attribute("class") or "")[0]
        for row in rows
    ]

    assert ranks == sorted(ranks, key=["danger", "critical", "high", "normal", "low"].index)
    expect(page.locator(".row.danger").first).to_contain_text(
        re.compile("Risque suicidaire|Violences")
    )


def test_pour_aujourdhui_holds_what_is_due_or_late_and_not_what_has_time(desk: Desk):
    request_id = desk.system.quiet_letter("Prudent Sursis")
    monday = desk.system.oqtf_letter("Lundi Prochain")  # to be done on Monday, and this is a Friday
    danger = desk.system.dateless_letter("Danger Présent. Je veux mourir, je vais me tuer ce soir")
    page = desk.of(CAMILLE)
    page.goto("/demandes?vue=aujourdhui")
    expect(page.get_by_role("link", name="DIABATÉ Souleymane")).to_be_visible()  # due on 15 March
    found: set[str | None] = set()
    for number in count(1):
        page.goto(f"/demandes?vue=aujourdhui&page={number}")
        found |= {one.get_attribute("href") for one in page.locator(".row h2 a").all()}
        if not page.get_by_role("link", name="Suivantes").count():
            break
    assert {f"/demandes/{one}" for one in (monday, danger)} <= found
    assert f"/demandes/{request_id}" not in found  # due on 3 May

    expect(leaf_to(page, request_id)).to_have_count(1)


def test_a_row_tells_the_deadline_that_presses_most(desk: Desk):
    request_id = desk.system.oqtf_letter("Aimé Pressé")
    page = desk.of(CAMILLE)
    row = page.locator(".row").filter(has=leaf_to(page, request_id))

    expect(row).to_contain_text("Recours contre une OQTF, à confirmer")
    expect(row).to_contain_text("dans 3 jours")


def test_one_request_shows_its_whole_text_with_the_words_that_were_used_marked(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.ids['S01']}")
    text = page.get_by_role("region", name="Texte reçu")

    expect(text).to_contain_text("je me permet de vous écrire car je suis incarcéré a Fresnes")
    expect(text).to_contain_text("N° écrou 981442")
    expect(text.locator("mark").first).to_be_visible()


def test_a_message_forwarded_as_an_attachment_is_shown_under_its_subject(desk: Desk):
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"] = "Lettre d'Omar : aide"
    inner.set_content("Je suis incarcéré à Villepinte et je veux mourir.")
    outer["From"], outer["Subject"] = "amie@courriel.example", "TR"
    outer.set_content("Voir ci-joint.")
    outer.add_attachment(inner)
    told = desk.system.ask("intake", "submit", channel="email", raw=outer.as_string())
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{told['request_id']}")
    unfold(page, "Texte lu dans Lettre d'Omar : aide")

    text = page.get_by_role("region", name="Texte de Lettre d'Omar : aide")
    expect(text).to_contain_text("Je suis incarcéré à Villepinte")
    expect(text.locator("mark").first).to_be_visible()


def test_each_file_of_a_mail_is_saved_under_its_own_link(desk: Desk):
    inner, outer = EmailMessage(), EmailMessage()
    inner.set_content("Voici sa lettre.")
    inner.add_attachment(b"within", maintype="image", subtype="png", filename="dedans.png")
    outer["From"], outer["Subject"] = "amie@courriel.example", "TR : deux pièces"
    outer.set_content("Voir ci-joint.")
    outer.add_attachment(inner)
    outer.add_attachment(b"after", maintype="image", subtype="png", filename="apres.png")
    told = desk.system.ask("intake", "submit", channel="email", raw=outer.as_string())
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{told['request_id']}")
    saved = {
        name: page.request.get(
            page.get_by_role("link", name=name).get_attribute("href") or ""
        ).body()
        for name in ("dedans.png", "apres.png")
    }

    assert saved == {"dedans.png": b"within", "apres.png": b"after"}


def test_what_only_outlook_opens_is_shown_with_its_files_and_what_was_read_in_part_is_said(
    desk: Desk,
):
    letter = outlook_files.saved_message("Lettre d'Omar", "Je suis à Villepinte.", {})
    packed = outlook_files.winmail(
        {outlook_files.BODY: b"Voir la lettre et le message vocal."},
        {"vocal.wav": b"RIFF", "papier.docx": _docx_with_a_scan("Une décision.")},
    )
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "amie@courriel.example", "TR : lettre"
    mail.set_content("")
    mail.add_attachment(letter, "application", "vnd.ms-outlook", filename="lettre.msg")
    mail.add_attachment(packed, "application", "ms-tnef", filename="winmail.dat")
    told = desk.system.ask("intake", "submit", channel="email", raw=mail.as_string())
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{told['request_id']}")
    voice = page.get_by_role("link", name="vocal.wav")

    expect(page.get_by_role("region", name="Texte reçu")).to_contain_text("le message vocal")
    expect(page.get_by_role("listitem").filter(has=voice)).to_contain_text("à ouvrir et à lire")
    expect(page.get_by_role("listitem").filter(has_text="papier.docx")).to_contain_text(
        "lu en partie, à ouvrir"
    )
    assert page.request.get(voice.get_attribute("href") or "").body() == b"RIFF"
    unfold(page, "Texte lu dans Lettre d'Omar")
    text = page.get_by_role("region", name="Texte de Lettre d'Omar")
    expect(text).to_contain_text("Je suis à Villepinte.")


def _docx_with_a_scan(words: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        into.writestr("word/document.xml", f"<w:p><w:t>{words}</w:t></w:p>")
        into.writestr("word/media/image1.png", bytes(50_000))
    return made.getvalue()


def test_each_finding_carries_the_words_that_justify_it_and_how_sure_it_is(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.ids['S01']}")
    facts = panel(page, "Ce que nous avons compris")
    place = facts.locator(".fact").filter(has_text="Établissement")
    date = facts.locator(".fact").filter(has_text="Date lue")

    expect(place).to_contain_text(re.compile(r"CP.Fresnes.*Fresnes.*sûr à \d+.%", re.DOTALL))
    expect(date).to_contain_text("Fin de validité du titre : mardi 14 juillet 2026")
    expect(date).to_contain_text("qui fini le 14 juillet 2026")


def test_a_request_says_by_which_rule_it_came_here_and_what_was_looked_at(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.ids['S01']}")
    why = panel(page, "Pourquoi ici")

    expect(why).to_contain_text("R3")
    expect(why).to_contain_text("Une équipe intervient dans l'établissement d'où la personne écrit")
    looked = unfold(page, "Ce qui a été regardé")
    expect(looked).to_contain_text(re.compile(r"équipe CP.Fresnes"))
    expect(looked).to_contain_text("personne détenue")


def test_whoever_answers_a_relative_reads_what_not_to_tell_them(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.ids['S17']}")

    expect(panel(page, "À faire")).to_contain_text("Ne confirmez ni qu’elle est connue")


def test_what_could_not_be_read_is_shown_whole_with_what_is_missing(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto("/demandes?vue=a-lire")
    page.locator(f'a[href="/demandes/{desk.system.ids["unreadable"]}"]').click()

    expect(page.locator(".title")).to_contain_text("À lire par une personne")
    expect(page.get_by_role("region", name="Texte reçu")).to_have_text("?!")
    expect(page.get_by_text("Il manque")).to_contain_text("l’établissement")


def test_a_deadline_shows_its_two_dates_and_what_is_doubtful(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.oqtf_letter('Deux Dates')}")
    deadlines = panel(page, "Échéances")

    expect(deadlines).to_contain_text("À confirmer")
    expect(deadlines).to_contain_text("Date prudente Lundi 27 avril 2026 dans 3 jours")
    expect(deadlines).to_contain_text("Dernière date, seulement faute d’autre voie")
    expect(deadlines).to_contain_text("mardi 28 avril 2026")
    expect(deadlines).to_contain_text("À savoir avant de s’y fier")
    expect(deadlines).to_contain_text("À faire vérifier par un·e juriste")


def test_a_deadline_that_passed_leaves_the_request_open_and_asks_for_another_way(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto(f"/demandes/{desk.system.ids['S02']}")

    expect(panel(page, "Échéances")).to_contain_text("cherchez une autre voie")
    expect(page.get_by_role("button", name="Je m’en occupe")).to_be_visible()


def test_the_team_that_is_only_informed_reads_no_text_and_has_nothing_to_do(desk: Desk):
    page = desk.of(KARINE)
    page.goto(f"/demandes/{desk.system.oqtf_letter('Informé Seulement')}")

    expect(page.locator(".note.warn").first).to_contain_text("la permanence y répond")
    expect(page.get_by_role("region", name="Texte reçu")).to_have_count(0)
    expect(page.get_by_role("button", name="Je m’en occupe")).to_have_count(0)


def test_a_request_is_found_by_a_name_without_accents_or_by_its_reference(desk: Desk):
    request_id = desk.system.quiet_letter("Zébulon Éfrité")
    page = desk.of(KARINE)
    page.goto("/demandes")
    for words in ("efrite ZEBULON", request_reference(UUID(request_id))):
        page.get_by_role("searchbox", name="Chercher").fill(words)
        page.get_by_role("button", name="Chercher").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Demandes trouvées")
        expect(page.locator(".row h2 a")).to_have_text(["ÉFRITÉ Zébulon"])
        assert "frit" not in page.url.lower()
    page.locator(".row h2 a").click()
    page.go_back()
    expect(page.locator(".row h2 a")).to_have_text(["ÉFRITÉ Zébulon"])

    other = desk.of(BRUNO)  # of another team
    other.goto("/demandes/trouvees")
    expect(other.locator(".empty")).to_contain_text("Rien trouvé")
    other.get_by_role("searchbox", name="Chercher").fill("Éfrité")
    other.get_by_role("button", name="Chercher").click()
    expect(other.locator(".empty")).to_contain_text("Rien trouvé")


def test_going_back_leads_to_the_list_as_it_was(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto("/demandes?vue=urgentes")
    page.locator(".row h2 a").first.click()
    page.go_back()

    expect(page.get_by_role("heading", level=1)).to_have_text("Demandes urgentes")
    expect(page.locator(".row").first).to_be_visible()


def test_the_reference_of_a_case_or_a_deadline_leads_to_its_page(desk: Desk):
    page = desk.of(CAMILLE)
    page.goto("/suivis")
    page.get_by_role("link", name="ABDI Hodan").click()
    case = page.url
    page.goto(f"/demandes/{desk.system.oqtf_letter('Échéance Dite')}")
    page.get_by_role("link", name="Vérifier et confirmer").click()
    deadline = page.url

    for url, reference in ((case, case_reference), (deadline, deadline_reference)):
        said = reference(UUID(url.rpartition("/")[2])).replace("-", " ").lower()
        _look_for(page, said)
        assert page.url == url
    elsewhere = desk.of(BRUNO)  # he is not told of that deadline
    _look_for(elsewhere, said)
    expect(elsewhere.locator(".empty")).to_contain_text("Rien trouvé")


def _look_for(page: Page, words: str) -> None:
    page.goto("/demandes")
    page.get_by_role("searchbox", name="Chercher").fill(words)
    page.get_by_role("button", name="Chercher").click()
