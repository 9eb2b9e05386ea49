"""A rebuild in a process of its own, which kills itself at a given share of the events."""

from __future__ import annotations

import json
import os
import signal
import sys

from shared.eventstore import EventStore, open_pool
from shared.privacy import Keyring
from shared.projections import Progress, Rebuilder
from shared.projections import _copy as copying
from tests.projections.boxes import BOXES, CODEC
from tests.support.postgres import MASTER_KEY


def main(
    service: str,
    owner_dsn: str,
    dsn: str,
    keyring_dsn: str,
    die_at: float | None = None,
    **_: object,
) -> None:
    copying.PAGE = 10
    keys = open_pool(keyring_dsn, schema="keyring")
    pool = open_pool(dsn, schema="intake")
    store = EventStore(pool, schema="intake", keyring=Keyring.open(keys, MASTER_KEY))

    def watch(progress: Progress) -> None:
        if die_at is not None and progress.events >= die_at * progress.total:
            os.kill(os.getpid(), signal.SIGKILL)

    rebuilder = Rebuilder(
        service=service, owner_dsn=owner_dsn, model=BOXES, source=store, codec=CODEC
    )
    rebuilder.rebuild(watch, by="child", why="to die")
    pool.close()
    keys.close()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
