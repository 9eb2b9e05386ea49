"""« Suivis »: the cases, one case with its steps and appointments, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from services.desk.domain import french, words
from services.desk.domain.rows import CaseRow
from services.desk.domain.viewer import Access, Viewer
from services.desk.web.alerts import AlertPages, waiting
from services.desk.web.base import (
    NOTHING_TRIED,
    NotFilled,
    Stop,
    Tried,
    command_of,
    page,
    page_number,
    redirect,
    tried,
)
from shared.errors import PermanenceError

Form = MultiDict[str, str]
_SERVICE = "followup"
_LONGEST_NOTE = 2_000
_FAULTS = 500  # what follow-up tells at most, the oldest first


def _text(form: Form, name: str) -> str:
    return " ".join(form.get(name, "").split())[:500]


Make = Callable[[Form], dict[str, Any]]


def _fields(*names: str) -> Make:
    """The named fields, all needed."""

    def make(form: Form) -> dict[str, Any]:
        sent = {name: _text(form, name) for name in names}
        if empty := [name for name, value in sent.items() if not value]:
            raise NotFilled(empty)
        return sent

    return make


def _step(form: Form) -> dict[str, Any]:
    lines = (" ".join(line.split()) for line in form.get("note", "").splitlines())
    sent = {"due_on": _text(form, "due_on"), "note": "\n".join(lines).strip()[:_LONGEST_NOTE]}
    return _fields("kind")(form) | {name: value for name, value in sent.items() if value}


def _offer(*names: str) -> Make:
    """A local day and hour, and a place."""

    def make(form: Form) -> dict[str, Any]:
        sent = _fields(*names, "on", "hour", "place")(form)
        on, hour = sent.pop("on"), sent.pop("hour")
        try:
            starts_at = french.in_paris(on, hour)
        except french.NoSuchHour:
            raise NotFilled(["hour"], words.NO_SUCH_HOUR) from None
        except ValueError:
            raise NotFilled(["on", "hour"], words.NOT_UNDERSTOOD) from None
        return {**sent, "starts_at": starts_at.isoformat()}

    return make


# action: the method of follow-up, and what of the form goes with it
ACTIONS: Mapping[str, tuple[str, Make]] = {
    "accepter": ("accept_referral", _fields()),
    "refuser": ("refuse_referral", _fields("reason", "orientation")),
    "reconsiderer": ("reconsider_referral", _fields()),
    "ouvrir": ("open_case", _fields()),
    "suspendre": ("suspend_case", _fields("reason")),
    "reprendre": ("resume_case", _fields()),
    "clore": ("close_case", _fields("outcome")),
    "rouvrir": ("reopen_case", _fields("reason")),
    "transferer": ("transfer_case", _fields("to")),
    "demarche": ("plan_step", _step),
    "demarche-faite": ("complete_step", _fields("step_id")),
    "demarche-abandonnee": ("drop_step", _fields("step_id", "reason")),
    "rendez-vous": ("offer_appointment", _offer()),
    "rdv-confirme": ("confirm_appointment", _fields("appointment_id")),
    "rdv-reporte": ("reschedule_appointment", _offer("appointment_id")),
    "rdv-annule": ("cancel_appointment", _fields("appointment_id", "reason")),
    "rdv-honore": ("record_attendance", _fields("appointment_id")),
    "rdv-manque": ("record_absence", _fields("appointment_id")),
}


class CasePages(AlertPages):
    """/suivis."""

    @page("GET", "/suivis")
    def cases(self, request: Request) -> Response:
        viewer = self.sees_people(request)
        closed = request.args.get("vue") == "clos"
        number = page_number(request)
        found = self.site.follow_up.cases(
            viewer, closed=closed, now=self.site.clock.now(), page=number
        )
        listed = self.listed(found, number, f"/suivis?vue={'clos' if closed else ''}")
        named = (row.case_id for row in listed["rows"] if row.named)
        self.shown(viewer, "cases", "case", *named)
        return self.render(
            request,
            "cases.html",
            viewer=viewer,
            **listed,
            closed=closed,
            counts=self.site.follow_up.case_counts(viewer),
            places=self.places(),
        )

    @page("GET", "/suivis/a-reprendre")
    def faults(self, request: Request) -> Response:
        """What follow-up finds wrong and a person must mend."""
        viewer = self.sees_people(request)
        try:
            found = self.site.owners.ask(
                _SERVICE, "list_faults", register=viewer.register, limit=_FAULTS
            )
        except PermanenceError:
            found = None
        shown = self._explained(viewer, found or ())
        return self.render(
            request,
            "faults.html",
            viewer=viewer,
            answered=found is not None,
            more=found is not None and len(found) >= _FAULTS,
            faults=shown,
            places=self.places(),
            instant=datetime.fromisoformat,
        )

    @page("GET", "/suivis/<uuid:case_id>")
    def case(self, request: Request, case_id: UUID) -> Response:
        viewer, row = self._seen_case(request, case_id)
        return self._show_case(request, viewer, row)

    def _show_case(
        self,
        request: Request,
        viewer: Viewer,
        row: CaseRow,
        *,
        status: int = 200,
        tried: Tried = NOTHING_TRIED,
    ) -> Response:
        """The page; ``tried`` is a form that did not pass. Who is only informed reads no note."""
        case_id = row.case_id
        self.shown(viewer, "case", "case", case_id)
        try:
            told = self.site.owners.ask(_SERVICE, "show_case", case_id=str(case_id))
        except PermanenceError:
            told = None
        full = _access(viewer, row) is Access.FULL
        known = told if full else None
        alerts = self.site.lists.alerts(viewer, case_id)
        return self.render(
            request,
            "case.html",
            viewer=viewer,
            status=status,
            tried=tried,
            row=row,
            told=known,
            fresh=told is not None,
            state=told["state"] if told else row.state,
            full=full,
            steps=self._steps(row, known),
            appointments=self._appointments(row, known),
            deadlines=self.site.follow_up.deadlines_about(viewer, case_id),
            alerts=alerts,
            waiting=waiting(alerts) if full else [],
            names=self.site.lists.volunteers(viewer),
            places=self.places(),
            now=self.site.clock.now(),
        )

    @page("GET", "/suivis/<uuid:case_id>/<string:action>")
    def case_after_action(self, request: Request, case_id: UUID, action: str) -> Response:
        """Where a form that did not pass was shown again, opened anew."""
        return redirect(f"/suivis/{case_id}")

    @page("POST", "/suivis/<uuid:case_id>/<string:action>")
    def case_action(self, request: Request, case_id: UUID, action: str) -> Response:
        form = self.form(request)
        viewer, row = self._seen_case(request, case_id)
        if _access(viewer, row) is not Access.FULL:
            return self.error(request, 403, viewer=viewer)
        back = f"/suivis/{case_id}"
        if action == "alerte":
            about = self.site.lists.alerts(viewer, case_id)
            return self.acknowledge_one(viewer, about, form, back=back)
        if action not in ACTIONS:
            return self.error(request, 404, viewer=viewer)
        method, make = ACTIONS[action]

        def again(error: NotFilled | PermanenceError) -> Response:
            typed = tried(action, form, error)
            return self._show_case(request, viewer, row, status=422, tried=typed)

        try:
            payload = make(form) | {"by": viewer.volunteer_id, "command_id": command_of(form)}
        except NotFilled as error:
            return again(error)
        payload |= {"case_id": str(case_id)}
        named = (row.given, row.family)
        return self.act(back, "suivi", _SERVICE, method, again=again, about=named, **payload)

    def _seen_case(self, request: Request, case_id: UUID) -> tuple[Viewer, CaseRow]:
        viewer = self.sees_people(request)
        row = self.site.follow_up.case(viewer, case_id, now=self.site.clock.now())
        if row is None:
            raise Stop(self.error(request, 404, viewer=viewer))
        return viewer, row

    def _explained(
        self, viewer: Viewer, faults: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """The faults that the viewer may see, each with whom and what it is about."""
        ids = {
            name: [UUID(one) for one in {fault[name] for fault in faults} if one]
            for name in ("deadline_id", "case_id")
        }
        rows = self.site.follow_up.deadlines_among(viewer, ids["deadline_id"])
        cases = self.site.follow_up.cases_among(viewer, ids["case_id"], now=self.site.clock.now())
        about = [row.request_id for row in rows.values() if row.request_id]
        requests = self.site.lists.requests_among(viewer, about)
        shown = []
        for one in faults:
            deadline = rows.get(UUID(one["deadline_id"])) if one["deadline_id"] else None
            case = cases.get(UUID(one["case_id"])) if one["case_id"] else None
            request = (
                requests.get(deadline.request_id) if deadline and deadline.request_id else None
            )
            if not (deadline or case):
                continue
            person = case or request
            shown.append(
                {
                    **one,
                    "deadline": deadline,
                    "named": person.named if person else None,
                    "establishment": person.establishment if person else None,
                }
            )
        named = (one.request_id for one in requests.values() if one.named)
        self.shown(viewer, "faults", "request", *named)
        self.shown(viewer, "faults", "case", *(one.case_id for one in cases.values() if one.named))
        return shown

    def _steps(self, row: CaseRow, told: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        if told:
            return sorted(
                (_dated(one) for one in told["steps"]),
                key=lambda one: (
                    one["state"] != "planned",
                    one["due_on"] is None,
                    str(one["due_on"]),
                ),
            )
        return [
            {
                "step_id": str(one.step_id),
                "kind": one.kind,
                "due_on": one.due_on,
                "state": one.state,
                "note": None,
            }
            for one in self.site.follow_up.steps(row.case_id)
        ]

    def _appointments(self, row: CaseRow, told: Mapping[str, Any] | None) -> list[dict[str, Any]]:
        if told:
            found = [
                {**one, "starts_at": datetime.fromisoformat(one["starts_at"])}
                for one in told["appointments"]
            ]
        else:
            found = [
                {
                    "appointment_id": str(one.appointment_id),
                    "starts_at": one.starts_at,
                    "place": one.place,
                    "state": one.state,
                }
                for one in self.site.follow_up.appointments(row.case_id)
            ]
        return sorted(found, key=lambda one: one["starts_at"], reverse=True)


def _dated(step: Mapping[str, Any]) -> dict[str, Any]:
    day = step.get("due_on")
    return {**step, "due_on": datetime.fromisoformat(day).date() if day else None}


def _access(viewer: Viewer, row: CaseRow) -> Access:
    return viewer.access_to("desk", row.informed)
