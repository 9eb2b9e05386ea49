"""What a register knows is found by fingerprint, in any spelling, and goes with the person."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.intake.application.erase import erase_person
from services.intake.application.known import stage_known
from services.intake.domain.identity import imported_id_for, stream_of
from services.intake.domain.marks import name_marks, number_mark
from services.intake.domain.normalise.known import text_key
from services.intake.domain.normalise.model import Recalled, Traits
from services.intake.projections import read_models
from services.intake.wiring import CODEC
from shared.errors import Invalid
from shared.postgres import Connection
from shared.projections import Rebuilder
from tests.unit.intake import items
from tests.unit.intake.conftest import Intake

TRAN = {
    "request": "q-210",
    "state": "in_progress",
    "unit": "team:cd-bapaume",
    "received_on": "2026-03-01",
    "answer_due_on": "2026-03-11",
    "urgency": "high",
    "message_ids": ["<first@asso.example>"],
    "person": {
        "given": "Van Exemple",
        "family": "Tran",
        "detention_number": "9612",
        "establishment": "cd-bapaume",
    },
}
TRAN_ID = imported_id_for("main", "q-210")


def stage(intake: Intake, *known: dict[str, object]) -> dict[str, UUID]:
    return stage_known(
        "main",
        list(known),
        streams=intake.streams,
        fingerprint=intake.parts.desk.fingerprint,
    )


def recall(intake: Intake, *, received_on: date = date(2026, 3, 9), **traits: Any) -> Recalled:
    """What intake's main register knows that shares ``traits``."""
    return intake.known().recall(Traits(received_on=received_on, **traits))


def rows_of(intake: Intake) -> list[Any]:
    with intake.pool.connection() as connection:
        requests = connection.execute("SELECT * FROM requests ORDER BY request_id").fetchall()
        marks = connection.execute("SELECT * FROM request_marks ORDER BY 1, 2, 3").fetchall()
    return [*requests, *marks]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Magomadov", "Магомадов"),
        ("DIABATÉ", "Diabate"),
        ("Ouédraogo", "Ouedraogo"),
        ("Tchernov", "Chernov"),
        ("Mohammed", "Mohamed"),
        ("N'Diaye", "Ndiaye"),
    ],
)
def test_two_hands_write_one_name(one: str, other: str):
    assert name_marks(one) == name_marks(other)


@pytest.mark.parametrize(("one", "other"), [("Traoré", "Kaba"), ("Da Silva", "Sarr")])
def test_two_names_stay_two(one: str, other: str):
    assert not name_marks(one) & name_marks(other)


def test_a_number_is_its_digits():
    assert number_mark("n° 981 442") == number_mark("0981442")
    assert number_mark("sans") is None


def test_a_known_request_is_found_by_number_name_and_thread(intake: Intake):
    stage(intake, TRAN)

    recalled = recall(
        intake,
        numbers=("9612",),
        family="TRAN",
        message_ids=("<first@asso.example>", "<other@x.example>"),
    )

    [by_number], [by_name] = recalled.same_number, recalled.same_name
    [by_thread] = recalled.same_thread
    assert {one.request_id for one in (by_number, by_name, by_thread)} == {TRAN_ID}
    assert (by_number.family, by_number.establishment, by_number.unit) == (
        "Tran",
        "cd-bapaume",
        "team:cd-bapaume",
    )
    assert (by_number.answer_due_on, by_number.urgency.value) == (date(2026, 3, 11), "high")
    assert by_thread.message_ids == {"<first@asso.example>"}


def test_whatever_is_asked_takes_one_query(intake: Intake, monkeypatch: pytest.MonkeyPatch):
    stage(intake, TRAN, TRAN | {"request": "q-211"}, TRAN | {"request": "q-212"})
    asked: list[object] = []
    getconn = intake.pool.getconn

    def counted(wait_seconds: float | None) -> Connection:
        connection = getconn(wait_seconds)
        asked.append(connection)
        return connection

    monkeypatch.setattr(intake.pool, "getconn", counted)

    recalled = recall(
        intake, numbers=("9612",), family="Tran", establishment="cd-melun", text_key=(1, 2)
    )

    assert (len(recalled.same_name), len(recalled.same_number)) == (3, 3)
    assert len(asked) == 1


def test_whatever_is_left_out_it_is_one_statement_to_plan(intake: Intake):
    recall(intake, numbers=("9612",))
    recall(intake, family="Tran", establishment="cd-melun")
    recall(intake, message_ids=("<first@asso.example>",), text_key=(1, 2))

    with intake.pool.connection() as connection:
        prepared = connection.execute(
            "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%recalled%'"
        ).fetchall()
    assert len(prepared) == 1


def test_of_a_letter_that_many_copy_the_latest_are_recalled(intake: Intake):
    copies = [
        items.QUESTION.replace("question-1", f"question-{n}").replace("10:00:00", f"10:0{n}:00")
        for n in range(8)
    ]
    received = [intake.submit("email", one) for one in copies]
    people = intake.request(received[0].request_id).people
    assert people

    found = recall(intake, received_on=date(2026, 6, 8), text_key=people.text_key).alike

    assert [one.request_id for one in found] == [one.request_id for one in received[:2:-1]]


