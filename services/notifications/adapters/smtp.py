"""SMTP: hands one message to a server, and says what became of it, doubt included."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress

from services.notifications.adapters.messages import BadAddress, Messages, address_of
from services.notifications.application.ports import Answer, Mail, Outcome
from shared.smtp import SmtpServer, connect

_LATER = 400
_FOR_GOOD = 500
_NOT_LOGGED_IN = frozenset({530, 535, 538})  # of us, not of the recipient (RFC 4954, RFC 3207)


class SmtpChannel:
    """Sends messages by SMTP, one after the other over one connection until it rests; nothing is
    shared between lanes. For one sender at a time."""

    def __init__(self, server: SmtpServer, messages: Messages) -> None:
        self._server = server
        self._messages = messages
        self._open: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> Outcome:
        """Hand it over; every wait is bounded by the server's time-out."""
        try:
            message = self._messages.compose(mail)
        except BadAddress:
            return Outcome(Answer.REFUSED, "address")
        connection = self._begun()
        begun = connection is not None
        try:
            connection = connection or connect(self._server)
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(Answer.UNREACHABLE, f"login_{error.smtp_code}")
        except smtplib.SMTPResponseException as error:
            return _refuses_us(error.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Answer.UNREACHABLE, _word(error))
        try:
            outcome = self._hand_over(connection, message, address_of(mail), begun=begun)
            if outcome.answer is Answer.TAKEN:
                self._open = connection
            return outcome
        finally:
            if self._open is not connection:
                connection.close()

    def rest(self) -> None:
        """Say goodbye; the messages are theirs already, whatever they answer."""
        connection, self._open = self._open, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _begun(self) -> smtplib.SMTP | None:
        """The connection of the message before, which takes one more; None if there is none. Of
        one that ended meanwhile, or has carried enough, nothing is lost: a fresh one is opened."""
        connection, self._open = self._open, None
        if connection is None:
            return None
        try:
            code, _ = connection.mail(self._messages.sender)
            if code < _LATER:
                return connection
        except (OSError, smtplib.SMTPException):
            pass
        connection.close()
        return None

    def _hand_over(
        self, connection: smtplib.SMTP, message: bytes, recipient: str, *, begun: bool
    ) -> Outcome:
        steps: list[Callable[[], tuple[int, bytes]]] = [
            lambda: connection.rcpt(recipient),
            lambda: connection.docmd("DATA"),
        ]
        try:
            if not begun:
                code, _ = connection.mail(self._messages.sender)
                if code >= _LATER:  # it takes nothing from this sender, whoever the recipient is
                    return _refuses_us(code)
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
        return _refused(code) if code >= _LATER else Outcome(Answer.TAKEN)


def _refuses_us(code: int) -> Outcome:
    """The server refuses us: what is due waits until that is mended, nothing is given up."""
    return Outcome(Answer.UNREACHABLE, f"smtp_{code}")


def _refused(code: int) -> Outcome:
    if code in _NOT_LOGGED_IN:
        return _refuses_us(code)
    for_good = code >= _FOR_GOOD
    return Outcome(Answer.REFUSED if for_good else Answer.DEFERRED, f"smtp_{code}")


def _on_the_wire(message: bytes) -> bytes:
    """Dots at the beginning of lines doubled, and the end mark (RFC 5321, 4.5.2)."""
    return message.replace(b"\r\n.", b"\r\n..").removesuffix(b"\r\n") + b"\r\n.\r\n"


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
