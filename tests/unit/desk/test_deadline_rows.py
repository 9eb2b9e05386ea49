"""A deadline, as the desk keeps it from what follow-up tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from services.desk.projections.deadlines import apply
from shared.contracts.followup.events import (
    DeadlineCorrected,
    DeadlineDropped,
    DeadlineMet,
    DeadlineMissed,
    DeadlineProposed,
    DeadlineSet,
    DeadlineTerms,
)
from shared.contracts.vocabulary import DeadlineKind
from shared.eventstore import Pool

IDS: dict[str, Any] = {"deadline_id": UUID(int=1), "register": "main"}
TERMS = DeadlineTerms(
    kind=DeadlineKind.HEARING,
    rule=None,
    trigger="date given",
    trigger_on=None,
    counting=None,
    nature=None,
    article=None,
    confidence=None,
    zone="metro",
    prudent="2026-05-20",
    last="2026-05-20",
    alert_at=None,
)
OF: dict[str, Any] = {**IDS, "request_id": UUID(int=2), "case_id": None, "terms": TERMS}
PROPOSED = DeadlineProposed(**OF)
SET = DeadlineSet(**OF, by="ada")
CORRECTED = DeadlineCorrected(**OF, by="ada")
MET = DeadlineMet(**IDS, proof="accusé de réception", by="ada")
DROPPED = DeadlineDropped(**IDS, reason="ne figure plus dans la demande corrigée", by="rule R39")
MISSED = DeadlineMissed(**IDS, request_id=None, case_id=None, kind=DeadlineKind.HEARING)


@pytest.fixture
def row_after(pool: Pool) -> Callable[..., Any]:
    """(state, ending) of the deadline after events, one after the other."""

    def fold(*events: Any) -> Any:
        with pool.connection() as connection:
            connection.execute("DELETE FROM deadlines")
            for event in events:
                apply(connection, None, event)  # type: ignore[arg-type]  # it looks at none
            return connection.execute("SELECT state, ending FROM deadlines").fetchone()

    return fold


@pytest.mark.parametrize("ended", [MET, DROPPED])
@pytest.mark.parametrize(("anew", "state"), [(PROPOSED, "candidate"), (SET, "running")])
def test_a_deadline_that_runs_again_does_not_tell_how_it_had_ended(row_after, ended, anew, state):
    assert row_after(PROPOSED, ended, anew) == (state, None)


def test_a_correction_leaves_state_and_ending_as_they_are(row_after):
    assert row_after(SET, MET, CORRECTED) == ("met", "accusé de réception")
    assert row_after(SET, CORRECTED) == ("running", None)


def test_a_missed_deadline_that_is_set_anew_runs(row_after):
    assert row_after(PROPOSED, MISSED, SET) == ("running", None)
