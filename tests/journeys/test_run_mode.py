"""``permanence run`` as somebody uses it: started, spoken to, stopped, started again, refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest

from services.cli.system import system
from services.host.ports import free_port
from services.host.smtp_capture import SmtpCapture
from tests.support.nothing_lost import Whole, assert_nothing_lost
from tests.support.waiting import wait_until

PERMANENCE = Path(sys.executable).with_name("permanence")
_START_SECONDS = 120
# Somebody in despair: the desk is alerted at once, at any hour, and again while nobody reacts.
_LETTER = (
    "[ENVELOPPE] reçu le 2026-03-04 | cachet de la poste : 02-03-2026\n"
    "[TRANSCRIPTION]\n"
    "Bonjour, je suis à la prison de Fresnes, écrou 123456. Je ne tiens plus, je veux mourir, "
    "personne ne me répond. Aidez-moi. M. Exemple Testeur"
)


@dataclass
class Desk:
    """A data folder with three free ports, and whatever runs on it."""

    folder: Path
    ports: Mapping[str, int] = field(
        default_factory=lambda: {name: free_port() for name in ("desk", "intake", "smtp")}
    )
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *more: str, **ports: int) -> subprocess.Popen[str]:
        """``permanence run`` as a child; it may refuse."""
        options = [f"--{name}-port={port}" for name, port in {**self.ports, **ports}.items()]
        child = subprocess.Popen(
            [PERMANENCE, "run", f"--data={self.folder}", *options, *more],
            env=os.environ | {"PERMANENCE_CLOCK_PATH": str(self.clock)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(child)
        return child

    def up(self, *more: str) -> tuple[subprocess.Popen[str], list[str]]:
        """``permanence run`` when it is up, and the lines with which it said so."""
        child = self.start(*more)
        assert child.stdout is not None
        lines: list[str] = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(child.stdout.readline())
            assert lines[-1], self.log()
        return child, lines

    @property
    def clock(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.clock")

    def move_clock_to(self, instant: datetime) -> None:
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(instant.isoformat(), encoding="ascii")
        fresh.replace(self.clock)

    def permanence(self, *arguments: str) -> list[Any]:
        """The JSON lines of a command of another process."""
        done = subprocess.run(
            [PERMANENCE, *arguments, "--json", f"--data={self.folder}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def ask(self, service: str, method: str, **arguments: Any) -> Any:
        with system(embedded=False, data=self.folder) as there:
            return there.call(service, method, **arguments)

    def mails(self) -> list[str]:
        return [mail.message_id for mail in SmtpCapture(self.folder / "mail").messages()]

    def nothing_lost(self, *acknowledged: str) -> None:
        """The five checks, while it runs."""
        with system(embedded=False, data=self.folder) as there:
            mails = SmtpCapture(self.folder / "mail").messages
            assert_nothing_lost(
                Whole(environment=there.environment, mails=mails, acknowledged=acknowledged)
            )

    def log(self) -> str:
        path = self.folder / "services.log"
        return path.read_text(encoding="utf-8")[-3000:] if path.exists() else "no log"

    def end(self) -> None:
        for child in self.running:
            if child.poll() is None:
                stop(child)
            for pipe in (child.stdout, child.stderr):
                if pipe is not None:
                    pipe.close()


def stop(child: subprocess.Popen[str]) -> int:
    """Ctrl-C; the exit status."""
    child.send_signal(signal.SIGINT)
    return child.wait(60)


@contextmanager
def _desk() -> Iterator[Desk]:
    # Not pytest's own folder: PostgreSQL's user has to pass through.
    home = Path(tempfile.mkdtemp(prefix="permanence-run-"))
    made = Desk(home / "data")
    made.move_clock_to(datetime.fromisoformat("2026-03-04T10:00:00+00:00"))
    try:
        yield made
    finally:
        made.end()
        shutil.rmtree(home)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with _desk() as made:
        yield made


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Desk, str]]:
    """One that runs already, for those who leave it as it is, and what it said."""
    with _desk() as made:
        made.folder.mkdir(mode=0o755)
        _, said = made.up()
        yield made, "".join(said)


def letter(folder: Path) -> Path:
    """A file for ``permanence submit``: the letter, for the desk's own register."""
    path = folder.with_name("letter.jsonl")
    record = {"id": "L1", "channel": "letter", "raw": _LETTER}
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return path


def test_it_says_where_it_is_takes_requests_and_resumes_after_ctrl_c(desk: Desk):
    child, said = desk.up()
    for name, path in (("desk", "/"), ("intake", "/health/live")):
        address = f"http://127.0.0.1:{desk.ports[name]}"
        assert any(address in line for line in said)
        with urlopen(address + path, timeout=60) as answer:  # noqa: S310 - our own address
            assert answer.status == 200

    [told] = desk.permanence("submit", str(letter(desk.folder)))
    assert told["urgency"] == "critical"
    wait_until(desk.mails)
    due = wait_until(lambda: desk.ask("notifications", "next_due_at"))
    streams = desk.permanence("streams")

    assert stop(child) == 0
    assert not (desk.folder / "system.json").exists()

    sent = desk.mails()
    desk.move_clock_to(datetime.fromisoformat(due) + timedelta(seconds=1))
    child, _ = desk.up()

    stream = f"request-{told['request_id']}"
    assert stream in json.dumps(streams)
    assert desk.permanence("show", stream)
    # what was due while it was down leaves by itself, and nothing that had left leaves again
    wait_until(lambda: len(desk.mails()) > len(sent))
    assert len(set(desk.mails())) == len(desk.mails())
    assert stop(child) == 0


