"""What a later item may recognise a request by: numbers, names, e-mails of its thread."""

from __future__ import annotations

import re
from datetime import date

from anyascii import anyascii

from shared.contracts.intake.events import (
    AutomaticMessageRecognised,
    IntakeEvent,
    RequestCorrected,
    RequestFlaggedForReview,
    RequestImported,
    RequestNormalised,
    RequestPeople,
    RequestReceived,
)
from shared.contracts.vocabulary import Channel

MESSAGE_ID = "message_id"
NUMBER = "number"
NAME = "name"
BORN = "born"
_PERSONAL = frozenset({NUMBER, NAME, BORN})
_SHORTEST_NAME = 2
_NOT_LETTERS = re.compile(r"[^a-z]+")
_NOT_DIGITS = re.compile(r"\D+")

Marks = tuple[frozenset[str], list[tuple[str, str]]]


def marks_of(event: IntakeEvent) -> Marks | None:
    """The kinds of mark that ``event`` replaces, and the new ones as (kind, text); None if none.

    A ``message_id`` is the hexadecimal fingerprint that the event holds, the others are the
    folded texts, to be fingerprinted.
    """
    match event:
        case RequestReceived(channel=Channel.EMAIL, external_id=str(external_id)):
            return frozenset({MESSAGE_ID}), [(MESSAGE_ID, external_id)]
        case RequestImported():
            threads = [(MESSAGE_ID, one) for one in event.message_ids]
            return _PERSONAL | {MESSAGE_ID}, threads + _of_person(event.private)
        case (
            RequestNormalised()
            | RequestFlaggedForReview()
            | RequestCorrected()
            | AutomaticMessageRecognised()
        ):
            return _PERSONAL, _of_person(event.private)
        case _:
            return None


def folded_number(number: str) -> str:
    """The digits of a détention number, without spaces, dots or leading zeros."""
    return _NOT_DIGITS.sub("", number).lstrip("0")


def folded_names(*names: str | None) -> frozenset[str]:
    """The words of names in small Latin letters: "Руслан", "DIABATÉ" → "ruslan", "diabate"."""
    words = _NOT_LETTERS.sub(" ", " ".join(anyascii(name) for name in names if name).lower())
    return frozenset(word for word in words.split() if len(word) >= _SHORTEST_NAME)


def mark_of_number(number: str) -> str:
    """What stands for a number under its fingerprint."""
    return f"{NUMBER}:{folded_number(number)}"


def mark_of_name(word: str) -> str:
    """What stands for one folded word of a name under its fingerprint."""
    return f"{NAME}:{word}"


def mark_of_birth(day: date) -> str:
    """What stands for a day of birth under its fingerprint."""
    return f"{BORN}:{day.isoformat()}"


def _of_person(people: RequestPeople | None) -> list[tuple[str, str]]:
    if people is None:
        return []
    numbers = [people.detention_number, *(other.number for other in people.other_numbers)]
    found = [(NUMBER, mark_of_number(one)) for one in numbers if one and folded_number(one)]
    words = folded_names(people.person_given, people.person_family, *people.other_names)
    found += [(NAME, mark_of_name(word)) for word in sorted(words)]
    if people.born_on is not None:
        found.append((BORN, mark_of_birth(people.born_on)))
    return found
