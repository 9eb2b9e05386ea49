"""Learns the lexicons' `resemblance.csv` and `.toml` from the examples; ``make train`` runs it.

How well a class is seen in sets that it was not learnt from is told, and written down.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import spmatrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from services.intake.domain.normalise.reference import DATA
from shared.contracts.vocabulary import SpecialSituation
from tests.training.examples import LEVELS, Example, examples

FOLDS = 5
FEWEST = 12  # requests of a class in the sets, to learn it
FEWEST_SETS = 2  # that have a word
STRENGTH = 10.0  # inverse of the regularisation
LIGHT = 0.05  # a weight that changes nothing
# Of a hundred requests that are of no such class, how many may be taken for one; for a situation,
# of calm ones: a danger taken for another is read in time.
FALSE_IN_100 = {"urgent": 2.0, "critical": 0.5}
FALSE_IN_100_ELSE = 1.0
MISSED = (
    0.05  # of the requests of a class, if that spares others: what is like no other is easily seen
)
CLASSES = (*SpecialSituation, *LEVELS)
_HEAD = """\
# Learnt by `make train`. `least` is how much a text must resemble a class, from 0 to 1; `seen`: the
# share of its `examples` in the sets that a model learnt from other sets sees, where it takes
# `false_in_100` of a hundred others (for situations: calm ones) for one.
learnt_from = {count}
"""
_CLASS = """
[[class]]
name = "{name}"
bias = {bias:.3f}
least = {least:.3f}
examples = {examples}
seen = {seen:.2f}
false_in_100 = {allowed}
"""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A class: a weight for each word, and how well it is seen."""

    name: str
    weights: np.ndarray
    bias: float
    least: float
    examples: int
    seen: float
    allowed: float


def _model(matrix: spmatrix, known: Sequence[Example], name: str) -> LogisticRegression:
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=5000)
    wanted = [name in one.classes for one in known]
    return model.fit(matrix, wanted, sample_weight=[one.weight for one in known])


def _vectors(known: Sequence[Example]) -> TfidfVectorizer:
    """Of words that several sets have: what one has alone are its people and its places."""
    sets: dict[str, set[object]] = defaultdict(set)
    for number, one in enumerate(known):
        for word in one.words:
            sets[word].add(one.group or number)  # every passage is by itself
    common = sorted(word for word, groups in sets.items() if len(groups) >= FEWEST_SETS)
    return TfidfVectorizer(analyzer=lambda words: words, vocabulary=common, sublinear_tf=True)


def out_of_fold(known: Sequence[Example], names: Sequence[str]) -> Mapping[str, np.ndarray]:
    """How much each example resembles each class, by models that have not seen its set."""
    groups = sorted({one.group for one in known if one.group})
    found = {name: np.full(len(known), np.nan) for name in names}
    for number in range(FOLDS):
        held = np.array([one.group in groups[number::FOLDS] for one in known])
        others = [one for one, out in zip(known, held, strict=True) if not out]
        vectors = _vectors(others)
        learnt = vectors.fit_transform([one.words for one in others])
        seen = vectors.transform([o.words for o, out in zip(known, held, strict=True) if out])
        for name in names:
            found[name][held] = _model(learnt, others, name).predict_proba(seen)[:, 1]
    return found


def learn(known: Sequence[Example]) -> tuple[TfidfVectorizer, list[Learnt]]:
    """The words, and each class that has examples enough."""
    names = [
        n for n in map(str, CLASSES) if sum(n in o.classes for o in known if o.group) >= FEWEST
    ]
    vectors = _vectors(known)
    matrix = vectors.fit_transform([one.words for one in known])
    apart = out_of_fold(known, names)
    of_sets = np.array([one.group is not None for one in known])
    calm = np.array([not one.classes & {*SpecialSituation, "critical"} for one in known])
    classes = []
    for name in names:
        wanted = np.array([name in one.classes for one in known])
        allowed = FALSE_IN_100.get(name, FALSE_IN_100_ELSE)
        others = of_sets & ~wanted & (calm | (name in LEVELS))
        least = float(
            max(
                np.quantile(apart[name][others], 1 - allowed / 100),
                np.quantile(apart[name][of_sets & wanted], MISSED),
            )
        )
        seen = float(np.mean(apart[name][of_sets & wanted] >= least))
        model = _model(matrix, known, name)
        bias, count = float(model.intercept_[0]), int((of_sets & wanted).sum())
        classes.append(Learnt(name, model.coef_[0], bias, least, count, seen, allowed))
    return vectors, classes


def write(
    folder: Path, vectors: TfidfVectorizer, classes: Sequence[Learnt], known: Sequence[Example]
) -> None:
    """Write both data files into ``folder``."""
    with (folder / "resemblance.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["word", "rarity", *(one.name for one in classes)])
        for word, index in sorted(vectors.vocabulary_.items()):
            row = [one.weights[index] for one in classes]
            shown = [f"{w:.2f}" if abs(w) >= LIGHT else "" for w in row]
            table.writerow([word, f"{vectors.idf_[index]:.3f}", *shown])
    told = [_CLASS.format_map({k: getattr(one, k) for k in one.__slots__}) for one in classes]
    text = _HEAD.format(count=len(known)) + "".join(told)
    (folder / "resemblance.toml").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", nargs="*", default=[], help="sets to leave out, by name")
    parser.add_argument("--into", type=Path, default=DATA, help="folder of the data files")
    options = parser.parse_args()
    known = list(examples(options.without))
    vectors, classes = learn(known)
    write(options.into, vectors, classes, known)
    for one in classes:
        sys.stdout.write(
            f"{one.name:26} {one.examples:4} examples, {one.seen:4.0%} seen"
            f" at {one.allowed} false in 100, from {one.least:.3f}\n"
        )


if __name__ == "__main__":
    main()
