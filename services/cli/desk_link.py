"""``permanence desk-link WHO``: a sign-in link for the desk, printed instead of mailed."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.system import AsJson, Data, system
from services.host.embedded import DEFAULT_FOLDER
from shared.errors import Refused


class NotInDirectory(Refused):
    """Nobody of the directory has that address or id."""

    code = "cli.not_in_directory"


def desk_link(
    who: Annotated[
        str,
        typer.Argument(help="An address or a volunteer's id; the id is recorded."),
    ],
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Print a link that opens the desk as one volunteer: once, within fifteen minutes."""
    by, why = signed(by, why)
    with (
        system(embedded=False, data=data) as there,
        recorded(there.environment, Action.DESK_LINK, by=by, why=why, details={}) as result,
    ):
        made = there.call("desk", "sign_in_link", who=who)
        if made is None:
            raise NotInDirectory(
                "who: nobody of the directory has that address or id; import-directory brings "
                "people in"
            )
        result["volunteer_id"] = made["volunteer_id"]
    typer.echo(json.dumps(made) if as_json else made["link"])
