"""The folder where e-mails wait: whole or not at all, and never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.intake.adapters.mail_reader import MailReader
from services.intake.adapters.spool import Envelope, Spool, is_own_name
from services.intake.application.ports import Arrival
from services.intake.application.receive import Receipt, receive
from shared.contracts.vocabulary import RequestState
from shared.errors import Unavailable
from tests.support.postgres import ROOT, Database
from tests.unit.intake import items
from tests.unit.intake.conftest import NOW, Intake
from tests.unit.intake.running import environment

ENVELOPE = Envelope(
    sender="c.modele@asso.example",
    recipients=("commission.prison@lacimade.org",),
    received_at=datetime(2026, 6, 8, 8, 0, tzinfo=UTC),
)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def reader(intake: Intake, *, most_bytes: int = 1_000_000) -> MailReader:
    assert intake.parts.mail
    return reading(intake, lambda one: receive(one, desk=intake.parts.desk), most_bytes)


def reading(
    intake: Intake, received: Callable[[Arrival], Receipt], most_bytes: int = 1_000_000
) -> MailReader:
    assert intake.parts.mail
    return MailReader(
        intake.parts.mail.spool, received, intake.clock, most_bytes=most_bytes, rehearsals=True
    )


def test_what_was_put_is_read_with_its_envelope(spool: Spool):
    name = spool.put(b"Subject: x\r\n\r\n\xff\x00", ENVELOPE)

    spooled = spool.read(name, most_bytes=1000)

    assert spooled is not None
    assert (spooled.raw, spooled.envelope, spooled.whole) == (
        b"Subject: x\r\n\r\n\xff\x00",
        ENVELOPE,
        True,
    )


def test_a_plain_file_dropped_by_hand_is_a_message_too(spool: Spool):
    (spool.folder / "new" / "dropped.eml").write_bytes(items.QUESTION.encode())

    spooled = spool.read("dropped.eml", most_bytes=10_000)

    assert spooled is not None
    assert (spooled.raw, spooled.envelope) == (items.QUESTION.encode(), None)


def test_the_oldest_message_comes_first(spool: Spool):
    late = spool.put(b"late", ENVELOPE)
    early = spool.put(b"early", replace(ENVELOPE, received_at=datetime(2026, 6, 1, tzinfo=UTC)))

    assert list(spool.waiting(10)) == [early, late]


def test_a_message_half_written_is_not_seen(spool: Spool):
    (spool.folder / "tmp" / "half").write_bytes(b"Subject: ha")

    assert list(spool.waiting(10)) == []


def test_a_dropped_message_is_taken_over_by_one_process(spool: Spool):
    (spool.folder / "new" / "letter.eml").write_bytes(b"x")

    own = spool.take_over("letter.eml")

    assert own is not None
    assert is_own_name(own)
    assert spool.take_over("letter.eml") is None
    assert spool.take_over(own) == own
    assert spool.waiting(5) == [own]


def test_a_message_that_another_process_took_is_passed_over(spool: Spool):
    name = spool.put(b"x", ENVELOPE)
    spool.done(name)

    assert spool.read(name, most_bytes=10) is None
    spool.done(name)
    assert spool.count("cur") == 1


def test_what_was_taken_in_long_ago_leaves_the_disk(spool: Spool):
    old, new = spool.put(b"old", ENVELOPE), spool.put(b"new", ENVELOPE)
    for name in (old, new):
        spool.done(name)
    os.utime(spool.folder / "cur" / old, (0, 0))

    assert spool.forget_old(datetime(2026, 1, 1, tzinfo=UTC), timedelta(hours=24)) == 1
    assert spool.count("cur") == 1


@pytest.mark.parametrize(("keep_hours", "left"), [(24, {"now", "day"}), (0, {"now"})])
def test_what_was_never_acknowledged_leaves_the_disk_once_nobody_writes_it(
    spool: Spool, keep_hours: int, left: set[str]
):
    now = datetime.now(UTC)
    for name, hours in {"now": 0.5, "day": 23, "old": 25}.items():
        path = spool.folder / "tmp" / name
        path.write_bytes(b"From: half a mail")
        written = (now - timedelta(hours=hours)).timestamp()
        os.utime(path, (written, written))

    assert spool.forget_old(now, timedelta(hours=keep_hours)) == 3 - len(left)

    assert {name for _, name in spool.everything()} == left


def test_waiting_mail_becomes_requests(intake: Intake):
    mail = reader(intake)
    mail.spool.put(items.QUESTION.encode(), ENVELOPE)

    assert mail.take_in() == 1

    assert intake.requests() == 1
    assert (mail.spool.count("new"), mail.spool.count("cur")) == (0, 1)


def test_the_time_of_the_transport_is_that_of_reception(intake: Intake):
    mail = reader(intake)
    mail.spool.put(items.QUESTION.replace("Date: Mon, 08 Jun 2026", "X: y").encode(), ENVELOPE)

    mail.take_in()

    with intake.pool.connection() as connection:
        row = connection.execute("SELECT received_at FROM requests").fetchone()
    assert row == (ENVELOPE.received_at,)


def test_mail_to_a_rehearsal_goes_into_its_register(intake: Intake):
    mail = reader(intake)
    to = ("commission.prison+rehearsal-s13@lacimade.org",)
    mail.spool.put(items.QUESTION.encode(), replace(ENVELOPE, recipients=to))

    mail.take_in()

    assert (intake.requests(), intake.requests("rehearsal-s13")) == (0, 1)


@pytest.mark.parametrize("real_first", [True, False])
def test_mail_to_a_rehearsal_and_to_the_desk_is_real(intake: Intake, real_first: bool):
    mail = reader(intake)
    to = ("commission.prison+rehearsal-s13@lacimade.org", *ENVELOPE.recipients)
    put = replace(ENVELOPE, recipients=to[::-1] if real_first else to)
    mail.spool.put(items.QUESTION.encode(), put)

    mail.take_in()

    assert (intake.requests(), intake.requests("rehearsal-s13")) == (1, 0)


def test_an_empty_mail_is_kept_for_a_person(intake: Intake):
    mail = reader(intake)
    mail.spool.put(b"", ENVELOPE)

    mail.take_in()

    with intake.pool.connection() as connection:
        rows = connection.execute("SELECT state, request_id FROM requests").fetchall()
    [(state, request_id)] = rows
    assert state == "needs_review"
    assert intake.original(request_id) == b""


def test_a_mail_larger_than_is_taken_is_shown_and_stays_whole_on_the_disk(intake: Intake):
    mail = reader(intake, most_bytes=50_000)
    mail.spool.put(items.large_email(200_000), ENVELOPE)

    mail.take_in()

    with intake.pool.connection() as connection:
        rows = connection.execute("SELECT state, missing FROM requests").fetchall()
    assert rows == [("needs_review", ["content"])]
    [name] = mail.spool.set_aside_names()
    assert (mail.spool.folder / "failed" / name).stat().st_size > 200_000 * 0.99


def test_while_the_database_is_away_the_mail_waits(intake: Intake):
    def away(_arrival: Arrival) -> Receipt:
        raise Unavailable("database: not available; retry in a moment")

    mail = reading(intake, away)
    mail.spool.put(items.QUESTION.encode(), ENVELOPE)

    with pytest.raises(Unavailable):
        mail.take_in()
    assert mail.spool.count("new") == 1


def test_a_mail_on_which_reception_breaks_is_shown_to_a_person_and_set_aside(intake: Intake):
    def breaks_unless_unread(arrival: Arrival) -> Receipt:
        if not arrival.unread:
            raise LookupError
        return receive(arrival, desk=intake.parts.desk)

    mail = reading(intake, breaks_unless_unread)
    mail.spool.put(items.QUESTION.encode(), ENVELOPE)

    mail.take_in()

    with intake.pool.connection() as connection:
        rows = connection.execute("SELECT state, missing FROM requests").fetchall()
    assert rows == [(RequestState.NEEDS_REVIEW.value, ["content"])]
    assert len(mail.spool.set_aside_names()) == 1


def test_a_mail_that_cannot_be_kept_at_all_is_set_aside_and_the_next_is_taken(intake: Intake):
    def breaks_on_the_first(arrival: Arrival) -> Receipt:
        if b"poison" in arrival.raw:
            raise LookupError
        return receive(arrival, desk=intake.parts.desk)

    mail = reading(intake, breaks_on_the_first)
    mail.spool.put(b"Subject: poison\r\n\r\n", ENVELOPE)
    mail.spool.put(items.QUESTION.encode(), ENVELOPE)

    mail.take_in()

    assert (len(mail.spool.set_aside_names()), intake.requests()) == (1, 1)


_DIES_BEFORE_DONE = """
import os, signal, sys
from pathlib import Path
from services.intake.adapters.mail_reader import MailReader
from services.intake.adapters.spool import Spool
from services.intake.wiring import open_parts

