"""The life of a case: what happens, when it is refused, when nothing happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.followup.domain import case_decisions
from services.followup.domain.case import Case, evolve
from services.followup.domain.commands import (
    AcceptReferral,
    CloseCase,
    CompleteStep,
    DropStep,
    OpenCase,
    PlanStep,
    ReceiveReferral,
    ReconsiderReferral,
    RefuseReferral,
    ReopenCase,
    ResumeCase,
    SuspendCase,
    TransferCase,
)
from services.followup.domain.errors import (
    DeadlinesRunning,
    InThePast,
    NotByRule,
    OutOfState,
    Unknown,
    WordsIdentify,
    WordsMissing,
)
from shared.contracts.followup.events import (
    CaseClosed,
    CaseNote,
    CaseOpened,
    CaseReopened,
    CaseResumed,
    CaseSuspended,
    CaseTransferred,
    ReferralAccepted,
    ReferralReceived,
    ReferralReconsidered,
    ReferralRefused,
    StepCompleted,
    StepDropped,
    StepPlanned,
)
from shared.contracts.vocabulary import CaseState, Outcome, StepKind

from .given import ANNE, CASE, DEADLINE, PERSON, REFERRED, REQUEST, STEP, Scenario

case = Scenario(Case(), evolve, case_decisions.decide)
ACCEPTED = ReferralAccepted(case_id=CASE, by=ANNE)
OPENED = CaseOpened(case_id=CASE, by=ANNE)
SUSPENDED = CaseSuspended(case_id=CASE, reason="injoignable", by=ANNE)
REFUSED = ReferralRefused(
    case_id=CASE, reason="hors champ", orientation="point d’accès au droit", by=ANNE
)
CLOSED = CaseClosed(case_id=CASE, outcome=Outcome.RIGHT_OBTAINED, by=ANNE)
REOPENED = CaseReopened(case_id=CASE, reason="nouvelle décision", by=ANNE)
PLANNED = StepPlanned(
    case_id=CASE,
    person_id=PERSON,
    step_id=STEP,
    kind=StepKind.GET_DOMICILIATION,
    due_on=date(2026, 11, 20),
    by=ANNE,
)
WAITING = case.given(REFERRED)
TAKEN = case.given(REFERRED, ACCEPTED)
OPEN = case.given(REFERRED, ACCEPTED, OPENED)
STATES = {
    "referral_received": WAITING,
    "accepted": TAKEN,
    "refused": case.given(REFERRED, REFUSED),
    "open": OPEN,
    "suspended": case.given(REFERRED, ACCEPTED, OPENED, SUSPENDED),
    "closed": case.given(REFERRED, ACCEPTED, OPENED, CLOSED),
    "reopened": case.given(REFERRED, ACCEPTED, OPENED, CLOSED, REOPENED),
}
ACCEPT = AcceptReferral(by=ANNE)
REFUSE = RefuseReferral(reason="hors champ", orientation="point d’accès au droit", by=ANNE)
CLOSE = CloseCase(outcome=Outcome.RIGHT_OBTAINED, running=(), by=ANNE)
PLAN = PlanStep(
    step_id=STEP,
    kind=StepKind.GET_DOMICILIATION,
    due_on=date(2026, 11, 20),
    note=None,
    by=ANNE,
    now=datetime(2026, 11, 19, 23, 30, tzinfo=UTC),  # the 20th in Paris
)


def test_a_step_is_planned_for_no_day_that_has_passed():
    assert STATES["open"].when(PLAN)
    assert STATES["open"].when(replace(PLAN, due_on=None, now=PLAN.now + timedelta(days=9)))
    with pytest.raises(InThePast, match="due_on: 2026-11-20 has passed"):
        STATES["open"].when(replace(PLAN, now=PLAN.now + timedelta(days=1)))


# The desk's table: command, states it leads from, state it leads to, event.
LIFE = [
    (ACCEPT, {"referral_received"}, CaseState.ACCEPTED, ReferralAccepted),
    (REFUSE, {"referral_received"}, CaseState.REFUSED, ReferralRefused),
    (ReconsiderReferral(by=ANNE), {"refused"}, CaseState.REFERRAL_RECEIVED, ReferralReconsidered),
    (OpenCase(by=ANNE), {"accepted"}, CaseState.OPEN, CaseOpened),
    (CLOSE, {"accepted", "open", "reopened", "suspended"}, CaseState.CLOSED, CaseClosed),
    (
        SuspendCase(reason="injoignable", by=ANNE),
        {"open", "reopened"},
        CaseState.SUSPENDED,
        CaseSuspended,
    ),
    (ResumeCase(by=ANNE), {"suspended"}, CaseState.OPEN, CaseResumed),
    (ReopenCase(reason="fait nouveau", by=ANNE), {"closed"}, CaseState.REOPENED, CaseReopened),
]


@pytest.mark.parametrize(("command", "leads_from", "leads_to", "event"), LIFE)
def test_a_command_leads_from_the_states_of_the_table_and_no_other(
    command, leads_from, leads_to, event
):
    for name, state in STATES.items():
        if name in leads_from:
            [happened] = state.when(command)
            assert isinstance(happened, event)
            assert evolve(state.state, happened).state is leads_to
        elif name == leads_to.value:
            assert state.when(command) == []  # it has happened already
        else:
            with pytest.raises(OutOfState, match=f"case {CASE} is {name}"):
                state.when(command)


@pytest.mark.parametrize(("command", "leads_from", "leads_to", "event"), LIFE)
def test_only_a_named_person_moves_a_case(command, leads_from, leads_to, event):
    state = STATES[next(iter(leads_from))]
    for nobody in ("", "  ", "rule R16"):
        with pytest.raises(NotByRule, match="needs the name of a person, never a rule"):
            state.when(type(command)(**{**_fields(command), "by": nobody}))


def _fields(command):
    return {name: getattr(command, name) for name in command.__slots__}


def test_a_referral_opens_a_proposed_case_that_waits_for_the_desk():
    [received] = case.when(
        ReceiveReferral(
            case_id=CASE,
            person_id=PERSON,
            register="main",
            source="permanence",
            request_id=REQUEST,
            note="  sort bientôt  ",
        )
    )

    assert isinstance(received, ReferralReceived)
    assert received.private == CaseNote(text="sort bientôt")
    assert evolve(Case(), received).state is CaseState.REFERRAL_RECEIVED


def test_a_referral_received_twice_is_one_case():
    again = ReceiveReferral(case_id=CASE, person_id=PERSON, register="main", source="permanence")

    assert WAITING.when(again) == []


def test_a_command_to_no_case_is_refused():
    with pytest.raises(Unknown, match="case_id: None is not known here"):
        case.when(ACCEPT)


def test_a_refusal_needs_a_reason_and_an_orientation():
    with pytest.raises(WordsMissing, match="reason: refuse_referral needs it in words"):
        WAITING.when(RefuseReferral(reason=" ", orientation="ailleurs", by=ANNE))
    with pytest.raises(WordsMissing, match="orientation: refuse_referral"):
        WAITING.when(RefuseReferral(reason="hors champ", orientation="", by=ANNE))


def test_words_in_clear_must_not_hold_numbers_or_addresses_of_persons():
    with pytest.raises(WordsIdentify, match="reason: holds what looks like a number"):
        OPEN.when(SuspendCase(reason="écrou 981 442", by=ANNE))
    with pytest.raises(WordsIdentify, match="e-mail address"):
        OPEN.when(SuspendCase(reason="écrire à a@b.example", by=ANNE))


def test_words_in_clear_may_tell_a_day():
    [suspended] = OPEN.when(SuspendCase(reason="audience le 12/06/2026", by=ANNE))
    assert suspended.reason == "audience le 12/06/2026"


def test_a_case_is_not_closed_while_a_deadline_runs():
    with pytest.raises(DeadlinesRunning, match=f"running deadlines .{DEADLINE}.; meet or drop"):
        OPEN.when(
            CloseCase(outcome=Outcome.UNREACHABLE, running=(DEADLINE,), by=ANNE),
        )


def test_a_closed_case_keeps_its_outcome():
    with pytest.raises(OutOfState, match="is closed"):
        STATES["closed"].when(CloseCase(outcome=Outcome.UNREACHABLE, running=(), by=ANNE))


@pytest.mark.parametrize("name", STATES)
def test_a_case_can_be_transferred_in_any_state_once(name):
    [transferred] = STATES[name].when(TransferCase(to="permanence de Lyon", by=ANNE))

    assert transferred == CaseTransferred(case_id=CASE, to="permanence de Lyon", by=ANNE)
    twice = (TransferCase(to="permanence de Lyon", by=ANNE),) * 2
    assert STATES[name].when(*twice) == []


@pytest.mark.parametrize("name", STATES)
def test_steps_are_planned_in_open_reopened_and_suspended_cases_only(name):
    if name in ("open", "reopened", "suspended"):
        assert STATES[name].when(PLAN) == [PLANNED]
    else:
        with pytest.raises(OutOfState, match="plan_step, complete_step and drop_step needs open"):
            STATES[name].when(PLAN)


def test_a_step_planned_twice_is_one_step():
    assert OPEN.given(PLANNED).when(PLAN) == []


def test_a_step_is_done_once():
    planned = OPEN.given(PLANNED)
    done = CompleteStep(step_id=STEP, by=ANNE)

    assert planned.when(done) == [StepCompleted(case_id=CASE, step_id=STEP, by=ANNE)]
    assert planned.when(done, done) == []
    with pytest.raises(OutOfState, match=r"step .* is completed"):
        planned.when(done, DropStep(step_id=STEP, reason="inutile", by=ANNE))


def test_a_step_is_dropped_with_a_reason_once():
    planned = OPEN.given(PLANNED)
    drop = DropStep(step_id=STEP, reason="plus utile", by=ANNE)

    assert planned.when(drop) == [
        StepDropped(case_id=CASE, step_id=STEP, reason="plus utile", by=ANNE)
    ]
    assert planned.when(drop, drop) == []
    with pytest.raises(WordsMissing, match="reason: drop_step"):
        planned.when(DropStep(step_id=STEP, reason="", by=ANNE))
    with pytest.raises(OutOfState, match=r"step .* is dropped"):
        planned.when(drop, CompleteStep(step_id=STEP, by=ANNE))


def test_a_step_that_nobody_planned_is_unknown():
    with pytest.raises(Unknown, match=f"step_id: {STEP} is not known here"):
        OPEN.when(CompleteStep(step_id=STEP, by=ANNE))
