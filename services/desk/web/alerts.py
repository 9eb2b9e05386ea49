"""Alerts: mine in a list, those of a request, and the page behind the link of a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.desk.domain.rows import AlertRow
from services.desk.domain.viewer import Viewer
from services.desk.web.base import Desk, command_of, page, page_number, redirect
from shared.errors import PermanenceError, Unavailable


class AlertPages(Desk):
    """/alertes and /a/<token>; nothing on the latter names a person."""

    @page("GET", "/alertes")
    def alerts(self, request: Request) -> Response:
        """What this person was alerted to and nobody reacted to."""
        viewer = self.sees_people(request)
        number = page_number(request)
        listed = self.listed(self.site.lists.alerts_to(viewer, page=number), number, "/alertes")
        rows = listed["rows"]
        about = [one.request_id for one in rows if one.request_id]
        requests = self.site.lists.requests_among(viewer, about)
        named = (one.request_id for one in requests.values() if one.named or one.requester)
        self.shown(viewer, "alerts", "request", *named)
        return self.render(
            request, "alerts.html", viewer=viewer, **listed, requests=requests, target=_target
        )

    @page("POST", "/alertes")
    def acknowledge_mine(self, request: Request) -> Response:
        form = self.form(request)
        viewer = self.sees_people(request)
        try:
            mine = self.site.lists.alert_to(viewer, UUID(form.get("alert_id", "")))
        except ValueError:
            mine = None
        among = [mine] if mine else []
        return self.acknowledge_one(viewer, among, form, back="/alertes")

    def acknowledge_one(
        self, viewer: Viewer, among: Sequence[AlertRow], form: Mapping[str, str], *, back: str
    ) -> Response:
        """« J’ai vu », for the alert named in ``form`` if it is one of ``among``."""
        if form.get("alert_id") not in {str(one.alert_id) for one in among}:
            return redirect(back, fait="alerte")  # somebody was faster: it is settled
        return self.act(
            back,
            "alerte",
            "notifications",
            "acknowledge",
            alert_id=form["alert_id"],
            by=viewer.volunteer_id,
            command_id=command_of(form),
        )

    @page("GET", "/a/<string:token>")
    def alert(self, request: Request, token: str) -> Response:
        """Opening the page acknowledges nothing: mail scanners open links."""
        return self._show_alert(request, token, self._asked("show_alert", token))

    @page("POST", "/a/<string:token>")
    def acknowledge(self, request: Request, token: str) -> Response:
        self.form(request)
        viewer = self.viewer_of(request)
        told = {"by": viewer.volunteer_id} if viewer else {}
        try:
            self.site.owners.tell("notifications", "acknowledge", token=token, **told)
        except PermanenceError as error:
            return redirect(f"/a/{token}", refus=error.code)
        return redirect(f"/a/{token}")

    def _asked(self, method: str, token: str) -> dict[str, Any] | None:
        try:
            told: dict[str, Any] = self.site.owners.ask("notifications", method, token=token)
        except Unavailable:
            raise
        except PermanenceError:
            return None
        return told

    def _show_alert(self, request: Request, token: str, alert: dict[str, Any] | None) -> Response:
        target = (
            _target(alert.get("deadline_id"), alert.get("request_id"), alert.get("case_id"))
            if alert
            else None
        )
        return self.render(
            request,
            "alert.html",
            viewer=self.viewer_of(request),
            status=200 if alert else 404,
            alert=alert,
            token=token,
            goes_to=target,
        )


def waiting(alerts: Sequence[AlertRow]) -> list[AlertRow]:
    """Of each cause the latest alert that was sent and that nobody reacted to."""
    latest = {one.cause: one for one in alerts if one.waits}
    return list(latest.values())


def _target(
    deadline_id: UUID | str | None, request_id: UUID | str | None, case_id: UUID | str | None
) -> str:
    """The page of what an alert is about."""
    if deadline_id:
        return f"/echeances/{deadline_id}"
    if request_id:
        return f"/demandes/{request_id}"
    return f"/suivis/{case_id}" if case_id else "/demandes"
