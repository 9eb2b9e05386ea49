"""``permanence desk-link EMAIL``: a sign-in link for the desk, printed instead of mailed."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.system import AsJson, Data, system
from services.host.embedded import DEFAULT_FOLDER
from shared.errors import Refused


class NotInDirectory(Refused):
    """Nobody of the directory has that address."""

    code = "cli.not_in_directory"


def desk_link(
    email: Annotated[str, typer.Argument(help="The address of somebody in the directory.")],
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Print a link that opens the desk as one volunteer: once, within fifteen minutes."""
    by, why = signed(by, why)
    with (
        system(embedded=False, data=data) as there,
        recorded(there.environment, Action.DESK_LINK, by=by, why=why, details={}),
    ):
        link = there.call("desk", "sign_in_link", email=email)
        if link is None:
            raise NotInDirectory(
                "email: nobody of the directory has that address; import-directory brings people in"
            )
    typer.echo(json.dumps({"link": link}) if as_json else link)
