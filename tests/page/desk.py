"""What the page tests work with: the system, its mails, and volunteers in front of a browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTHS = {"desktop": 1280, "phone": 390}

CAMILLE = "camille.charvolin@permanence.example"  # staff at the desk
ETIENNE = "etienne.ercourt@permanence.example"  # volunteer at the desk
MAUD = "maud.morvillers@permanence.example"  # leads the team of Fresnes
ALINE = "aline.arnoult@permanence.example"  # coordination
BRUNO = "bruno.brecheteau@permanence.example"  # volunteer at Fresnes
KARINE = "karine.kerouanton@permanence.example"  # volunteer at Villepinte
GASPARD = "gaspard.grandjouan@permanence.example"  # administrator


@dataclass
class Mails:
    """Every mail that the system sent."""

    received: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 kept"

    def to(self, address: str, subject: str) -> list[str]:
        """The texts of the mails to an address whose subject begins so."""
        return [
            message.get_content() if not message.is_multipart() else _text(message)
            for message in list(self.received)
            if message["To"] == address and message["Subject"].startswith(subject)
        ]


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


class System:
    """The system in its own process."""

    def __init__(self, folder: Path, smtp_port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.page.serve", str(folder), str(smtp_port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        facts = self._answer()
        self.url: str = facts["desk"]
        self.ids: dict[str, str] = facts["ids"]

    def ask(self, service: str, method: str, **payload: Any) -> Any:
        """Call a service; returns once everybody, the desk too, has heard of all that followed."""
        return self._order({"service": service, "method": method, "payload": payload})["result"]

    def letter(self, text: str, place: str = "MA Villepinte") -> str:
        """A letter arrives; its request id."""
        raw = (
            f"[ENVELOPPE] reçu le 2026-04-23 | cachet de la poste : 21-04-2026 | au dos : {place}\n"
            f"[TRANSCRIPTION]\n{text}\n"
        )
        told = self.ask("intake", "submit", channel="letter", raw=raw)
        return str(told["request_id"])

    def heard(self) -> None:
        """Until everybody, the desk too, has heard of all that the services told so far."""
        self._order({})

    def quiet_letter(self, name: str, place: str = "MA Villepinte") -> str:
        """A letter without anything urgent: the team of the place answers."""
        number = 10_000 + sum(map(ord, name)) % 80_000
        return self.letter(
            f"Bonjour,\nje m'appelle {name}, je suis incarcéré à {place.split(' ', 1)[1]}. "
            f"Je voudrais renouveler ma carte de séjour qui finit le 12 octobre 2026.\n"
            f"Merci. {name}, écrou {number}",
            place,
        )

    def dateless_letter(self, name: str) -> str:
        """A letter in which nothing falls due."""
        number = 10_000 + sum(map(ord, name)) % 80_000
        return self.letter(
            f"Bonjour,\nje m'appelle {name}, je suis incarcéré à Villepinte. "
            f"Pouvez-vous m'aider à trouver un logement pour ma sortie ?\n"
            f"Merci. {name}, écrou {number}"
        )

    def oqtf_letter(self, name: str) -> str:
        """A letter about an OQTF notified four days ago: the desk answers."""
        number = 10_000 + sum(map(ord, name)) % 80_000
        return self.letter(
            f"Bonjour,\nje m'appelle {name}, je suis incarcéré à Villepinte. "
            f"On m'a notifié une OQTF le 20 avril 2026.\nMerci. {name}, écrou {number}"
        )

    def stop(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def _order(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the system ended"
        answer: dict[str, Any] = json.loads(line)
        return answer


@dataclass
class Desk:
    """Brings volunteers to the desk's page."""

    system: System
    mails: Mails
    browser: Browser
    _states: dict[str, Any] = field(default_factory=dict)
    _open: list[BrowserContext] = field(default_factory=list)

    def stranger(self, width: str = "desktop") -> Page:
        """A browser where nobody is signed in."""
        return self._page(None, width)

    def of(self, email: str, width: str = "desktop", *, script: bool = True) -> Page:
        """A browser in which this volunteer is signed in."""
        if email not in self._states:
            page = self.stranger()
            page.goto(self.link(page, email))
            page.get_by_role("button", name="Entrer").click()
            expect(page.locator(".who")).to_be_visible()
            self._states[email] = page.context.storage_state()
        return self._page(self._states[email], width, script=script)

    def link(self, page: Page, email: str) -> str:
        """Ask for a link on the page, and take it from the mail that comes."""
        before = len(self.mails.to(email, "Votre lien"))
        page.goto(f"{self.system.url}/connexion")
        page.get_by_label("Votre adresse e-mail").fill(email)
        page.get_by_role("button", name="Recevoir mon lien").click()
        texts = wait_until(lambda: self.mails.to(email, "Votre lien")[before:])
        return next(line for line in texts[0].splitlines() if "/connexion/" in line).strip()

    def close(self) -> None:
        for context in self._open:
            context.close()
        self._open.clear()

    def _page(self, state: Any, width: str = "desktop", *, script: bool = True) -> Page:
        context = self.browser.new_context(
            base_url=self.system.url,
            storage_state=state,
            locale="fr-FR",
            viewport={"width": WIDTHS[width], "height": 900},
            java_script_enabled=script,
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        self._open.append(context)
        return context.new_page()


def unfold(page: Page, title: str) -> Locator:
    """Open the part of the page folded under ``title``; the part."""
    title_of_it = re.compile(rf"^\s*{re.escape(title)}")
    summary = page.locator("details > summary").filter(has_text=title_of_it)
    part = summary.locator("..")
    if part.get_attribute("open") is None:
        summary.click()
    return part


def panel(page: Page, title: str) -> Locator:
    """The section of the page with this heading."""
    return page.locator("section").filter(has=page.get_by_role("heading", name=title, exact=True))


def shows(page: Page, text: str, *, where: str = "main") -> None:
    """Until the page, loaded again, shows ``text``: other services hear of a change in a moment."""

    def shown() -> bool:
        try:
            page.reload()
        except Error:  # a press just before is still leading to its page
            return False
        return text in " ".join(page.locator(where).inner_text().split())

    wait_until(shown, step_seconds=0.1)


def leaf_to(page: Page, request_id: str) -> Locator:
    """Go through the list to the page that holds the request; the link that leads to it.

    Other tests' requests stand in the list too, in whatever number.
    """
    link = page.locator(f'a[href="/demandes/{request_id}"]')
    for number in count(1):
        page.goto(f"/demandes?page={number}")
        if link.count() or not page.get_by_role("link", name="Suivantes").count():
            break
    return link
