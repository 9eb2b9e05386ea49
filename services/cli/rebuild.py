"""``permanence rebuild``: read models built anew from the events, beside the live ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.logs import open_logs
from services.cli.shown import show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host import catalog
from services.host.embedded import DEFAULT_FOLDER
from services.host.runner import SERVICES
from shared.errors import Invalid
from shared.projections import Progress as Rebuilt
from shared.projections import Rebuilder, TableDrift
from shared.settings import Environment


class NoSuchProjection(Invalid):
    """No read model of that name."""

    code = "cli.no_such_projection"


def rebuild(
    projection: Annotated[
        str | None, typer.Argument(help="service.name; without it, all of them.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only compare with the live one, swap nothing.")
    ] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Build read models anew from the events, beside the live ones, and swap them in."""
    wanted = _wanted(projection)
    with system(embedded=embedded, data=data) as there:
        rows = rebuild_all(there.environment, wanted, swap=not dry_run, quiet=as_json)
    if not rows:
        raise NoSuchProjection(f"projection: {projection!r} does not exist")
    show_rows(rows, as_json, "rebuild")


def rebuild_all(
    environment: Environment,
    wanted: Sequence[tuple[str, str | None]],
    *,
    swap: bool,
    quiet: bool,
) -> list[dict[str, Any]]:
    """Rebuild, or only compare, read models: ``wanted`` has (service, name), None for all of it.

    A row a table: service, projection, table, rows, only_live, only_rebuilt.
    """
    rows: list[dict[str, Any]] = []
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
        transient=True,
    )
    with bar, open_logs(environment) as opened:
        keyring = next(iter(opened.values())).keyring
        for service, name in wanted:
            for model in catalog.read_models(service, keyring):
                if name not in {None, model.name}:
                    continue
                task = bar.add_task(f"{service}.{model.name}", total=None)

                def watch(progress: Rebuilt, task: Any = task) -> None:
                    bar.update(task, completed=progress.events, total=progress.total)

                rebuilder = Rebuilder(
                    service=service,
                    owner_dsn=environment.require(f"{service.upper()}_OWNER_DSN"),
                    model=model,
                    source=opened[model.source],
                    codec=catalog.codec(model.source),
                )
                drifts = rebuilder.rebuild(watch) if swap else rebuilder.drift(watch)
                rows += [_drift_row(service, model.name, drift) for drift in drifts]
    return rows


def _wanted(projection: str | None) -> list[tuple[str, str | None]]:
    if projection is None:
        return [(name, None) for name in SERVICES]
    service, _, name = projection.partition(".")
    if service not in SERVICES or not name:
        raise NoSuchProjection(
            f"projection: {projection!r} is not service.name, such as intake.requests"
        )
    return [(service, name)]


def _drift_row(service: str, model: str, drift: TableDrift) -> dict[str, Any]:
    return {
        "service": service,
        "projection": model,
        "table": drift.table,
        "rows": drift.rows,
        "only_live": drift.only_live,
        "only_rebuilt": drift.only_rebuilt,
    }
