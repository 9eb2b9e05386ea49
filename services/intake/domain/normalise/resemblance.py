"""What a request resembles by its words as a whole, whatever no rule found in any one of them.

A linear model (logistic regression on the weights of words, "bag of words" with tf-idf) learnt from
requests whose meaning is known: each word of `data/resemblance.csv` speaks for or against a class by
its weight, and the sum says how much the text resembles those of the class. It is a second reader,
who can be wrong: a person looks at what it alone has seen.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import mul
from pathlib import Path
from typing import Any

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.patience import go_on
from services.intake.domain.normalise.text import Folded, latin_letters

WORD_BEGINNING = 7  # letters: the endings of a word tell little of what it is about
FEWEST_WORDS = 20  # known ones; a line or two resemble anything
MOST_WORDS = 20_000
RULE = "resembles"
SURE = 0.5  # at most: what resembles a danger may be none
_WORD = re.compile(r"[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Likeness:
    """A class that a text resembles, and the sentence that says most for it."""

    name: str
    hit: Hit


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    bias: float
    least: float


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The words known, by their beginnings: how rare each is, and its weight in each class."""

    rarity: Mapping[str, float]
    weights: Mapping[str, Sequence[float]]
    classes: Sequence[_Class]

    def of(self, texts: Sequence[Folded]) -> Iterator[Likeness]:
        """The classes that ``texts``, folded loosely, resemble more than calm ones do."""
        values = self._values(texts)
        if len(values) < FEWEST_WORDS:
            return
        columns = zip(*(self.weights[word] for word in values), strict=True)
        for number, (one, column) in enumerate(zip(self.classes, columns, strict=True)):
            score = one.bias + sum(map(mul, column, values.values()))
            likeness = 1 / (1 + math.exp(-score))
            if likeness >= one.least:
                speaks = {word: self.weights[word][number] * values[word] for word in values}
                yield Likeness(one.name, _telling(texts, speaks, likeness))

    def _values(self, texts: Sequence[Folded]) -> Mapping[str, float]:
        """The known words of ``texts``, each by how often it stands there and how rare it is."""
        times = Counter(word for text in texts for word in words_of(text) if word in self.rarity)
        values = {w: (1 + math.log(n)) * self.rarity[w] for w, n in times.items()}
        length = math.sqrt(sum(value * value for value in values.values())) or 1.0
        return {word: value / length for word, value in values.items()}


def words_of(text: Folded) -> Iterator[str]:
    """The beginnings of its words, in Latin letters."""
    go_on()
    return islice(_beginnings(text.text), MOST_WORDS)


def _beginnings(folded: str) -> Iterator[str]:
    found = _WORD.finditer(latin_letters(folded).lower())
    return (match.group(0)[:WORD_BEGINNING] for match in found)


def _telling(texts: Sequence[Folded], speaks: Mapping[str, float], likeness: float) -> Hit:
    """The sentence whose words speak most for a class."""
    _, text, start, end = max(
        (
            (_sum(text.text[start:end], speaks), text, start, end)
            for text in texts
            for start, end in _sentences(text)
        ),
        key=lambda found: found[0],
    )
    return Hit(RULE, start, end, text.words(start, end), round(SURE * likeness, 2))


def _sentences(text: Folded) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text.text):
        start, end = text.sentence(at)
        yield start, end
        at = max(end, at + 1)


def _sum(part: str, speaks: Mapping[str, float]) -> float:
    return sum(speaks.get(word, 0.0) for word in set(_beginnings(part)))


def resemblance_of(classes: Iterable[Mapping[str, Any]], words: Path) -> Resemblance:
    """What its data files tell; ``words`` has a column for each class. Raises ValueError if not."""
    with words.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    listed = [_Class(one["name"], one["bias"], one["least"]) for one in classes]
    try:
        return Resemblance(
            rarity={row["word"]: float(row["rarity"]) for row in rows},
            weights={row["word"]: [float(row[c.name] or 0) for c in listed] for row in rows},
            classes=listed,
        )
    except KeyError as error:
        raise ValueError(f"{words.name}: no column {error}") from None
