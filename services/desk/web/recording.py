"""« Enregistrer une demande »: what came on paper, by phone or from a team, typed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.desk.application import recording
from services.desk.domain import french, words
from services.desk.domain.recording import KINDS, ORIGINS, Kind
from services.desk.domain.viewer import Access, Viewer
from services.desk.web.base import (
    NOTHING_TRIED,
    Desk,
    Stop,
    Tried,
    command_of,
    page,
    redirect,
    tried,
)
from services.desk.web.requests import access
from shared.errors import PermanenceError, Unavailable

_INTAKE = "intake"
_LOOKS = 10  # how often the page looks by itself whether the request can be read
_LOOK_SECONDS = 1
_NO_ANSWER = french.unbroken(
    "Le service qui garde les demandes ne répond pas en ce moment. Tout ce que vous avez écrit est "
    "gardé dans cette page : ne la fermez pas, et envoyez encore dans un instant. Deux envois ne "
    "comptent qu’une fois."
)


class RecordPages(Desk):
    """/enregistrer, and /enregistree/<id> until the request can be read."""

    @page("GET", "/enregistrer")
    def record(self, request: Request) -> Response:
        viewer = self.sees_people(request)
        return self.render(request, "record.html", viewer=viewer, kinds=KINDS.values())

    @page("GET", "/enregistrer/<string:slug>")
    def record_form(self, request: Request, slug: str) -> Response:
        viewer = self.sees_people(request)
        return self._form(request, viewer, self._kind(request, viewer, slug))

    @page("POST", "/enregistrer/<string:slug>")
    def record_sent(self, request: Request, slug: str) -> Response:
        """The form's own id makes a double click, or a reload, one request."""
        form = self.form(request)
        viewer = self.sees_people(request)
        kind = self._kind(request, viewer, slug)
        told, problems = recording.read(kind, form, self.site.clock.now())
        if problems:
            return self._form(request, viewer, kind, _to_mend(kind, form, problems))
        try:
            made = self.site.owners.tell(
                _INTAKE,
                kind.method,
                register=viewer.register,
                by=viewer.volunteer_id,
                command_id=command_of(form),
                **told,
            )
        except PermanenceError as error:
            return self._form(request, viewer, kind, _refused(kind, form, error))
        self.hear_of_it(_INTAKE)
        return redirect(f"/enregistree/{made['request_id']}")

    @page("GET", "/enregistree/<uuid:request_id>")
    def recorded(self, request: Request, request_id: UUID) -> Response:
        """On to the request, once somebody answers for it and if this person may see it.

        Until then the page looks again by itself, for a while; it tells nothing of the request.
        """
        viewer = self.sees_people(request)
        row = self.site.lists.request(viewer, request_id)
        if row is None and not self._kept(request_id):
            raise Stop(self.error(request, 404, viewer=viewer))
        looked = min(max(1, request.args.get("fois", 1, type=int)), _LOOKS)
        waits = row is None or row.unit is None
        seen = row is not None and access(viewer, row) is not Access.NONE
        if seen and (not waits or looked == _LOOKS):
            return redirect(f"/demandes/{request_id}", fait="enregistree")
        looks = waits and looked < _LOOKS
        response = self.render(
            request,
            "recorded.html",
            viewer=viewer,
            request_id=request_id,
            waits=waits,
            looks=looks,
        )
        if looks:
            again = f"/enregistree/{request_id}?fois={looked + 1}"
            response.headers["Refresh"] = f"{_LOOK_SECONDS}; url={again}"
        return response

    def _kind(self, request: Request, viewer: Viewer, slug: str) -> Kind:
        if slug not in KINDS:
            raise Stop(self.error(request, 404, viewer=viewer))
        return KINDS[slug]

    def _form(
        self, request: Request, viewer: Viewer, kind: Kind, tried: Tried = NOTHING_TRIED
    ) -> Response:
        return self.render(
            request,
            "record_form.html",
            viewer=viewer,
            status=422 if tried.action else 200,
            kind=kind,
            tried=tried,
            origins=ORIGINS,
            all_places=self.site.lists.places(),
        )

    def _kept(self, request_id: UUID) -> bool:
        """Whether intake has such a request; if it does not answer, it may."""
        try:
            found: list[Any] = self.site.owners.ask(
                _INTAKE, "list_originals", request_id=str(request_id)
            )
        except PermanenceError:
            return True
        return bool(found)


def _to_mend(kind: Kind, form: Mapping[str, str], problems: Mapping[str, str]) -> Tried:
    said = words.to_mend(words.form_field(name) for name in problems)
    return Tried(action=kind.slug, values=dict(form.items()), problems=problems, said=said)


def _refused(kind: Kind, form: Mapping[str, str], error: PermanenceError) -> Tried:
    """The form as it was sent, under the same id unless it served for another text."""
    typed = tried(kind.slug, form, error)
    if isinstance(error, Unavailable):
        return replace(typed, said=_NO_ANSWER)
    if error.code == "intake.content_differs":
        values = {name: value for name, value in typed.values.items() if name != "command_id"}
        return replace(typed, values=values)
    return typed
