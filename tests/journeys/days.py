"""Some days of the demonstration, for tests that play them on processes of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.cli.demo import REQUESTS
from services.cli.records import read_records
from services.host.rehearsal import Rehearsal, arrived_at, days_after

# Every channel, a referral, a thread, a danger, a doubt; few days between the first and the last.
_CHOSEN = ("S17", "S05", "S23", "S25", "S30", "S27", "S29")
_DAYS_AFTER = 2

RECORDS: list[dict[str, Any]] = sorted(
    (record for record in read_records(REQUESTS) if record["id"] in _CHOSEN), key=arrived_at
)
START = arrived_at(RECORDS[0]) - timedelta(hours=2)
END: datetime = days_after(RECORDS[-1], _DAYS_AFTER)[-1]


def play(rehearsal: Rehearsal) -> Mapping[str, str]:
    """Play them; the id of each request by the name of its record."""
    rehearsal.prepare(RECORDS)
    ids: dict[str, str] = {}
    for number, record in enumerate(RECORDS):
        ids[record["id"]] = rehearsal.take_in(record)
        rehearsal.react(number, ids[record["id"]])
    rehearsal.open_case()
    for day in days_after(RECORDS[-1], _DAYS_AFTER):
        rehearsal.pass_time(day)
        rehearsal.acknowledge()
    return ids
