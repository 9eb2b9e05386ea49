"""Which case, deadline and stream something belongs to: the same cause gives the same ids."""

from __future__ import annotations

from uuid import UUID, uuid5

from shared.contracts.vocabulary import DeadlineKind


def case_id_for(request_id: UUID) -> UUID:
    """The case that a request proposes: one at most."""
    return uuid5(request_id, "case")


def person_id_for(case_id: UUID) -> UUID:
    """The subject of a case that no request began: one each (R20)."""
    return uuid5(case_id, "person")


def deadline_id_for(request_id: UUID, kind: DeadlineKind, number: int, variant: str = "") -> UUID:
    """The ``number``-th deadline of its kind in a request, from 0.

    ``variant`` tells a later reading apart from one that a person had confirmed or ended.
    """
    return uuid5(request_id, f"deadline/{kind.value}/{number}/{variant}")


def case_stream(case_id: UUID) -> str:
    """The stream of a case, its steps and appointments."""
    return f"case-{case_id}"


def deadline_stream(deadline_id: UUID) -> str:
    """The stream of a deadline."""
    return f"deadline-{deadline_id}"
