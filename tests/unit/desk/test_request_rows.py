"""A request, as the desk keeps it from what intake tells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.desk.projections.requests import apply
from shared.contracts.intake.events import (
    DangerHandled,
    RequestCorrected,
    RequestNormalised,
    RequestReceived,
)
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.vocabulary import Channel, SpecialSituation
from shared.eventstore import Pool

CAME = datetime(2026, 4, 20, 8, 0, tzinfo=UTC)
IDS: dict[str, Any] = {"request_id": UUID(int=1), "person_id": UUID(int=2), "register": "main"}
RECEIVED = RequestReceived(
    **IDS,
    channel=Channel.LETTER,
    received_on=CAME.date(),
    received_at=CAME,
    external_id=None,
    original_sha256="0" * 64,
    original_size_bytes=1,
    media_type="text/plain",
)
HANDLED = DangerHandled(request_id=IDS["request_id"], noted_on=date(2026, 4, 20), by="ada")
SUICIDE = SpecialSituation.SUICIDE_RISK
VIOLENCE = SpecialSituation.VIOLENCE_OR_THREAT
MINOR = SpecialSituation.MINOR


@pytest.fixture
def row_after(pool: Pool) -> Callable[..., Any]:
    """The columns of the request's row after it came and events, one after the other."""

    def fold(columns: str, *events: Any) -> Any:
        with pool.connection() as connection:
            connection.execute("DELETE FROM requests")
            for event in (RECEIVED, *events):
                apply(connection, None, event)  # type: ignore[arg-type]  # it looks at none
            return connection.execute(f"SELECT {columns} FROM requests").fetchone()  # noqa: S608

    return fold


def facts(*situations: SpecialSituation) -> RequestFacts:
    return RequestFacts(
        channel=Channel.LETTER,
        received_on=CAME.date(),
        received_at=CAME,
        special_situations=situations,
    )


def read(*situations: SpecialSituation) -> RequestNormalised:
    return RequestNormalised(**IDS, facts=facts(*situations), lexicon_version="1", private=None)


def corrected(*situations: SpecialSituation) -> RequestCorrected:
    return RequestCorrected(
        **IDS, facts=facts(*situations), corrected_fields=(), corrected_by="ada", private=None
    )


@pytest.mark.parametrize(
    ("found", "then", "handled"),
    [
        ([SUICIDE], [SUICIDE, VIOLENCE], False),
        ([SUICIDE], [VIOLENCE], False),
        ([SUICIDE], [SUICIDE, MINOR], True),
        ([SUICIDE], [SUICIDE], True),
        ([SUICIDE, VIOLENCE], [VIOLENCE], True),
    ],
)
def test_what_was_done_about_a_danger_does_not_count_for_one_that_a_correction_adds(
    row_after, found, then, handled
):
    row = row_after("danger, danger_handled", read(*found), HANDLED, corrected(*then))

    assert row == (True, handled)


def test_a_danger_that_a_correction_added_is_handled_with_the_other(row_after):
    events = read(SUICIDE), HANDLED, corrected(SUICIDE, VIOLENCE), HANDLED

    assert row_after("danger_handled", *events, corrected(SUICIDE, VIOLENCE)) == (True,)
