"""Rebuilds every read model of every service, in a process whose clock can be wrong.

Prints a line a table with the SHA-256 of its rows, and the addresses that Python connected to.
"""

from __future__ import annotations

import datetime
import json
import sys
from hashlib import sha256

CONNECTED: list[str] = []
sys.addaudithook(
    lambda name, arguments: (
        CONNECTED.append(str(arguments[1])) if name == "socket.connect" else None
    )
)


def shift_clock(days: int) -> None:
    """For all modules imported from now on, it is so many days later."""
    real_datetime, real_date = datetime.datetime, datetime.date
    shift = datetime.timedelta(days=days)

    class Kind(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, real_datetime if "time" in cls.__name__ else real_date)

    class shifted_datetime(real_datetime, metaclass=Kind):  # noqa: N801 - stands in for one
        @classmethod
        def now(cls, tz=None):
            return real_datetime.now(tz) + shift

    class shifted_date(real_date, metaclass=Kind):  # noqa: N801 - stands in for one
        @classmethod
        def today(cls):
            return real_date.today() + shift

    datetime.datetime, datetime.date = shifted_datetime, shifted_date  # type: ignore[misc]


def main(dsn: dict[str, str], owner_dsn: dict[str, str], shift_days: int, careless: bool) -> None:
    shift_clock(shift_days)
    import psycopg
    from psycopg import sql

    from services.host import catalog
    from services.host.runner import SERVICES
    from shared.eventstore import EventStore, open_pool
    from shared.privacy import Keyring
    from shared.projections import ReadModel, Rebuilder
    from tests.support.postgres import MASTER_KEY

    pools = {name: open_pool(one, schema=name) for name, one in dsn.items()}
    keyring = Keyring.open(pools["keyring"], MASTER_KEY)
    stores = {
        name: EventStore(pools[name], schema=name, keyring=keyring) for name in catalog.names()
    }

    def careless_model(model: ReadModel) -> ReadModel:
        """Notes the day on which it is applied."""
        from dataclasses import replace
        from datetime import date

        def apply(connection, recorded, event) -> None:
            model.apply(connection, recorded, event)
            connection.execute("UPDATE requests SET alias = %s", [date.today().isoformat()])  # noqa: DTZ011

        return replace(model, apply=apply)

    for service in SERVICES:
        for model in catalog.read_models(service, keyring):
            used = careless_model(model) if careless and "requests" in model.tables else model
            rebuilder = Rebuilder(
                service=service,
                owner_dsn=owner_dsn[service],
                model=used,
                source=stores[model.source],
                codec=catalog.codec(model.source),
            )
            rebuilder.rebuild(by="test", why="to see", accept_differences=True)
            with psycopg.connect(owner_dsn[service]) as owner:
                owner.execute("SET TIME ZONE 'UTC'")
                for table in model.tables:
                    query = sql.SQL("COPY (SELECT * FROM {} AS t ORDER BY t::text) TO STDOUT")
                    with owner.cursor().copy(query.format(sql.Identifier(service, table))) as rows:
                        content = b"".join(map(bytes, rows))
                    count = content.count(b"\n")
                    print(f"{service}.{table} {count} {sha256(content).hexdigest()}")  # noqa: T201
    print("connected", json.dumps(CONNECTED))  # noqa: T201
    for pool in pools.values():
        pool.close()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
