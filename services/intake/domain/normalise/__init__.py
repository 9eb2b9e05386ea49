"""The request normaliser: any item, by any channel, becomes one normalised request.

``normalise(item, known=..., reference=default_reference())`` is pure and deterministic; every
finding is a suggestion with the words that show it and a confidence, for a person to correct.
"""

from services.intake.domain.normalise.expected import as_expected
from services.intake.domain.normalise.known import KnownList, text_key, text_likeness
from services.intake.domain.normalise.model import (
    Incoming,
    KnownRequest,
    KnownRequests,
    Normalised,
)
from services.intake.domain.normalise.normalise import normalise
from services.intake.domain.normalise.reference import (
    Reference,
    default_reference,
    load_reference,
)

__all__ = [
    "Incoming",
    "KnownList",
    "KnownRequest",
    "KnownRequests",
    "Normalised",
    "Reference",
    "as_expected",
    "default_reference",
    "load_reference",
    "normalise",
    "text_key",
    "text_likeness",
]
