"""« Aide »: what the desk is and how one works with it, for volunteers."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.desk.web.base import Desk, page


class HelpPages(Desk):
    """/aide: open to everybody, for it tells of no one."""

    @page("GET", "/aide")
    def help(self, request: Request) -> Response:
        return self.render(request, "help.html", viewer=self.viewer_of(request))
