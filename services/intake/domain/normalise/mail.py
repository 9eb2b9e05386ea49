"""E-mails (RFC 5322): parts, attachments and their text, forwarded and quoted messages apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from services.intake.domain.normalise.attached import attached_text
from services.intake.domain.normalise.copied import copied_letter
from services.intake.domain.normalise.machine import Machine, is_to_many, machine_of
from services.intake.domain.normalise.parts import MAX_TEXT, Parts, decoded
from services.intake.domain.normalise.tame import tamed
from shared.contracts.intake.facts import AttachmentText, FieldProblem
from shared.mail_headers import address_in, text_in
from shared.mail_parts import Leaf, Mail, body_of, parsed, taken_apart

LARGEST_LOGO_BYTES = 30_000
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
_ARMOUR = re.compile(
    r"^-----BEGIN PGP MESSAGE-----$[^-]{0,60000}(?:^-----END PGP MESSAGE-----$)?", re.MULTILINE
)
_QUOTED_LINE = re.compile(r"^ ?>")


def read_mail(raw: bytes | str) -> Parts:
    """Take an e-mail apart; never raises on a broken one: what is unreadable is named."""
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogateescape")
    message = parsed(data)
    machine = machine_of(message)
    body, attachments, broken, unread = _content(taken_apart(message), machine)
    subject = tamed(text_in(message, "Subject"))
    own, forwarded, quoted = split_threads(body, subject)
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


def _content(
    mail: Mail, machine: Machine | None
) -> tuple[str, list[AttachmentText], list[str], bool]:
    """The body's text, the attachments, the fields that could not be read; is nothing readable?

    A page without words (``text/html``) is empty, not unreadable.
    """
    text, whole = body_of(mail.leaves)
    text = tamed(decoded(text)[0])
    text, locked = _ARMOUR.subn("", text)
    broken = [] if whole and not locked and len(text) <= MAX_TEXT else ["body"]
    attachments: list[AttachmentText] = []
    for leaf in mail.files:
        found, whole = attached_text(leaf)
        if not whole and not _decoration(leaf, machine):
            broken.append(f"attachments.{len(attachments)}.text")
        attachments.append(
            AttachmentText(
                filename=leaf.name,
                media_type=leaf.kind,
                size_bytes=len(leaf.content),
                text=found,
            )
        )
    held = any(leaf.content.strip() and leaf.kind != "text/html" for leaf in mail.leaves)
    unread = held and not (text.strip() or any((a.text or "").strip() for a in attachments))
    return text[:MAX_TEXT], attachments, broken, unread


def _decoration(leaf: Leaf, machine: Machine | None) -> bool:
    """A picture shown inside the text (a logo), and not a document sent along.

    A telephone shows its photographs there too, which are larger.
    """
    by_rule = machine in {Machine.ANSWER, Machine.NEWS}
    return leaf.in_text and (by_rule or len(leaf.content) <= LARGEST_LOGO_BYTES)


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
