"""E-mails (RFC 5322): parts, attachments and their text, forwarded and quoted messages apart."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from functools import cache
from html.parser import HTMLParser

from pypdf import PdfReader

from services.intake.domain.normalise.copied import copied_letter
from services.intake.domain.normalise.machine import Machine, is_to_many, machine_of
from services.intake.domain.normalise.parts import MAX_TEXT, MOST_TEXT, Parts, decoded
from services.intake.domain.normalise.tame import tamed
from shared.contracts.intake.facts import AttachmentText, FieldProblem
from shared.mail_headers import address_in, header_of, text_in

MAX_PDF_PAGES = 20
MAX_PDF_BYTES = 20_000_000
_IDS = re.compile(r"<[^<>\s]{1,300}>")
_FORWARD_MARK = re.compile(
    r"^[> ]*(?:-{2,} ?(?:forwarded message|message transf[ée]r[ée]|mensaje reenviado|"
    r"mensagem encaminhada|messaggio inoltrato|weitergeleitete nachricht|mesaj redirec\w+) ?-{2,}"
    r"|d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée]) ?:|begin forwarded message ?:"
    r"|-{3,} ?(?:(?:sa|la|le|son|texte de la|copie de la) )?(?:lettre|courrier|letter|carta|lettera|"
    r"scrisoare\w*|письмо)[^\n-]{0,40}-{3,}"
    r"|-{3,} ?пересылаемое сообщение ?-{3,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ORIGINAL_MARK = re.compile(
    r"^(?:-{2,} ?(?:message d'origine|original message|message original|mensaje original|"
    r"mensagem original|messaggio originale) ?-{2,}|_{10,})[ \t]*$"
    r"|^(?:De|From|Von|Da) ?:[^\n]{1,200}\n(?:[^\n]{0,200}\n){0,2}?(?:Envoy[ée]|Sent|"
    r"Date|[ÀA]|To) ?:",
    re.IGNORECASE | re.MULTILINE,
)
_WROTE = re.compile(
    r"^(?:Le |On |El |Em |Il )[^\n]{4,160}\n?[^\n]{0,80}(?:a [ée]crit|wrote|escribi[óo]|escreveu|"
    r"ha scritto) ?:?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEADERS = re.compile(
    r"\A\s*(?:[> ]*(?:De|From|Date|Envoy[ée]|Sent|[ÀA]|To|Cc|Objet|Subject|Da|Para|A) ?:[^\n]{0,999}\n){1,99}",
    re.IGNORECASE,
)
_FROM_LINE = re.compile(r"^[> ]*(?:De|From|Da|Von) ?: *(.{1,999})$", re.IGNORECASE | re.MULTILINE)
_QUOTED_LINE = re.compile(r"^ ?>")
_NOT_WRITING = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def read_mail(raw: bytes | str) -> Parts:
    """Take an e-mail apart; never raises on a broken one: what is unreadable is named."""
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogateescape")
    once = policy.default.clone(raise_on_defect=False, header_factory=cache(header_of))
    message = message_from_bytes(data, policy=once)
    body, attachments, broken, unread = _content(message)
    subject = tamed(text_in(message, "Subject"))
    own, forwarded, quoted = split_threads(body, subject)
    machine = machine_of(message)
    name, address = _sender(message, machine)
    by_hand = () if machine is not Machine.OTHER else ("requester.kind",)  # whoever sent through it
    problems = [FieldProblem(field=f, remedy="ouvrir l’original") for f in broken]
    return Parts(
        own=own,
        subject=subject,
        forwarded=tuple(text for _, text in forwarded),
        forwarded_from=tuple(source for source, _ in forwarded),
        quoted=quoted,
        attachments=tuple(attachments),
        sender_name=name,
        sender_address=address,
        received=sent_at(message),
        automatic=machine,
        unread=unread or (machine is Machine.OTHER and bool(broken)),
        to_many=is_to_many(message),
        message_ids=frozenset(_related_ids(message, body)),
        missing=(*broken, *by_hand),
        problems=tuple(problems),
        problem_values=("",) * len(problems),
    )


def _sender(message: Message, machine: Machine | None) -> tuple[str, str]:
    """The sender's name and address; of what came through a machine, whom it says to answer."""
    if machine is Machine.OTHER and (to_answer := address_in(message, "Reply-To"))[1]:
        return tamed(to_answer[0]), tamed(to_answer[1])
    name, address = address_in(message, "From")
    return tamed(name), tamed(address)


def sent_at(message: Message) -> datetime | None:
    """When the sender says that the message left, None if unreadable."""
    try:
        return parsedate_to_datetime(text_in(message, "Date"))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _related_ids(message: Message, body: str) -> Iterator[str]:
    """Ids of the messages that this one answers or reports on."""
    for name in ("In-Reply-To", "References"):
        yield from _IDS.findall(text_in(message, name))
    if message.get_content_type() != "multipart/report":
        return
    for part in message.walk():
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822"}:
            yield from re.findall(
                r"Message-ID: *(<[^<>\s]{1,998}>)", part.as_string(), re.IGNORECASE
            )


