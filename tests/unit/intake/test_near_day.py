"""A near day that nothing explains: nobody validates or closes before saying what it is."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from services.intake.domain.commands import (
    AmendRequest,
    CloseRequest,
    Command,
    CorrectRequest,
    ExplainNearDay,
    MarkDuplicate,
)
from services.intake.domain.errors import (
    NearDayUnexplained,
    NotByRule,
    ReasonMissing,
    WordsIdentify,
)
from shared.contracts.intake.events import NearDayExplained
from shared.contracts.intake.facts import FoundDeadline
from shared.contracts.vocabulary import DeadlineKind, Outcome, RequestState
from tests.unit.intake.examples import (
    ANNA,
    EARLIER,
    LETTER,
    RECEIVED,
    Given,
    facts,
    flagged,
    given,
    people,
)

OPEN = ("deadlines", "establishment")
WHY = "la visite d'une association"
EXPLAIN = ExplainNearDay(reason=WHY, by=ANNA)
HEARING = FoundDeadline(kind=DeadlineKind.HEARING, trigger="summons")


def waiting() -> Given:
    """A letter whose near day and place a person must complete."""
    return given(RECEIVED, flagged(missing=OPEN))


def correct(*, missing: tuple[str, ...] = (), **known: object) -> CorrectRequest:
    fields = ("establishment", *known)
    corrected = facts(missing=missing, **known)
    return CorrectRequest(facts=corrected, people=people(), fields=fields, by=ANNA)


@pytest.mark.parametrize(
    "command",
    [
        correct(missing=("deadlines",)),
        correct(),
        CloseRequest(outcome=Outcome.ANSWERED_INFORMATION, by=ANNA),
        MarkDuplicate(duplicate_of=EARLIER, by=ANNA),
    ],
    ids=["validated", "validated as settled", "closed", "a duplicate"],
)
def test_a_request_does_not_leave_before_its_near_day_is_explained(command: Command):
    with pytest.raises(NearDayUnexplained, match=r"set_deadline.*explain_near_day"):
        waiting().when(command)

    assert waiting().then_when(EXPLAIN).when(command)


def test_what_a_person_says_of_the_day_is_kept_and_the_rest_stays_missing():
    explained = waiting().then_when(EXPLAIN).state

    assert explained.near_day == NearDayExplained(
        request_id=LETTER, register="main", deadline_id=None, reason=WHY, by=ANNA
    )
    assert explained.facts is not None
    assert explained.facts.missing == ("establishment",)
    assert explained.state is RequestState.NEEDS_REVIEW


def test_a_correction_that_gives_the_deadline_explains_the_day():
    assert waiting().when(correct(deadlines=(HEARING,)))
    with pytest.raises(NearDayUnexplained):
        waiting().when(correct(deadlines=()))


def test_a_reopened_request_is_amended_but_its_near_day_is_not_ticked_off():
    reopened = Given(replace(waiting().state, state=RequestState.IN_PROGRESS))
    about = {"people": people(), "fields": ("topics",), "by": ANNA}

    assert reopened.when(AmendRequest(facts=facts(missing=("deadlines",)), **about))
    with pytest.raises(NearDayUnexplained):
        reopened.when(AmendRequest(facts=facts(), **about))


@pytest.mark.parametrize(
    ("reason", "by", "error"),
    [
        (" ", ANNA, ReasonMissing),
        (WHY, "rule R39", NotByRule),
        (WHY, "", NotByRule),
        ("appel au 06 12 34 56 78", ANNA, WordsIdentify),
        ("écrire à anna@exemple.example", ANNA, WordsIdentify),
    ],
)
def test_the_day_is_explained_by_a_person_in_words_that_name_nobody(
    reason: str, by: str, error: type[Exception]
):
    with pytest.raises(error):
        waiting().when(ExplainNearDay(reason=reason, by=by))


def test_days_may_be_told():
    told = waiting().then_when(ExplainNearDay(reason="visite du 20.04.2026 au 21/04", by=ANNA))

    assert told.state.near_day is not None


def test_a_day_is_explained_once():
    assert waiting().then_when(EXPLAIN).when(EXPLAIN) == []
    assert given(RECEIVED, flagged(missing=("establishment",))).when(EXPLAIN) == []


def test_an_explained_day_of_a_deadline_has_no_reason():
    deadline_id = UUID(int=7)
    told = NearDayExplained(
        request_id=LETTER, register="main", deadline_id=deadline_id, reason=None, by=ANNA
    )
    explained = given(RECEIVED, flagged(missing=OPEN), told)

    assert not explained.state.near_day_open
