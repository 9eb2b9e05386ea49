"""One system and one browser for all page tests; each test brings its own letters and visitors."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, expect, sync_playwright

from services.host.ports import free_port
from tests.page.desk import CHROMIUM, FLAGS, Desk, Mails, System
from tests.support.waiting import PATIENCE_SECONDS


@pytest.fixture(scope="session")
def mails() -> Iterator[tuple[Mails, int]]:
    kept, port = Mails(), free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield kept, port
    server.stop()


@pytest.fixture(scope="session")
def system(mails: tuple[Mails, int]) -> Iterator[System]:
    with tempfile.TemporaryDirectory(prefix="permanence-page-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        started = System(Path(folder) / "data", mails[1])
        yield started
        started.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def _desk(system: System, mails: tuple[Mails, int], browser: Browser) -> Desk:
    return Desk(system=system, mails=mails[0], browser=browser)


@pytest.fixture
def desk(_desk: Desk) -> Iterator[Desk]:
    yield _desk
    _desk.close()
