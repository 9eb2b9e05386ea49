"""What services do by themselves, and when they leave it to whoever moves the clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.schedule import timer


class Container:
    """As much of nameko's as a timer sees when it starts."""

    def __init__(self) -> None:
        self.running: list[Callable[[], None]] = []

    def spawn_managed_thread(self, work: Callable[[], None]) -> None:
        self.running.append(work)


def started(monkeypatch: pytest.MonkeyPatch, ticked: str) -> list[Callable[[], None]]:
    """What the container was asked to run for a method that is due every second."""
    monkeypatch.setenv("PERMANENCE_TICKED", ticked)

    @timer(interval=1.0)
    def work() -> None:
        raise AssertionError("nobody waited for a second")

    container = Container()
    [entrypoint] = work.nameko_entrypoints  # type: ignore[attr-defined]
    bound = entrypoint.bind(container, "work")
    bound.start()
    if not container.running:
        bound.stop()
    return container.running


def test_a_service_does_by_itself_what_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(started(monkeypatch, "off")) == 1


def test_in_a_rehearsal_it_waits_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert started(monkeypatch, "on") == []
