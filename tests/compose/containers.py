"""One service of the compose file in its container, as compose would run it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.compose.compose_file import ComposeFile, Service
from tests.compose.image import buildah, buildah_environment
from tests.compose.network import Namespace
from tests.support.waiting import wait_until

_START_SECONDS = 120
# `buildah run` writes these among what its container prints when that ends other than well.
_OF_BUILDAH = re.compile(r"subprocess exited (on [a-z ]+|with status \d+)|Error: exit status \d+")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a deployment lives: the folder that stands for the compose file's, and the volumes."""

    file: ComposeFile
    image: str
    project: Path
    volumes: Path
    hosts: Path
    logs: Path


class Container:
    """A container of ``service``; made at once, gone after ``remove``."""

    def __init__(self, service: Service, space: Namespace, place: Place) -> None:
        self.service = service
        self.space = space
        self._place = place
        self._id = buildah("from", "--pull=never", place.image)
        self.root = Path(buildah("mount", self._id))
        self.log = place.logs / f"{service.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._began = time.time()

    def start(self) -> None:
        """Start the service's command in the background."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command_line(self.service.command),
                env=buildah_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def command_line(self, arguments: Sequence[str], mounts: Mapping[Path, str] = {}) -> list[str]:
        """How the image's program runs with ``arguments`` and everything that the file says."""
        said, place = self.service.said, self._place
        options = [f"--user={said['user']}"] if "user" in said else []
        options += [f"--cap-drop={name}" for name in said.get("cap_drop", [])]
        options += [f"--env={name}={value}" for name, value in self.service.environment.items()]
        options += [f"--mount=type=tmpfs,destination={path}" for path in said.get("tmpfs", [])]
        options += ["--no-hosts", f"--volume={place.hosts}:/etc/hosts:ro"]
        for name in self.service.secrets:
            path = place.project / place.file.secrets[name]
            options.append(f"--volume={path}:/run/secrets/{name}:ro")
        for mount in self.service.mounts:
            options.append(f"--volume={self._volume(mount.source, mount.target)}:{mount.target}")
        options += [f"--volume={path}:{target}:ro" for path, target in mounts.items()]
        entry = ["permanence"]  # the image's ENTRYPOINT, which buildah run leaves out
        return self.space.command("buildah", "run", *options, self._id, "--", *entry, *arguments)

    def _volume(self, name: str, target: str) -> Path:
        """The named volume; a new one takes over what the image has at that place."""
        folder = self._place.volumes / name
        if not folder.exists():
            there = (self.root / target.lstrip("/")).stat()
            folder.mkdir(parents=True)
            os.chown(folder, there.st_uid, there.st_gid)
            folder.chmod(there.st_mode & 0o777)
        return folder

    def healthy(self) -> bool:
        """Whether the file's own health check, run in the container, says so."""
        program, *arguments = self.service.health_check
        assert program == "permanence", f"{self.service.name}: {program} is not in the image"
        return self.run(arguments).returncode == 0

    def wait_until_healthy(self) -> None:
        def well() -> bool:
            assert self.running, f"{self.service.name} ended:\n{self.tail()}"
            return self.healthy()

        wait_until(well, _START_SECONDS, step_seconds=0.3)

    def wait_until_done(self) -> int:
        """The exit status of a command that ends by itself."""
        assert self._process is not None
        return self._process.wait(_START_SECONDS)

    def run(
        self, arguments: Sequence[str], mounts: Mapping[Path, str] = {}
    ) -> subprocess.CompletedProcess[bytes]:
        """``docker compose run --rm``, or ``exec``: one more command with the same settings."""
        return subprocess.run(
            self.command_line(arguments, mounts),
            env=buildah_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=False,
        )

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def main_process(self) -> psutil.Process:
        """The service itself, below buildah's own processes."""
        assert self._process is not None
        for process in psutil.Process(self._process.pid).children(recursive=True):
            if not process.cmdline()[0].startswith("buildah"):
                return process
        raise AssertionError(f"{self.service.name} does not run:\n{self.tail()}")

    def kill(self) -> None:
        """End it as a crash or the kernel's out-of-memory killer would."""
        self.main_process().send_signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait(30)

    def stop(self) -> int:
        """``docker stop``: ask, and wait as long as the file allows; the exit status."""
        assert self._process is not None
        self.main_process().send_signal(signal.SIGTERM)
        return self._process.wait(self.service.grace_seconds)

    def tail(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def logged(self) -> list[str]:
        """The lines that the service itself printed, buildah's own left out."""
        return without_buildah(self.log.read_text(encoding="utf-8"))

    def written_files(self) -> list[Path]:
        """What the service's user changed in the container itself: nothing, if it is read-only."""
        uid = int(str(self.service.said["user"]).partition(":")[0])
        found = [path for path in self.root.rglob("*") if not path.is_symlink()]
        return [
            path.relative_to(self.root)
            for path in found
            if (told := path.stat()).st_uid == uid and told.st_ctime > self._began
        ]

    def remove(self) -> None:
        """Take the container away, its processes first."""
        if self.running:
            assert self._process is not None
            for process in psutil.Process(self._process.pid).children(recursive=True):
                process.kill()
            self._process.wait(30)
        buildah("rm", self._id)


def without_buildah(printed: str) -> list[str]:
    """The lines of ``printed`` but those that `buildah run` is known to add."""
    return [line for line in printed.splitlines() if not _OF_BUILDAH.fullmatch(line)]
