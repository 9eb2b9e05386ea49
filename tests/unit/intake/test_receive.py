"""An item becomes one request, whole, and is never lost."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import reduce
from uuid import UUID, uuid4

import psycopg
import pytest

from services.intake.adapters.reading import AT_ONCE_SECONDS, NormalisingReader
from services.intake.application.erase import erase_person
from services.intake.application.known import stage_known
from services.intake.application.ports import Arrival, Understood
from services.intake.application.receive import ContentDiffers, receive
from services.intake.domain.commands import NoteAcceptance, NoteAssignment, SendReply
from services.intake.domain.decisions import decide
from services.intake.domain.identity import imported_id_for, stream_of
from services.intake.domain.normalise import KnownList, default_reference
from services.intake.domain.reading import bounded
from services.intake.domain.request import evolve
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.intake.facts import AttachmentText, Link
from shared.contracts.vocabulary import Channel, LinkKind, ReplyPreference, RequestState, Urgency
from shared.errors import Unavailable
from shared.eventstore import ERASED
from tests.unit.intake import items
from tests.unit.intake.conftest import Intake

S = RequestState
START = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


def test_a_letter_is_received_and_normalised_in_one_append(intake: Intake):
    receipt = intake.submit("letter", items.LETTER)

    assert (receipt.state, receipt.repeated) == (S.NORMALISED, False)
    assert intake.event_types(receipt.request_id) == ["RequestReceived", "RequestNormalised"]
    request = intake.request(receipt.request_id)
    assert request.facts
    assert request.people
    assert (request.facts.received_on, request.facts.establishment) == (
        date(2026, 3, 5),
        "cp-fresnes",
    )
    assert request.people.detention_number == "123456"


def test_the_raw_item_is_kept_byte_for_byte(intake: Intake):
    raw = b"From: x@y.example\r\n\r\ncaf\xe9 \xff\x00 brut\r\n"

    receipt = intake.submit("email", raw)

    assert intake.original(receipt.request_id) == raw


def test_the_raw_item_lies_encrypted_in_the_database(intake: Intake):
    intake.submit("letter", items.LETTER)

    with intake.pool.connection() as connection:
        stored = connection.execute("SELECT sealed FROM original_parts").fetchall()
        clear = connection.execute("SELECT string_agg(e::text, '') FROM events e").fetchone()
    assert stored
    assert not any(b"Exemple" in bytes(row[0]) for row in stored)
    assert clear is not None
    assert "Exemple" not in clear[0]


@pytest.mark.parametrize("table", ["originals", "original_parts"])
def test_nobody_changes_or_deletes_a_raw_item(intake: Intake, table: str):
    intake.submit("letter", items.LETTER)

    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET sha256 = sha256"):  # noqa: S608
        with (
            intake.pool.connection() as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)
        with (
            psycopg.connect(intake.database.owner_dsn("intake")) as owner,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            owner.execute(f"SET search_path = intake; {statement}")


@pytest.mark.parametrize(
    ("channel", "raw"),
    [
        ("letter", ""),
        ("email", b""),
        ("email", b"\x00\xff\xfe" * 100),
        ("email", b"Content-Type: multipart/mixed\r\n\r\n--\r\n"),
        ("web", '{"message": "unclosed'),
        ("web", "[" * 100_000),
        ("api", "POST /v1/requests HTTP/1.1\n\nnot json"),
        ("phone", "\u0000\ud7ff 🙃" * 50),
        ("referral", "Ωμέγα " * 10),
        ("letter", "[ENVELOPPE] reçu le 2026-13-45\n[TRANSCRIPTION]\nxyzzy"),
    ],
)
def test_what_cannot_be_understood_is_kept_for_a_person(
    lasting_intake: Intake, channel: str, raw: str | bytes
):
    receipt = lasting_intake.submit(channel, raw, external_id=str(uuid4()))

    request = lasting_intake.request(receipt.request_id)
    assert request.state is S.NEEDS_REVIEW
    assert request.facts
    assert request.facts.missing
    kept = raw.encode() if isinstance(raw, str) else raw
    assert lasting_intake.original(receipt.request_id) == kept


def _form(**more: object) -> Arrival:
    raw = (
        b'{"name": "Exemple Idriss", "establishment": "Fresnes", "who": "famille", '
        b'"message": "mon fr\xc3\xa8re est d\xc3\xa9tenu \xc3\xa0 Fresnes, que faire ?"}'
    )
    usual: dict[str, object] = {
        "channel": Channel.WEB,
        "external_id": "sha256:form",
        "same_within": timedelta(minutes=15),
    }
    return replace(_arrival(raw), **(usual | more))


def test_a_form_sent_again_months_later_is_a_request_of_its_own_with_the_first_suggested(
    intake: Intake,
):
    receipts = []
    for minutes in (0, 14, 90 * 24 * 60, 90 * 24 * 60 + 14, 91 * 24 * 60):
        at = START + timedelta(minutes=minutes)
        receipts.append(receive(_form(received_at=at), desk=intake.parts.desk))

    first, again, later, later_again, last = (one.request_id for one in receipts)
    assert (first, later) == (again, later_again)
    assert len({first, later, last}) == 3
    assert [one.repeated for one in receipts] == [False, True, False, True, False]
    request = intake.request(later)
    assert request.facts
    assert (request.state, request.duplicate_of) == (S.NEEDS_REVIEW, None)
    assert request.facts.links == (Link(kind=LinkKind.DUPLICATE_OF, request_id=first),)


@pytest.mark.parametrize("minute", range(0, 16, 5))
def test_a_form_tried_again_over_the_end_of_a_quarter_of_an_hour_is_one_request(
    intake: Intake, minute: int
):
    receive(_form(received_at=START), desk=intake.parts.desk)
    later = START + timedelta(days=30, minutes=minute)

    sent, tried_again = (
        receive(_form(received_at=at), desk=intake.parts.desk)
        for at in (later, later + timedelta(minutes=14))
    )

    assert (sent.request_id, sent.repeated) == (tried_again.request_id, False)


def test_a_form_that_says_when_it_was_sent_is_the_same_for_ever(intake: Intake):
    first, later = (
        receive(_form(received_at=at, same_within=None), desk=intake.parts.desk)
        for at in (START, START + timedelta(days=90))
    )

    assert (first.request_id, later.repeated) == (later.request_id, True)


def _broken(_arrival: Arrival) -> Understood:
    raise RecursionError


def test_an_item_on_which_the_reading_breaks_is_kept_for_a_person_soon(intake: Intake):
    desk = replace(intake.parts.desk, read=_broken)

    receipt = receive(_arrival(b"anything"), desk=desk)

    request = intake.request(receipt.request_id)
    assert request.facts
    assert (request.state, request.facts.missing, request.facts.urgency.value) == (
        S.NEEDS_REVIEW,
        ("content",),
        "high",
    )


def _reader(clock: Callable[[], float]) -> NormalisingReader:
    return NormalisingReader(lambda _: KnownList(), default_reference(), clock=clock, ahead=None)


def test_an_item_whose_reading_takes_too_long_is_kept_for_a_person_soon_who_is_told(intake: Intake):
    desk = replace(intake.parts.desk, read=_reader(itertools.count().__next__))

    receipt = receive(_arrival(items.LETTER.encode()), desk=desk)

    request = intake.request(receipt.request_id)
    assert request.facts
    assert (request.state, request.facts.missing, request.facts.urgency.value) == (
        S.NEEDS_REVIEW,
        ("content",),
        "high",
    )
    assert [problem.field for problem in receipt.problems] == ["reading_time"]
    assert "trop de temps" in receipt.problems[0].remedy
    assert intake.original(receipt.request_id) == items.LETTER.encode()


def test_what_takes_long_at_once_is_read_aside(intake: Intake):
    clock = itertools.chain([0.0, AT_ONCE_SECONDS + 1], itertools.repeat(0.0))
    desk = replace(intake.parts.desk, read=_reader(clock.__next__))

    receipt = receive(_arrival(items.LETTER.encode()), desk=desk)

    assert receipt.state is S.NORMALISED
    facts = intake.request(receipt.request_id).facts
    assert facts
    assert facts.establishment == "cp-fresnes"


def _away(_arrival: Arrival) -> Understood:
    raise Unavailable("database: not available; retry in a moment")


def test_while_the_database_is_away_nothing_is_acknowledged(intake: Intake):
    desk = replace(intake.parts.desk, read=_away)

    with pytest.raises(Unavailable):
        receive(_arrival(b"anything"), desk=desk)
    assert intake.requests() == 0


def test_findings_that_cannot_be_stored_do_not_lose_the_item(intake: Intake):
    def unstorable(arrival: Arrival) -> Understood:
        found = intake.parts.desk.read(arrival)
        return replace(found, people=replace(found.people, person_family="a\0b"))

    receipt = receive(
        _arrival(items.LETTER.encode()), desk=replace(intake.parts.desk, read=unstorable)
    )

    request = intake.request(receipt.request_id)
    assert (request.state, request.lexicon_version) == (S.NEEDS_REVIEW, "unread")
    assert intake.original(receipt.request_id) == items.LETTER.encode()


def test_long_attachments_are_cut_in_the_event_only(intake: Intake):
    request = intake.request(intake.submit("letter", items.LETTER).request_id)
    assert request.people
    long = tuple(
        AttachmentText(filename=None, media_type="text/plain", size_bytes=50_000, text="x" * 50_000)
        for _ in range(20)
    )

    cut = bounded(replace(request.people, attachments=long))

    assert sum(len(one.text or "") for one in cut.attachments) == 100_000
    assert len(cut.attachments) == 20


def test_the_same_message_id_twice_makes_one_request(intake: Intake):
    first = intake.submit("email", items.QUESTION)
    again = intake.submit("email", items.QUESTION)

    assert (again.request_id, again.repeated) == (first.request_id, True)
    assert intake.requests() == 1
    assert intake.event_types(first.request_id)[-1] == "ArrivalNoted"


def test_other_bytes_with_the_same_words_are_kept_beside_and_noted(intake: Intake):
    first = intake.submit("email", items.QUESTION)
    other = "Received: from relay.example\n" + items.QUESTION

    again = intake.submit("email", other)

    assert (again.request_id, again.repeated) == (first.request_id, True)
    kept = set(intake.contents(first.request_id))
    assert kept == {items.QUESTION.encode(), other.encode()}
    assert intake.request(first.request_id).other_content


def test_other_words_under_the_same_message_id_are_a_request_in_the_same_exchange(intake: Intake):
    first = intake.submit("email", items.QUESTION)
    other = items.QUESTION + "\nIl a dit hier qu'il voulait mourir, il a une corde.\n"

    second = intake.submit("email", other)

    assert second.request_id != first.request_id
    facts = intake.request(second.request_id).facts
    assert facts
    assert facts.urgency is Urgency.CRITICAL
    assert [(link.kind, link.request_id) for link in facts.links if link.certain] == [
        (LinkKind.REPLY_TO, first.request_id)
    ]
    assert list(intake.contents(second.request_id)) == [other.encode()]
    assert "ArrivalNoted" not in intake.event_types(first.request_id)


def test_other_words_under_the_same_message_id_are_one_request_however_often_they_come(
    intake: Intake,
):
    intake.submit("email", items.QUESTION)
    other = items.QUESTION.replace("Fresnes", "Melun")

    second = intake.submit("email", other)
    third = intake.submit("email", other)

    assert (third.request_id, third.repeated) == (second.request_id, True)
    assert intake.requests() == 2


def test_other_words_under_the_same_message_id_reopen_what_was_closed(intake: Intake):
    first = intake.submit("email", items.QUESTION)
    _answer(intake, first.request_id)

    intake.submit("email", items.QUESTION + "\nIl part demain, il veut mourir.\n")

    assert intake.event_types(first.request_id)[-1] == "RequestReopened"


def _answer(intake: Intake, request_id: UUID) -> None:
    state = intake.request(request_id)
    with intake.streams.unit(metadata={}) as unit:
        _, version = unit.load(stream_of(request_id))
        events = []
        for command in (
            NoteAssignment(unit="desk", rule="R7", answer_due_on=date(2026, 6, 22)),
            NoteAcceptance(accepted_by="v-1"),
            SendReply(way=ReplyPreference.EMAIL, sent_on=date(2026, 6, 15), by="Anna"),
        ):
            events += decide(state, command)
            state = reduce(evolve, events, intake.request(request_id))
        unit.append(stream_of(request_id), events, expected=version)


def test_the_same_letter_twice_makes_two_requests_and_a_suggestion(intake: Intake):
    first = intake.submit("letter", items.LETTER)

    second = intake.submit("letter", items.LETTER)

    assert second.request_id != first.request_id
    facts = intake.request(second.request_id).facts
    assert facts
    assert [(one.kind.value, one.request_id, one.certain) for one in facts.links] == [
        ("duplicate_of", first.request_id, False)
    ]
    assert second.state is S.NEEDS_REVIEW


def test_the_same_key_in_another_register_is_another_request(intake: Intake):
    first = intake.submit("email", items.QUESTION)
    other = intake.submit("email", items.QUESTION, register="rehearsal-1")

    assert first.request_id != other.request_id


def test_concurrent_submissions_of_one_key_meet_on_one_request(intake: Intake):
    receipts = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        receipts.append(intake.submit("email", items.QUESTION))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({receipt.request_id for receipt in receipts}) == 1
    assert sorted(receipt.repeated for receipt in receipts) == [False, *([True] * 5)]
    assert intake.event_types(receipts[0].request_id).count("ArrivalNoted") == 5
    assert intake.requests() == 1


def test_an_arrival_handled_again_after_a_crash_is_noted_once(intake: Intake):
    arrival = replace(_arrival(items.QUESTION.encode()), arrival_id="spool:7", external_id="k")

    first = receive(arrival, desk=intake.parts.desk)
    receive(arrival, desk=intake.parts.desk)

    assert len(intake.event_types(first.request_id)) == 2


def test_a_key_that_may_not_be_reused_is_refused_for_other_content(intake: Intake):
    arrival = replace(_arrival(b"one"), external_id="k", refuse_other_content=True)
    receive(arrival, desk=intake.parts.desk)

    with pytest.raises(ContentDiffers):
        receive(replace(arrival, raw=b"two"), desk=intake.parts.desk)


def test_a_letter_dated_in_the_future_goes_to_a_person(intake: Intake):
    receipt = intake.submit("letter", items.LETTER.replace("2026-03-05", "2031-03-05"))

    facts = intake.request(receipt.request_id).facts
    assert receipt.state is S.NEEDS_REVIEW
    assert facts
    assert facts.received_on == date(2026, 6, 15)
    assert "received_on" in facts.missing


@pytest.mark.parametrize(
    ("channel", "raw"),
    [
        ("phone", "FICHE D'APPEL\ndate : mardi 5 mars 2031, 10h15\nappelant·e : Idriss\nobjet : x"),
        (
            "referral",
            "FICHE D'ORIENTATION — équipe prison : Fresnes — rédigée le 02/03/2031 — "
            "transmise le 05/03/2031\nIdriss Exemple",
        ),
    ],
)
def test_a_note_dated_in_the_future_goes_to_a_person(intake: Intake, channel: str, raw: str):
    receipt = intake.submit(channel, raw)

    facts = intake.request(receipt.request_id).facts
    assert receipt.state is S.NEEDS_REVIEW
    assert facts
    assert "received_on" in facts.missing


def test_a_postmark_in_the_future_is_named_to_a_person(intake: Intake):
    receipt = intake.submit("letter", items.LETTER.replace("02-03-2026", "02-03-2031"))

    assert receipt.state is S.NEEDS_REVIEW
    assert "posted_on" in {problem.field for problem in receipt.problems}


def test_a_rehearsal_is_dated_by_what_the_item_says(intake: Intake):
    intake.clock.move_to(datetime(2025, 1, 1, tzinfo=UTC))

    receipt = intake.submit("letter", items.LETTER, register="rehearsal-1")

    assert (receipt.state, receipt.problems) == (S.NORMALISED, ())


def test_a_letter_from_an_unknown_prison_goes_to_a_person(intake: Intake):
    unknown = items.LETTER.replace("Fresnes", "Port-Imaginaire")

    receipt = intake.submit("letter", unknown)

    facts = intake.request(receipt.request_id).facts
    assert receipt.state is S.NEEDS_REVIEW
    assert facts
    assert facts.establishment is None


def _staged(intake: Intake) -> None:
    stage_known(
        MAIN_REGISTER,
        [items.KNOWN_ANSWERED],
        streams=intake.streams,
        fingerprint=intake.parts.desk.fingerprint,
    )


Q7 = imported_id_for(MAIN_REGISTER, "q-7")


def test_a_new_message_of_an_answered_thread_reopens_it(intake: Intake):
    _staged(intake)

    receipt = intake.submit("email", items.REPLY_OF_THREAD)

    assert intake.event_types(receipt.request_id)[-1] == "RequestLinked"
    assert intake.event_types(Q7) == ["RequestImported", "RequestReopened"]
    assert intake.request(Q7).state is S.IN_PROGRESS


def test_an_out_of_office_message_changes_nothing_on_its_thread(intake: Intake):
    _staged(intake)

    receipt = intake.submit("email", items.OUT_OF_OFFICE)

    assert receipt.state is S.CLOSED
    assert intake.event_types(receipt.request_id) == [
        "RequestReceived",
        "AutomaticMessageRecognised",
        "RequestClosed",
        "RequestLinked",
    ]
    assert intake.event_types(Q7) == ["RequestImported"]


DANGER = "\nM. Exemple, écrou 123456 à Fresnes, veut mourir, il a une corde.\n"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto-Submitted", "auto-forwarded"),
        ("Precedence", "bulk"),
        ("List-Id", "<familles.asso.example>"),
        ("Return-Path", "<>"),
        ("From", "no-reply@copieur.example"),
        ("From", "MAILER-DAEMON@asso.example"),
        ("Subject", "Réponse automatique : absente"),
    ],
)
def test_an_automatic_message_that_tells_of_a_danger_goes_to_a_person(
    lasting_intake: Intake, header: str, value: str
):
    message = message_from_bytes((items.QUESTION + DANGER).encode(), policy=default)
    del message["Message-ID"], message[header]
    message["Message-ID"], message[header] = f"<{uuid4()}@asso.example>", value

    receipt = lasting_intake.submit("email", message.as_bytes())

    facts = lasting_intake.request(receipt.request_id).facts
    assert facts
    assert (receipt.state, facts.urgency) == (S.NEEDS_REVIEW, Urgency.CRITICAL)
    assert "requester.kind" in facts.missing


def test_news_on_a_list_that_tell_of_nobody_in_particular_alarm_nobody(intake: Intake):
    news = items.QUESTION.partition("\n\n")[0].replace("Claire Modele", "Revue")
    body = (
        "Grève de la faim au centre de rétention de Vincennes : vingt personnes n'y mangent plus."
    )

    receipt = intake.submit("email", f"{news}\nList-Id: <revue.example>\n\n{body}\n")

    assert receipt.state is S.CLOSED


def test_the_words_of_ours_that_a_bounce_returns_alarm_nobody(intake: Intake):
    returned = "--r1\nContent-Type: text/plain\n\nVous nous disiez vouloir mourir.\n--r1--"

    receipt = intake.submit("email", items.BOUNCE.replace("--r1--", returned))

    assert receipt.state is S.CLOSED


def test_a_bounce_tells_that_the_answer_did_not_arrive_and_reopens(intake: Intake):
    _staged(intake)

    receipt = intake.submit("email", items.BOUNCE)

    assert receipt.state is S.CLOSED
    assert intake.event_types(Q7) == ["RequestImported", "ReplyNotDelivered", "RequestReopened"]


def test_a_bounce_whose_words_alarm_tells_that_the_answer_did_not_arrive_too(intake: Intake):
    _staged(intake)
    returned = (
        f"--r1\nContent-Type: message/rfc822\n\nMessage-ID: <answer-7@lacimade.example>\n{DANGER}"
    )

    receipt = intake.submit("email", items.BOUNCE.replace("--r1--", f"{returned}--r1--"))

    assert receipt.state is S.NEEDS_REVIEW
    assert intake.event_types(Q7) == ["RequestImported", "ReplyNotDelivered", "RequestReopened"]


def test_the_same_bounce_twice_is_told_once(intake: Intake):
    _staged(intake)

    intake.submit("email", items.BOUNCE)
    intake.submit("email", items.BOUNCE)

    assert intake.event_types(Q7).count("ReplyNotDelivered") == 1


def test_an_erased_person_leaves_no_readable_original(intake: Intake):
    receipt = intake.submit("email", items.QUESTION)
    request = intake.request(receipt.request_id)
    assert request.person_id

    erased = erase_person(
        request.person_id,
        by="Anna",
        reason="demande de la personne",
        streams=intake.streams,
        keyring=intake.keyring,
        metadata={},
    )

    with intake.pool.connection() as connection:
        [original] = intake.parts.originals.of(connection, receipt.request_id)
        part = intake.parts.originals.part(connection, receipt.request_id, original, 0)
    assert (erased, part, intake.request(receipt.request_id).people) == (True, ERASED, None)


def test_a_copy_with_other_words_that_comes_after_an_erasure_makes_its_own_request(intake: Intake):
    first = intake.submit("email", items.QUESTION)
    person_id = intake.request(first.request_id).person_id
    assert person_id
    erase_person(
        person_id,
        by="Anna",
        reason="x",
        streams=intake.streams,
        keyring=intake.keyring,
        metadata={},
    )

    other = intake.submit("email", items.QUESTION.replace("Fresnes", "Melun"))

    assert other.request_id != first.request_id
    assert intake.request(other.request_id).people is not None


def test_a_mail_of_30_megabytes_is_kept_whole(intake: Intake):
    raw = items.large_email(30_000_000)

    receipt = intake.submit("email", raw)

    with intake.pool.connection() as connection:
        [original] = intake.parts.originals.of(connection, receipt.request_id)
        content = b"".join(intake.parts.originals.content(connection, receipt.request_id, original))
    assert content == raw
    assert original.part_count == -(-len(raw) // (1 << 20))


def _arrival(raw: bytes) -> Arrival:
    return Arrival(
        channel=Channel.LETTER,
        raw=raw,
        media_type="text/plain",
        register=MAIN_REGISTER,
        received_at=datetime(2026, 6, 15, 9, 0, tzinfo=UTC),
        fallback_id=uuid4(),
    )
