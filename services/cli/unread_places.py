"""Which establishments of an import reading does not know: it knows those of its release alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.routing.adapters.csv_directory import ESTABLISHMENTS, read_directory


def unread_places(files: Mapping[str, str]) -> list[dict[str, Any]]:
    """``{"code", "name", "taken_for"}`` for each name in imported ``files`` that reading does not
    know as that establishment's; ``taken_for``: the codes of those whose name it resembles.

    A letter that says no more waits for a person, or is placed with those. Closed establishments
    are left out.
    """
    if ESTABLISHMENTS not in files:
        return []
    # only here: the other commands need not wait for all that reads requests
    from services.intake.domain.normalise.reference import default_reference

    directory = default_reference().directory
    return [
        {"code": one.code, "name": name, "taken_for": list(directory.exact(name))}
        for one in read_directory({ESTABLISHMENTS: files[ESTABLISHMENTS]}).establishments
        if one.status == "open"
        for name in (one.name, *one.aliases)
        if not directory.knows(one.code, name)
    ]


def sentences(unread: list[dict[str, Any]]) -> Iterator[str]:
    """What to do, for each of them."""
    for one in unread:
        known = f"{one['code']} : la lecture des demandes ne connaît pas « {one['name']} »"
        if others := ", ".join(one["taken_for"]):
            yield f"{known} et le prend pour {others} : vérifiez le lieu des demandes qui le disent"
        else:
            yield f"{known} : qui ne dit que cela attend qu’une personne choisisse le lieu"
