"""Which request, person and stream an item belongs to: the same key gives the same ids."""

from __future__ import annotations

from uuid import UUID, uuid5

from shared.contracts.vocabulary import Channel

_REQUESTS = UUID("6b2f9a54-6f0c-5f59-9c0f-4d0f6f1f7c11")  # drawn once; never to be altered
_PERSON = "person"


def request_id_for(
    register: str, channel: Channel, external_id: str | None, otherwise: UUID
) -> UUID:
    """The request that an item becomes (R1).

    The same technical key in the same register and channel meets on the same id, whoever handles
    it and when (R21); an item without a key takes the id drawn for it.
    """
    if external_id is None:
        return otherwise
    return uuid5(_REQUESTS, "\x1f".join((register, channel.value, external_id)))


def person_id_for(request_id: UUID) -> UUID:
    """The subject of a request: one each, for persons are never merged by themselves (R20)."""
    return uuid5(request_id, _PERSON)


def imported_id_for(register: str, alias: str) -> UUID:
    """The request known elsewhere as ``alias``."""
    return uuid5(_REQUESTS, "\x1f".join((register, "alias", alias)))


def stream_of(request_id: UUID) -> str:
    """The stream of a request."""
    return f"request-{request_id}"


def person_stream_of(person_id: UUID) -> str:
    """The stream of a person."""
    return f"person-{person_id}"
