"""What a process of services does to the garbage collector, and when one of them ends."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from eventlet.event import Event
from nameko.extensions import Entrypoint

from services.host import runner as host
from services.host.runner import Runner, ServiceEnded


def test_what_is_there_once_all_have_started_is_not_looked_through_again():
    runner = Runner([], {})
    try:
        runner.start()
        assert gc.get_freeze_count() > 0
    finally:
        runner.stop()
    assert gc.get_freeze_count() == 0


class _Breaks(Entrypoint):
    """Runs until it is told to break."""

    broken: Event

    def start(self) -> None:
        type(self).broken = Event()
        self.container.spawn_managed_thread(self._run)

    def _run(self) -> None:
        type(self).broken.wait()
        raise ValueError("Amadou Exemple, 06 12 34 56 78")


class _Lasts(Entrypoint):
    """Runs until it is stopped."""


class _Sound:
    name = "sound"
    lasts = _Lasts.decorator(lambda self: None)


class _Frail:
    name = "frail"
    breaks = _Breaks.decorator(lambda self: None)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    monkeypatch.setattr(host, "service_class", {"sound": _Sound, "frail": _Frail}.__getitem__)
    started = Runner(["sound", "frail"], {})
    started.start()
    yield started
    started.stop()


def test_whoever_waits_hears_of_the_first_that_ends_by_an_error_though_another_goes_on(
    runner: Runner,
):
    _Breaks.broken.send(None)

    with pytest.raises(ServiceEnded) as ended:
        runner.wait()

    assert str(ended.value).startswith("frail: it ended by an error, ValueError")
    assert "Amadou" not in str(ended.value)
