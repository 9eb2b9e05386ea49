"""Encryption per person, erasure, and the master key. F53, F54."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Invalid
from shared.eventstore import ERASED, EventStore, Position, partition_of, seal, unseal
from shared.privacy import (
    KeyLost,
    MasterKey,
    MasterKeyInvalid,
    MasterKeyWrong,
    SubjectErased,
    read_master_key,
)
from tests.eventstore.events import OTHER_PERSON, PERSON, event, write
from tests.support.postgres import Database

CANARY = "Zébulon Canari"


class Ticker:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_what_identifies_a_person_is_nowhere_in_the_database(database: Database) -> None:
    store = database.store("intake")
    store.append([write("r-1", event(private={"name": CANARY}, subject=PERSON))])

    with psycopg.connect(database.admin_dsn) as admin:
        rows = admin.execute(
            "SELECT e::text FROM intake.events e UNION ALL SELECT s::text FROM keyring.subjects s"
        ).fetchall()

    assert len(rows) == 2
    hidden = CANARY.encode().hex()
    assert not any(CANARY in row[0] or hidden in row[0] for row in rows)


def test_f53_an_erased_person_reads_as_erased_everywhere(database: Database) -> None:
    store = database.store("intake")
    store.append(
        [
            write(
                "r-1",
                event(private={"name": CANARY}, subject=PERSON),
                event(private={"name": "B"}, subject=OTHER_PERSON),
            )
        ]
    )

    assert store.keyring.erase(PERSON)

    for reader in (store, database.store("intake")):
        assert [r.private for r in reader.load("r-1")] == [ERASED, {"name": "B"}]
        read = reader.read(partition_of("r-1"), after=Position(0), limit=9)
        assert [r.private for r in read] == [ERASED, {"name": "B"}]
        assert [r.data for r in read] == [{"channel": "letter"}] * 2


def test_f55_without_encryption_the_name_is_in_the_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the first test can fail."""
    monkeypatch.setattr(AESGCM, "encrypt", lambda _key, _nonce, plain, _bound: plain)

    with pytest.raises(AssertionError, match="assert not True"):
        test_what_identifies_a_person_is_nowhere_in_the_database(database)


def test_f53_nothing_personal_is_recorded_about_an_erased_person_again(
    database: Database,
) -> None:
    store, other = database.store("intake"), database.store("intake")
    private = event(private={"name": CANARY}, subject=PERSON)
    store.append([write("r-1", private)])
    store.keyring.erase(PERSON)
    other.keyring.erase(OTHER_PERSON)  # who never had a key

    for refused in (private, event(private={"name": "B"}, subject=OTHER_PERSON)):
        with pytest.raises(SubjectErased):
            other.append([write("r-1", refused)])
    store.append([write("r-1", event(subject=PERSON))])

    assert len(store.load("r-1")) == 2
    assert store.keyring.is_erased(PERSON)
    assert not store.keyring.is_erased(uuid4())


def test_f53_without_the_trigger_an_erased_person_comes_back_by_hand(database: Database) -> None:
    """Proves that it is what keeps them erased."""
    keyring, admin = database.keyring(), database.admin()
    sealed = keyring.encrypt(PERSON, b"text", bound_to=b"")
    admin.execute("CREATE TABLE backup AS TABLE keyring.subjects")
    keyring.erase(PERSON)
    by_hand = """
        UPDATE keyring.subjects AS s SET (wrapped_key, master, erased_at) =
            (SELECT b.wrapped_key, b.master, NULL::timestamptz FROM backup b
             WHERE b.subject = s.subject)
    """
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        admin.execute(by_hand)

    admin.execute("DROP TRIGGER erased_stays_erased ON keyring.subjects")
    admin.execute(by_hand)

    assert database.keyring().decrypt(PERSON, sealed, bound_to=b"") == b"text"


