"""The e-mail of one alert or of a digest: plain text and HTML, in French."""

from __future__ import annotations

import re
from binascii import b2a_qp
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.notifications.adapters.links import Links
from services.notifications.application.ports import Mail
from services.notifications.application.wording import Words, words_for
from services.notifications.domain.ladder import SECOND, Policy
from shared.errors import Invalid

_THREAD = UUID("0b1f3a7e-6f0d-4f4e-8a58-2c6f0d1c9e33")
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
_BOUNDARY = "=_"  # which quoted-printable never contains


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One alert in a message."""

    words: Words
    url: str


class Messages:
    """Composes messages. ``sender`` is an address; what comes back goes to ``reply_to``."""

    def __init__(self, links: Links, policy: Policy, *, sender: str, reply_to: str) -> None:
        self._links = links
        self._policy = policy
        self.sender = sender
        self.domain = sender.rpartition("@")[2]
        self._always = _always(sender, reply_to)
        templates = Environment(
            loader=PackageLoader("services.notifications.adapters"),
            autoescape=select_autoescape(["html"], default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._text = templates.get_template("alert.txt")
        self._html = templates.get_template("alert.html")

    def compose(self, mail: Mail) -> bytes:
        """The message, in ASCII lines that end with CRLF; everything in it but its date follows
        from the mail's alerts.

        Raises BadAddress for one that plain SMTP cannot carry.
        """
        recipient = _plain_address(address_of(mail))
        items = [
            _Item(
                words=words_for(alert, mail.written_at, self._policy),
                url=self._links.url(alert.alert_id),
            )
            for alert in mail.alerts
        ]
        shown = {"items": items, "digest": len(items) > 1}
        headers = [
            self._always,
            f"To: {recipient.addr_spec}\r\n",
            _POLICY.header_factory("Subject", _one_line(_subject(items))).fold(policy=_POLICY),
            f"Date: {format_datetime(mail.written_at)}\r\n",
            f"Message-ID: {mail.message_id}\r\n",
            *self._thread(mail),
            *(["Importance: high\r\n"] if any(item.words.critical for item in items) else []),
        ]
        return b"".join(
            [
                "".join(headers).encode("ascii"),
                _part("plain", self._text.render(shown)),
                _part("html", self._html.render(shown)),
                f"\r\n--{_BOUNDARY}--\r\n".encode("ascii"),
            ]
        )

    def _thread(self, mail: Mail) -> list[str]:
        """Messages about one cause stand together in the volunteer's mailbox."""
        causes = {alert.cause for alert in mail.alerts}
        if len(causes) > 1:
            return []
        root = f"<{uuid5(_THREAD, causes.pop())}.fil@{self.domain}>"
        return [f"In-Reply-To: {root}\r\n", f"References: {root}\r\n"]


class BadAddress(Invalid):
    """A volunteer's address cannot be written to; its text is left out."""

    code = "notifications.bad_address"

    def __init__(self) -> None:
        super().__init__("email: not an address that mail can go to; correct the directory")


def address_of(mail: Mail) -> str:
    """Where a message goes: the second channel's address, if it goes that way and there is one."""
    if mail.channel == SECOND and mail.to.second_channel:
        return mail.to.second_channel
    return mail.to.email


def _plain_address(text: str) -> Address:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):  # IndexError: the library's answer to ""
        raise BadAddress from None
    if not (address.username and address.domain and text.isascii()):
        raise BadAddress
    return address


def _subject(items: list[_Item]) -> str:
    if len(items) == 1:
        return items[0].words.subject
    urgent = sum(item.words.critical for item in items)
    first = f"URGENT – {urgent} à regarder tout de suite, " if urgent else ""
    late = any(item.words.late for item in items)
    return f"{first}{len(items)} alertes vous attendent{' (envoi en retard)' if late else ''}"


def _one_line(text: str) -> str:
    """No control character reaches a header."""
    return re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", text).strip()


def _always(sender: str, reply_to: str) -> str:
    """The headers that all messages have."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address("Permanence prison – La Cimade", addr_spec=sender)
    message["Reply-To"] = Address(addr_spec=reply_to)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/alternative; boundary="{_BOUNDARY}"'
    return "".join(_POLICY.fold(name, value) for name, value in message.items())


def _part(subtype: str, text: str) -> bytes:
    """One way to read the message; what the library's own way does at five times the cost."""
    head = (
        f"\r\n--{_BOUNDARY}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = re.sub(r"\r\n|\r|\n", "\r\n", text)
    return head.encode("ascii") + b2a_qp(lines.encode("utf-8"))
