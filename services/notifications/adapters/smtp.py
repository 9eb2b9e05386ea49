"""SMTP: hands one message to a server, and says what became of it, doubt included."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

from services.notifications.adapters.messages import BadAddress, Messages, address_of
from services.notifications.application.ports import Answer, Mail, Outcome
from shared.smtp import SmtpServer, connect

_LATER = 400
_FOR_GOOD = 500


class SmtpChannel:
    """Sends messages by SMTP, a connection each: nothing is shared between lanes."""

    def __init__(self, server: SmtpServer, messages: Messages) -> None:
        self._server = server
        self._messages = messages

    def send(self, mail: Mail) -> Outcome:
        """Hand it over; every wait is bounded by the server's time-out."""
        try:
            message = self._messages.compose(mail)
        except BadAddress:
            return Outcome(Answer.REFUSED, "address")
        try:
            connection = connect(self._server)
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(Answer.UNREACHABLE, f"login_{error.smtp_code}")
        except smtplib.SMTPResponseException as error:
            return Outcome(Answer.UNREACHABLE, f"smtp_{error.smtp_code}")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Answer.UNREACHABLE, _word(error))
        try:
            return self._hand_over(connection, message, address_of(mail))
        finally:
            connection.close()

    def _hand_over(
        self, connection: smtplib.SMTP, message: EmailMessage, recipient: str
    ) -> Outcome:
        try:
            steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
                lambda: connection.mail(self._messages.sender),
                lambda: connection.rcpt(recipient),
                lambda: connection.docmd("DATA"),
            )
            for step in steps:
                code, _ = step()
                if code >= _LATER:
                    return _refused(code)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Answer.UNREACHABLE, _word(error))
        try:
            connection.send(_on_the_wire(message))
            code, _ = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Answer.LOST, _word(error))
        if code >= _LATER:
            return _refused(code)
        _leave(connection)
        return Outcome(Answer.TAKEN)


def _refused(code: int) -> Outcome:
    for_good = code >= _FOR_GOOD
    return Outcome(Answer.REFUSED if for_good else Answer.DEFERRED, f"smtp_{code}")


def _on_the_wire(message: EmailMessage) -> bytes:
    """CRLF line ends, dots at their beginning doubled, and the end mark (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message.as_bytes())
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _leave(connection: smtplib.SMTP) -> None:
    """Say goodbye; the message is theirs already, whatever they answer."""
    try:
        connection.quit()
    except (OSError, smtplib.SMTPException):
        return


def _word(error: Exception) -> str:
    """A stable word for an error of the network: its text may hold anything."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "connection_refused"
    if isinstance(error, ConnectionError | smtplib.SMTPServerDisconnected):
        return "disconnected"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "network"
