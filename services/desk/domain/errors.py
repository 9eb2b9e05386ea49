"""What the desk itself refuses."""

from __future__ import annotations

from shared.errors import Conflict


class ChangedMeanwhile(Conflict):
    """Somebody else changed what a form is about while it was open."""

    code = "desk.changed_meanwhile"

    def __init__(self) -> None:
        super().__init__("what the form is about changed meanwhile; look at it and send it again")
