"""Why a case, an appointment or a deadline says no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.errors import Invalid, Refused


class OutOfState(Refused):
    """A command came in a state from which it does not lead on."""

    code = "followup.out_of_state"

    def __init__(
        self, command: str, what: str, state: StrEnum | None, allowed: Iterable[StrEnum]
    ) -> None:
        now = f"{state.value} ({getattr(state, 'label', state.value)})" if state else "not known"
        wanted = ", ".join(one.value for one in allowed) or "none of that id yet"
        super().__init__(f"state: {what} is {now}; {command} needs {wanted}")
        self.state = state


class Unknown(Refused):
    """Nothing bears that id."""

    code = "followup.unknown"

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field}: {value} is not known here; take one from the lists")


class NotByRule(Refused):
    """Only a person may do this."""

    code = "followup.only_a_person"

    def __init__(self, command: str, rule: str) -> None:
        super().__init__(f"by: {command} needs the name of a person, never a rule ({rule})")


class WordsMissing(Refused):
    """The rules ask for words."""

    code = "followup.words_missing"

    def __init__(self, field: str, command: str) -> None:
        super().__init__(f"{field}: {command} needs it in words; say why in a few")


class WordsIdentify(Refused):
    """Words that are kept in clear hold what looks like a number or address of a person."""

    code = "followup.words_identify"

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field}: holds what looks like a number or an e-mail address, and is not encrypted; "
            "say it without, or put it into a note"
        )


class DeadlinesRunning(Refused):
    """A case cannot close while its deadlines run: each must be met or dropped first."""

    code = "followup.deadlines_running"

    def __init__(self, case_id: UUID | None, running: Sequence[UUID]) -> None:
        names = ", ".join(str(one) for one in running)
        super().__init__(
            f"state: case {case_id} has running deadlines ({names}); "
            "meet or drop each of them, then close"
        )
        self.running = tuple(running)


class InThePast(Refused):
    """What is planned lies in the past."""

    code = "followup.in_the_past"

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{field}: {value} has passed; give a later one")


class NotStarted(Refused):
    """A clock cannot have started on a day to come."""

    code = "followup.not_started"

    def __init__(self, value: object) -> None:
        super().__init__(
            f"trigger_on: {value} is yet to come; give the day on which it happened, or a day (on)"
        )


class FarDay(Invalid):
    """Days lie so far from today that they may be slips, and nobody said that they are meant."""

    code = "followup.far_day"

    def __init__(self, days: Mapping[str, date]) -> None:
        told = ", ".join(f"{name}: {day}" for name, day in days.items())
        super().__init__(
            f"{told}: far from today; correct the year, or send far_days: true if that is meant",
            {name: ["is far from today"] for name in days},
        )


class KindAgainstRule(Refused):
    """The rule does not count deadlines of that nature."""

    code = "followup.kind_against_rule"

    def __init__(
        self, kind: StrEnum, rule: str, kinds: Sequence[StrEnum], others: Sequence[str]
    ) -> None:
        instead = f", or a rule of {kind} ({', '.join(others)})" if others else ""
        super().__init__(
            f"kind: {kind} is not counted by rule {rule}; choose kind {' or '.join(kinds)}"
            f"{instead}, or leave the rule out and give the day (on)"
        )


class NotYet(Refused):
    """What is recorded has not come yet."""

    code = "followup.not_yet"

    def __init__(self, command: str, value: object) -> None:
        super().__init__(f"starts_at: {value} has not come yet; {command} is for afterwards")
