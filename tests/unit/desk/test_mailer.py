"""The sign-in link leaves by the same mail server as the alerts, under the same protection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from services.desk.adapters.mailer import Mailer, MailNotSent
from services.host.smtp_capture import SmtpCapture
from shared.settings import BadSetting, Environment


def settings(port, **more):
    values = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), **more}
    return Environment({f"PERMANENCE_{name}": value for name, value in values.items()})


def test_a_link_leaves_by_the_server_that_is_set(tmp_path):
    with SmtpCapture(tmp_path) as capture:
        Mailer(settings(capture.port)).send_link("a@b.example", "http://desk.example/x")

        [mail] = capture.messages()

    written = parsedate_to_datetime(mail.message["Date"])
    assert abs(datetime.now(UTC) - written.astimezone(UTC)) < timedelta(minutes=5)


def test_a_link_never_leaves_in_clear_where_starttls_is_asked_for(tmp_path):
    with SmtpCapture(tmp_path) as capture:
        mailer = Mailer(settings(capture.port, SMTP_SECURITY="starttls"))

        with pytest.raises(MailNotSent):
            mailer.send_link("a@b.example", "http://desk.example/x")

        assert capture.messages() == []


def test_a_password_without_protection_is_refused_at_the_start():
    with pytest.raises(BadSetting, match="a password crosses only under starttls or tls"):
        Mailer(settings(25, SMTP_USER="desk", SMTP_PASSWORD="x"))
