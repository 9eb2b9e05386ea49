"""Every page there is, one after the other, for what must hold on all of them."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.page.desk import CAMILLE, GASPARD, KARINE, Desk, unfold


def every_page(desk: Desk, width: str) -> Iterator[tuple[str, Page]]:
    """Every page there is, opened, with all that folds unfolded."""
    stranger, page = desk.stranger(width), desk.of(CAMILLE, width)
    ids = desk.system.ids
    for address in ("/connexion", "/connexion/coupe", "/a/coupe", "/aide"):
        stranger.goto(address)
        yield address, stranger
    for address in (
        "/demandes", "/demandes?vue=aujourdhui", "/demandes?vue=closes",
        "/demandes?vue=automatiques", "/demandes/trouvees",
        f"/demandes/{ids['S02']}", f"/demandes/{ids['S06']}", f"/demandes/{ids['S23']}",
        f"/demandes/{ids['unreadable']}", "/echeances", "/echeances?vue=depassees",
        f"/echeances/nouvelle?demande={ids['S01']}", "/suivis", "/suivis/a-reprendre",
        "/alertes", "/systeme", "/nulle-part", "/enregistrer", "/enregistrer/lettre",
        "/enregistrer/appel", "/enregistrer/orientation",
    ):  # fmt: skip
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        yield address, page
    for address in ("/echeances", "/suivis"):
        page.goto(address)
        page.locator(".row h2 a").first.click()
        yield f"{address}/…", page
    page.goto(f"/demandes/{ids['S01']}")
    form = unfold(page, "Confier à d’autres")
    form.get_by_label("Pourquoi").fill(" ")
    form.get_by_role("button", name="Confier").click()
    yield "a form that did not pass", page
    page.goto("/enregistrer/lettre")
    page.get_by_label("Le texte de la lettre").fill(" ")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    yield "a recording that did not pass", page
    team = desk.of(KARINE, width)
    team.goto(f"/enregistree/{ids['S01']}")
    yield "a request recorded for others", team
    admin = desk.of(GASPARD, width)
    for address in ("/systeme", "/demandes"):
        admin.goto(address)
        yield f"{address} of an administrator", admin
