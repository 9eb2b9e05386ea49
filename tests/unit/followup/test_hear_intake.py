"""What intake tells becomes candidates and proposed cases, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.followup.domain.commands import DropDeadline, SetDeadline
from services.followup.domain.identity import case_id_for, case_stream, deadline_id_for
from services.followup.projections.deadlines import DEADLINES
from shared.contracts.intake.events import (
    RequestCorrected,
    RequestFlaggedForReview,
    RequestNormalised,
)
from shared.contracts.intake.facts import FoundDeadline, RequestFacts
from shared.contracts.vocabulary import Channel, DeadlineKind, RequesterKind
from shared.postgres import connected

from .given import ANNE, PERSON, REQUEST

OQTF = FoundDeadline(
    kind=DeadlineKind.OQTF_APPEAL,
    trigger="notification",
    trigger_on="2026-11-02T10:00",
    rule_candidate="oqtf-detained",
)
RELEASE = FoundDeadline(
    kind=DeadlineKind.RELEASE_DATE, trigger="registry", date_on=date(2026, 11, 20)
)
FACTS = RequestFacts(
    channel=Channel.LETTER,
    received_on=date(2026, 11, 2),
    received_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
    requester_kind=RequesterKind.DETAINED_PERSON,
    establishment="cp-fresnes",
    deadlines=(OQTF,),
)
REFERRAL = replace(
    FACTS,
    channel=Channel.REFERRAL,
    requester_kind=RequesterKind.CIMADE_PRISON_TEAM,
    deadlines=(RELEASE, OQTF),
)
APPEAL = deadline_id_for(REQUEST, DeadlineKind.OQTF_APPEAL, 0)
CASE = case_id_for(REQUEST)


def _of(kind, facts=FACTS, **more):
    base = {"request_id": REQUEST, "person_id": PERSON, "register": "main", "private": None}
    return kind(**base, facts=facts, **more)


def _normalised(facts=FACTS):
    return _of(RequestNormalised, facts, lexicon_version="1")


def _corrected(facts):
    return _of(RequestCorrected, facts, corrected_fields=("deadlines",), corrected_by=ANNE)


def _confirm(deadline_id):
    return SetDeadline(
        deadline_id=deadline_id,
        register="main",
        request_id=REQUEST,
        case_id=None,
        terms=None,
        by=ANNE,
    )


def test_a_deadline_of_a_letter_is_a_candidate_with_its_two_dates(desk):
    desk.hear(_normalised())

    [row] = desk.deadlines()
    assert (row["state"], row["request_id"], row["case_id"]) == ("candidate", REQUEST, None)
    assert (row["prudent"], row["last"]) == ("2026-11-09", "2026-11-10")
    assert row["terms"]["reservations"]
    assert desk.cases() == []


def test_a_request_flagged_for_review_is_heard_as_well(desk):
    desk.hear(_of(RequestFlaggedForReview, lexicon_version="1"))

    assert [row["state"] for row in desk.deadlines()] == ["candidate"]


def test_heard_twice_a_request_proposes_once(desk):
    desk.hear(_normalised(REFERRAL), _normalised(REFERRAL))
    desk.hear(_normalised(REFERRAL))

    assert len(desk.deadlines()) == 2
    assert desk.log(case_stream(CASE)) == ["ReferralReceived"]


def test_a_referral_proposes_a_case_with_its_deadlines(desk):
    desk.hear(_normalised(REFERRAL))

    [case] = desk.cases()
    assert (case["case_id"], case["state"], case["source"]) == (
        CASE,
        "referral_received",
        "team:cp-fresnes",
    )
    assert (case["person_id"], case["release_on"]) == (PERSON, date(2026, 11, 20))
    assert {row["case_id"] for row in desk.deadlines()} == {CASE}


def test_a_released_person_is_proposed_a_case(desk):
    desk.hear(_normalised(replace(FACTS, requester_kind=RequesterKind.RELEASED_PERSON)))

    [case] = desk.cases()
    assert (case["state"], case["source"]) == ("referral_received", "person")


def test_a_rehearsal_stays_in_its_register(desk):
    desk.hear(replace(_normalised(REFERRAL), register="rehearsal-1"))

    assert (desk.cases(), desk.deadlines()) == ([], [])
    assert len(desk.deadlines(register="rehearsal-1")) == 2


def test_a_corrected_date_corrects_the_candidate(desk):
    later = replace(FACTS, deadlines=(replace(OQTF, trigger_on="2026-11-03T10:00"),))

    desk.hear(_normalised())
    desk.hear(_corrected(later))

    [row] = desk.deadlines()
    assert (row["deadline_id"], row["state"], row["prudent"]) == (
        APPEAL,
        "candidate",
        "2026-11-10",
    )
    assert desk.log(f"deadline-{APPEAL}") == ["DeadlineProposed", "DeadlineCorrected"]


def test_a_correction_in_the_same_batch_is_seen_too(desk):
    later = replace(FACTS, deadlines=(replace(OQTF, trigger_on="2026-11-03T10:00"),))

    desk.hear(_normalised(), _corrected(later))
    desk.hear(_normalised(REFERRAL), _corrected(FACTS))

    assert [row["prudent"] for row in desk.deadlines(states=["candidate"])] == ["2026-11-09"]


@pytest.mark.parametrize("together", [False, True])
def test_the_deadlines_are_the_same_when_folded_again(desk, together):
    later = replace(OQTF, trigger_on="2026-11-04T10:00")
    desk.hear(_normalised(replace(FACTS, deadlines=(OQTF, RELEASE))))
    desk.hear(_corrected(replace(FACTS, deadlines=(later,))))
    desk.do_deadline(APPEAL, _confirm(APPEAL))
    live = desk.deadlines()

    desk.fold_again(DEADLINES, together=together)

    assert {row["state"] for row in live} == {"running", "dropped"}
    assert desk.deadlines() == live


def test_a_deadline_without_its_row_is_told(desk):
    desk.hear(_normalised())
    with connected(desk.pool) as connection:
        connection.execute("DELETE FROM deadlines")

    with pytest.raises(LookupError, match="rebuild the projection"):
        desk.do_deadline(APPEAL, DropDeadline(reason="read wrongly", by=ANNE))


def test_a_candidate_that_the_corrected_request_no_longer_holds_is_dropped(desk):
    desk.hear(_normalised(), _corrected(replace(FACTS, deadlines=())))

    [row] = desk.deadlines()
    assert (row["state"], row["ending"]) == ("dropped", "ne figure plus dans la demande corrigée")


def _alive(desk):
    return [(row["state"], row["prudent"]) for row in desk.deadlines(states=["candidate"])]


def test_a_deadline_that_a_correction_removed_and_another_restores_runs_again(desk):
    without = _corrected(replace(FACTS, deadlines=()))

    for _ in range(2):  # each time anew
        desk.hear(without)
        assert _alive(desk) == []
        desk.hear(_corrected(FACTS))
        desk.hear(_corrected(FACTS))
        assert _alive(desk) == [("candidate", "2026-11-09")]


def test_removed_and_restored_in_one_batch_it_runs_again_too(desk):
    desk.hear(_normalised(), _corrected(replace(FACTS, deadlines=())), _corrected(FACTS))

    assert _alive(desk) == [("candidate", "2026-11-09")]


def test_a_second_reading_that_was_removed_and_comes_back_is_proposed_again(desk):
    other = replace(FACTS, deadlines=(replace(OQTF, trigger_on="2026-10-30T10:00"),))
    desk.hear(_normalised())
    desk.do_deadline(APPEAL, _confirm(APPEAL))

    desk.hear(_corrected(other))
    desk.hear(_corrected(FACTS))
    assert _alive(desk) == []
    desk.hear(_corrected(other))

    assert _alive(desk) == [("candidate", "2026-11-06")]


def test_a_confirmed_deadline_stands_and_the_other_reading_is_proposed_beside_it(desk):
    desk.hear(_normalised())
    desk.do_deadline(APPEAL, _confirm(APPEAL))
    other = replace(FACTS, deadlines=(replace(OQTF, trigger_on="2026-10-30T10:00"),))

    desk.hear(_corrected(other))
    desk.hear(_corrected(other))

    found = [(row["state"], row["prudent"]) for row in desk.deadlines()]
    assert found == [("candidate", "2026-11-06"), ("running", "2026-11-09")]


def test_a_dropped_candidate_does_not_come_back_with_the_same_reading(desk):
    desk.hear(_normalised())
    desk.do_deadline(APPEAL, DropDeadline(reason="erreur de lecture", by=ANNE))

    desk.hear(_corrected(FACTS))

    assert [row["state"] for row in desk.deadlines()] == ["dropped"]


def test_what_is_appended_names_its_cause(desk):
    desk.hear(_normalised())

    [recorded] = desk.store.load(f"deadline-{APPEAL}")
    assert recorded.metadata["causation_id"] == "RequestNormalised"
