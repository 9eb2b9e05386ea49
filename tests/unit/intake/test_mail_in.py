"""E-mail accepted over real SMTP and LMTP, by the process that a deployer runs."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from services.host.mail_in import mail_settings
from services.intake.adapters.spool import Spool
from shared.failpoints import EXIT_STATUS
from shared.settings import BadSetting, Environment
from tests.support.postgres import ROOT, fresh_database
from tests.support.waiting import wait_until
from tests.unit.intake import items
from tests.unit.intake.running import running_intake

DESK = "commission.prison@lacimade.org"
SENDER = "c.modele@asso.example"


@dataclass
class Door:
    process: subprocess.Popen[bytes]
    smtp: int
    lmtp: int
    spool: Spool

    def send(self, raw: bytes | str, to: str = DESK) -> None:
        content = raw.encode() if isinstance(raw, str) else raw
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=60) as client:
            client.sendmail(SENDER, [to], content)


@contextmanager
def open_door(folder: Path, **settings: str) -> Iterator[Door]:
    log = folder / "mail_in.log"
    values = {
        "SPOOL": str(folder / "spool"),
        "SMTP_LISTEN": "127.0.0.1:0",
        "LMTP_LISTEN": "127.0.0.1:0",
        **settings,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.host.mail_in"],
            cwd=ROOT,
            env={**os.environ, **{f"PERMANENCE_{name}": value for name, value in values.items()}},
            stdout=output,
            stderr=output,
        )
    try:
        ports = wait_until(lambda: _ports(process, log))
        yield Door(process, ports["smtp"], ports["lmtp"], Spool(folder / "spool"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _ports(process: subprocess.Popen[bytes], log: Path) -> dict[str, int] | None:
    assert process.poll() is None, log.read_text()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    opened = {line["kind"]: line["port"] for line in lines if line["event"] == "mail_door_opened"}
    return opened if len(opened) == 2 else None


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_door(tmp_path_factory.mktemp("door"), MAX_ITEM_BYTES="2000000") as opened:
        yield opened


def test_a_message_is_on_the_disk_when_it_is_acknowledged(door: Door):
    before = set(door.spool.waiting(1000))

    door.send(items.QUESTION)

    [name] = set(door.spool.waiting(1000)) - before
    spooled = door.spool.read(name, most_bytes=100_000)
    assert spooled is not None
    assert spooled.envelope is not None
    assert (spooled.envelope.sender, spooled.envelope.recipients) == (SENDER, (DESK,))
    assert spooled.raw.replace(b"\r\n", b"\n").rstrip() == items.QUESTION.encode().rstrip()


def test_mail_for_another_mailbox_is_refused(door: Door):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        door.send(items.QUESTION, to="somebody@lacimade.org")

    assert refusal.value.recipients["somebody@lacimade.org"][0] == 550


def test_too_large_a_message_is_refused_with_552(door: Door):
    with (
        smtplib.SMTP("127.0.0.1", door.smtp, timeout=60) as client,
        pytest.raises(smtplib.SMTPSenderRefused) as announced,
    ):
        client.sendmail(SENDER, [DESK], items.large_email(2_500_000))
    assert announced.value.smtp_code == 552

    with smtplib.SMTP("127.0.0.1", door.smtp, timeout=60) as client:
        client.helo()
        client.mail(SENDER)
        client.rcpt(DESK)
        with pytest.raises(smtplib.SMTPDataError) as sent:
            _data(client, items.large_email(2_500_000))
    assert sent.value.smtp_code == 552


def _data(client: smtplib.SMTP, content: bytes) -> None:
    code, reply = client.data(content)
    if code != 250:
        raise smtplib.SMTPDataError(code, reply)


def test_a_line_longer_than_the_standard_allows_is_taken(door: Door):
    before = door.spool.count("new")

    door.send(b"Subject: long\r\nMessage-ID: <long@x.example>\r\n\r\n" + b"a" * 50_000 + b"\r\n")

    assert door.spool.count("new") == before + 1


def _by_lmtp_to_two(door: Door) -> list[bytes]:
    """The codes that answer a message for two recipients, and then NOOP."""
    lines = ["LHLO x", f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{DESK}>"]
    lines += ["RCPT TO:<commission.prison+x@lacimade.org>", "DATA"]
    with socket.create_connection(("127.0.0.1", door.lmtp), timeout=60) as peer:
        replies = peer.makefile("rb")
        replies.readline()  # the greeting
        for line in lines:
            peer.sendall(f"{line}\r\n".encode())
            while replies.readline()[3:4] == b"-":
                pass
        peer.sendall(items.QUESTION.replace("\n", "\r\n").encode() + b"\r\n.\r\n")
        peer.sendall(b"NOOP\r\n")
        return [replies.readline()[:3] for _ in range(3)]


def test_mail_comes_by_lmtp_too_with_an_answer_for_each_recipient(door: Door):
    before = door.spool.count("new")

    assert _by_lmtp_to_two(door) == [b"250", b"250", b"250"]
    assert door.spool.count("new") == before + 1


def test_a_sender_that_hangs_up_in_the_middle_leaves_nothing(door: Door):
    before = door.spool.count("new")
    with socket.create_connection(("127.0.0.1", door.smtp), timeout=60) as peer:
        recipient = b"RCPT TO:<%s>\r\n" % DESK.encode()
        for line in (b"HELO x\r\n", b"MAIL FROM:<a@x.example>\r\n", recipient, b"DATA\r\n"):
            peer.sendall(line)
            peer.recv(4096)
        peer.sendall(b"Subject: half\r\n\r\nhalf")

    door.send(items.QUESTION)
    assert door.spool.count("new") == before + 1


def test_a_full_disk_is_told_as_a_passing_failure(tmp_path: Path):
    with open_door(tmp_path) as opened:
        for folder in ("tmp", "new"):
            (opened.spool.folder / folder).rename(opened.spool.folder / f"{folder}-away")

        with pytest.raises(smtplib.SMTPDataError) as failure:
            opened.send(items.QUESTION)

        assert failure.value.smtp_code == 452
        assert _by_lmtp_to_two(opened) == [b"452", b"452", b"250"]


@pytest.mark.parametrize(
    ("failpoint", "copies"), [("mail_in.before_stored", 1), ("mail_in.before_answer", 2)]
)
def test_f06_a_mail_whose_answer_was_lost_is_sent_again_and_is_one_request(
    tmp_path: Path, failpoint: str, copies: int
):
    with open_door(tmp_path, FAILPOINT=failpoint) as dying:
        with pytest.raises((smtplib.SMTPException, OSError)):
            dying.send(items.QUESTION)
        assert dying.process.wait(60) == EXIT_STATUS
    with open_door(tmp_path) as opened, fresh_database(services=True) as database:
        opened.send(items.QUESTION)
        assert opened.spool.count("new") == copies

        with running_intake(database, tmp_path) as intake:
            wait_until(lambda: opened.spool.count("cur") == copies)
            [_] = intake.rpc("list_requests")


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAX_ITEM_BYTES", "lots"), ("MAX_ITEM_BYTES", "0"), ("SMTP_LISTEN", "2525")],
)
def test_a_wrong_setting_is_named(name: str, value: str):
    with pytest.raises(BadSetting, match=name):
        mail_settings(Environment({"PERMANENCE_SPOOL": "x", f"PERMANENCE_{name}": value}))


@pytest.mark.slow
def test_a_mail_of_30_megabytes_goes_all_the_way_in_bounded_memory(tmp_path: Path):
    raw = items.large_email(30_000_000)
    with (
        fresh_database(services=True) as database,
        running_intake(database, tmp_path) as intake,
        open_door(tmp_path) as opened,
    ):
        opened.send(raw)
        [row] = wait_until(lambda: intake.rpc("list_requests"))
        peak = _peak_bytes(intake.process.pid), _peak_bytes(opened.process.pid)

        [original] = intake.rpc("list_originals", request_id=row["request_id"])
        kept = intake.direct.original(UUID(row["request_id"]))
    assert row["establishment"] == "cp-fresnes" or row["state"] == "needs_review"
    assert original["size_bytes"] == len(kept)
    assert kept.rstrip() == raw.rstrip()
    assert max(peak) < 600_000_000, peak


def _peak_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return psutil.Process(pid).memory_info().rss
