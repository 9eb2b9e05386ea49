"""The raw items and their files, to be saved; style and pictures of the site itself."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Request, Response

from services.desk.application.original import attachment, content, file_name
from services.desk.web.base import page
from services.desk.web.requests import RequestPages
from shared.reference import request_reference

_A_YEAR = "public, max-age=31536000, immutable"


class FilePages(RequestPages):
    """/demandes/<id>/original/…, /fichiers/…"""

    @page("GET", "/demandes/<uuid:request_id>/original/<string:sha256>")
    def original(self, request: Request, request_id: UUID, sha256: str) -> Response:
        """The raw item, unaltered; never opened by the browser."""
        viewer, _row = self.full_request(request, request_id)
        stream = content(self.site.owners.ask, str(request_id), sha256)
        if stream is None:
            return self.error(request, 404, viewer=viewer)
        self.shown(viewer, "original", "request", request_id)
        name = f"{request_reference(request_id)}.{_extension(request.args.get('ext'))}"
        return _download(stream, name)

    @page("GET", "/demandes/<uuid:request_id>/original/<string:sha256>/piece/<int:index>")
    def file(self, request: Request, request_id: UUID, sha256: str, index: int) -> Response:
        """One file of a message."""
        viewer, _row = self.full_request(request, request_id)
        stream = content(self.site.owners.ask, str(request_id), sha256)
        found = attachment(b"".join(stream), index) if stream else None
        if found is None:
            return self.error(request, 404, viewer=viewer)
        self.shown(viewer, "attachment", "request", request_id)
        data, name = found
        return _download([data], name)

    @page("GET", "/fichiers/<string:name>")
    def asset(self, request: Request, name: str) -> Response:
        found = self.site.pages.asset(name)
        if found is None:
            return self.error(request, 404)
        data, media_type = found
        return Response(data, headers={"Content-Type": media_type, "Cache-Control": _A_YEAR})

    @page("GET", "/<path:anything>")
    def nothing_there(self, request: Request, anything: str) -> Response:
        return self.error(request, 404, viewer=self.viewer_of(request))


def _download(stream: object, name: str) -> Response:
    response = Response(stream, mimetype="application/octet-stream")  # type: ignore[arg-type]  # bytes
    response.headers.set("Content-Disposition", "attachment", filename=file_name(name))
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _extension(asked: str | None) -> str:
    return asked if asked in ("eml", "txt", "json") else "bin"
