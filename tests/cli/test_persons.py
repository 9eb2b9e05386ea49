"""What is held on a person is told to them, and goes when they ask. F53."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.cli.held import held
from services.cli.logs import open_logs
from services.cli.person import MailsUnknown, NobodyKnown, NotErased
from services.cli.words_left import WordsStay
from services.intake.adapters.spool import Envelope
from services.intake.application import erase
from shared.errors import Invalid, Refused
from shared.eventstore import ERASED, Connection
from shared.privacy import ErasedList, SubjectErased
from shared.settings import Environment
from tests.cli.conftest import Run
from tests.cli.office import LETTER, Office, everything, kept_aside
from tests.eventstore.events import NOON, OTHER_PERSON, PERSON, event, write


def test_everything_held_on_a_person_is_written_for_them(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    [told] = permanence(
        "export-person", str(office.person), "--to", str(folder), "--by", "Nora", "--why", "asked"
    )

    facts = json.loads((folder / "personne.json").read_text())
    page = (folder / "personne.html").read_text()
    assert (told["events"], told["originals"]) == (len(facts["events"]), 1)
    assert {row["table"] for row in facts["rows"]} >= {"requests", "request_people", "originals"}
    assert facts["key"]["made_at"]
    assert "CANARI" in page.upper()
    assert "Ce que la permanence garde sur vous" in page
    assert (folder / facts["originals"][0]["file"]).read_text() == LETTER
    assert folder.stat().st_mode & 0o077 == 0


def test_nothing_of_other_people_is_told(office: Office, permanence: Run, tmp_path: Path) -> None:
    other = office.intake.submit("letter", LETTER.replace("Zébulon", "Odilon"))
    permanence(
        "export-person", str(office.person), "--to", str(tmp_path / "e"), "--by", "N", "--why", "w"
    )

    facts = json.loads((tmp_path / "e" / "personne.json").read_text())
    assert not any(row["stream"].endswith(str(other.request_id)) for row in facts["events"])
    assert "Odilon" not in (tmp_path / "e" / "personne.json").read_text()


def test_what_a_relative_wrote_is_not_handed_over_with_who_they_are(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    raw = (
        "From: Awa Fofana <awa@example.org>\nSubject: mon fils\n\nBonjour, je suis la maman de "
        "Odilon MARTEAU, écrou 981442, incarcéré à Fresnes. Mon fils a besoin d'aide pour son "
        "titre de séjour. Awa Fofana, sa mère\n"
    )
    request = office.intake.submit("email", raw).request_id
    office.catch_up()
    [told] = [one for one in office.store.load(f"request-{request}") if one.private]
    assert isinstance(told.private, dict)
    assert told.private["requester"]["contact"] == "awa@example.org"
    export = ("export-person", str(told.subject), "--by", "Nora", "--why", "asked", "--to")

    [row] = permanence(*export, str(tmp_path / "e"))

    assert (row["about_others"], row["originals"], row["to_look_at_first"]) == ("requester", 0, 1)
    for name in ("personne.json", "personne.html"):
        page = (tmp_path / "e" / name).read_text()
        assert "marteau" in page.lower()
        assert not [word for word in ("awa", "fofana") if word in page.lower()]
    [letter] = (tmp_path / "e" / "a-relire").iterdir()
    assert letter.read_text() == raw

    [row] = permanence(*export, str(tmp_path / "all"), "--with-others")
    assert (row["about_others"], row["originals"], row["to_look_at_first"]) == ("requester", 1, 0)
    assert "awa@example.org" in (tmp_path / "all" / "personne.html").read_text()


def test_an_export_that_cannot_be_written_leaves_nothing(
    office: Office, permanence: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("services.cli.person._page", full)
    export = ("export-person", str(office.person), "--by", "N", "--why", "w", "--to")

    with pytest.raises(Refused, match=r"--to: .* cannot be written .No space left"):
        permanence(*export, str(tmp_path / "e"))
    given = tmp_path / "given"
    given.mkdir()
    with pytest.raises(Refused, match="nothing was left there"):
        permanence(*export, str(given))

    assert not (tmp_path / "e").exists()
    assert list(given.iterdir()) == []


def test_an_export_never_joins_what_lies_in_its_folder(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    (tmp_path / "originaux").mkdir()

    with pytest.raises(Refused, match="is not empty; give a new folder for each person"):
        permanence(
            "export-person", str(office.person), "--to", str(tmp_path), "--by", "N", "--why", "w"
        )


def test_a_person_of_whom_nothing_is_held_is_told_so(office: Office, permanence: Run) -> None:
    with pytest.raises(NobodyKnown):
        permanence("erase-person", str(OTHER_PERSON), "--by", "Nora", "--why", "asked")


def test_the_proof_says_that_no_list_keeps_an_erasure(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PERMANENCE_ERASED_LIST")

    for *_, last in (office.would_go(), office.erase()):
        assert "set PERMANENCE_ERASED_LIST" in last["what"]
        assert last["ok"] is None


def test_f53_erasing_leaves_the_counts_and_nothing_that_names(office: Office) -> None:
    database = office.intake.database
    assert "canari" in everything(database).lower()
    requests = office.intake.requests()

    proof = office.erase()

    assert all(row["ok"] for row in proof)
    assert proof[2]["before"] >= 1  # private parts there were
    assert "canari" not in everything(database).lower()
    assert office.intake.requests() == requests
    assert office.store.verify().sound


@pytest.mark.parametrize("alone", [True, False])
def test_f53_neither_dead_rows_nor_the_planners_samples_keep_a_name_or_a_key(
    office: Office, alone: bool
) -> None:
    database, admin = office.intake.database, office.intake.database.admin()
    if not alone:
        for name in ("Odilon", "Prosper"):
            office.intake.submit("letter", LETTER.replace("Zébulon", name).replace("CANARI", name))
        office.catch_up()
    admin.execute(  # written last: nothing moves over its bytes; twice: it is sampled
        "INSERT INTO desk.request_people SELECT gen_random_uuid(), person_id, given, family "
        "FROM desk.request_people WHERE person_id = %s",
        [office.person],
    )
    admin.execute("CREATE SCHEMA desk__previous AUTHORIZATION desk_owner")
    admin.execute("CREATE TABLE desk__previous.request_people AS TABLE desk.request_people")
    admin.execute("ALTER TABLE desk__previous.request_people OWNER TO desk_owner")
    admin.execute("ANALYZE")
    key = "SELECT encode(wrapped_key, 'hex') FROM keyring.subjects WHERE subject = %s"
    [[wrapped]] = admin.execute(key, [office.person]).fetchall()
    assert "canari" in kept_aside(database)
    assert wrapped in kept_aside(database)

    proof = office.erase()

    assert proof[4] | {"where": ""} == {
        "what": "dead rows in 7 tables written anew, planner's samples cleared",
        **{"before": None, "after": 0, "ok": True, "where": ""},
    }
    assert "canari" not in kept_aside(database)
    assert wrapped not in kept_aside(database)
    assert alone or "odilon" in kept_aside(database)


def test_f53_a_transaction_that_still_sees_the_name_keeps_the_erasure_from_ending(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.cli.person._WAIT_SECONDS", 0.0)
    admin = office.intake.database.admin()
    with admin.transaction():
        admin.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        admin.execute("SELECT 1")

        with pytest.raises(NotErased, match=r"dead rows.*no backup or rebuild is under way"):
            office.erase()

    erased = office.erase()
    assert erased
    assert all(row["ok"] is not False for row in erased)


def test_f53_erasing_twice_does_no_harm(office: Office) -> None:
    office.erase()
    events = office.store.verify().events

    proof = office.erase()

    assert proof
    assert all(row["ok"] is not False for row in proof)
    assert office.store.verify().events == events


def test_f53_whoever_is_to_be_erased_is_listed_before_their_key_goes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = ErasedList(str(tmp_path / "erased"))
    known: list[list[UUID]] = []
    call = office.call

    def killed(service: str, method: str, /, **arguments: Any) -> bool:
        known.append(listed.people())
        call(service, method, **arguments)
        raise _Killed

    monkeypatch.setattr(office, "call", killed)
    with pytest.raises(_Killed):
        office.erase()
    assert known == [[office.person]]

    (tmp_path / "erased").unlink()  # as it was left by a release that noted it last
    monkeypatch.setattr(office, "call", call)
    office.erase()
    assert listed.people() == [office.person]

    (tmp_path / "erased").unlink()  # lost: the next erasure does not begin one that forgets
    lost, office.person = office.person, other_of(office)
    office.erase()
    assert listed.people() == [office.person, lost]


def other_of(office: Office) -> UUID:
    """Somebody else, whose letter came in."""
    receipt = office.intake.submit("letter", LETTER.replace("Zébulon CANARI, écrou 987654", "Zoé"))
    office.catch_up()
    [person] = {one.subject for one in office.store.load(f"request-{receipt.request_id}")}
    assert person
    return person


def test_f53_mails_of_theirs_leave_the_spool_and_those_of_nobody_known_are_told(
    office: Office, permanence: Run, tmp_path: Path
) -> None:
    mail = office.intake.parts.mail
    assert mail
    for name in ("Zébulon", "Odilon"):
        raw = f"From: x@example.org\nMessage-ID: <{name}@x>\n\n{LETTER.replace('Zébulon', name)}"
        sender = Envelope(sender=None, recipients=(), received_at=NOON)
        mail.spool.put(raw.encode(), sender)
    mail.take_in()
    office.catch_up()
    mail.spool.put(b"From: y@example.org\n\nBonjour", sender)
    (tmp_path / "spool" / "failed" / "by hand").write_bytes(b"who knows")
    office.person = next(
        one.subject
        for one in office.store.find()
        if one.subject and "zébulon" in str(one.private).lower() and one.subject != office.person
    )

    spooled = sorted(_files(tmp_path / "spool"))
    *_, would, _ = office.would_go()
    assert (would["what"], would["before"]) == ("mails of theirs in the spool", 1)
    assert sorted(_files(tmp_path / "spool")) == spooled
    *_, theirs, others = office.erase()

    assert (theirs["what"], theirs["before"], theirs["after"], theirs["ok"]) == (
        "mails of theirs in the spool",
        *(1, 0, True),
    )
    assert (others["after"], others["ok"]) == (2, None)
    assert (
        others["where"] == "1 in new (not taken in yet), 1 in failed (until somebody deletes them)"
    )
    assert not any("Zébulon" in path.read_text() for path in _files(tmp_path / "spool"))
    assert any("Odilon" in path.read_text() for path in _files(tmp_path / "spool"))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class _Killed(Exception):
    """The end of the process, at that place."""


def test_a_rehearsal_of_an_erasure_changes_nothing(office: Office) -> None:
    before = everything(office.intake.database)

    rows = office.would_go()

    assert [row["before"] for row in rows][1:3] == [0, 1]
    assert everything(office.intake.database) == before


def test_a_rehearsal_of_an_erasure_without_intake_says_that_it_is_needed(office: Office) -> None:
    office.intake_is_up = False

    with pytest.raises(MailsUnknown, match=r"^intake: does not answer, .* start it, then look"):
        office.would_go()


def test_f53_an_event_opened_before_the_erasure_and_heard_after_it_names_nobody(
    office: Office,
) -> None:
    opened = office.heard.copy()
    office.erase()

    for recorded in opened:  # a key that was still in mind: private parts in clear
        office.hear(recorded)

    assert "canari" not in everything(office.intake.database).lower()


def test_f53_copies_of_a_rebuild_are_rid_of_the_person_too(office: Office) -> None:
    admin = office.intake.database.admin()
    for schema in ("desk__previous", "desk__rebuild"):
        admin.execute(f"CREATE SCHEMA {schema} AUTHORIZATION desk_owner")
        admin.execute(f"CREATE TABLE {schema}.request_people AS TABLE desk.request_people")
        admin.execute(f"ALTER TABLE {schema}.request_people OWNER TO desk_owner")

    office.erase()

    assert "canari" not in everything(office.intake.database).lower()


def test_f53_a_volunteers_contact_goes_from_the_copies_too(office: Office) -> None:
    admin = office.intake.database.admin()
    for service in ("routing", "desk"):
        admin.execute(f"CREATE SCHEMA {service}__previous AUTHORIZATION {service}_owner")
        admin.execute(
            f"CREATE TABLE {service}__previous.volunteers "
            f"(LIKE {service}.volunteers INCLUDING DEFAULTS)"
        )
        admin.execute(f"ALTER TABLE {service}__previous.volunteers OWNER TO {service}_owner")
    volunteer = "'v-1', 'main', 'volunteer', '{}'"
    contact = "'Canari', 'canari@example.org'"
    for table, told in (("routing", "NULL, NULL"), ("routing__previous", contact)):
        admin.execute(
            f"INSERT INTO {table}.volunteers (volunteer_id, register, role, units, name, email, "  # noqa: S608 - our own
            f"person_id, on_duty) VALUES ({volunteer}, {told}, %s, true)",
            [office.person],
        )
    # The desk's copy does not say which person a volunteer is; another one stays.
    admin.execute(
        "INSERT INTO desk__previous.volunteers (volunteer_id, register, role, units, name, email) "
        "VALUES ('v-1', 'main', 'volunteer', '{}', 'Canari', 'canari@example.org'), "
        "('v-2', 'main', 'volunteer', '{}', 'Odilon', NULL)"
    )

    office.erase()

    kept = everything(office.intake.database)
    assert "canari" not in kept.lower()
    assert "Odilon" in kept


@pytest.mark.parametrize("command", ["erase-person", "export-person"])
@pytest.mark.parametrize(
    ("by", "why", "names"),
    [
        ("Nora", "Mme CANARI asked", "--why"),
        ("Nora", "Mme Canari (Zebulon) asked", "--why"),
        ("Nora", "zebulon asked", "--why"),
        ("Zebulon CANARI", "asked on 3 March", "--by"),
        ("Nora 987654", "asked on 3 March", "--by"),
        ("Nora", "of number 98 76-54", "--why"),
        ("Nora", "asked by x@example.org", "--why"),
    ],
)
def test_f53_no_record_of_an_erasure_names_the_person(
    office: Office, permanence: Run, tmp_path: Path, command: str, by: str, why: str, names: str
) -> None:
    before = everything(office.intake.database)
    more = ("--to", str(tmp_path / "e")) if command == "export-person" else ()

    with pytest.raises(Invalid, match=f"^{names}: holds a n.*nothing was"):
        permanence(command, str(office.person), "--by", by, "--why", why, *more)

    assert everything(office.intake.database) == before
    assert (tmp_path / "erased").read_text() == ""
    assert not (tmp_path / "e").exists()


def _reopened_by_name(office: Office) -> None:
    reason = "Madame Canari a rappelé"
    data = {"request_id": str(office.request), "reason": reason, "by": "nora"}
    office.store.append([write(f"request-{office.request}", event("RequestReopened", data=data))])


def test_f53_words_that_no_erasure_empties_are_told_while_the_key_is_there(office: Office) -> None:
    _reopened_by_name(office)
    admin = office.intake.database.admin()
    admin.execute(
        "INSERT INTO keyring.admin_actions (action, by, why, details) "
        "VALUES ('export-person', 'N', 'Canari asked', jsonb_build_object('person_id', %s::text))",
        [str(office.person)],
    )
    before = everything(office.intake.database)

    with pytest.raises(WordsStay, match=r"^intake.events, keyring.admin_actions: "):
        office.erase()
    with pytest.raises(WordsStay, match=r"^keyring.admin_actions: "):
        office.erase("intake.events")

    assert office.would_go()[1]["where"] == "intake.events 1, keyring.admin_actions 1"
    assert everything(office.intake.database) == before

    proof = office.erase("intake.events", "keyring.admin_actions")
    assert (proof[3]["after"], proof[3]["ok"]) == (2, None)


def test_f53_a_name_in_parts_is_seen_in_the_reason_and_a_given_name_signs(office: Office) -> None:
    named = event(private={"given": "Aïcha Nour", "family": "Ben Salah"}, subject=PERSON)
    office.store.append([write("request-ba", named)])
    with open_logs(Environment()) as stores:
        words = held(Environment(), stores, PERSON).words()

    assert words.stand_in("Mme Salah (Aicha) asked")
    assert not words.stand_in("Ben asked, on 3 March")
    assert words.sign_in("aicha salah")
    assert not words.sign_in("aicha")
    assert not words.sign_in("Mme Salah")


def test_f53_who_did_something_and_ids_are_no_words_about_the_person(office: Office) -> None:
    data = {"request_id": str(office.request), "reason": "il a rappelé", "by": "zebulon.canari"}
    told = event("RequestReopened", data=data)
    metadata = {"actor": "canari"}
    office.store.append([write(f"request-{office.request}", told, metadata=metadata)])
    admin = office.intake.database.admin()
    admin.execute(
        "INSERT INTO keyring.admin_actions (action, by, why, details) "
        "VALUES ('desk-link', 'Canari', E'lost\n\"it\"', jsonb_build_object('person_id', %s::text, "
        "'volunteer_id', 'canari'))",
        [str(office.person)],
    )

    assert office.would_go()[1]["where"] == ""
    assert office.erase()[3]["ok"] is True


def test_f53_a_given_name_that_others_bear_is_told_and_refuses_nothing(office: Office) -> None:
    data = {"request_id": str(office.request), "reason": "l'oncle\nZébulon a rappelé", "by": "n"}
    office.store.append([write(f"request-{office.request}", event("RequestReopened", data=data))])

    assert office.would_go()[1]["where"] == ""
    for rows in (office.would_go(), office.erase()):
        [told] = [row for row in rows if "a given name of theirs" in row["what"]]
        assert (told["where"], told["ok"]) == ("intake.events 1", None)


def test_f53_a_name_of_two_letters_is_looked_for_whole_and_what_is_not_is_counted(
    office: Office,
) -> None:
    short = event(private={"person_given": "Sy", "person_family": "Ba"}, subject=PERSON)
    office.store.append([write("request-ba", short)])
    told = event("RequestReopened", data={"person_id": str(PERSON), "reason": "BA Sy a rappelé"})
    office.store.append([write("request-of-ba", told)])
    alone = event(private={"person_family": "Ba"}, subject=OTHER_PERSON)
    office.store.append([write("request-alone", alone)])
    office.hears = False

    office.person = PERSON
    dry = office.would_go()[1]
    assert dry["where"] == "intake.events 1"
    assert "2 words of theirs (2 too short to look for)" in dry["what"]

    office.person = OTHER_PERSON
    assert office.erase()[3] | {"where": None} == {
        "what": "rows with a word of theirs (1 too short to look for)",
        **{"before": None, "after": None, "ok": None, "where": None},
    }
    assert "none is known any more" in office.erase()[3]["what"]


def test_f53_what_a_proof_left_open_stays_open_once_the_key_is_gone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = office.call

    def telling_too_late(service: str, method: str, /, **arguments: Any) -> Any:
        if method == "erase_person":
            _reopened_by_name(office)
        return call(service, method, **arguments)

    monkeypatch.setattr(office, "call", telling_too_late)
    with pytest.raises(NotErased, match=r"words of theirs \(intake.events 1\)"):
        office.erase()

    monkeypatch.setattr(office, "call", call)
    for _ in range(2):
        with pytest.raises(NotErased, match=r"by the last proof \(intake.events 1\)"):
            office.erase()
    assert office.erase("intake.events")[3]["ok"] is None
    assert office.erase()[3]["where"] == ""


@pytest.mark.parametrize("newer", [True, False])
@pytest.mark.parametrize("copy", [True, False])
def test_a_request_that_somebody_said_to_be_of_the_same_person_is_told(
    office: Office, permanence: Run, tmp_path: Path, newer: bool, copy: bool
) -> None:
    other = office.intake.submit("letter", LETTER.replace("Zébulon CANARI, écrou 987654", "Zoé R."))
    [of_other] = {one.subject for one in office.store.load(f"request-{other.request_id}")}
    ids = [other.request_id, office.request] if newer else [office.request, other.request_id]
    first, second = map(str, ids)
    linked = {"request_id": first, "by": "nora"}
    if copy:
        told = event(
            "RequestMarkedDuplicate", data=linked | {"duplicate_of": second, "register": "main"}
        )
    else:
        more = {"kind": "same_person", "linked_to": second}
        told = event("RequestLinked", data=linked | more)
    office.store.append([write(f"request-{first}", told)])
    office.catch_up()
    export = ("export-person", str(office.person), "--by", "Nora", "--why", "asked", "--to")

    [row] = permanence(*export, str(tmp_path / "e"))
    assert row["same_person_not_in_it"] == f"request-{other.request_id} (person id {of_other})"
    for row in (office.would_go()[-1], office.erase()[-1]):
        assert (row["where"], row["ok"]) == (f"request-{other.request_id}", None)
        assert row["what"].endswith(f"not erased; person id {of_other}")

    assert of_other
    office.person = of_other
    assert "same person" not in str(office.erase())


@pytest.mark.parametrize("asked", [PERSON, OTHER_PERSON])
def test_f53_who_came_back_as_a_volunteer_under_another_id_is_one_person(
    office: Office, permanence: Run, tmp_path: Path, asked: UUID
) -> None:
    routing = office.intake.database.store("routing")
    for name, subject in (("Canari", PERSON), ("Canari-Moineau", OTHER_PERSON)):
        told = event(
            "VolunteerRegistered",
            data={"volunteer_id": "f-1", "person_id": str(subject)},
            private={"name": name, "email": f"{name}@example.org"},
            subject=subject,
        )
        routing.append([write("volunteer-f-1", told)])
    export = ("export-person", str(asked), "--to", str(tmp_path / "e"), "--by", "N", "--why", "w")
    permanence(*export)
    facts = json.loads((tmp_path / "e" / "personne.json").read_text())
    assert [row["private"]["name"] for row in facts["events"]] == ["Canari", "Canari-Moineau"]

    office.person = asked
    proof = office.erase()

    assert proof[2]["before"] == 2
    later = office.intake.database.store("routing").load("volunteer-f-1")
    assert [one.private for one in later] == [ERASED, ERASED]
    assert set(ErasedList(str(tmp_path / "erased")).people()) == {PERSON, OTHER_PERSON}


def test_f53_an_erasure_that_nobody_heard_is_no_success(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.cli.person._WAIT_SECONDS", 0.0)
    office.hears = False

    with pytest.raises(NotErased, match="rows that name the person"):
        office.erase()


def test_f53_a_later_event_about_an_erased_person_makes_no_key(office: Office) -> None:
    office.erase()

    replica, late = office.intake.database.store(), event(private={"n": 1}, subject=office.person)
    with pytest.raises(SubjectErased):
        replica.append([write("r-1", late)])
    replica.append([write("r-1", event(subject=office.person))])

    office.store.append([write("r-2", late)])  # remembers the key for a minute more
    [recorded] = replica.load("r-2")
    assert recorded.private is ERASED


def test_f53_a_keyring_restored_from_before_is_erased_again_at_the_next_start(
    office: Office,
) -> None:
    admin = office.intake.database.admin()
    admin.execute("CREATE TABLE old_subjects AS TABLE keyring.subjects")
    office.erase()
    _put_back(admin)
    keyring = office.intake.database.keyring()
    assert not keyring.is_erased(office.person)

    assert erase.erase_again(office.intake.streams, keyring) == [office.person]

    assert [one.private for one in office.intake.database.store().find() if one.sealed] == [
        ERASED for one in office.store.find() if one.sealed
    ]
    assert erase.erase_again(office.intake.streams, keyring) == []


def _put_back(admin: Connection) -> None:
    """What restoring an old backup of the keyring does."""
    admin.execute("ALTER TABLE keyring.subjects DISABLE TRIGGER ALL")
    admin.execute("TRUNCATE keyring.subjects")
    admin.execute("INSERT INTO keyring.subjects SELECT * FROM old_subjects")
    admin.execute("ALTER TABLE keyring.subjects ENABLE TRIGGER ALL")