def test_nothing_is_known_in_another_register(intake: Intake):
    stage(intake, TRAN)

    traits = Traits(received_on=date(2026, 3, 9), numbers=("9612",))
    assert intake.known("rehearsal-1").recall(traits).same_number == []


def test_the_same_words_are_recognised_in_another_hand(intake: Intake):
    receipt = intake.submit("letter", items.LETTER)
    people = intake.request(receipt.request_id).people
    assert people
    copied = items.LETTER.split("]\n", 2)[-1].replace("é", "e").upper()

    found = recall(intake, received_on=date(2026, 3, 9), text_key=text_key(copied)).alike

    assert [one.request_id for one in found] == [receipt.request_id]
    assert people.text_key


def test_an_unread_request_of_the_same_place_cannot_be_ruled_out(intake: Intake):
    unread = {"request": "S13", "state": "assigned", "unit": "team:cd-melun"}
    stage(intake, unread | {"received_on": "2026-04-20"})

    found = recall(intake, received_on=date(2026, 4, 23), establishment="cd-melun").alike

    assert [one.alias for one in found] == ["S13"]


def test_the_database_holds_no_name_and_no_number_in_clear(intake: Intake):
    stage(intake, TRAN)

    with intake.pool.connection() as connection:
        row = connection.execute(
            "SELECT (SELECT string_agg(r::text, '') FROM requests r)"
            " || (SELECT string_agg(m::text, '') FROM request_marks m)"
        ).fetchone()
    assert row is not None
    held = re.sub(r"\\x[0-9a-f]{64}", "", row[0])  # a fingerprint may hold any four digits
    assert "Tran" not in held
    assert "9612" not in held


def test_an_erased_person_is_found_no_more(intake: Intake):
    stage(intake, TRAN)
    person_id = intake.request(TRAN_ID).person_id
    assert person_id

    erase_person(
        person_id,
        by="Anna",
        reason="x",
        streams=intake.streams,
        keyring=intake.keyring,
        metadata={},
    )

    recalled = recall(intake, numbers=("9612",), family="Tran")
    assert (recalled.same_number, recalled.same_name) == ([], [])


def test_of_the_erased_nothing_is_known_so_their_place_cannot_be_ruled_out(intake: Intake):
    stage(intake, TRAN)
    person_id = intake.request(TRAN_ID).person_id
    assert person_id
    at_the_place = {"received_on": date(2026, 3, 9), "establishment": "cd-bapaume"}
    assert recall(intake, **at_the_place).alike == []

    erase_person(
        person_id,
        by="Anna",
        reason="x",
        streams=intake.streams,
        keyring=intake.keyring,
        metadata={},
    )

    assert [one.alias for one in recall(intake, **at_the_place).alike] == ["q-210"]


def test_an_event_met_again_changes_no_row(intake: Intake):
    receipt = intake.submit("letter", items.LETTER)
    stored = intake.streams.store.load(stream_of(receipt.request_id))
    [model] = read_models(intake.keyring.fingerprint)
    before = rows_of(intake)

    with intake.pool.connection() as connection:
        model.apply_all(connection, [(one, CODEC.decode(one)) for one in stored])

    assert rows_of(intake) == before


def test_a_person_told_without_a_request_is_not_matched(intake: Intake):
    staged = stage(intake, {"person": "p-501", "establishment": "cp-longuenesse"})

    assert staged == {}
    assert intake.requests() == 0


def test_a_wrong_entry_is_named_and_nothing_imported(intake: Intake):
    with pytest.raises(Invalid) as refusal:
        stage(intake, TRAN, {"request": "q-2", "received_on": "tomorrow"})

    assert list(refusal.value.fields) == ["known.1.received_on"]
    assert intake.requests() == 0


def test_rows_built_anew_from_the_events_are_the_same(intake: Intake):
    stage(intake, TRAN, items.KNOWN_ANSWERED)
    intake.submit("letter", items.LETTER)
    intake.submit("email", items.BOUNCE)
    erased = intake.request(intake.submit("email", items.QUESTION).request_id)
    assert erased.person_id
    erase_person(
        erased.person_id,
        by="Anna",
        reason="x",
        streams=intake.streams,
        keyring=intake.keyring,
        metadata={},
    )
    [model] = read_models(intake.keyring.fingerprint)
    database = intake.database
    database.admin().execute(f"GRANT CREATE ON DATABASE {database.name} TO intake_owner")

    drifts = Rebuilder(
        service="intake",
        owner_dsn=intake.database.owner_dsn("intake"),
        model=model,
        source=intake.streams.store,
        codec=CODEC,
    ).drift(by="Anna", why="x")

    # marks: three of q-210, one thread each of q-7, the bounce and the erased, ten of the letter
    assert {one.table: one.rows for one in drifts} == {"requests": 5, "request_marks": 16}
    assert [one for one in drifts if one.differing] == []
