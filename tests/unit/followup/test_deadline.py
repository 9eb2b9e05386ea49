"""A deadline: a candidate until a person confirms it, with two dates, never one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.followup.domain import deadline
from services.followup.domain.commands import (
    CorrectDeadline,
    DropDeadline,
    MeetDeadline,
    MissDeadline,
    ProposeDeadline,
    SetDeadline,
)
from services.followup.domain.errors import NotByRule, OutOfState, Unknown, WordsMissing
from shared.contracts.followup.events import (
    DeadlineCorrected,
    DeadlineDropped,
    DeadlineMet,
    DeadlineMissed,
    DeadlineProposed,
    DeadlineSet,
)
from shared.contracts.vocabulary import DeadlineKind, DeadlineState

from .given import ANNE, CASE, DEADLINE, REQUEST, Scenario, hearing, oqtf, silence

new = Scenario(None, deadline.evolve, deadline.decide)
OF = {"deadline_id": DEADLINE, "register": "main"}
BELONGS = {"request_id": REQUEST, "case_id": CASE}
PROPOSED = DeadlineProposed(**OF, **BELONGS, terms=oqtf())
SET = DeadlineSet(**OF, **BELONGS, terms=oqtf(), by=ANNE)
MET = DeadlineMet(**OF, proof="récépissé du greffe", by=ANNE)
MISSED = DeadlineMissed(**OF, **BELONGS, kind=DeadlineKind.OQTF_APPEAL)
DROPPED = DeadlineDropped(**OF, reason="décision retirée", by=ANNE)
STATES = {
    "candidate": new.given(PROPOSED),
    "running": new.given(PROPOSED, SET),
    "met": new.given(SET, MET),
    "missed": new.given(SET, MISSED),
    "dropped": new.given(SET, DROPPED),
}
OVER = datetime(2026, 11, 10, 23, tzinfo=UTC)  # 24:00 in Paris of the last day, 10 November
CONFIRM = SetDeadline(**OF, **BELONGS, terms=None, by=ANNE)
LIFE = [
    (CONFIRM, {"candidate"}, "running"),
    (CorrectDeadline(terms=oqtf(3), by=ANNE), {"candidate", "running"}, None),
    (
        MeetDeadline(proof="récépissé du greffe", by=ANNE),
        {"candidate", "running", "missed"},
        "met",
    ),
    (
        DropDeadline(reason="décision retirée", by=ANNE),
        {"candidate", "running"},
        "dropped",
    ),
]


@pytest.mark.parametrize(("command", "leads_from", "leads_to"), LIFE)
def test_a_command_leads_from_the_states_of_the_table_and_no_other(command, leads_from, leads_to):
    for name, state in STATES.items():
        if name in leads_from:
            [event] = state.when(command)
            after = deadline.evolve(state.state, event).state
            assert after is DeadlineState[(leads_to or name).upper()]
        elif name == leads_to:
            assert state.when(command) == []
        else:
            with pytest.raises(OutOfState, match=f"deadline {DEADLINE} is {name}"):
                state.when(command)


@pytest.mark.parametrize(("command", "leads_from", "leads_to"), LIFE)
def test_only_a_person_confirms_corrects_or_ends_a_deadline(command, leads_from, leads_to):
    fields = {name: getattr(command, name) for name in command.__slots__}
    for nobody in ("", "rule R39"):
        with pytest.raises(NotByRule, match="needs the name of a person"):
            STATES["candidate"].when(type(command)(**{**fields, "by": nobody}))


def test_a_deadline_found_in_a_text_is_a_candidate_with_two_dates():
    [proposed] = new.when(ProposeDeadline(**OF, **BELONGS, terms=oqtf()))

    assert proposed == PROPOSED
    terms = proposed.terms
    assert (terms.prudent, terms.last) == ("2026-11-09", "2026-11-10")
    assert (terms.rule, terms.counting, terms.confidence) == (
        "oqtf-detained",
        "franc_days",
        "medium",
    )
    assert terms.alert_at == datetime(2026, 11, 9, 23, tzinfo=UTC)
    assert terms.reservations


def test_a_deadline_is_proposed_once():
    again = ProposeDeadline(**OF, **BELONGS, terms=oqtf(3))

    for state in STATES.values():
        assert state.when(again) == []


def test_a_person_may_set_a_deadline_that_nobody_proposed():
    [happened] = new.when(SetDeadline(**OF, **BELONGS, terms=oqtf(), by=ANNE))

    assert happened == SET


def test_confirming_keeps_the_terms_of_the_candidate():
    [happened] = STATES["candidate"].when(CONFIRM)

    assert happened == SET


def test_there_is_nothing_to_confirm_without_a_candidate():
    with pytest.raises(Unknown, match=f"deadline_id: {DEADLINE} is not known here"):
        new.when(CONFIRM)


def test_other_terms_for_a_running_deadline_are_a_correction():
    with pytest.raises(OutOfState, match=r"is running .en cours.; set_deadline needs candidate"):
        STATES["running"].when(SetDeadline(**OF, **BELONGS, terms=oqtf(3), by=ANNE))


def test_the_same_terms_again_correct_nothing():
    assert STATES["running"].when(CorrectDeadline(terms=oqtf(), by=ANNE)) == []


def test_a_correction_keeps_what_the_deadline_belongs_to():
    [corrected] = STATES["running"].when(CorrectDeadline(terms=oqtf(3), by=ANNE))

    assert corrected == DeadlineCorrected(**OF, **BELONGS, terms=oqtf(3), by=ANNE)


@pytest.mark.parametrize("name", ["candidate", "running"])
def test_time_misses_a_deadline_when_its_last_day_is_over_in_paris(name):
    before = datetime(2026, 11, 10, 22, 59, tzinfo=UTC)

    assert STATES[name].when(MissDeadline(now=before)) == []
    assert STATES[name].when(MissDeadline(now=OVER)) == [MISSED]
    assert STATES[name].when(MissDeadline(now=OVER), MissDeadline(now=OVER)) == []


@pytest.mark.parametrize("name", ["met", "missed", "dropped"])
def test_time_does_nothing_to_a_deadline_that_ended(name):
    assert STATES[name].when(MissDeadline(now=OVER)) == []


def test_a_missed_deadline_is_met_after_all_when_the_proof_comes_late():
    [met] = STATES["missed"].when(MeetDeadline(proof="récépissé du greffe", by=ANNE))

    assert met == MET


def test_a_silence_is_never_missed():
    proposed = DeadlineProposed(**OF, **BELONGS, terms=silence(date(2026, 11, 3)))

    assert new.given(proposed).when(MissDeadline(now=OVER)) == []


def test_a_day_given_as_such_is_missed_when_it_is_over():
    proposed = DeadlineProposed(**OF, **BELONGS, terms=hearing(date(2026, 11, 3)))

    [missed] = new.given(proposed).when(MissDeadline(now=OVER))
    assert missed.kind is DeadlineKind.HEARING


def test_an_end_needs_words():
    with pytest.raises(WordsMissing, match="proof: meet_deadline needs it in words"):
        STATES["running"].when(MeetDeadline(proof="", by=ANNE))
    with pytest.raises(WordsMissing, match="reason: drop_deadline"):
        STATES["running"].when(DropDeadline(reason=" ", by=ANNE))


def test_a_command_to_no_deadline_is_refused():
    with pytest.raises(Unknown, match="deadline_id"):
        new.when(MeetDeadline(proof="récépissé", by=ANNE))
