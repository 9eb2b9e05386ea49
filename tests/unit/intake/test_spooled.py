"""The mails of erased persons leave the spool, by whatever way they lie there. F53."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.intake.adapters.spool import Envelope, Spool, Spooled
from services.intake.adapters.spool_families import spool_families
from services.intake.adapters.spooled import SpooledMail, Unknown
from services.intake.wiring import open_parts
from shared.eventstore.bootstrap import KEYRING
from tests.support.postgres import MASTER_KEY
from tests.unit.intake.conftest import NOW, Intake, build, services_database

__all__ = ["services_database"]

SENDER = Envelope(sender=None, recipients=(), received_at=NOW)


@pytest.fixture
def spooled(intake: Intake) -> SpooledMail:
    assert intake.parts.spooled
    return intake.parts.spooled


@pytest.fixture
def spool(intake: Intake) -> Spool:
    assert intake.parts.mail
    return intake.parts.mail.spool


def mail(name: str, words: str = "Bonjour") -> bytes:
    return f"From: x@example.org\nMessage-ID: <{name}@x>\n\n{words}, {name}".encode()


def taken_in(intake: Intake) -> UUID:
    """The person of whom the last request is, after all mails were taken in."""
    assert intake.parts.mail
    intake.parts.mail.take_in()
    return next(
        UUID(one.data["person_id"])
        for one in reversed(intake.streams.store.find())
        if one.type == "RequestReceived"
    )


def folders(spool: Spool) -> list[str]:
    return sorted(folder for folder, _ in spool.everything())


def test_a_mail_taken_in_goes_with_its_person_and_no_other(
    intake: Intake, spool: Spool, spooled: SpooledMail
) -> None:
    spool.put(mail("Odilon"), SENDER)
    taken_in(intake)
    spool.put(mail("Zoé"), SENDER)
    person = taken_in(intake)

    assert spooled.forget([person]) == 1

    [(folder, name)] = spool.everything()
    assert folder == "cur"
    assert b"Odilon" in (spool.folder / folder / name).read_bytes()


def test_a_copy_of_a_mail_that_came_again_goes_too(
    intake: Intake, spool: Spool, spooled: SpooledMail
) -> None:
    spool.put(mail("Zoé"), SENDER)
    person = taken_in(intake)
    spool.put(mail("Zoé"), SENDER)
    taken_in(intake)
    assert folders(spool) == ["cur", "cur"]

    assert spooled.forget([person]) == 2


def test_a_mail_too_large_that_was_set_aside_goes(
    services_database: object, intake: Intake, tmp_path: Path
) -> None:
    small = build(intake.database, tmp_path, most_bytes=2000)
    assert small.parts.mail
    assert small.parts.spooled
    small.parts.mail.spool.put(mail("Zoé", "Bonjour " * 400), SENDER)
    person = taken_in(small)
    assert folders(small.parts.mail.spool) == ["failed"]

    assert small.parts.spooled.forget([person]) == 1


def test_one_whose_taking_in_was_cut_short_goes_instead_of_coming_back(
    intake: Intake, spool: Spool, spooled: SpooledMail
) -> None:
    spool.put(mail("Zoé"), SENDER)
    person = taken_in(intake)
    [(_, name)] = spool.everything()
    (spool.folder / "cur" / name).rename(spool.folder / "new" / name)  # as a kill leaves it

    assert spooled.forget([person]) == 1


def test_a_file_under_a_name_used_twice_is_not_deleted_before_it_was_taken_in(
    intake: Intake, spool: Spool, spooled: SpooledMail
) -> None:
    dropped = spool.folder / "new" / "letter.eml"
    dropped.write_bytes(mail("Zoé"))
    person = taken_in(intake)
    dropped.write_bytes(mail("Odilon"))

    assert spooled.forget([person]) == 1

    assert dropped.exists()


def test_the_name_of_a_dropped_file_stands_nowhere_and_its_copy_goes_with_its_person(
    intake: Intake, spool: Spool, spooled: SpooledMail
) -> None:
    (spool.folder / "new" / "Benali Karim - OQTF.eml").write_bytes(mail("Zoé"))

    person = taken_in(intake)

    told = [str(one.data) for one in intake.streams.store.find()]
    assert "spool:" in "".join(told)
    assert not [data for data in told if "Benali" in data]
    assert folders(spool) == ["cur"]
    assert spooled.forget([person]) == 1
    assert folders(spool) == []


def test_what_an_earlier_release_took_in_under_the_name_it_had_goes_too(
    intake: Intake, spool: Spool, spooled: SpooledMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(Spool, "take_over", lambda _spool, name: name)
        (spool.folder / "new" / "letter.eml").write_bytes(mail("Zoé"))
        person = taken_in(intake)
    (spool.folder / "new" / "letter.eml").write_bytes(mail("Odilon"))

    assert spooled.forget([person]) == 1

    assert list(spool.everything()) == [("new", "letter.eml")]


def test_what_is_of_nobody_known_is_told_with_the_time_until_it_goes(
    intake: Intake, spool: Spool, spooled: SpooledMail
) -> None:
    spool.put(mail("Odilon"), SENDER)
    person = taken_in(intake)
    for folder in ("tmp", "new", "cur", "failed"):
        (spool.folder / folder / f"{folder}.eml").write_bytes(mail("Zoé"))
        os.utime(spool.folder / folder / f"{folder}.eml", (NOW.timestamp(), NOW.timestamp()))

    told = spooled.unknown([UUID(int=0)], keep_hours=24)

    until = NOW + timedelta(hours=24)
    assert told == [
        Unknown(folder="tmp", count=1, until=until),
        Unknown(folder="new", count=1, until=None),
        Unknown(folder="cur", count=1, until=until),
        Unknown(folder="failed", count=1, until=None),
    ]
    spooled.forget([person])
    assert len(folders(spool)) == 4


@pytest.fixture
def deployed(intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings with which the service opens what ``intake`` has."""
    monkeypatch.setenv("PERMANENCE_AMQP_URI", "memory://nobody-listens")
    monkeypatch.setenv("PERMANENCE_MASTER_KEY", MASTER_KEY.to_base64())
    monkeypatch.setenv("PERMANENCE_SPOOL", str(tmp_path / "spool"))
    for schema in ("intake", KEYRING):
        monkeypatch.setenv(f"PERMANENCE_{schema.upper()}_DSN", intake.database.dsn(schema))


