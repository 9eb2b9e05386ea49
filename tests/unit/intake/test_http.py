"""The HTTP API, over the real web server: errors name the field, and nothing is lost."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from services.intake.adapters.forwarded import TrustedProxies
from services.intake.adapters.http_api import answered
from services.intake.adapters.rate_limit import RateLimit
from services.intake.application.ports import Arrival
from services.intake.application.receive import Receipt
from shared.errors import Unavailable
from shared.problem import Problem
from shared.settings import Environment
from shared.web_body import BODY_SECONDS
from shared.web_server import LARGEST_DISCARDED_BYTES
from tests.support.postgres import fresh_database
from tests.support.waiting import wait_until
from tests.unit.intake.running import OTHER_TOKEN, TOKEN, RunningIntake, running_intake

LIMIT_BYTES = 200_000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningIntake]:
    folder = tmp_path_factory.mktemp("http")
    with (
        fresh_database(services=True) as database,
        running_intake(database, folder, MAX_ITEM_BYTES=str(LIMIT_BYTES)) as intake,
    ):
        yield intake


@pytest.fixture
def register() -> str:
    """A register that only this test writes to."""
    return f"rehearsal-{uuid4()}"


def headers(**more: str) -> dict[str, str]:
    usual = {
        "Authorization": f"Bearer {TOKEN}",
        "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/json",
    }
    return {name: value for name, value in (usual | more).items() if value}


FORM: dict[str, Any] = {
    "partner": "foyer-les-tilleuls",
    "sent_at": "2026-04-07T22:30:00-04:00",
    "ref": "118/26",
    "author": {"name": "Inès Modele", "role": "travailleuse sociale", "email": "i@foyer.example"},
    "person": {"last": "EXEMPLE", "first": "Chidi", "dob": "1990-04-13", "language": "en"},
    "measure": {"type": "sursis probatoire", "since": "2026-03-30", "from": "CP Fresnes"},
    "decision": {"type": "OQTF", "notified": "2026-04-01", "delay_days": 30},
    "asks": ["recours", "rdv"],
    "consent": {"signed": True, "date": "2026-04-06", "scope": "transmission"},
}


def post(running: RunningIntake, body: bytes | dict[str, Any], **more: str) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(f"{running.api}/v1/requests", data, headers=headers(**more), timeout=60)


def problem(response: requests.Response, status: int) -> dict[str, Any]:
    """The problem of a response, which must be one in the form of RFC 9457."""
    assert (response.status_code, response.headers["Content-Type"]) == (
        status,
        "application/problem+json",
    )
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    assert told["title"]
    assert "Traceback" not in response.text
    return told


def test_a_good_form_is_accepted_and_kept(running: RunningIntake, register: str):
    response = post(running, FORM, **{"Permanence-Register": register})

    assert response.status_code == 202
    told = response.json()
    assert told["problems"] == []
    assert response.headers["Location"] == f"/v1/requests/{told['request_id']}"
    kept = running.direct.original(UUID(told["request_id"]))
    assert kept.startswith(b"POST /v1/requests HTTP/1.1\nIdempotency-Key: ")
    assert kept.endswith(json.dumps(FORM).encode())
    assert TOKEN.encode() not in kept


def test_one_bad_date_is_named_with_its_remedy_and_the_rest_is_kept(
    running: RunningIntake, register: str
):
    bad = FORM | {"person": FORM["person"] | {"dob": "1990-13-04"}}

    response = post(running, bad, **{"Permanence-Register": register})

    assert response.status_code == 202
    [named] = response.json()["problems"]
    assert named["field"] == "person.dob"
    assert "YYYY-MM-DD" in named["remedy"]
    assert "1990-04-13" in named["remedy"]
    request = running.direct.request(UUID(response.json()["request_id"]))
    assert request.state == "needs_review"
    assert request.people
    assert "1990-13-04" in request.people.problem_values
    assert '"person.dob"' in (told := running.direct.in_clear(UUID(response.json()["request_id"])))
    assert not any(part in told for part in ("1990", "04-13", "13-04", "month 13"))


@pytest.mark.parametrize(
    ("dob", "hint"),
    [
        ("1990-13-04", "; month 13 does not exist (1990-04-13?)"),
        ("1990-13-32", "; month 13 does not exist"),
        ("1990-04-31", "; day 31 does not exist in that month"),
        ("13/04/1990", ""),
    ],
)
def test_the_same_day_of_birth_that_does_not_exist_gets_the_same_answer_twice(
    running: RunningIntake, register: str, dob: str, hint: str
):
    bad = FORM | {"person": FORM["person"] | {"dob": dob}}
    key = {"Permanence-Register": register, "Idempotency-Key": str(uuid4())}

    first, second = post(running, bad, **key), post(running, bad, **key)

    [named] = first.json()["problems"]
    assert named == {"field": "person.dob", "remedy": f"send the date as YYYY-MM-DD{hint}"}
    assert second.json() == first.json()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("author.email", "no address"),
        ("decision.delay_days", "thirty"),
        ("decision.delay_days", -1),
        ("decision.notified_time", "99:99"),
        ("decision.notified_time", "24:00"),
        ("sent_at", "yesterday"),
        ("sent_at", "2026-04-07T22:30:00"),
        ("asks", "recours"),
        ("author", "Inès"),
        ("consent.signed", "yes"),
        ("person.agdref", "123"),
        ("partner", None),
    ],
)
def test_a_field_of_the_wrong_form_is_named(
    running: RunningIntake, register: str, path: str, value: object
):
    bad = json.loads(json.dumps(FORM))
    *way, last = path.split(".")
    inner = bad
    for step in way:
        inner = inner[step]
    inner[last] = value

    response = post(running, bad, **{"Permanence-Register": register})

    assert response.status_code == 202, response.text
    assert path in {named["field"] for named in response.json()["problems"]}


@pytest.mark.parametrize(
    ("path", "value", "remedy"),
    [
        ("message", 7, "send a text, in quotation marks"),
        ("author", "Inès", "send an object, {…}"),
        ("asks", "recours", "send a list, […]"),
        ("author.email", "no address", "send an address such as name@example.org"),
        ("ref", "x" * 201, "is too long; send 200 at most"),
        ("consent.signed", "perhaps", "send true or false, without quotation marks"),
        ("decision.delay_days", "thirty", "send a whole number, without quotation marks"),
        ("person.dob", 19900413, "send the date as YYYY-MM-DD"),
    ],
)
def test_a_field_of_the_wrong_type_is_named_with_what_to_send(
    running: RunningIntake, path: str, value: object, remedy: str
):
    outer, _, inner = path.partition(".")
    bad = FORM | {outer: FORM.get(outer, {}) | {inner: value} if inner else value}

    response = post(running, bad, **{"Permanence-Register": "rehearsal-types"})

    assert response.json()["problems"] == [{"field": path, "remedy": remedy}]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sent_at", "2099-04-07T22:30:00+02:00"),
        ("person.dob", "2099-04-13"),
        ("measure.since", "2099-03-30"),
        ("decision.notified", "2099-04-01"),
        ("consent.date", "2099-04-01"),
    ],
)
def test_what_has_happened_cannot_lie_in_the_future(
    running: RunningIntake, register: str, path: str, value: str
):
    outer, _, inner = path.partition(".")
    bad = FORM | {outer: FORM.get(outer, {}) | {inner: value} if inner else value}

    told = problem(post(running, bad, **{"Permanence-Register": register}), 422)

    remedy = "is in the future; correct it, or leave it out"
    assert told["errors"] == [{"field": path, "remedy": remedy}]
    assert told["detail"].startswith(f"{path}: ")
    assert running.direct.requests(register) == 0


def test_what_is_yet_to_end_may_lie_in_the_future(running: RunningIntake, register: str):
    ends = FORM | {"measure": FORM["measure"] | {"until": "2099-03-30"}}

    response = post(running, ends, **{"Permanence-Register": register})

    assert (response.status_code, response.json()["problems"]) == (202, [])


def test_an_unknown_field_is_named_and_kept(running: RunningIntake, register: str):
    response = post(running, FORM | {"shoe_size": 43}, **{"Permanence-Register": register})

    assert response.status_code == 202
    [named] = response.json()["problems"]
    assert (named["field"], named["remedy"][:13]) == ("shoe_size", "unknown field")
    assert b"shoe_size" in running.direct.original(UUID(response.json()["request_id"]))


def test_malformed_json_is_refused_with_its_line_and_column(running: RunningIntake):
    told = problem(post(running, b'{"partner": "x",\n "ref": }'), 400)

    assert (told["field"], told["line"], told["column"]) == ("body", 2, 9)
    assert "same Idempotency-Key" in told["detail"]


def test_bytes_that_are_not_utf8_are_refused_with_their_place(running: RunningIntake):
    latin = json.dumps({"message": "détenu"}, ensure_ascii=False).encode("latin-1")

    told = problem(post(running, latin), 400)

    assert (told["field"], told["byte"]) == ("body", latin.index(b"\xe9"))


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/json; charset=latin-1", "multipart/form-data"]
)
def test_another_content_type_is_refused_by_name(running: RunningIntake, content_type: str):
    told = problem(post(running, FORM, **{"Content-Type": content_type}), 400)

    assert told["field"] == "Content-Type"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "line 1, column 1"),
        (b"[1, 2]", "JSON object"),
        (b'"text"', "JSON object"),
        (b'{"a": NaN}', "NaN"),
        (b'{"ref": "1", "ref": "2"}', "'ref' stands twice"),
        (b'{"a":' * 10_000, "nested too deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number too long"),
    ],
)
def test_what_is_no_json_object_is_refused_and_said_why(
    running: RunningIntake, body: bytes, words: str
):
    assert words in problem(post(running, body), 400)["detail"]


@pytest.mark.parametrize(
    "nothing", [{}, {"message": " \n\u00a0"}, {"person": {"last": " "}, "asks": ["", None]}]
)
def test_a_form_that_says_nothing_is_refused(running: RunningIntake, nothing: dict[str, Any]):
    told = problem(post(running, {"partner": "foyer-les-tilleuls", "ref": "1"} | nothing), 422)

    assert told["errors"][0]["field"] == "message"


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic abc", f"Bearer {TOKEN}x", "Bearer é"])
def test_without_a_valid_token_nothing_is_read(running: RunningIntake, token: str):
    told = problem(post(running, FORM, Authorization=token.encode("utf-8").decode("latin-1")), 401)

    assert told["field"] == "Authorization"


def test_a_partner_writes_in_its_own_name_only(running: RunningIntake):
    told = problem(post(running, FORM, Authorization=f"Bearer {OTHER_TOKEN}"), 403)

    assert told["field"] == "partner"


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
def test_a_request_needs_a_usable_idempotency_key(running: RunningIntake, key: str):
    assert problem(post(running, FORM, **{"Idempotency-Key": key}), 400)["field"] == (
        "Idempotency-Key"
    )


def test_the_same_key_and_body_give_the_same_answer(running: RunningIntake, register: str):
    same = {"Idempotency-Key": str(uuid4()), "Permanence-Register": register}
    bad = FORM | {"person": FORM["person"] | {"dob": "1990-13-04"}}

    first, again = post(running, bad, **same), post(running, bad, **same)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert running.direct.requests(register) == 1


def test_the_same_key_with_another_body_is_a_conflict(running: RunningIntake, register: str):
    same = {"Idempotency-Key": str(uuid4()), "Permanence-Register": register}
    first = post(running, FORM, **same)

    told = problem(post(running, FORM | {"ref": "119/26"}, **same), 409)

    assert (told["field"], told["request_id"]) == ("Idempotency-Key", first.json()["request_id"])
    assert running.direct.requests(register) == 1


def test_the_keys_of_two_partners_never_meet(running: RunningIntake):
    same = {"Idempotency-Key": str(uuid4())}
    other = FORM | {"partner": "autre-foyer"}

    first = post(running, FORM, **same)
    second = post(running, other, Authorization=f"Bearer {OTHER_TOKEN}", **same)

    assert first.json()["request_id"] != second.json()["request_id"]


def test_the_same_key_at_the_same_moment_makes_one_request(running: RunningIntake, register: str):
    same = {"Idempotency-Key": str(uuid4()), "Permanence-Register": register}
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: post(running, FORM, **same), range(8)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["request_id"] for answer in answers}) == 1
    assert running.direct.requests(register) == 1


def test_a_partner_sees_the_state_of_its_own_request_and_nothing_else(
    running: RunningIntake, register: str
):
    request_id = post(running, FORM, **{"Permanence-Register": register}).json()["request_id"]
    url = f"{running.api}/v1/requests/{request_id}"

    own = requests.get(url, headers=headers(), timeout=60)
    others = requests.get(url, headers=headers(Authorization=f"Bearer {OTHER_TOKEN}"), timeout=60)

    assert own.status_code == 200
    assert own.json().keys() == {"request_id", "state"}
    problem(others, 404)
    problem(requests.get(f"{running.api}/v1/requests/nonsense", headers=headers(), timeout=60), 404)


def test_more_than_is_taken_is_refused_and_the_service_goes_on(running: RunningIntake):
    body = json.dumps(FORM | {"message": "x" * LIMIT_BYTES}).encode()

    told = problem(post(running, body), 413)

    assert told["most_bytes"] == LIMIT_BYTES
    assert requests.get(f"{running.api}/health/live", timeout=60).status_code == 200


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_a_sender_that_reads_only_after_all_is_sent_is_told_that_it_was_too_much(
    running: RunningIntake, connection: str
):
    body = b"x" * 30_000_000
    head = (
        f"POST /v1/web-form HTTP/1.1\r\nHost: intake\r\nConnection: {connection}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    address = urlsplit(running.api)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as peer:
        peer.sendall(head.encode() + body)
        answer = HTTPResponse(peer)
        answer.begin()

        assert answer.status == 413
        assert json.loads(answer.read())["most_bytes"] == LIMIT_BYTES


def test_what_is_too_much_by_far_is_not_read_to_its_end(running: RunningIntake):
    address = urlsplit(running.api)
    head = (
        b"POST /v1/web-form HTTP/1.1\r\nHost: intake\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100000000000\r\n\r\n"
    )
    sent, chunk = 0, b"x" * (1 << 20)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as peer:
        peer.sendall(head)
        with suppress(OSError):  # reset or broken pipe, by whoever is first
            while sent < 2 * LARGEST_DISCARDED_BYTES:
                peer.sendall(chunk)
                sent += len(chunk)

    assert LARGEST_DISCARDED_BYTES <= sent < 2 * LARGEST_DISCARDED_BYTES


def test_senders_who_never_finish_keep_nobody_else_waiting(running: RunningIntake):
    address = urlsplit(running.api)
    head = (
        b"POST /v1/web-form HTTP/1.1\r\nHost: intake\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{"
    )
    more_than_workers = 30
    with ExitStack() as peers:
        for _ in range(more_than_workers):
            to = (address.hostname or "", address.port or 0)
            peer = peers.enter_context(socket.create_connection(to, timeout=60))
            peer.sendall(head)
        answer = requests.get(f"{running.api}/health/live", timeout=BODY_SECONDS / 2)
        assert answer.status_code == 200


def test_a_path_that_is_none_is_a_problem(running: RunningIntake):
    told = problem(requests.get(f"{running.api}/v1/request", timeout=60), 404)

    assert told["detail"].startswith("path: ")


def test_a_method_that_is_none_of_the_paths_is_a_problem_that_names_those(running: RunningIntake):
    response = requests.delete(f"{running.api}/v1/requests", timeout=60)

    assert problem(response, 405)["detail"] == "method: send one of POST"
    assert response.headers["Allow"] == "POST"


def test_a_body_in_chunks_is_read_and_bounded(running: RunningIntake, register: str):
    body = json.dumps(FORM).encode()
    small = requests.post(
        f"{running.api}/v1/requests",
        iter([body[:10], body[10:]]),
        headers=headers(**{"Permanence-Register": register}),
        timeout=60,
    )
    large = requests.post(
        f"{running.api}/v1/requests",
        iter([b"x" * 50_000] * 5),
        headers=headers(),
        timeout=60,
    )

    assert small.status_code == 202, small.text
    problem(large, 413)


def test_a_register_of_rehearsals_is_closed_to_others(running: RunningIntake, register: str):
    told = problem(
        post(
            running,
            FORM | {"partner": "autre-foyer"},
            Authorization=f"Bearer {OTHER_TOKEN}",
            **{"Permanence-Register": register},
        ),
        403,
    )

    assert told["field"] == "Permanence-Register"


WEB = {
    "form": "contact-v2",
    "sent_at": "2026-05-22T06:30:05+02:00",
    "lang": "fr",
    "name": "Exemple Idriss",
    "email": "idriss@mailbox.example",
    "phone": "",
    "who": "famille",
    "establishment": "Fresnes",
    "message": "mon frère est détenu à Fresnes, comment peut-il vous écrire ?",
    "consent_privacy": True,
    "website": "",
}


def test_the_web_form_is_taken_in_without_a_token(running: RunningIntake, register: str):
    response = requests.post(
        f"{running.api}/v1/web-form",
        json=WEB,
        headers={"Permanence-Register": register},
        timeout=60,
    )

    assert response.status_code == 202
    [row] = running.rpc("list_requests", register=register)
    assert (row["channel"], row["requester_kind"]) == ("web", "relative")


@pytest.mark.parametrize(
    ("sent_at", "minutes"),
    [
        (WEB["sent_at"], None),
        (None, 15),
        ("yesterday", 15),
        ("2099-05-22T06:30:05+02:00", 15),
    ],
)
def test_a_form_that_does_not_say_when_it_was_sent_is_the_same_for_a_while_only(
    running: RunningIntake, sent_at: str | None, minutes: int | None
):
    arrivals: list[Arrival] = []

    def taken(arrival: Arrival) -> Receipt:
        arrivals.append(arrival)
        raise Unavailable("not now")

    api = replace(running.direct.parts.http, receive=taken)
    body = json.dumps(WEB | {"sent_at": sent_at})
    sent = EnvironBuilder(method="POST", data=body, content_type="application/json")

    with pytest.raises(Problem, match="Not available"):
        api.post_web_form(sent.get_request())

    [arrival] = arrivals
    assert arrival.same_within == (minutes and timedelta(minutes=minutes))


def test_one_family_waits_for_no_other_behind_the_desks_web_server(running: RunningIntake):
    def taken(arrival: Arrival) -> Receipt:
        raise Unavailable("not now")

    def status(peer: str, forwarded: str) -> int:
        sent = EnvironBuilder(
            method="POST",
            data=json.dumps(WEB),
            content_type="application/json",
            headers={"X-Forwarded-For": forwarded},
            environ_base={"REMOTE_ADDR": peer},
        )
        return answered(lambda: api.post_web_form(sent.get_request())).status_code

    proxies = TrustedProxies.from_settings(Environment({"PERMANENCE_TRUSTED_PROXIES": "10.0.0.7"}))
    limit = RateLimit(1, lambda: 0.0)
    http = running.direct.parts.http
    api = replace(http, receive=taken, form_limit=limit, proxies=proxies)

    assert [status("10.0.0.7", "198.51.100.4") for _ in range(2)] == [503, 429]
    assert status("10.0.0.7", "198.51.100.5") == 503
    assert [status("203.0.113.9", f"198.51.100.{n}") for n in (6, 7)] == [503, 429]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        (
            "email",
            "idriss@mailbox.example\r\nBcc: all@mailbox.example",
            "send one line, without line breaks and control characters",
        ),
        (
            "name",
            "Exemple\x00Idriss",
            "send one line, without line breaks and control characters",
        ),
        (
            "sent_at",
            "2099-05-22T06:30:05+02:00",
            "is in the future; correct it, or leave it out",
        ),
    ],
)
def test_a_field_of_the_web_form_that_cannot_be_so_is_named_and_kept_for_a_person(
    running: RunningIntake, register: str, name: str, value: str, remedy: str
):
    response = requests.post(
        f"{running.api}/v1/web-form",
        json=WEB | {name: value},
        headers={"Permanence-Register": register},
        timeout=60,
    )

    assert response.status_code == 202
    assert response.json()["problems"] == [{"field": name, "remedy": remedy}]
    request = running.direct.request(UUID(response.json()["request_id"]))
    assert request.state == "needs_review"


def test_a_form_whose_trap_is_filled_is_kept_for_a_person(running: RunningIntake, register: str):
    response = requests.post(
        f"{running.api}/v1/web-form",
        json=WEB | {"website": "http://spam.example"},
        headers={"Permanence-Register": register},
        timeout=60,
    )

    assert response.status_code == 202
    request = running.direct.request(UUID(response.json()["request_id"]))
    assert request.state == "needs_review"
    assert request.facts
    assert "website" in {one.field for one in request.facts.problems}


@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nContent-Length: 100000\r\n\r\n{",
        b"POST /v1/requests HTTP/1.1\r\nContent-Length: nonsense\r\n\r\n{",
        b"POST /v1/requests HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_a_broken_connection_ends_that_connection_only(running: RunningIntake, sent: bytes):
    address = urlsplit(running.api)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=60) as peer:
        answer = b""
        with suppress(OSError):  # it may hang up before all is sent
            peer.sendall(sent)
            peer.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: peer.recv(65536), b""))

    assert b"Traceback" not in answer
    assert requests.get(f"{running.api}/health/live", timeout=60).status_code == 200


@pytest.fixture
def database_away(running: RunningIntake) -> Iterator[None]:
    """For the length of a test, intake's role may not connect."""
    database = running.direct.database
    with psycopg.connect(database.postgres.dsn(), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database.name} WITH ALLOW_CONNECTIONS false")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [database.name],
        )
        yield
        admin.execute(f"ALTER DATABASE {database.name} WITH ALLOW_CONNECTIONS true")


