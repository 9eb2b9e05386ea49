"""Which code fills a read model, as a digest: a copy is filled by one and the same."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

import shared
from shared.projections._model import ReadModel

# What of ``shared`` an ``apply`` goes through, or reads.
_SHARED = ("clock.py", "contracts", "deadlines", "eventstore", "projections")
_KINDS = frozenset({".py", ".csv", ".jsonl", ".sql", ".toml", ".txt"})


def code_of(model: ReadModel) -> str:
    """The digest of ``apply``'s name, and of code and data of its service and of ``_SHARED``."""
    apply = model.apply if hasattr(model.apply, "__qualname__") else type(model.apply)
    package = ".".join(apply.__module__.split(".")[:2])
    digest = sha256(f"{apply.__module__}.{apply.__qualname__}".encode())
    common = [Path(folder) / part for folder in shared.__path__ for part in _SHARED]
    for root in (*_folders(package), *common):
        for path in sorted([root] if root.is_file() else root.rglob("*")):
            if path.suffix in _KINDS and path.is_file():
                name = f"{root.name}/{path.relative_to(root)}"
                digest.update(f"\0{name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _folders(package: str) -> list[Path]:
    """Where a package lies; of what is none, where its file does."""
    module = sys.modules[package]
    if folders := getattr(module, "__path__", ()):
        return [Path(folder) for folder in folders]
    return [Path(module.__file__).parent] if module.__file__ else []
