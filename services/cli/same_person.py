"""Requests under another id that a person said to be of the same human: for somebody to decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.cli.held import Held, opened
from shared.eventstore.bootstrap import KEYRING
from shared.settings import Environment

_OTHERS = """
SELECT request_id, person_id FROM requests
WHERE person_id <> ALL(%(people)s) AND request_id::text IN (
    SELECT linked_to::text FROM request_links
    WHERE confirmed_by IS NOT NULL AND request_id::text = ANY(%(ids)s)
    UNION SELECT request_id::text FROM request_links
    WHERE confirmed_by IS NOT NULL AND linked_to::text = ANY(%(ids)s)
    UNION SELECT duplicate_of::text FROM requests WHERE request_id::text = ANY(%(ids)s)
    UNION SELECT request_id::text FROM requests WHERE duplicate_of::text = ANY(%(ids)s)
) ORDER BY request_id
"""
_ERASED = "SELECT subject FROM subjects WHERE erased_at IS NOT NULL AND subject = ANY(%s)"


def others(env: Environment, about: Held) -> list[tuple[UUID, UUID]]:
    """Requests linked to theirs by a person, or copies, with the ids of persons not erased yet."""
    with opened(env, "desk") as connection:
        if connection.execute("SELECT to_regclass('requests')").fetchone() == (None,):
            return []
        values = {"people": list(about.people), "ids": list(about.ids)}
        found = connection.execute(_OTHERS, values).fetchall()
    with opened(env, KEYRING) as ring:
        gone = {row[0] for row in ring.execute(_ERASED, [[person for _, person in found]])}
    return [(request, person) for request, person in found if person not in gone]


def told(env: Environment, about: Held) -> list[dict[str, Any]]:
    """A row of the proof, and of the dry run, for each."""
    what = "request of the same person, by somebody's word, not erased; person id"
    return [
        {
            "what": f"{what} {person}",
            **{"before": None, "after": None, "ok": None, "where": f"request-{request}"},
        }
        for request, person in others(env, about)
    ]


def in_short(env: Environment, about: Held) -> str:
    """The same in one line, for an export that they are not in."""
    return ", ".join(
        f"request-{request} (person id {person})" for request, person in others(env, about)
    )
