"""« Échéances »: the list, and one deadline to confirm, correct, drop or note as met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from services.desk.domain.rows import DeadlineRow
from services.desk.domain.viewer import Access, Viewer
from services.desk.web.base import Desk, Stop, command_of, page, redirect
from shared.errors import Invalid, PermanenceError

Form = MultiDict[str, str]

_SERVICE = "followup"
_TERMS = ("kind", "rule", "trigger_on", "before", "on", "decided_on")


class DeadlinePages(Desk):
    """/echeances."""

    @page("GET", "/echeances")
    def deadlines(self, request: Request) -> Response:
        viewer = self.sees_people(request)
        ended = request.args.get("vue") == "passees"
        rows = self.site.follow_up.deadlines(viewer, ended=ended)
        ids = [row.request_id for row in rows if row.request_id]
        seen = self.site.lists.requests_among(viewer, ids)
        return self.render(
            request,
            "deadlines.html",
            viewer=viewer,
            rows=rows,
            ended=ended,
            requests=seen,
            places={one["code"]: one["short"] for one in self.site.lists.places()},
        )

    @page("GET", "/echeances/<uuid:deadline_id>")
    def deadline(self, request: Request, deadline_id: UUID) -> Response:
        viewer, row = self._seen_deadline(request, deadline_id)
        return self._show_deadline(request, viewer, row)

    @page("GET", "/echeances/nouvelle")
    def new_deadline(self, request: Request) -> Response:
        viewer, belongs = self._belongs(request, request.args)
        return self._deadline_form(request, viewer, belongs, {})

    @page("POST", "/echeances/nouvelle")
    def set_deadline(self, request: Request) -> Response:
        form = self.form(request)
        viewer, belongs = self._belongs(request, form)
        payload = {**terms_sent(form), **belongs, "register": viewer.register}
        try:
            made = self.site.owners.tell(
                _SERVICE,
                "set_deadline",
                by=viewer.volunteer_id,
                command_id=command_of(form),
                **payload,
            )
        except Invalid:
            return self._deadline_form(request, viewer, belongs, form, wrong=True)
        except PermanenceError as error:
            return self._deadline_form(request, viewer, belongs, form, code=error.code)
        return redirect(f"/echeances/{made['deadline_id']}", fait="confirmer")

    @page("POST", "/echeances/<uuid:deadline_id>/<string:action>")
    def deadline_action(self, request: Request, deadline_id: UUID, action: str) -> Response:
        form = self.form(request)
        viewer, row = self._seen_deadline(request, deadline_id)
        if _access(viewer, row) is not Access.FULL:
            return self.error(request, 403, viewer=viewer)
        common = {
            "deadline_id": str(deadline_id),
            "by": viewer.volunteer_id,
            "command_id": command_of(form),
        }
        back = f"/echeances/{deadline_id}"
        said = " ".join(form.get("mots", "").split())[:500]
        match action:
            case "confirmer":
                return self.act(back, "confirmer", _SERVICE, "confirm_deadline", **common)
            case "tenue":
                return self.act(back, "tenue", _SERVICE, "meet_deadline", proof=said, **common)
            case "sans-objet":
                return self.act(
                    back, "sans-objet", _SERVICE, "drop_deadline", reason=said, **common
                )
            case "corriger":
                terms = terms_sent(form)
                return self.act(back, "corrigee", _SERVICE, "correct_deadline", **common, **terms)
            case _:
                return self.error(request, 404, viewer=viewer)

    def _seen_deadline(self, request: Request, deadline_id: UUID) -> tuple[Viewer, DeadlineRow]:
        viewer = self.sees_people(request)
        row = self.site.follow_up.deadline(viewer, deadline_id)
        if row is None:
            raise Stop(self.error(request, 404, viewer=viewer))
        return viewer, row

    def _show_deadline(self, request: Request, viewer: Viewer, row: DeadlineRow) -> Response:
        try:
            told = self.site.owners.ask(_SERVICE, "show_deadline", deadline_id=str(row.deadline_id))
        except PermanenceError:
            told = None
        seen = self.site.lists.requests_among(viewer, [row.request_id] if row.request_id else [])
        if row.request_id in seen:
            self.shown(viewer, "deadline", "request", row.request_id)
        return self.render(
            request,
            "deadline.html",
            viewer=viewer,
            deadline=_as_told(row, told),
            fresh=told is not None,
            full=_access(viewer, row) is Access.FULL,
            about=seen.get(row.request_id) if row.request_id else None,
            rules=self._rules() if row.is_open else [],
            names=self.site.lists.volunteers(viewer),
        )

    def _belongs(self, request: Request, asked: Mapping[str, str]) -> tuple[Viewer, dict[str, str]]:
        """The request or case that a new deadline is for, if the viewer may act on it."""
        viewer = self.sees_people(request)
        try:
            if asked.get("demande"):
                request_id = UUID(asked["demande"])
                row = self.site.lists.request(viewer, request_id)
                if row and viewer.access_to(row.unit, row.informed) is Access.FULL:
                    return viewer, {"request_id": str(request_id)}
            elif asked.get("suivi"):
                case_id = UUID(asked["suivi"])
                now = self.site.clock.now()
                if self.site.follow_up.case(viewer, case_id, now=now):
                    return viewer, {"case_id": str(case_id)}
        except ValueError:
            pass
        raise Stop(self.error(request, 404, viewer=viewer))

    def _deadline_form(
        self,
        request: Request,
        viewer: Viewer,
        belongs: Mapping[str, str],
        values: Mapping[str, str],
        *,
        wrong: bool = False,
        code: str | None = None,
    ) -> Response:
        return self.render(
            request,
            "deadline_new.html",
            viewer=viewer,
            status=422 if wrong or code else 200,
            belongs=belongs,
            values=values,
            wrong=wrong,
            code=code,
            rules=self._rules(),
        )

    def _rules(self) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = self.site.owners.ask(_SERVICE, "list_rules")
        except PermanenceError:
            return []
        return found


def terms_sent(form: Mapping[str, str]) -> dict[str, Any]:
    """The terms of a deadline's form, without what was left empty; an hour goes with its day."""
    terms: dict[str, Any] = {
        name: form.get(name, "").strip() for name in _TERMS if form.get(name, "").strip()
    }
    hour = form.get("trigger_hour", "").strip()
    if hour and "trigger_on" in terms:
        terms["trigger_on"] += f"T{hour}"
    return terms


def _access(viewer: Viewer, row: DeadlineRow) -> Access:
    return viewer.access_to(row.unit, row.informed)


def _as_told(row: DeadlineRow, told: Mapping[str, Any] | None) -> DeadlineRow:
    """The deadline as follow-up tells it now, where it does."""
    if told is None:
        return row
    return DeadlineRow(
        deadline_id=row.deadline_id,
        register=row.register,
        request_id=row.request_id,
        case_id=row.case_id,
        state=told["state"],
        kind=told["kind"],
        prudent=told["prudent"],
        last=told["last"],
        alert_at=row.alert_at,
        terms=dict(told),
        set_by=told.get("confirmed_by"),
        ending=told.get("ending"),
        unit=row.unit,
        informed=row.informed,
    )
