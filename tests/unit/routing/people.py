"""Made-up facts that the tests of this folder share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from services.routing.adapters.settings import read_policy
from services.routing.domain.policy import Decision, route
from services.routing.domain.view import (
    Absence,
    DirectoryView,
    EarlierAssignment,
    MemberView,
    TeamView,
)
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import Channel, RequesterKind, TeamState, Urgency

SETTINGS = read_policy()
FRESNES, NANTES = "cp-fresnes", "cp-nantes"
REQUEST = UUID("11111111-1111-4111-8111-111111111111")
FIRST = UUID("22222222-2222-4222-8222-222222222222")
RECEIVED = date(2026, 3, 5)


def letter(**more: Any) -> RequestFacts:
    """A letter in French of a detained person at Fresnes, received on 5 March 2026."""
    received_on = more.pop("received_on", RECEIVED)
    facts: dict[str, Any] = {
        "channel": Channel.LETTER,
        "received_on": received_on,
        "received_at": datetime.combine(received_on, time(9), tzinfo=UTC),
        "requester_kind": RequesterKind.DETAINED_PERSON,
        "establishment": FRESNES,
        "language": "fr",
    }
    return RequestFacts(**facts | more)


def team(
    code: str = FRESNES,
    state: TeamState = TeamState.ACTIVE,
    *,
    away: tuple[date, date | None] | None = None,
    members: tuple[MemberView, ...] | None = None,
) -> TeamView:
    absences = (Absence(since=away[0], until=away[1]),) if away else ()
    return TeamView(establishment=code, state=state, absences=absences, members=members)


def teams(*views: TeamView) -> DirectoryView:
    return DirectoryView(teams={view.establishment: view for view in views})


BOTH = teams(team(FRESNES), team(NANTES))


def first(**more: Any) -> EarlierAssignment:
    """An open, normal request held by the team of Fresnes, due on 16 March 2026."""
    known: dict[str, Any] = {
        "request_id": FIRST,
        "unit": "team:cp-fresnes",
        "open": True,
        "urgency": Urgency.NORMAL,
        "received_on": date(2026, 3, 6),
        "answer_due_on": date(2026, 3, 16),
    }
    return EarlierAssignment(**known | more)


def decide_on(
    facts: RequestFacts,
    directory: DirectoryView = BOTH,
    *earlier: EarlierAssignment,
    flagged: bool = False,
) -> Decision:
    return route(facts, directory, earlier, SETTINGS, flagged=flagged)
