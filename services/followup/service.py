"""Follow-up's nameko edge: events in, commands in, queries out; no rule and no SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog

from services.followup import wiring
from services.followup.application import forms, tell
from services.followup.application.handle import (
    close_case,
    handle_case,
    handle_deadline,
    load_case,
    load_deadline,
)
from services.followup.application.hear_intake import HEARD, hear_intake
from services.followup.application.pass_time import draw_near, miss_passed
from services.followup.application.ports import Followup
from services.followup.domain.commands import CorrectDeadline, ReceiveReferral, SetDeadline
from services.followup.domain.identity import case_id_for, person_id_for
from services.followup.projections.cases import list_cases
from services.followup.projections.deadlines import list_deadlines, terms_of_row
from services.followup.projections.faults import list_faults
from shared.clock import today
from shared.contracts.intake.events import MAIN_REGISTER
from shared.deadlines import rules
from shared.errors import Unavailable
from shared.eventstore import UnitOfWork
from shared.messaging import Delivered, EventRelay, LogAccess, caused_by, command, subscribe
from shared.postgres import connected
from shared.schedule import timer
from shared.service import Parts, ServiceParts
from shared.web import Health

log = structlog.get_logger("followup")

_EVERY_SECONDS = 1.0
_MOST = 500


class FollowupService(LogAccess, Health):
    """Cases around release, their steps and appointments, and all deadlines."""

    name = wiring.NAME
    open_parts = staticmethod(wiring.open_parts)
    parts: ServiceParts = Parts()
    relay = EventRelay()

    @subscribe(
        "intake", only=HEARD, codec=wiring.INTAKE_CODEC, reads_private=False, pace_seconds=0.2
    )
    def on_intake(self, batch: Sequence[Delivered], unit: UnitOfWork) -> None:
        """Propose the deadlines and the cases that requests speak of."""
        hear_intake(batch, unit, deadlines=self._followup.deadlines, caused_by=caused_by)

    @timer(interval=_EVERY_SECONDS)
    def on_time(self) -> None:
        """Miss what passed, tell what nears; what is not available is tried at the next tick."""
        try:
            missed = miss_passed(self._followup)
            neared = draw_near(self._followup)
        except Unavailable as error:
            log.warning("tick_put_off", exc_info=error)
            return
        if missed:
            log.info("deadlines_missed", event_count=missed)
        if neared:
            log.info("deadlines_neared", event_count=neared)

    @command
    def tick(self) -> int:
        """Miss now all deadlines that passed, tell of all that drew near; how many of both."""
        return miss_passed(self._followup) + draw_near(self._followup)

    # -- cases ---------------------------------------------------------------------------------

    @command
    def receive_referral(self, command_id: str | None = None, **payload: Any) -> dict[str, Any]:
        """``source, by[, register, person_id, request_id, establishment, release_on, note]``.

        With a request, its own case; without, a new one. Returns the case.
        """
        asked = forms.read_referral(payload)
        by, once = asked.pop("by"), _id(command_id)
        request_id: UUID | None = asked["request_id"]
        case_id = case_id_for(request_id) if request_id else forms.new_id(once, "case")
        asked["person_id"] = asked["person_id"] or person_id_for(case_id)
        referral = ReceiveReferral(case_id=case_id, **asked)
        done = handle_case(case_id, referral, by=by, followup=self._followup, command_id=once)
        return tell.told_case(done)

    @command
    def accept_referral(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``by[, command_id]``."""
        return self._case("accept_referral", case_id, payload)

    @command
    def refuse_referral(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``reason, orientation, by[, command_id]``."""
        return self._case("refuse_referral", case_id, payload)

    @command
    def reconsider_referral(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``by[, command_id]``."""
        return self._case("reconsider_referral", case_id, payload)

    @command
    def open_case(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``by[, command_id]``."""
        return self._case("open_case", case_id, payload)

    @command
    def suspend_case(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``reason, by[, command_id]``."""
        return self._case("suspend_case", case_id, payload)

    @command
    def resume_case(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``by[, command_id]``."""
        return self._case("resume_case", case_id, payload)

    @command
    def close_case(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``outcome, by[, command_id]``; refused while one of its deadlines is running."""
        once = _id(payload.pop("command_id", None))
        closed = close_case(
            forms.read_uuid("case_id", case_id),
            **forms.read_closing(payload),
            followup=self._followup,
            command_id=once,
        )
        return tell.told_case(closed)

    @command
    def reopen_case(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``reason, by[, command_id]``."""
        return self._case("reopen_case", case_id, payload)

    @command
    def transfer_case(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``to, by[, command_id]``: another permanence follows the person."""
        return self._case("transfer_case", case_id, payload)

    @command
    def plan_step(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``kind, by[, due_on, note, command_id]``."""
        return self._case("plan_step", case_id, payload)

    @command
    def complete_step(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``step_id, by[, command_id]``."""
        return self._case("complete_step", case_id, payload)

    @command
    def drop_step(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``step_id, reason, by[, command_id]``."""
        return self._case("drop_step", case_id, payload)

    @command
    def offer_appointment(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``starts_at (ISO 8601 with its zone), place, by[, command_id]``; only a person (R9)."""
        return self._case("offer_appointment", case_id, payload)

    @command
    def confirm_appointment(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``appointment_id, by[, command_id]``."""
        return self._case("confirm_appointment", case_id, payload)

    @command
    def reschedule_appointment(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``appointment_id, starts_at, place, by[, command_id]``: a new one is offered."""
        return self._case("reschedule_appointment", case_id, payload)

    @command
    def cancel_appointment(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``appointment_id, reason, by[, command_id]``."""
        return self._case("cancel_appointment", case_id, payload)

    @command
    def record_attendance(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``appointment_id, by[, command_id]``."""
        return self._case("record_attendance", case_id, payload)

    @command
    def record_absence(self, case_id: str, **payload: Any) -> dict[str, Any]:
        """``appointment_id, by[, command_id]``."""
        return self._case("record_absence", case_id, payload)

    # -- deadlines -----------------------------------------------------------------------------

    @command
    def set_deadline(self, command_id: str | None = None, **payload: Any) -> dict[str, Any]:
        """A new deadline, running at once: ``kind, by[, request_id, case_id, register]``, and
        ``rule, trigger_on[, before, zone, decided_on, residence, aid_asked, aid_decided,
        lawyer_named]``, or ``on``; for a callback ``asked_on[, urgent]``. Days far from today
        only with ``far_days: true``.
        """
        once = _id(command_id)
        terms, asked = forms.read_terms(forms.SetForm, payload, today=today(self._followup.clock))
        deadline_id = forms.new_id(once, "set_deadline")
        setting = SetDeadline(deadline_id=deadline_id, terms=terms, **asked)
        done = handle_deadline(
            deadline_id, setting, by=asked["by"], followup=self._followup, command_id=once
        )
        return tell.told_deadline(done)

    @command
    def confirm_deadline(self, deadline_id: str, **payload: Any) -> dict[str, Any]:
        """``by[, command_id]``: a candidate runs from now on, as it stands."""
        once = _id(payload.pop("command_id", None))
        wanted = forms.read_uuid("deadline_id", deadline_id)
        by = forms.read_by(payload)
        known = load_deadline(wanted, self._followup)
        setting = SetDeadline(
            deadline_id=wanted,
            register=known.register,
            request_id=known.request_id,
            case_id=known.case_id,
            terms=None,
            by=by,
        )
        done = handle_deadline(wanted, setting, by=by, followup=self._followup, command_id=once)
        return tell.told_deadline(done)

    @command
    def correct_deadline(self, deadline_id: str, **payload: Any) -> dict[str, Any]:
        """The terms as in ``set_deadline``, and ``by[, command_id]``; the state stays, but that
        a missed one runs again.
        """
        once = _id(payload.pop("command_id", None))
        terms, asked = forms.read_terms(
            forms.CorrectForm, payload, today=today(self._followup.clock)
        )
        done = handle_deadline(
            forms.read_uuid("deadline_id", deadline_id),
            CorrectDeadline(terms=terms, by=asked["by"]),
            by=asked["by"],
            followup=self._followup,
            command_id=once,
        )
        return tell.told_deadline(done)

    @command
    def meet_deadline(self, deadline_id: str, **payload: Any) -> dict[str, Any]:
        """``proof, by[, command_id]``: done in time."""
        return self._end("meet_deadline", deadline_id, payload)

    @command
    def drop_deadline(self, deadline_id: str, **payload: Any) -> dict[str, Any]:
        """``reason, by[, command_id]``: of no object."""
        return self._end("drop_deadline", deadline_id, payload)

    # -- queries -------------------------------------------------------------------------------

    @command
    def compute_deadline(self, **payload: Any) -> dict[str, Any]:
        """The terms that ``set_deadline`` would record for the same fields; changes nothing."""
        terms, _ = forms.read_terms(forms.TermsForm, payload, today=today(self._followup.clock))
        return tell.told_terms(terms)

    @command
    def list_rules(self) -> list[dict[str, Any]]:
        """The legal time limits, for a form."""
        return [tell.told_rule(rule) for rule in rules().values()]

    @command
    def list_cases(
        self,
        register: str = MAIN_REGISTER,
        states: list[str] | None = None,
        request_id: str | None = None,
        limit: int = 200,
    ) -> list[dict[str, Any]]:
        """Cases, last moved first, with ``open_steps`` and ``next_appointment_at``."""
        with connected(self.parts.pool) as connection:
            found = list_cases(
                connection,
                register=register,
                states=states,
                request_id=_id(request_id, "request_id"),
                limit=_limit(limit),
            )
        return [tell.told_case_row(row) for row in found]

    @command
    def show_case(self, case_id: str) -> dict[str, Any]:
        """One case with steps, appointments, notes and its deadlines."""
        wanted = forms.read_uuid("case_id", case_id)
        case = load_case(wanted, self._followup)
        own = self._deadlines(register=case.register, case_id=wanted)
        if case.request_id:
            own += self._deadlines(register=case.register, request_id=case.request_id)
        by_id = {one["deadline_id"]: one for one in own}
        return tell.told_case(case) | {"deadlines": list(by_id.values())}

    @command
    def list_deadlines(
        self,
        register: str = MAIN_REGISTER,
        states: list[str] | None = None,
        request_id: str | None = None,
        case_id: str | None = None,
        alert_before: str | None = None,
        limit: int = _MOST,
    ) -> list[dict[str, Any]]:
        """Deadlines, the nearest prudent date first; those without a date before all others."""
        return self._deadlines(
            register=register,
            states=states,
            request_id=_id(request_id, "request_id"),
            case_id=_id(case_id, "case_id"),
            alert_before=forms.read_instant("alert_before", alert_before),
            limit=_limit(limit),
        )

    @command
    def show_deadline(self, deadline_id: str) -> dict[str, Any]:
        """One deadline with its steps and reservations."""
        wanted = forms.read_uuid("deadline_id", deadline_id)
        return tell.told_deadline(load_deadline(wanted, self._followup))

    @command
    def list_faults(
        self, register: str = MAIN_REGISTER, limit: int = _MOST
    ) -> list[dict[str, Any]]:
        """What needs a person now, the oldest first: ``{kind, label, case_id, deadline_id …}``."""
        now = self.parts.clock.now()
        with connected(self.parts.pool) as connection:
            found = list_faults(connection, register=register, now=now, limit=_limit(limit))
        return [tell.told_fault(row) for row in found]

    @property
    def _followup(self) -> Followup:
        return wiring.followup_of(self.parts)

    def _case(self, name: str, case_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        sent = dict(payload)
        once = _id(sent.pop("command_id", None))
        now = self.parts.clock.now()
        asked = forms.read_case_command(name, sent, now=now, command_id=once)
        done = handle_case(
            forms.read_uuid("case_id", case_id),
            asked,
            by=str(sent["by"]),
            followup=self._followup,
            command_id=once,
        )
        return tell.told_case(done)

    def _end(self, name: str, deadline_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        sent = dict(payload)
        once = _id(sent.pop("command_id", None))
        asked = forms.read_ending(name, sent)
        done = handle_deadline(
            forms.read_uuid("deadline_id", deadline_id),
            asked,
            by=asked.by,
            followup=self._followup,
            command_id=once,
        )
        return tell.told_deadline(done)

    def _deadlines(self, **criteria: Any) -> list[dict[str, Any]]:
        with connected(self.parts.pool) as connection:
            found = list_deadlines(connection, **criteria)
        return [tell.told_deadline_row(row, terms_of_row(row)) for row in found]


def _id(value: object, name: str = "command_id") -> UUID | None:
    return None if value is None else forms.read_uuid(name, value)


def _limit(value: int) -> int:
    return max(1, min(int(value), _MOST))
