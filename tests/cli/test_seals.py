"""Seals: what was signed cannot be rewritten unseen, not even by whoever owns the database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql
from structlog.testing import capture_logs
from typer.testing import CliRunner

from services.cli.app import app_of
from services.cli.sealing import seal_daily
from shared.errors import Invalid
from shared.eventstore import EventStore
from shared.logging import describe_error
from shared.seals import SealBroken, SealKey, kept
from shared.settings import Environment
from shared.watch.meters import Meters
from shared.watch.readiness import Readiness
from shared.watch.stored import log_families
from tests.cli.conftest import SEAL_KEY, Run
from tests.cli.test_verify import faults, superuser
from tests.eventstore.events import event, write
from tests.support.postgres import Database

WHO = ("--by", "Nora", "--why", "end of the month")
PUBLIC = SealKey.from_base64(SEAL_KEY).public
OTHER_KEY = SealKey.from_base64("IAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").public

# Done by somebody who can do anything, and who mends digests and heads so that the chain holds.
MEND = """
UPDATE events SET digest = event_digest('', partition, "position", stream, version, type, schema,
    subject, occurred_at, recorded_at, data, metadata, private);
DELETE FROM streams;
INSERT INTO streams SELECT stream, partition, version, "position", digest, recorded_at, recorded_at
    FROM events;
