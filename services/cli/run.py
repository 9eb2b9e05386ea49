"""``permanence run``: the whole system on this machine, on the real clock, until Ctrl-C."""

from __future__ import annotations

import json
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import eventlet
import typer
from nameko.containers import ServiceContainer
from rich.console import Console

from services.cli.sealing import seal_daily
from services.cli.system import CALL_SECONDS, AsJson, Data
from services.host.embedded import DEFAULT_FOLDER, EmbeddedSystem, announce
from services.host.gateway import GatewayService
from services.host.mail_door import mail_door
from services.host.ports import free_port
from services.host.rehearsal import example_directory
from services.host.runner import ServiceEnded
from services.host.smtp_capture import SmtpCapture
from shared.messaging import IN_PROCESS_URI, call
from shared.settings import Environment

_EXAMPLE_PERSON = "aline.arnoult@permanence.example"


def run(
    as_json: AsJson = False,
    data: Data = DEFAULT_FOLDER,
    desk_port: Annotated[int, typer.Option(help="The desk's page.")] = 8080,
    intake_port: Annotated[int, typer.Option(help="The HTTP API.")] = 8000,
    smtp_port: Annotated[int, typer.Option(help="Where mail to the desk comes in.")] = 2525,
    with_example_people: Annotated[
        bool,
        typer.Option(
            "--with-example-people",
            help="Bring in made-up teams and volunteers, unless there are people already.",
        ),
    ] = False,
) -> None:
    """Run everything in this process; data stays in the folder and the next run resumes."""
    stopped = _Stop()
    desk_port, intake_port, smtp_port = (
        port or free_port() for port in (desk_port, intake_port, smtp_port)
    )
    folder = data.absolute()
    outgoing = SmtpCapture(folder / "mail", free_port(), ended=stopped.fail)
    system = EmbeddedSystem(
        folder=folder,
        settings={
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(outgoing.port),
            "DESK_URL": f"http://127.0.0.1:{desk_port}",
            "SMTP_LISTEN": f"127.0.0.1:{smtp_port}",
        },
        ports={"desk": desk_port, "intake": intake_port, "smtp": smtp_port},
    )
    system.start_database()
    try:
        with outgoing:
            system.start_services()
            with (
                _gateway(system),
                _services_watched(system, stopped.fail),
                mail_door(system.listening["smtp"], stopped.fail),
                _daily_seal(),
            ):
                people = _people(bring_examples=with_example_people)
                _say(system, smtp_port, people, with_examples=with_example_people, as_json=as_json)
                stopped.wait()
    finally:
        (folder / "system.json").unlink(missing_ok=True)
        system.stop()
    if not as_json:
        Console().print("stopped; the next `permanence run` resumes here")


class _Stop:
    """Set by Ctrl-C or SIGTERM, or by what cannot go on; then waiting raises."""

    def __init__(self) -> None:
        from eventlet.event import Event

        self._event = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, *_: object) -> None:
        if not self._event.ready():
            self._event.send(None)

    def fail(self, error: Exception) -> None:
        if not self._event.ready():
            self._event.send_exception(error)

    def wait(self) -> None:
        self._event.wait()


@contextmanager
def _gateway(system: EmbeddedSystem) -> Iterator[None]:
    """The door for commands of other processes, announced in the data folder."""
    address, token = f"127.0.0.1:{free_port()}", secrets.token_urlsafe(32)
    config = {
        "AMQP_URI": IN_PROCESS_URI,
        "WEB_SERVER_ADDRESS": address,
        "gateway_token": token,
        "serializer": "json",
    }
    container = ServiceContainer(GatewayService, config)
    container.start()
    announce(
        system.folder,
        {"gateway": f"http://{address}", "token": token, "environment": system.environment},
    )
    try:
        yield
    finally:
        container.stop()


@contextmanager
def _services_watched(system: EmbeddedSystem, fail: Callable[[Exception], None]) -> Iterator[None]:
    """Call ``fail`` when a service ends by an error: half a system would lose nothing, but wait."""

    def watch() -> None:
        try:
            system.wait()
        except ServiceEnded as error:
            fail(error)

    watcher = eventlet.spawn(watch)
    try:
        yield
    finally:
        watcher.kill()


@contextmanager
def _daily_seal() -> Iterator[None]:
    stopped = threading.Event()
    sealer = eventlet.spawn(
        seal_daily, Environment(), by="permanence run", why="every day", stopped=stopped
    )
    try:
        yield
    finally:
        stopped.set()
        sealer.wait()


def _people(*, bring_examples: bool) -> str:
    """Who is in the directory, after the made-up ones have come if they are asked for."""

    def ask(method: str, **arguments: Any) -> Any:
        return call(IN_PROCESS_URI, "routing", method, arguments, timeout_seconds=CALL_SECONDS)

    known = ask("directory")
    if known["teams"] or known["volunteers"]:
        kept = "; they stay, no made-up ones were added" if bring_examples else ""
        return f"{len(known['volunteers'])} people, {len(known['teams'])} teams{kept}"
    if not bring_examples:
        return "nobody yet: permanence import-directory FOLDER, or --with-example-people here"
    done = ask("import_directory", files=example_directory(), by="permanence run")
    added = f"{done['volunteers']['added']} made-up people, {done['teams']['added']} teams"
    return f"{added}, brought in now; none of them exists"


def _say(
    system: EmbeddedSystem, smtp_port: int, people: str, *, with_examples: bool, as_json: bool
) -> None:
    addresses = {
        "desk": f"http://{system.addresses['desk']}",
        "api": f"http://{system.addresses['intake']}/v1/requests",
        "mail_in": f"smtp://127.0.0.1:{smtp_port}",
        "mail_out": str(system.folder / "mail"),
    }
    if as_json:
        print(json.dumps(addresses), flush=True)  # noqa: T201 - read by a program while we run
        return
    console = Console(soft_wrap=True)
    console.print(f"desk      {addresses['desk']}")
    console.print(f"API       {addresses['api']}")
    console.print(f"mail in   {addresses['mail_in']}")
    console.print(f"mail out  kept in {addresses['mail_out']}; none leaves this machine")
    data = "" if system.folder == DEFAULT_FOLDER.absolute() else f" --data {system.folder}"
    address = _EXAMPLE_PERSON if with_examples else "ADDRESS"
    console.print(f"people    {people}")
    console.print(f"sign in   permanence desk-link {address} --by YOU --why TEXT{data}")
    if Environment().get("PARTNERS"):
        console.print("partners  those of PERMANENCE_PARTNERS")
    else:
        console.print(
            "partners  none may use the API: permanence partner-token ID makes a token and tells "
            "what goes into PERMANENCE_PARTNERS"
        )
    console.print("Ctrl-C stops it")