def test_f53_an_erasure_elsewhere_is_seen_when_the_cache_forgets(database: Database) -> None:
    clock = Ticker()
    here = database.keyring(cache_seconds=60, monotonic=clock)  # type: ignore[arg-type]
    elsewhere = database.keyring()
    sealed = here.encrypt(PERSON, b"text", bound_to=b"")

    elsewhere.erase(PERSON)
    clock.seconds = 59.9
    still = here.decrypt(PERSON, sealed, bound_to=b"")
    clock.seconds = 60.0
    gone = here.decrypt(PERSON, sealed, bound_to=b"")

    assert (still, gone) == (b"text", ERASED)


def test_f53_news_of_an_erasure_drops_the_key_at_once(database: Database) -> None:
    here, elsewhere = database.keyring(), database.keyring()
    sealed = here.encrypt(PERSON, b"text", bound_to=b"")

    elsewhere.erase(PERSON)
    here.forget(PERSON)

    assert here.decrypt(PERSON, sealed, bound_to=b"") is ERASED


def test_f53_the_list_of_the_erased_is_applied_to_a_restored_keyring(database: Database) -> None:
    keyring = database.keyring()
    sealed = keyring.encrypt(PERSON, b"text", bound_to=b"")
    keyring.encrypt(OTHER_PERSON, b"text", bound_to=b"")
    with psycopg.connect(database.admin_dsn) as admin:
        admin.execute("CREATE TABLE backup AS TABLE keyring.subjects")
    keyring.erase(PERSON)
    kept = [subject for subject, _ in keyring.erased()]
    with psycopg.connect(database.admin_dsn) as admin:
        admin.execute("TRUNCATE keyring.subjects")
        admin.execute("INSERT INTO keyring.subjects SELECT * FROM backup")

    restored = database.keyring()
    assert restored.decrypt(PERSON, sealed, bound_to=b"") == b"text"
    again = restored.erase_again(kept)

    assert (kept, again) == ([PERSON], [PERSON])
    assert restored.decrypt(PERSON, sealed, bound_to=b"") is ERASED
    assert restored.erase_again(kept) == []


def test_f53_erasing_while_others_write_leaves_no_key_behind(database: Database) -> None:
    keyring = database.keyring()
    people = [uuid4() for _ in range(60)]

    def write_about(person: UUID) -> None:
        try:
            keyring.encrypt(person, b"text", bound_to=b"")
        except SubjectErased:
            return

    with ThreadPoolExecutor(6) as workers:
        written = [workers.submit(write_about, p) for p in people]
        erased = [workers.submit(keyring.erase, p) for p in people]
        for job in (*written, *erased):
            job.result()

    with psycopg.connect(database.admin_dsn) as admin:
        kept = admin.execute("SELECT count(wrapped_key) FROM keyring.subjects").fetchone()
    assert kept == (0,)
    assert len(keyring.erased()) == 60


def test_a_person_keeps_one_key_whoever_comes_first(database: Database) -> None:
    keyrings = [database.keyring() for _ in range(6)]
    person = uuid4()

    with ThreadPoolExecutor(6) as workers:
        sealed = list(workers.map(lambda k: k.encrypt(person, b"text", bound_to=b"x"), keyrings))

    fresh = database.keyring()
    assert [fresh.decrypt(person, s, bound_to=b"x") for s in sealed] == [b"text"] * 6
    assert len(set(sealed)) == 6


