"""Coming in by a link sent by e-mail, and going out."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import structlog
from werkzeug.wrappers import Request, Response

from services.desk.web.base import Desk, local_path, page, redirect
from shared.errors import PermanenceError

_log = structlog.get_logger("desk.sign_in")
_LONGEST_ADDRESS = 320


class SignInPages(Desk):
    """/connexion and /deconnexion."""

    later: Callable[[Callable[[], None]], None]

    @page("GET", "/")
    def home(self, request: Request) -> Response:
        viewer = self.signed_in(request)
        return redirect("/demandes" if viewer.sees_people else "/systeme")

    @page("GET", "/connexion")
    def sign_in(self, request: Request) -> Response:
        back = local_path(request.args.get("retour"))
        if self.viewer_of(request):
            return redirect(back)
        return self.render(request, "sign_in.html", back=back, sent=False)

    @page("POST", "/connexion")
    def ask_link(self, request: Request) -> Response:
        """The same answer at once for everybody; the mail, if there is one, leaves afterwards."""
        form = self.form(request)
        email = form.get("email", "").strip()
        back = local_path(form.get("retour"))
        if "@" not in email or len(email) > _LONGEST_ADDRESS:
            return self.render(
                request, "sign_in.html", back=back, sent=False, wrong=email, status=422
            )
        self.later(lambda: self._send(email, back))
        return self.render(request, "sign_in.html", back=back, sent=True)

    @page("GET", "/connexion/<string:token>")
    def show_link(self, request: Request, token: str) -> Response:
        """Programs that look at links in mails must not use them up: a person presses a button."""
        good = self.site.doors.link_good(token, now=self.site.clock.now())
        back = local_path(request.args.get("retour"))
        return self.render(
            request,
            "enter.html",
            token=token,
            good=good,
            back=back,
            status=200 if good else 410,
        )

    @page("POST", "/connexion/<string:token>")
    def enter(self, request: Request, token: str) -> Response:
        form = self.form(request)
        opened = self.site.doors.use_link(token, now=self.site.clock.now())
        if opened is None:
            return self.render(request, "enter.html", token=token, good=False, back="/", status=410)
        session, _volunteer = opened
        if before := request.cookies.get(self.site.cookie):
            self.site.doors.close(before)
        _log.info("signed_in")
        response = redirect(local_path(form.get("retour"), "/"))
        self.set_cookie(response, self.site.cookie, session, None)
        self.delete_cookie(response, self.site.visitor_cookie)
        return response

    @page("POST", "/deconnexion")
    def sign_out(self, request: Request) -> Response:
        if self.viewer_of(request) is None:
            return redirect("/connexion")
        self.form(request)
        if token := request.cookies.get(self.site.cookie):
            self.site.doors.close(token)
        response = redirect("/connexion", fait="sorti")
        self.delete_cookie(response, self.site.cookie)
        return response

    def _send(self, email: str, back: str) -> None:
        try:
            made = self.site.doors.make_link(email, now=self.site.clock.now())
            if made is None:
                return
            token, address = made
            self.site.mailer.send_link(
                address, f"{self.site.url}/connexion/{token}?retour={quote(back)}"
            )
        except PermanenceError as error:
            _log.warning("sign_in_link_not_sent", code=error.code)
