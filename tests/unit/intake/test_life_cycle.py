"""Every row of a request's life cycle: what happens, when it is refused, when nothing happens."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.commands import (
    AmendRequest,
    ChangeUrgency,
    CloseAutomaticMessage,
    CloseRequest,
    Command,
    CorrectRequest,
    FlagForReview,
    LinkRequest,
    MarkDuplicate,
    NormaliseRequest,
    NoteAcceptance,
    NoteAssignment,
    RecordConsent,
    ReopenRequest,
    ResumeRequest,
    SendReply,
    UnmarkDuplicate,
    WaitFor,
    WithdrawConsent,
)
from services.intake.domain.decisions import decide
from services.intake.domain.errors import OutOfState, UnknownRequest
from services.intake.domain.request import Request
from shared.contracts.intake.events import RequestClosed
from shared.contracts.intake.facts import Party
from shared.contracts.vocabulary import (
    LinkKind,
    Outcome,
    ReplyPreference,
    RequestState,
    Urgency,
)
from tests.unit.intake.examples import (
    ANNA,
    EARLIER,
    LETTER,
    RECEIVE,
    RECEIVED,
    Given,
    facts,
    flagged,
    given,
    normalised,
    people,
)

ASSIGN = NoteAssignment(unit="desk", rule="R7", answer_due_on=date(2026, 3, 12))
ACCEPT = NoteAcceptance(accepted_by="v-1")
WAIT = WaitFor(waiting_for="une pièce", by=ANNA)
REPLY = SendReply(way=ReplyPreference.LETTER, sent_on=date(2026, 3, 9), by=ANNA)
CLOSE = CloseRequest(outcome=Outcome.ANSWERED_INFORMATION, by=ANNA)
DUPLICATE = MarkDuplicate(duplicate_of=EARLIER, by=ANNA)
NORMALISE = NormaliseRequest(facts=facts(), people=people(), lexicon_version="test")
FLAG = FlagForReview(facts=facts(missing=("place",)), people=people(), lexicon_version="test")
AUTOMATIC = CloseAutomaticMessage(facts=facts(), people=people(), lexicon_version="test")
CORRECT = CorrectRequest(facts=facts(), people=people(), fields=("establishment",), by=ANNA)
AMEND = AmendRequest(facts=facts(), people=people(), fields=("topics",), by=ANNA)
REOPEN = ReopenRequest(reason="un fait nouveau", by=ANNA)
RESUME = ResumeRequest(by=ANNA)
UNMARK = UnmarkDuplicate(by=ANNA)
RAISE = ChangeUrgency(urgency=Urgency.CRITICAL, reason="", by=ANNA)
LINK = LinkRequest(kind=LinkKind.SAME_PERSON, linked_to=EARLIER, by=ANNA)
CONSENT = RecordConsent(
    given_on=date(2026, 3, 2), scope="cette demande", addressee=Party(family="Exemple"), by=ANNA
)
WITHDRAW = WithdrawConsent(withdrawn_on=date(2026, 3, 3), by=ANNA)


def in_state(state: RequestState) -> Given:
    """A request brought into ``state`` by the shortest way."""
    received, review, fresh = (
        given(RECEIVED),
        given(RECEIVED, flagged()),
        given(RECEIVED, normalised()),
    )
    assigned = fresh.then_when(ASSIGN)
    started = assigned.then_when(ACCEPT)
    answered = started.then_when(REPLY)
    return {
        RequestState.RECEIVED: received,
        RequestState.NEEDS_REVIEW: review,
        RequestState.NORMALISED: fresh,
        RequestState.ASSIGNED: assigned,
        RequestState.IN_PROGRESS: started,
        RequestState.WAITING: started.then_when(WAIT),
        RequestState.ANSWERED: answered,
        RequestState.CLOSED: answered.then_when(CLOSE),
        RequestState.DUPLICATE: fresh.then_when(DUPLICATE),
    }[state]


S = RequestState
ROWS: list[tuple[S, Command, S, str]] = [
    (S.RECEIVED, AUTOMATIC, S.CLOSED, "AutomaticMessageRecognised RequestClosed"),
    (S.RECEIVED, NORMALISE, S.NORMALISED, "RequestNormalised"),
    (S.RECEIVED, FLAG, S.NEEDS_REVIEW, "RequestFlaggedForReview"),
    (S.NEEDS_REVIEW, CORRECT, S.NORMALISED, "RequestCorrected"),
    *((one, DUPLICATE, S.DUPLICATE, "RequestMarkedDuplicate")
      for one in (S.RECEIVED, S.NEEDS_REVIEW, S.NORMALISED, S.ASSIGNED)),
    (S.DUPLICATE, UNMARK, S.NORMALISED, "RequestUnmarkedDuplicate"),
    (S.NORMALISED, ASSIGN, S.ASSIGNED, "RequestAssignmentNoted"),
    (S.ASSIGNED, ACCEPT, S.IN_PROGRESS, "RequestStarted"),
    (S.IN_PROGRESS, WAIT, S.WAITING, "RequestPutOnHold"),
    (S.WAITING, RESUME, S.IN_PROGRESS, "RequestResumed"),
    *((one, REPLY, S.ANSWERED, "ReplySent") for one in (S.IN_PROGRESS, S.WAITING)),
    *((one, CLOSE, S.CLOSED, "RequestClosed")
      for one in (S.ANSWERED, S.IN_PROGRESS, S.WAITING, S.NEEDS_REVIEW)),
    *((one, REOPEN, S.IN_PROGRESS, "RequestReopened") for one in (S.ANSWERED, S.CLOSED)),
    *((one, RAISE, one, "RequestUrgencyChanged")
      for one in S if one not in (S.CLOSED, S.DUPLICATE)),
    *((one, LINK, one, "RequestLinked") for one in S),
    *((one, CONSENT, one, "ConsentRecorded") for one in S),
    *((one, WITHDRAW, one, "ConsentWithdrawn") for one in S),
    *((one, AMEND, one, "RequestCorrected")
      for one in (S.NORMALISED, S.ASSIGNED, S.IN_PROGRESS, S.WAITING, S.ANSWERED)),
]  # fmt: skip


@pytest.mark.parametrize(("state", "command", "becomes", "events"), ROWS)
def test_a_command_leads_on_as_the_table_says(
    state: RequestState, command: Command, becomes: RequestState, events: str
):
    before = in_state(state)
    assert before.state.state is state

    happened = before.when(command)

    assert " ".join(type(event).__name__ for event in happened) == events
    assert before.then_when(command).state.state is becomes


ALLOWED = {(state, type(command)) for state, command, _, _ in ROWS}
COMMANDS = (
    AUTOMATIC, NORMALISE, FLAG, CORRECT, AMEND, DUPLICATE, UNMARK, WAIT, RESUME, REPLY, CLOSE,
    REOPEN, RAISE,
)  # fmt: skip
SAME_AGAIN = {(S.WAITING, WaitFor), (S.CLOSED, CloseRequest), (S.DUPLICATE, MarkDuplicate)}


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (state, command)
        for state in S
        for command in COMMANDS
        if (state, type(command)) not in ALLOWED | SAME_AGAIN
    ],
)
def test_a_command_out_of_its_state_is_refused_and_the_state_named(
    state: RequestState, command: Command
):
    with pytest.raises(OutOfState) as refusal:
        in_state(state).when(command)

    assert f"is {state.value} ({state.label})" in str(refusal.value)


@pytest.mark.parametrize(
    ("state", "command"),
    [(S.WAITING, WAIT), (S.CLOSED, CLOSE), (S.DUPLICATE, DUPLICATE)],
)
def test_what_happened_already_does_not_happen_again(state: RequestState, command: Command):
    assert in_state(state).when(command) == []


def test_an_item_makes_a_request():
    [received] = decide(Request(), RECEIVE)

    assert received == RECEIVED


def test_an_item_does_not_make_its_request_twice():
    with pytest.raises(OutOfState, match="receive_request needs no request of that id yet"):
        given(RECEIVED).when(RECEIVE)


@pytest.mark.parametrize("command", [CORRECT, CLOSE, RAISE, LINK, ASSIGN, CONSENT])
def test_nothing_is_done_to_a_request_that_is_not_there(command: Command):
    with pytest.raises(UnknownRequest):
        decide(Request(), command)


def test_a_request_in_review_keeps_its_state_when_routing_names_a_unit():
    assigned = in_state(S.NEEDS_REVIEW).then_when(ASSIGN)

    assert (assigned.state.state, assigned.state.unit) == (S.NEEDS_REVIEW, "desk")


def test_a_request_corrected_after_it_was_accepted_goes_on_where_it_stands():
    held = in_state(S.NEEDS_REVIEW).then_when(ASSIGN).then_when(ACCEPT)

    happened = held.when(CORRECT)

    assert [type(event).__name__ for event in happened] == [
        "RequestCorrected",
        "RequestAssignmentNoted",
        "RequestStarted",
    ]
    assert held.then_when(CORRECT).state.state is S.IN_PROGRESS


def test_a_reassigned_request_in_progress_stays_so_and_has_the_new_holder():
    moved = in_state(S.IN_PROGRESS).then_when(
        NoteAssignment(unit="team:cp-fresnes", rule="R18", answer_due_on=date(2026, 3, 12))
    )

    assert (moved.state.state, moved.state.unit, moved.state.accepted_by) == (
        S.IN_PROGRESS,
        "team:cp-fresnes",
        None,
    )


def test_routing_telling_the_same_again_changes_nothing():
    assert in_state(S.ASSIGNED).when(ASSIGN) == []
    assert in_state(S.IN_PROGRESS).when(ACCEPT) == []


def test_an_automatic_message_is_closed_by_rule_r32_as_no_request():
    *_, closed = in_state(S.RECEIVED).when(AUTOMATIC)

    assert isinstance(closed, RequestClosed)
    assert (closed.request_id, closed.outcome, closed.closed_by) == (
        LETTER,
        Outcome.NOT_A_REQUEST,
        "rule R32",
    )
