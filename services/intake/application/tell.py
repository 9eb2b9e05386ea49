"""What is told of a request: to the desk, and to programs that compare."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import Any, Protocol
from uuid import UUID

from services.intake.application.receive import Receipt
from services.intake.domain.errors import UnknownRequest
from services.intake.domain.identity import stream_of
from services.intake.domain.request import Request, evolve
from shared.contracts._derive import schema_class
from shared.contracts.intake.facts import RequestFacts, RequestPeople
from shared.eventstore import Erased, Streams

_FACTS = schema_class(RequestFacts)()
_PEOPLE = schema_class(RequestPeople)()


def load_request(request_id: UUID, streams: Streams) -> Request:
    """The request as it is now; raises ``UnknownRequest``."""
    events, _ = streams.load(stream_of(request_id))
    if not events:
        raise UnknownRequest(request_id)
    return reduce(evolve, events, Request())


def describe(request: Request) -> dict[str, Any]:
    """All that is known of a request, as JSON values.

    ``facts`` and ``people`` are those of the contracts; ``people`` is None once the person is
    erased. ``people.findings`` justify each fact by words of the item, with a confidence.
    """
    facts = _FACTS.dump(request.facts) if request.facts else None
    people: dict[str, Any] | None = _PEOPLE.dump(request.people) if request.people else None
    if people:
        people.pop("text_key", None)
    return {
        "request_id": _text(request.request_id),
        "person_id": _text(request.person_id),
        "register": request.register,
        "state": _text(request.state),
        "urgency": _text(request.urgency),
        "unit": request.unit,
        "rule": request.rule,
        "answer_due_on": _text(request.answer_due_on),
        "answered_on": _text(request.answered_on),
        "accepted_by": request.accepted_by,
        "waiting_for": request.waiting_for,
        "duplicate_of": _text(request.duplicate_of),
        "links": [
            {"kind": kind.value, "request_id": str(linked)}
            for kind, linked in sorted(request.links, key=lambda link: (link[0], str(link[1])))
        ],
        "consent": _text(request.consent),
        "outcome": _text(request.outcome),
        "dangers": sorted(danger.value for danger in request.dangers),
        "danger_open": bool(request.dangers - request.dangers_handled),
        "arrival_count": request.arrival_count,
        "other_content": request.other_content,
        "near_day": _near_day(request),
        "missing": list(request.facts.missing) if request.facts else [],
        "lexicon_version": request.lexicon_version,
        "facts": facts,
        "people": people,
    }


def _near_day(request: Request) -> dict[str, Any] | None:
    """What a person said of a near day that nothing explained, if somebody did."""
    said = request.near_day
    if said is None:
        return None
    return {"deadline_id": _text(said.deadline_id), "reason": said.reason, "by": said.by}


def told_receipt(receipt: Receipt) -> dict[str, Any]:
    """What a sender may know."""
    return {
        "request_id": str(receipt.request_id),
        "state": receipt.state.value,
        "repeated": receipt.repeated,
        "problems": [
            {"field": problem.field, "remedy": problem.remedy} for problem in receipt.problems
        ],
    }


class RawItem(Protocol):
    """What is known of a raw item beside its content."""

    @property
    def sha256(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def part_count(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...


def told_original(original: RawItem) -> dict[str, Any]:
    """A raw item, without its content."""
    return {
        "sha256": original.sha256,
        "media_type": original.media_type,
        "size_bytes": original.size_bytes,
        "part_count": original.part_count,
        "received_at": original.received_at.isoformat(),
    }


def told_part(original: RawItem, part: int, content: bytes | Erased | None) -> dict[str, Any]:
    """One part of a raw item; ``content_base64`` is None once the person is erased."""
    text = base64.b64encode(content).decode("ascii") if isinstance(content, bytes) else None
    return told_original(original) | {"part": part, "content_base64": text}


def told_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a list as JSON values."""
    return {
        name: value if isinstance(value, bool | list | None) else _text(value)
        for name, value in row.items()
    }


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
