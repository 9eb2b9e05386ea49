"""How long the relay lets events gather between its rounds."""

from __future__ import annotations

import pytest

from shared.messaging._relay import pause_after


@pytest.mark.parametrize(
    ("round_seconds", "pause_seconds"), [(0.001, 0.01), (0.01, 0.03), (0.2, 0.04)]
)
def test_the_longer_a_round_takes_the_more_events_the_next_one_carries(
    round_seconds: float, pause_seconds: float
) -> None:
    assert pause_after(round_seconds) == pytest.approx(pause_seconds)
