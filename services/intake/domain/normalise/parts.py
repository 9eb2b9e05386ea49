"""An item taken apart, the same for every channel: whose words are where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.intake.domain.normalise.machine import Machine
from services.intake.domain.normalise.tame import tamed
from shared.contracts.intake.facts import AttachmentText, FieldProblem
from shared.decoding import text_of

MAX_TEXT = 60_000
MOST_TEXT = 10 * MAX_TEXT  # before it is tamed
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the desk noted of an envelope; every part may be missing."""

    received_on: date | None = None
    posted_on: date | None = None
    postmark: str = ""
    back: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of an item.

    ``own``: what the sender wrote in this item. ``forwarded``: messages of others handed on, the
    nearest first. ``quoted``: earlier messages merely repeated below an answer, never read for
    facts. ``declared``: the fields of a form or a partner's message, by a common name.
    ``automatic``: what a machine sent it for, None when a person did. ``to_many``: it came by a list or as bulk mail. ``unread``: it holds something, and nothing of
    it could be read. ``received``: when it reached the desk, as the item says it, a day or an instant.
    """

    own: str = ""
    subject: str = ""
    forwarded: tuple[str, ...] = ()
    forwarded_from: tuple[str, ...] = ()
    quoted: str = ""
    attachments: tuple[AttachmentText, ...] = ()
    envelope: Envelope = Envelope()
    heading: str = ""
    sender_name: str = ""
    sender_address: str = ""
    language_hint: str | None = None
    received: date | datetime | None = None
    written_on: date | None = None
    call_at: datetime | None = None
    conversation: str | None = None
    automatic: Machine | None = None
    to_many: bool = False
    unread: bool = False
    message_ids: frozenset[str] = frozenset()
    declared: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    problem_values: tuple[str, ...] = ()
    born_on: date | None = None

    @property
    def attached(self) -> tuple[str, ...]:
        """The texts of the attachments that could be read."""
        return tuple(tamed(a.text) for a in self.attachments if a.text)


def decoded(raw: bytes | str) -> tuple[str, bool]:
    """The text of ``raw``, its first ``MOST_TEXT`` characters, and whether they could be read.

    UTF-8, else (as old systems send) Windows-1252; NUL and other control characters are dropped.
    """
    if isinstance(raw, bytes):
        text, whole = text_of(raw)
    else:
        text, whole = raw.encode("utf-8", "replace").decode("utf-8"), True
    text = text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text), whole
