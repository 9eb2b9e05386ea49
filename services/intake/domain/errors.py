"""Why a request says no."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from shared.contracts.vocabulary import RequestState
from shared.errors import Refused


class OutOfState(Refused):
    """A command came in a state from which it does not lead on."""

    code = "intake.out_of_state"

    def __init__(
        self,
        command: str,
        request_id: UUID | None,
        state: RequestState | None,
        allowed: Iterable[RequestState],
    ) -> None:
        now = f"{state.value} ({state.label})" if state else "not known"
        wanted = ", ".join(one.value for one in allowed) or "no request of that id yet"
        super().__init__(f"state: request {request_id} is {now}; {command} needs {wanted}")
        self.state = state


class UnknownRequest(Refused):
    """No request bears that id."""

    code = "intake.unknown_request"

    def __init__(self, request_id: object) -> None:
        super().__init__(f"request_id: {request_id} is no request; take one from list_requests")


class DangerNotHandled(Refused):
    """A danger was read in the item, and nobody noted yet what was done (R36)."""

    code = "intake.danger_not_handled"

    def __init__(self, command: str, request_id: UUID | None) -> None:
        super().__init__(
            f"state: {command} of request {request_id} is refused while a danger stands (R36); "
            "note first what was done, with note_danger_handled"
        )


class NearDayUnexplained(Refused):
    """A near day was read that nothing explains, and nobody said yet what it is."""

    code = "intake.near_day_unexplained"

    def __init__(self, command: str, request_id: UUID | None) -> None:
        super().__init__(
            f"deadlines: {command} of request {request_id} is refused while nobody said what its "
            "near day is; add the deadline that it starts (set_deadline), or say why it starts "
            "none (explain_near_day)"
        )


class WordsIdentify(Refused):
    """Words that are kept in clear hold a name of the request, or what looks like a number or
    address of a person."""

    code = "intake.words_identify"

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field}: holds a name of the request, or what looks like a number or an e-mail "
            "address, and is not encrypted; say it without"
        )


class NotByRule(Refused):
    """Only a person may do this."""

    code = "intake.only_a_person"

    def __init__(self, command: str, rule: str) -> None:
        super().__init__(f"by: {command} needs the name of a person ({rule})")


class ReasonMissing(Refused):
    """The rules ask for words."""

    code = "intake.reason_missing"

    def __init__(self, command: str, rule: str) -> None:
        super().__init__(f"reason: {command} needs a reason in words ({rule})")


class ReplyBlocked(Refused):
    """The person asked not to be answered that way (R31)."""

    code = "intake.reply_blocked"

    def __init__(self, request_id: UUID | None, way: str) -> None:
        super().__init__(
            f"way: request {request_id} may not be answered by {way} (R31); "
            "use the way that the person named, a visit, the lawyer, or wait for the release"
        )


class TargetIsDuplicate(Refused):
    """The request that is to be the first is a duplicate itself: nobody would answer either."""

    code = "intake.target_is_duplicate"

    def __init__(self, target: UUID, first: UUID | None) -> None:
        super().__init__(
            f"duplicate_of: request {target} is a duplicate itself, of {first}; name {first}, or "
            "take that mark away first (unmark_duplicate)"
        )


class LinkToItself(Refused):
    """A request is no duplicate of, reminder of or reply to itself."""

    code = "intake.link_to_itself"

    def __init__(self, request_id: UUID | None) -> None:
        super().__init__(f"linked_to: request {request_id} cannot be linked to itself")