def _content(message: EmailMessage) -> tuple[str, list[AttachmentText], list[str], bool]:
    """The body's text, the attachments, the fields that could not be read; is nothing readable?

    A page without words (``text/html``) is empty, not unreadable.
    """
    body, html = [], []
    held = False
    attachments: list[AttachmentText] = []
    broken: list[str] = []
    for part in message.walk():
        if part.is_multipart():
            continue
        payload = _payload(part)
        filename = _filename(part)
        kind = _kind(part, payload, alone=part is message)
        held = held or (kind != "text/html" and bool(payload.strip()))
        if (
            filename is None
            and kind == "text/plain"
            and part.get_content_disposition() != "attachment"
        ):
            text, whole = _text(part, payload)
            body.append(text)
            broken += [] if whole else ["body"]
        elif filename is None and kind == "text/html":
            html.append(_plain(_text(part, payload)[0]))
        elif kind.startswith("message/") or kind == "text/rfc822-headers":
            continue
        else:
            found = _attachment_text(kind, filename, payload, part)
            if found is None and not _decoration(part):
                broken.append(f"attachments.{len(attachments)}.text")
            attachments.append(
                AttachmentText(
                    filename=filename, media_type=kind, size_bytes=len(payload), text=found
                )
            )
    text = "\n".join(body) if any(b.strip() for b in body) else "\n".join(html)
    text = tamed(text[:MOST_TEXT])[:MAX_TEXT]
    unread = held and not (text.strip() or any((a.text or "").strip() for a in attachments))
    return text, attachments, broken, unread


def _kind(part: Message, payload: bytes, *, alone: bool) -> str:
    """The media type to read a part as: writing that is declared as something else is writing."""
    if part.get_content_maintype() == "multipart":  # whose boundary is missing or never comes
        return "text/plain"
    kind = part.get_content_type()
    if alone and kind == "application/octet-stream" and _is_writing(payload):
        return "text/plain"
    return kind


def _is_writing(payload: bytes) -> bool:
    if payload.startswith(b"%PDF") or _NOT_WRITING.search(payload):
        return False
    text, whole = decoded(payload)
    return whole and bool(text.strip())


def _decoration(part: Message) -> bool:
    """A picture shown inside the text (a logo), and not a document sent along."""
    inline = part.get_content_disposition() == "inline" or part.get("Content-ID") is not None
    return part.get_content_maintype() == "image" and inline


def _payload(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # broken transfer encodings raise many kinds
        return b""
    return payload if isinstance(payload, bytes) else b""


def _filename(part: Message) -> str | None:
    try:
        return part.get_filename()
    except Exception:  # broken RFC 2231 parameters
        return None


def _text(part: Message, payload: bytes) -> tuple[str, bool]:
    try:
        charset = part.get_content_charset() or "utf-8"
        if charset.lower() not in {"us-ascii", "ascii"}:
            return decoded(payload.decode(charset))[0], True
    except (LookupError, UnicodeDecodeError, ValueError, AttributeError):
        pass
    return decoded(payload)


def _attachment_text(kind: str, filename: str | None, payload: bytes, part: Message) -> str | None:
    """The text of an attachment, None when a person must open it (images, scans, others)."""
    if kind.startswith("text/"):
        text, _ = _text(part, payload)
        return (_plain(text) if kind == "text/html" else text)[:MAX_TEXT]
    if kind == "application/pdf" or (filename or "").lower().endswith(".pdf"):
        return pdf_text(payload)
    return None


def pdf_text(payload: bytes) -> str | None:
    """The text of a PDF, None if it holds none (a scan), is broken, locked or too large."""
    if len(payload) > MAX_PDF_BYTES:
        return None
    try:
        pages = PdfReader(io.BytesIO(payload), strict=False).pages
        text = "\n".join(page.extract_text() or "" for page in list(pages)[:MAX_PDF_PAGES])
    except Exception:  # pypdf raises many kinds on broken files
        return None
    return text[:MAX_TEXT] if text.strip() else None


class _Text(HTMLParser):
    """The words of an HTML page, one line a block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in {"script", "style", "head"}
        if tag in {"br", "p", "div", "li", "tr", "blockquote"}:
            self.parts.append("\n> " if tag == "blockquote" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head"} and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _plain(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts)


def split_threads(body: str, subject: str) -> tuple[str, list[tuple[str, str]], str]:
    """(the sender's own text, forwarded messages as (from, text), quoted text).

    A message is forwarded when a mark or the subject says so ("Fwd", "TR"); any other earlier
    message below an answer is quoted: it was read when it came.
    """
    handed_on = bool(
        re.match(r"\s*(?:re ?: *){0,9}(?:fwd?|tr|rv|enc|i) ?:", subject, re.IGNORECASE)
    )
    mark = _FORWARD_MARK.search(body)
    if mark is None and handed_on:
        mark = _ORIGINAL_MARK.search(body) or _WROTE.search(body)
    if mark is not None:
        own, quoted = _without_quotes(body[: mark.start()])
        blocks = (
            _FORWARD_MARK.split(body[mark.start() :])
            if _FORWARD_MARK.search(body)
            else [body[mark.start() :]]
        )
        return own, [_forwarded(b) for b in blocks if b and b.strip()], quoted
    if (copied := copied_letter(body)) is not None:
        own, letter = copied
        return own, [("", letter)], ""
    cut = _ORIGINAL_MARK.search(body) or _WROTE.search(body)
    own, quoted = _without_quotes(body[: cut.start()] if cut else body)
    return own, [], quoted + (body[cut.start() :] if cut else "")


def _forwarded(block: str) -> tuple[str, str]:
    text = "\n".join(re.sub(r"^(?: ?>){1,99} ?", "", line) for line in block.split("\n"))
    source = _FROM_LINE.search(text)
    return (source[1].strip() if source else ""), _HEADERS.sub("", text.strip("\n") + "\n").strip()


def _without_quotes(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    own = [line for line in lines if not _QUOTED_LINE.match(line)]
    quoted = [line for line in lines if _QUOTED_LINE.match(line)]
    return "\n".join(own).strip(), "\n".join(quoted)
