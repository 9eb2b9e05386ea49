"""A pattern that reads loosely folded text, where no letter is doubled, must not ask for one."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain import normalise
from services.intake.domain.normalise.needles import Finder
from tests.support.normalising import load, normalised

_SETS = sorted((Path(__file__).resolve().parents[3] / "data" / "unseen").glob("*.jsonl"))
_ASKED = re.compile(r"(?<!\\)([a-z])\1(?![?*])")
_DOUBLED = re.compile(r"([a-z])\1")
_LONG = 40  # characters that hardly stand without a doubled letter, if doubled ones may stand
_OFTEN = 10


class _Watched:
    """A pattern that counts the longer texts it is searched in, and those with a doubled letter."""

    def __init__(self, pattern: re.Pattern[str], name: str, read: Counter[tuple[str, bool]]):
        self._pattern = pattern
        self._name = name
        self._read = read

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._pattern, method)
        if not callable(found):
            return found

        def watched(*arguments: Any) -> Any:
            text = arguments[1 if method in ("sub", "subn") else 0]
            if len(text) > _LONG:
                self._read[self._name, bool(_DOUBLED.search(text))] += 1
            return found(*arguments)

        return watched


def _is_text_pattern(value: Any) -> bool:
    """A compiled pattern, and not one of bytes, which are never folded."""
    return isinstance(value, re.Pattern) and isinstance(value.pattern, str)


def test_no_pattern_asks_for_a_doubled_letter_where_none_can_stand(
    monkeypatch: pytest.MonkeyPatch,
):
    read: Counter[tuple[str, bool]] = Counter()
    watched = 0
    for found in pkgutil.iter_modules(normalise.__path__):
        module = importlib.import_module(f"{normalise.__name__}.{found.name}")
        for name, value in list(vars(module).items()):
            where = f"{found.name}.{name}"
            if _is_text_pattern(value) and _ASKED.search(value.pattern):
                monkeypatch.setattr(module, name, _Watched(value, where, read))
                watched += 1
            elif isinstance(value, Finder):
                patterns = [
                    _Watched(one, where, read)
                    if isinstance(one, re.Pattern) and _ASKED.search(one.pattern)
                    else one
                    for one in value.ways
                ]
                monkeypatch.setattr(value, "ways", patterns)
    for path in _SETS:
        for record in load(path)[::3]:
            normalised(record)

    assert watched > 30
    loose = {
        name
        for (name, doubled), times in read.items()
        if not doubled and times >= _OFTEN and not read[name, True]
    }
    assert sorted(loose) == []
