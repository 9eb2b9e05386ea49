"""What a later item may recognise a request by: numbers, names, e-mails of its thread."""

from __future__ import annotations

import re

from anyascii import anyascii

from shared.contracts.intake.events import (
    AutomaticMessageRecognised,
    IntakeEvent,
    RequestCorrected,
    RequestFlaggedForReview,
    RequestImported,
    RequestNormalised,
    RequestReceived,
)
from shared.contracts.intake.facts import RequestPeople
from shared.contracts.vocabulary import Channel

MESSAGE_ID = "message_id"
NUMBER = "number"
NAME = "name"
TEXT = "text"
_PERSONAL = frozenset({NUMBER, NAME, TEXT})
_TEXT_MARKS = 8  # of two texts with half of their words in common, one of eight nearly always meets
_NOT_LETTERS = re.compile(r"[^a-z]+")
_NOT_DIGITS = re.compile(r"\D+")
# Spellings that hands and alphabets exchange, applied in this order.
_SPELLINGS = (
    (re.compile(r"tch|tsh|ch|sh"), "s"),
    (re.compile(r"dj|dz|dh"), "j"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"kh|gh|[cqg]"), "k"),
    (re.compile(r"w"), "v"),
    (re.compile(r"z"), "s"),
    (re.compile(r"[aeiouyh]"), ""),
    (re.compile(r"([a-z])\1+"), r"\1"),
)

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


def number_mark(number: str) -> str | None:
    """What stands for a détention number: its digits, without blanks, dots or leading zeros."""
    digits = _NOT_DIGITS.sub("", number).lstrip("0")
    return f"{NUMBER}:{digits}" if digits else None


def name_marks(*names: str | None) -> frozenset[str]:
    """What stands for names: each word in Latin letters, reduced to the sounds that hands agree on.

    "Магомадов", "Magomadov" and "Magomadof" are not one word, yet the first two get one mark.
    """
    folded = " ".join(anyascii(name) for name in names if name).lower()
    words = _NOT_LETTERS.sub(" ", folded.replace("'", "")).split()
    return frozenset(f"{NAME}:{_sounds(word)}" for word in words if len(word) > 1)


def text_marks(text_key: tuple[int, ...]) -> list[str]:
    """What stands for a text: a few of the values of its fingerprint, the same ones for a copy."""
    return [f"{TEXT}:{value}" for value in sorted(text_key)[:_TEXT_MARKS]]


def _sounds(word: str) -> str:
    sounds = word
    for spelling, sound in _SPELLINGS:
        sounds = spelling.sub(sound, sounds)
    return sounds or word


def _of_person(people: RequestPeople | None) -> list[tuple[str, str]]:
    if people is None:
        return []
    numbers = [people.detention_number, *(other.number for other in people.other_numbers)]
    marked = {mark for one in numbers if one and (mark := number_mark(one))}
    names = name_marks(people.person_family, *people.other_names)
    return [
        *((NUMBER, mark) for mark in sorted(marked)),
        *((NAME, mark) for mark in sorted(names)),
        *((TEXT, mark) for mark in text_marks(people.text_key)),
    ]
