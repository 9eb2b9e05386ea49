"""When everybody is level: not before what each wrote in answer was handled, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from services.host import level
from services.host.level import Levels, NotLevel

CHAIN = ["intake", "routing", "followup", "desk"]


class Chain:
    """Each service hears the one before it and writes one event for each that it handles.

    ``steps`` are the services that handle what waits for them, one between any two looks.
    """

    def __init__(self, steps: Sequence[str]) -> None:
        self.written = dict.fromkeys(CHAIN, 0) | {"intake": 1}
        self.read = dict.fromkeys(CHAIN, 0)
        self._steps = list(steps)

    def connect(self, dsn: str, **_options: Any) -> Log:
        return Log(self, dsn)

    def step(self) -> None:
        if self._steps:
            name = self._steps.pop(0)
            self.read[name] = self.written[before(name)]
            self.written[name] = self.read[name]

    @property
    def finished(self) -> bool:
        return self.read["desk"] == self.written["followup"] == 1


def before(name: str) -> str:
    return CHAIN[CHAIN.index(name) - 1]


class Log:
    """One service's connection."""

    def __init__(self, chain: Chain, name: str) -> None:
        self._chain, self._name = chain, name

    def execute(self, query: str) -> Any:
        if query != level._SUBSCRIPTIONS:
            self._rows = [(0, self._chain.written[self._name], b"")]
            return self
        if self._name == CHAIN[0]:
            self._chain.step()
            return []
        return [(before(self._name), "running", 0, 0, self._chain.read[self._name])]

    def fetchall(self) -> list[tuple[int, int, bytes]]:
        return self._rows

    def close(self) -> None: ...


@pytest.fixture
def levels(monkeypatch: pytest.MonkeyPatch) -> Any:
    def watching(chain: Chain) -> Levels:
        monkeypatch.setattr(level.psycopg, "connect", chain.connect)
        return Levels({name: name for name in CHAIN})

    return watching


def test_it_waits_for_what_is_written_in_answer_to_what_was_handled(levels: Any) -> None:
    chain = Chain(["routing", "followup", "desk"])

    levels(chain).wait(10)

    assert chain.finished


def test_who_stays_behind_is_named(levels: Any) -> None:
    with pytest.raises(NotLevel, match=r"within 0 s: routing from intake \(running\)$"):
        levels(Chain([])).wait(0)
