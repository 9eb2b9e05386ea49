"""Intake by RPC: what the desk and the command line call."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from tests.support.postgres import fresh_database
from tests.unit.intake import items
from tests.unit.intake.running import RunningIntake, running_intake


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningIntake]:
    folder = tmp_path_factory.mktemp("edge")
    with fresh_database(services=True) as database, running_intake(database, folder) as intake:
        yield intake


@pytest.fixture
def register() -> str:
    return f"rehearsal-{uuid4()}"


def test_a_letter_typed_in_reads_like_one_pasted_in_whole(running: RunningIntake, register: str):
    head, _, body = items.LETTER.partition("[TRANSCRIPTION — saisie par la permanence]\n")
    assert head
    envelope = {
        "received_on": "2026-03-05",
        "postmark": "02-03-2026",
        "back": "EXEMPLE Idriss, écrou 123 456",
        "sheets": "1 feuille",
        "enclosures": "aucune",
    }

    typed = running.rpc("record_letter", envelope=envelope, transcription=body, register=register)
    pasted = running.rpc("record_letter", raw=items.LETTER, register=f"{register}-2")

    one, other = (
        running.rpc("describe_request", request_id=receipt["request_id"])["facts"]
        for receipt in (typed, pasted)
    )
    assert one == other
    assert one["establishment"] == "cp-fresnes"


def test_a_call_typed_in_is_read(running: RunningIntake, register: str):
    receipt = running.rpc(
        "record_phone_note",
        call={
            "called_at": "2026-03-27T14:20:00+01:00",
            "taken_by": "bénévole n° 14",
            "caller": "Mme Modele, sœur de la personne",
            "number": "06 39 98 00 00",
        },
        note="son frère Idriss EXEMPLE, détenu à Fresnes, demande comment renouveler son titre",
        register=register,
    )

    facts = running.rpc("describe_request", request_id=receipt["request_id"])["facts"]
    assert (facts["channel"], facts["received_on"]) == ("phone", "2026-03-27")
    assert facts["requester_kind"] == "relative"


def test_a_referral_typed_in_is_read(running: RunningIntake, register: str):
    receipt = running.rpc(
        "record_referral",
        heading={"written_on": "2026-03-30", "sent_on": "2026-03-31", "team": "Fresnes"},
        sheet="Personne : EXEMPLE Hodan (Mme), née le 22/08/1997 — écrou 979 310\n"
        "Sortie prévue : vendredi 10 avril 2026 (fin de peine)\n",
        register=register,
    )

    facts = running.rpc("describe_request", request_id=receipt["request_id"])["facts"]
    assert facts["requester_kind"] == "cimade_prison_team"
    assert facts["received_on"] == "2026-03-31"


def test_the_same_command_twice_records_one_letter(running: RunningIntake, register: str):
    command_id = str(uuid4())
    sent = {"raw": items.LETTER, "register": register, "command_id": command_id}

    first, again = running.rpc("record_letter", **sent), running.rpc("record_letter", **sent)

    assert again["request_id"] == first["request_id"]
    assert len(running.rpc("list_requests", register=register)) == 1


def test_a_command_sent_twice_leaves_no_trace_of_the_second(running: RunningIntake, register: str):
    sent = {"raw": items.LETTER, "register": register, "command_id": str(uuid4())}

    first, again = running.rpc("record_letter", **sent), running.rpc("record_letter", **sent)

    assert (first["repeated"], again["repeated"]) == (False, True)
    types = running.direct.event_types(UUID(first["request_id"]))
    assert types == ["RequestReceived", "RequestNormalised"]


def test_a_command_with_other_words_is_refused_and_answers_nobody(
    running: RunningIntake, register: str
):
    sent = {"register": register, "command_id": str(uuid4())}
    running.rpc("record_letter", raw=items.LETTER, **sent)

    refusal = running.refused("record_letter", raw=items.LETTER + "De plus…", **sent)

    assert refusal["code"] == "intake.content_differs"
    assert len(running.rpc("list_requests", register=register)) == 1


def test_the_log_tells_who_typed_a_letter_in(running: RunningIntake, register: str):
    receipt = running.rpc("record_letter", raw=items.LETTER, register=register, by="desk-1")

    events = running.direct.streams.store.load(f"request-{receipt['request_id']}")
    assert {event.metadata["actor"] for event in events} == {"desk-1"}


def test_a_letter_without_the_day_of_reception_is_refused_by_field(running: RunningIntake):
    refusal = running.refused("record_letter", envelope={"back": "x"}, transcription="y")

    assert (refusal["kind"], list(refusal["fields"])) == ("invalid", ["envelope.received_on"])


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"channel": "pigeon", "raw": "x"}, "channel"),
        ({"channel": "letter"}, "raw"),
        ({"channel": "letter", "raw_base64": "é"}, "raw_base64"),
        ({"channel": "letter", "raw": "x", "register": "Other!"}, "register"),
        ({"channel": "letter", "raw": "x", "received_at": "soon"}, "received_at"),
        ({"channel": "letter", "raw": "x", "received_at": "2026-01-01T00:00:00"}, "received_at"),
    ],
)
def test_a_wrong_argument_is_named(running: RunningIntake, arguments: dict[str, str], names: str):
    refusal = running.refused("submit", **arguments)

    assert refusal["kind"] == "invalid"
    assert refusal["message"].startswith(names)


def test_an_item_in_bytes_comes_back_as_it_was(running: RunningIntake, register: str):
    raw = b"Subject: x\r\n\r\n\xff\xfe\x00"
    receipt = running.rpc(
        "submit", channel="email", raw_base64=base64.b64encode(raw).decode(), register=register
    )

    part = running.rpc("get_original", request_id=receipt["request_id"])

    assert base64.b64decode(part["content_base64"]) == raw
    assert (part["part"], part["part_count"], part["size_bytes"]) == (0, 1, len(raw))


def test_each_finding_is_told_with_its_words_and_confidence(running: RunningIntake, register: str):
    receipt = running.rpc("record_letter", raw=items.LETTER, register=register)

    told = running.rpc("describe_request", request_id=receipt["request_id"])

    topics = [one for one in told["people"]["findings"] if one["field"] == "topics"]
    assert topics
    assert all(one["words"] in items.LETTER for one in topics)
    assert all(0 < one["confidence"] <= 1 for one in topics)
    assert told["people"]["person_family"] == "Exemple"


def _review(running: RunningIntake, register: str) -> str:
    unclear = items.LETTER.replace("Fresnes", "Port-Imaginaire")
    receipt = running.rpc("record_letter", raw=unclear, register=register)
    assert receipt["state"] == "needs_review"
    request_id: str = receipt["request_id"]
    return request_id


def test_a_person_completes_what_was_missing(running: RunningIntake, register: str):
    request_id = _review(running, register)

    told = running.rpc(
        "correct_request",
        request_id=request_id,
        fields={"establishment": "cp-fresnes", "person_concerned": {"nationality": "ML"}},
        by="Anna",
    )

    assert told["state"] == "normalised"
    assert (told["facts"]["establishment"], told["facts"]["place_unclear"]) == ("cp-fresnes", False)
    assert told["people"]["nationality"] == "ML"
    assert told["people"]["person_family"] == "Exemple"
    by_hand = [one for one in told["people"]["findings"] if one["rule"] == "by_hand"]
    assert {one["field"] for one in by_hand} == {"establishment", "person_concerned.nationality"}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"shoe_size": 43}, "shoe_size"),
        ({"establishment": "Fresnes"}, "establishment"),
        ({"received_on": "05/03/2026"}, "received_on"),
        ({"topics": ["oqtf", "weather"]}, "topics.1"),
        ({"person_concerned": {"born_on": "never"}}, "person_concerned.born_on"),
        ({"deadlines": [{"kind": "oqtf_appeal"}]}, "deadlines.0.trigger"),
        (
            {
                "deadlines": [
                    {
                        "kind": "cnda_appeal",
                        "trigger": "notification",
                        "rule_candidate": "oqtf-detained",
                    }
                ]
            },
            "deadlines.0.rule_candidate",
        ),
        ({"urgency": "low"}, "urgency"),
    ],
)
def test_a_wrong_correction_is_refused_by_field(
    running: RunningIntake, register: str, fields: dict[str, object], named: str
):
    request_id = _review(running, register)

    refusal = running.refused("correct_request", request_id=request_id, fields=fields, by="Anna")

    assert (refusal["kind"], list(refusal["fields"])) == ("invalid", [named])
    assert running.rpc("describe_request", request_id=request_id)["state"] == "needs_review"


def test_a_command_out_of_state_is_refused_and_nothing_recorded(
    running: RunningIntake, register: str
):
    receipt = running.rpc("record_letter", raw=items.LETTER, register=register)

    refusal = running.refused(
        "close_request",
        request_id=receipt["request_id"],
        outcome="answered_information",
        by="Anna",
    )

    assert (refusal["kind"], refusal["code"]) == ("refused", "intake.out_of_state")
    assert "normalised (enregistrée)" in refusal["message"]
    assert (
        running.rpc("describe_request", request_id=receipt["request_id"])["state"] == "normalised"
    )


def test_the_same_command_id_is_carried_out_once(running: RunningIntake, register: str):
    request_id = _review(running, register)
    close = {
        "request_id": request_id,
        "outcome": "unreachable",
        "by": "Anna",
        "command_id": str(uuid4()),
    }
    reopen = {"request_id": request_id, "reason": "un fait nouveau", "by": "Anna"}
    running.rpc("close_request", **close)
    running.rpc("reopen_request", **reopen)

    again = running.rpc("close_request", **close)

    assert again["state"] == "in_progress"


def test_a_command_id_of_another_request_is_refused_and_nothing_recorded(
    running: RunningIntake, register: str
):
    first, other = _review(running, register), _review(running, register)
    close = {"outcome": "unreachable", "by": "Anna", "command_id": str(uuid4())}
    running.rpc("close_request", request_id=first, **close)

    refusal = running.refused("close_request", request_id=other, **close)

    assert refusal["code"] == "eventstore.command_reused"
    assert running.rpc("describe_request", request_id=other)["state"] == "needs_review"


def test_an_unknown_request_is_refused(running: RunningIntake):
    refusal = running.refused("describe_request", request_id=str(uuid4()))

    assert refusal["code"] == "intake.unknown_request"


def test_a_duplicate_of_nothing_is_refused(running: RunningIntake, register: str):
    receipt = running.rpc("record_letter", raw=items.LETTER, register=register)

    refusal = running.refused(
        "mark_duplicate",
        request_id=receipt["request_id"],
        duplicate_of=str(uuid4()),
        by="Anna",
    )

    assert refusal["code"] == "intake.unknown_request"


def test_a_duplicate_of_a_duplicate_is_refused_and_the_first_named(
    running: RunningIntake, register: str
):
    first, copy, third = (
        running.rpc("record_letter", raw=items.LETTER, register=register)["request_id"]
        for _ in range(3)
    )
    running.rpc("mark_duplicate", request_id=copy, duplicate_of=first, by="Anna")

    for marked in (first, third):
        refusal = running.refused("mark_duplicate", request_id=marked, duplicate_of=copy, by="Anna")
        assert refusal["code"] == "intake.target_is_duplicate"
        assert f"name {first}" in refusal["message"]
        told = running.rpc("describe_request", request_id=marked)
        assert told["duplicate_of"] is None
    running.rpc("link_request", request_id=third, kind="same_matter", linked_to=copy, by="Anna")


def test_lists_are_filtered_and_go_on_page_by_page(running: RunningIntake, register: str):
    for number in range(3):
        running.rpc(
            "submit",
            channel="email",
            raw=items.QUESTION.replace("question-1", f"q{number}"),
            register=register,
        )
    _review(running, register)

    mails = running.rpc("list_requests", register=register, channel="email")
    first = running.rpc("list_requests", register=register, limit=2)
    last = first[-1]
    rest = running.rpc(
        "list_requests", register=register, before=[last["received_at"], last["request_id"]]
    )

    assert len(mails) == 3
    assert len({row["request_id"] for row in first + rest}) == 4
    review = running.rpc("list_requests", register=register, attention=True)
    # the letter without a known place, and two mails that say the same as the first
    assert [row["state"] for row in review] == ["needs_review"] * 3
    assert running.refused("list_requests", colour="red")["kind"] == "invalid"


def test_known_requests_are_staged_once(running: RunningIntake, register: str):
    staged = running.rpc("stage_known", register=register, known=[items.KNOWN_ANSWERED])
    again = running.rpc("stage_known", register=register, known=[items.KNOWN_ANSWERED])

    told = running.rpc("describe_request", request_id=staged["q-7"])
    assert staged == again
    assert (told["alias"], told["state"], told["unit"]) == ("q-7", "answered", "desk")


def test_a_wrong_known_request_is_refused_by_entry_and_field(running: RunningIntake):
    refusal = running.refused(
        "stage_known", register="main", known=[{"request": "q-1", "state": "lost"}]
    )

    assert list(refusal["fields"]) == ["known.0.state"]
