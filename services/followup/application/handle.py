"""What people do with cases and deadlines: load, decide, append once."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TypeVar
from uuid import UUID

from services.followup.application.ports import Followup
from services.followup.domain import case_decisions, deadline
from services.followup.domain.case import Case, CaseEvent
from services.followup.domain.case import evolve as evolve_case
from services.followup.domain.commands import CaseCommand, CloseCase, DeadlineCommand, SetDeadline
from services.followup.domain.deadline import Deadline
from services.followup.domain.errors import Unknown
from services.followup.domain.identity import case_stream, deadline_stream
from shared.contracts.vocabulary import Outcome
from shared.errors import Unavailable
from shared.eventstore import CommandReused, UnitOfWork, Version, WrongVersion

_TRIES = 5
_Result = TypeVar("_Result")


class TooBusy(Unavailable):
    """Others kept writing to the same stream."""

    code = "followup.too_busy"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: is being written by others; retry in a moment")


def handle_case(
    case_id: UUID,
    command: CaseCommand,
    *,
    by: str,
    followup: Followup,
    command_id: UUID | None = None,
) -> Case:
    """Carry a command out; returns the case as it then is. Raises what ``decide`` refuses."""

    def carry_out(unit: UnitOfWork) -> Case:
        return _do(unit, case_id, lambda _: command)

    return _once(case_stream(case_id), carry_out, by, followup, command_id) or load_case(
        case_id, followup
    )


def close_case(
    case_id: UUID,
    *,
    outcome: Outcome,
    by: str,
    followup: Followup,
    command_id: UUID | None = None,
) -> Case:
    """Close a case; raises DeadlinesRunning naming those of its deadlines that still run."""

    def carry_out(unit: UnitOfWork) -> Case:
        known, _ = load_case_in(unit, case_id)
        followup.hold(unit.connection, [case_id, *_request_of(known)])

        def make(case: Case) -> CloseCase:
            running = followup.deadlines.running(unit.connection, case_id, case.request_id)
            return CloseCase(outcome=outcome, running=tuple(running), by=by)

        return _do(unit, case_id, make)

    return _once(case_stream(case_id), carry_out, by, followup, command_id) or load_case(
        case_id, followup
    )


def handle_deadline(
    deadline_id: UUID,
    command: DeadlineCommand,
    *,
    by: str,
    followup: Followup,
    command_id: UUID | None = None,
) -> Deadline:
    """Carry a command out; returns the deadline as it then is. Raises what ``decide`` refuses.

    A deadline that is set waits for whoever closes its case, and a case that it names must exist.
    """

    def carry_out(unit: UnitOfWork) -> Deadline:
        if isinstance(command, SetDeadline):
            _hold_for(unit, command, followup)
        events, version = unit.load(deadline_stream(deadline_id))
        before = reduce(deadline.evolve, events, None)
        if before is None and not isinstance(command, SetDeadline):
            raise Unknown("deadline_id", deadline_id)
        done = deadline.decide(before, command)
        unit.append(deadline_stream(deadline_id), done, expected=version)
        after = reduce(deadline.evolve, done, before)
        assert after is not None  # noqa: S101 - set, or known before
        return after

    return _once(deadline_stream(deadline_id), carry_out, by, followup, command_id) or (
        load_deadline(deadline_id, followup)
    )


def load_case(case_id: UUID, followup: Followup) -> Case:
    """The case as it is now; raises Unknown."""
    return _known_case(case_id, followup.streams.load(case_stream(case_id))[0])


def load_case_in(unit: UnitOfWork, case_id: UUID) -> tuple[Case, Version]:
    """The case as the unit sees it, and its version; raises Unknown."""
    events, version = unit.load(case_stream(case_id))
    return _known_case(case_id, events), version


def load_deadline(deadline_id: UUID, followup: Followup) -> Deadline:
    """The deadline as it is now; raises Unknown."""
    events, _ = followup.streams.load(deadline_stream(deadline_id))
    found = reduce(deadline.evolve, events, None)
    if found is None:
        raise Unknown("deadline_id", deadline_id)
    return found


def _do(unit: UnitOfWork, case_id: UUID, make: Callable[[Case], CaseCommand]) -> Case:
    events, version = unit.load(case_stream(case_id))
    before = reduce(evolve_case, events, Case(case_id=case_id))
    done = case_decisions.decide(before, make(before))
    unit.append(case_stream(case_id), done, expected=version)
    return reduce(evolve_case, done, before)


def _hold_for(unit: UnitOfWork, command: SetDeadline, followup: Followup) -> None:
    ids = [one for one in (command.case_id, command.request_id) if one is not None]
    followup.hold(unit.connection, ids)
    if command.case_id is not None:
        case, _ = load_case_in(unit, command.case_id)
        if case.register != command.register:
            raise Unknown("case_id", f"{command.case_id} of register {command.register}")


def _once(
    what: str,
    carry_out: Callable[[UnitOfWork], _Result],
    by: str,
    followup: Followup,
    command_id: UUID | None,
) -> _Result | None:
    """Run in one unit, again if somebody else wrote first; None if the command ran before.

    Raises CommandReused for a command of another stream.
    """
    if command_id is not None and (before := followup.streams.store.command(command_id)):
        if all(one.stream != what for one in before):
            raise CommandReused(command_id)
        return None
    metadata = {"actor": by, "correlation_id": what.partition("-")[2]}
    for _ in range(_TRIES):
        try:
            with followup.streams.unit(metadata=metadata, command_id=command_id) as unit:
                return carry_out(unit)
        except WrongVersion:
            continue  # somebody else wrote first: load and decide again
    raise TooBusy(what)


def _known_case(case_id: UUID, events: list[CaseEvent]) -> Case:
    if not events:
        raise Unknown("case_id", case_id)
    return reduce(evolve_case, events, Case())


def _request_of(case: Case) -> list[UUID]:
    return [case.request_id] if case.request_id else []
