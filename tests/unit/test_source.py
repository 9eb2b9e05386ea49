"""A source that answers with an error of its own makes its reader wait, not end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.errors import Invalid, PermanenceError, Unavailable
from shared.messaging._source import Source


class Calls:
    def __init__(self, answer: object) -> None:
        self._answer = answer

    def call(
        self, _service: str, _method: str, _payload: Mapping[str, Any], *, timeout_seconds: float
    ) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    "answer", [PermanenceError("the service failed"), Invalid("no such method"), {"heads": 3}]
)
def test_an_error_of_the_source_is_waited_for(answer: object) -> None:
    source = Source("routing", Calls(answer))

    with pytest.raises(Unavailable, match=r"source: routing\.log_heads gave"):
        source.heads()
    with pytest.raises(Unavailable, match=r"source: routing\.read_log gave"):
        source.page(0, 0)
