"""Progress bars with rate and time left, on the error stream so that output can be piped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

Tell = Callable[[int, int], None]
Begin = Callable[[str], Tell]


class _Rate(ProgressColumn):
    """How many a second, lately; ``unit`` stands before the "/s"."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}{self._unit}/s" if speed else "", style="progress.data.speed")


@contextmanager
def bars(*, quiet: bool, unit: str = "") -> Iterator[Begin]:
    """Makes a bar for what it is called with; the bar is told how much is done, and of how much."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(unit),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
        transient=True,
    )

    def begin(what: str) -> Tell:
        task = progress.add_task(what, total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=max(total, done))

        return tell

    with progress:
        yield begin
