"""Which natures of a deadline a rule may count: the tie between them, as data."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines._rules import DATA, RuleTableError, rule, rules

Ties = Mapping[str, tuple[DeadlineKind, ...]]
_KINDS = {kind.value: kind for kind in DeadlineKind}


def kinds_of(rule_id: str) -> tuple[DeadlineKind, ...]:
    """The natures that a rule may count, the usual one first; raises UnknownRule."""
    return _ties()[rule(rule_id).id]


def rules_for(kind: DeadlineKind) -> tuple[str, ...]:
    """The rules by which a deadline of that nature may be counted, those meant for it first."""
    fit = [name for name, kinds in _ties().items() if kind in kinds]
    return tuple(sorted(fit, key=lambda name: _ties()[name].index(kind)))


def load_ties(path: Path) -> Ties:
    """The ties of a table; raises RuleTableError naming the file, the line and the remedy."""
    found: dict[str, tuple[DeadlineKind, ...]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            name, words = row["rule_id"], row["kinds"].split()
            where = f"{path.name} line {reader.line_num}"
            if name not in rules() or name in found:
                raise RuleTableError(f"{where}: rule_id: {name!r} is no rule, or stands twice")
            if not words or (wrong := [word for word in words if word not in _KINDS]):
                told = ", ".join(wrong) if words else "empty"
                raise RuleTableError(f"{where}: kinds: {told}; use {', '.join(_KINDS)}")
            found[name] = tuple(_KINDS[word] for word in words)
    if missing := sorted(rules().keys() - found.keys()):
        raise RuleTableError(f"{path.name}: no line for {', '.join(missing)}; add one each")
    return found


@cache
def _ties() -> Ties:
    return load_ties(DATA / "rule_kinds.csv")
