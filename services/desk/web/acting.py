"""What a volunteer does with a request: each is a command to the service that owns it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from services.desk.application import correction
from services.desk.web.base import command_of, page, redirect
from services.desk.web.requests import RequestPages
from shared.contracts.vocabulary import RequestState
from shared.errors import Invalid, PermanenceError

Form = MultiDict[str, str]
Make = Callable[[Form, str], Mapping[str, Any] | None]

_INTAKE, _ROUTING = "intake", "routing"


def _text(form: Form, name: str, *, longest: int = 500) -> str:
    return " ".join(form.get(name, "").split())[:longest]


def _with(*names: str) -> Make:
    """The named fields, all of them needed, and who acts."""

    def make(form: Form, by: str) -> Mapping[str, Any] | None:
        sent = {name: _text(form, name) for name in names}
        return {**sent, "by": by} if all(sent.values()) else None

    return make


def _accept(form: Form, by: str) -> Mapping[str, Any]:
    return {"volunteer_id": by}


def _refuse(form: Form, by: str) -> Mapping[str, Any] | None:
    reason = _text(form, "reason")
    return {"refused_by": by, "reason": reason} if reason else None


def _urgency(form: Form, by: str) -> Mapping[str, Any] | None:
    urgency = _text(form, "urgency")
    return {"urgency": urgency, "reason": _text(form, "reason"), "by": by} if urgency else None


def _reply(form: Form, by: str) -> Mapping[str, Any] | None:
    way, sent_on = _text(form, "way"), _text(form, "sent_on")
    try:
        date.fromisoformat(sent_on)
    except ValueError:
        return None
    return {"way": way, "sent_on": sent_on, "by": by} if way else None


def _referral(form: Form, by: str) -> Mapping[str, Any]:
    return {"source": "request", "by": by}


# action: the owner, its method, and what of the form goes with it (None: something is missing)
ACTIONS: Mapping[str, tuple[str, str, Make]] = {
    "accepter": (_ROUTING, "accept", _accept),
    "refuser": (_ROUTING, "refuse", _refuse),
    "reattribuer": (_ROUTING, "reassign", _with("unit", "reason")),
    "urgence": (_INTAKE, "change_urgency", _urgency),
    "attendre": (_INTAKE, "wait_for", _with("waiting_for")),
    "reprendre": (_INTAKE, "resume_request", _with()),
    "repondre": (_INTAKE, "send_reply", _reply),
    "clore": (_INTAKE, "close_request", _with("outcome")),
    "rouvrir": (_INTAKE, "reopen_request", _with("reason")),
    "doublon": (_INTAKE, "mark_duplicate", _with("duplicate_of")),
    "pas-doublon": (_INTAKE, "unmark_duplicate", _with()),
    "suivi": ("followup", "receive_referral", _referral),
    "lien": (_INTAKE, "link_request", _with("kind", "linked_to")),
}


class RequestActions(RequestPages):
    """POST /demandes/<id>/<action>."""

    @page("POST", "/demandes/<uuid:request_id>/<string:action>")
    def request_action(self, request: Request, request_id: UUID, action: str) -> Response:
        form = self.form(request)
        viewer, row = self.full_request(request, request_id)
        if action == "corriger":
            return self._correct(request, request_id, form)
        if action == "danger":
            return self._danger(request_id, viewer.volunteer_id, form)
        if action not in ACTIONS:
            return self.error(request, 404, viewer=viewer)
        service, method, make = ACTIONS[action]
        payload = make(form, viewer.volunteer_id)
        back = f"/demandes/{request_id}"
        if payload is None:
            return redirect(back, refus="desk.form")
        sent = {"request_id": str(row.request_id), "command_id": command_of(form), **payload}
        if action == "suivi":
            sent |= {"person_id": str(row.person_id), "register": row.register}
            sent |= {"establishment": row.establishment}
        return self.act(back, action, service, method, **sent)

    def _danger(self, request_id: UUID, by: str, form: Form) -> Response:
        back = f"/demandes/{request_id}"
        if form.get("fait") != "oui":
            return redirect(back, refus="desk.confirm")
        payload = {"request_id": str(request_id), "by": by, "command_id": command_of(form)}
        noted_on = self.site.today().isoformat()
        return self.act(
            back, "danger", _INTAKE, "note_danger_handled", noted_on=noted_on, **payload
        )

    def _correct(self, request: Request, request_id: UUID, form: Form) -> Response:
        """Send what differs from what intake tells now; what is wrong is shown in the form."""
        viewer, row = self.full_request(request, request_id)
        back = f"/demandes/{request_id}"
        told = self.told(request_id)
        if told is None:
            return redirect(back, refus="rpc.no_answer")
        after = correction.sent(form)
        fields, wrong = correction.changes(
            correction.shown(told.told, self.places()),
            after,
            codes={one["code"] for one in self.site.lists.places()},
            today=self.site.today(),
        )
        settled = form.getlist("settled")
        in_review = told.told["state"] == RequestState.NEEDS_REVIEW
        if wrong:
            return self.show_request(request, viewer, row, status=422, values=after, problems=wrong)
        if settled or in_review:
            fields["settled"] = settled
        if not fields:
            return redirect(back)
        try:
            self.site.owners.tell(
                _INTAKE,
                "correct_request" if in_review else "amend_request",
                request_id=str(request_id),
                fields=fields,
                by=viewer.volunteer_id,
                command_id=command_of(form),
            )
        except Invalid as error:
            problems = dict.fromkeys(error.fields, "Cette valeur n’a pas été comprise.")
            return self.show_request(
                request, viewer, row, status=422, values=after, problems=problems
            )
        except PermanenceError as error:
            return redirect(back, refus=error.code)
        return redirect(back, fait="corriger")
