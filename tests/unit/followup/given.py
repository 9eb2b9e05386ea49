"""Ids, terms, and given/when for deciders. Made-up people only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import reduce
from typing import Any
from uuid import UUID

from services.followup.domain.terms import counted, dated
from shared.contracts.followup.events import DeadlineTerms, ReferralReceived
from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines import compute

CASE = UUID("11111111-1111-4111-8111-111111111111")
PERSON = UUID("22222222-2222-4222-8222-222222222222")
REQUEST = UUID("33333333-3333-4333-8333-333333333333")
DEADLINE = UUID("44444444-4444-4444-8444-444444444444")
STEP = UUID("55555555-5555-4555-8555-555555555555")
VISIT = UUID("66666666-6666-4666-8666-666666666666")
OTHER = UUID("77777777-7777-4777-8777-777777777777")
ANNE = "v-anne"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)  # a Monday, 10:00 in Paris
LATER = datetime(2026, 11, 6, 13, tzinfo=UTC)

REFERRED = ReferralReceived(
    case_id=CASE,
    person_id=PERSON,
    register="main",
    source="team:cp-fresnes",
    request_id=REQUEST,
    establishment="cp-fresnes",
    release_on=date(2026, 11, 20),
    private=None,
)


def oqtf(day: int = 2) -> DeadlineTerms:
    """The seven days of an OQTF notified in prison in November 2026."""
    found = compute("oqtf-detained", date(2026, 11, day), before="TA Melun")
    return counted(DeadlineKind.OQTF_APPEAL, found)


def hearing(day: date) -> DeadlineTerms:
    return dated(DeadlineKind.HEARING, day, trigger="date donnée")


def silence(day: date) -> DeadlineTerms:
    """An implicit refusal is born: nothing is lost on that day."""
    return replace(hearing(day), nature="authority_silence", kind=DeadlineKind.DOCUMENT_DUE)


@dataclass(frozen=True)
class Scenario:
    """``Scenario(state, evolve, decide).given(*events).when(command)`` gives the new events."""

    state: Any
    evolve: Callable[[Any, Any], Any]
    decide: Callable[[Any, Any], Sequence[Any]]

    def given(self, *events: Any) -> Scenario:
        return replace(self, state=reduce(self.evolve, events, self.state))

    def when(self, *commands: Any) -> list[Any]:
        """The events of the last command; each before it has happened."""
        state, events = self.state, []
        for command in commands:
            events = list(self.decide(state, command))
            state = reduce(self.evolve, events, state)
        return events
