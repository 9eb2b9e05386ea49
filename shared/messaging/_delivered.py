"""What a handler is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from shared.eventstore import Erased, Position, Version, unseal
from shared.messaging._envelope import Envelope
from shared.privacy import Keyring
from shared.tracing import TRACEPARENT


class Delivered(NamedTuple):
    """An event of another service; ``event`` is its dataclass, whose ``private`` is None once
    erased, and for a subscription that does not read it.

    ``replay``: an admin delivers it again; nothing may leave for the outside because of it.
    """

    source: str
    partition: int
    position: Position
    stream: str
    version: Version
    type: str
    metadata: dict[str, Any]
    recorded_at: datetime
    occurred_at: datetime
    event: Any
    replay: bool = False


def caused_by(delivered: Delivered, *, actor: str | None = None) -> dict[str, Any]:
    """Metadata for an event appended because of ``delivered``: same correlation, same trace."""
    cause = f"{delivered.source}/{delivered.position}"
    metadata = {
        "correlation_id": delivered.metadata.get("correlation_id", cause),
        "causation_id": cause,
    }
    if traceparent := delivered.metadata.get(TRACEPARENT):
        metadata[TRACEPARENT] = traceparent
    return metadata if actor is None else metadata | {"actor": actor}


class Decoder(Protocol):
    """Turns what is stored into an event dataclass; ``shared.contracts.codec.Codec`` is one."""

    def types(self) -> Mapping[str, int]: ...
    def decode(self, stored: Any) -> Any: ...


class _Opened(NamedTuple):
    """An envelope whose private part was decrypted, as a decoder takes it."""

    type: str
    schema: int
    data: Mapping[str, Any]
    private: Mapping[str, Any] | Erased | None


class Opening:
    """Decrypts and decodes envelopes; ``only``: the types that the handler wants (None: all).

    One of a type that the decoder does not know is opened as well, which fails.
    Without ``reads_private`` no key is asked for; the private part is None, as of the erased.
    """

    def __init__(
        self,
        decoder: Decoder,
        keyring: Keyring,
        *,
        only: frozenset[str] | None = None,
        reads_private: bool = True,
    ) -> None:
        self._decoder = decoder
        self._keyring = keyring
        self._not_wanted = frozenset(() if only is None else decoder.types()).difference(only or ())
        self._reads_private = reads_private

    def wanted(self, envelopes: Sequence[Envelope]) -> list[Envelope]:
        """Those of a type that the handler asked for, or that this release does not know."""
        return [envelope for envelope in envelopes if envelope.type not in self._not_wanted]

    def can_read(self, envelope: Envelope) -> bool:
        """Whether this release reads the event, all of it."""
        try:
            self.open(self.wanted([envelope]))
        except Exception:  # whatever it is, a retry would meet it, too
            return False
        return True

    def open(self, envelopes: Sequence[Envelope], *, replay: bool = False) -> list[Delivered]:
        """The events; raises what the codec or the keyring raises for one that cannot be read."""
        if self._reads_private:
            self._keyring.prefetch(
                envelope.subject
                for envelope in envelopes
                if envelope.private is not None and envelope.subject is not None
            )
        return [self._open(envelope, replay) for envelope in envelopes]

    def _open(self, envelope: Envelope, replay: bool) -> Delivered:
        private: Mapping[str, Any] | Erased | None = None
        sealed = envelope.private if self._reads_private else None
        if sealed is not None and envelope.subject is not None:
            private = unseal(
                self._keyring,
                sealed,
                stream=envelope.stream,
                type=envelope.type,
                subject=envelope.subject,
            )
        opened = _Opened(
            type=envelope.type, schema=envelope.schema, data=envelope.data, private=private
        )
        return Delivered(
            source=envelope.source,
            partition=envelope.partition,
            position=envelope.position,
            stream=envelope.stream,
            version=envelope.version,
            type=envelope.type,
            metadata=envelope.metadata,
            recorded_at=envelope.recorded_at,
            occurred_at=envelope.occurred_at,
            event=self._decoder.decode(opened),
            replay=replay,
        )
