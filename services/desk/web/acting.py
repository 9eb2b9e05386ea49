"""What a volunteer does with a request: each is a command to the service that owns it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from services.desk.application import correction
from services.desk.domain import words
from services.desk.domain.rows import RequestRow
from services.desk.domain.viewer import Viewer
from services.desk.web.base import NotFilled, Stop, command_of, page, redirect, tried
from services.desk.web.requests import RequestPages
from shared.contracts.vocabulary import RequestState
from shared.errors import Invalid, PermanenceError

Form = MultiDict[str, str]
Make = Callable[[Form, str], Mapping[str, Any]]

_LEAVES = frozenset({"refuser", "reattribuer"})
_LINKS = {"doublon": "duplicate_of", "lien": "linked_to"}
_INTAKE, _ROUTING = "intake", "routing"


def _text(form: Form, name: str, *, longest: int = 500) -> str:
    return " ".join(form.get(name, "").split())[:longest]


def _needed(form: Form, name: str) -> str:
    text = _text(form, name)
    if not text:
        raise NotFilled([name])
    return text


def _with(*names: str) -> Make:
    """The named fields, all of them needed, and who acts."""

    def make(form: Form, by: str) -> Mapping[str, Any]:
        return {name: _needed(form, name) for name in names} | {"by": by}

    return make


def _accept(form: Form, by: str) -> Mapping[str, Any]:
    return {"volunteer_id": by}


def _refuse(form: Form, by: str) -> Mapping[str, Any]:
    return {"refused_by": by, "reason": _needed(form, "reason")}


def _urgency(form: Form, by: str) -> Mapping[str, Any]:
    return {"urgency": _needed(form, "urgency"), "reason": _text(form, "reason"), "by": by}


def _reply(form: Form, by: str) -> Mapping[str, Any]:
    sent_on = _needed(form, "sent_on")
    try:
        date.fromisoformat(sent_on)
    except ValueError:
        raise NotFilled(["sent_on"], words.NOT_UNDERSTOOD) from None
    return {"way": _needed(form, "way"), "sent_on": sent_on, "by": by}


def _referral(form: Form, by: str) -> Mapping[str, Any]:
    return {"source": "request", "by": by}


# action: the owner, its method, and what of the form goes with it
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
    "jour": (_INTAKE, "explain_near_day", _with("reason")),
    "suivi": ("followup", "receive_referral", _referral),
    "lien": (_INTAKE, "link_request", _with("kind", "linked_to")),
}


class RequestActions(RequestPages):
    """POST /demandes/<id>/<action>."""

    @page("GET", "/demandes/<uuid:request_id>/<string:action>")
    def request_after_action(self, request: Request, request_id: UUID, action: str) -> Response:
        """Where a form that did not pass was shown again, opened anew."""
        return redirect(f"/demandes/{request_id}")

    @page("POST", "/demandes/<uuid:request_id>/<string:action>")
    def request_action(self, request: Request, request_id: UUID, action: str) -> Response:
        form = self.form(request)
        viewer, row = self.full_request(request, request_id)
        if action == "corriger":
            return self._correct(request, request_id, form)
        if action == "danger":
            return self._danger(request_id, viewer.volunteer_id, form)
        if action == "alerte":
            about = self.site.lists.alerts(viewer, request_id)
            return self.acknowledge_one(viewer, about, form, back=f"/demandes/{request_id}")
        if action not in ACTIONS:
            return self.error(request, 404, viewer=viewer)
        service, method, make = ACTIONS[action]
        back = f"/demandes/{request_id}"
        if action in _LINKS:
            self._only_offered(request, viewer, row, action, form)

        def again(error: NotFilled | PermanenceError) -> Response:
            typed = tried(action, form, error)
            return self.show_request(request, viewer, row, status=422, tried=typed)

        try:
            payload = make(form, viewer.volunteer_id)
        except NotFilled as error:
            return again(error)
        sent = {"request_id": str(row.request_id), "command_id": command_of(form), **payload}
        if action == "suivi":
            sent |= {"person_id": str(row.person_id), "register": row.register}
            sent |= {"establishment": row.establishment}
        if action in _LEAVES and not viewer.sees_all:
            back = "/demandes"  # the request may have left what this person sees
        named = (row.given, row.family)
        return self.act(back, action, service, method, again=again, about=named, **sent)

    def _only_offered(
        self, request: Request, viewer: Viewer, row: RequestRow, action: str, form: Form
    ) -> None:
        """Refuse a link that the page does not offer."""
        told = self.told(row.request_id)
        if told is None:
            raise Stop(redirect(f"/demandes/{row.request_id}", refus="rpc.no_answer"))
        offered = {(one["kind"], str(one["request_id"])) for one in self.links(viewer, told)}
        kind = form.get("kind") if action == "lien" else "duplicate_of"
        if (kind, form.get(_LINKS[action])) not in offered:
            raise Stop(self.error(request, 404, viewer=viewer))

    def _danger(self, request_id: UUID, by: str, form: Form) -> Response:
        back = f"/demandes/{request_id}"
        if form.get("fait") != "oui":
            return redirect(back, refus="desk.confirm")
        payload: dict[str, Any] = {"by": by, "command_id": command_of(form)}
        payload["request_id"] = str(request_id)
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
        now = correction.shown(told.told, self.places())
        after, clashes = correction.merged(correction.seen(form, now), correction.sent(form), now)
        fields, wrong = correction.changes(
            now,
            after,
            codes={one["code"] for one in self.site.lists.places()},
            today=self.site.today(),
        )
        wrong = clashes | wrong
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
            problems = dict.fromkeys(error.fields, words.NOT_UNDERSTOOD)
            return self.show_request(
                request, viewer, row, status=422, values=after, problems=problems
            )
        except PermanenceError as error:
            typed = tried("corriger", form, error)
            return self.show_request(request, viewer, row, status=422, values=after, tried=typed)
        return redirect(back, fait="corriger")
