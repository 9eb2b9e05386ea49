"""The e-mail of one alert or of a digest: plain text and HTML, in French."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.notifications.adapters.links import Links
from services.notifications.application.ports import Mail
from services.notifications.application.wording import Words, words_for
from services.notifications.domain.ladder import SECOND, Policy
from shared.errors import Invalid

_THREAD = UUID("0b1f3a7e-6f0d-4f4e-8a58-2c6f0d1c9e33")
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)


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
        self._reply_to = reply_to
        self.domain = sender.rpartition("@")[2]
        self._templates = Environment(
            loader=PackageLoader("services.notifications.adapters"),
            autoescape=select_autoescape(["html"], default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def compose(self, mail: Mail) -> EmailMessage:
        """The message; everything in it but its date follows from the mail's alerts.

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
        message = EmailMessage(policy=_POLICY)
        message["From"] = Address("Permanence prison – La Cimade", addr_spec=self.sender)
        message["To"] = recipient
        message["Reply-To"] = Address(addr_spec=self._reply_to)
        message["Subject"] = _one_line(_subject(items))
        message["Date"] = mail.written_at
        message["Message-ID"] = mail.message_id
        self._thread(message, mail)
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        if any(item.words.critical for item in items):
            message["Importance"] = "high"
        shown = {"items": items, "digest": len(items) > 1}
        message.set_content(self._templates.get_template("alert.txt").render(shown))
        html = self._templates.get_template("alert.html").render(shown)
        message.add_alternative(html, subtype="html")
        return message

    def _thread(self, message: EmailMessage, mail: Mail) -> None:
        """Messages about one cause stand together in the volunteer's mailbox."""
        causes = {alert.cause for alert in mail.alerts}
        if len(causes) == 1:
            root = f"<{uuid5(_THREAD, causes.pop())}.fil@{self.domain}>"
            message["In-Reply-To"] = root
            message["References"] = root


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
