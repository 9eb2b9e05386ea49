"""Which code fills a read model, as a digest: a copy is filled by one and the same."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

import shared
from shared.projections._model import ReadModel


def code_of(model: ReadModel) -> str:
    """The digest of ``apply``'s name, its service's sources and all that is shared."""
    apply = model.apply if hasattr(model.apply, "__qualname__") else type(model.apply)
    package = ".".join(apply.__module__.split(".")[:2])
    digest = sha256(f"{apply.__module__}.{apply.__qualname__}".encode())
    for folder in (*_folders(package), *map(Path, shared.__path__)):
        for path in sorted(folder.rglob("*.py")):
            digest.update(f"\0{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _folders(package: str) -> list[Path]:
    """Where a package lies; of what is none, where its file does."""
    module = sys.modules[package]
    if folders := getattr(module, "__path__", ()):
        return [Path(folder) for folder in folders]
    return [Path(module.__file__).parent] if module.__file__ else []
