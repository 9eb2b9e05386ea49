"""``permanence verify``: nothing altered, added, cut off, unreadable or out of step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.acting import ever_started
from services.cli.bars import bars
from services.cli.integrity import CHECKS, Checked, Verification, gone, public_keys
from services.cli.logs import OnlyService, logs, lost_logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, System, system
from services.host.embedded import DEFAULT_FOLDER
from services.host.manifest import described, read_manifest
from shared.errors import Invalid


def verify(
    service: OnlyService = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--check", help=f"Only this: {', '.join(CHECKS)}. May be repeated."),
    ] = None,
    since_checkpoint: Annotated[
        bool,
        typer.Option("--since-checkpoint", help="Only what follows the last signed seal."),
    ] = False,
    backup: Annotated[
        list[Path] | None,
        typer.Option("--backup", help="This backup's folder instead. May be repeated."),
    ] = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Recompute the logs' digests and check what hangs on them; exits with 1 if a fault is found.

    chain: the log is there, every event and stream head; seals: the signed digests; checkpoints:
    consumers stand on events that are there; keyring: each person has a key or was erased;
    contracts: each event can be read. --backup: each folder is whole, signed by us and as it was
    written.
    """
    if backup:
        if service or only or since_checkpoint:
            raise Invalid("--backup: goes without --service, --check and --since-checkpoint")
        show_rows(_as_written(backup, embedded=embedded, data=data), as_json, "as it was written")
        return
    wanted = _wanted(only)
    with system(embedded=embedded, data=data) as there:
        ever_started(there.environment)
        lost = lost_logs(there.environment)
        found = [gone(name, lost[name]) for name in lost if service in (None, name)]
        if service not in lost:
            found += _checked(there, service, wanted, since_seal=since_checkpoint, quiet=as_json)
    rows = [{**plain(one), "sound": not one.faults} for one in found]
    show_rows(rows if as_json else [told(row) for row in rows], as_json, "verify")
    for warning in (warning for row in rows for warning in row["warnings"]):
        typer.echo(f"warning: {warning}", err=True)
    if not all(row["sound"] for row in rows):
        raise typer.Exit(1)


def _checked(
    there: System, service: str | None, checks: list[str], *, since_seal: bool, quiet: bool
) -> list[Checked]:
    with logs(there, service) as opened, bars(quiet=quiet) as bar:
        verification = Verification(
            environment=there.environment, stores=opened, since_seal=since_seal
        )
        return [
            verification.run(check, name, bar(f"{name} {check}"))
            for name in opened
            for check in checks
        ]


def _as_written(folders: list[Path], *, embedded: bool, data: Path) -> list[dict[str, Any]]:
    with system(embedded=embedded, data=data, names=()) as there:
        keys = public_keys(there.environment)
        return [row for one in folders for row in described(read_manifest(one, keys), one)]


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A row as a table shows it: a fault a line; warnings stand below."""
    kept = {name: value for name, value in row.items() if name != "warnings"}
    return {**kept, "faults": "\n".join(row["faults"]) or "none"}


def _wanted(only: list[str] | None) -> list[str]:
    unknown = sorted(set(only or ()) - set(CHECKS))
    if unknown:
        raise Invalid(f"--check: no {unknown[0]!r}; one of {', '.join(CHECKS)}")
    return [check for check in CHECKS if not only or check in only]
