"""A new master key: resumable, nobody stops reading, half-done states are refused. F54."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.privacy import Keyring, MasterKey, MasterKeyHalf, MasterKeyWrong, _keyring
from shared.privacy import rewrap as rewrapped
from tests.cli.conftest import Run
from tests.support.postgres import MASTER_KEY, ROOT, Database

NEW = MasterKey(bytes(range(32, 64)))
BOTH = MasterKey(bytes(range(32, 64)), [MASTER_KEY])
OLD_FIRST = MasterKey(bytes(range(32)), [NEW])
PLACE = b"here"


@pytest.fixture
def sealed(desk: Database) -> dict[UUID, bytes]:
    """A secret of each of five people, under the old master key."""
    keyring = desk.keyring()
    people = [uuid4() for _ in range(5)]
    return {person: keyring.encrypt(person, b"Z", bound_to=PLACE) for person in people}


@pytest.fixture
def new_key(permanence: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERMANENCE_MASTER_KEY", NEW.to_base64())
    monkeypatch.setenv("PERMANENCE_MASTER_KEY_ALSO", MASTER_KEY.to_base64())


def opens_all(keyring: Keyring, sealed: dict[UUID, bytes]) -> bool:
    return all(
        keyring.decrypt(person, secret, bound_to=PLACE) == b"Z" for person, secret in sealed.items()
    )


def half_done(desk: Database) -> None:
    """What an interrupted rotation leaves: two of the keys wrapped anew, the rest not yet."""
    with psycopg.connect(desk.owner_dsn("keyring")) as owner:
        rows = owner.execute("SELECT subject, wrapped_key FROM subjects LIMIT 2").fetchall()
        for subject, wrapped in rows:
            owner.execute(
                "UPDATE subjects SET wrapped_key = %s, master = %s WHERE subject = %s",
                [NEW.wrap(MASTER_KEY.unwrap(wrapped)), NEW.id, subject],
            )


def test_f54_after_a_rotation_the_new_key_opens_all_and_the_old_one_nothing(
    desk: Database, sealed: dict[UUID, bytes], permanence: Run, new_key: None
) -> None:
    [told] = permanence("rekey", "--by", "Nora", "--why", "a disk was stolen")

    assert (told["rewrapped"], told["left"]) == (6, 0)  # the index key too
    assert opens_all(desk.keyring(NEW), sealed)
    with pytest.raises(MasterKeyWrong):
        desk.keyring(MASTER_KEY)


@pytest.mark.parametrize("master", [BOTH, OLD_FIRST], ids=["new first", "old first"])
def test_f54_both_keys_read_and_write_in_the_middle_of_a_rotation(
    desk: Database, sealed: dict[UUID, bytes], master: MasterKey
) -> None:
    half_done(desk)

    keyring = desk.keyring(master)

    assert opens_all(keyring, sealed)
    later = uuid4()
    secret = keyring.encrypt(later, b"Z", bound_to=PLACE)
    assert opens_all(desk.keyring(BOTH), {later: secret})


@pytest.mark.parametrize("master", [MASTER_KEY, NEW], ids=["old alone", "new alone"])
def test_f54_a_start_in_the_middle_of_a_rotation_with_one_key_is_refused(
    desk: Database, sealed: dict[UUID, bytes], master: MasterKey
) -> None:
    half_done(desk)

    with pytest.raises((MasterKeyHalf, MasterKeyWrong), match="PERMANENCE_MASTER_KEY"):
        desk.keyring(master)


def test_f54_without_the_look_at_all_keys_half_of_the_persons_are_lost_on_the_way(
    desk: Database, sealed: dict[UUID, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""
    half_done(desk)
    unasked = "SELECT 0, 0 FROM (SELECT %(index)s::text, %(ids)s::text[]) AS asked"
    monkeypatch.setattr(_keyring, "_OTHERS", unasked)

    started = desk.keyring()

    with pytest.raises(MasterKeyWrong):
        opens_all(started, sealed)


def test_f54_an_interrupted_rotation_goes_on_where_it_stopped(
    desk: Database, sealed: dict[UUID, bytes], permanence: Run, new_key: None
) -> None:
    half_done(desk)

    assert permanence("rekey", "--dry-run")[0]["left"] == 4
    [told] = permanence("rekey", "--by", "Nora", "--why", "go on")

    assert (told["rewrapped"], told["left"]) == (4, 0)
    assert opens_all(desk.keyring(NEW), sealed)


def test_f54_a_rotation_killed_between_two_steps_loses_no_key(
    desk: Database, sealed: dict[UUID, bytes]
) -> None:
    class Killed(Exception):
        pass

    def kill(done: int, total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        rewrapped(desk.owner_dsn("keyring"), "keyring", BOTH, kill)

    assert opens_all(desk.keyring(BOTH), sealed)
    rewrapped(desk.owner_dsn("keyring"), "keyring", BOTH)
    assert opens_all(desk.keyring(NEW), sealed)


def test_f54_nothing_is_rotated_without_the_old_key(
    desk: Database, sealed: dict[UUID, bytes], permanence: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERMANENCE_MASTER_KEY", NEW.to_base64())

    with pytest.raises(MasterKeyWrong):
        permanence("rekey", "--by", "Nora", "--why", "a slip")

    assert opens_all(desk.keyring(MASTER_KEY), sealed)


def test_keys_of_before_the_master_was_noted_are_rotated_too(
    desk: Database, sealed: dict[UUID, bytes], permanence: Run, new_key: None
) -> None:
    with psycopg.connect(desk.owner_dsn("keyring")) as owner:
        owner.execute("UPDATE subjects SET master = NULL")
        owner.execute("UPDATE index_key SET master = NULL")

    assert opens_all(desk.keyring(BOTH), sealed)
    permanence("rekey", "--by", "Nora", "--why", "rotation")
    assert opens_all(desk.keyring(NEW), sealed)


def test_an_erased_person_gets_no_key_by_a_rotation(
    desk: Database, sealed: dict[UUID, bytes], permanence: Run, new_key: None
) -> None:
    person = next(iter(sealed))
    desk.keyring().erase(person)

    permanence("rekey", "--by", "Nora", "--why", "rotation")

    assert desk.keyring(NEW).is_erased(person)


def test_f54_a_system_whose_master_key_was_lost_says_so_in_one_line() -> None:
    # Not tmp_path, whose parent other runs of pytest close to the server's user.
    with tempfile.TemporaryDirectory(prefix="permanence-tests-") as folder:
        start = [sys.executable, "-W", "ignore", "-c", "from services.cli.main import run; run()"]
        start += ["streams", "--embedded", "--data", folder]
        subprocess.run(start, check=True, capture_output=True, cwd=ROOT)
        (Path(folder) / "master_key").unlink()

        refused = subprocess.run(start, check=False, capture_output=True, text=True, cwd=ROOT)

    assert refused.returncode == 1
    assert refused.stderr.startswith("permanence: PERMANENCE_MASTER_KEY: not the key that")
    assert len(refused.stderr.splitlines()) == 1