def unready(running: RunningIntake) -> dict[str, Any] | None:
    answer = requests.get(f"{running.api}/health/ready", timeout=60)
    told: dict[str, Any] = answer.json()
    return told if answer.status_code == 503 else None


@pytest.mark.usefixtures("database_away")
def test_while_the_database_is_away_the_sender_is_told_to_come_again(running: RunningIntake):
    told = post(running, FORM)

    assert "same Idempotency-Key" in problem(told, 503)["detail"]
    assert int(told.headers["Retry-After"]) > 0
    ready = wait_until(lambda: unready(running))
    assert "database.unavailable" in [reason["code"] for reason in ready["reasons"]]
    assert requests.get(f"{running.api}/health/live", timeout=60).status_code == 200


def test_health_tells_when_the_database_is_there(running: RunningIntake):
    ready = wait_until(lambda: requests.get(f"{running.api}/health/ready", timeout=60))

    assert (ready.status_code, ready.json()["reasons"]) == (200, [])


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=10,
        ).map(lambda value: json.dumps(value).encode()),
        st.dictionaries(
            st.sampled_from([*FORM, *WEB]),
            st.text() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    path=st.sampled_from(["/v1/requests", "/v1/web-form"]),
)
def test_whatever_bytes_are_posted_the_answer_is_never_a_failure_of_ours(
    running: RunningIntake, body: bytes, path: str
):
    sent = headers(**{"Permanence-Register": "rehearsal-anything"})
    response = requests.post(f"{running.api}{path}", body, headers=sent, timeout=60)

    assert response.status_code in {202, 400, 403, 413, 422}, response.text
    assert "Traceback" not in response.text
    if response.status_code == 202:
        kept = running.direct.original(UUID(response.json()["request_id"]))
        assert kept.endswith(body)
