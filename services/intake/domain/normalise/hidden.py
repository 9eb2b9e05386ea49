"""Whether a request hides in an automatic message, which a rule would close.

A danger or a clock that runs is hidden by no earlier rule (R36, R39, R40); and what a person must
open, or tells of somebody by name, a person reads.
"""

from __future__ import annotations

from dataclasses import replace

from services.intake.domain.normalise.machine import Machine
from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.text import fold_words
from services.intake.domain.normalise.understood import Read
from shared.contracts.vocabulary import DeadlineKind, RequesterKind

_DIGITS = 4  # of a prison number, at least, in what a list sends
_OWN_VOICE = SELF_KINDS | {RequesterKind.RELATIVE, RequesterKind.FELLOW_DETAINEE}


def opened(parts: Parts) -> Parts:
    """``parts`` as of a message that a person wrote, urgent if a part must be read by a person.

    A report returns what was read before: nothing of it is attached or handed on.
    """
    if parts.automatic is not Machine.REPORT:
        return replace(parts, automatic=None, unread=bool(parts.missing))
    return replace(
        parts, automatic=None, unread=False, attachments=(), forwarded=(), forwarded_from=()
    )


def without_absence(parts: Parts, found: Read) -> Read:
    """``found`` without the days until which whoever answers by a machine is away."""
    if parts.automatic is not Machine.ANSWER:
        return found
    away = DeadlineKind.DOCUMENT_DUE
    return replace(found, found=[one for one in found.found if one.deadline.kind is not away])


def hides_a_request(parts: Parts, found: Read, *, urgent: bool) -> bool:
    """Whether a person must see the automatic message ``parts``, in which ``found`` was read.

    What a list says of nobody in particular is news, however urgent it sounds.
    """
    person = found.who.person.family
    numbered = len(found.who.number or "") >= _DIGITS  # and no number of a newsletter
    if urgent and (person or numbered or not parts.to_many):
        return True
    if parts.automatic is Machine.REPORT:
        return False
    if parts.missing or _names(parts, person):
        return True
    return numbered or found.author.kind in _OWN_VOICE


def _names(parts: Parts, family: str | None) -> bool:
    """Does somebody's name stand in the words? (A subject only repeats what is answered.)"""
    words = fold_words("\n".join((parts.own, *parts.forwarded, *parts.attached)))
    return bool(family) and fold_words(family or "") in words
