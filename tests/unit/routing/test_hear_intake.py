"""From what intake tells to assignments, on a real event store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from services.routing.application.by_hand import accept, reassign, refuse
from services.routing.application.escalate import escalate_unaccepted
from services.routing.application.hear_intake import HEARD
from services.routing.application.stage import MainIsNoStage
from services.routing.application.volunteers import remove
from services.routing.domain.errors import NotAssigned, UnknownVolunteer
from shared.contracts.intake.events import (
    PersonErased,
    RequestClosed,
    RequestCorrected,
    RequestImported,
    RequestLinked,
    RequestMarkedDuplicate,
    RequestReopened,
    RequestUnmarkedDuplicate,
    RequestUrgencyChanged,
)
from shared.contracts.intake.facts import Link
from shared.contracts.vocabulary import (
    AssignmentState,
    LinkKind,
    Outcome,
    RequesterKind,
    Urgency,
)
from shared.eventstore import CommandReused
from tests.unit.routing import samples
from tests.unit.routing.office import PERSON, START, Office, files, understood, with_links
from tests.unit.routing.people import FRESNES, NANTES, letter

ONE = UUID("44444444-4444-4444-8444-444444444444")
TWO = UUID("55555555-5555-4555-8555-555555555555")
PRESENT = {FRESNES: {"state": "active"}, NANTES: {"state": "active"}}


def received(request_id: UUID = ONE, register: str = "rehearsal-1", **more):
    return understood(letter(**more), request_id, register)


def corrected(request_id: UUID = ONE, register: str = "rehearsal-1", **more):
    return RequestCorrected(
        request_id=request_id,
        person_id=PERSON,
        register=register,
        facts=letter(**more),
        corrected_fields=("urgency",),
        corrected_by="desk-1",
        private=None,
    )


def known(request_id: UUID = TWO, register: str = "rehearsal-1", **more):
    facts = {
        "alias": "q-1",
        "state": "assigned",
        "unit": "team:cp-fresnes",
        "received_on": date(2026, 1, 5),
        "answer_due_on": date(2026, 1, 15),
        "urgency": Urgency.NORMAL,
        "establishment": FRESNES,
    }
    return RequestImported(
        request_id=request_id, person_id=PERSON, register=register, private=None, **facts | more
    )


def urgency(value: Urgency, by: str = "fresnes-1", request_id: UUID = ONE):
    return RequestUrgencyChanged(
        request_id=request_id, register="rehearsal-1", urgency=value, reason="-", by=by
    )


def closed(request_id: UUID = ONE, register: str = "rehearsal-1"):
    return RequestClosed(
        request_id=request_id,
        register=register,
        outcome=Outcome.ANSWERED_INFORMATION,
        closed_by="fresnes-1",
    )


def test_a_batch_of_letters_is_assigned_in_one_transaction(office: Office):
    office.stage("rehearsal-1", PRESENT)
    elsewhere = received(TWO, establishment="ma-limoges")

    office.hear(received(), elsewhere)

    assert office.get(ONE).unit == "team:cp-fresnes"
    assert (office.get(TWO).unit, office.get(TWO).rule) == ("desk", "R7")


def test_what_is_recorded_names_its_cause(office: Office):
    office.hear(received())

    [recorded] = office.store.load(f"assignment-{ONE}")
    assert recorded.metadata == {"correlation_id": "c-1", "causation_id": "intake/1"}


def test_the_same_event_again_records_nothing(office: Office):
    office.hear(received())
    before = office.total()

    office.hear(received())

    assert office.total() == before


def test_a_rehearsal_sees_its_own_teams_only(office: Office):
    office.stage("rehearsal-1", PRESENT)

    office.hear(received(ONE, "rehearsal-1"), received(TWO, "rehearsal-2"))

    assert (office.get(ONE).rule, office.get(TWO).rule) == ("R3", "R7")


def test_the_main_register_is_no_stage(office: Office):
    with pytest.raises(MainIsNoStage):
        office.stage("main", PRESENT)


def test_a_correction_moves_the_request(office: Office):
    office.stage("rehearsal-1", PRESENT)
    office.hear(received())

    office.hear(corrected(urgency=Urgency.HIGH))

    assert office.events(ONE) == ["RequestAssigned", "RequestReassigned"]
    assert (office.get(ONE).unit, office.get(ONE).rule) == ("desk", "R4")


def test_a_known_request_is_found_by_its_reminder_in_the_same_batch(office: Office):
    office.stage("rehearsal-1", PRESENT)
    links = (Link(kind=LinkKind.REMINDER_OF, request_id=TWO),)

    office.hear(known(), received(links=links, is_reminder=True))

    reminder = office.get(ONE)
    assert (reminder.unit, reminder.rule, reminder.urgency) == ("team:cp-fresnes", "R22", "high")
    assert reminder.answer_due_on == date(2026, 1, 15)
    assert reminder.informed == ("coordination",)


def test_a_request_known_in_another_register_is_not_found(office: Office):
    office.stage("rehearsal-1", PRESENT)
    links = (Link(kind=LinkKind.REMINDER_OF, request_id=TWO),)

    office.hear(known(TWO, "rehearsal-2"), received(links=links, is_reminder=True))

    assert office.get(ONE).rule == "R3"


def test_raised_urgency_takes_the_request_from_the_team(office: Office):
    office.stage("rehearsal-1", PRESENT)
    office.hear(received())

    office.hear(urgency(Urgency.CRITICAL))

    assert (office.get(ONE).unit, office.get(ONE).urgency) == ("desk", Urgency.CRITICAL)


def test_a_confirmed_duplicate_leaves_and_its_nearer_date_prevails(office: Office):
    office.stage("rehearsal-1", PRESENT)
    office.hear(received(), received(TWO, received_on=date(2026, 3, 1)))

    office.hear(
        RequestMarkedDuplicate(
            request_id=TWO, register="rehearsal-1", duplicate_of=ONE, by="desk-1"
        )
    )

    assert office.get(TWO).state is AssignmentState.WITHDRAWN
    assert office.get(ONE).answer_due_on == date(2026, 3, 11)


def test_what_a_duplicate_brought_stays_when_the_first_is_corrected(office: Office):
    office.stage("rehearsal-1", PRESENT)
    copy = received(TWO, received_on=date(2026, 3, 1), urgency=Urgency.HIGH)
    office.hear(received(), copy)
    office.hear(
        RequestMarkedDuplicate(
            request_id=TWO, register="rehearsal-1", duplicate_of=ONE, by="desk-1"
        )
    )

    office.hear(corrected(language="ar"))

    first = office.get(ONE)
    assert (first.unit, first.urgency, first.answer_due_on) == (
        "desk",
        Urgency.HIGH,
        date(2026, 3, 11),
    )


def test_what_was_no_duplicate_after_all_is_proposed_again(office: Office):
    office.hear(received(), received(TWO))
    office.hear(
        RequestMarkedDuplicate(
            request_id=TWO, register="rehearsal-1", duplicate_of=ONE, by="desk-1"
        )
    )

    office.hear(RequestUnmarkedDuplicate(request_id=TWO, register="rehearsal-1", by="desk-1"))

    assert office.get(TWO).state is AssignmentState.PROPOSED


def test_closing_and_reopening_gives_it_to_the_same_team_first(office: Office):
    office.stage("rehearsal-1", PRESENT)
    office.hear(received(), closed())
    assert office.get(ONE).state is AssignmentState.CLOSED

    office.hear(RequestReopened(request_id=ONE, reason="fait nouveau", by="desk-1"))

    assert office.get(ONE).unit == "team:cp-fresnes"


def test_what_became_urgent_while_it_was_closed_comes_to_the_desk_once_reopened(office: Office):
    office.stage("rehearsal-1", PRESENT)
    near = urgency(Urgency.CRITICAL, "rule R40")
    office.hear(received(), closed(), near)
    assert office.get(ONE).urgency is Urgency.NORMAL

    office.hear(RequestReopened(request_id=ONE, reason="pas fini", by="desk-1"), near)

    assert (office.get(ONE).unit, office.get(ONE).rule) == ("desk", "R4")
    assert office.get(ONE).urgency is Urgency.CRITICAL


def test_reopening_gives_it_to_the_desk_once_the_team_is_suspended(office: Office):
    office.stage("rehearsal-1", PRESENT)
    office.hear(received(), closed())
    office.stage("rehearsal-1", {FRESNES: {"state": "suspended", "since": "2026-03-10"}})

    office.hear(RequestReopened(request_id=ONE, reason="fait nouveau", by="desk-1"))

    assert office.get(ONE).unit == "desk"


def test_an_answered_request_is_reopened_for_its_holder(office: Office):
    office.hear(known(state="answered", unit="desk"))

    office.hear(RequestReopened(request_id=TWO, reason="non remis", by="rule R32"))

    assert (office.get(TWO).unit, office.get(TWO).state) == ("desk", AssignmentState.PROPOSED)


def test_confirmed_as_the_same_person_the_old_teams_work_follows_a_move(office: Office):
    office.stage("rehearsal-1", PRESENT)
    moved = received(establishment=NANTES, moved_from=FRESNES)
    office.hear(known(), moved)

    office.hear(
        RequestLinked(request_id=ONE, kind=LinkKind.SAME_PERSON, linked_to=TWO, by="desk-1")
    )

    assert (office.get(TWO).unit, office.get(TWO).rule) == ("team:cp-nantes", "R12")
    assert office.get(TWO).answer_due_on == date(2026, 1, 15)


def test_confirmed_as_the_same_person_a_teams_work_comes_to_the_desk_on_release(office: Office):
    office.stage("rehearsal-1", PRESENT)
    out = received(establishment=None, requester_kind=RequesterKind.RELEASED_PERSON)
    office.hear(known(), out)

    office.hear(
        RequestLinked(request_id=ONE, kind=LinkKind.SAME_PERSON, linked_to=TWO, by="desk-1")
    )

    assert (office.get(TWO).unit, office.get(TWO).rule) == ("desk", "R16")


def test_other_links_move_nothing(office: Office):
    office.stage("rehearsal-1", PRESENT)
    office.hear(known(), received())

    office.hear(RequestLinked(request_id=ONE, kind=LinkKind.REPLY_TO, linked_to=TWO, by="desk-1"))

    assert office.get(TWO).unit == "team:cp-fresnes"


def test_every_event_that_is_heard_can_be_handled(office: Office):
    handled = {
        "RequestNormalised",
        "RequestFlaggedForReview",
        "RequestCorrected",
        "AutomaticMessageRecognised",
        "RequestImported",
        "RequestClosed",
        "RequestReopened",
        "RequestMarkedDuplicate",
        "RequestUnmarkedDuplicate",
        "RequestUrgencyChanged",
        "RequestLinked",
        "PersonErased",
    }

    assert {event.__name__ for event in HEARD} == handled


def test_a_volunteer_takes_a_request_once_for_the_same_command(office: Office):
    office.import_files(files())
    office.hear(received(register="main"))
    command_id = uuid4()

    for _ in range(2):
        taken = accept(
            ONE, volunteer_id="cp-fresnes-1", routing=office.routing, command_id=command_id
        )

    assert taken.holder == "cp-fresnes-1"
    assert office.events(ONE) == ["RequestAssigned", "AssignmentAccepted"]


def test_a_command_id_serves_one_request_only(office: Office):
    office.import_files(files())
    office.hear(received(register="main"), received(TWO, register="main"))
    command_id = uuid4()
    accept(ONE, volunteer_id="cp-fresnes-1", routing=office.routing, command_id=command_id)

    with pytest.raises(CommandReused, match="draw a new id"):
        accept(TWO, volunteer_id="cp-fresnes-1", routing=office.routing, command_id=command_id)


def test_nobody_outside_the_directory_takes_a_request(office: Office):
    office.import_files(files())
    office.hear(received(register="main"))

    with pytest.raises(UnknownVolunteer):
        accept(ONE, volunteer_id="somebody", routing=office.routing)


def test_what_routing_does_not_know_cannot_be_taken(office: Office):
    with pytest.raises(NotAssigned):
        refuse(ONE, refused_by="desk-1", reason="trop", routing=office.routing)


def test_the_desk_hands_an_urgent_letter_to_the_team_afterwards(office: Office):
    office.stage("rehearsal-1", PRESENT)
    office.hear(received(urgency=Urgency.HIGH))

    reassign(
        ONE, unit="team:cp-fresnes", by="desk-1", reason="visite faite", routing=office.routing
    )

    assert office.get(ONE).unit == "team:cp-fresnes"


def test_who_leaves_leaves_no_work_behind(office: Office):
    office.import_files(files())
    office.hear(received(register="main"))
    accept(ONE, volunteer_id="cp-fresnes-1", routing=office.routing)

    remove("cp-fresnes-1", by="coordination-1", routing=office.routing)

    assert (office.get(ONE).state, office.get(ONE).holder) == (AssignmentState.PROPOSED, None)
    assert "Bruno" not in str(office.rows("volunteers"))


def test_an_erased_volunteer_is_gone_from_the_directory(office: Office):
    office.import_files(files())
    with office.store.transaction() as connection:
        [bruno] = office.routing.directory.volunteers(connection, "main", ["cp-fresnes-1"])

    office.hear(PersonErased(person_id=bruno.person_id, by="admin", reason="demande"))

    assert "Bruno" not in str(office.rows("volunteers"))


def test_a_volunteer_at_capacity_takes_no_more_and_the_desk_answers(office: Office):
    office.import_files(files(demo=False))
    office.import_files(
        {
            "teams.csv": "establishment,state\ncp-fresnes,active\n",
            "volunteers.csv": (
                "id,name,email,role,units,capacity\n"
                "f-1,Ève Lanneau,eve@permanence.example,volunteer,team:cp-fresnes,1\n"
            ),
        }
    )
    office.hear(received(register="main"))
    accept(ONE, volunteer_id="f-1", routing=office.routing)

    office.hear(received(TWO, register="main"))

    assert office.get(TWO).rule == "R14"


# Received on Thursday 5 March: Friday and Monday are the two working days.
@pytest.mark.parametrize(("days", "escalated"), [(1, 0), (4, 0), (5, 1)])
def test_after_two_working_days_nobody_accepted_it_and_coordination_answers(
    office: Office, days, escalated
):
    office.import_files(files())
    office.hear(received(register="main"))

    now = START + timedelta(days=days)
    office.clock.move_to(now)

    assert escalate_unaccepted(now, routing=office.routing) == escalated
    assert escalate_unaccepted(now, routing=office.routing) == 0
    expected = "coordination" if escalated else "team:cp-fresnes"
    assert office.get(ONE).unit == expected


def test_what_was_accepted_and_what_is_rehearsed_never_escalates(office: Office):
    office.import_files(files())
    office.hear(received(register="main"), received(TWO, "rehearsal-1"))
    accept(ONE, volunteer_id="cp-fresnes-1", routing=office.routing)

    assert escalate_unaccepted(START + timedelta(days=30), routing=office.routing) == 0


@pytest.mark.parametrize("batch_size", [1, 30])
def test_the_thirty_samples_are_routed_each_in_a_register_of_its_own(office: Office, batch_size):
    thirty = samples.load_records()
    batch, wanted = [], {}
    for sample, context in thirty:
        register = f"rehearsal-{sample.id}"
        office.stage(register, context.get("teams", {}))
        numbers = {one.request_id: uuid4() for one in sample.earlier}
        for one in sample.earlier:
            state = "in_progress" if one.open else "closed"
            batch.append(
                known(
                    numbers[one.request_id],
                    register,
                    state=state,
                    unit=one.unit,
                    received_on=one.received_on,
                    answer_due_on=one.answer_due_on,
                    urgency=one.urgency,
                )
            )
        request_id = uuid4()
        facts = with_links(sample.facts, numbers)
        batch.append(understood(facts, request_id, register, flagged=sample.flagged))
        wanted[sample.id] = (request_id, sample.expected)

    for start in range(0, len(batch), batch_size):
        office.hear(*batch[start : start + batch_size])

    wrong = {}
    for name, (request_id, expected) in wanted.items():
        found, routing = office.get(request_id), expected["routing"]
        got = (found.unit, found.rule, sorted(found.informed))
        if got != (routing["unit"], routing["rule"], sorted(routing["inform"])):
            wrong[name] = got
    assert wrong == {}


@pytest.mark.parametrize("together", [False, True])
def test_the_read_models_are_the_same_when_folded_again(office: Office, together: bool):
    office.import_files(files())
    office.stage("rehearsal-1", PRESENT)
    office.hear(known(), received(), received(uuid4(), urgency=Urgency.HIGH))
    office.hear(corrected(urgency=Urgency.HIGH), closed(TWO))
    tables = ("assignments", "establishments", "teams", "volunteers")
    live = {table: office.rows(table) for table in tables}

    office.fold_again(tables, together=together)

    assert {table: office.rows(table) for table in tables} == live


def test_intake_may_be_older_than_routing_and_nothing_breaks(office: Office):
    office.hear(closed(), urgency(Urgency.HIGH), replace(closed(TWO)))

    assert office.total() == 0
