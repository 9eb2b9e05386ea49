"""The mail door of a run: it listens when it is said to be open, and its end is noticed."""

from __future__ import annotations

import queue
import smtplib
import socket
from pathlib import Path

import psutil
import pytest

from services.host.mail_door import MailDoorClosed, mail_door
from services.host.ports import free_port


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Where the door is told to listen."""
    free = free_port()
    monkeypatch.setenv("PERMANENCE_SPOOL", str(tmp_path))
    monkeypatch.setenv("PERMANENCE_SMTP_LISTEN", f"127.0.0.1:{free}")
    monkeypatch.setenv("PERMANENCE_LOG_LEVEL", "ERROR")  # whatever is logged
    return free


def test_it_listens_once_open_and_ends_in_silence_when_it_is_left(port: int):
    told: queue.Queue[MailDoorClosed] = queue.Queue()
    with mail_door(port, told.put), smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        assert client.noop()[0] == 250

    assert told.empty()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_its_death_is_told(port: int):
    told: queue.Queue[MailDoorClosed] = queue.Queue()
    before = set(psutil.Process().children())
    with mail_door(port, told.put):
        [door] = set(psutil.Process().children()) - before
        door.kill()

        error = told.get(timeout=60)

    assert str(error).startswith(
        f"mail in: the process that took mail on 127.0.0.1:{port} ended (status -9); "
    )


def test_a_port_taken_meanwhile_is_refused_with_its_number_and_why(
    port: int, capfd: pytest.CaptureFixture[str]
):
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(MailDoorClosed, match=rf"^smtp-port: .* 127\.0\.0\.1:{port}; stop what"),
        mail_door(port, lambda _: None),
    ):
        pytest.fail("it opened")

    [said] = capfd.readouterr().err.splitlines()
    assert "address already in use" in said
