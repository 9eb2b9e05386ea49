"""The messages themselves, and the way in which they are handed to a server."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

import shared.smtp
from services.host.smtp_capture import SmtpCapture
from services.notifications.adapters import smtp
from services.notifications.adapters.freshness import Freshness
from services.notifications.adapters.links import Links
from services.notifications.adapters.messages import Messages
from services.notifications.adapters.smtp import SmtpChannel
from services.notifications.application.ports import Answer, Contact, Mail
from services.notifications.application.wording import french_day, french_span, words_for
from services.notifications.domain.cause import ladder_of
from services.notifications.domain.lanes import Lane
from services.notifications.domain.plan import plan
from services.notifications.wiring import assemble
from shared.errors import Unavailable
from shared.eventstore import migrate
from shared.messaging import MIGRATIONS
from shared.postgres import connected
from shared.settings import BadSetting, Environment
from shared.smtp import SmtpServer, smtp_server
from tests.support.postgres import MASTER_KEY, fresh_database

from .desk import settings
from .people import EVERYBODY, HOURS, POLICY, deadline, letter, paris

LINKS = Links(MASTER_KEY, "https://desk.example/")
MESSAGES = Messages(
    LINKS, POLICY, sender="permanence@cimade.example", reply_to="desk@cimade.example"
)
ADA = Contact(name="Ada", email="ada@cimade.example", second_channel="ada.sms@cimade.example")


def planned(cause):
    return plan(cause, ladder_of(cause, POLICY), EVERYBODY, HOURS).alerts


def composed(*alerts):
    return message_from_bytes(MESSAGES.compose(mail(*alerts)), policy=default)


APPEAL = planned(deadline("2026-10-20 10:00", "2026-11-12"))
NOTICE = planned(letter("2026-11-02 10:00"))[0]


def mail(*alerts, channel="email", to=ADA, message_id="<a@cimade.example>"):
    return Mail(
        message_id=message_id, to=to, channel=channel, alerts=alerts, written_at=alerts[0].due_at
    )


def test_the_messages_of_one_cause_stand_in_one_thread():
    first, second = (composed(one) for one in APPEAL[:2])
    other = composed(NOTICE)

    assert first["In-Reply-To"] == second["In-Reply-To"] == second["References"]
    assert other["In-Reply-To"] != first["In-Reply-To"]


def test_no_header_can_be_smuggled_in_by_what_an_alert_is_about():
    evil = replace(NOTICE, about="demande\r\nBcc: eve@example.org\n\nx\u2028y")

    message = composed(evil)

    assert message["Bcc"] is None
    assert message["Subject"] == "Une demande vous est confiée : demande Bcc: eve@example.org x y"
    head = MESSAGES.compose(mail(evil)).partition(b"\r\n\r\n")[0]
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith(b"bcc")]


def test_what_an_alert_is_about_is_text_in_html_too():
    message = composed(replace(NOTICE, about="<script>alert(1)</script>"))

    assert "<script>" not in message.get_body(("html",)).get_content()


def test_every_byte_of_a_message_can_cross_an_old_server():
    raw = MESSAGES.compose(mail(*APPEAL[:3]))

    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert not [line for line in lines if b"\r" in line or b"\n" in line]


def test_text_and_html_are_read_as_they_were_written():
    about = "demande « D-1 » = à voir, " + "très " * 40 + "loin \t\n.\n--=_--\nfin"
    message = composed(replace(NOTICE, about=about))

    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert message.defects == []
    assert f"Une demande vous est confiée : {about}" in text.replace("\r\n", "\n")
    assert f"Une demande vous est confiée : {about}" in html.replace("\r\n", "\n")
    assert html.rstrip().endswith("</html>")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("left", [timedelta(0), timedelta(days=3)])
def test_lateness_is_told_when_there_is_some(left):
    words = words_for(APPEAL[0], APPEAL[0].due_at + left, POLICY)

    expected = (
        "Ce message part en retard de 3 jours : il était prévu le jeudi 5 novembre à 9 h. "
        "L’envoi a été interrompu."
    )
    assert words.late == (expected if left else None)


def test_days_and_spans_read_as_french():
    assert french_day(paris("2027-03-01 10:00").date()) == "lundi 1er mars"
    spans = [timedelta(seconds=5), timedelta(minutes=61), timedelta(hours=50), timedelta(days=1)]
    assert [french_span(one) for one in spans] == ["1 minute", "1 heure", "2 jours", "1 jour"]


@pytest.mark.parametrize(
    ("prudent", "now", "said"),
    [
        ("2026-11-12", "2026-11-09 09:00", "échéance le jeudi 12 novembre (dans 3 jours)"),
        ("2026-11-12", "2026-11-12 09:00", "échéance le jeudi 12 novembre (aujourd’hui)"),
        ("2026-11-12", "2026-11-13 00:30", "la date limite peut-être pas : agir tout de suite"),
        ("2026-11-12", "2026-11-13 00:30", "la date prudente du jeudi 12 novembre est passée"),
        ("2026-11-12T17:30", "2026-11-12 11:30", "échéance dans 6 heures, le jeudi 12 novembre à"),
        (None, "2026-11-12 09:00", "un délai court peut-être déjà"),
    ],
)
def test_a_deadline_says_how_long_is_left_when_its_message_leaves(prudent, now, said):
    alert = planned(deadline("2026-10-20 10:00", prudent))[0]

    assert said in words_for(alert, paris(now), POLICY).headline


def test_every_stage_that_is_shipped_has_words():
    cause = letter("2026-11-02 10:00")
    for ladder in POLICY.ladders.values():
        kind = ladder.name.partition(".")[0].replace("callback", "deadline")
        for stage in ladder.stages:
            alert = replace(NOTICE, ladder=ladder.name, stage=stage.name, kind=kind)
            words = words_for(alert, cause.since, POLICY)
            assert words.headline
            assert words.asked


@pytest.fixture
def channel():
    """Makes channels, which rest at the end."""
    made = []

    def make(port, **more):
        server = SmtpServer(host="127.0.0.1", port=port, timeout_seconds=3, **more)
        made.append(SmtpChannel(server, MESSAGES))
        return made[-1]

    yield make
    for one in made:
        one.rest()


def test_a_line_that_begins_with_a_dot_arrives_whole(mail_server, channel):
    alert = replace(NOTICE, about="demande D-1\n.\n..fin")

    assert channel(mail_server.port).send(mail(alert)).answer is Answer.TAKEN
    text = mail_server.messages()[-1].message.get_body(("plain",)).get_content()
    assert "\n.\n..fin" in text.replace("\r", "")


def test_the_second_channel_has_its_own_address(mail_server, channel):
    channel(mail_server.port).send(mail(NOTICE, channel="second"))
    channel(mail_server.port).send(
        mail(NOTICE, channel="second", to=replace(ADA, second_channel=None))
    )

    assert [one.recipients[0] for one in mail_server.messages()] == [
        "ada.sms@cimade.example",
        "ada@cimade.example",
    ]


@pytest.fixture
def connections(monkeypatch):
    """The connections that are opened."""
    opened = []

    def connect(server):
        opened.append(shared.smtp.connect(server))
        return opened[-1]

    monkeypatch.setattr(smtp, "connect", connect)
    return opened


def test_messages_follow_one_another_over_one_connection_until_the_channel_rests(
    mail_server, channel, connections
):
    sending = channel(mail_server.port)

    taken = [sending.send(mail(NOTICE)).answer for _ in range(3)]
    sending.rest()
    taken.append(sending.send(mail(NOTICE)).answer)

    assert taken == [Answer.TAKEN] * 4
    assert len(connections) == 2
    assert len(mail_server.messages()) == 4


def test_a_connection_that_ended_meanwhile_costs_no_message(mail_server, channel, connections):
    sending = channel(mail_server.port)
    sending.send(mail(NOTICE))
    connections[0].sock.shutdown(socket.SHUT_RDWR)

    assert sending.send(mail(NOTICE)).answer is Answer.TAKEN
    assert len(mail_server.messages()) == 2


def test_a_connection_that_takes_no_further_message_is_replaced(
    mail_server, channel, connections, monkeypatch
):
    sending = channel(mail_server.port)
    sending.send(mail(NOTICE))
    monkeypatch.setattr(connections[0], "mail", lambda _sender: (421, b"enough"))

    assert sending.send(mail(NOTICE)).answer is Answer.TAKEN
    assert len(mail_server.messages()) == 2


def test_after_a_refusal_the_next_message_has_a_connection_of_its_own(
    mail_server, channel, connections
):
    sending = channel(mail_server.port)
    mail_server.behave("reject", times=1)

    answers = [sending.send(mail(NOTICE)).answer for _ in range(2)]

    assert answers == [Answer.REFUSED, Answer.TAKEN]
    assert len(connections) == 2


@pytest.mark.parametrize(
    ("behaviour", "answer", "reason"),
    [
        ("unavailable", Answer.UNREACHABLE, "disconnected"),
        ("refuse_sender", Answer.UNREACHABLE, "smtp_530"),
        ("reject", Answer.REFUSED, "smtp_550"),
        ("defer", Answer.DEFERRED, "smtp_451"),
        ("close_after_data", Answer.LOST, "disconnected"),
        ("delay", Answer.LOST, "disconnected"),
    ],
)
def test_each_way_of_not_taking_a_message_is_told_apart(
    mail_server, behaviour, answer, reason, channel
):
    mail_server.behave(behaviour, seconds=20)

    outcome = channel(mail_server.port).send(mail(NOTICE))

    assert (outcome.answer, outcome.reason) == (answer, reason)


@pytest.mark.parametrize("step", ["rcpt", "docmd"])
@pytest.mark.parametrize("code", [530, 535, 538])
def test_a_login_asked_for_late_is_no_refusal_of_the_recipient(
    mail_server, channel, connections, monkeypatch, step, code
):
    sending = channel(mail_server.port)
    sending.send(mail(NOTICE))
    monkeypatch.setattr(connections[0], step, lambda _given: (code, b"log in first"))

    outcome = sending.send(mail(NOTICE))

    assert (outcome.answer, outcome.reason) == (Answer.UNREACHABLE, f"smtp_{code}")


def test_a_server_without_starttls_gets_no_message_in_clear_where_it_is_asked_for(
    mail_server, channel
):
    outcome = channel(mail_server.port, security="starttls").send(mail(NOTICE))

    assert outcome.answer is Answer.UNREACHABLE
    assert mail_server.messages() == []


@pytest.mark.parametrize(
    "address", ["andré@cimade.example", "ada@x.org\r\nBcc: eve@x.org", "ada", "a b@x.org", ""]
)
def test_an_address_that_no_plain_server_can_take_is_refused_for_good(
    mail_server, address, channel
):
    outcome = channel(mail_server.port).send(mail(NOTICE, to=replace(ADA, email=address)))

    assert (outcome.answer, outcome.reason) == (Answer.REFUSED, "address")
    assert mail_server.messages() == []


@pytest.fixture
def mail_server(mail_capture):
    mail_capture.forget()
    return mail_capture


@pytest.fixture(scope="module")
def mail_capture(tmp_path_factory):
    with SmtpCapture(tmp_path_factory.mktemp("smtp")) as server:
        yield server


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
        ({"SMTP_PORT": "http"}, "SMTP_PORT"),
        ({"SMTP_TIMEOUT_SECONDS": "0"}, "SMTP_TIMEOUT_SECONDS"),
        ({"SMTP_USER": "desk"}, "SMTP_SECURITY"),
    ],
)
def test_a_mail_setting_that_is_wrong_is_named(wrong, named):
    values = {f"PERMANENCE_{name}": value for name, value in wrong.items()}

    with pytest.raises(BadSetting, match=named):
        smtp_server(Environment({"PERMANENCE_SMTP_HOST": "mail", **values}))


def test_an_address_of_the_desk_without_its_scheme_is_named():
    wrong = settings("", 25, {"PERMANENCE_DESK_URL": "permanence.example.org"})

    with pytest.raises(BadSetting, match=r"^PERMANENCE_DESK_URL: 'permanence\.example\.org'"):
        assemble(
            pool=None, streams=None, clock=wrong.clock, settings=wrong, may_send=lambda _lane: True
        )


def test_the_second_channel_may_have_a_server_of_its_own():
    environment = Environment({"PERMANENCE_SECOND_SMTP_HOST": "sms", "PERMANENCE_SMTP_HOST": "m"})

    assert smtp_server(environment, "SECOND_SMTP").host == "sms"
    assert smtp_server(Environment({}), "SECOND_SMTP") is None


class Source:
    """Tells heads as a service does, or does not answer."""

    def __init__(self):
        self.head = 0
        self.silent = False

    def __call__(self, service, method, payload, *, timeout_seconds):
        assert (service, method) == ("routing", "log_heads")
        if self.silent:
            raise Unavailable("rpc: no answer")
        return {"incarnation": "x", "heads": {"3": [self.head, "00"]} if self.head else {}}


def test_nothing_ordinary_leaves_before_what_happened_meanwhile_was_heard_of():
    source, now = Source(), [0.0]
    with fresh_database() as database:
        migrate(database.owner_dsn("notifications"), "notifications", [MIGRATIONS])
        pool = database.pool("notifications")
        fresh = Freshness(pool, source, ["routing"], seconds=lambda: now[0])
        source.head = 5
        may = {lane: fresh.may_send(lane) for lane in Lane}
        now[0] = 61
        after_a_minute = {lane: fresh.may_send(lane) for lane in Lane}
        with connected(pool) as connection:
            connection.execute("INSERT INTO subscriptions (source) VALUES ('routing')")
            connection.execute(
                "INSERT INTO checkpoints VALUES ('routing', 3, gen_random_uuid(), 5, '')"
            )
        now[0] = 63
        level = fresh.may_send(Lane.ORDINARY)
        source.silent = True
        now[0] = 80
        still = fresh.may_send(Lane.ORDINARY)
        now[0] = 100
        silent = fresh.may_send(Lane.ORDINARY)
        now[0] = 1100
        patience = fresh.may_send(Lane.ORDINARY)

    assert may == dict.fromkeys(Lane, False)
    assert after_a_minute == {Lane.URGENT: True, Lane.SECOND: True, Lane.ORDINARY: False}
    assert (level, still, silent, patience) == (True, True, False, True)
