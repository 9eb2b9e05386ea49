"""What docker-compose.yml says of each service, read as compose itself would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docker-compose.yml"
OWN_IMAGE = "permanence"


@dataclass(frozen=True, kw_only=True)
class Mount:
    """``source`` is a named volume, or a path beside the file when it begins with a dot."""

    source: str
    target: str
    read_only: bool

    @property
    def is_volume(self) -> bool:
        return not self.source.startswith((".", "/"))


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of the file; ``said`` is its whole mapping, anchors resolved."""

    name: str
    said: Mapping[str, Any]

    @property
    def ours(self) -> bool:
        """Whether it runs the project's own image."""
        return bool(self.said["image"] == OWN_IMAGE)

    @property
    def on_demand(self) -> bool:
        """Whether it runs only when somebody asks for it."""
        return "profiles" in self.said

    @property
    def one_shot(self) -> bool:
        return bool(self.said.get("restart") == "no")

    @property
    def command(self) -> list[str]:
        return list(self.said.get("command") or [])

    @property
    def environment(self) -> dict[str, str]:
        return dict(self.said.get("environment") or {})

    @property
    def secrets(self) -> list[str]:
        return list(self.said.get("secrets") or [])

    @property
    def mounts(self) -> list[Mount]:
        return [_mount(text) for text in self.said.get("volumes") or []]

    @property
    def ports(self) -> list[int]:
        """The container's side of the published ports."""
        return [int(text.rpartition(":")[2]) for text in self.said.get("ports") or []]

    @property
    def waits_for(self) -> dict[str, str]:
        """Service → condition."""
        said = self.said.get("depends_on") or {}
        return {name: dict(how)["condition"] for name, how in dict(said).items()}

    @property
    def health_check(self) -> list[str]:
        """The command line of the health check; empty where it is switched off."""
        said = self.said.get("healthcheck") or {}
        if said.get("disable"):
            return []
        kind, *command = said.get("test") or [""]
        assert kind in {"CMD", ""}, f"{self.name}: CMD alone is understood, not {kind}"
        return command

    @property
    def probe_seconds(self) -> float:
        """How long after its start an engine before 25 first asks whether it is healthy."""
        return _seconds(self.said.get("healthcheck", {}).get("interval", "30s"))

    @property
    def grace_seconds(self) -> float:
        return _seconds(self.said.get("stop_grace_period", "10s"))


@dataclass(frozen=True, kw_only=True)
class ComposeFile:
    """The whole file; ``secrets`` is the path of each, beside the file."""

    services: Mapping[str, Service]
    secrets: Mapping[str, str]
    volumes: frozenset[str]


def read_compose_file(path: Path = PATH, override: str = "") -> ComposeFile:
    """Read the file; it uses no interpolation, so what stands there is what holds.

    ``override`` is what a docker-compose.override.yml beside it says.
    """
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    if override:
        said = _merged(said, yaml.safe_load(override))
    services = {name: Service(name=name, said=what) for name, what in said["services"].items()}
    return ComposeFile(
        services=services,
        secrets={name: what["file"] for name, what in said["secrets"].items()},
        volumes=frozenset(said["volumes"]),
    )


def _merged(said: Any, more: Any) -> Any:
    """As compose merges two files: mappings by their keys, lists one after the other."""
    if isinstance(said, dict) and isinstance(more, dict):
        both = {name: _merged(said[name], more[name]) for name in said.keys() & more.keys()}
        return said | more | both
    if isinstance(said, list) and isinstance(more, list):
        return said + more
    return more


def _seconds(text: str) -> float:
    """A duration of the file, which uses one unit at a time."""
    return float(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def _mount(text: str) -> Mount:
    source, target, *options = text.split(":")
    return Mount(source=source, target=target, read_only=options == ["ro"])
