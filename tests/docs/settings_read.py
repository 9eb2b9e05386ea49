"""Finds every setting that the code reads: names in calls, and ``PERMANENCE_…`` in its texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[2]
_SERVICES = ("INTAKE", "ROUTING", "FOLLOWUP", "NOTIFICATIONS", "DESK")
_MAIL = ("SMTP", "SECOND_SMTP")
_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\Z")
_WHOLE = re.compile(r"PERMANENCE_([A-Z0-9]+(?:_[A-Z0-9]+)*)")
# What may stand in the blank of a name that is put together, by what follows the blank.
_BLANKS = {
    "_DSN": (*_SERVICES, "KEYRING"),
    "_OWNER_DSN": (*_SERVICES, "KEYRING"),
    "_LISTEN": ("SMTP", "LMTP"),
    **dict.fromkeys(
        ("_HOST", "_PORT", "_SECURITY", "_TIMEOUT_SECONDS", "_USER", "_PASSWORD"), _MAIL
    ),
}


def settings_read() -> set[str]:
    """The names without ``PERMANENCE_``."""
    found: set[str] = set()
    for folder in ("services", "shared"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found.update(_in_calls(ast.parse(text)))
            found.update(name.removesuffix("_FILE") for name in _WHOLE.findall(text))
    return found


def _in_calls(tree: ast.AST) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for argument in _naming(call):
            yield from _names(argument)


def _naming(call: ast.Call) -> list[ast.expr]:
    """Where a call names a setting: ``env.get(…)``, ``_number(env, …)`` and the like."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr in {"get", "require"}:
        return call.args[:1] if _is_environment(function.value) else []
    return call.args[1:2] if call.args and _is_environment(call.args[0]) else []


def _is_environment(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name in {"env", "environment", "settings", "_environment"}


def _names(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and _is_name(node.value):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield from _put_together(node)


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(_NAME.match(value)) and value not in _MAIL


def _put_together(text: ast.JoinedStr) -> Iterator[str]:
    *_, last = text.values
    ending = str(last.value) if isinstance(last, ast.Constant) else ""
    if ending not in _BLANKS:
        raise AssertionError(f"{ast.unparse(text)}: say in _BLANKS what its blank may be")
    yield from (f"{name}{ending}" for name in _BLANKS[ending])
