"""A process that sends what is due, to be killed in the middle: arguments are JSON on argv."""

from __future__ import annotations

import json
import sys
from datetime import datetime

from services.notifications import wiring
from shared.clock import VirtualClock
from shared.eventstore import EventStore, Streams, open_pool
from shared.eventstore.bootstrap import KEYRING
from shared.privacy import Keyring
from tests.support.postgres import MASTER_KEY

from .desk import settings


def main() -> None:
    given = json.loads(sys.argv[1])
    clock = VirtualClock(datetime.fromisoformat(given["now"]))
    pool = open_pool(given["dsn"], schema="notifications")
    keyring = Keyring.open(open_pool(given["keyring_dsn"], schema=KEYRING), MASTER_KEY)
    store = EventStore(pool, schema="notifications", keyring=keyring)
    made = wiring.assemble(
        pool=pool,
        streams=Streams(store, wiring.CODEC, clock, projections=[wiring.ALERTS.project_all]),
        clock=clock,
        settings=settings(given["dsn"], given["smtp_port"]),
        may_send=lambda _lane: True,
    )
    made.scheduler.tick()


if __name__ == "__main__":
    main()
