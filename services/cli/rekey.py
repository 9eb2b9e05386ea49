"""``permanence rekey``: a new master key takes the old one's place."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.acting import ever_started
from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.bars import bars
from services.cli.shown import show_rows
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from shared.eventstore.bootstrap import KEYRING
from shared.privacy import count_to_rewrap, rewrap
from shared.settings import master_key


def rekey(
    by: By = "",
    why: Why = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Wrap every person's key by PERMANENCE_MASTER_KEY instead of the one in …_ALSO.

    No event changes. Can be interrupted and started again; services that know both keys go on
    meanwhile. Once nothing is left, take the old key out of the settings.
    """
    if not dry_run:
        by, why = signed(by, why)
    with system(embedded=embedded, data=data, names=()) as there, bars(quiet=as_json) as bar:
        ever_started(there.environment)
        env = there.environment
        dsn, master = env.require(f"{KEYRING.upper()}_OWNER_DSN"), master_key(env)
        done = 0
        if not dry_run:
            with recorded(
                env, Action.REKEY, by=by, why=why, details={"master": master.id}
            ) as result:
                done = result["rewrapped"] = rewrap(dsn, KEYRING, master, bar("rekey"))
        left = count_to_rewrap(dsn, KEYRING, master)
    show_rows([{"master": master.id, "rewrapped": done, "left": left}], as_json, "rekey")
