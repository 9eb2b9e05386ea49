"""Twenty deaths at random moments change nothing of what the desk's days come to."""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.host.rehearsal import Calls
from services.host.runner import SERVICES
from tests.journeys import days
from tests.journeys.end_state import differences, end_state
from tests.support.nothing_lost import Deployed, assert_nothing_lost
from tests.support.processes import ProcessSystem, running_system

DEATHS = 20
SEED = int(os.environ.get("PERMANENCE_KILL_SEED") or secrets.randbelow(1_000_000))
_LONGEST_DELAY_SECONDS = 0.05
_LOOK_SECONDS = 0.005


class Killer:
    """Kills services in the middle of their work, each at a random call of the player.

    The moments are drawn among the first ``calls`` calls. A service that looks busy is frozen: if
    it is busy then, and so for good, it dies; else it goes on and the next moment is awaited.
    """

    def __init__(self, system: ProcessSystem, chance: random.Random, *, calls: int) -> None:
        self._system = system
        self._chance = chance
        self._moments = sorted(chance.sample(range(calls), DEATHS))
        self._called = 0
        self._over = threading.Event()
        self.deaths: list[str] = []

    def counted(self, ask: Calls) -> Calls:
        """The calls that the moments are counted by."""

        def asked(service: str, method: str, /, **arguments: Any) -> Any:
            self._called += 1
            return ask(service, method, **arguments)

        return asked

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Kill, beside what is done meanwhile."""
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _run(self) -> None:
        for moment in self._moments:
            self._await(lambda moment=moment: self._called >= moment)  # type: ignore[misc]
            waiting = list(SERVICES)
            self._chance.shuffle(waiting)
            while not self._over.is_set() and not any(map(self._kill_at_work, waiting)):
                time.sleep(_LOOK_SECONDS)

    def _await(self, condition: Callable[[], bool]) -> None:
        while not condition() and not self._over.is_set():
            time.sleep(_LOOK_SECONDS)

    def _kill_at_work(self, victim: str) -> bool:
        """Whether it died: it must live and be busy, also after a moment and once it is frozen."""
        if not (self._system.is_alive(victim) and self._system.is_busy(victim)):
            return False
        time.sleep(self._chance.uniform(0, _LONGEST_DELAY_SECONDS))
        self._system.freeze(victim)
        if not self._system.is_busy(victim):
            self._system.thaw(victim)
            return False
        assert self._system.is_alive(victim)
        self._system.kill(victim)
        self._system.restart(victim)
        self.deaths.append(victim)
        return True


@pytest.mark.rabbitmq
@pytest.mark.slow
def test_twenty_deaths_in_the_middle_of_the_work_change_nothing(tmp_path: Path) -> None:
    print(f"PERMANENCE_KILL_SEED={SEED}")  # noqa: T201 - to play the same deaths again
    chance = random.Random(SEED)
    with running_system(tmp_path / "undisturbed", start_at=days.START) as system:
        rehearsal = system.rehearsal()
        days.play(rehearsal)
        assert_nothing_lost(Deployed(system))
        expected, calls = end_state(system), system.calls_made
    with running_system(tmp_path / "killed", start_at=days.START) as system:
        killer = Killer(system, chance, calls=calls * 3 // 4)
        with killer.at_work():
            ids = days.play(system.rehearsal(killer.counted(system.insist)))
        print(f"killed: {', '.join(killer.deaths)}")  # noqa: T201
        assert len(killer.deaths) == DEATHS
        system.wait_ready()
        assert_nothing_lost(Deployed(system, acknowledged=list(ids.values())))
        found = differences(expected, end_state(system))
        assert not found, "\n".join(found)
