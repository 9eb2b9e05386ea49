"""The page behind the link of an alert: one button, « J'ai vu », for whoever holds the link."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request, Response

from services.desk.web.base import Desk, page, redirect
from shared.errors import PermanenceError, Unavailable


class AlertPages(Desk):
    """/a/<token>; nothing on it names a person."""

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
        return self.render(
            request,
            "alert.html",
            viewer=self.viewer_of(request),
            status=200 if alert else 404,
            alert=alert,
            token=token,
            goes_to=_target(alert) if alert else None,
        )


def _target(alert: dict[str, Any]) -> str:
    """The page of what the alert is about."""
    if alert.get("deadline_id"):
        return f"/echeances/{alert['deadline_id']}"
    if alert.get("request_id"):
        return f"/demandes/{alert['request_id']}"
    return f"/suivis/{alert['case_id']}" if alert.get("case_id") else "/demandes"