def test_with_example_people_a_newcomer_signs_in_and_the_next_start_changes_nobody(desk: Desk):
    child, said = desk.up("--with-example-people")
    known = desk.ask("routing", "directory")
    [signs_in] = [line for line in said if line.startswith("sign in")]
    address = signs_in.split()[4]
    [link] = desk.permanence("desk-link", address, "--by=test", "--why=test")
    with urlopen(link["link"], timeout=60) as answer:  # noqa: S310 - our own address
        assert answer.status == 200
    desk.ask("routing", "remove_volunteer", volunteer_id="desk-4", by="test")
    changed = desk.ask("routing", "directory")
    assert stop(child) == 0

    child, again = desk.up("--with-example-people")

    assert (len(known["volunteers"]), len(known["teams"])) == (37, 15)
    assert any("37 made-up people, 15 teams, brought in now" in line for line in said)
    assert any("; they stay, no made-up ones were added" in line for line in again)
    assert desk.ask("routing", "directory") == changed != known
    assert stop(child) == 0


def test_without_people_it_says_how_they_come_in_and_partners_too(running: tuple[Desk, str]):
    _, said = running

    assert "people    nobody yet: permanence import-directory FOLDER" in said
    assert "permanence partner-token ID" in said


def test_nobody_else_of_the_machine_can_read_keys_logs_and_mails(running: tuple[Desk, str]):
    desk, _ = running
    desk.permanence("submit", str(letter(desk.folder)))
    wait_until(desk.mails)
    [mail, *_] = (desk.folder / "mail").glob("*.eml")

    assert stat.S_IMODE(desk.folder.stat().st_mode) == (0o710 if os.geteuid() == 0 else 0o700)
    assert stat.S_IMODE(mail.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(mail.stat().st_mode) == 0o600


def test_a_second_one_on_the_same_data_is_refused_and_harms_nothing(running: tuple[Desk, str]):
    desk, _ = running

    second = desk.start(desk=free_port(), intake=free_port(), smtp=free_port())
    _, error = second.communicate(timeout=60)

    assert second.returncode == 1
    assert error.splitlines()[-1].startswith("permanence: data: a system already runs on data;")
    assert desk.permanence("submit", str(letter(desk.folder)))


@pytest.mark.parametrize("name", ["desk", "intake", "smtp"])
def test_a_port_that_is_taken_is_refused_before_anything_starts(desk: Desk, name: str):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        child = desk.start(**{name: port})
        _, error = child.communicate(timeout=60)

    assert child.returncode == 1
    assert error.splitlines()[-1].startswith(
        f"permanence: {name}-port: cannot listen on 127.0.0.1:{port} (Address already in use);"
    )
    assert not (desk.folder / "postgres").exists()


def test_of_two_started_at_once_on_a_port_one_is_refused(desk: Desk):
    name = "smtp"  # the last that is taken; that any is refused is tried above
    other = Desk(desk.folder.with_name("other"))
    other.move_clock_to(datetime.fromisoformat("2026-03-04T10:00:00+00:00"))
    port = desk.ports[name]
    both = [desk.start(), other.start(**{name: port})]
    try:
        refused = wait_until(lambda: [one for one in both if one.poll() is not None], 120)
        [up] = [one for one in both if one not in refused]
        assert up.stdout is not None
        assert up.stdout.readline().startswith("desk")  # it says so once it runs
        _, error = refused[0].communicate(timeout=60)
        assert refused[0].returncode == 1
        assert error.splitlines()[-1].startswith(
            f"permanence: {name}-port: cannot listen on 127.0.0.1:{port} (Address already in use);"
        )
        loser = [desk, other][both.index(refused[0])]
        assert not (loser.folder / "postgres").exists()  # it was told before anything started
        assert stop(up) == 0
    finally:
        other.end()


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("services.host.mail_in", "mail in: the process that took mail on 127.0.0.1:"),
        ("services.host.smtp_capture", "mail out: the process that kept outgoing mail on "),
    ],
)
def test_when_one_of_its_processes_for_mail_dies_it_ends_and_says_so(
    desk: Desk, module: str, said: str
):
    child, _ = desk.up()

    killed(child, module)
    _, error = child.communicate(timeout=60)

    assert child.returncode == 1
    assert error.splitlines()[-1].startswith(f"permanence: {said}")


def test_the_demonstration_too_ends_when_one_of_them_dies(desk: Desk):
    desk.folder.mkdir(mode=0o711)
    child = subprocess.Popen(
        [PERMANENCE, "demo", "--json"],
        cwd=desk.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    desk.running.append(child)

    wait_until((desk.folder / ".permanence" / "demo" / "mail" / "index.jsonl").exists, 120)
    killed(child, "services.host.mail_in")
    _, error = child.communicate(timeout=60)

    assert child.returncode == 1
    assert error.splitlines()[-1].startswith("permanence: mail ")
    assert "(status -9)" in error.splitlines()[-1]


def killed(parent: subprocess.Popen[str], module: str) -> None:
    """Kill one of the processes that it has for mail."""
    [one] = [one for one in psutil.Process(parent.pid).children() if module in one.cmdline()]
    one.kill()


def test_f60_after_a_crash_it_starts_again_on_the_same_ports_and_nothing_is_lost(desk: Desk):
    child, _ = desk.up()
    [told] = desk.permanence("submit", str(letter(desk.folder)))
    child.kill()
    child.wait()

    def free() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", desk.ports["smtp"])) != 0

    wait_until(free)
    child, _ = desk.up()

    assert desk.permanence("show", f"request-{told['request_id']}")
    desk.nothing_lost(told["request_id"])
    assert stop(child) == 0
