"""« État du système »: for those who run it; nothing on it names a person."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request, Response

from services.desk.web.base import Desk, Stop, page
from shared.errors import PermanenceError

SERVICES = ("intake", "routing", "followup", "notifications")


class SystemPages(Desk):
    """/systeme."""

    @page("GET", "/systeme")
    def system(self, request: Request) -> Response:
        viewer = self.signed_in(request)
        if not viewer.runs_system:
            raise Stop(self.error(request, 403, viewer=viewer))
        return self.render(
            request,
            "system.html",
            viewer=viewer,
            services=[self._service(name) for name in SERVICES],
            subscriptions={one.source: one for one in self.site.system.subscriptions()},
            parked=self.site.system.parked(),
        )

    def _service(self, name: str) -> dict[str, Any]:
        """Whether it answers, and how many events its log holds beyond what the desk has read."""
        try:
            heads = self.site.owners.ask(name, "log_heads")["heads"]
        except PermanenceError as error:
            return {"name": name, "up": False, "code": error.code, "behind": None}
        read = self.site.system.reached(name)
        behind = sum(
            1 for part, (position, _) in heads.items() if position > read.get(int(part), 0)
        )
        return {"name": name, "up": True, "code": None, "behind": behind}
