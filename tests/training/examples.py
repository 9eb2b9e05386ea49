"""Requests whose meaning is known: what the second reader learns from.

The labelled sets of ``tests/data``, the passages written for it in ``tests/data/training`` and the
sentences that guard the lexicons of dangers, none of them a real request. What people are called,
where they come from and where they are held says nothing of what they ask, and is left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.intake.domain.normalise import Incoming, default_reference
from services.intake.domain.normalise.normalise import take_apart
from services.intake.domain.normalise.reference import DATA
from services.intake.domain.normalise.resemblance import words_of
from services.intake.domain.normalise.text import fold
from shared.contracts.vocabulary import Channel
from tests.support.normalising import DATA as TEST_DATA
from tests.support.normalising import SAMPLES, UNSEEN, load

SETS: Mapping[str, Path] = {"samples": SAMPLES, **UNSEEN}
PASSAGES = sorted((TEST_DATA / "training").glob("*.jsonl"))
OF_ONE = 0.3  # what a sentence weighs beside a whole request
_SENTENCES = TEST_DATA / "dangers"
# What a situation makes of the urgency by itself (R23, R36, R40).
URGENCY_OF = {
    "minor": "high",
    "retention": "critical",
    "suicide_risk": "critical",
    "trafficking_victim": "critical",
    "violence_or_threat": "critical",
}
LEVELS = {"urgent": {"high", "critical"}, "critical": {"critical"}}
_OF_PRISONS = {"maison", "arret", "centre", "detention", "penitentiaire", "prison", "quartier"}


@dataclass(frozen=True, slots=True)
class Example:
    """A request's words and classes; ``group`` is its set, None of a passage for learning only."""

    group: str | None
    words: Sequence[str]
    classes: frozenset[str]
    weight: float = 1.0


def examples(without: Sequence[str] = ()) -> Iterator[Example]:
    """All records but automatic messages and reminders, which are urgent for what went before;
    those of sets ``without`` left out."""
    reference = default_reference()
    names = names_known()
    for group, path in SETS.items():
        for record in load(path) if group not in without else ():
            item = Incoming(channel=Channel(record["channel"]), raw=record["raw"])
            understood = take_apart(item, reference).understood
            if understood is not None and not record["expected"].get("reminder_of"):
                texts = [reading.loose for reading in understood.readings]
                words = [w for text in texts for w in words_of(text) if w not in names]
                yield Example(group, words, frozenset(_classes(record["expected"])))
    for weight, told in (
        *((1.0, one) for one in _passages()),
        *((OF_ONE, o) for o in _sentences()),
    ):
        words = [w for w in words_of(fold(told["text"], loose=True)) if w not in names]
        yield Example(None, words, frozenset(_classes(told)), weight)


def _passages() -> Iterator[Mapping[str, Any]]:
    for path in PASSAGES:
        yield from load(path)


def _sentences() -> Iterator[Mapping[str, Any]]:
    """The sentences that guard the lexicons, labelled as requests are."""
    for path in sorted(_SENTENCES.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            situation, text = line.split("\t")
            level = URGENCY_OF.get(situation, "normal")
            yield {"text": text, "special_situations": [situation], "urgency": level}
    for path in sorted(_SENTENCES.glob("*.txt")):
        yield from ({"text": line} for line in path.read_text(encoding="utf-8").splitlines())


def _classes(told: Mapping[str, Any]) -> Iterator[str]:
    yield from told.get("special_situations") or ()
    yield from (name for name, levels in LEVELS.items() if told.get("urgency") in levels)


def names_known() -> frozenset[str]:
    """What people, countries and places are called, as ``words_of`` gives it."""
    lines = (DATA / "given_names.txt").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if not line.startswith("#")]
    for file, columns in (
        ("nationalities.csv", ("words",)),
        ("establishments.csv", ("name", "town", "aliases")),
    ):
        with (DATA / file).open(encoding="utf-8", newline="") as rows:
            listed += [row[column] or "" for row in csv.DictReader(rows) for column in columns]
    words = re.findall(r"\w+", " ".join(listed))
    return frozenset(w for word in words for w in words_of(fold(word, loose=True))) - _OF_PRISONS
