"""``permanence verify``: each check finds what it is for, and nothing in a sound system."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from services.host import catalog
from shared.contracts.intake.events import PersonErased
from shared.eventstore import Appended, Expected, NewEvent, Position, Write
from tests.cli.conftest import Run
from tests.eventstore.events import NOON, PERSON, write
from tests.support.postgres import Database, bare_database

DATA = {"person_id": str(PERSON), "by": "v-1", "reason": "asked for it"}


def told(person: UUID = PERSON, *, private: dict[str, Any] | None = None) -> Write:
    data = {**DATA, "person_id": str(person)}
    event = NewEvent(
        type=PersonErased.__name__,
        schema=1,
        data=data,
        private=private,
        subject=person if private else None,
        occurred_at=NOON,
    )
    return Write(stream=f"person-{person}", events=[event], expected=Expected.ANY)


def faults(rows: list[dict[str, Any]]) -> list[str]:
    return [fault for row in rows for fault in row["faults"]]


def stand(desk: Database, appended: Appended, incarnation: UUID) -> None:
    """Routing has read intake up to there."""
    with psycopg.connect(desk.dsn("routing")) as routing:
        routing.execute("INSERT INTO subscriptions (source) VALUES ('intake')")
        routing.execute(
            "INSERT INTO checkpoints VALUES ('intake', %s, %s, %s, %s)",
            [appended.partition, incarnation, appended.position, appended.digest],
        )


def superuser(desk: Database) -> psycopg.Connection:
    admin = desk.admin()
    admin.execute("ALTER TABLE events DISABLE TRIGGER append_only")
    return admin


def test_a_sound_system_passes_every_check(desk: Database, permanence: Run) -> None:
    store = desk.store()
    store.keyring.erase(PERSON)
    store.append([told()])

    rows = permanence("verify")

    assert faults(rows) == []
    assert {row["check"] for row in rows} == {
        "chain",
        "seals",
        "checkpoints",
        "keyring",
        "contracts",
    }
    intake = {row["check"]: row["looked_at"] for row in rows if row["service"] == "intake"}
    assert (intake["chain"], intake["contracts"]) == (1, 1)


def test_f11_a_command_whose_event_is_gone_is_named(desk: Database, permanence: Run) -> None:
    [appended] = desk.store().append([write("r-1")], command_id=uuid4())
    admin = superuser(desk)
    admin.execute("DELETE FROM events")
    admin.execute("DELETE FROM streams")

    rows = permanence("verify", "--service", "intake", "--check", "chain", status=1)

    assert faults(rows) == [f"position {appended.position}: a command wrote it, it is gone"]


@pytest.mark.parametrize("what", ["the table was dropped", "another database is meant"])
def test_f11_a_log_that_is_gone_altogether_is_named(
    desk: Database, permanence: Run, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    [appended] = desk.store().append([write("r-1")])
    stand(desk, appended, desk.store().incarnation())
    with ExitStack() as others:
        if what == "the table was dropped":
            desk.admin().execute("DROP TABLE intake.events CASCADE")
            told_by = "its other tables are there"
        else:
            empty = others.enter_context(bare_database())
            monkeypatch.setenv("PERMANENCE_INTAKE_DSN", empty.dsn("intake"))
            told_by = "routing read it"

        rows = permanence("verify", "--service", "intake", status=1)
        everything = permanence("verify", status=1)

    said = f"its log is gone: no table of events, though {told_by}; see that PERMANENCE_INTAKE_DSN"
    [fault] = faults(rows)
    assert fault.startswith(said)
    assert faults(everything) == [fault]
    assert {row["service"] for row in everything} == set(catalog.names())


def test_an_event_that_no_release_knows_is_named(desk: Database, permanence: Run) -> None:
    desk.store().append([write("r-1")])  # not a RequestReceived of ours: a field is missing

    rows = permanence("verify", "--service", "intake", "--check", "contracts", status=1)

    assert faults(rows) == [
        "r-1 version 1 (position 1): RequestReceived 1 does not decode (contracts.unknown_event)"
    ]


def test_f54_a_person_without_key_or_record_of_erasure_is_named(
    desk: Database, permanence: Run
) -> None:
    desk.store().append([told(private={"name": "Zoé"})])
    admin = desk.admin()
    admin.execute("ALTER TABLE keyring.subjects DISABLE TRIGGER ALL")
    admin.execute("DELETE FROM keyring.subjects")

    rows = permanence("verify", "--service", "intake", "--check", "keyring", status=1)

    assert len(faults(rows)) == 1
    assert faults(rows)[0].startswith(f"{PERSON} (position 1): neither a key nor a record")


def test_f53_an_erased_person_with_a_key_is_named(desk: Database, permanence: Run) -> None:
    store = desk.store()
    store.append([told()])
    store.keyring.prepare([PERSON])

    rows = permanence("verify", "--service", "intake", "--check", "keyring", status=1)

    assert "was erased, but has a key again" in faults(rows)[0]


@pytest.mark.parametrize("what", ["none there", "another digest", "another life", "its beginning"])
def test_f10_a_checkpoint_that_is_not_in_the_log_is_named(
    desk: Database, permanence: Run, what: str
) -> None:
    store = desk.store()
    [appended] = store.append([write("r-1")])
    position = appended.position + (1 if what == "none there" else 0)
    digest = b"\0" * 32 if what == "another digest" else appended.digest
    if what == "its beginning":  # of another life too
        position, digest = 0, b""
    elsewhere = what in ("another life", "its beginning")
    incarnation = uuid4() if elsewhere else store.incarnation()
    stand(desk, appended._replace(position=Position(position), digest=digest), incarnation)

    rows = permanence("verify", "--service", "intake", "--check", "checkpoints", status=1)

    assert len(faults(rows)) == 1
    assert faults(rows)[0].startswith("routing: ")


def test_only_what_follows_the_last_seal_is_read_again(desk: Database, permanence: Run) -> None:
    store = desk.store()
    for n in range(3):
        store.append([write("r-1"), write(f"s-{n}")])
    permanence("seal", "--by", "Nora", "--why", "daily")
    store.append([write("r-1"), write("s-9")])

    [row] = permanence("verify", "--service", "intake", "--check", "chain", "--since-checkpoint")
    assert (row["looked_at"], row["faults"]) == (2, [])

    superuser(desk).execute(
        """UPDATE events SET data = '{}' WHERE stream = 'r-1' AND version = 4"""
    )
    [row] = permanence(
        "verify", "--service", "intake", "--check", "chain", "--since-checkpoint", status=1
    )
    assert row["faults"] == ["r-1 version 4 (position 7): altered"]


def test_of_a_log_sealed_more_than_once_the_last_seal_alone_is_compared(
    desk: Database, permanence: Run
) -> None:
    store, since = desk.store(), ("--check", "seals", "--since-checkpoint")
    for _ in range(3):
        store.append([write("r-1"), write("s-1")])
        permanence("seal", "--by", "Nora", "--why", "daily")
    store.append([write("r-1")])

    rows = permanence("verify", *since)
    assert (rows[0]["looked_at"], faults(rows)) == (3, [])

    admin = superuser(desk)
    altered = "UPDATE events SET digest = sha256(digest) WHERE stream = 'r-1' AND version = %s"
    admin.execute(altered, [1])  # in the first seal, which is taken as it is
    assert faults(permanence("verify", *since)) == []
    admin.execute(altered, [3])
    [found] = faults(permanence("verify", *since, status=1))
    assert "between positions 3 and 5 an event was altered" in found
    assert "(3 events sealed, 3 there now)" in found
