"""The whole service in a process of its own: log, relay, subscription, schedule, mail, commands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests

from services.host.smtp_capture import SmtpCapture
from services.notifications import wiring
from shared.clock import VirtualClock
from shared.eventstore import Expected, Streams
from tests.support.postgres import MASTER_KEY, ROOT, Database, fresh_database
from tests.support.waiting import wait_until

from .desk import START, assigned, deadline_set, registered
from .people import DEADLINE, FRESNES, REQUEST

TOKEN = "made-up-token-of-the-door"


class Served:
    """The running service, and the logs of the services that it hears."""

    def __init__(self, database: Database, mail: SmtpCapture, folder: Path) -> None:
        self.mail = mail
        self._folder = folder
        self._clock = folder / "clock"
        self._ready = folder / "ready"
        self._dsns = {
            f"PERMANENCE_{name.upper()}_{kind}": made(name)
            for name in ("routing", "followup", "notifications", "keyring")
            for kind, made in (("DSN", database.dsn), ("OWNER_DSN", database.owner_dsn))
        }
        clock = VirtualClock(START)
        self.routing = Streams(database.store("routing"), wiring.ROUTING_CODEC, clock)
        self.followup = Streams(database.store("followup"), wiring.FOLLOWUP_CODEC, clock)
        self.move_to(START)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._ready.unlink(missing_ok=True)
        environment = {
            **{name: one for name, one in os.environ.items() if "PERMANENCE" not in name},
            **self._dsns,
            "PERMANENCE_MASTER_KEY": MASTER_KEY.to_base64(),
            "PERMANENCE_AMQP_URI": "memory://",
            "PERMANENCE_DESK_URL": "https://desk.example",
            "PERMANENCE_MAIL_FROM": "permanence@cimade.example",
            "PERMANENCE_SMTP_HOST": "127.0.0.1",
            "PERMANENCE_SMTP_PORT": str(self.mail.port),
            "GATEWAY_TOKEN": TOKEN,
            "CLOCK": str(self._clock),
        }
        module = "tests.unit.notifications.serve"
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", module, str(self._ready)],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: self._ready.exists() or self._process.poll() is not None)
        assert self._ready.exists(), self.log()[-3000:]

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=60)

    def log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8")

    def move_to(self, instant: Any) -> None:
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(instant.isoformat(), encoding="ascii")
        fresh.replace(self._clock)

    def write(self, streams: Streams, stream: str, event: object) -> None:
        with streams.unit(metadata={}) as unit:
            unit.append(stream, [event], expected=Expected.ANY)

    def rpc(self, method: str, **arguments: Any) -> Any:
        answer = self.ask(method, **arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, method: str, **arguments: Any) -> requests.Response:
        return requests.post(
            f"{self._ready.read_text()}/rpc/notifications/{method}",
            json=arguments,
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        )

    def recipients(self) -> list[str]:
        return sorted(one.recipients[0].partition("@")[0] for one in self.mail.messages())


@pytest.fixture
def served(mail: SmtpCapture, tmp_path: Path) -> Iterator[Served]:
    with fresh_database() as database:
        made = Served(database, mail, tmp_path)
        try:
            yield made
        finally:
            made.kill()


@pytest.mark.slow
def test_from_the_logs_of_others_to_mail_and_back_by_a_reaction_with_a_death_in_between(served):
    for who in (registered("ada", FRESNES), registered("dan", "desk")):
        served.write(served.routing, f"volunteer-{who.volunteer_id}", who)
    served.write(served.routing, f"assignment-{REQUEST}", assigned())
    served.start()
    wait_until(lambda: served.recipients() == ["ada"])
    wait_until(lambda: served.rpc("list_alerts", state="sent"))

    served.kill()
    served.write(served.followup, f"deadline-{DEADLINE}", deadline_set("2026-11-04"))
    served.start()
    wait_until(lambda: served.recipients() == ["ada", "ada"])
    cause = f"deadline:{DEADLINE}"
    [waiting] = wait_until(lambda: served.rpc("list_alerts", state="sent", cause=cause))
    texts = [m.message.get_body(("plain",)).get_content() for m in served.mail.messages()]
    tokens = [text.partition("https://desk.example/a/")[2].split()[0] for text in texts]
    [token] = [
        one
        for one in tokens
        if served.rpc("show_alert", token=one)["alert_id"] == waiting["alert_id"]
    ]
    seen = served.rpc("acknowledge", token=token)

    assert served.rpc("show_alert", token=token)["state_label"] == "vue"
    assert (seen["alert_id"], seen["acknowledged_by"]) == (waiting["alert_id"], "ada")
    served.move_to(START + timedelta(hours=4))
    assert served.rpc("list_alerts", recipient="ada", state="repeated") == []
    assert served.rpc("next_due_at") is not None
    assert waiting["stage"] == "j-3"
    assert served.rpc("ladders")["ladders"]["deadline.days"][0]["name"] == "j-7"
    assert served.stop() == 0
    assert not [word for word in ("Ada", "ada@cimade") if word in served.log()]


@pytest.mark.slow
def test_what_a_caller_gets_wrong_is_named(served):
    served.start()

    def refusal(method: str, **arguments: Any) -> dict[str, Any]:
        answer = served.ask(method, **arguments)
        assert answer.status_code == 422
        facts: dict[str, Any] = answer.json()
        return facts

    assert refusal("acknowledge")["code"] == "permanence.invalid"
    assert refusal("acknowledge", token="forged")["code"] == "notifications.unknown_alert"
    assert refusal("show_alert", alert_id=str(UUID(int=3)))["code"] == "notifications.unknown_alert"
    assert "none of planned" in refusal("list_alerts", state="lost")["message"]
    assert "request_id" in refusal("list_alerts", request_id="12")["fields"]
