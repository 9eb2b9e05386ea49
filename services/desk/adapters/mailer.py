"""Sends the sign-in mail by SMTP."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from shared.errors import Unavailable
from shared.settings import Environment
from shared.smtp import SmtpServer, connect, smtp_server

SECONDS = 15.0

_TEXT = """\
Bonjour,

Voici votre lien pour ouvrir la permanence. Il sert une seule fois, dans les quinze minutes :

{link}

Si vous n’avez rien demandé, vous pouvez ignorer ce message : sans ce lien, personne n’entre.

La permanence
"""


class MailNotSent(Unavailable):
    """The mail server did not take the message."""

    code = "desk.mail_not_sent"


class Mailer:
    """Talks to the server that ``PERMANENCE_SMTP_HOST`` and so on describe, as alerts do.

    Raises BadSetting naming the setting that is wrong.
    """

    def __init__(self, environment: Environment) -> None:
        self._server = smtp_server(environment) or SmtpServer(
            host="127.0.0.1", port=25, timeout_seconds=SECONDS
        )
        self._sender = environment.get("MAIL_FROM") or "permanence@localhost"

    def send_link(self, address: str, link: str) -> None:
        """Send ``link`` to ``address``; raises MailNotSent, without saying to whom."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = address
        message["Subject"] = "Votre lien de connexion"
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain="permanence.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_TEXT.format(link=link))
        try:
            with connect(self._server) as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(
                f"smtp: the server did not take the mail ({type(error).__name__}); "
                "look at PERMANENCE_SMTP_HOST and the other settings of that server"
            ) from None
