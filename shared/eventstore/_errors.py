"""Why an append did not happen."""

from __future__ import annotations

from uuid import UUID

from shared.errors import Conflict, Refused
from shared.eventstore._types import Expected, Version


class WrongVersion(Conflict):
    """The stream is not at the version that the writer decided on."""

    code = "eventstore.wrong_version"

    def __init__(self, stream: str, *, expected: Version | Expected, actual: Version) -> None:
        wanted = expected.value if isinstance(expected, Expected) else f"version {expected}"
        super().__init__(
            f"stream: {stream} is at version {actual}, expected {wanted}; reload and decide again"
        )
        self.stream = stream
        self.expected = expected
        self.actual = actual


class CommandReused(Refused):
    """A command id came a second time with other events."""

    code = "eventstore.command_reused"

    def __init__(self, command_id: UUID) -> None:
        super().__init__(
            f"command_id: {command_id} was used before, for something else; draw a new id"
        )
        self.command_id = command_id
