"""What stands in for the images of others: the same servers from packages, set up by the file.

Each does with its service's environment, secrets and mounts what the official image does.
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from services.host.embedded_postgres import program_path, server_account
from services.host.rabbitmq_node import PROGRAMS as RABBITMQ_PROGRAMS
from services.host.smtp_capture import Captured, SmtpCapture
from tests.compose.compose_file import ComposeFile, Service
from tests.compose.network import Namespace
from tests.support.waiting import wait_until

_START_SECONDS = 90


class StandIn:
    """A server that runs in its service's place on the network until ``stop``."""

    def __init__(self, service: Service, space: Namespace, folder: Path) -> None:
        self.service = service
        self.space = space
        self.folder = folder
        folder.mkdir(mode=0o755)
        self.log = folder / "output.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Of the server, and of its health check."""
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}

    def healthy(self) -> bool:
        """Whether the service's own health check, as the file has it, says so."""
        done = subprocess.run(
            self.space.command(*self.service.health_check),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        return done.returncode == 0

    def wait_until_healthy(self) -> None:
        def well() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, f"{self.service.name} ended; read {self.log}"
            return not self.service.health_check or self.healthy()

        wait_until(well, _START_SECONDS, step_seconds=0.3)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _run(self, *command: str, stdin: int = subprocess.DEVNULL) -> None:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.space.command(*command),
                env=self.environment(),
                stdin=stdin,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


class Postgres(StandIn):
    """PostgreSQL 18 from the wheel, its cluster made with the file's own arguments."""

    def __init__(self, file: ComposeFile, space: Namespace, folder: Path, root: Path) -> None:
        super().__init__(file.services["postgres"], space, folder)
        [secret] = self.service.secrets
        self._password = (root / file.secrets[secret]).read_text(encoding="utf-8").strip()
        self._account = server_account()
        self._data = folder / "data"

    def start(self) -> None:
        for path in self.folder.parents:
            path.chmod(path.stat().st_mode | 0o001)
        self._create_cluster()
        # fsync: what these tests kill are processes, never the machine
        settings = {"listen_addresses": "*", "unix_socket_directories": "", "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._run(*self._as_account("postgres", "-D", str(self._data), *options))
        wait_until(self._takes_connections, _START_SECONDS)
        self.space.inside(self._create_database)

    def environment(self) -> dict[str, str]:
        programs = f"{program_path('postgres').parent}:{os.environ['PATH']}"
        return super().environment() | {"PATH": programs}

    def _create_cluster(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self._password, encoding="utf-8")
        self._data.mkdir(mode=0o700)
        for path in (password_file, self._data):
            os.chown(path, self._account.uid, self._account.gid)
        wanted = shlex.split(self.service.environment["POSTGRES_INITDB_ARGS"])
        subprocess.run(
            self._as_account(
                "initdb", "-D", str(self._data), "-U", "postgres", f"--pwfile={password_file}",
                "--no-sync", *wanted,
            ),
            env=self.environment(),
            capture_output=True,
            check=True,
        )  # fmt: skip
        with (self._data / "pg_hba.conf").open("a", encoding="ascii") as access:
            access.write("host all all all scram-sha-256\n")

    def _as_account(self, name: str, *arguments: str) -> list[str]:
        account = self._account
        who = [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
        return ["setpriv", *who, str(program_path(name)), *arguments]

    def _takes_connections(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"PostgreSQL ended; read {self.log}"
        return self.healthy()

    def _create_database(self) -> None:
        name = sql.Identifier(self.service.environment["POSTGRES_DB"])
        with psycopg.connect(
            host="127.0.0.1", user="postgres", password=self._password, autocommit=True
        ) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


class RabbitMQ(StandIn):
    """Debian's RabbitMQ with the settings that the file mounts into its configuration."""

    def __init__(self, file: ComposeFile, space: Namespace, folder: Path, root: Path) -> None:
        super().__init__(file.services["rabbitmq"], space, folder)
        mounted = [
            mount for mount in self.service.mounts if mount.target.startswith("/etc/rabbitmq")
        ]
        settings = [(root / mount.source).read_text(encoding="utf-8") for mount in mounted]
        own = ["vm_memory_high_watermark.absolute = 2GB", "disk_free_limit.absolute = 50MB"]
        conf = folder / "rabbitmq.conf"
        conf.write_text("\n".join([*own, *settings]), encoding="utf-8")
        (folder / "enabled_plugins").write_text("[].\n", encoding="ascii")
        cookie = folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(20), encoding="ascii")
        cookie.chmod(0o400)

    def start(self) -> None:
        self._run(str(RABBITMQ_PROGRAMS / "rabbitmq-server"))

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "PATH": f"{RABBITMQ_PROGRAMS}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "RABBITMQ_NODENAME": "rabbit@localhost",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "ERL_CRASH_DUMP": str(self.folder / "erl_crash.dump"),
            # schedulers that spin while idle would take the other processes' time
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        }


class Mailpit(StandIn):
    """The capturing SMTP server on mailpit's port; every mail is a file."""

    def __init__(self, file: ComposeFile, space: Namespace, folder: Path) -> None:
        super().__init__(file.services["mailpit"], space, folder)
        self._kept = SmtpCapture(folder / "mail")

    def start(self) -> None:
        mail = self.folder / "mail"
        mail.mkdir()
        module = [sys.executable, "-m", "services.host.smtp_capture", "--folder", str(mail)]
        self._run(*module, "--host", self.space.address, "--port", "1025", stdin=subprocess.PIPE)
        wait_until((mail / "port").exists, 30)

    def messages(self) -> list[Captured]:
        return self._kept.messages()

    def stop(self) -> None:
        process = self._process
        super().stop()
        if process is not None and process.stdin is not None:
            process.stdin.close()
