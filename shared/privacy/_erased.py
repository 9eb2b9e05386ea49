"""The value that stands where an erased person's data was."""

from __future__ import annotations

from enum import Enum


class Erased(Enum):
    """One value, ``ERASED``: not an error, but what a reader must expect of any ``private``."""

    ERASED = "erased"


ERASED = Erased.ERASED
