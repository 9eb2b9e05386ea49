"""Headers of e-mails read by their beginning: parsing one takes time by its length squared."""

from __future__ import annotations

from email.headerregistry import HeaderRegistry
from email.message import Message
from email.utils import parseaddr
from functools import cache
from typing import Any

LONGEST_HEADER = 1_000  # characters
LONGEST_THREAD = 8_000  # of a header that lists the messages before
_OF_THREADS = frozenset({"references", "in-reply-to"})


class _Registry(HeaderRegistry):
    """The standard registry, which else makes a class anew for every header."""

    @cache  # noqa: B019  (two registries, few names)
    def __getitem__(self, name: str) -> type:
        return super().__getitem__(name)


_ANY_HEADER, _PLAIN_HEADER = _Registry(), _Registry(use_default_map=False)


def header_of(name: str, value: str) -> Any:
    """A header's object, a ``header_factory`` of the library's policies; never raises.

    What is nested too deep, or encoded in a way that is none, comes out as plain text.
    """
    beginning = value[: LONGEST_THREAD if name.lower() in _OF_THREADS else LONGEST_HEADER]
    try:
        return _ANY_HEADER(name, beginning)
    except Exception:  # the library raises many kinds on hostile headers
        return _PLAIN_HEADER(name, beginning)


def text_in(message: Message, name: str) -> str:
    """A header in one line, empty if it is missing or cannot be decoded."""
    try:
        value = message.get(name)
        return " ".join(str(value).split()) if value is not None else ""
    except Exception:  # the library raises many kinds on hostile headers
        return ""


def address_in(message: Message, name: str) -> tuple[str, str]:
    """(name, address) that a header begins with, empty where they cannot be told."""
    try:
        return parseaddr(text_in(message, name))
    except RecursionError:  # brackets in brackets
        return "", ""
