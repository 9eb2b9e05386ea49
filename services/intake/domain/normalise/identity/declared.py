"""The names that a form or a partner's message declares."""

from __future__ import annotations

from collections.abc import Iterator

from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name, Names
from services.intake.domain.normalise.text import fold_words
from shared.contracts.vocabulary import Channel


def declared_names(parts: Parts, names: Names, channel: Channel) -> Iterator[Name]:
    """The author's name as declared for the person concerned, else, on the site, as signed."""
    if (person := declared_person(parts)) is not None:
        yield person
    elif channel is Channel.WEB and real_name(parts.declared.get("name", "")):
        yield names.split(parts.declared["name"])


def declared_person(parts: Parts) -> Name | None:
    """The person concerned, None where no field names them."""
    last, first = parts.declared.get("person.last"), parts.declared.get("person.first")
    return Name(first or None, _unshouted(last)) if last or first else None


def real_name(name: str) -> bool:
    """Is what stands in the field of a name one, and not "anonyme"?"""
    return bool(name) and fold_words(name) not in {
        "anonyme",
        "anonymous",
        "x",
        "inconnu",
        "test",
        "na",
        "n a",
        "moi",
    }


def _unshouted(name: str | None) -> str | None:
    return (name.title() if name and name.isupper() else name) or None
