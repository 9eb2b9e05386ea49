"""Arguments of RPC calls as values; each error names the argument and the remedy."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from uuid import UUID

from services.intake.application.command_forms import read_uuid
from shared.errors import Invalid


def raw_bytes(text: str | None, encoded: str | None) -> bytes:
    """An item given as text or, byte for byte, as base64."""
    if (text is None) == (encoded is None):
        raise Invalid("raw: send either raw or raw_base64")
    if text is not None:
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(encoded or "", validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("raw_base64: is not base64; encode the item's bytes") from None


def instant(text: str | None) -> datetime | None:
    """An ISO 8601 instant."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("received_at: no ISO 8601 instant; send one with its zone") from None


def cursor(before: list[str] | None) -> tuple[datetime, UUID] | None:
    """Where a list goes on: the last row's time and id."""
    if not before:
        return None
    at = instant(before[0])
    if len(before) != 2 or at is None:
        raise Invalid("before: send [received_at, request_id] of the last row seen")
    return at, read_uuid("before", before[1])


def id_or_none(text: str | None) -> UUID | None:
    """A command's id, if there is one."""
    return None if text is None else read_uuid("command_id", text)
