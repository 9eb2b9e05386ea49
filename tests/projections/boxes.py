"""A read model of our own that shows every slip: it counts, so that twice is not once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from shared.contracts.codec import Codec
from shared.eventstore import Applied, Connection
from shared.projections import ReadModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Who a box is for."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxOpened:
    """A box is there."""

    SUBJECT: ClassVar[str] = "person_id"

    box: str
    person_id: UUID
    private: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPut:
    """One more letter in a box; ``number`` counts them in the box."""

    box: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLookedAt:
    """Nothing changes."""

    box: str


CODEC = Codec([BoxOpened, LetterPut, BoxLookedAt])

TABLES = """
CREATE TABLE boxes (
    box text PRIMARY KEY,
    letters int NOT NULL DEFAULT 0 CHECK (letters >= 0),
    last int,
    full_ boolean GENERATED ALWAYS AS (letters > 1000) STORED
) WITH (fillfactor = 70);
CREATE INDEX boxes_by_letters ON boxes (letters DESC) WHERE letters > 0;
CREATE TABLE labels (box text NOT NULL, name text, CONSTRAINT one_label UNIQUE (box));
CREATE TABLE puts (box text, number int);
GRANT SELECT ON boxes TO routing;
"""

_OPEN = "INSERT INTO boxes (box) VALUES (%(box)s)"
_LABEL = "INSERT INTO labels (box, name) VALUES (%(box)s, %(name)s)"
_PUT = """
UPDATE boxes SET letters = letters + 1, last = %(number)s WHERE box = %(box)s
"""
_NOTE = "INSERT INTO puts (box, number) VALUES (%(box)s, %(number)s)"


def apply(connection: Connection, recorded: Applied, event: Any) -> None:
    """Apply one event."""
    match event:
        case BoxOpened(box=box, private=label):
            connection.execute(_OPEN, {"box": box})
            connection.execute(_LABEL, {"box": box, "name": label.name if label else None})
        case LetterPut(box=box, number=number):
            values = {"box": box, "number": number}
            connection.execute(_PUT, values)
            connection.execute(_NOTE, values)
        case _:
            pass


BOXES = ReadModel(
    name="boxes",
    source="intake",
    tables=("boxes", "labels", "puts"),
    apply=apply,
    personal=("labels.name",),
)


def with_apply(changed: Callable[[Connection, Applied, Any], None]) -> ReadModel:
    """The model after a change of its code."""
    return replace(BOXES, apply=changed)
