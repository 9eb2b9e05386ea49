"""Compares normalised requests with the results expected of them, field by field.

Exact fields count as right or wrong; sets (topics, special situations, deadline kinds) as F1;
``unsafe`` lists the records where a mistake can hurt somebody: an urgent one rated lower, one for
the desk sent to a team, a danger or a deadline unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LEVEL = {"low": 0, "normal": 1, "high": 2, "critical": 3}
EXACT = (
    "state", "channel", "received_on", "written_on", "posted_on", "establishment", "language",
    "urgency", "answer_due_on", "requester.kind", "requester.relation", "person_concerned.given",
    "person_concerned.family", "person_concerned.detention_number", "person_concerned.born_on",
    "routing.unit", "routing.rule", "routing.reason",
)  # fmt: skip
DANGERS = {
    "suicide_risk", "violence_or_threat", "minor", "no_mail_to_prison", "retention",
    "trafficking_victim",
}  # fmt: skip
Record = Mapping[str, Any]


def deadline_kinds(record: Record) -> set[Any]:
    return {d.get("kind") for d in record.get("deadlines") or []}


SETS: dict[str, Callable[[Record], set[Any]]] = {
    "topics": lambda r: set(r.get("topics") or []),
    "special_situations": lambda r: set(r.get("special_situations") or []),
    "inform": lambda r: set((r.get("routing") or {}).get("inform") or []),
    "deadline kinds": deadline_kinds,
    "deadline triggers": lambda r: {
        (d.get("kind"), str(d.get("trigger_on") or "")[:10]) for d in r.get("deadlines") or []
    },
}


@dataclass
class Report:
    """Shares of right fields (0 to 1), F1 of the sets, and the ids that are wrong or unsafe."""

    exact: dict[str, float] = field(default_factory=dict)
    f1: dict[str, float] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    unsafe: dict[str, list[str]] = field(default_factory=dict)


def value_at(record: Any, path: str) -> Any:
    """The value at a dotted path, text without case and outer blanks."""
    for key in path.split("."):
        record = (record or {}).get(key) if isinstance(record, dict) else None
    return record.casefold().strip() if isinstance(record, str) else record


def f1(pairs: Iterable[tuple[set[Any], set[Any]]]) -> float:
    """F1 over all pairs (wanted, got) taken together; 1.0 where nothing was wanted nor got."""
    pairs = list(pairs)
    hit = sum(len(want & got) for want, got in pairs)
    total = sum(len(want) + len(got) for want, got in pairs)
    return 1.0 if total == 0 else 2 * hit / total


def why_unsafe(want: Record, got: Record) -> list[str]:
    """The reasons why ``got`` can hurt somebody, compared with ``want``."""
    why = []
    level = LEVEL.get(str(want.get("urgency")), 0)
    if level >= 2 and LEVEL.get(str(got.get("urgency")), -1) < level:
        why.append(f"urgency {got.get('urgency')} instead of {want['urgency']}")
    unit = str(value_at(got, "routing.unit") or "")
    if value_at(want, "routing.unit") == "desk" and unit.startswith("team"):
        why.append("sent to a team instead of the desk")
    missed = SETS["special_situations"](want) - SETS["special_situations"](got)
    if missed & DANGERS:
        why.append("unseen: " + ", ".join(sorted(missed)))
    unseen = deadline_kinds(want) - deadline_kinds(got)
    excused = got.get("deadlines") or got.get("state") == "needs_review"
    if unseen and level >= 2 and not excused:
        why.append("no deadline seen: " + ", ".join(sorted(map(str, unseen))))
    return why


def score(expected: Mapping[str, Record], got: Mapping[str, Record]) -> Report:
    """Compare results with expectations, both by id."""
    report = Report()
    pairs = [(key, want, got.get(key, {})) for key, want in expected.items()]
    for path in EXACT:
        wrong = [k for k, e, g in pairs if value_at(e, path) != value_at(g, path)]
        report.exact[path] = 1 - len(wrong) / len(pairs)
        if wrong:
            report.wrong[path] = wrong
    for name, take in SETS.items():
        report.f1[name] = f1((take(e), take(g)) for _, e, g in pairs)
        wrong = [k for k, e, g in pairs if take(e) != take(g)]
        if wrong:
            report.wrong[name] = wrong
    for key, want, result in pairs:
        why = why_unsafe(want, result) if result else ["no answer"]
        if why:
            report.unsafe[key] = why
    return report
