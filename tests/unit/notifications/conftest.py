"""The service without its edge: a real PostgreSQL, a real SMTP server, a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.host.smtp_capture import SmtpCapture
from tests.support.postgres import fresh_database

from .desk import Desk, prepare


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpCapture]:
    """One server for the tests of a file."""
    with SmtpCapture(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture
def mail(capture: SmtpCapture) -> SmtpCapture:
    """An empty server that behaves."""
    capture.forget()
    return capture


@pytest.fixture
def desk(mail: SmtpCapture) -> Iterator[Desk]:
    """The service on a database of its own; Ada and Ble at Fresnes, Clo on duty, Dan above."""
    with fresh_database() as database:
        prepare(database)
        made = Desk(database, mail)
        try:
            yield made
        finally:
            made.close()
