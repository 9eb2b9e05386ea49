"""Time misses deadlines; the list of faults shows what needs a person."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.followup import wiring
from services.followup.application.handle import close_case, handle_case, load_deadline
from services.followup.application.pass_time import draw_near, miss_passed
from services.followup.domain import deadline
from services.followup.domain.commands import (
    AcceptReferral,
    CompleteStep,
    ConfirmAppointment,
    DrawNear,
    DropDeadline,
    MeetDeadline,
    OfferAppointment,
    OpenCase,
    PlanStep,
    ProposeDeadline,
    ReceiveReferral,
    SetDeadline,
    SuspendCase,
)
from services.followup.domain.errors import DeadlinesRunning, Unknown
from services.followup.projections import DEADLINES, READ_MODELS
from services.followup.projections.faults import list_faults
from shared.contracts.codec import Codec
from shared.contracts.followup.events import FollowupEvent
from shared.contracts.vocabulary import DeadlineKind, Outcome, StepKind
from shared.eventstore import Streams
from shared.postgres import connected, transaction

from .given import (
    ANNE,
    CASE,
    DEADLINE,
    LATER,
    NOW,
    OTHER,
    PERSON,
    REQUEST,
    STEP,
    VISIT,
    hearing,
    oqtf,
    silence,
)

REFER = ReceiveReferral(
    case_id=CASE,
    person_id=PERSON,
    register="main",
    source="team:cp-fresnes",
    request_id=REQUEST,
    note="parle peu français",
)
OPENING = (REFER, AcceptReferral(by=ANNE), OpenCase(by=ANNE))
OVER = datetime(2026, 11, 10, 23, tzinfo=UTC)  # 24:00 in Paris of 10 November


def _set(terms=None, *, case_id: UUID | None = None, deadline_id: UUID = DEADLINE) -> SetDeadline:
    return SetDeadline(
        deadline_id=deadline_id,
        register="main",
        request_id=REQUEST,
        case_id=case_id,
        terms=terms or oqtf(),
        by=ANNE,
    )


def _propose(terms) -> ProposeDeadline:
    return ProposeDeadline(
        deadline_id=DEADLINE, register="main", request_id=REQUEST, case_id=CASE, terms=terms
    )


def _propose_into(desk, terms) -> None:
    with desk.streams.unit(metadata={}) as unit:
        events = deadline.decide(None, _propose(terms))
        unit.append(f"deadline-{DEADLINE}", events, expected=unit.load(f"deadline-{DEADLINE}")[1])


def _close(desk):
    return close_case(CASE, outcome=Outcome.RIGHT_OBTAINED, by=ANNE, followup=desk.followup)


def test_a_deadline_is_missed_when_its_last_day_is_over_and_not_before(desk):
    desk.do_deadline(DEADLINE, _set())

    assert desk.at(OVER - timedelta(seconds=1)) == 0
    assert desk.at(OVER) == 1
    assert desk.at(OVER + timedelta(days=30)) == 0
    assert [row["state"] for row in desk.deadlines()] == ["missed"]
    assert desk.log(f"deadline-{DEADLINE}") == ["DeadlineSet", "DeadlineMissed"]


def test_after_a_long_outage_all_that_passed_is_missed_at_once(desk):
    for n in range(3):
        one = UUID(int=n + 1)
        desk.do_deadline(one, _set(hearing(date(2026, 11, 3 + n)), deadline_id=one))

    assert desk.at(datetime(2027, 1, 1, tzinfo=UTC)) == 3


def test_all_that_passed_together_is_written_together(desk):
    for n in range(3):
        one = UUID(int=n + 1)
        desk.do_deadline(one, _set(hearing(date(2026, 11, 3 + n)), deadline_id=one))
    commits = []
    desk.store.on_commit(commits.append)

    desk.at(datetime(2027, 1, 1, tzinfo=UTC))

    assert [len(appended) for appended in commits] == [3]


def test_a_deadline_that_somebody_writes_to_meanwhile_holds_back_no_other(desk):
    other = UUID(int=9)
    desk.do_deadline(DEADLINE, _set())
    desk.do_deadline(other, _set(deadline_id=other))
    once = iter([DEADLINE])

    class Meanwhile(Codec):
        def encode(self, event, occurred_at):
            for one in once:  # all are read by now, and none is written
                desk.do_deadline(one, MeetDeadline(proof="récépissé", by=ANNE))
            return super().encode(event, occurred_at)

    racing = Streams(
        desk.store,
        Meanwhile(FollowupEvent),
        desk.clock,
        [model.apply_all for model in READ_MODELS],
    )
    desk.clock.move_to(OVER)

    assert miss_passed(replace(desk.followup, streams=racing)) == 1
    assert {row["deadline_id"]: row["state"] for row in desk.deadlines()} == {
        DEADLINE: "met",
        other: "missed",
    }


def test_a_deadline_that_was_met_is_not_missed(desk):
    desk.do_deadline(DEADLINE, _set(), MeetDeadline(proof="récépissé", by=ANNE))

    assert desk.at(OVER) == 0


def test_a_case_closes_only_when_each_running_deadline_is_dealt_with(desk):
    desk.do(CASE, *OPENING)
    desk.do_deadline(DEADLINE, _set())  # of the request that began the case

    with pytest.raises(DeadlinesRunning, match=str(DEADLINE)):
        _close(desk)

    desk.do_deadline(DEADLINE, MeetDeadline(proof="récépissé", by=ANNE))
    assert _close(desk).state == "closed"


def test_a_deadline_of_the_case_itself_holds_it_open_too(desk):
    desk.do(CASE, *OPENING)
    desk.do_deadline(DEADLINE, replace(_set(case_id=CASE), request_id=None))

    with pytest.raises(DeadlinesRunning):
        _close(desk)
    desk.do_deadline(DEADLINE, DropDeadline(reason="décision retirée", by=ANNE))
    assert _close(desk).outcome is Outcome.RIGHT_OBTAINED


def test_closing_waits_for_a_deadline_that_is_being_set(desk):
    desk.do(CASE, *OPENING)
    outcome: list[object] = []

    def close() -> None:
        try:
            outcome.append(_close(desk))
        except DeadlinesRunning as refusal:
            outcome.append(refusal)

    with transaction(desk.pool) as connection:
        wiring.hold(connection, [CASE, REQUEST])
        closing = threading.Thread(target=close)
        closing.start()
        with desk.streams.unit(metadata={}, connection=connection) as unit:
            events = deadline.decide(None, _set(case_id=CASE))
            unit.append(f"deadline-{DEADLINE}", events, expected=unit.load("deadline-x")[1])
    closing.join(timeout=60)
    assert outcome, "closing still waits for who set the deadline"

    assert isinstance(outcome[0], DeadlinesRunning)


def test_a_deadline_is_not_set_on_a_case_that_does_not_exist(desk):
    with pytest.raises(Unknown, match=f"case_id: {OTHER}"):
        desk.do_deadline(DEADLINE, _set(case_id=OTHER))


def test_an_open_case_without_a_next_action_is_a_fault(desk):
    desk.do(CASE, *OPENING)

    assert desk.faults() == [("no_next_action", CASE, None)]


@pytest.mark.parametrize("what", ["step", "appointment", "deadline"])
def test_a_next_step_appointment_or_deadline_mends_it(desk, what):
    desk.do(CASE, *OPENING)
    if what == "step":
        step = PlanStep(
            step_id=STEP,
            kind=StepKind.FIND_LAWYER,
            due_on=LATER.date(),
            note=None,
            by=ANNE,
            now=NOW,
        )
        desk.do(CASE, step)
    elif what == "appointment":
        offer = OfferAppointment(
            appointment_id=VISIT, starts_at=LATER, place="Paris", by=ANNE, now=NOW
        )
        desk.do(CASE, offer)
    else:
        desk.do_deadline(DEADLINE, _set())

    assert desk.faults() == []


def test_a_suspended_case_waits_without_being_a_fault(desk):
    desk.do(CASE, *OPENING, SuspendCase(reason="injoignable", by=ANNE))

    assert desk.faults() == []


def test_a_step_done_leaves_the_case_without_a_next_action_again(desk):
    step = PlanStep(
        step_id=STEP,
        kind=StepKind.FIND_LAWYER,
        due_on=None,
        note=None,
        by=ANNE,
        now=NOW,
    )
    desk.do(CASE, *OPENING, step, CompleteStep(step_id=STEP, by=ANNE))

    assert desk.faults() == [("no_next_action", CASE, None)]


def test_an_overdue_step_is_a_fault(desk):
    step = PlanStep(
        step_id=STEP,
        kind=StepKind.FIND_LAWYER,
        due_on=date(2026, 11, 4),
        note=None,
        by=ANNE,
        now=NOW,
    )
    desk.do(CASE, *OPENING, step)

    desk.at(datetime(2026, 11, 4, 20, tzinfo=UTC))
    assert desk.faults() == []
    desk.at(datetime(2026, 11, 5, 8, tzinfo=UTC))
    assert desk.faults() == [("step_overdue", CASE, None)]


def test_an_appointment_that_passed_without_a_word_is_a_fault(desk):
    offer = OfferAppointment(appointment_id=VISIT, starts_at=LATER, place="Paris", by=ANNE, now=NOW)
    desk.do(CASE, *OPENING, offer, ConfirmAppointment(appointment_id=VISIT, by=ANNE))

    desk.at(LATER + timedelta(days=1))

    assert ("appointment_unrecorded", CASE, None) in desk.faults()
    assert ("no_next_action", CASE, None) in desk.faults()


def test_a_missed_deadline_of_an_open_case_asks_for_another_way(desk):
    desk.do(CASE, *OPENING)
    desk.do_deadline(DEADLINE, _set(case_id=CASE))
    desk.at(OVER)

    assert ("deadline_missed", CASE, DEADLINE) in desk.faults()


def test_a_missed_deadline_of_the_request_that_began_a_case_is_a_fault_once(desk):
    desk.do(CASE, *OPENING)
    desk.do_deadline(DEADLINE, _set())  # set on the request alone
    desk.at(OVER)

    assert desk.faults().count(("deadline_missed", CASE, DEADLINE)) == 1


def test_a_silence_that_came_asks_for_what_is_next(desk):
    desk.do_deadline(DEADLINE, _set(silence(date(2026, 11, 3))))

    assert desk.at(OVER) == 0
    assert desk.faults() == [("deadline_reached", None, DEADLINE)]


def test_a_clock_of_unknown_start_is_a_fault(desk):
    unknown = replace(oqtf(), prudent=None, last=None, alert_at=None)
    _propose_into(desk, unknown)

    assert desk.faults() == [("clock_unknown", CASE, DEADLINE)]


def test_a_case_closed_with_a_candidate_is_a_fault(desk):
    desk.do(CASE, *OPENING)
    _propose_into(desk, oqtf())
    _close(desk)

    assert desk.faults() == [("closed_with_deadline", CASE, DEADLINE)]


def test_a_referral_left_without_a_decision_is_a_fault_after_two_working_days(desk):
    desk.do(CASE, REFER)
    [case] = desk.cases()
    referred_at = case["referred_at"]  # the database's clock

    def faults(days: int) -> list[str]:
        with connected(desk.pool) as connection:
            now = referred_at + timedelta(days=days)
            return [row["kind"] for row in list_faults(connection, register="main", now=now)]

    assert faults(0) == []
    assert faults(14) == ["referral_waiting"]


def test_faults_of_a_rehearsal_are_its_own(desk):
    handle_case(
        OTHER,
        replace(REFER, case_id=OTHER, register="rehearsal-1"),
        by=ANNE,
        followup=desk.followup,
    )
    desk.do(OTHER, AcceptReferral(by=ANNE), OpenCase(by=ANNE))

    assert desk.faults() == []


def test_notes_are_encrypted_and_in_no_read_model(desk):
    desk.do(CASE, *OPENING)

    with connected(desk.pool) as connection:
        kept = connection.execute("SELECT cases::text FROM cases").fetchall()
        logged = connection.execute("SELECT data::text FROM events").fetchall()
    assert all("français" not in row[0] for row in [*kept, *logged])
    assert desk.streams.load(f"case-{CASE}")[0][0].private.text == "parle peu français"


# What draws near. The prudent date of an OQTF notified on 12 November is the 19th.


def _near_at(desk, instant: datetime) -> int:
    desk.clock.move_to(instant)
    return draw_near(desk.followup)


def _morning(day: int) -> datetime:
    """09:00 in Paris."""
    return datetime(2026, 11, day, 8, tzinfo=UTC)


def test_time_tells_once_of_a_deadline_at_ten_days_and_once_at_three(desk):
    desk.do_deadline(DEADLINE, _set(oqtf(12)))

    days = [_near_at(desk, _morning(day)) for day in range(5, 20)]

    assert [day for day, told in zip(range(5, 20), days, strict=True) if told] == [9, 16]
    assert desk.log(f"deadline-{DEADLINE}") == ["DeadlineSet", "DeadlineNeared", "DeadlineNeared"]
    assert desk.at(_morning(21)) == 1


def test_what_is_set_between_its_prudent_date_and_its_last_day_is_told_at_once(desk):
    desk.clock.move_to(_morning(10))  # the prudent date was the 9th, the last day is today
    desk.do_deadline(DEADLINE, _set(oqtf(2)))

    assert draw_near(desk.followup) == 1
    assert draw_near(desk.followup) == 0
    _, neared = desk.streams.load(f"deadline-{DEADLINE}")[0]
    assert neared.within_days == 3


def test_what_is_over_for_good_is_not_told_to_be_near(desk):
    desk.do_deadline(DEADLINE, _set(oqtf(2)))

    assert _near_at(desk, OVER) == 0


def test_the_query_finds_to_the_second_what_the_deadline_tells(desk):
    kinds = [oqtf(12), hearing(date(2026, 11, 19)), silence(date(2026, 11, 19))]
    kinds += [replace(hearing(date(2026, 11, 19)), kind=kind) for kind in DeadlineKind]
    for n, terms in enumerate(kinds):
        one = UUID(int=n + 1)
        desk.do_deadline(one, _set(terms, deadline_id=one))
    second = timedelta(seconds=1)

    for day in (9, 16):
        for now in (_morning(day) - second, _morning(day)):
            desk.clock.move_to(now)
            with connected(desk.pool) as connection:
                found = set(wiring.DeadlineRows().drawing_near(connection, now, 100))
            states = [load_deadline(UUID(int=n + 1), desk.followup) for n in range(len(kinds))]
            telling = {one.deadline_id for one in states if deadline.decide(one, DrawNear(now=now))}
            assert found == telling
            assert bool(found) == (now == _morning(day))
        assert draw_near(desk.followup) == len(found)


def test_two_processes_at_once_tell_it_once(desk):
    desk.do_deadline(DEADLINE, _set(oqtf(12)))
    desk.clock.move_to(_morning(9))
    told: list[int] = []
    threads = [
        threading.Thread(target=lambda: told.append(draw_near(desk.followup))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sum(told) == 1
    assert desk.log(f"deadline-{DEADLINE}") == ["DeadlineSet", "DeadlineNeared"]


@pytest.mark.parametrize("together", [True, False])
def test_what_was_told_is_not_told_again_after_a_rebuild(desk, together):
    desk.do_deadline(DEADLINE, _set(oqtf(12)))
    _near_at(desk, _morning(9))
    rows = desk.deadlines()

    desk.fold_again(DEADLINES, together=together)

    assert desk.deadlines() == rows
    assert draw_near(desk.followup) == 0
