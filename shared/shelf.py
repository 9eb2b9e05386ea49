"""What takes seconds to make out of files, kept beside the code as Python keeps compiled modules.

Only a short cut: made anew whenever a source differs or what is kept cannot be read, and left out
where nothing may be written. It lies where only those write who may change the code itself.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_DIGEST = hashlib.sha256().digest_size


def shelved(make: Callable[[], T], module: Path, sources: Iterable[Path]) -> T:
    """What ``make`` makes out of ``sources``, beside the compiled ``module``'s own file."""
    place = Path(cache_from_source(str(module))).with_suffix(".pickle")
    key = _digest(sorted(sources))
    kept: T | None = _read(place, key)
    if kept is not None:
        return kept
    made = make()
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _write(place, key, pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
            place.chmod(module.stat().st_mode & 0o666)  # who may read the one may read the other
    return made


def _digest(sources: Iterable[Path]) -> bytes:
    digest = hashlib.sha256(sys.version.encode())
    for path in sources:
        digest.update(f"\0{path}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


def _read(place: Path, key: bytes) -> Any:
    """What ``place`` keeps under ``key``, None if it is missing, of other sources or damaged."""
    try:
        content = place.read_bytes()
    except OSError:
        return None
    payload = content[_DIGEST:]
    if content[:_DIGEST] != _sealed(key, payload):
        return None
    return pickle.loads(payload)  # noqa: S301 - its seal and its folder are those of our own code


def _write(place: Path, key: bytes, payload: bytes) -> None:
    """Whole or not at all, also where two processes write at once."""
    place.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        file.write(_sealed(key, payload) + payload)
    Path(file.name).replace(place)


def _sealed(key: bytes, payload: bytes) -> bytes:
    return hashlib.sha256(key + payload).digest()
