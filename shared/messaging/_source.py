"""The source as a consumer sees it when it asks: its heads, and what follows a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from shared.errors import PermanenceError, Unavailable
from shared.messaging._envelope import (
    BadEnvelope,
    Envelope,
    Heads,
    Place,
    from_wire,
    place_from_wire,
)

Answer = TypeVar("Answer")

LARGEST_PAGE_EVENTS = 500
# While a call is out nothing is read from the queue, and it may have gone to a frozen replica.
HEADS_TIMEOUT_SECONDS = 2.0
PAGE_TIMEOUT_SECONDS = 5.0


class SourceFailed(Unavailable):
    """The source answered, but with an error of its own: its reader waits until it is mended."""

    code = "messaging.source_failed"

    def __init__(self, source: str, method: str, what: str) -> None:
        super().__init__(f"source: {source}.{method} gave {what}; its log says why")


class Calling(Protocol):
    """Makes RPC calls; ``RpcClient`` and ``RpcPool`` do."""

    def call(
        self, service: str, method: str, payload: Mapping[str, Any], *, timeout_seconds: float
    ) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What follows ``anchor``, the event asked after; None if the log holds no such event."""

    incarnation: UUID
    anchor: Place | None
    events: list[Envelope]


class Source:
    """Asks one service for its log; raises Unavailable in bounded time."""

    def __init__(self, name: str, rpc: Calling) -> None:
        self.name = name
        self._rpc = rpc

    def heads(self) -> Heads:
        """How far its log goes."""

        def heads_of(answer: Any) -> Heads:
            return Heads(
                source=self.name,
                incarnation=UUID(answer["incarnation"]),
                places={int(part): place_from_wire(at) for part, at in answer["heads"].items()},
            )

        return self._ask("log_heads", {}, heads_of, HEADS_TIMEOUT_SECONDS)

    def page(self, partition: int, after: int) -> Page:
        """The next events of a partition, as many as an answer holds; none at its end."""
        payload = {"partition": partition, "after": after, "limit": LARGEST_PAGE_EVENTS}
        return self._ask("read_log", payload, _page)

    def stream(self, stream: str, after: int) -> list[Envelope]:
        """The next events of one stream, beyond a version, as many as an answer holds."""
        return self._ask("read_stream", {"stream": stream, "after": after}, _events)

    def streams_between(self, start: int, end: int, *, after: str, limit: int) -> list[str]:
        """Streams with an event from position ``start`` to ``end``, beyond ``after`` by name."""
        payload = {"start": start, "end": end, "after": after, "limit": limit}
        return self._ask("streams_between", payload, lambda answer: list(answer["names"]))

    def count_streams_between(self, start: int, end: int) -> int:
        """How many such streams there are."""
        payload = {"start": start, "end": end, "after": "", "limit": 1}
        return self._ask("streams_between", payload, lambda answer: int(answer["count"]))

    def _ask(
        self,
        method: str,
        payload: Mapping[str, Any],
        understood: Callable[[Any], Answer],
        timeout_seconds: float = PAGE_TIMEOUT_SECONDS,
    ) -> Answer:
        try:
            answer = self._rpc.call(self.name, method, payload, timeout_seconds=timeout_seconds)
        except Unavailable:
            raise
        except PermanenceError as error:
            raise SourceFailed(self.name, method, error.code) from error
        try:
            return understood(answer)
        except (KeyError, TypeError, ValueError, AttributeError, BadEnvelope):
            raise SourceFailed(self.name, method, "an answer of another form") from None


def _page(answer: Any) -> Page:
    return Page(
        incarnation=UUID(answer["incarnation"]),
        anchor=None if answer["anchor"] is None else place_from_wire(answer["anchor"]),
        events=_events(answer["events"]),
    )


def _events(answer: Any) -> list[Envelope]:
    return [from_wire(event) for event in answer]
