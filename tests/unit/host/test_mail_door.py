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
from services.host.smtp_capture import CaptureEnded, SmtpCapture


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """Where the door takes mail."""
    monkeypatch.setenv("PERMANENCE_SPOOL", str(tmp_path))
    monkeypatch.setenv("PERMANENCE_LOG_LEVEL", "ERROR")  # whatever is logged
    return socket.create_server(("127.0.0.1", free_port()))


def test_it_listens_once_open_and_ends_in_silence_when_it_is_left(listening: socket.socket):
    told: queue.Queue[MailDoorClosed] = queue.Queue()
    port = listening.getsockname()[1]
    with mail_door(listening, told.put), smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        assert client.noop()[0] == 250

    assert told.empty()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_its_death_is_told(listening: socket.socket):
    told: queue.Queue[MailDoorClosed] = queue.Queue()
    before = set(psutil.Process().children())
    port = listening.getsockname()[1]
    with mail_door(listening, told.put):
        [door] = set(psutil.Process().children()) - before
        door.kill()

        error = told.get(timeout=60)

    assert str(error).startswith(
        f"mail in: the process that took mail on 127.0.0.1:{port} ended (status -9); "
    )


def test_one_that_does_not_open_is_refused_and_says_why(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("PERMANENCE_MAX_ITEM_BYTES", "many")
    port = listening.getsockname()[1]
    with (
        pytest.raises(MailDoorClosed, match=rf"^mail in: .* 127\.0\.0\.1:{port}; the lines above"),
        mail_door(listening, lambda _: None),
    ):
        pytest.fail("it opened")

    [said] = capfd.readouterr().err.splitlines()
    assert "PERMANENCE_MAX_ITEM_BYTES" in said


def test_the_death_of_what_keeps_outgoing_mail_is_told_and_its_stop_is_not(tmp_path: Path):
    told: queue.Queue[CaptureEnded] = queue.Queue()
    before = set(psutil.Process().children())
    with SmtpCapture(tmp_path, ended=told.put):
        pass
    assert told.empty()
    with SmtpCapture(tmp_path, ended=told.put):
        [capture] = set(psutil.Process().children()) - before
        capture.kill()

        assert "ended (status -9)" in str(told.get(timeout=60))