class Dying(Spool):
    def done(self, name):
        os.kill(os.getpid(), signal.SIGKILL)

parts = open_parts({})
mail = parts.extra["intake"].mail
MailReader(
    Dying(mail.spool.folder), mail._receive, parts.clock, most_bytes=10**6, rehearsals=True
).take_in()
"""


@pytest.mark.parametrize("dropped", [False, True])
def test_a_process_killed_between_commit_and_rename_takes_nothing_in_twice(
    intake: Intake, services_database: Database, tmp_path: Path, dropped: bool
):
    mail = reader(intake)
    if dropped:
        (mail.spool.folder / "new" / "letter.eml").write_bytes(items.QUESTION.encode())
    else:
        mail.spool.put(items.QUESTION.encode(), ENVELOPE)
    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _DIES_BEFORE_DONE],
        cwd=ROOT,
        env=environment(services_database, tmp_path),
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    assert (mail.spool.count("new"), intake.requests()) == (1, 1)

    mail.take_in()

    with intake.pool.connection() as connection:
        types = connection.execute("SELECT type FROM events ORDER BY position").fetchall()
    assert "ArrivalNoted" not in {row[0] for row in types}
    assert (mail.spool.count("new"), mail.spool.count("cur"), intake.requests()) == (0, 1, 1)


def test_a_link_in_the_folder_is_no_message(intake: Intake, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(items.QUESTION.encode())
    mail = reader(intake)
    (mail.spool.folder / "new" / "link.eml").symlink_to(elsewhere)

    mail.take_in()

    [name] = mail.spool.set_aside_names()
    assert intake.requests() == 0
    assert is_own_name(name)  # the one that it had may tell of a person
    assert (mail.spool.folder / "failed" / name).is_symlink()


def test_a_link_put_where_a_message_was_seen_is_not_followed(intake: Intake, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"secret")
    spool = reader(intake).spool
    (spool.folder / "new" / "link.eml").symlink_to(elsewhere)

    with pytest.raises(OSError, match=r"link\.eml"):
        spool.read("link.eml", most_bytes=100)


def test_the_same_mail_delivered_twice_is_one_request(intake: Intake):
    mail = reader(intake)
    for _ in range(2):
        mail.spool.put(items.QUESTION.encode(), ENVELOPE)

    mail.take_in()

    assert intake.requests() == 1
    assert intake.clock.now() == NOW
