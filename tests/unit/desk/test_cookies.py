"""Whoever signs out is out: browsers drop a cookie only if they are told as it was set."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from werkzeug.http import dump_cookie
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from services.desk.adapters.pages import Templates
from services.desk.application.site import Site
from services.desk.web import base
from services.desk.web.sign_in import SignInPages
from shared.clock import VirtualClock

SECRET = "s"


def pages(url: str) -> SignInPages:
    """The desk at an address; whoever comes is signed in, or has a link that opens it."""
    doors = SimpleNamespace(
        viewer=lambda _token, now: "somebody",
        close=lambda _token: None,
        use_link=lambda _token, now: ("fresh", "v-1"),
    )
    made = SignInPages()
    made.site = Site(
        doors=cast("Any", doors),
        lists=cast("Any", None),
        follow_up=cast("Any", None),
        system=cast("Any", None),
        mailer=cast("Any", None),
        pages=Templates(),
        owners=cast("Any", None),
        clock=VirtualClock(datetime(2026, 4, 24, 10, 0, tzinfo=UTC)),
        url=url,
    )
    return made


def sent(path: str, cookie: str) -> Request:
    builder = EnvironBuilder(
        path,
        method="POST",
        data={"jeton": base._token(SECRET)},
        headers={"Cookie": dump_cookie(cookie, SECRET)},
    )
    return Request(builder.get_environ())


@pytest.mark.parametrize(
    ("url", "name", "secure"),
    [("https://desk.example", "__Host-permanence", True), ("http://x", "permanence", False)],
)
def test_signing_out_takes_the_session_from_the_browser(url: str, name: str, secure: bool):
    desk = pages(url)

    [told] = desk.sign_out(sent("/deconnexion", name)).headers.getlist("Set-Cookie")

    facts = told.split("; ")
    assert facts[0] == f"{name}="
    assert {"Max-Age=0", "Path=/"} <= set(facts)
    assert ("Secure" in facts) is secure


def test_signing_in_takes_the_visitors_cookie_from_the_browser():
    desk = pages("https://desk.example")

    response = desk.enter(sent("/connexion/t", "__Host-permanence-visite"), "t")

    session, visitor = (one.split("; ") for one in response.headers.getlist("Set-Cookie"))
    assert session[0] == "__Host-permanence=fresh"
    assert visitor[0] == "__Host-permanence-visite="
    assert {"Secure", "Max-Age=0", "Path=/"} <= set(visitor)
