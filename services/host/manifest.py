"""The signed manifest of a backup, and the check of a folder against it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.host.dump import SchemaDump, TableDump, digest_of
from services.host.files import UNFINISHED, is_being_filled, unfinished, written
from shared.errors import Invalid, Refused
from shared.seals import SealKey, is_signed, public_key_from

FORMAT = "permanence-backup-1"
MANIFEST = "manifest.json"


class BackupBroken(Refused):
    """A backup that is not as it was written."""

    code = "backup.broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What lies in a backup's folder; ``logs`` has incarnation and heads of each service."""

    made_at: str
    by: str
    why: str
    schemas: Mapping[str, SchemaDump]
    logs: Mapping[str, Mapping[str, Any]]


def write_manifest(folder: Path, manifest: Manifest, key: SealKey) -> None:
    """Sign it and put it into a backup's folder."""
    document = {"format": FORMAT, "public_key": key.public, **asdict(manifest)}
    document["signature"] = key.sign(_canonical(document)).hex()
    with written(folder / MANIFEST, "folder", mode=0o600) as file:
        json.dump(document, file, indent=1, ensure_ascii=False)


def _canonical(document: Mapping[str, Any]) -> bytes:
    signed = {name: value for name, value in document.items() if name != "signature"}
    return json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_manifest(folder: Path, keys: Iterable[str]) -> Manifest:
    """The manifest, if one of the public ``keys`` signed it and each file is as it was written.

    Raises BackupBroken or Invalid.
    """
    path = folder / MANIFEST
    _refuse_unfinished(folder)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        signature = bytes.fromhex(document["signature"])
        known = document["format"] == FORMAT
    except (ValueError, KeyError, TypeError):
        raise BackupBroken(f"folder: the manifest of {folder} cannot be read") from None
    if not known:
        raise Invalid(f"folder: {folder} is of another format; use the release that made it")
    content = _canonical(document)
    if not any(is_signed(content, signature, public_key_from(key)) for key in keys):
        raise BackupBroken(
            f"folder: the manifest of {folder} was altered, or signed with a key that is not ours; "
            "PERMANENCE_SEAL_PUBLIC_KEYS names those that may sign"
        )
    manifest = _manifest(document)
    for dumped in manifest.schemas.values():
        for table in dumped.tables:
            file = folder / table.file
            if not file.is_file() or digest_of(file) != table.sha256:
                raise BackupBroken(f"folder: {table.file} is missing or not as it was written")
    return manifest


def _refuse_unfinished(folder: Path) -> None:
    """Say of a folder that is no backup what it is and what to do; raises Invalid."""
    aside = folder if folder.name.endswith(UNFINISHED) else unfinished(folder)
    if not (folder.exists() and folder != aside) and aside.is_dir():
        raise Invalid(
            f"folder: {aside} is being written by another command; let it end"
            if is_being_filled(aside)
            else f"folder: {aside} is what a backup that was cut short left: it is not whole and "
            "cannot be restored; use another backup, and delete it"
        )
    if not folder.is_dir():
        raise Invalid(f"folder: there is no {folder}; give the folder of a backup")
    if not (folder / MANIFEST).is_file():
        begun = any(folder.glob("*/*.copy.gz"))
        raise Invalid(
            f"folder: {folder} has no {MANIFEST}: "
            + (
                "it is a backup that was cut short or copied in part; copy it again, or use another"
                if begun
                else "it is no backup; give the folder of one"
            )
        )


def _manifest(document: Mapping[str, Any]) -> Manifest:
    schemas = {
        name: SchemaDump(
            schema=name,
            tables=tuple(
                TableDump(**{**table, "columns": tuple(table["columns"])})
                for table in dumped["tables"]
            ),
            sequences=dumped["sequences"],
            migrations=tuple(dumped["migrations"]),
        )
        for name, dumped in document["schemas"].items()
    }
    return Manifest(
        made_at=document["made_at"],
        by=document["by"],
        why=document["why"],
        schemas=schemas,
        logs=document["logs"],
    )


def described(manifest: Manifest, folder: Path) -> list[dict[str, Any]]:
    """What the backup in ``folder`` holds, a row a schema."""
    return [
        {
            "folder": str(folder),
            "schema": name,
            "made_at": manifest.made_at,
            "tables": len(dumped.tables),
            "rows": sum(table.rows for table in dumped.tables),
            "events": sum(table.rows for table in dumped.tables if table.table == "events"),
            "head": _head(manifest.logs.get(name, {})),
        }
        for name, dumped in manifest.schemas.items()
    ]


def _head(log: Mapping[str, Any]) -> int:
    return max((at for at, _ in log.get("heads", {}).values()), default=0)