def test_what_an_erasure_that_was_cut_short_left_goes_at_the_next_start(
    intake: Intake, spool: Spool, deployed: None
) -> None:
    spool.put(mail("Zoé"), SENDER)
    person = taken_in(intake)
    intake.keyring.erase(person)

    open_parts({}).close()

    assert folders(spool) == []


def test_files_that_cannot_be_read_keep_no_mail_out(
    intake: Intake, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):  # more than are looked at in one go
        (spool.folder / "new" / f"0000{number:02}.others").write_bytes(b"of another owner")
    spool.put(mail("Odilon"), SENDER)
    read = Spool.read

    def refused(spool: Spool, name: str, *, most_bytes: int) -> Spooled | None:
        if name.endswith(".others"):  # root, as whom tests may run, may read all
            raise PermissionError(name)
        return read(spool, name, most_bytes=most_bytes)

    monkeypatch.setattr(Spool, "read", refused)
    assert intake.parts.mail

    for _ in range(3):
        with pytest.raises(PermissionError, match="others"):
            intake.parts.mail.take_in()

    assert [one.type for one in intake.streams.store.find()].count("RequestReceived") == 1
    assert len(list((spool.folder / "new").iterdir())) == 25


def told(intake: Intake, now: datetime) -> dict[str, float]:
    """What the metrics page says of the spool, by folder and "oldest"."""
    assert intake.parts.mail
    samples = [one for family in spool_families(intake.parts.mail, now) for one in family.samples]
    return {one.labels.get("folder", "oldest"): one.value for one in samples}


def test_a_mail_that_cannot_be_read_is_told_until_it_can_be(
    intake: Intake, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = intake.parts.mail
    assert mails
    name = spool.put(mail("Odilon"), SENDER)
    os.utime(spool.folder / "new" / name, (NOW.timestamp(), NOW.timestamp()))

    def refused(_spool: Spool, name: str, *, most_bytes: int) -> Spooled | None:
        raise PermissionError(name)

    with monkeypatch.context() as closed:
        closed.setattr(Spool, "read", refused)
        with pytest.raises(PermissionError):
            mails.take_in()
        assert mails.unreadable_since is not None
    assert told(intake, NOW + timedelta(hours=1)) == {
        "tmp": 0,
        "new": 1,
        "failed": 0,
        "oldest": 3600,
    }

    mails.take_in()
    assert mails.unreadable_since is None
    assert told(intake, NOW + timedelta(hours=1)) == {"tmp": 0, "new": 0, "failed": 0, "oldest": 0}


def test_mails_and_links_that_were_set_aside_are_counted(intake: Intake, spool: Spool) -> None:
    assert intake.parts.mail
    (spool.folder / "new" / "link.eml").symlink_to(spool.folder / "nowhere")
    (spool.folder / "new" / ".hidden").write_bytes(b"of the file system")
    spool.set_aside(spool.put(mail("Odilon"), SENDER))

    intake.parts.mail.take_in()

    (spool.folder / "tmp" / "half").write_bytes(mail("Zo"))
    assert told(intake, NOW) == {"tmp": 1, "new": 0, "failed": 2, "oldest": 0}


def test_a_spool_that_cannot_be_looked_into_waits_since_then(intake: Intake, spool: Spool) -> None:
    mails = intake.parts.mail
    assert mails
    (spool.folder / "new").rename(spool.folder / "away")
    with pytest.raises(FileNotFoundError):
        mails.take_in()
    since = mails.unreadable_since
    assert since

    assert told(intake, since + timedelta(minutes=1)) == {"oldest": 60}
