"""The events of the services under test: made up, so that no contract of the product is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared.contracts.codec import Codec


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a note: made up."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A note with a number; ``order`` tells the reader what to do with it."""

    SUBJECT: ClassVar[str] = "person_id"

    number: int
    person_id: UUID
    order: str = ""
    private: Author | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An event that the reader does not ask for."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The reader's own event, appended while handling."""

    number: int


CODEC = Codec(Noted | Skipped | Answered)

# A read model of the notes: how many each stream has. It tells when an event was handled twice.
COUNTS = "CREATE TABLE counts (stream text PRIMARY KEY, count int NOT NULL)"
COUNT = """
    INSERT INTO counts (stream, count) VALUES (%s, 1)
    ON CONFLICT (stream) DO UPDATE SET count = counts.count + 1
"""
