"""The events as an AsyncAPI 3.0 document: a channel a source, an operation a subscription."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from shared.contracts.codec import Codec

_PLACE = {
    "type": "array",
    "description": "Position and digest of an event.",
    "prefixItems": [{"type": "integer"}, {"type": "string"}],
}
_ENVELOPE: Mapping[str, Any] = {
    "type": "object",
    "description": "What carries an event; unknown fields are to be ignored.",
    "required": [
        "format", "source", "incarnation", "partition", "position", "previous", "stream",
        "version", "type", "schema", "data", "metadata", "occurred_at", "recorded_at", "digest",
    ],
    "properties": {
        "format": {"type": "integer", "const": 1},
        "source": {"type": "string", "description": "The service whose log holds it."},
        "incarnation": {
            "type": "string",
            "format": "uuid",
            "description": "Which life of the log; another one after a restore.",
        },
        "partition": {"type": "integer", "minimum": 0, "maximum": 7},
        "position": {"type": "integer", "minimum": 1, "description": "In the log; has holes."},
        "previous": {
            **_PLACE,
            "description": "Position and digest of the event before it in its partition.",
        },
        "stream": {"type": "string"},
        "version": {"type": "integer", "minimum": 1, "description": "In the stream; no holes."},
        "type": {"type": "string"},
        "schema": {"type": "integer", "minimum": 1, "description": "Version of the data's shape."},
        "data": {"type": "object"},
        "private": {
            "type": ["string", "null"],
            "contentEncoding": "base64",
            "description": "Ciphertext of the private part under the subject's key.",
        },
        "subject": {"type": ["string", "null"], "format": "uuid"},
        "metadata": {
            "type": "object",
            "properties": {
                "correlation_id": {"type": "string"},
                "causation_id": {"type": "string"},
                "actor": {"type": "string"},
            },
        },
        "occurred_at": {"type": "string", "format": "date-time"},
        "recorded_at": {"type": "string", "format": "date-time"},
        "digest": {"type": "string", "description": "SHA-256 of the chain, hexadecimal."},
    },
}  # fmt: skip


class _Plain(yaml.SafeDumper):  # type: ignore[misc]  # yaml ships no types
    """Without anchors: each part is written out where it stands."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def asyncapi_yaml(codecs: Mapping[str, Codec], readers: Mapping[tuple[str, str], list[str]]) -> str:
    """The document; ``readers`` says by (service, event type) who reads it."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "permanence",
            "version": "1.0.0",
            "description": "Events of the services; written by `make docs`, see events.md.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_channel(service): _events(service, codecs[service]) for service in codecs},
        "operations": dict(_operations(codecs, readers)),
        "components": {
            "messages": {
                f"{service}.{type_}": _message(service, codec, type_, version)
                for service, codec in codecs.items()
                for type_, version in codec.types().items()
            },
            "schemas": {"Envelope": dict(_ENVELOPE)} | _schemas(codecs),
        },
    }
    text: str = yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)
    return text


def _channel(service: str) -> str:
    return f"{service}.events"


def _events(service: str, codec: Codec) -> dict[str, Any]:
    name = _channel(service)
    return {
        "address": name,
        "description": f"The log of {service}, in order by partition; the key is the event's type.",
        "messages": {
            type_: {"$ref": f"#/components/messages/{service}.{type_}"} for type_ in codec.types()
        },
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": name, "type": "topic", "durable": True, "vhost": "/"},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operations(
    codecs: Mapping[str, Codec], readers: Mapping[tuple[str, str], list[str]]
) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for service, codec in codecs.items():
        told = list(codec.types())
        summary = f"The relay of {service} publishes what was appended, at least once."
        found.append((f"{service}.publishes", _operation("send", service, told, summary)))
        for consumer in sorted(
            {who for type_ in told for who in readers.get((service, type_), ())}
        ):
            heard = [type_ for type_ in told if consumer in readers.get((service, type_), ())]
            summary = f"{consumer} handles each once, from the queue {consumer}.from.{service}."
            name = f"{consumer}.hears.{service}"
            found.append((name, _operation("receive", service, heard, summary)))
    return found


def _operation(action: str, service: str, told: list[str], summary: str) -> dict[str, Any]:
    channel = f"#/channels/{_channel(service)}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "summary": summary,
        "messages": [{"$ref": f"{channel}/messages/{type_}"} for type_ in told],
    }


def _message(service: str, codec: Codec, type_: str, version: int) -> dict[str, Any]:
    name = f"{type_}.v{version}"
    made = next(made for made in codec.classes() if made.__name__ == type_)
    message = {
        "name": type_,
        "title": f"{type_}, version {version}",
        "summary": " ".join((made.__doc__ or "").replace("``", "`").split()),
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "properties": {
                        "source": {"const": service},
                        "type": {"const": type_},
                        "schema": {"const": version},
                        "data": {"$ref": f"#/components/schemas/{name}"},
                    },
                },
            ]
        },
    }
    if codec.shapes(type_)["private"] is not None:
        message["x-private"] = {"$ref": f"#/components/schemas/{name}.private"}
    return message


def _schemas(codecs: Mapping[str, Codec]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for codec in codecs.values():
        for type_, version in codec.types().items():
            shapes = codec.shapes(type_)
            found[f"{type_}.v{version}"] = shapes["data"]
            if shapes["private"] is not None:
                found[f"{type_}.v{version}.private"] = shapes["private"]
    return found
