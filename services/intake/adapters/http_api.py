"""The HTTP API for partners' systems and the desk's own web form: checks, then ``receive``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from werkzeug.wrappers import Request, Response

from services.intake.adapters.forwarded import TrustedProxies
from services.intake.adapters.json_body import read_body, read_json_object
from services.intake.adapters.partner_form import (
    FormProblem,
    PartnerForm,
    WebForm,
    dates_ahead,
    has_content,
    problems_of,
)
from services.intake.adapters.partners import Partner, Partners
from services.intake.adapters.rate_limit import RateLimit
from services.intake.application.door import MEDIA_TYPES, check_register, partner_key
from services.intake.application.ports import Arrival
from services.intake.application.receive import ContentDiffers, Receipt
from shared.clock import Clock
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.intake.facts import FieldProblem
from shared.contracts.vocabulary import Channel
from shared.errors import Invalid, Unavailable
from shared.problem import Problem, answer

log = structlog.get_logger(__name__)

_KEY = re.compile(r"[!-~]{1,200}\Z")
_UNKNOWN = "unknown field"
_WEB_FORM = "web-form"
_ONE_SENDING = timedelta(minutes=15)
"""For so long the same form without a date of its own is the same sending, tried again."""
RETRY_SECONDS = 5

FindState = Callable[[UUID, str], str | None]
"""The state of a request that the partner sent; None for any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpApi:
    """What the handlers need; ``rehearsals`` opens registers set apart to the web form too."""

    partners: Partners
    receive: Callable[[Arrival], Receipt]
    state_of: FindState
    clock: Clock
    most_bytes: int
    partner_limit: RateLimit
    form_limit: RateLimit
    proxies: TrustedProxies
    rehearsals: bool

    def post_request(self, request: Request) -> Response:
        """``POST /v1/requests``: 202 with the request's id, or a problem."""
        partner = self._partner(request)
        self._limited(self.partner_limit, partner.id)
        key = _idempotency_key(request)
        register = self._register(request, allowed=partner.rehearsals)
        body = read_body(request, most_bytes=self.most_bytes)
        sent = read_json_object(request, body)
        _is_theirs(sent, partner)
        if not has_content(sent):
            raise Problem(
                422,
                "empty",
                "The request says nothing",
                "body: send at least one of message, asks, decision, measure, person; "
                "nothing was kept",
                errors=[{"field": "message", "remedy": "say what is asked"}],
            )
        if ahead := dates_ahead(PartnerForm(), sent, self.clock.now()):
            names = ", ".join(one.field for one in ahead)
            raise Problem(
                422,
                "future",
                "A date is in the future",
                f"{names}: in the future; correct it, or leave it out; nothing was kept",
                errors=[{"field": one.field, "remedy": one.remedy} for one in ahead],
            )
        found = problems_of(PartnerForm(), sent)
        head = (
            f"POST /v1/requests HTTP/1.1\nIdempotency-Key: {key}\n"
            "Content-Type: application/json\n\n"
        )
        arrival = Arrival(
            channel=Channel.API,
            raw=head.encode("ascii") + body,
            media_type=MEDIA_TYPES[Channel.API],
            register=register,
            received_at=self.clock.now(),
            fallback_id=uuid4(),
            external_id=partner_key(partner.id, key),
            sender_system=partner.id,
            problems=_doubts(found),
            refuse_other_content=True,
        )
        return self._accepted(arrival, found)

    def post_web_form(self, request: Request) -> Response:
        """``POST /v1/web-form``: the desk's own form; what a robot seems to send is kept too."""
        self._limited(self.form_limit, self.proxies.sender(request))
        register = self._register(request, allowed=self.rehearsals)
        body = read_body(request, most_bytes=self.most_bytes)
        sent = read_json_object(request, body)
        form = WebForm()
        found = problems_of(form, sent) + dates_ahead(form, sent, self.clock.now())
        doubts = _doubts(found)
        if str(sent.get("website") or "").strip():
            trap = FieldProblem(field="website", remedy="champ piège rempli : robot probable")
            doubts = (*doubts, (trap, ""))
        arrival = Arrival(
            channel=Channel.WEB,
            raw=body,
            media_type=MEDIA_TYPES[Channel.WEB],
            register=register,
            received_at=self.clock.now(),
            fallback_id=uuid4(),
            external_id=f"sha256:{hashlib.sha256(body).hexdigest()}",
            sender_system=_WEB_FORM,
            problems=doubts,
            same_within=None if _says_when(sent, found) else _ONE_SENDING,
        )
        return self._accepted(arrival, found)

    def get_request(self, request: Request, request_id: str) -> Response:
        """``GET /v1/requests/<id>``: the state of a request of theirs, nothing about anybody."""
        partner = self._partner(request)
        self._limited(self.partner_limit, partner.id)
        try:
            wanted = UUID(request_id)
        except ValueError:
            wanted = None
        state = self.state_of(wanted, partner.id) if wanted else None
        if state is None:
            raise Problem(
                404, "unknown-request", "No such request", "request_id: none of yours has that id"
            )
        return answer(200, {"request_id": str(wanted), "state": state})

    def _accepted(self, arrival: Arrival, found: list[FormProblem]) -> Response:
        try:
            receipt = self.receive(arrival)
        except ContentDiffers as error:
            raise Problem(
                409,
                "key-reused",
                "The Idempotency-Key was used for another body",
                "Idempotency-Key: nothing was kept of this body; send it under a new key",
                field="Idempotency-Key",
                request_id=str(error.request_id),
            ) from None
        except Unavailable:
            raise unavailable() from None
        told = {problem.field: problem.remedy for problem in receipt.problems}
        told |= {problem.field: problem.told() for problem in found}
        request_id = str(receipt.request_id)
        body = {
            "request_id": request_id,
            "problems": [{"field": field, "remedy": told[field]} for field in sorted(told)],
        }
        return answer(202, body, {"Location": f"/v1/requests/{request_id}"})

    def _partner(self, request: Request) -> Partner:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        partner = self.partners.by_token(token.strip()) if scheme.lower() == "bearer" else None
        if partner is None:
            raise Problem(
                401,
                "not-authorised",
                "No valid token",
                "Authorization: send Bearer and the token that the desk gave you",
                headers={"WWW-Authenticate": 'Bearer realm="permanence"'},
                field="Authorization",
            )
        return partner

    def _register(self, request: Request, *, allowed: bool) -> str:
        register = request.headers.get("Permanence-Register", MAIN_REGISTER)
        if register == MAIN_REGISTER:
            return register
        try:
            check_register(register)
        except Invalid as error:
            raise Problem(
                400, "register", "No such register", str(error), field="Permanence-Register"
            ) from None
        if not allowed:
            raise Problem(
                403,
                "register",
                "Not your register",
                "Permanence-Register: leave it out; rehearsals are not open to you",
                field="Permanence-Register",
            )
        return register

    def _limited(self, limit: RateLimit, sender: str) -> None:
        wait = limit.wait_seconds(sender)
        if wait > 0:
            raise Problem(
                429,
                "too-many",
                "Too many requests",
                "nothing was kept; send it again later under the same Idempotency-Key",
                headers={"Retry-After": str(int(wait) + 1)},
            )


