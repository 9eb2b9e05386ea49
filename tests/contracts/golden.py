"""The golden samples: what every version of every event type ever looked like when stored.

``samples/<service>/<Type>.v<version>.json`` holds the shape of that version (JSON Schema) and two
made-up events of it: one with every field, one with the fewest. Where optional fields were added
to a version later, ``<Type>.v<version>.2.json`` (3, 4 …) holds the grown shape. ``MANIFEST.sha256``
lists them all; a file that was listed is never changed or removed. ``AS_READ.jsonl`` has a line for
each: the event with the fewest as its version reads it, with the defaults, and its subject.

``python -m tests.contracts.golden`` says what is wrong; ``--add`` writes samples of what is new.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid5

from shared.contracts._shape import JsonSchema, breaks
from shared.contracts.codec import Codec
from shared.contracts.codecs import CODECS

SAMPLES = Path(__file__).parent / "samples"
MANIFEST = "MANIFEST.sha256"
AS_READ = "AS_READ.jsonl"
# What is looked for in stored data as it lies there, past codec and upcasters, by whom: no version
# of the type may be without it. None: of every type that has it in some version.
READ_RAW: Mapping[str, frozenset[str] | None] = {
    "person_id": frozenset({"PersonErased"}),  # cli/erased.py, cli/integrity.py, intake's erase.py
    "arrival_id": frozenset({"RequestReceived", "ArrivalNoted"}),  # intake's spooled.py
    "next_alert_id": frozenset({"AlertRepeated", "AlertEscalated"}),  # cli/trace.py
    "request_id": None,  # cli/trace.py: what began on a request
}
_NAME = re.compile(r"(?P<type>[A-Za-z]+)\.v(?P<version>\d+)(\.(?P<growth>\d+))?\.json")
_ONCE = datetime(2026, 3, 2, tzinfo=UTC)
_NOWHERE = UUID("00000000-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class Sample:
    """One golden file. ``growth`` counts the shapes that its version had, from 1."""

    path: Path
    service: str
    type: str
    version: int
    growth: int

    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        return content


def samples(folder: Path = SAMPLES) -> list[Sample]:
    """All golden files: by service, type, version and growth."""
    found = []
    for path in folder.glob("*/*.json"):
        name = _NAME.fullmatch(path.name)
        assert name, f"{path}: not <Type>.v<version>.json"
        growth = int(name["growth"] or 1)
        found.append(Sample(path, path.parent.name, name["type"], int(name["version"]), growth))
    return sorted(found, key=lambda one: (one.service, one.type, one.version, one.growth))


def problems(folder: Path = SAMPLES, codecs: Mapping[str, Codec] = CODECS) -> list[str]:
    """Why the samples do not vouch for what is stored; each with its remedy."""
    return [*_altered(folder), *_unlike(folder, codecs), *_lost(folder)]


def add(folder: Path = SAMPLES, codecs: Mapping[str, Codec] = CODECS) -> list[Path]:
    """Write samples of new types, versions and optional fields; what is there stays as it is."""
    written = []
    for service, type_, version, shapes in _events(codecs):
        known = _of_version(folder, service, type_, version)
        if known and (known[-1].content()["shape"] == shapes or _broken(known, shapes)):
            continue
        growth = f".{known[-1].growth + 1}" if known else ""
        path = folder / service / f"{type_}.v{version}{growth}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"type": type_, "schema": version, "shape": shapes, "samples": _made(shapes)}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
        written.append(path)
    _add_as_read(folder, codecs)
    lines = [f"{_digest(path)}  {path.relative_to(folder)}\n" for path in written]
    with (folder / MANIFEST).open("a", encoding="utf-8") as manifest:
        manifest.writelines(lines)
    return written


def _altered(folder: Path) -> Iterator[str]:
    manifest = (folder / MANIFEST).read_text("utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in manifest)}
    if len(listed) < len(manifest):
        yield f"{MANIFEST}: lists a file twice; take the later line out"
    for name, digest in listed.items():
        path = folder / name
        if not path.exists():
            yield f"{name}: was removed; events like it are stored: put it back"
        elif _digest(path) != digest:
            yield f"{name}: was changed; events like it are stored: put it back as it was"
    for sample in samples(folder):
        if str(sample.path.relative_to(folder)) not in listed:
            yield f"{sample.path.name}: is not listed; write samples with --add"


def _unlike(folder: Path, codecs: Mapping[str, Codec]) -> Iterator[str]:
    for service, type_, version, shapes in _events(codecs):
        known = _of_version(folder, service, type_, version)
        if not known:
            yield f"{type_}: version {version} has no sample; run with --add"
        elif broken := _broken(known, shapes):
            yield (
                f"{type_}: {'; '.join(broken)}, yet still version {version}; "
                f"raise SCHEMA and add an upcaster from {version}"
            )
        elif known[-1].content()["shape"] != shapes:
            yield f"{type_}: version {version} has grown; run with --add"
        else:
            yield from _read_otherwise(folder, codecs[service], known)


def _read_otherwise(folder: Path, codec: Codec, known: list[Sample]) -> Iterator[str]:
    """A default, or the subject, is no part of a shape and yet of what stored events say."""
    lines = _as_read_lines(folder)
    for sample in known:
        line = lines.get(sample.path.name)
        if line is None:
            yield f"{sample.path.name}: has no line in {AS_READ}; run with --add"
        elif others := list(_others(line, _as_read(codec, sample), "")):
            yield (
                f"{sample.type}: stored events are read with another {', '.join(others)}, yet "
                f"still version {sample.version}; put it back, or raise SCHEMA and add an upcaster "
                f"from {sample.version} that fills in what it was"
            )


def _others(then: Any, now: Any, where: str) -> Iterator[str]:
    """Where ``now`` differs; what it has more came later."""
    if isinstance(then, dict) and isinstance(now, dict):
        for name, value in then.items():
            yield from _others(value, now.get(name), f"{where}.{name}".lstrip("."))
    elif then != now:
        yield where


def _as_read(codec: Codec, sample: Sample) -> dict[str, Any]:
    fewest = sample.content()["samples"][-1]
    stored = SimpleNamespace(type=sample.type, schema=sample.version, **fewest)
    again = codec.encode(codec.decode(stored), occurred_at=_ONCE)
    read = {"subject": again.subject, "data": again.data, "private": again.private}
    told: dict[str, Any] = json.loads(json.dumps(read, default=str))
    return told


def _as_read_lines(folder: Path) -> dict[str, Any]:
    path = folder / AS_READ
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return dict(json.loads(line) for line in lines)


def _add_as_read(folder: Path, codecs: Mapping[str, Codec]) -> None:
    """A line for each sample of a present version that has none."""
    known = _as_read_lines(folder)
    with (folder / AS_READ).open("a", encoding="utf-8") as file:
        for service, type_, version, _ in _events(codecs):
            for sample in _of_version(folder, service, type_, version):
                if sample.path.name not in known:
                    line = [sample.path.name, _as_read(codecs[service], sample)]
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _lost(folder: Path) -> Iterator[str]:
    """Fields that are read raw, and that some version of their type lacks or has otherwise."""
    types: dict[str, list[Sample]] = {}
    for sample in samples(folder):
        types.setdefault(sample.type, []).append(sample)
    for type_, known in types.items():
        properties = [one.content()["shape"]["data"]["properties"] for one in known]
        for field, wanted in READ_RAW.items():
            shapes = [one.get(field) for one in properties]
            if type_ in wanted if wanted is not None else any(shapes):
                yield from (
                    f"{one.path.name}: {field} is read from stored data past the upcasters and is "
                    "not as in other versions; keep it, or mend those who read it (READ_RAW)"
                    for one, shape in zip(known, shapes, strict=True)
                    if shape is None or shape != shapes[0]
                )


def _events(codecs: Mapping[str, Codec]) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    for service, codec in codecs.items():
        for type_, version in codec.types().items():
            yield service, type_, version, codec.shapes(type_)


def _of_version(folder: Path, service: str, type_: str, version: int) -> list[Sample]:
    return [
        one
        for one in samples(folder)
        if (one.service, one.type, one.version) == (service, type_, version)
    ]


def _broken(known: list[Sample], shapes: Mapping[str, JsonSchema | None]) -> list[str]:
    found: list[str] = []
    for part, label in (("data", ""), ("private", "private")):
        then, now = known[-1].content()["shape"][part], shapes[part]
        if then is None or now is None:
            found += [] if then == now else ["the private part came or went"]
        else:
            found += breaks(then, now, label)
    return found


def _made(shapes: Mapping[str, JsonSchema | None]) -> list[dict[str, Any]]:
    return [
        {
            part: None if shape is None else _value(shape, part, whole=whole)
            for part, shape in shapes.items()
        }
        for whole in (True, False)
    ]


def _value(shape: JsonSchema, path: str, *, whole: bool) -> Any:
    """A made-up value of that shape; ``whole`` with all that may be absent, empty or null."""
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    if not whole and "null" in kinds:
        return None
    name = path.rsplit(".", 1)[-1]
    match kinds[0], shape.get("format"):
        case "object", _:
            wanted = shape.get("required", []) if not whole else shape.get("properties", {})
            parts = shape.get("properties", {})
            return {key: _value(parts[key], f"{path}.{key}", whole=whole) for key in wanted}
        case "array", _:
            return [_value(shape["items"], name, whole=True)] if whole else []
        case "string", "uuid":
            return str(uuid5(_NOWHERE, path))
        case "string", "date":
            return "2026-03-02"
        case "string", "date-time":
            return "2026-03-02T09:30:00+00:00"
        case "string", _:
            return shape["enum"][0] if "enum" in shape else f"made-up {name} é"
        case kind, _:
            return {"integer": 2, "number": 0.5, "boolean": True}[kind]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    if "--add" in sys.argv[1:]:
        for path in add():
            sys.stdout.write(f"added {path.relative_to(SAMPLES)}\n")
    found = problems()
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
