"""What all pages share: who is signed in, forms that are ours, answers that no cache keeps."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

import structlog
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request, Response

from services.desk.application.site import Site
from services.desk.domain import words
from services.desk.domain.errors import WordsName
from services.desk.domain.rows import PAGE_ROWS
from services.desk.domain.viewer import Viewer
from shared.errors import Invalid, PermanenceError, Unavailable
from shared.identifying import name_in
from shared.web import Http

_log = structlog.get_logger("desk.web")
_Path = ParamSpec("_Path")
_Row = TypeVar("_Row")

CSRF_FIELD = "jeton"
HEAR_SECONDS = 2.0
_LAST_PAGE = 100_000
_LONGEST_PATH = 300
# What the owners of the data keep unencrypted.
_IN_CLEAR = frozenset({"reason", "proof", "waiting_for", "orientation", "to", "place"})
# No script at all; style, images and forms from ourselves alone; nobody frames us.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Stop(Exception):
    """Answer ``response`` at once."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class NotFilled(Exception):
    """A form came without the fields named, or with something else in them."""

    def __init__(self, names: Iterable[str], said: str = words.TO_FILL) -> None:
        super().__init__("fields of a form are missing")
        self.names = tuple(names)
        self.said = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A form that did not pass, to be shown again as it was typed, with what to mend.

    ``key`` tells apart the forms of one action: the appointment or step that each is for.
    ``problems`` by field; ``said`` is what is told above the form.
    """

    action: str = ""
    key: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    said: str = ""

    def at(self, action: str, key: str = "") -> bool:
        """Whether it was this form."""
        return bool(action) and (action, key) == (self.action, self.key)

    def value(self, action: str, key: str, name: str, default: str = "") -> str:
        """What was typed in a field of this form, else ``default``."""
        return self.values.get(name, "") if self.at(action, key) else default

    def problem(self, action: str, key: str, name: str) -> str | None:
        """What is wrong with a field of this form."""
        return self.problems.get(name) if self.at(action, key) else None

    def command(self, action: str, key: str = "") -> str:
        """The id of this form's next command: the same as before, for nothing may happen twice."""
        return command_of(self.values) if self.at(action, key) else str(uuid4())


NOTHING_TRIED = Tried()


class Page(Http):
    """An HTTP entrypoint whose every answer carries the headers above, and our error page."""

    def handle_request(self, request: Request) -> Response:
        response = super().handle_request(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def error_page(self, status: int) -> Response:
        return html(PLAIN_ERROR.format(status=status, why=_WHY.get(status, _WHY_NOT)), status)


# Where even the templates cannot be trusted to work.
PLAIN_ERROR = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Erreur {status}</title>'
    "<h1>Cette page n’a pas pu s’afficher</h1>"
    '<p>{why}, ou <a href="/">revenir à l’accueil</a>.</p>'
)
_WHY_NOT = "L’erreur est notée. Vous pouvez réessayer"
_WHY = {
    408: "L’envoi a pris trop de temps. Revenez en arrière pour réessayer",
    413: "C’est trop long pour être envoyé d’un coup. Revenez en arrière pour raccourcir",
}


def page(method: str, url: str) -> Callable[[Callable[_Path, Response]], Callable[_Path, Response]]:
    """Answer ``method`` on ``url`` with the method; ``Stop`` and our errors become pages."""

    def decorate(answer: Callable[_Path, Response]) -> Callable[_Path, Response]:
        @wraps(answer)
        def guarded(*args: _Path.args, **kwargs: _Path.kwargs) -> Response:
            desk = cast("Desk", args[0])
            request = cast("Request", args[1])
            try:
                return answer(*args, **kwargs)
            except Stop as stop:
                return stop.response
            except Unavailable as error:
                _log.warning("page_unavailable", route=url, code=error.code)
                return desk.error(request, 503)
            except PermanenceError as error:
                _log.error("page_failed", route=url, code=error.code, exc_info=error)
                return desk.error(request, 500)

        made: Callable[_Path, Response] = Page.decorator(method, url)(guarded)
        return made

    return decorate


