"""Values that must be one of those known: told with the names that are near."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches

from services.cli.instants import in_paris
from shared.errors import Invalid

_FEW = 10


def one_of(value: str, known: Iterable[str], option: str, *, listed_by: str | None = None) -> str:
    """``value``, if it is among ``known``; ``listed_by`` is the command that lists those.

    Raises Invalid that names the option and the near names, or all where they are few.
    """
    names = sorted(set(known))
    if value in names:
        return value
    near = get_close_matches(value, names, n=3, cutoff=0.5)
    if near:
        remedy = f"did you mean {' or '.join(near)}?"
    elif len(names) <= _FEW:
        remedy = f"one of {', '.join(names)}"
    else:
        remedy = "nothing known is like it"
    lists = f"; `{listed_by}` lists them" if listed_by else ""
    raise Invalid(f"{option}: {value!r} is unknown; {remedy}{lists}")


def in_order(first: object, last: object, options: str) -> None:
    """Refuse a range that ends before it begins; raises Invalid. None is no bound."""
    if first is not None and last is not None and first > last:  # type: ignore[operator]  # alike
        told = f"{_shown(first)} comes after {_shown(last)}"
        raise Invalid(f"{options}: {told}, so nothing lies between; swap them")


def _shown(bound: object) -> object:
    return in_paris(bound) if isinstance(bound, datetime) else bound
