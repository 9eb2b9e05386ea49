"""The reference data reads the same whether made anew or taken from where it is kept."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    default_reference,
    load_reference,
    normalise,
)
from services.intake.domain.normalise.begun import AnyPattern, WordPattern, word_pattern
from services.intake.domain.normalise.needles import Finder
from services.intake.domain.normalise.reference import DATA
from shared.contracts.vocabulary import Channel
from tests.support.normalising import SAMPLES, load


def test_a_kept_reference_reads_like_a_new_one():
    new = load_reference(DATA)
    kept = pickle.loads(pickle.dumps(new))  # noqa: S301 - written a line above

    for record in load(SAMPLES):
        item = Incoming(channel=Channel(record["channel"]), raw=record["raw"])
        assert normalise(item, known=KnownList([]), reference=kept) == normalise(
            item, known=KnownList([]), reference=new
        )


@pytest.mark.parametrize("pattern", [r"\bl(?=e)", "le", r"\ble|la"])
def test_a_kept_pattern_matches_where_it_did(pattern):
    for new in (word_pattern(pattern), AnyPattern(pattern)):
        kept = pickle.loads(pickle.dumps(new))  # noqa: S301 - written a line above
        for text in ("le la", "ale xle", "été éle lala"):
            assert [m.span() for m in kept.finditer(text)] == [m.span() for m in new.finditer(text)]


def test_every_pattern_of_the_lexicons_can_be_compiled():
    patterns = list(_patterns(default_reference(), set()))

    assert len(patterns) > 10_000
    for pattern in patterns:
        assert pattern.compiled.pattern == pattern.pattern


def _patterns(value: Any, seen: set[int]) -> Iterator[AnyPattern | WordPattern]:
    """All that are compiled late, wherever in ``value`` they are."""
    if id(value) in seen or isinstance(value, str | bytes):
        return
    seen.add(id(value))
    if isinstance(value, AnyPattern | WordPattern):
        yield value
    elif isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            yield from _patterns(one, seen)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _patterns(one, seen)
    elif isinstance(value, Finder) or hasattr(value, "__dataclass_fields__"):
        names = vars(value) if isinstance(value, Finder) else value.__dataclass_fields__
        for name in names:
            yield from _patterns(getattr(value, name), seen)
    elif type(value).__module__.startswith("services.") and hasattr(value, "__dict__"):
        yield from _patterns(vars(value), seen)
