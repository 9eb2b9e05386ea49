"""A network for the containers alone: a namespace and an address each, nothing of the machine's.

So every service listens on the ports that the compose file says, whatever else runs here, and none
reaches the world outside. A namespace lives as long as a process in it; the one that holds it ends
with us, however we end.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from tests.support.waiting import wait_until

T = TypeVar("T")
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """A network namespace of its own; ``address`` is empty for the switch."""

    def __init__(self, name: str, address: str = "") -> None:
        self.name = name
        self.address = address
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo held; exec cat"],
            stdin=subprocess.PIPE,  # closes when we die: cat ends, and the namespace with it
            stdout=subprocess.PIPE,
            start_new_session=True,  # a signal to the terminal's processes leaves it alone
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"held\n":
            raise RuntimeError("network: no namespace could be made; run as root")
        self.path = Path(f"/proc/{self._holder.pid}/ns/net")
        self._net = self.path.readlink()
        self.pid = self._holder.pid

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs ``arguments`` inside."""
        return ["nsenter", f"--net={self.path}", *arguments]

    def ip(self, *arguments: str) -> None:
        subprocess.run(self.command("ip", *arguments), check=True, capture_output=True)

    def inside(self, work: Callable[[], T]) -> T:
        """What ``work`` returns when it is done by a thread that lives in this namespace."""
        with ThreadPoolExecutor(1, initializer=self._enter) as pool:
            return pool.submit(work).result()

    def _enter(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            if _libc.setns(descriptor, _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"cannot enter the network of {self.name}")
        finally:
            os.close(descriptor)

    def pids(self) -> list[int]:
        """The processes that live in it, its holder left out."""
        return [pid for pid in _all_pids() if pid != self.pid and _net_of(pid) == self._net]

    def close(self) -> None:
        """End whatever still lives in it (Erlang's port mapper outlives its node), then it."""

        def ended() -> bool:
            left = self.pids()
            for pid in left:
                _kill(pid)
            return not left

        wait_until(ended)
        assert self._holder.stdin is not None
        assert self._holder.stdout is not None
        self._holder.stdin.close()
        self._holder.stdout.close()
        self._holder.wait()


class Network:
    """The namespaces of the hosts ``names``, joined by a switch; ``hosts`` is their /etc/hosts."""

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self._switch = Namespace("switch")
        self._switch.ip("link", "add", "switch", "type", "bridge")
        self._switch.ip("link", "set", "switch", "up")
        self.spaces: dict[str, Namespace] = {}
        for number, name in enumerate(names, start=2):
            self.spaces[name] = self._join(name, number)
        self.hosts = folder / "hosts"
        lines = ["127.0.0.1 localhost"]
        lines += [f"{space.address} {name}" for name, space in self.spaces.items()]
        self.hosts.write_text("\n".join(lines) + "\n", encoding="ascii")

    def _join(self, name: str, number: int) -> Namespace:
        space = Namespace(name, f"10.213.7.{number}")
        plug = f"port{number}"
        self._switch.ip(
            "link", "add", plug, "type", "veth", "peer", "name", "eth0", "netns", str(space.pid)
        )
        self._switch.ip("link", "set", plug, "master", "switch", "up")
        space.ip("link", "set", "lo", "up")
        space.ip("address", "add", f"{space.address}/24", "dev", "eth0")
        space.ip("link", "set", "eth0", "up")
        return space

    def close(self) -> None:
        for space in self.spaces.values():
            space.close()
        self._switch.close()


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _net_of(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/ns/net").readlink()
    except OSError:  # it ended meanwhile
        return None


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
