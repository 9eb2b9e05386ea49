"""Whether a machine sent an e-mail, and what for (RFC 3834, RFC 3464, RFC 2919, RFC 2369)."""

from __future__ import annotations

import re
from email.message import Message
from enum import StrEnum

from services.intake.domain.normalise.text import fold_words
from shared.mail_headers import address_in, text_in

_REPORTS = re.compile(r"mailer-daemon|bounces?.{0,99}")
_NEWS = re.compile(r"newsletter|infolettre")
_NO_REPLY = re.compile(r"no-?_?reply|ne-?pas-?repondre|do-?not-?reply|postmaster")
_FILES = frozenset({"application", "audio", "image", "video"})
_FAILED = re.compile(
    r"undeliver|mail delivery|delivery (?:status|fail)|failure notice|returned mail|"
    r"echec de (?:la )?remise|message non (?:remis|distribue)"
)
_ABSENT = re.compile(
    r"reponse automatique|automatic reply|auto ?reply|absence du bureau|out of office|"
    r"respuesta automatica"
)


class Machine(StrEnum):
    """What a machine sent.

    ``REPORT``: on a message that did or did not arrive. ``ANSWER``: out of office and the like.
    ``NEWS``: to a list on which nobody posts. ``OTHER``: what somebody may have sent through it
    (a scanner, a form, a fax), which no rule closes.
    """

    REPORT = "report"
    ANSWER = "answer"
    NEWS = "news"
    OTHER = "other"


def machine_of(message: Message) -> Machine | None:
    """What a machine sent as ``message``, None if a person did."""
    submitted = text_in(message, "Auto-Submitted").casefold()
    local = address_in(message, "From")[1].partition("@")[0].casefold()
    subject = fold_words(text_in(message, "Subject"))
    nobody_to_answer = text_in(message, "Return-Path") == "<>"
    if message.get_content_type() == "multipart/report":
        return Machine.REPORT
    if _REPORTS.fullmatch(local) or _FAILED.match(subject):
        return Machine.OTHER if _brings_files(message) else Machine.REPORT
    if submitted.startswith("auto-replied") or _ABSENT.match(subject) or _autoreply(message):
        return Machine.ANSWER
    if is_to_many(message) or _NEWS.fullmatch(local):
        return None if _people_post(message) else Machine.NEWS
    if nobody_to_answer and message.get("In-Reply-To") is not None:
        return Machine.ANSWER
    if submitted and not submitted.startswith("no"):
        return Machine.OTHER
    return Machine.OTHER if nobody_to_answer or _NO_REPLY.fullmatch(local) else None


def is_to_many(message: Message) -> bool:
    """A list or bulk mail."""
    if text_in(message, "Precedence").casefold() in {"bulk", "list", "junk"}:
        return True
    return any(message.get(h) is not None for h in ("List-Id", "List-Unsubscribe"))


def _people_post(message: Message) -> bool:
    """A list that can be written to: a group address of the desk is one too."""
    return "<mailto:" in text_in(message, "List-Post").casefold()


def _brings_files(message: Message) -> bool:
    """A file of its own, and not of a message that it returns: a scanner may have no other name."""
    parts = message.get_payload() if message.is_multipart() else [message]
    return any(isinstance(p, Message) and p.get_content_maintype() in _FILES for p in parts)


def _autoreply(message: Message) -> bool:
    if text_in(message, "Precedence").casefold() == "auto_reply":
        return True
    return any(message.get(h) is not None for h in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
