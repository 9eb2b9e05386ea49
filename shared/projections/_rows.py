"""Many rows as one parameter, for ``jsonb_to_recordset`` and its like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from psycopg.types.json import Jsonb


def as_rows(rows: Iterable[Mapping[str, Any]]) -> Jsonb:
    """The rows as a JSON array; what JSON does not know, PostgreSQL reads from its text."""
    return Jsonb(list(rows), _dumps)


def _dumps(rows: list[Mapping[str, Any]]) -> bytes:
    return orjson.dumps(rows, default=str)
