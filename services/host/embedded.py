"""The whole system in one process: embedded PostgreSQL, in-memory broker, all services."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import eventlet

from services.host.embedded_postgres import EmbeddedPostgres, server_account
from services.host.erased_list import begin_list
from services.host.ports import free_port
from services.host.runner import SERVICES, Runner
from shared.clock import Clock
from shared.errors import Refused
from shared.eventstore.bootstrap import KEYRING, bootstrap, owner_of
from shared.logging import configure
from shared.messaging import IN_PROCESS_URI
from shared.privacy import ErasedList, MasterKey
from shared.service import refuse_half_restored, refuse_wrong_master
from shared.settings import BadSetting, Environment

DATABASE = "permanence"
DEFAULT_FOLDER = Path(".permanence")


class FolderInUse(Refused):
    """Another system runs on the same data."""

    code = "host.folder_in_use"


class PortInUse(Refused):
    """Somebody listens already where this system was told to."""

    code = "host.port_in_use"


@dataclass(kw_only=True)
class EmbeddedSystem:
    """All services of this process on the data in ``folder``.

    ``settings`` adds to the services' environment (``PERMANENCE_…``); ``clock`` replaces the
    machine's; ``ports`` gives the web addresses of intake and desk, 0 takes a free one; of every
    port given there, whoever uses it, none may be taken. A folder serves one system at a time;
    starting again on it resumes where it was.
    """

    folder: Path
    clock: Clock | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    names: tuple[str, ...] = tuple(SERVICES)

    def __post_init__(self) -> None:
        self.folder = self.folder.absolute()
        self._postgres = EmbeddedPostgres(self.folder / "postgres")
        self._runner: Runner | None = None
        self.addresses: dict[str, str] = {}
        self.listening: dict[str, socket.socket] = {}
        self.environment: dict[str, str] = {}

    def start_database(self) -> None:
        """Start PostgreSQL and make roles and schemas; raises FolderInUse or PortInUse.

        From the beginning it listens on all of ``ports``: ``listening`` has the sockets.
        """
        private_folder(self.folder)
        self._lock()
        self.listening = listen_on(self.ports)
        # The terminal belongs to the command; what the services log is kept beside the data.
        self._log_file = (self.folder / "services.log").open("a", encoding="utf-8", buffering=1)
        configure("permanence", stream=self._log_file)
        self._postgres.start()
        self._postgres.ensure_database(DATABASE)
        roles = [role for schema in (*SERVICES, KEYRING) for role in (schema, owner_of(schema))]
        passwords = {role: self._postgres.password(role) for role in roles}
        bootstrap(self._postgres.dsn(db=DATABASE), list(SERVICES), passwords)
        new = not (self.folder / "master_key").exists()
        self.environment = self._environment()
        os.environ.update(self.environment)
        listed = ErasedList(Environment().get("ERASED_LIST"))
        begin_list(listed, Environment().require("KEYRING_OWNER_DSN"), new=new)

    def start_services(self) -> None:
        """Start the services; their settings go through the process's environment."""
        self.addresses = {
            name: f"127.0.0.1:{self.ports.get(name) or free_port()}" for name in self.names
        }
        config: dict[str, Any] = {
            "AMQP_URI": IN_PROCESS_URI,
            "TRANSPORT_OPTIONS": {"polling_interval": 0.005},
            "max_workers": 10,
            "serializer": "json",
            "clock": self.clock,
        }
        own: dict[str, dict[str, Any]] = {
            name: {"WEB_SERVER_ADDRESS": at, "WEB_SERVER_SOCKET": self.listening.get(name)}
            for name, at in self.addresses.items()
        }
        if self.names:
            refuse_wrong_master(Environment())
            refuse_half_restored(Environment(), self.names)
        runner = Runner(self.names, config, own)
        runner.start()
        self._runner = runner

    def wait(self) -> None:
        """Until the services end."""
        if self._runner:
            self._runner.wait()

    def stop(self) -> None:
        """Stop the services, then PostgreSQL; what was accepted is on disk."""
        try:
            if self._runner:
                self._runner.stop()
        finally:
            self._runner = None
            for one in self.listening.values():
                one.close()
            self._postgres.stop()
            self._lock_file.close()

    def _lock(self) -> None:
        self._lock_file = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock_file.close()
            raise FolderInUse(
                f"data: a system already runs on {self.folder.name}; stop it (Ctrl-C where it "
                "runs), or give another folder with --data"
            ) from None

    def _environment(self) -> dict[str, str]:
        values = {"AMQP_URI": IN_PROCESS_URI, "MASTER_KEY": kept_key(self.folder / "master_key")}
        also = self.folder / "master_key_also"  # while a new master key takes the old one's place
        if also.exists():
            values["MASTER_KEY_ALSO"] = kept_key(also)
        values["SEAL_KEY"] = kept_key(self.folder / "seal_key")
        values["ERASED_LIST"] = str(self.folder / "erased")
        values["SPOOL"] = str(self.folder / "spool")
        values["DESK_URL"] = "http://127.0.0.1:8080"
        values["ADMIN_DSN"] = self._postgres.dsn(db=DATABASE)
        for schema in (*SERVICES, KEYRING):
            values[f"{schema.upper()}_DSN"] = self._postgres.dsn(schema, DATABASE)
            values[f"{schema.upper()}_OWNER_DSN"] = self._postgres.dsn(owner_of(schema), DATABASE)
        return {f"PERMANENCE_{name}": value for name, value in {**values, **self.settings}.items()}


def kept_key(path: Path) -> str:
    """32 random bytes in base64, made once; raises BadSetting."""
    try:
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(MasterKey.generate().to_base64())
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise BadSetting(f"data: {path} cannot be read or made ({error.strerror})") from None


@contextmanager
def running(system: EmbeddedSystem) -> Iterator[EmbeddedSystem]:
    """The system, started, and stopped whatever happens."""
    system.start_database()
    try:
        system.start_services()
        yield system
    finally:
        system.stop()


def private_folder(folder: Path) -> None:
    """Make ``folder``, if need be, and close it to everybody else: it holds keys and mails.

    Under root, PostgreSQL runs as a user of its own, whose group may pass through, not look.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, -1, server_account().gid)
        folder.chmod(0o710)
    else:
        folder.chmod(0o700)


def listen_on(ports: Mapping[str, int]) -> dict[str, socket.socket]:
    """Listen on each of ``ports`` (what for → number; 0: not now), so that nobody else takes it.

    Whoever connects waits until what it is for is there. Raises PortInUse for the first on which
    somebody listens.
    """
    listening: dict[str, socket.socket] = {}
    for name, port in ports.items():
        try:
            if port:
                listening[name] = eventlet.listen(("127.0.0.1", port), reuse_port=False)
        except OSError as error:
            for one in listening.values():
                one.close()
            raise PortInUse(
                f"{name}-port: cannot listen on 127.0.0.1:{port} ({error.strerror}); stop what "
                f"listens there, or give another with --{name}-port"
            ) from None
    return listening


def announce(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write down, for the owner's eyes only, how commands reach the running system."""
    path = folder / "system.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(facts), encoding="utf-8")
