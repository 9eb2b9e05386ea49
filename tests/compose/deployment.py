"""The whole system as docker-compose.yml has it: started in its order, watched, taken away."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from psycopg.conninfo import make_conninfo

from shared.settings import Environment
from tests.compose.compose_file import ROOT, Service, read_compose_file
from tests.compose.containers import Container, Place
from tests.compose.image import buildah_environment, built_image
from tests.compose.network import Network
from tests.compose.stand_ins import Mailpit, Postgres, RabbitMQ, StandIn
from tests.support.nothing_lost import Whole

T = TypeVar("T")
PERMANENCE = Path(sys.executable).with_name("permanence")
REQUESTS = ROOT / "services" / "cli" / "data" / "demo_requests.jsonl"
_CLIENT = "client"  # the machine from which volunteers and partners reach the services


class Deployment:
    """``make up`` until ``close``; each service by its name in ``containers``."""

    def __init__(self) -> None:
        self._closing = ExitStack()
        self.file = read_compose_file()
        folder = Path(tempfile.mkdtemp(prefix="permanence-compose-"))
        self._closing.callback(shutil.rmtree, folder)
        self.folder = folder
        self.project = folder / "project"
        try:
            self._start(folder)
        except BaseException:
            self.close()
            raise

    def _start(self, folder: Path) -> None:
        project, logs = self.project, folder / "logs"
        logs.mkdir()
        subprocess.run([PERMANENCE, "secrets", str(project / "secrets")], check=True)
        network = Network([*self.file.services, _CLIENT], folder)
        self._closing.callback(network.close)
        self.spaces = network.spaces
        place = Place(
            file=self.file,
            image=built_image(),
            project=project,
            volumes=folder / "volumes",
            hosts=network.hosts,
            logs=logs,
        )
        self.stand_ins: dict[str, StandIn] = {
            "postgres": Postgres(self.file, self.spaces["postgres"], folder / "postgres", project),
            "rabbitmq": RabbitMQ(self.file, self.spaces["rabbitmq"], folder / "rabbitmq", project),
            "mailpit": Mailpit(self.file, self.spaces["mailpit"], folder / "mailpit"),
        }
        for stand_in in self.stand_ins.values():
            self._closing.callback(stand_in.stop)
        self.containers: dict[str, Container] = {}
        for name, service in self.file.services.items():
            if service.ours:
                made = Container(service, self.spaces[name], place)
                self.containers[name] = made
                self._closing.callback(made.remove)
        for stand_in in self.stand_ins.values():
            stand_in.start()
        self._start_in_order()

    def _start_in_order(self) -> None:
        """A service starts when those that it waits for are as it asks."""
        started: set[str] = set(self.stand_ins)
        while waiting := [s for s in self._up() if s.name not in started]:
            ready = [s for s in waiting if set(s.waits_for) <= started]
            assert ready, f"these wait for each other: {[s.name for s in waiting]}"
            for service in ready:
                for name, condition in service.waits_for.items():
                    self._await(name, condition)
                self.containers[service.name].start()
            started.update(service.name for service in ready)
        for service in self._up():
            if not service.one_shot:
                self.containers[service.name].wait_until_healthy()

    def _up(self) -> list[Service]:
        """What ``docker compose up`` starts of our own image."""
        return [s for s in self.file.services.values() if s.ours and not s.on_demand]

    def running(self) -> list[Container]:
        """The containers that stay up."""
        return [self.containers[s.name] for s in self._up() if not s.one_shot]

    def _await(self, name: str, condition: str) -> None:
        there = self.stand_ins.get(name) or self.containers[name]
        if condition == "service_completed_successfully":
            assert isinstance(there, Container)
            assert there.wait_until_done() == 0, f"{name} failed:\n{there.tail()}"
        else:
            assert condition == "service_healthy"
            there.wait_until_healthy()

    @property
    def mailpit(self) -> Mailpit:
        stand_in = self.stand_ins["mailpit"]
        assert isinstance(stand_in, Mailpit)
        return stand_in

    def admin(self, *arguments: str, **mounts: Path) -> list[Any]:
        """``docker compose run --rm admin …``; ``mounts`` appear as /mnt/<name>. Its JSON lines."""
        there = {path: f"/mnt/{name}" for name, path in mounts.items()}
        done = self.containers["admin"].run(arguments, there)
        assert done.returncode == 0, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    def submitting(self, file: Path) -> subprocess.Popen[bytes]:
        """``permanence submit --json`` in the admin container; a line a request, as it goes."""
        with (self.folder / "logs" / "submit.log").open("ab") as log:
            return subprocess.Popen(
                self.containers["admin"].command_line(
                    ["submit", "/mnt/file", "--json"], {file: "/mnt/file"}
                ),
                env=buildah_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def whole(self, acknowledged: Sequence[str]) -> Whole:
        """All services with the admin's settings, for the five checks; to be used ``as_client``."""
        return Whole(
            environment=Environment(dict(self._admin_settings())),
            mails=self.mailpit.messages,
            acknowledged=acknowledged,
        )

    def _admin_settings(self) -> Iterator[tuple[str, str]]:
        for name, value in self.file.services["admin"].environment.items():
            key, secret = name.removesuffix("_FILE"), value.removeprefix("/run/secrets/")
            if secret == value:
                yield name, value
                continue
            text = (self.project / self.file.secrets[secret]).read_text(encoding="utf-8").strip()
            dsn = key.endswith("_DSN")  # its host is a name that only containers know
            yield key, make_conninfo(text, hostaddr=self.address("postgres")) if dsn else text

    def as_client(self, work: Callable[[], T]) -> T:
        """What ``work`` returns on another machine of the network."""
        return self.spaces[_CLIENT].inside(work)

    def address(self, service: str) -> str:
        return self.spaces[service].address

    def close(self) -> None:
        self._closing.close()


def embedded_submit(file: Path, folder: Path) -> subprocess.Popen[bytes]:
    """``permanence submit --embedded --json`` on data of its own."""
    options: Sequence[str] = ["--embedded", "--json", "--data", str(folder)]
    return subprocess.Popen(
        [PERMANENCE, "submit", str(file), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
