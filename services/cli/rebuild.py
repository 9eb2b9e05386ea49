"""``permanence rebuild``: read models built anew from the events, beside the live ones."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from services.cli.actions import By, Why, looking, signed
from services.cli.projections import (
    Chosen,
    bar,
    chosen,
    difference_rows,
    drift_row,
    watching,
)
from services.cli.shown import show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from shared.errors import Invalid
from shared.projections import Difference, TableDrift
from shared.settings import Environment

_SAMPLES = 5


class OneAtATime(Invalid):
    """Options that say different things."""

    code = "cli.one_at_a_time"


def rebuild(
    projection: Annotated[
        str | None,
        typer.Argument(help="service.name, such as desk.requests; without it, all of them."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only compare with the live one, swap nothing.")
    ] = False,
    accept_differences: Annotated[
        bool, typer.Option(help="Swap although the rebuilt tables differ from the live ones.")
    ] = False,
    back: Annotated[
        bool, typer.Option("--back", help="Return to the tables that the last swap replaced.")
    ] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Drop what an interrupted rebuild left.")
    ] = False,
    drop_previous: Annotated[
        bool, typer.Option("--drop-previous", help="Drop the tables kept for the way back.")
    ] = False,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Build read models anew beside the live ones, and swap them in; --back undoes it.

    Interrupted, the same command goes on where it stopped. Tables that differ from the live ones
    are swapped only with --accept-differences; `permanence drift` lists every difference.
    """
    by, why = looking(by, why) if dry_run else signed(by, why)
    if sum((dry_run or accept_differences, back, cancel, drop_previous)) > 1 or (
        dry_run and accept_differences
    ):
        raise OneAtATime("rebuild: one of --dry-run, --accept-differences, --back, --cancel …")
    if back and projection is None:
        raise OneAtATime("rebuild: --back needs the name of a projection")
    with system(embedded=embedded, data=data) as there:
        if cancel or drop_previous:
            rows = _dropped(there.environment, projection, cancel=cancel, by=by, why=why)
        else:
            how = "drift" if dry_run else "back" if back else "rebuild"
            rows = rebuild_all(
                there.environment,
                projection,
                how=how,
                accept_differences=accept_differences,
                quiet=as_json,
                by=by,
                why=why,
            )
    show_rows(rows, as_json, "rebuild")


def rebuild_all(
    environment: Environment,
    projection: str | None = None,
    *,
    how: str,
    quiet: bool,
    by: str,
    why: str,
    accept_differences: bool = False,
) -> list[dict[str, Any]]:
    """Rebuild ("rebuild"), compare ("drift") or bring back ("back") read models.

    A row a table: service, projection, table, rows, only_live, only_rebuilt, changed. Samples of
    what differs are shown on stderr, before anything is swapped, unless ``quiet``.
    """
    rows: list[dict[str, Any]] = []
    with bar(quiet=quiet) as shown, chosen(environment, projection) as all_of_them:
        for one in all_of_them:
            samples = _Samples(one)
            arguments: dict[str, Any] = {"by": by, "why": why, "found": samples}
            if how == "rebuild":
                arguments["accept_differences"] = accept_differences
            act = getattr(one.rebuilder, how)
            try:
                drifts: list[TableDrift] = act(watching(shown, one.name), **arguments)
            finally:
                if not quiet:
                    samples.show()
            rows += [drift_row(one, drift) for drift in drifts]
    return rows


class _Samples:
    """Counts all differences, keeps the first few of each table to show them."""

    def __init__(self, one: Chosen) -> None:
        self._one = one
        self._counts: dict[str, int] = {}
        self._kept: list[Difference] = []

    def __call__(self, difference: Difference) -> None:
        count = self._counts[difference.table] = self._counts.get(difference.table, 0) + 1
        if count <= _SAMPLES:
            self._kept.append(difference)

    def show(self) -> None:
        for table, count in self._counts.items():
            Console(stderr=True).print(f"{self._one.service}.{table}: {count} rows differ, such as")
            for difference in (kept for kept in self._kept if kept.table == table):
                for row in difference_rows(self._one, difference):
                    Console(stderr=True, soft_wrap=True).print(
                        f"  {row['key']} {row['column'] or row['difference']}: "
                        f"live {row['live']}, rebuilt {row['rebuilt']}",
                        markup=False,
                        highlight=False,
                    )


def _dropped(
    environment: Environment, projection: str | None, *, cancel: bool, by: str, why: str
) -> list[dict[str, Any]]:
    rows = []
    with chosen(environment, projection) as all_of_them:
        for one in all_of_them:
            drop = one.rebuilder.cancel if cancel else one.rebuilder.drop_previous
            rows.append(
                {
                    "service": one.service,
                    "projection": one.model.name,
                    "dropped": drop(by=by, why=why),
                }
            )
    return rows
