"""F55: a canary through every channel of a real system, then searched wherever it must not be."""

from __future__ import annotations

import json
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import psycopg
import pytest
from kombu import Connection
from psycopg import sql

from services.host.smtp_capture import SmtpCapture
from services.intake.adapters.spool import Spool
from shared.eventstore.bootstrap import KEYRING, SERVICES
from shared.messaging import call
from tests.support.postgres import SEALS, Database, server
from tests.support.rabbitmq import node
from tests.watching.served import Desk, Served

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow]

# One made-up person a channel; no word of these stands anywhere else.
NAMES = {
    "letter": "Wzlettrix",
    "phone": "Wzphonyx",
    "email": "Wzmailux",
    "web": "Wzwebbax",
    "api": "Wzapidox",
    "referral": "Wzreferox",
}
NUMBER = "7788991"
BORN = ("1949-13-02", "1949-02-13")  # as sent, and as it is guessed
TOKEN = "canary-partner-token-long-enough"
PARTNERS = f"""
[[partner]]
id = "foyer-les-tilleuls"
token_sha256 = "{sha256(TOKEN.encode()).hexdigest()}"
"""
# The read model that volunteers work with; all of a person in it goes when the person is erased.
IN_CLEAR = {
    "desk.request_people.requester",
    "desk.request_people.given",
    "desk.request_people.family",
}


def text_of(channel: str) -> str:
    return (
        f"[ENVELOPPE] reçu le 2026-04-24 | au dos : {NAMES[channel].upper()} Rania, écrou {NUMBER}"
        " | 1 feuille\n[TRANSCRIPTION]\nFresnes le 22 avril 2026\nje suis a la maison d'arrêt de "
        "Fresnes, j'ai reçu une OQTF le 20 avril 2026 et je veux un avocat.\n"
        f"Mme {NAMES[channel]} Rania\nN° écrou {NUMBER}\n"
    )


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = f"Rania {NAMES['email']} <rania@{NAMES['email'].lower()}.example>"
    message["To"] = "permanence@localhost"
    message["Subject"] = f"Aide pour {NAMES['email']}"
    message["Message-ID"] = "<canary-1@mail.example>"
    message["Date"] = "Fri, 24 Apr 2026 10:00:00 +0200"
    message.set_content(text_of("email"))
    return message.as_bytes()


def post(intake: Served, path: str, body: dict[str, Any]) -> None:
    request = Request(
        f"http://{intake.address}{path}",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {TOKEN}",
            "Idempotency-Key": str(uuid4()),
        },
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        assert answer.status == 202


def through_every_channel(desk: Desk, intake: Served, spool: Path) -> None:
    for channel in ("letter", "phone", "referral"):
        sent = {"channel": channel, "raw": text_of(channel)}
        call(desk.amqp_uri, "intake", "submit", sent, 30, seals=SEALS)
    Spool(spool)
    (spool / "new" / f"{NAMES['email']} - OQTF.eml").write_bytes(mail())
    post(intake, "/v1/requests", {
        "partner": "foyer-les-tilleuls",
        "sent_at": "2026-04-24T10:00:00+02:00",
        "ref": "1/26",
        "author": {"name": f"Rania {NAMES['api']}", "role": "educator", "email": "r@foyer.example"},
        "person": {"last": NAMES["api"].upper(), "first": "Rania", "dob": BORN[0]},
        "asks": ["rdv"],
        "message": text_of("api"),
        "consent": {"signed": True, "date": "2026-04-06", "scope": "transmission"},
    })  # fmt: skip
    post(intake, "/v1/web-form", {
        "form": "contact-v2",
        "sent_at": "2026-05-22T06:30:05+02:00",
        "lang": "fr",
        "name": f"Rania {NAMES['web']}",
        "email": f"rania@{NAMES['web'].lower()}.example",
        "phone": "",
        "who": "famille",
        "establishment": "Fresnes",
        "message": text_of("web"),
        "consent_privacy": True,
        "website": "",
    })  # fmt: skip


def leaks(text: str) -> set[str]:
    lowered = text.lower()
    return {needle for needle in [*NAMES.values(), NUMBER, *BORN] if needle.lower() in lowered}


