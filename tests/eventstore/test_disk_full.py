"""F13: a disk that is full stops the appends and nothing else."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.host.embedded_postgres import EmbeddedPostgres
from shared.eventstore import DatabaseUnavailable, EventStore, Position
from tests.eventstore.events import PERSON, event, write
from tests.support.postgres import Database, prepare_database

DISK_MEGABYTES = 220
LEFT_BYTES = 3 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "permanence-test", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk to fill")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def cramped(small_disk: Path) -> Iterator[Database]:
    """A database on the small disk, with a server of its own."""
    settings = {"fsync": "off", "autovacuum": "off", "min_wal_size": "32MB", "jit": "off"}
    postgres = EmbeddedPostgres(small_disk / "postgres", settings=settings)
    postgres.start()
    try:
        prepare_database(postgres, "permanence", services=False)
        database = Database("permanence", postgres)
        with database.closing:
            yield database
    finally:
        postgres.stop("immediate")


def fill(disk: Path) -> Path:
    """A file that leaves little free."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        for _ in range(max(0, shutil.disk_usage(disk).free - LEFT_BYTES) >> 16):
            file.write(bytes(1 << 16))
    return ballast


def append_until_full(store: EventStore) -> tuple[list[Position], DatabaseUnavailable]:
    """The positions acknowledged before the failure, and the failure."""
    noise = random.Random(13)
    acknowledged = []
    for n in range(500):
        note = {"text": noise.randbytes(40_000).hex()}
        try:
            [appended] = store.append([write(f"r-{n}", event(private=note, subject=PERSON))])
        except DatabaseUnavailable as failure:
            return acknowledged, failure
        acknowledged.append(appended.position)
    raise AssertionError("the disk was never full")


def test_f13_a_full_disk_stops_appends_with_a_typed_error_and_nothing_else(
    cramped: Database, small_disk: Path
) -> None:
    store = cramped.store("intake")
    store.append([write("before", event(private={"name": "Amélie"}, subject=PERSON))])
    ballast = fill(small_disk)

    acknowledged, failure = append_until_full(store)

    assert (failure.sqlstate, failure.code) == ("53100", "database.unavailable")
    assert store.load("before")[0].private == {"name": "Amélie"}
    found = [r.position for r in store.find(limit=1000, decrypt=False)]
    assert found[1:] == acknowledged
    assert store.heads()

    ballast.unlink()
    [after] = store.append([write("after")])

    report = store.verify()
    assert (report.faults, report.events) == ((), len(store.find(limit=1000, decrypt=False)))
    assert after.position > acknowledged[-1]