def answered(handle: Callable[[], Response]) -> Response:
    """What ``handle`` answers, or the problem that it raised; never a traceback to the sender."""
    try:
        return handle()
    except Problem as problem:
        return problem.response()
    except Unavailable:
        return unavailable().response()
    except Exception:  # the sender gets an id, the log gets the rest
        incident = str(uuid4())
        log.exception("http_request_failed", correlation_id=incident)
        return Problem(
            500,
            "internal",
            "The request could not be handled",
            f"tell the desk the incident {incident}; send it again under the same Idempotency-Key",
            incident=incident,
        ).response()


def unavailable() -> Problem:
    """Nothing could be kept now."""
    return Problem(
        503,
        "unavailable",
        "Not available at this moment",
        "nothing was kept; send it again later under the same Idempotency-Key",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.match(key):
        raise Problem(
            400,
            "idempotency-key",
            "No usable Idempotency-Key",
            "Idempotency-Key: send 1 to 200 visible ASCII characters, the same for each attempt "
            "to send one request and new for every other; nothing was kept",
            field="Idempotency-Key",
        )
    return key


def _is_theirs(sent: Mapping[str, Any], partner: Partner) -> None:
    stated = sent.get("partner")
    if stated is not None and stated != partner.id:
        raise Problem(
            403,
            "partner",
            "The token is not that partner's",
            f"partner: your token is that of {partner.id}; send that id; nothing was kept",
            field="partner",
        )


def _says_when(sent: Mapping[str, Any], found: list[FormProblem]) -> bool:
    """Whether a form bears the instant of its sending, by which two sendings of it differ."""
    return bool(sent.get("sent_at")) and all(problem.field != "sent_at" for problem in found)


def _doubts(found: list[FormProblem]) -> tuple[tuple[FieldProblem, str], ...]:
    """What a person must look at: values that are wrong, not fields that are new to us."""
    return tuple(problem.kept() for problem in found if not problem.remedy.startswith(_UNKNOWN))
