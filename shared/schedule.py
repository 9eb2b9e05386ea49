"""Work that a service does by itself, at intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from nameko.timer import Timer

from shared.settings import Environment

_Method = TypeVar("_Method", bound=Callable[..., Any])


class _Timer(Timer):  # type: ignore[misc]  # nameko is untyped
    """Nameko's, which rests in a rehearsal: whoever moves the clock there also ticks.

    On a clock that jumps, what a service does a second later by itself would come before or after
    what the others do at that instant, as chance has it.
    """

    def start(self) -> None:
        if Environment().get("TICKED") != "on":
            super().start()

    def stop(self) -> None:
        if self.gt is not None:
            super().stop()

    def kill(self) -> None:
        if self.gt is not None:
            super().kill()


def timer(*, interval: float) -> Callable[[_Method], _Method]:
    """Run the method every ``interval`` seconds, one run at a time; not under
    ``PERMANENCE_TICKED=on``."""
    made: Callable[[_Method], _Method] = _Timer.decorator(interval=interval)
    return made
