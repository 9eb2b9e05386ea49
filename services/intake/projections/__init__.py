"""Intake's read models; each can be built again from its log."""

from __future__ import annotations

from collections.abc import Callable

from services.intake.projections.requests import TABLES, RequestsProjection
from shared.projections import ReadModel


def read_models(fingerprint: Callable[[str], bytes]) -> list[ReadModel]:
    """All of them; ``fingerprint`` makes the keyed digest of a text."""
    projection = RequestsProjection(fingerprint)
    return [
        ReadModel(
            name="requests",
            source="intake",
            tables=TABLES,
            apply=projection,
            apply_batch=projection.apply_all,
        )
    ]
