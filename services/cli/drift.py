"""``permanence drift``: in what the live read models differ from the events that made them."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from services.cli.actions import By, Why, looking, signed
from services.cli.projections import (
    bar,
    chosen,
    difference_rows,
    drift_row,
    watching,
)
from services.cli.shown import show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from shared.projections import Difference


def drift(
    projection: Annotated[
        str | None,
        typer.Argument(help="service.name, such as desk.requests; without it, all of them."),
    ] = None,
    show_personal: Annotated[
        bool, typer.Option(help="Show names and addresses too; needs --by and --why.")
    ] = False,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Rebuild in the dark and list every difference from the live tables; exits with 1 if one is.

    With --json: an object a difference, "columns" as {column: \\[live, rebuilt]}, then one a table.
    """
    by, why = signed(by, why) if show_personal else looking(by, why)
    tables: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    with (
        system(embedded=embedded, data=data) as there,
        bar(quiet=as_json) as shown,
        chosen(there.environment, projection, show_personal=show_personal) as all_of_them,
    ):
        for one in all_of_them:

            def found(difference: Difference, one: Any = one) -> None:
                if as_json:
                    typer.echo(json.dumps(_plain(one.service, difference), ensure_ascii=False))
                else:
                    listed.extend(difference_rows(one, difference))

            drifts = one.rebuilder.drift(watching(shown, one.name), by=by, why=why, found=found)
            tables += [drift_row(one, table) for table in drifts]
    if listed:
        show_rows(listed, as_json, "differences")
    show_rows(tables, as_json, "drift")
    if any(row["only_live"] or row["only_rebuilt"] or row["changed"] for row in tables):
        raise typer.Exit(1)


def _plain(service: str, difference: Difference) -> dict[str, Any]:
    return {
        "service": service,
        "table": difference.table,
        "difference": difference.kind,
        "key": difference.key,
        "columns": {name: list(pair) for name, pair in difference.columns.items()},
    }