"""
TAMPERINGS = {
    "one byte changed": """UPDATE events SET data = '{"n": 9}' WHERE stream = 'r-1'""",
    "a middle row deleted": "DELETE FROM events WHERE stream = 'r-1'",
    "the last row deleted": "DELETE FROM events WHERE stream = 'r-2'",
    "a row inserted": """INSERT INTO events SELECT 2, 'r-1-too', 1, type, schema, data,
        private, subject, metadata, occurred_at, recorded_at, partition, digest
        FROM events WHERE stream = 'r-1'""",
    "two swapped": """UPDATE events SET "position" = "position" + 1000 WHERE stream <> 'r-0';
        UPDATE events SET "position" = CASE stream WHEN 'r-1' THEN 4 ELSE 3 END
        WHERE stream <> 'r-0'""",
    "the tail cut": "DELETE FROM events WHERE stream <> 'r-0'",
}


@pytest.mark.parametrize(
    ("path", "reason"),
    [("missing/seals.jsonl", "No such file"), ("/dev/full", "No space left"), (".", "directory")],
)
@pytest.mark.parametrize("option", ["--export", "--export-digests"])
def test_an_export_that_cannot_be_written_is_refused(
    store: EventStore,
    permanence: Run,
    tmp_path: Path,
    option: str,
    path: str,
    reason: str,
) -> None:
    with pytest.raises(Invalid, match=f"{option}: .* cannot be written .*{reason}"):
        permanence("seal", *WHO, "--service", "intake", option, str(tmp_path / path))

    [again] = permanence("seal", "--dry-run", "--service", "intake")
    signed = path == "/dev/full"  # which shows only once something is written
    assert again["number"] == 1 + signed
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def store(desk: Database) -> EventStore:
    """Three streams of one event each, r-0, r-1 and r-2, at the positions 1, 3 and 4."""
    store = desk.store()
    for n in range(3):
        store.append([write(f"r-{n}", event(data={"n": n}))])
        if n == 0:
            desk.admin().execute("SELECT nextval('events_position_seq')")
    return store


def export(permanence: Run, folder: Path) -> tuple[Path, Path]:
    seals, digests = folder / "seals.jsonl", folder / "digests.jsonl"
    permanence("seal", *WHO, "--export", str(seals), "--export-digests", str(digests))
    return seals, digests


def check(permanence: Run, seals: Path, *more: str, key: str = PUBLIC) -> list[dict[str, Any]]:
    return permanence("check-seal", str(seals), "--public-key", key, *more)


def test_an_outsider_checks_seals_with_the_public_key_alone(
    store: EventStore, permanence: Run, tmp_path: Path
) -> None:
    seals, digests = export(permanence, tmp_path)

    rows = check(permanence, seals, "--against", str(digests))

    [intake] = [row for row in rows if row["service"] == "intake"]
    assert (intake["seals"], intake["events"], intake["log"]) == (1, 3, "as sealed")


def test_what_is_no_export_of_digests_is_said_to_be_none(
    store: EventStore, permanence: Run, tmp_path: Path
) -> None:
    seals, _ = export(permanence, tmp_path)

    with pytest.raises(Invalid, match=r"against: .*missing is not there; .*--export-digests"):
        check(permanence, seals, "--against", str(tmp_path / "missing"))
    with pytest.raises(Invalid, match=r"against: .*seals.jsonl does not hold digests"):
        check(permanence, seals, "--against", str(seals))


def test_a_log_that_grew_still_holds_what_was_sealed(
    store: EventStore, permanence: Run, tmp_path: Path
) -> None:
    seals, _ = export(permanence, tmp_path)
    store.append([write("r-0"), write("r-7")])
    later = tmp_path / "later"
    later.mkdir()
    _, digests = export(permanence, later)

    assert check(permanence, seals, "--against", str(digests))


@pytest.mark.parametrize("what", TAMPERINGS)
def test_f11_what_was_sealed_cannot_be_rewritten_unseen(
    desk: Database, store: EventStore, permanence: Run, tmp_path: Path, what: str
) -> None:
    """Even when digests and heads are mended with it, so that the chain holds."""
    seals, digests = export(permanence, tmp_path)
    admin = superuser(desk)
    admin.execute(TAMPERINGS[what])
    admin.execute(MEND)
    permanence("seal", "--dry-run", "--export-digests", str(digests))

    found = permanence("verify", "--service", "intake", "--check", "seals", status=1)
    assert "not as sealed on" in faults(found)[0]
    with pytest.raises(SealBroken, match="not as sealed on"):
        check(permanence, seals, "--against", str(digests))


def test_f11_without_a_seal_what_was_rewritten_and_mended_verifies(
    desk: Database, store: EventStore
) -> None:
    """Proves that the test above can fail."""
    admin = superuser(desk)
    admin.execute(TAMPERINGS["one byte changed"])
    admin.execute(MEND)

    assert store.verify().sound


def test_a_log_that_does_not_verify_is_not_sealed(
    desk: Database, store: EventStore, permanence: Run
) -> None:
    superuser(desk).execute(TAMPERINGS["one byte changed"])

    with pytest.raises(SealBroken, match="r-1 version 1: altered"):
        permanence("seal", *WHO)


def test_a_log_broken_before_its_last_seal_is_not_sealed_either(
    desk: Database, store: EventStore, permanence: Run
) -> None:
    permanence("seal", *WHO)
    superuser(desk).execute(TAMPERINGS["one byte changed"])

    with pytest.raises(SealBroken, match="r-1 version 1: altered"):
        permanence("seal", *WHO)


@pytest.mark.parametrize("what", ["a new stream is gone", "what was sealed was rewritten"])
def test_a_log_that_verify_refuses_is_not_sealed(
    desk: Database, store: EventStore, permanence: Run, what: str
) -> None:
    """Even when digests and heads are mended with it, so that the chain holds."""
    permanence("seal", *WHO)
    store.append([write("r-9")], command_id=uuid4())
    admin = superuser(desk)
    said = "position 5: a command wrote it, it is gone"
    if what == "a new stream is gone":
        admin.execute("DELETE FROM events WHERE stream = 'r-9'")
    else:
        admin.execute(TAMPERINGS["one byte changed"])
        said = "not as sealed on"
    admin.execute(MEND)
    checks = ("--service", "intake", "--check", "chain", "--check", "seals")
    assert said in faults(permanence("verify", *checks, status=1))[0]

    with pytest.raises(SealBroken, match=f"intake: .*{said}"):
        permanence("seal", *WHO)
    with store.transaction() as connection:
        assert len(kept(connection)) == 1


def test_a_seal_signed_by_somebody_else_is_refused(
    store: EventStore, permanence: Run, tmp_path: Path
) -> None:
    seals, _ = export(permanence, tmp_path)

    with pytest.raises(SealBroken, match="seal 1 of intake"):
        check(permanence, seals, key=OTHER_KEY)


@pytest.mark.parametrize("change", ["a number", "a day removed"])
def test_an_altered_or_missing_seal_is_named(
    store: EventStore, permanence: Run, tmp_path: Path, change: str
) -> None:
    permanence("seal", *WHO, "--service", "intake")
    store.append([write("r-0")])
    permanence("seal", *WHO, "--service", "intake")
    seals = tmp_path / "seals.jsonl"
    permanence("seal", *WHO, "--service", "intake", "--export", str(seals))
    first, second = seals.read_text().splitlines()
    if change == "a number":
        altered = json.loads(first)
        altered["partitions"][0]["events"] += 1
        seals.write_text(f"{json.dumps(altered)}\n{second}\n")
    else:
        seals.write_text(f"{second}\n")

    with pytest.raises(SealBroken, match=r"seal [12] of intake"):
        check(permanence, seals)


def test_sealing_again_on_the_same_day_makes_no_second_seal(
    store: EventStore, permanence: Run
) -> None:
    first = permanence("seal", *WHO, "--service", "intake")
    again = permanence("seal", *WHO, "--service", "intake")

    assert (first[0]["made"], again[0]["made"]) == (True, False)
    assert first[0]["digest"] == again[0]["digest"]


def test_a_rehearsal_signs_nothing(store: EventStore, permanence: Run) -> None:
    permanence("seal", "--dry-run")
    permanence("seal", "--dry-run")

    rows = permanence("verify", "--check", "seals")
    assert [row["looked_at"] for row in rows] == [0, 0, 0, 0]


def test_who_sealed_and_why_is_recorded(desk: Database, store: EventStore, permanence: Run) -> None:
    permanence("seal", *WHO)

    query = "SELECT action, by, why, outcome, ended_at >= started_at FROM keyring.admin_actions"
    assert desk.admin().execute(query).fetchall() == [
        ("seal", "Nora", "end of the month", "done", True)
    ]


def age(desk: Database, days: int) -> None:
    """As if the log had begun, and was last sealed, so many days ago."""
    admin = desk.admin()
    for column, table in (("drawn_at", "incarnations"), ("recorded_at", "seals")):
        for statement in (
            "ALTER TABLE intake.{table} DISABLE TRIGGER append_only",
            "UPDATE intake.{table} SET {at} = {at} - {days} * interval '1 day'",
            "ALTER TABLE intake.{table} ENABLE ALWAYS TRIGGER append_only",
        ):
            named = {"table": sql.Identifier(table), "at": sql.Identifier(column)}
            admin.execute(sql.SQL(statement).format(**named, days=days))


def readiness(desk: Database) -> dict[str, Any]:
    looking = Readiness(
        pool=desk.pool("intake"),
        keyring_pool=desk.pool("keyring"),
        store=desk.store(),
        meters=Meters(),
        ask_broker=lambda: None,
        lag_seconds=1e9,
    )
    looking.look()
    page, status = looking.told()
    assert status == 200
    return page


@pytest.mark.parametrize("sealed", [True, False])
def test_a_seal_that_is_missing_is_told_by_all_that_look(
    desk: Database, store: EventStore, permanence: Run, sealed: bool
) -> None:
    if sealed:
        permanence("seal", *WHO)
    age(desk, 1)
    assert [row["overdue_since"] for row in permanence("seal", "--overdue")] == [None] * 4
    assert readiness(desk)["warnings"] == []
    age(desk, 2)

    asked = permanence("seal", "--overdue", status=1)
    assert [row["service"] for row in asked if row["overdue_since"]] == ["intake"]
    [verified] = permanence("verify", "--service", "intake", "--check", "seals")
    assert "intake: a seal is missing since" in verified["warnings"][0]
    result = CliRunner().invoke(app_of(), ["stats"], catch_exceptions=False)
    assert "warning: intake: a seal is missing since" in result.stderr
    assert [one["code"] for one in readiness(desk)["warnings"]] == ["seal.overdue"]
    with store.transaction() as connection:
        [gauge] = [
            family.samples[0].value
            for family in log_families(store, connection)
            if family.name == "permanence_seal_overdue_seconds"
        ]
    assert 86_400 < gauge < 100_000

    if not sealed:
        permanence("seal", *WHO)
        assert [row["overdue_since"] for row in permanence("seal", "--overdue")] == [None] * 4


class Days:
    """What ``seal_daily`` waits with: each wait is a day, and the last one ends it."""

    def __init__(self, clock: Path, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self._clock, self._left = clock, days
        self._now = datetime(2026, 5, 4, 12, tzinfo=UTC)
        self._tell()
        monkeypatch.setenv("PERMANENCE_CLOCK_PATH", str(clock))

    def _tell(self) -> None:
        self._clock.write_text(self._now.isoformat(), encoding="ascii")

    def wait(self, _seconds: float) -> bool:
        self._left -= 1
        self._now += timedelta(days=1)
        self._tell()
        return self._left <= 0


def test_each_day_is_sealed_without_anybody_remembering(
    store: EventStore, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: Any = Days(tmp_path / "now", 3, monkeypatch)

    seal_daily(Environment(), by="sealer", why="every day", stopped=days)

    with store.transaction() as connection:
        assert [one.day for one in kept(connection)] == ["2026-05-04", "2026-05-05", "2026-05-06"]
    done = permanence("actions", "--action", "seal")
    assert {(row["by"], row["why"], row["outcome"]) for row in done} == {
        ("sealer", "every day", "done")
    }
    assert len(done) == 12  # four logs, three days


def test_what_keeps_the_logs_from_being_sealed_is_logged_with_its_remedy(
    permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: Any = Days(tmp_path / "now", 1, monkeypatch)
    monkeypatch.delenv("PERMANENCE_KEYRING_DSN")

    with capture_logs(processors=[describe_error]) as lines:
        seal_daily(Environment(), by="sealer", why="every day", stopped=days)

    [told] = lines
    assert told["event"] == "seal_failed"
    assert told["error"]["text"].startswith("PERMANENCE_KEYRING_DSN: not set; set it")


def test_a_log_that_cannot_be_sealed_keeps_no_other_from_it(
    desk: Database, store: EventStore, permanence: Run, tmp_path: Path, monkeypatch: Any
) -> None:
    superuser(desk).execute(TAMPERINGS["one byte changed"])
    days: Any = Days(tmp_path / "now", 1, monkeypatch)

    seal_daily(Environment(), by="sealer", why="every day", stopped=days)

    done = permanence("actions", "--action", "seal")
    assert {(row["details"]["services"], row["outcome"]) for row in done} == {
        ("intake", "failed"),
        *((name, "done") for name in ("routing", "followup", "notifications")),
    }
