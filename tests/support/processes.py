"""The whole system as it is deployed: a process a service, over real RabbitMQ and PostgreSQL.

    with running_system(folder, start_at=MORNING) as system:
        system.call("intake", "record_letter", raw=..., command_id=...)
        system.kill("routing")            # SIGKILL, in the middle of whatever it does
        system.restart("routing")
        system.level()                    # everybody has handled everything, or NotLevel names who

Each service runs ``permanence serve NAME`` with its own environment, as its container does, on a
web port of its own; ``mail-in`` takes mail; an SMTP server keeps what leaves; all read one clock
file. The database is fresh, the virtual host of the broker too. What the services log is kept in
``folder``, and its end is added to whatever error leaves the ``with``. A second process of a
service is started as ``system.start("intake#2")``.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from services.host import catalog
from services.host.level import Lag, Levels
from services.host.ports import free_port
from services.host.rabbitmq_node import RabbitMQNode
from services.host.rehearsal import PARTNER, Calls, Doors, Rehearsal, all_alerts, set_clock
from services.host.runner import SERVICES
from services.host.smtp_capture import Captured, SmtpCapture
from shared.errors import Unavailable
from shared.eventstore.bootstrap import KEYRING
from shared.messaging import RpcPool
from shared.settings import Environment
from tests.support.nothing_lost import Whole
from tests.support.postgres import MASTER_KEY, SEALS, Database, fresh_database
from tests.support.rabbitmq import node as shared_node
from tests.support.waiting import wait_until

MAIL_IN = "mail-in"
TOKEN = "made-up-token-of-the-tests"
_PROGRAM = Path(sys.executable).with_name("permanence")
_READY_SECONDS = 180.0
_CALL_SECONDS = 20.0
_LOG_LINES = 12


class ProcessSystem:
    """The processes of one system; make it with ``running_system``.

    ``settings`` are added to every process's environment (``PERMANENCE_…``), by bare name.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        amqp_uri: str,
        mail: SmtpCapture,
        *,
        start_at: datetime | None,
        settings: Mapping[str, str],
    ) -> None:
        self.folder = folder
        self.database = database
        self.amqp_uri = amqp_uri
        self.mail = mail
        self.clock_path = folder / "clock"
        self.smtp_port = free_port()
        self._settings = dict(settings)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._web: dict[str, int] = {}
        self._rpc = RpcPool(amqp_uri, SEALS)
        self._calls_out: Counter[str] = Counter()
        self.calls_made = 0
        self._levels: Levels | None = None
        self._opening = threading.Lock()
        if start_at is not None:
            set_clock(self.clock_path, start_at)
            self._settings |= {"CLOCK_PATH": str(self.clock_path), "TICKED": "on"}

    # Processes

    def start(self, name: str) -> None:
        """Start a process and return at once; ``wait_ready`` waits for it."""
        service = name.partition("#")[0]
        port = self._web.setdefault(name, free_port())
        arguments = [service] if service == MAIL_IN else ["serve", service]
        with self._log(name).open("ab") as output:
            self._processes[name] = subprocess.Popen(
                [str(_PROGRAM), *arguments],
                env=os.environ | self._environment_of(service, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def wait_ready(self, *names: str) -> None:
        """Until these (all, if none is named) answer their health page, or take mail."""
        for name in names or tuple(self._processes):
            if name != MAIL_IN:
                wait_until(lambda name=name: self._ready(name), _READY_SECONDS)  # type: ignore[misc]

    def kill(self, name: str) -> None:
        """SIGKILL: nothing is finished, nothing is told. Works on a frozen process too."""
        process = self._processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()

    def freeze(self, name: str) -> None:
        """SIGSTOP: its connections stay open and nobody answers on them."""
        self._processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT: it goes on, believing that no time has passed."""
        self._processes[name].send_signal(signal.SIGCONT)

    def restart(self, name: str) -> None:
        """Start it anew on the same port, killing it first if it still runs; does not wait."""
        if self.is_alive(name):
            self.kill(name)
        self.start(name)

    def terminate(self, name: str) -> int:
        """SIGTERM and wait; the exit status."""
        process = self._processes[name]
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=40)

    def is_alive(self, name: str) -> bool:
        return self._processes[name].poll() is None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the processes that were started."""
        return tuple(self._processes)

    def stop(self) -> None:
        """End everything; a process that does not go is killed."""
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        deadline = time.monotonic() + 10
        for process in self._processes.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._rpc.close()
        if self._levels:
            self._levels.close()

    # What they do

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        """One call by RPC; raises our errors, NoAnswer among them while the service is away."""
        self.calls_made += 1
        self._calls_out[service] += 1
        try:
            return self._rpc.call(service, method, arguments, timeout_seconds=_CALL_SECONDS)
        finally:
            self._calls_out[service] -= 1

    def insist(self, service: str, method: str, /, **arguments: Any) -> Any:
        """A call as patient callers make it: again while the service is away, for a minute.

        Give it a ``command_id`` wherever the method takes one, for it may be carried out twice.
        """
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.call(service, method, **arguments)
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def level(self, timeout_seconds: float = 60) -> None:
        """Until every consumer has handled all that its sources wrote; raises NotLevel."""
        self._watched().wait(timeout_seconds)

    def lags(self) -> list[Lag]:
        """Who is behind whom at this moment."""
        return self._watched().lags()

    def is_busy(self, name: str) -> bool:
        """Whether the service has work in hand: a call to answer, events to publish or handle, or
        a mail that somebody hands over."""
        service = name.partition("#")[0]
        if service == MAIL_IN:
            return self._takes_mail(name)
        if self._calls_out[service] > 0:
            return True
        return any(service in (lag.consumer, lag.source) for lag in self.lags())

    def _takes_mail(self, name: str) -> bool:
        lines = psutil.Process(self._processes[name].pid).net_connections("tcp")
        return any(line.status == psutil.CONN_ESTABLISHED for line in lines)

    def rehearsal(self, call: Calls | None = None, *, smtp_port: int | None = None) -> Rehearsal:
        """The demonstration's player on this system; patient with services that are away.

        ``smtp_port`` is where it hands mail over, if not to ``mail-in`` itself.
        """
        doors = Doors(
            web=lambda: self.web_address("intake"),
            token=TOKEN,
            smtp_port=smtp_port or self.smtp_port,
        )
        return Rehearsal(
            call=call or self.insist, level=self.level, clock_path=self.clock_path, doors=doors
        )

    # What is to be seen of it

    def web_address(self, name: str) -> str:
        """host:port of its pages."""
        return f"127.0.0.1:{self._web[name]}"

    def alerts(self) -> list[dict[str, Any]]:
        """All alerts, as ``notifications.list_alerts`` tells them."""
        return all_alerts(self.insist)

    def mails(self) -> list[Captured]:
        """What left by SMTP, in order."""
        return self.mail.messages()

    def read_models(self, service: str) -> dict[str, list[dict[str, Any]]]:
        """The rows of each table of the service's read models, in no certain order."""
        models = catalog.read_models(service, self.database.keyring())
        return {table: self.rows(service, table) for model in models for table in model.tables}

    def rows(self, service: str, table: str) -> list[dict[str, Any]]:
        """The rows of any table of a service's schema."""
        query = sql.SQL("TABLE {}").format(sql.Identifier(service, table))
        with psycopg.connect(self.database.admin_dsn, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    @property
    def environment(self) -> Environment:
        """The settings of an admin's command on this system."""
        named = {name: f"{name.upper()}" for name in (*SERVICES, KEYRING)}
        values = self._common()
        for name, prefix in named.items():
            values |= {f"{prefix}_DSN": self.database.dsn(name)}
            values |= {f"{prefix}_OWNER_DSN": self.database.owner_dsn(name)}
        return Environment({f"PERMANENCE_{name}": value for name, value in values.items()})

    def whole(self, *, acknowledged: Sequence[str] = ()) -> Whole:
        """What the five checks look at."""
        return Whole(environment=self.environment, mails=self.mails, acknowledged=acknowledged)

    def log_ends(self) -> str:
        """The last lines that each process logged."""
        ends = []
        for name in self._processes:
            lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()
            ends.append("\n".join([f"--- {name}", *lines[-_LOG_LINES:]]))
        return "\n".join(ends)

    def log_lines(self, name: str) -> list[dict[str, Any]]:
        """What a process logged in all its lives, one entry a line."""
        lines = self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _watched(self) -> Levels:
        with self._opening:
            if self._levels is None:
                self._levels = self._opened()
            return self._levels

    def _opened(self) -> Levels:
        started = {name.partition("#")[0] for name in self._processes} - {MAIL_IN}
        return Levels({name: self.database.dsn(name) for name in sorted(started)})

    def _ready(self, name: str) -> bool:
        assert self.is_alive(name), f"{name} ended\n{self.log_ends()}"
        try:
            with urlopen(f"http://{self.web_address(name)}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _common(self) -> dict[str, str]:
        return {
            "AMQP_URI": self.amqp_uri,
            "MASTER_KEY": MASTER_KEY.to_base64(),
            "SPOOL": str(self.folder / "spool"),
            **self._settings,
        }

    def _environment_of(self, service: str, web_port: int) -> dict[str, str]:
        """As docker-compose.yml gives it: each service knows its own database and the keyring."""
        values = self._common() | {"WEB_ADDRESS": f"127.0.0.1:{web_port}"}
        if service == MAIL_IN:
            values["SMTP_LISTEN"] = f"127.0.0.1:{self.smtp_port}"
        else:
            for schema in (service, KEYRING):
                values[f"{schema.upper()}_DSN"] = self.database.dsn(schema)
                values[f"{schema.upper()}_OWNER_DSN"] = self.database.owner_dsn(schema)
        if service == "intake":
            digest = hashlib.sha256(TOKEN.encode()).hexdigest()
            values["PARTNERS"] = f'[[partner]]\nid = "{PARTNER}"\ntoken_sha256 = "{digest}"\n'
        if service in ("notifications", "desk"):
            values |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.mail.port)}
            values["DESK_URL"] = "http://127.0.0.1:8080"
        return {f"PERMANENCE_{name}": value for name, value in values.items()}


@contextmanager
def running_system(
    folder: Path,
    *,
    start_at: datetime | None,
    node: RabbitMQNode | None = None,
    settings: Mapping[str, str] | None = None,
    names: Sequence[str] = (MAIL_IN, *SERVICES),
) -> Iterator[ProcessSystem]:
    """The processes ``names``, ready; stopped whatever happens.

    ``start_at`` None: they go by the machine's clock; else by the clock file, and do what is due
    when they are told to tick. ``node`` is the test run's, with a virtual
    host for this system alone; give one of your own to do something to the broker itself.
    """
    broker = node or shared_node()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = stack.enter_context(fresh_database(services=True))
        uri = stack.enter_context(_virtual_host(broker, database.name))
        mail = stack.enter_context(SmtpCapture(folder / "mail"))
        system = ProcessSystem(
            folder, database, uri, mail, start_at=start_at, settings=settings or {}
        )
        stack.callback(system.stop)
        try:
            for name in names:
                system.start(name)
            system.wait_ready()
            yield system
        except BaseException as error:
            error.add_note(system.log_ends())
            raise


@contextmanager
def _virtual_host(broker: RabbitMQNode, name: str) -> Iterator[str]:
    broker.control("add_vhost", name)
    broker.control("set_permissions", "-p", name, "guest", ".*", ".*", ".*")
    try:
        yield f"{broker.amqp_uri.removesuffix('//')}/{name}"
    finally:
        broker.control("delete_vhost", name)
