"""No pattern repeats without an end what a text may repeat without one."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as op
from re import _parser
from typing import Any

import pytest

from services.intake.domain import normalise
from services.intake.domain.normalise.bounded import MOST_CHARACTERS, MOST_TIMES, bounded

FOLDER = Path(normalise.__file__).parent
CHARACTERS = [chr(code) for code in range(0x250)] + list("абвЯ’‑–—“”…€؟،ا中。\u200b\u2003")
# Lines of a file that come from the project itself, never from an item.
OF_PATTERNS = {"bounded", "begun", "choices", "needles", "lexicon", "reference"}
REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}


def endless(pattern: str, flags: int = 0) -> list[str]:
    """What ``pattern`` repeats without end, but for runs of one kind, which texts do not have."""
    return list(_endless(_parser.parse(pattern, flags), flags))


def _endless(parsed: Any, flags: int) -> Iterator[str]:
    for kind, value in parsed:
        if kind in REPEATS and value[1] is op.MAXREPEAT and not _of_one_kind(value[2]):
            yield f"{kind} of {value[2]}"
        for inner in _inside(kind, value):
            yield from _endless(inner, flags)


def _inside(kind: Any, value: Any) -> list[Any]:
    if kind in REPEATS:
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.ATOMIC_GROUP:
        return [value]
    if kind is op.BRANCH:
        return list(value[1])
    return [value[1]] if kind in {op.ASSERT, op.ASSERT_NOT} else []


def _of_one_kind(repeated: Any) -> bool:
    """Is it a character of words, or one of gaps, and not one of both?"""
    if len(repeated) != 1:
        return False
    (kind, value), *_ = repeated
    if kind is op.GROUPREF:
        return True
    if kind is op.LITERAL:
        return True
    if kind is not op.IN:
        return False
    negated = (op.NEGATE, None) in value
    accepted = [c for c in CHARACTERS if any(_takes(o, a, c) for o, a in value) != negated]
    return len({bool(re.match(r"\w", c)) for c in accepted}) <= 1


def _takes(kind: Any, value: Any, character: str) -> bool:
    if kind is op.LITERAL:
        return ord(character) == value
    if kind is op.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    if kind is op.CATEGORY:
        name = str(value).removeprefix("CATEGORY_")
        letter = name.removeprefix("NOT_")[0].lower()
        return bool(
            re.match(rf"\{letter.upper() if name.startswith('NOT_') else letter}", character)
        )
    return False


def _modules() -> Iterator[str]:
    for found in pkgutil.walk_packages([str(FOLDER)], f"{normalise.__name__}."):
        if found.name.rpartition(".")[2] not in OF_PATTERNS:
            yield found.name


@pytest.mark.parametrize("name", list(_modules()))
def test_the_patterns_of_a_module_end(name):
    module = importlib.import_module(name)
    compiled = [p for p in vars(module).values() if isinstance(p, re.Pattern)]
    found = {p.pattern: endless(p.pattern, p.flags) for p in compiled}
    found |= {p: endless(p) for p in _written_in_calls(Path(module.__file__ or ""))}
    assert {p: e for p, e in found.items() if e} == {}


def _written_in_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        of_re = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr not in {"escape", "compile"}
        )
        if of_re and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


@pytest.mark.parametrize(
    ("written", "ended"),
    [
        ("(?:de |du )*x", f"(?:de |du ){{0,{MOST_TIMES}}}x"),
        ("(?:a)+?", f"(?:a){{1,{MOST_TIMES}}}?"),
        (r"[\d .]{3,}", rf"[\d .]{{3,{MOST_CHARACTERS}}}"),
        ("a.*b", f"a.{{0,{MOST_CHARACTERS}}}b"),
        (r"[^\]]*", rf"[^\]]{{0,{MOST_CHARACTERS}}}"),
        (r"\w+ a*\)*\.+", r"\w+ a*\)*\.+"),
        ("[a-z]{2,3}(?: x){1,4}", "[a-z]{2,3}(?: x){1,4}"),
    ],
)
def test_a_lexicon_needs_no_end_for_what_it_repeats(written, ended):
    assert bounded(written) == ended
    assert endless(bounded(written)) == []
