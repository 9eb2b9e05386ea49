"""``permanence healthcheck``: what a container's health check says, and what asking costs."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.host.smtp_capture import SmtpCapture

ROOT = Path(__file__).resolve().parents[3]
PERMANENCE = Path(sys.executable).with_name("permanence")


class _Page(BaseHTTPRequestHandler):
    """``/503`` answers 503, and so on."""

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.end_headers()
        self.wfile.write(b"as asked")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def page() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def healthcheck(url: str) -> tuple[int, str]:
    done = subprocess.run(
        [PERMANENCE, "healthcheck", url], capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr).strip()


def test_a_page_that_answers_well_is_well(page: str):
    assert healthcheck(f"{page}/200") == (0, f"{page}/200: ok")


def test_a_page_that_says_no_is_not(page: str):
    assert healthcheck(f"{page}/503") == (1, f"{page}/503: 503 as asked")


def test_a_page_that_does_not_answer_is_not():
    status, said = healthcheck("http://127.0.0.1:1/")

    assert status == 1
    assert "Connection refused" in said


def test_a_mail_door_that_answers_is_well(tmp_path: Path):
    with SmtpCapture(tmp_path) as server:
        assert healthcheck(f"smtp://127.0.0.1:{server.port}")[0] == 0


def test_what_cannot_be_asked_is_refused_with_what_can():
    told = (2, "permanence: url: ftp cannot be probed; use http:// or smtp://")

    assert healthcheck("ftp://127.0.0.1/") == told


def test_asking_loads_none_of_the_services_code():
    code = (
        "import sys\n"
        "from services.cli.main import run\n"
        "sys.argv = ['permanence', 'healthcheck', 'http://127.0.0.1:1/']\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'nameko', 'eventlet', 'psycopg', 'lingua'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_mail_door_of_a_run_ends_with_it(tmp_path: Path):
    door = subprocess.Popen(
        [sys.executable, "-m", "services.host.mail_in", "--with-parent"],
        cwd=ROOT,
        env={"PERMANENCE_SPOOL": str(tmp_path), "PERMANENCE_SMTP_LISTEN": "127.0.0.1:0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with door:
        assert door.stdout is not None
        assert b"mail_door_opened" in door.stdout.readline()
        assert door.stdin is not None
        door.stdin.close()

        assert door.wait(30) == 0
