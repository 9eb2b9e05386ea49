"""Our errors across RPC: matched by kind and code, never by a class path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg
from marshmallow import ValidationError

from shared.errors import Conflict, Invalid, PermanenceError, Refused, Unavailable
from shared.forms import field_errors

INTERNAL = "internal"
_KINDS: Mapping[str, type[PermanenceError]] = {
    "refused": Refused,
    "invalid": Invalid,
    "conflict": Conflict,
    "unavailable": Unavailable,
}


class WireError(Exception):
    """An error on its way: its text is a JSON object of kind, code, message and fields."""


def to_wire_error(error: BaseException) -> WireError:
    """What the caller may know: our own errors as they are, of others that they happened."""
    if isinstance(error, ValidationError):
        error = Invalid("payload: some fields are not understood", field_errors(error))
    elif isinstance(error, psycopg.OperationalError):
        error = Unavailable("database: does not answer; retry later")
    kind = next((name for name, base in _KINDS.items() if isinstance(error, base)), INTERNAL)
    ours = isinstance(error, PermanenceError)
    facts = {
        "kind": kind,
        "code": error.code if isinstance(error, PermanenceError) else "permanence.internal",
        "message": str(error) if ours else "the service failed; its log says why",
        "fields": error.fields if isinstance(error, Invalid) else {},
    }
    return WireError(json.dumps(facts, ensure_ascii=False))


def from_wire_error(error: Mapping[str, Any], *, service: str, method: str) -> PermanenceError:
    """The error to raise at the caller: the class of its kind, the code of its origin."""
    where = f"{service}.{method}"
    try:
        facts = json.loads(error.get("value") or "")
        kind, code, message = facts["kind"], facts["code"], facts["message"]
    except (ValueError, TypeError, KeyError):
        return _foreign(str(error.get("exc_type")), where)
    base = _KINDS.get(kind, PermanenceError)
    made: type[PermanenceError] = type(base.__name__, (base,), {"code": code})
    if issubclass(made, Invalid):
        return made(message, facts.get("fields"))
    return made(message)


def _foreign(name: str, where: str) -> PermanenceError:
    if name in {"MethodNotFound", "IncorrectSignature", "MalformedRequest"}:
        return Invalid(
            f"method: {where} does not take that call ({name}); upgrade caller or service"
        )
    return PermanenceError(f"method: {where} failed ({name}); its log says why")
