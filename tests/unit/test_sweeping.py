"""Where tables cannot be written anew the log tells it, and nobody is kept from starting."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from shared.sweeping import sweep_erased

NOWHERE = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=5"


@pytest.mark.parametrize(
    ("owners", "reason"),
    [({}, "no owner's DSN"), ({"desk": NOWHERE}, "database.unavailable")],
    ids=["without an owner", "out of reach"],
)
def test_a_table_that_cannot_be_written_anew_is_told(owners: dict[str, str], reason: str) -> None:
    with capture_logs() as lines:
        sweep_erased({("desk", "request_people")}, owners)

    [told] = lines
    assert told == {
        **{"event": "erased_rows_left", "log_level": "warning"},
        **{"source": "desk.request_people", "reason": reason},
    }
