"""What routing refuses, and why."""

from __future__ import annotations

from uuid import UUID

from shared.contracts.vocabulary import AssignmentState
from shared.errors import Refused


class NotAssigned(Refused):
    """Routing knows no assignment of that request."""

    code = "routing.not_assigned"

    def __init__(self, request_id: UUID) -> None:
        super().__init__(f"request_id: {request_id} is not assigned to anybody yet; wait or reload")


class NotOpen(Refused):
    """The assignment is over."""

    code = "routing.not_open"

    def __init__(self, request_id: UUID, state: AssignmentState) -> None:
        super().__init__(f"request_id: {request_id} is {state}; reopen the request first")


class AlreadyAccepted(Refused):
    """Somebody else has it."""

    code = "routing.already_accepted"

    def __init__(self, request_id: UUID, holder: str | None) -> None:
        super().__init__(
            f"request_id: {request_id} is held by {holder or 'its unit'}; "
            "ask them, or reassign it with a reason"
        )


class NobodyBehind(Refused):
    """Coordination is the last: what it does not take itself, it gives to somebody by name."""

    code = "routing.nobody_behind"

    def __init__(self, request_id: UUID) -> None:
        super().__init__(
            f"request_id: {request_id} is with coordination, which cannot refuse; "
            "reassign it to a unit"
        )


class NotForTeams(Refused):
    """The person is in retention, released or outside the walls: never a prison team."""

    code = "routing.not_for_teams"

    def __init__(self, request_id: UUID, rule: str) -> None:
        super().__init__(
            f"unit: request {request_id} stays with the desk by {rule}, for the person is not in "
            "prison; correct the request if that is wrong"
        )


class NoActiveTeam(Refused):
    """Nobody enters that establishment now."""

    code = "routing.no_active_team"

    def __init__(self, unit: str) -> None:
        super().__init__(f"unit: {unit} is not active; choose the desk, or resume the team first")


class HasLeft(Refused):
    """Whoever left is not brought back unasked."""

    code = "routing.has_left"

    def __init__(self, volunteer_id: str) -> None:
        super().__init__(
            f"id: {volunteer_id} left; take the line out, or write yes under returns if they are "
            "back"
        )


class ReasonMissing(Refused):
    """A person must say why."""

    code = "routing.reason_missing"

    def __init__(self) -> None:
        super().__init__("reason: is empty; say why in a few words")


class ReasonIdentifies(Refused):
    """A reason is read by many and kept for ever: it must not identify anybody."""

    code = "routing.reason_identifies"

    def __init__(self) -> None:
        super().__init__("reason: holds a number or an address; leave out what identifies a person")


class UnknownVolunteer(Refused):
    """Nobody of that id is in the directory, or they left."""

    code = "routing.unknown_volunteer"

    def __init__(self, volunteer_id: str) -> None:
        super().__init__(
            f"volunteer_id: {volunteer_id!r} is not in the directory; import or correct it"
        )