def test_an_erased_person_cannot_be_brought_back_by_hand(database: Database) -> None:
    database.keyring().erase(PERSON)

    for statement in (
        "UPDATE subjects SET wrapped_key = 'x', erased_at = NULL",
        "DELETE FROM subjects",
    ):
        with (
            psycopg.connect(database.owner_dsn("keyring")) as owner,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            owner.execute(statement)


@pytest.mark.parametrize(
    ("stream", "type_", "subject"),
    [
        ("r-2", "Named", PERSON),
        ("r-1", "Renamed", PERSON),
        ("r-1", "Named", OTHER_PERSON),
    ],
)
def test_a_ciphertext_moved_elsewhere_does_not_open(
    database: Database, stream: str, type_: str, subject: UUID
) -> None:
    keyring = database.keyring()
    keyring.prepare([PERSON, OTHER_PERSON])
    sealed = seal(keyring, {"name": CANARY}, stream="r-1", type="Named", subject=PERSON)

    with pytest.raises(Invalid, match="altered or moved") as refused:
        unseal(keyring, sealed, stream=stream, type=type_, subject=subject)

    assert CANARY not in str(refused.value)
    assert unseal(keyring, sealed, stream="r-1", type="Named", subject=PERSON) == {"name": CANARY}


@pytest.mark.parametrize("cut", [0, 1, 12, 13, 28, 37])
def test_a_mutilated_ciphertext_is_refused(database: Database, cut: int) -> None:
    keyring = database.keyring()
    sealed = keyring.encrypt(PERSON, b"some text", bound_to=b"")
    other = bytes(byte ^ 1 for byte in sealed[cut : cut + 1]) or b"?"

    with pytest.raises(Invalid):
        keyring.decrypt(PERSON, sealed[:cut], bound_to=b"")
    with pytest.raises(Invalid):
        keyring.decrypt(PERSON, sealed[:cut] + other + sealed[cut + 1 :], bound_to=b"")


def test_sealed_events_travel_without_being_opened(store: EventStore) -> None:
    store.append([write("r-1", event(private={"name": CANARY}, subject=PERSON))])

    [recorded] = store.read(partition_of("r-1"), after=Position(0), limit=1, decrypt=False)

    assert recorded.private is None
    assert recorded.sealed is not None
    opened = unseal(
        store.keyring, recorded.sealed, stream="r-1", type=recorded.type, subject=PERSON
    )
    assert opened == {"name": CANARY}


def test_f54_another_master_key_is_refused_at_the_start(database: Database) -> None:
    database.keyring()

    with pytest.raises(MasterKeyWrong, match="PERMANENCE_MASTER_KEY"):
        database.keyring(MasterKey.generate())


def test_f54_a_lost_key_is_told_from_an_erased_one(database: Database) -> None:
    keyring = database.keyring()
    sealed = keyring.encrypt(PERSON, b"text", bound_to=b"")

    with pytest.raises(KeyLost):
        keyring.decrypt(uuid4(), sealed, bound_to=b"")


def test_the_master_key_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    text = base64.b64encode(bytes(range(32))).decode()
    file = tmp_path / "key"
    file.write_text(text + "\n")

    from_text = read_master_key({"PERMANENCE_MASTER_KEY": text})
    from_file = read_master_key({"PERMANENCE_MASTER_KEY_FILE": str(file)})

    assert from_text.to_base64() == from_file.to_base64() == text
    assert text not in repr(from_text)


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        ({}, "missing"),
        ({"PERMANENCE_MASTER_KEY": "not base64!"}, "not base64"),
        ({"PERMANENCE_MASTER_KEY": "c2hvcnQ="}, "5 bytes, not 32"),
        ({"PERMANENCE_MASTER_KEY_FILE": "/nowhere/key"}, "/nowhere/key: No such file"),
    ],
)
def test_f54_nothing_starts_without_a_good_master_key(
    environ: dict[str, str], problem: str
) -> None:
    with pytest.raises(MasterKeyInvalid, match=problem):
        read_master_key(environ)


def test_a_fingerprint_is_stable_and_needs_the_key(database: Database) -> None:
    one, again = database.keyring(), database.keyring()

    assert one.fingerprint("12 345 X") == again.fingerprint("12 345 X")
    assert one.fingerprint("12 345 X") != one.fingerprint("12 345 Y")
    assert b"12 345 X" not in one.fingerprint("12 345 X")
    with psycopg.connect(database.admin_dsn) as admin:
        admin.execute("TRUNCATE keyring.index_key")
    assert database.keyring().fingerprint("12 345 X") != one.fingerprint("12 345 X")


def test_the_memory_of_keys_is_bounded(database: Database) -> None:
    keyring = database.keyring(cache_size=10)
    people = [uuid4() for _ in range(40)]

    keyring.prepare(people)
    sealed = [keyring.encrypt(p, b"text", bound_to=b"") for p in people]

    assert len(keyring._cache) == 10
    assert [keyring.decrypt(p, s, bound_to=b"") for p, s in zip(people, sealed, strict=True)] == [
        b"text"
    ] * 40