class Desk:
    """What the page classes are mixed with; ``site`` is injected by the service."""

    site: Site

    # ---- who
    def signed_in(self, request: Request) -> Viewer:
        """Who looks; nobody: to the sign-in page, and back here, or the form kept, afterwards."""
        viewer = self.viewer_of(request)
        if viewer is None and request.method == "POST":
            raise Stop(self.kept(request))
        if viewer is None:
            raise Stop(redirect(f"/connexion?retour={quote(request.full_path.rstrip('?'))}"))
        return viewer

    def sees_people(self, request: Request) -> Viewer:
        """As ``signed_in``, and refused to whom only runs the system."""
        viewer = self.signed_in(request)
        if not viewer.sees_people:
            raise Stop(self.error(request, 403, viewer=viewer))
        return viewer

    def viewer_of(self, request: Request) -> Viewer | None:
        token = request.cookies.get(self.site.cookie)
        return self.site.doors.viewer(token, now=self.site.clock.now()) if token else None

    def shown(self, viewer: Viewer, what: str, kind: str, *subjects: UUID) -> None:
        """Record, before it happens, that data of persons are shown."""
        if subjects:
            self.site.doors.shown(viewer, what, kind, subjects, now=self.site.clock.now())
            _log.info("personal_data_shown", kind=kind, route=what)

    # ---- answers
    def places(self) -> dict[str, str]:
        """The short name of every place, by its code."""
        return {one["code"]: one["short"] for one in self.site.lists.places()}

    def listed(self, rows: Sequence[_Row], number: int, first: str) -> dict[str, Any]:
        """One page of rows for a template; one that has become empty leads to the ``first``."""
        if not rows and number > 1:
            raise Stop(redirect(first))
        return {"rows": rows[:PAGE_ROWS], "more": len(rows) > PAGE_ROWS, "page": number}

    def render(
        self,
        request: Request,
        template: str,
        *,
        viewer: Viewer | None = None,
        status: int = 200,
        **values: Any,
    ) -> Response:
        """The page made of ``template``; forms in it carry this visitor's token."""
        secret, fresh = self._secret(request)
        done = request.args.get("fait")
        said: dict[str, Any] = {
            "viewer": viewer,
            "csrf": _token(secret),
            "new_command": lambda: str(uuid4()),
            "path": request.path,
            "done": done,
            "refused": request.args.get("refus"),
            "today": self.site.today(),
            "tried": NOTHING_TRIED,
            "my_alerts": self._alerts_of(viewer),
        }
        response = html(self.site.pages.render(template, said | values), status)
        if fresh:
            self.set_cookie(response, self.site.visitor_cookie, secret, None)
        return response

    def _alerts_of(self, viewer: Viewer | None) -> int:
        if viewer is None or not viewer.sees_people:
            return 0
        return self.site.lists.count_alerts(viewer)

    def act(
        self,
        back: str,
        done: str,
        service: str,
        method: str,
        *,
        again: Callable[[PermanenceError], Response] | None = None,
        about: Sequence[str | None] = (),
        **payload: Any,
    ) -> Response:
        """Tell the owner, then go ``back``; what it refused is shown by ``again``, if given.

        Words in clear must not hold a name of ``about``, which most owners do not know.
        """
        try:
            self._name_nobody(payload, about)
            self.site.owners.tell(service, method, **payload)
        except PermanenceError as error:
            _log.info("command_refused", method=f"{service}.{method}", code=error.code)
            return again(error) if again else redirect(back, refus=error.code)
        self.hear_of_it(service)
        return redirect(back, fait=done)

    def _name_nobody(self, payload: Mapping[str, Any], about: Sequence[str | None]) -> None:
        for name in _IN_CLEAR & payload.keys():
            if word := name_in(payload[name], about, is_place=self._is_town):
                raise WordsName(name, word)

    def _is_town(self, word: str) -> bool:
        return any(one["town"].casefold() == word.casefold() for one in self.site.lists.places())

    def hear_of_it(self, service: str) -> None:
        """Wait, a moment at most, until the desk has read what ``service`` has just told.

        So that whoever did something finds it on the next page.
        """
        until = time.monotonic() + HEAR_SECONDS
        try:
            heads = self.site.owners.ask(service, "log_heads")["heads"]
        except PermanenceError:
            return
        while time.monotonic() < until:
            read = self.site.system.reached(service)
            if all(read.get(int(part), 0) >= head for part, (head, _) in heads.items()):
                return
            time.sleep(0.02)

    def error(self, request: Request, status: int, *, viewer: Viewer | None = None) -> Response:
        """Our page for a status; says what to do, and nothing of what happened inside."""
        return self.render(request, "error.html", viewer=viewer, status=status, code=status)

    def set_cookie(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        response.set_cookie(
            name,
            value,
            max_age=max_age,
            path="/",
            secure=self.site.secure,
            httponly=True,
            samesite="Lax",
        )

    def delete_cookie(self, response: Response, name: str) -> None:
        """With the attributes it was set with: browsers ignore a ``__Host-`` one without Secure."""
        response.delete_cookie(
            name, path="/", secure=self.site.secure, httponly=True, samesite="Lax"
        )

    # ---- forms
    def form(self, request: Request) -> MultiDict[str, str]:
        """What was sent by one of our own pages to this visitor; anything else is refused."""
        if not self._from_us(request):
            raise Stop(self.error(request, 403))
        secret, fresh = self._secret(request)
        sent = request.form.get(CSRF_FIELD, "")
        if fresh or not hmac.compare_digest(sent.encode(), _token(secret).encode()):
            raise Stop(self.kept(request))
        return request.form

    def kept(self, request: Request) -> Response:
        """What one of our pages sent under a session that is over, to be sent again by a press.

        Only what the browser says is from here: another site must not fill such a form.
        """
        told = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if told == (None, None):
            return self.error(request, 403)
        return self.render(
            request,
            "kept.html",
            viewer=self.viewer_of(request),
            status=403,
            fields=[one for one in request.form.items(multi=True) if one[0] != CSRF_FIELD],
            typed=[
                (words.typed_field(name), text)
                for name, text in request.form.items()
                if words.typed_field(name) and text.strip()
            ],
        )

    def _from_us(self, request: Request) -> bool:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc in (request.host, self.site.host)

    def _secret(self, request: Request) -> tuple[str, bool]:
        """What this visitor's form tokens are made of: the session, else a cookie of its own."""
        known = request.cookies.get(self.site.cookie) or request.cookies.get(
            self.site.visitor_cookie
        )
        return (known, False) if known else (secrets.token_urlsafe(24), True)


def tried(action: str, form: Mapping[str, str], error: NotFilled | PermanenceError) -> Tried:
    """The form as it was sent, with what is wrong with it in French."""
    if isinstance(error, NotFilled):
        problems = dict.fromkeys(error.names, error.said)
    else:
        named = words.refused_field(error.code, form)
        why = words.names(error.word) if isinstance(error, WordsName) else words.refused(error.code)
        problems = {named: why} if named else {}
        if isinstance(error, Invalid):
            problems |= {
                name: words.NOT_UNDERSTOOD if form[name].strip() else words.TO_FILL
                for name in form
                if name in error.fields
            }
    names = [words.form_field(name) for name in problems]
    said = words.to_mend(names) if names else words.refused(getattr(error, "code", "desk.form"))
    return Tried(
        action=action,
        key=form.get("appointment_id") or form.get("step_id") or "",
        values=dict(form.items()),
        problems=problems,
        said=said,
    )


def html(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/html")


def redirect(to: str, **query: str) -> Response:
    """Go and GET ``to``, a path of ours."""
    asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    return Response("", 303, headers={"Location": f"{to}?{asked}" if asked else to})


def page_number(request: Request) -> int:
    """The page of a list that is asked for, from 1."""
    return min(max(1, request.args.get("page", 1, type=int)), _LAST_PAGE)


def local_path(value: str | None, default: str = "/demandes") -> str:
    """``value`` if it is a path of this site, so that no link leads elsewhere."""
    if (
        value
        and len(value) <= _LONGEST_PATH
        and value.startswith("/")
        and not value.startswith(("//", "/\\"))
    ):
        return value if value.isprintable() and "\\" not in value else default
    return default


def command_of(form: Mapping[str, str]) -> str:
    """The id that makes a double click one command."""
    try:
        return str(UUID(form.get("command_id", "")))
    except ValueError:
        return str(uuid4())


def _token(secret: str) -> str:
    return hmac.new(secret.encode(), b"form", sha256).hexdigest()
