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
from tests.support.nothing_lost import assert_nothing_lost
from tests.support.processes import MAIL_IN, ProcessSystem, running_system
from tests.support.proxy import Proxy

DEATHS = 20
_OF_THEM_AT_THE_DOOR = 2  # mail is handed over seldom, and soon: those moments are waited for
SEED = int(os.environ.get("PERMANENCE_KILL_SEED") or secrets.randbelow(1_000_000))
_LONGEST_DELAY_SECONDS = 0.05
_LOOK_SECONDS = 0.005
_PATIENCE_SECONDS = 3.0  # for whoever's turn it is to be at work
# Each piece of the dialogue over SMTP is so slow that it takes a second and more.
_SMTP_DELAY_SECONDS = 0.1
_LONGEST_HANDOVER_SECONDS = 0.8


class Killer:
    """Kills services in the middle of their work, who died least first, at random moments.

    The moments are drawn among the first ``calls`` calls. A service that looks busy is frozen: if
    it is busy then, and so for good, it dies; else it goes on and the next moment is awaited. The
    process that takes mail dies while the first mails are handed to it.
    """

    def __init__(self, system: ProcessSystem, chance: random.Random, *, calls: int) -> None:
        self._system = system
        self._chance = chance
        self._moments = sorted(chance.sample(range(calls), DEATHS - _OF_THEM_AT_THE_DOOR))
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
        threads = [threading.Thread(target=run) for run in (self._run, self._run_at_the_door)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _run(self) -> None:
        order = list(SERVICES)
        self._chance.shuffle(order)
        for moment in self._moments:
            self._await(lambda moment=moment: self._called >= moment)  # type: ignore[misc]
            spared_first = sorted(order, key=self.deaths.count)
            until = time.monotonic() + _PATIENCE_SECONDS
            while not self._over.is_set() and not any(
                map(
                    self._kill_at_work,
                    spared_first if time.monotonic() > until else spared_first[:1],
                )
            ):
                time.sleep(_LOOK_SECONDS)

    def _run_at_the_door(self) -> None:
        for _ in range(_OF_THEM_AT_THE_DOOR):
            while not self._over.is_set() and not self._kill_at_work(
                MAIL_IN, within=_LONGEST_HANDOVER_SECONDS
            ):
                time.sleep(_LOOK_SECONDS)

    def _await(self, condition: Callable[[], bool]) -> None:
        while not condition() and not self._over.is_set():
            time.sleep(_LOOK_SECONDS)

    def _kill_at_work(self, victim: str, *, within: float = _LONGEST_DELAY_SECONDS) -> bool:
        """Whether it died: it must live and be busy, also after a moment and once it is frozen."""
        if not (self._system.is_alive(victim) and self._system.is_busy(victim)):
            return False
        time.sleep(self._chance.uniform(0, within))
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
def test_f24_twenty_deaths_in_the_middle_of_the_work_change_nothing(tmp_path: Path) -> None:
    print(f"PERMANENCE_KILL_SEED={SEED}")  # noqa: T201 - to play the same deaths again
    chance = random.Random(SEED)
    with running_system(tmp_path / "undisturbed", start_at=days.START) as system:
        rehearsal = system.rehearsal()
        days.play(rehearsal)
        assert_nothing_lost(system.whole())
        expected, calls = end_state(system), system.calls_made
    with running_system(tmp_path / "killed", start_at=days.START) as system:
        killer = Killer(system, chance, calls=calls * 3 // 4)
        with Proxy(system.smtp_port) as slow, killer.at_work():
            slow.delay(_SMTP_DELAY_SECONDS)
            counted = killer.counted(system.insist)
            ids = days.play(system.rehearsal(counted, smtp_port=slow.port))
        print(f"killed: {', '.join(killer.deaths)}")  # noqa: T201
        assert len(killer.deaths) == DEATHS
        assert killer.deaths.count(MAIL_IN) == _OF_THEM_AT_THE_DOOR
        assert set(killer.deaths) >= {"intake", "routing", "followup", "notifications"}
        system.wait_ready()
        assert_nothing_lost(system.whole(acknowledged=list(ids.values())))
        found = differences(expected, end_state(system))
        assert not found, "\n".join(found)
