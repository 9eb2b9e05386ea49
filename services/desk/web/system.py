"""« État du système »: for those who run it; nothing on it names a person."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from services.desk.application.readings import all_readings
from services.desk.web.base import Desk, Stop, page


class SystemPages(Desk):
    """/systeme."""

    @page("GET", "/systeme")
    def system(self, request: Request) -> Response:
        viewer = self.signed_in(request)
        if not viewer.runs_system:
            raise Stop(self.error(request, 403, viewer=viewer))
        readings = all_readings(self.site.owners, self.site.system)
        return self.render(request, "system.html", viewer=viewer, readings=readings)
