"""How an item is told at the door, whatever brings it: by RPC, by HTTP, from the spool."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from uuid import UUID

from services.intake.application.ports import Arrival
from shared.clock import Clock
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.vocabulary import Channel
from shared.errors import Invalid

MEDIA_TYPES = {
    Channel.LETTER: "text/plain; charset=utf-8",
    Channel.PHONE: "text/plain; charset=utf-8",
    Channel.REFERRAL: "text/plain; charset=utf-8",
    Channel.EMAIL: "message/rfc822",
    Channel.WEB: "application/json",
    Channel.API: "application/http",
}
_CHANNELS = {channel.value: channel for channel in Channel}
_REGISTER = re.compile(r"main\Z|rehearsal-[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_HEAD_BYTES = 1 << 18
_LONGEST_KEY = 998


class TooLarge(Invalid):
    """More than is taken in one item."""

    code = "intake.too_large"

    def __init__(self, size_bytes: int, most_bytes: int) -> None:
        super().__init__(
            f"raw: {size_bytes} bytes, over {most_bytes}; nothing was kept; "
            "split it, or put the attachments on paper"
        )


def submitted(
    *,
    channel: str,
    raw: bytes,
    register: str,
    external_id: str | None,
    received_at: datetime | None,
    fallback_id: UUID,
    clock: Clock,
    most_bytes: int,
) -> Arrival:
    """An item handed over by a program or a person of the desk.

    Without ``received_at`` it arrives now; in a rehearsal, when it says itself that it did. Raises
    ``Invalid`` naming the argument.
    """
    if channel not in _CHANNELS:
        raise Invalid(f"channel: {channel[:40]!r} is none; one of {', '.join(_CHANNELS)}")
    check_register(register)
    if len(raw) > most_bytes:
        raise TooLarge(len(raw), most_bytes)
    if received_at is not None and received_at.tzinfo is None:
        raise Invalid("received_at: has no zone; add one, such as +01:00")
    by = _CHANNELS[channel]
    return Arrival(
        channel=by,
        raw=raw,
        media_type=MEDIA_TYPES[by],
        register=register,
        received_at=received_at or clock.now(),
        fallback_id=fallback_id,
        external_id=external_id or stated_key(by, raw),
        dated_by_content=received_at is None and register != MAIN_REGISTER,
    )


def check_register(register: str) -> None:
    """Raises ``Invalid`` unless ``register`` is main or a rehearsal's."""
    if not _REGISTER.match(register):
        raise Invalid('register: must be "main" or "rehearsal-" with letters, digits and hyphens')


def stated_key(channel: Channel, raw: bytes) -> str | None:
    """The technical key that the item itself bears; None where paper and calls have none."""
    match channel:
        case Channel.EMAIL:
            return message_id(raw) or _digest(raw)
        case Channel.API:
            return _idempotency_key(raw) or _digest(raw)
        case Channel.WEB:
            return _digest(raw)
        case _:
            return None


def message_id(raw: bytes) -> str | None:
    """The Message-ID of an e-mail, None if it has none."""
    found = _headers(raw).get("message-id", "")
    return "".join(found.split())[:_LONGEST_KEY] or None


def partner_key(partner: str, idempotency_key: str) -> str:
    """The technical key of a partner's message: keys of two partners never meet."""
    return f"{partner}:{idempotency_key}"


def _idempotency_key(raw: bytes) -> str | None:
    key = _headers(raw.partition(b"\n")[2]).get("idempotency-key", "").strip()
    if not key:
        return None
    body = raw[max(raw.find(b"{"), 0) :]
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    partner = content.get("partner") if isinstance(content, dict) else None
    return partner_key(str(partner or ""), key[:_LONGEST_KEY])


def _headers(raw: bytes) -> dict[str, str]:
    head = re.split(rb"\r?\n\r?\n", raw[:_HEAD_BYTES], maxsplit=1)[0]
    try:
        parsed = BytesHeaderParser(policy=compat32).parsebytes(head + b"\n\n")
        return {name.lower(): str(value) for name, value in reversed(parsed.items())}
    except Exception:  # anything may stand there; headers that cannot be read tell nothing
        return {}


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
