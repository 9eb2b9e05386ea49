"""A deadline: a candidate until a person confirms it, with two dates, never one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.followup.domain import deadline
from services.followup.domain.commands import (
    CorrectDeadline,
    DrawNear,
    DropDeadline,
    MeetDeadline,
    MissDeadline,
    ProposeDeadline,
    SetDeadline,
)
from services.followup.domain.errors import NotByRule, OutOfState, Unknown, WordsMissing
from services.followup.domain.terms import counted
from shared.clock import PARIS
from shared.contracts.followup.events import (
    DeadlineCorrected,
    DeadlineDropped,
    DeadlineMet,
    DeadlineMissed,
    DeadlineNeared,
    DeadlineProposed,
    DeadlineSet,
)
from shared.contracts.vocabulary import DeadlineKind, DeadlineState
from shared.deadlines import compute

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
    (CorrectDeadline(terms=oqtf(3), by=ANNE), {"candidate", "running", "missed"}, None),
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
            stays = "running" if name == "missed" else name
            assert after is DeadlineState[(leads_to or stays).upper()]
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


def test_a_missed_deadline_whose_day_was_wrong_runs_to_the_right_one():
    state = STATES["missed"]

    [happened] = state.when(CorrectDeadline(terms=oqtf(3), by=ANNE))

    assert happened == DeadlineSet(**OF, **BELONGS, terms=oqtf(3), by=ANNE)
    again = deadline.evolve(state.state, happened)
    assert (again.state, again.terms, again.confirmed_by) == (
        DeadlineState.RUNNING,
        oqtf(3),
        ANNE,
    )
    assert state.when(CorrectDeadline(terms=oqtf(), by=ANNE)) == []


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


# It draws near: its prudent date is 9 November, until 24:00 in Paris.


def morning(day: int) -> datetime:
    """09:00 in Paris, in November 2026."""
    return datetime(2026, 11, day, 8, tzinfo=UTC)


FAR = new.given(DeadlineProposed(**OF, **BELONGS, terms=oqtf(12)))  # prudent: 19 November


def told(state: Scenario, *instants: datetime) -> list[int]:
    """Within how many days it is told to be at each instant, where that is told."""
    found: list[int] = []
    for now in instants:
        events = state.when(DrawNear(now=now))
        state = state.given(*events)
        found += [event.within_days for event in events]
    return found


@pytest.mark.parametrize("name", ["candidate", "running"])
def test_a_deadline_is_told_once_to_be_ten_days_away_and_once_three(name):
    far = (
        FAR
        if name == "candidate"
        else FAR.given(SET).given(DeadlineCorrected(**OF, **BELONGS, terms=oqtf(12), by=ANNE))
    )
    second = timedelta(seconds=1)

    assert told(far, morning(9) - second) == []
    assert told(far, morning(9), morning(9), morning(15)) == [10]
    assert told(far, morning(9), morning(16) - second) == [10]
    assert told(far, morning(9), morning(16), morning(18)) == [10, 3]


def test_what_it_tells_is_enough_to_know_why():
    [neared] = FAR.when(DrawNear(now=morning(9)))

    assert neared == DeadlineNeared(
        **OF,
        **BELONGS,
        kind=DeadlineKind.OQTF_APPEAL,
        nature="deadline",
        alert_at=datetime(2026, 11, 19, 23, tzinfo=UTC),
        within_days=10,
    )


def test_after_an_outage_only_the_nearer_step_is_told():
    assert told(FAR, morning(17), morning(18)) == [3]


def test_an_hour_before_the_morning_is_told_at_72_hours_and_not_after():
    early = datetime(2026, 11, 19, 7, tzinfo=UTC)
    terms = replace(hearing(date(2026, 11, 19)), alert_at=early)
    state = new.given(DeadlineProposed(**OF, **BELONGS, terms=terms))
    at_72 = early - timedelta(hours=72)

    assert told(state, at_72 - timedelta(seconds=1), at_72) == [10, 3]


def test_a_date_over_is_not_near_and_one_that_ended_tells_nothing():
    assert told(FAR, datetime(2026, 11, 19, 23, tzinfo=UTC)) == [3]  # the last day is the 20th
    assert told(FAR, datetime(2026, 11, 20, 23, tzinfo=UTC)) == []
    for name in ("met", "missed", "dropped"):
        assert told(STATES[name], morning(8)) == []


@pytest.mark.parametrize(
    "terms",
    [
        silence(date(2026, 11, 9)),
        replace(hearing(date(2026, 11, 9)), kind=DeadlineKind.CALLBACK),
        replace(hearing(date(2026, 11, 9)), kind=DeadlineKind.PERMIT_EXPIRY),
        replace(hearing(date(2026, 11, 9)), kind=DeadlineKind.ANSWER_DUE),
        replace(hearing(date(2026, 11, 9)), prudent=None, last=None, alert_at=None),
    ],
    ids=lambda terms: terms.kind,
)
def test_what_loses_no_right_or_has_no_date_presses_nobody(terms):
    assert told(new.given(DeadlineProposed(**OF, **BELONGS, terms=terms)), morning(9)) == []


def test_a_deadline_of_a_case_alone_raises_no_request():
    alone = DeadlineProposed(**OF, request_id=None, case_id=CASE, terms=oqtf())

    assert told(new.given(alone), morning(9)) == []


def test_other_dates_are_told_anew_and_a_confirmation_of_the_same_is_not():
    near = FAR.given(*FAR.when(DrawNear(now=morning(16))))
    confirmed = near.given(replace(SET, terms=oqtf(12)))
    corrected = near.given(DeadlineCorrected(**OF, **BELONGS, terms=oqtf(13), by=ANNE))

    assert told(confirmed, morning(16)) == []
    assert told(corrected, morning(16), morning(17)) == [10, 3]


def _retained(trigger: date | datetime, rule: str = "oqtf-retention") -> Scenario:
    """A limit in hours that runs from ``trigger``."""
    found = compute(rule, trigger, before="TA Montreuil")
    terms = counted(DeadlineKind.RETENTION_APPEAL, found)
    return new.given(replace(SET, terms=terms))


@pytest.mark.parametrize(
    ("rule", "trigger", "over"),
    [
        ("oqtf-retention", datetime.fromisoformat("2026-11-13T17:30"), "2026-11-15 17:30"),
        ("oqtf-retention", date(2026, 11, 13), "2026-11-16 00:00"),  # the hour is not known
        ("retention-order-appeal", date(2026, 11, 11), "2026-11-13 00:00"),
        ("retention-order-appeal", date(2026, 11, 12), "2026-11-16 23:59"),  # carried over
    ],
)
def test_hours_from_an_unknown_hour_are_missed_once_over_from_the_end_of_that_day(
    rule, trigger, over
):
    running = _retained(trigger, rule)
    ends = datetime.fromisoformat(over).replace(tzinfo=PARIS)

    assert running.when(MissDeadline(now=ends - timedelta(minutes=1))) == []
    assert [type(one) for one in running.when(MissDeadline(now=ends))] == [DeadlineMissed]


def test_the_two_dates_shown_of_an_unknown_hour_stay_those_of_midnight():
    terms = _retained(date(2026, 11, 13)).state.terms

    assert (terms.prudent, terms.last) == ("2026-11-15T00:00", "2026-11-15T00:00")
