"""Between event dataclasses and what the store keeps: one codec a service, old versions raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import UnionType
from typing import Any, Protocol, get_args, get_type_hints
from uuid import UUID

from marshmallow import Schema, ValidationError

from shared.contracts._derive import schema_class
from shared.contracts._dumping import dumper
from shared.contracts._hints import Convert, Unexpected
from shared.contracts._loading import loader
from shared.contracts._shape import JsonSchema, shape_of
from shared.errors import Invalid
from shared.eventstore import NewEvent

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Raises stored data by one version; pure, and total over what that version allowed."""

Steps = Mapping[tuple[str, int], Upcaster]
"""Upcasters by event type and the version that they raise."""


class UnknownEvent(Invalid):
    """A type or version that this release does not know: kept as it is, never guessed."""

    code = "contracts.unknown_event"


class Stored(Protocol):
    """What a decoder needs of a recorded or delivered event."""

    @property
    def type(self) -> str: ...
    @property
    def schema(self) -> int: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
    @property
    def private(self) -> object: ...


@dataclass(frozen=True, slots=True)
class _Known:
    made: type
    version: int
    public: Schema
    private: Schema | None
    subject: str | None
    fast_public: Convert
    fast_private: Convert | None
    dump_public: Convert
    dump_private: Convert | None


class Codec:
    """Encodes and decodes the events of one service.

    ``events`` is the union of its event classes; a class whose shape changed says its version in
    ``SCHEMA: ClassVar[int]`` (1 if absent) and ``upcasters`` raise stored data one version at a
    time: ``{("RequestAssigned", 1): request_assigned_1_to_2}``; ``private_upcasters`` do the same
    for the private part, which stays as it is where none is named. A class with a ``private``
    field names in ``SUBJECT`` the field that holds the subject whose key encrypts it.
    """

    def __init__(
        self,
        events: UnionType | Iterable[type],
        upcasters: Steps | None = None,
        private_upcasters: Steps | None = None,
    ) -> None:
        classes = get_args(events) if isinstance(events, UnionType) else tuple(events)
        self._known = {made.__name__: _known(made) for made in classes}
        self._upcasters = dict(upcasters or {})
        self._private_upcasters = dict(private_upcasters or {})

    def types(self) -> dict[str, int]:
        """Each event type with its newest version."""
        return {name: known.version for name, known in self._known.items()}

    def classes(self) -> tuple[type, ...]:
        """The event classes, in the order of the contract."""
        return tuple(known.made for known in self._known.values())

    def shapes(self, type: str) -> dict[str, JsonSchema | None]:
        """JSON Schemas of the newest version: ``{"data": …, "private": … or None}``."""
        known = self._known_type(type)
        return {
            "data": shape_of(known.public),
            "private": None if known.private is None else shape_of(known.private),
        }

    def encode(self, event: Any, occurred_at: datetime) -> NewEvent:
        """The event as the store takes it; ``occurred_at`` is aware."""
        known = self._known_type(type(event).__name__)
        private = getattr(event, "private", None) if known.private is not None else None
        subject: UUID | None = getattr(event, known.subject) if known.subject else None
        return NewEvent(
            type=type(event).__name__,
            schema=known.version,
            data=known.dump_public(event),
            private=known.dump_private(private) if known.dump_private and private else None,
            subject=subject,
            occurred_at=occurred_at,
        )

    def decode(self, stored: Stored) -> Any:
        """The event as a dataclass; ``private`` is None once its subject is erased.

        Raises UnknownEvent for a type or a newer version that this release does not know, and for
        data that does not fit its schema.
        """
        known = self._known_type(stored.type)
        data = self._raise_version(stored, known.version)
        private = None
        if known.private is not None and isinstance(stored.private, Mapping):
            private = self.raised_private(stored.type, stored.schema, dict(stored.private))
        try:
            return _fast(known, data, private)
        except Unexpected:
            pass  # the schema will say in what
        try:
            event = known.public.load(data)
            if known.private is not None and private is not None:
                object.__setattr__(event, "private", known.private.load(private))
        except ValidationError as error:
            raise UnknownEvent(
                f"{stored.type}: stored data does not fit version {known.version} of its schema "
                f"in {', '.join(sorted(map(str, error.messages_dict)))}; add an upcaster"
            ) from None
        return event

    def raised_private(self, type: str, schema: int, private: dict[str, Any]) -> dict[str, Any]:
        """The private part of an event stored at version ``schema``, raised to the newest."""
        for version in range(schema, self._known_type(type).version):
            private = self._private_upcasters.get((type, version), dict)(private)
        return private

    def _known_type(self, name: str) -> _Known:
        try:
            return self._known[name]
        except KeyError:
            raise UnknownEvent(
                f"type: {name} is not an event of this release; upgrade the service"
            ) from None

    def _raise_version(self, stored: Stored, newest: int) -> dict[str, Any]:
        data = dict(stored.data)
        if stored.schema > newest:
            raise UnknownEvent(
                f"{stored.type}: version {stored.schema} is newer than {newest}, "
                "the newest that this release knows; upgrade the service"
            )
        for version in range(stored.schema, newest):
            upcaster = self._upcasters.get((stored.type, version))
            if upcaster is None:
                raise UnknownEvent(
                    f"{stored.type}: nothing raises version {version}; add an upcaster"
                )
            data = upcaster(data)
        return data


def _fast(known: _Known, data: dict[str, Any], private: dict[str, Any] | None) -> Any:
    """The event as the schemas would load it, or Unexpected."""
    event = known.fast_public(data)
    if known.fast_private is not None and private is not None:
        object.__setattr__(event, "private", known.fast_private(private))
    return event


def _dump(fast: Convert, schema: Schema) -> Convert:
    """The fast way; what is not as annotated goes through the schema."""

    def dump(part: Any) -> Any:
        try:
            return fast(part)
        except Unexpected:
            return schema.dump(part)

    return dump


def _known(made: type) -> _Known:
    hints = get_type_hints(made)
    private = hints.get("private")
    inner = next((part for part in get_args(private) if part is not type(None)), None)
    if private is not None and inner is None:
        raise TypeError(f"{made.__name__}.private: must be optional, for persons are erased")
    apart = frozenset({"private"}) if inner else frozenset()
    public = schema_class(made, apart)()
    private_schema = schema_class(inner)() if inner else None
    return _Known(
        made=made,
        version=getattr(made, "SCHEMA", 1),
        public=public,
        private=private_schema,
        subject=getattr(made, "SUBJECT", None),
        fast_public=loader(made, apart),
        fast_private=loader(inner) if inner else None,
        dump_public=_dump(dumper(made, apart), public),
        dump_private=_dump(dumper(inner), private_schema) if inner and private_schema else None,
    )
