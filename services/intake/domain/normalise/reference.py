"""All reference data of the normaliser, read once: directory, lexicons, words, names."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.intake.domain.normalise.bounded import bounded
from services.intake.domain.normalise.dates import DateFinder
from services.intake.domain.normalise.directory import Directory
from services.intake.domain.normalise.language import Languages
from services.intake.domain.normalise.lexicon import (
    Lexicon,
    Rule,
    context_of,
    either,
    finder_of,
    folded_pattern,
    rule_of,
    signs_of,
    word_finder_of,
)
from services.intake.domain.normalise.needles import Finder, Literals
from services.intake.domain.normalise.people import Names
from services.intake.domain.normalise.resemblance import Resemblance, resemblance_of
from services.intake.domain.normalise.signs import Signs
from services.intake.domain.normalise.text import fold_words
from services.intake.domain.normalise.ties import TieRule, introduced_by_tie, tied_name, ties_of
from services.intake.domain.normalise.unexplained import Unexplained, unexplained_of
from shared.contracts import vocabulary
from shared.contracts.vocabulary import DeadlineKind, Relation, RequesterKind
from shared.shelf import shelved

DATA = Path(__file__).parent / "data"
_READ = {".toml", ".csv", ".txt"}

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class KindRule:
    """How one kind of requester is told by a short line, by words, and by an address."""

    kind: RequesterKind
    relation: Relation
    line: Finder
    say: Finder
    domain: Pattern | None


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What a date is, by the words before it or, failing them, right after it."""

    role: str
    future: bool
    before: Finder
    after: Finder


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that starts a legal clock; ``told``: what it did, counted beside a day only;
    ``signs``: hints that tell of it together; ``by_court``: a court takes it."""

    rule: Rule
    deadline: DeadlineKind
    trigger: str
    rules: Mapping[str, str]
    runs_undated: bool
    weak: bool
    note: str | None
    needs_topic: tuple[str, ...]
    told: Rule | None
    signs: Signs | None
    by_court: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that reading an item needs; immutable, safe to share between threads."""

    directory: Directory
    topics: Lexicon
    special: Lexicon
    days: Lexicon
    decisions: tuple[Decision, ...]
    kinds: tuple[KindRule, ...]
    ties: tuple[TieRule, ...]
    introduced: Pattern
    tied_name: Pattern
    roles: tuple[RoleRule, ...]
    of_roles: Literals
    self_words: Mapping[str, Finder]
    relative_context: Pattern
    carrier: Rule
    dates: DateFinder
    unexplained: Unexplained
    resemblance: Resemblance
    names: Names
    languages: Languages
    nationality: Finder
    nationality_codes: Mapping[str, str]
    say_name: Pattern
    number_word: Pattern
    retention_places: Mapping[str, str]
    lexicon_version: str


@lru_cache(maxsize=1)
def default_reference() -> Reference:
    """The reference data shipped with the package."""
    here = Path(__file__)
    sources = (*here.parent.rglob("*.py"), *_data_files(DATA), Path(vocabulary.__file__))
    return shelved(lambda: load_reference(DATA), here, sources)


def load_reference(folder: Path) -> Reference:
    """Read all data files of ``folder``. Raises ValueError, naming the entry, on a bad pattern."""
    words = _toml(folder / "words.toml")
    requesters = _toml(folder / "requesters.toml")
    codes = _nationalities(folder / "nationalities.csv")
    asked = context_of(_toml(folder / "topics" / "asked.toml")["asked"])
    hints = _toml(folder / "hints.toml")["hints"]
    known = _toml(folder / "decisions.toml")
    decisions = [_with_hints(_decision_of(d, known["general"]), hints) for d in known["decision"]]
    named = {d["id"]: d.get("named", []) for d in decisions}
    literals, of_roles = Literals(), Literals()  # of texts folded loosely, and of the others
    listed = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    directory = Directory.load(folder / "establishments.csv", words)
    return Reference(
        directory=directory,
        topics=Lexicon(
            (rule_of(_topic(r, named), literals, asked) for r in rules_in(folder / "topics")),
            literals,
        ),
        special=Lexicon((rule_of(r, literals) for r in rules_in(folder / "special")), literals),
        days=Lexicon((rule_of(r, literals) for r in _likened(rules_in(folder / "days"))), literals),
        decisions=tuple(_decision(d, literals) for d in decisions),
        kinds=tuple(_kind(k, literals) for k in requesters["kind"]),
        ties=ties_of(requesters["tie"], literals),
        introduced=introduced_by_tie(requesters["tie"]),
        tied_name=tied_name(requesters["tie"], requesters["before_name"]["words"]),
        roles=tuple(_role(r, of_roles) for r in words["role"]),
        of_roles=of_roles,
        self_words={k: word_finder_of(v, literals) for k, v in requesters["self"].items()},
        relative_context=either(requesters["self"]["relative_context"]),
        carrier=rule_of(
            {
                "id": "carrier",
                "find": requesters["carrier"]["say"],
                **_unless(requesters["carrier"]),
            },
            literals,
        ),
        dates=DateFinder(words, _days_in_words(folder / "days_in_words.csv")),
        unexplained=unexplained_of(_toml(folder / "unexplained.toml")),
        resemblance=resemblance_of(
            _toml(folder / "resemblance.toml")["class"], folder / "resemblance.csv"
        ),
        names=Names(
            words, _given_names(folder / "given_names.txt"), directory.bare_names, origins=codes
        ),
        languages=Languages(_toml(folder / "languages.toml")),
        nationality=Finder([rf"(?<!\w)(?:{listed})s?(?!\w)"], Literals(), re.compile),
        nationality_codes=codes,
        say_name=_say_name(words["names"]["say"]),
        number_word=re.compile("|".join(words["numbers_words"]["ecrou"])),
        retention_places=_pairs(folder / "retention_places.csv"),
        lexicon_version=_version(folder),
    )


