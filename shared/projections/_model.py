"""What a read model is: its tables, the log it reads, and what each event does to the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.eventstore import Connection, Recorded

Apply = Callable[[Connection, Recorded, Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """A read model of one service.

    ``source`` is the service whose events it reads: the owner itself (applied in the append's
    transaction) or another (applied by subscription). ``tables`` are written by nothing else.
    ``apply`` gets a connection whose search path finds them, so it must name tables without a
    schema; it must not look at the clock, at other models, or at the order of streams.
    """

    name: str
    source: str
    tables: tuple[str, ...]
    apply: Apply
