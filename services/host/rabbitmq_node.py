"""A RabbitMQ node of our own, for tests, benchmarks and development without containers.

Uses the programs of the Debian package ``rabbitmq-server``, past the wrappers that change user.
Everything the node writes lies in one folder; it listens on ports of its own.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from services.host.ports import free_port
from shared.errors import Unavailable

PROGRAMS = Path("/usr/lib/rabbitmq/bin")
_START_SECONDS = 90


class NodeNotStarted(Unavailable):
    """The node did not start; its log says why."""

    code = "host.rabbitmq_not_started"


class RabbitMQNode:
    """The node whose files lie in ``folder``; ``name`` is unique on the machine.

    Nodes that are to form a cluster need the same ``cookie``, any secret word.
    """

    def __init__(self, folder: Path, name: str, *, cookie: str | None = None) -> None:
        self._folder = folder.absolute()
        self._cookie = cookie or secrets.token_hex(20)
        self.name = f"{name}@localhost"
        self.port = 0
        self._distribution_port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def amqp_uri(self) -> str:
        """How to connect, as the node's only user."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    @property
    def log(self) -> Path:
        """What the node printed while starting and after."""
        return self._folder / "output.log"

    def start(self) -> None:
        """Start and wait until it takes connections; raises NodeNotStarted."""
        if not (PROGRAMS / "rabbitmq-server").exists():
            raise NodeNotStarted(
                "rabbitmq-server is not installed; apt-get install rabbitmq-server"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        self._distribution_port = self._distribution_port or free_port()
        cookie = self._folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(self._cookie, encoding="ascii")
            cookie.chmod(0o400)
        (self._folder / "enabled_plugins").write_text("[].\n", encoding="ascii")
        (self._folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.default = 127.0.0.1:{self.port}\n"
            "loopback_users = none\n"
            "vm_memory_high_watermark.absolute = 2GB\n"
            "disk_free_limit.absolute = 50MB\n",
            encoding="ascii",
        )
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - fixed program
                [str(PROGRAMS / "rabbitmq-server")],
                cwd=self._folder,  # where Erlang puts its dumps
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._takes_connections():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise NodeNotStarted(f"RabbitMQ did not start; read {self.log}")
            time.sleep(0.1)

    def _takes_connections(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        """Stop the node, by force if it does not answer."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            self.control("stop", timeout_seconds=30)
            process.wait(timeout=30)
        except subprocess.SubprocessError:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End it at once, as if its machine died; ``start`` brings it back with what it wrote."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def join(self, first: RabbitMQNode) -> None:
        """Become a member of the cluster of ``first``, empty; both must run on one cookie."""
        self.control("stop_app")
        self.control("join_cluster", first.name)
        self.control("start_app")

    def remove(self) -> None:
        """Stop and delete all that it wrote."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def control(self, *arguments: str, timeout_seconds: float = 120) -> str:
        """Run ``rabbitmqctl``; returns what it prints, raises CalledProcessError if it fails."""
        done = subprocess.run(  # noqa: S603 - fixed program
            [str(PROGRAMS / "rabbitmqctl"), "--quiet", "-n", self.name, *arguments],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_seconds,
            check=True,
        )
        return done.stdout.decode()

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # the Erlang cookie lies there
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "ERL_CRASH_DUMP": str(folder / "erl_crash.dump"),
            # schedulers that spin while idle would take the other processes' time
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        }