def _days_in_words(path: Path) -> Mapping[str, int]:
    """Days of a month by how they are written out."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["words"]: int(row["day"]) for row in csv.DictReader(file)}


def rules_in(folder: Path) -> list[Mapping[str, Any]]:
    """The entries of all rules in a folder's TOML files, in the order of the files' names."""
    return [rule for path in sorted(folder.glob("*.toml")) for rule in _rules(_toml(path))]


def _rules(entries: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rules of a file, each with the lists that ``shared`` gives to all of them; among their
    hints, "=name" stands for the patterns that ``classes`` has under that name."""
    shared, classes = entries.get("shared", {}), entries.get("classes", {})
    for rule in entries.get("rule", ()):
        if "signs" in rule:
            rule = {**rule, "signs": _spelt_out(rule["signs"], classes)}
        yield {**rule, **{key: [*rule.get(key, ()), *more] for key, more in shared.items()}}


def _spelt_out(
    signs: Mapping[str, Sequence[str]], classes: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    return {
        kind: [q for p in patterns for q in (classes[p[1:]] if p.startswith("=") else [p])]
        for kind, patterns in signs.items()
    }


def _likened(entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The entries; one that is ``like`` another has its hints, their kinds joined, one of each."""
    named = {entry["id"]: entry for entry in entries}
    return [_like(named[e["like"]], e) if "like" in e else e for e in entries]


def _like(other: Mapping[str, Any], entry: Mapping[str, Any]) -> Mapping[str, Any]:
    signs = {
        name: [pattern for kind in joined for pattern in other["signs"][kind]]
        for name, joined in entry["kinds"].items()
    }
    apart = {"signs": signs, "least": len(signs), "light": (), "urgency": None}
    return {**other, **entry, **apart}


def _toml(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _version(folder: Path) -> str:
    """A hash of the data files: the same words give the same version."""
    digest = hashlib.sha256()
    for path in _data_files(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _data_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.*") if path.suffix in _READ)


def _unless(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"unless": entry.get("unless", ())}


def _kind(entry: Mapping[str, Any], literals: Literals) -> KindRule:
    return KindRule(
        kind=RequesterKind(entry["kind"]),
        relation=Relation(entry["relation"]),
        line=finder_of(entry["line"], literals),
        say=word_finder_of(entry["say"], literals),
        domain=re.compile(bounded("|".join(entry["domain"]))) if entry["domain"] else None,
    )


def _role(entry: Mapping[str, Any], literals: Literals) -> RoleRule:
    return RoleRule(
        role=entry["role"],
        future=entry["when"] == "future",
        before=word_finder_of(entry["before"], literals, loose=False),
        after=finder_of(entry["after"], literals, loose=False),
    )


def _decision_of(entry: Mapping[str, Any], general: Sequence[str]) -> Mapping[str, Any]:
    """A decision's entry with what holds of all."""
    return {**entry, "general": [*general, *entry.get("general", ())]}


def _with_hints(entry: Mapping[str, Any], hints: Mapping[str, Sequence[str]]) -> Mapping[str, Any]:
    """A decision's entry with the hints that tell of it: ``hints`` names their classes."""
    kinds = {
        kind: [p for name in kind.split("|") for p in hints[name]]
        for kind in entry.get("hints", ())
    }
    return {**entry, "signs": kinds, "least": len(kinds)} if kinds else entry


def _topic(entry: Mapping[str, Any], named: Mapping[str, list[str]]) -> Mapping[str, Any]:
    """A topic's entry with the words that name its decision."""
    words = named[entry["decision"]] if "decision" in entry else []
    return {**entry, "find": [*words, *entry["find"]]}


def _decision(entry: Mapping[str, Any], literals: Literals) -> Decision:
    words = {key: value for key, value in entry.items() if key != "signs"}
    named = rule_of({**words, "find": [*entry.get("named", ()), *entry["find"]]}, literals)
    return Decision(
        rule=named,
        deadline=DeadlineKind(entry["deadline"]),
        trigger=entry["trigger"],
        rules=entry["rules"],
        runs_undated=entry["undated"] == "running",
        weak=bool(entry.get("weak", False)),
        note=entry.get("note"),
        needs_topic=tuple(entry.get("needs_topic", ())),
        told=rule_of({**words, "find": entry["told"]}, literals) if "told" in entry else None,
        signs=signs_of(entry, literals),
        by_court=bool(entry.get("by_court", False)),
    )


def _nationalities(path: Path) -> Mapping[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            fold_words(word): row["code"]
            for row in csv.DictReader(file)
            for word in row["words"].split("|")
        }


def _pairs(path: Path) -> Mapping[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["words"]: row["name"] for row in csv.DictReader(file)}


def _given_names(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(w for line in lines if not line.startswith("#") for w in line.split())


def _say_name(patterns: list[str]) -> Pattern:
    """Words after which people give their name; matched on text folded without undoubling."""
    folded = [folded_pattern(p, loose=False).replace("(?= [A-Z])", "") for p in patterns]
    return re.compile(r"(?<!\w)(?:" + "|".join(folded) + r")(?!\w)[ ,:]*")