def columns_that_name_somebody(database: Database) -> set[str]:
    """``schema.table.column`` of every column in which a canary is found, in any schema."""
    found = set()
    with psycopg.connect(database.admin_dsn) as admin:
        columns = admin.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = ANY(%s) AND table_type = 'BASE TABLE'",
            [[*SERVICES, KEYRING]],
        ).fetchall()
        for schema, table, column in columns:
            # bytes as they are, escaped: a name in clear inside a bytea shows too
            query = sql.SQL("SELECT coalesce(string_agg(CASE WHEN pg_typeof({c})::text = 'bytea' "
                            "THEN encode({c}::text::bytea, 'escape') ELSE {c}::text END, ' '), '') "
                            "FROM {s}.{t}").format(
                c=sql.Identifier(column), s=sql.Identifier(schema), t=sql.Identifier(table)
            )  # fmt: skip
            [text] = admin.execute(query).fetchone() or [""]
            if leaks(text) or leaks(_bytes_in(text)):
                found.add(f"{schema}.{table}.{column}")
    return found


def _bytes_in(text: str) -> str:
    """What hexadecimal columns spell."""
    words = (word.removeprefix("\\x") for word in text.split() if word.startswith("\\x"))
    return " ".join(bytes.fromhex(word).decode("utf-8", "replace") for word in words)


def test_f55_a_canary_shows_nowhere_but_in_read_models(desk: Desk, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with SmtpCapture(tmp_path / "mail") as outgoing, Connection(desk.amqp_uri) as broker:
        channel = broker.channel()
        channel.queue_declare("shadow", auto_delete=False)
        settings = {"SMTP_PORT": str(outgoing.port)}
        more = {"intake": {"SPOOL": str(spool), "PARTNERS": PARTNERS, "WEB_FORM_PER_MINUTE": "0"}}
        served = {name: desk.spawn(name, settings | more.get(name, {})) for name in SERVICES}
        for one in served.values():
            desk.wait(lambda one=one: one.ready()[0] == 200, 90)
        for name in SERVICES[:-1]:
            channel.queue_bind("shadow", f"{name}.events", "#")
        channel.queue_bind("shadow", "nameko-rpc", "#")  # calls and answers
        break_one_handler(desk.database)

        through_every_channel(desk, served["intake"], spool)
        desk.wait(lambda: count(desk.database, "intake.requests") >= len(NAMES))
        desk.wait(lambda: count(desk.database, "desk.parked_events") > 0)
        desk.wait(lambda: count(desk.database, "desk.request_people") >= len(NAMES) - 2)
        with psycopg.connect(desk.database.admin_dsn) as admin:
            statements = str(admin.execute("SELECT query FROM pg_stat_activity").fetchall())

        bodies = []
        while message := channel.basic_get("shadow", no_ack=True):
            bodies.append(str(message.body) + str(message.delivery_info))
        channel.queue_delete("shadow")
        pages = "".join(
            one.get("/metrics")[1] + one.get("/health/ready")[1] for one in served.values()
        )
    told = {
        "queue bodies and routing keys": " ".join(bodies),
        "statements": statements,
        "metrics and health": pages,
        "logs of services": "\n".join(line for one in served.values() for line in one.lines),
        "log of the database": server().log.read_text(errors="replace"),
        "log of the broker": node().log.read_text(errors="replace"),
        "parked errors": parked_errors(desk.database),
    }
    assert len(bodies) > len(NAMES)
    assert "DatabaseFailed" in told["parked errors"]
    assert {where: leaks(text) for where, text in told.items() if leaks(text)} == {}
    found = columns_that_name_somebody(desk.database)
    assert found
    assert found <= IN_CLEAR


def count(database: Database, table: str) -> int:
    schema, name = table.split(".")
    with psycopg.connect(database.admin_dsn) as admin:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, name))
        return (admin.execute(query).fetchone() or [0])[0]


def break_one_handler(database: Database) -> None:
    """The desk's table refuses the letter, and the error quotes the row, as constraints do."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        admin.execute(
            "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            "IF NEW.channel = 'letter' THEN "
            "RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'a row is refused', "
            "DETAIL = 'Failing row contains (' || NEW::text || ', Wzlettrix).'; END IF; "
            "RETURN NEW; END$$"
        )
        admin.execute(
            "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON desk.requests "
            "FOR EACH ROW EXECUTE FUNCTION public.refuse()"
        )


def parked_errors(database: Database) -> str:
    with psycopg.connect(database.admin_dsn) as admin:
        return str(
            [
                admin.execute(
                    sql.SQL("SELECT error::text, envelope::text FROM {}").format(
                        sql.Identifier(name, "parked_events")
                    )
                ).fetchall()
                for name in SERVICES
            ]
        )
