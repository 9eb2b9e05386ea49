"""The desk's rules on a request: danger, urgency, who may close, what comes twice."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.intake.domain.commands import (
    ChangeUrgency,
    CloseAutomaticMessage,
    CloseRequest,
    CorrectRequest,
    LinkRequest,
    MarkDuplicate,
    NoteAcceptance,
    NoteArrival,
    NoteAssignment,
    NoteDangerHandled,
    NoteUndelivered,
    ReopenRequest,
    SendReply,
)
from services.intake.domain.errors import (
    DangerNotHandled,
    LinkToItself,
    NotByRule,
    ReasonMissing,
    ReplyBlocked,
    WordsIdentify,
)
from shared.contracts.vocabulary import (
    Channel,
    LinkKind,
    Outcome,
    ReplyPreference,
    RequestState,
    SpecialSituation,
    Urgency,
)
from tests.unit.intake.examples import (
    ANNA,
    EARLIER,
    LETTER,
    NOON,
    RECEIVED,
    Given,
    facts,
    flagged,
    given,
    normalised,
    people,
)

DANGER = {"special_situations": (SpecialSituation.SUICIDE_RISK,), "urgency": Urgency.CRITICAL}
CLOSE = CloseRequest(outcome=Outcome.ANSWERED_INFORMATION, by=ANNA)
HANDLED = NoteDangerHandled(noted_on=date(2026, 3, 2), by=ANNA)


def in_progress(**known: object) -> Given:
    return (
        given(RECEIVED, normalised(**known))
        .then_when(NoteAssignment(unit="desk", rule="R36", answer_due_on=None))
        .then_when(NoteAcceptance(accepted_by="v-1"))
    )


# R36, R37


@pytest.mark.parametrize(
    "danger", [SpecialSituation.SUICIDE_RISK, SpecialSituation.VIOLENCE_OR_THREAT]
)
def test_a_danger_forbids_to_close_until_a_person_notes_what_was_done(danger: SpecialSituation):
    request = in_progress(special_situations=(danger,))

    with pytest.raises(DangerNotHandled, match="note_danger_handled"):
        request.when(CLOSE)
    assert request.then_when(HANDLED).then_when(CLOSE).state.state is RequestState.CLOSED


def test_a_danger_is_not_hidden_behind_a_duplicate():
    with pytest.raises(DangerNotHandled):
        given(RECEIVED, normalised(**DANGER)).when(MarkDuplicate(duplicate_of=EARLIER, by=ANNA))


def test_no_rule_notes_a_danger_as_handled():
    with pytest.raises(NotByRule, match="R36"):
        in_progress(**DANGER).when(NoteDangerHandled(noted_on=date(2026, 3, 2), by="rule R36"))


def test_a_danger_noted_as_handled_is_noted_once():
    assert in_progress(**DANGER).then_when(HANDLED).when(HANDLED) == []


def test_a_new_danger_found_by_a_correction_is_not_handled_by_the_old_note():
    request = given(RECEIVED, flagged(**DANGER)).then_when(HANDLED)
    both = (SpecialSituation.SUICIDE_RISK, SpecialSituation.VIOLENCE_OR_THREAT)
    corrected = request.then_when(
        CorrectRequest(
            facts=facts(special_situations=both),
            people=people(),
            fields=("special_situations",),
            by=ANNA,
        )
    )

    assert corrected.state.dangers_handled == {SpecialSituation.SUICIDE_RISK}


def test_an_automatic_message_with_words_of_danger_goes_to_a_person():
    request = given(RECEIVED).then_when(
        CloseAutomaticMessage(facts=facts(**DANGER), people=people(), lexicon_version="test")
    )

    assert request.state.state is RequestState.NEEDS_REVIEW


# R40


@pytest.mark.parametrize("by", [ANNA, "rule R22"])
def test_anyone_and_any_rule_may_raise_the_urgency(by: str):
    raised = in_progress().then_when(ChangeUrgency(urgency=Urgency.HIGH, reason="", by=by))

    assert raised.state.urgency is Urgency.HIGH


def test_a_rule_never_lowers_the_urgency():
    with pytest.raises(NotByRule, match="R40"):
        in_progress(urgency=Urgency.HIGH).when(
            ChangeUrgency(urgency=Urgency.NORMAL, reason="plus urgent", by="rule R40")
        )


def test_lowering_the_urgency_needs_a_reason():
    with pytest.raises(ReasonMissing, match="R40"):
        in_progress(urgency=Urgency.HIGH).when(
            ChangeUrgency(urgency=Urgency.NORMAL, reason=" ", by=ANNA)
        )


@pytest.mark.parametrize("reason", ["rappeler au 06 39 98 12 34", "écrire à sa.soeur@mail.example"])
def test_no_reason_holds_a_number_or_an_address_of_a_person(reason: str):
    for urgency in (Urgency.NORMAL, Urgency.CRITICAL):
        with pytest.raises(WordsIdentify, match="reason"):
            in_progress(urgency=Urgency.HIGH).when(
                ChangeUrgency(urgency=urgency, reason=reason, by=ANNA)
            )
    with pytest.raises(WordsIdentify, match="reason"):
        in_progress().then_when(CLOSE).when(ReopenRequest(reason=reason, by=ANNA))


def test_a_reason_may_tell_a_day():
    raise_it = ChangeUrgency(urgency=Urgency.HIGH, reason="audience le 12/06/2026", by=ANNA)
    assert in_progress().then_when(raise_it).state.urgency is Urgency.HIGH


def test_the_urgency_that_stands_already_is_not_changed():
    assert in_progress().when(ChangeUrgency(urgency=Urgency.NORMAL, reason="", by=ANNA)) == []


def test_a_correction_does_not_lower_the_urgency():
    request = given(RECEIVED, flagged(urgency=Urgency.CRITICAL))

    [corrected] = request.when(
        CorrectRequest(
            facts=facts(urgency=Urgency.LOW), people=people(), fields=("topics",), by=ANNA
        )
    )

    assert corrected.facts.urgency is Urgency.CRITICAL


# R45


@pytest.mark.parametrize("by", ["", "  ", "rule R32"])
def test_only_a_person_closes_a_request(by: str):
    with pytest.raises(NotByRule, match="R45"):
        in_progress().when(CloseRequest(outcome=Outcome.UNREACHABLE, by=by))


def test_reopening_says_which_new_fact():
    with pytest.raises(ReasonMissing, match="R45"):
        in_progress().then_when(CLOSE).when(ReopenRequest(reason="", by=ANNA))


# R31


def test_no_letter_goes_to_the_prison_of_someone_who_asked_for_none():
    request = in_progress(reply_preference=ReplyPreference.NO_MAIL_TO_PRISON)

    with pytest.raises(ReplyBlocked, match="R31"):
        request.when(SendReply(way=ReplyPreference.LETTER, sent_on=date(2026, 3, 9), by=ANNA))
    by_visit = SendReply(way=ReplyPreference.TEAM_VISIT, sent_on=date(2026, 3, 9), by=ANNA)
    assert request.then_when(by_visit).state.state is RequestState.ANSWERED


# R21


def test_the_same_key_again_is_noted_on_the_first_request():
    [noted] = given(RECEIVED, normalised()).when(
        NoteArrival(
            channel=Channel.LETTER,
            received_at=NOON,
            arrival_id="spool:2",
            original_sha256="a" * 64,
        )
    )

    assert (noted.arrival_id, noted.content_differs) == ("spool:2", False)


def test_other_content_under_the_same_key_is_said_to_differ():
    again = given(RECEIVED, normalised()).then_when(
        NoteArrival(
            channel=Channel.LETTER,
            received_at=NOON,
            arrival_id="spool:2",
            original_sha256="b" * 64,
        )
    )

    assert (again.state.other_content, again.state.arrival_count) == (True, 2)


@pytest.mark.parametrize("arrival_id", ["spool:1"])
def test_an_arrival_handled_twice_after_a_crash_is_noted_once(arrival_id: str):
    arrival = NoteArrival(
        channel=Channel.LETTER, received_at=NOON, arrival_id=arrival_id, original_sha256="a" * 64
    )

    assert given(RECEIVED, normalised()).when(arrival) == []


def test_only_a_person_marks_a_duplicate():
    with pytest.raises(NotByRule, match="R21"):
        given(RECEIVED, normalised()).when(MarkDuplicate(duplicate_of=EARLIER, by="rule R21"))


def test_a_request_is_no_duplicate_of_itself():
    with pytest.raises(LinkToItself):
        given(RECEIVED, normalised()).when(MarkDuplicate(duplicate_of=LETTER, by=ANNA))


def test_a_link_is_recorded_once():
    link = LinkRequest(kind=LinkKind.REMINDER_OF, linked_to=EARLIER, by=ANNA)

    assert given(RECEIVED, normalised()).then_when(link).when(link) == []


def test_an_answer_that_came_back_is_noted_once_a_report():
    undelivered = NoteUndelivered(report=UUID(int=7), noticed_on=date(2026, 3, 10))
    answered = in_progress().then_when(
        SendReply(way=ReplyPreference.EMAIL, sent_on=date(2026, 3, 9), by=ANNA)
    )

    noted = answered.then_when(undelivered)

    assert noted.state.answered_on is None
    assert noted.when(undelivered) == []
