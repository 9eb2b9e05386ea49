"""The author of an item."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.vocabulary import Relation, RequesterKind

SIGNED = 0.9  # how sure an author is who signs, or says what they are


@dataclass(frozen=True, slots=True)
class Author:
    """The author's kind and relation, the words that tell, and whether somebody else carried."""

    kind: RequesterKind
    relation: Relation
    words: str
    confidence: float
    rule: str
    carrier: RequesterKind | None = None


NOBODY_KNOWN = Author(RequesterKind.UNKNOWN, Relation.NOT_STATED, "", 0.3, "none")
