"""An e-mail taken apart: its words and its files in their order, whatever they are declared as.

Whoever reads a message and whoever shows it count its files alike.
"""

from __future__ import annotations

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import default
from functools import cache
from itertools import count, groupby

from shared.decoding import text_of
from shared.html_text import html_text
from shared.mail_headers import header_of
from shared.outlook import saved_message, winmail
from shared.signed_mail import signed_message

MOST_REGAINED = 20  # messages read again because their parts were not declared
_HTML = frozenset({"text/html", "text/x-amp-html"})
_WORDS = frozenset({"text/plain", "text/enriched", "text/markdown", "text/x-markdown"}) | _HTML
_SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_NOT_WRITING = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_PART_BEGINS = re.compile(
    rb"^--([^\s-][^\r\n]{0,68}?)[ \t]*\r?\n(?=Content-[\w-]{1,40}:)", re.M | re.I
)
_AT_ONCE = 500  # characters before the first part of a message whose parts are not declared
_UUENCODED = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n((?:[ -`]{0,62}\r?\n)*+)end[ \t]*\r?$", re.MULTILINE
)
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{40,}+\s++)*+[A-Za-z0-9+/]{4,}+={0,2}\s*")
_BASE64_AT_LEAST = 24
_QUOTED = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_QUOTES_AT_LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A part that has no parts.

    ``kind``: the media type to read it as. ``of``: the place in ``Mail.messages`` of the message
    that it belongs to. ``choice``: (set, branch) of parts that say the same in several ways.
    ``words``: it belongs to the text, else it is a file. ``in_text``: a picture shown in the text.
    """

    kind: str
    name: str | None
    content: bytes
    charset: str | None
    of: int
    choice: tuple[int, int] | None
    words: bool
    in_text: bool

    def text(self) -> tuple[str, bool]:
        """Its bytes as text, and whether they could be read; of a page, its words."""
        text, whole = text_of(self.content, self.charset)
        return (html_text(text) if self.kind in _HTML else text), whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """``messages``: the outer one first, then those attached to it, at any depth."""

    messages: tuple[Message, ...]
    leaves: tuple[Leaf, ...]

    @property
    def files(self) -> tuple[Leaf, ...]:
        return tuple(leaf for leaf in self.leaves if not leaf.words)


def parsed(raw: bytes) -> Message:
    """The message; one nested too deep to be taken apart has its headers and no parts."""
    policy = default.clone(raise_on_defect=False, header_factory=cache(header_of))
    try:
        return message_from_bytes(raw, policy=policy)
    except RecursionError:
        return BytesHeaderParser(EmailMessage, policy=policy).parsebytes(raw)


def taken_apart(message: Message) -> Mail:
    """The messages and leaves of ``message``; never raises."""
    messages = [message]
    leaves: list[Leaf] = []
    sets, regained = count(), 0
    rest: list[tuple[Message, int, tuple[int, int] | None]] = [(message, 0, None)]
    while rest:
        part, of, choice = rest.pop()
        if children := _children(part):
            new = of
            if part.get_content_type() == "message/rfc822":
                children = [_decoded_message(part, child) for child in children]
                new = len(messages)
                messages += children[:1]
            branches: list[tuple[int, int] | None] = [choice] * len(children)
            if choice is None and part.get_content_type() == "multipart/alternative":
                made = next(sets)
                branches = [(made, branch) for branch in range(len(children))]
            rest += [
                (child, new, branch) for child, branch in zip(children, branches, strict=True)
            ][::-1]
            continue
        leaf = _leaf(part, of, choice, alone=part is message)
        again = _regained(leaf) if leaf.words and regained < MOST_REGAINED else None
        if again is None and not leaf.words and regained < MOST_REGAINED:
            said = body_of([one for one in leaves if one.of == of])[0]
            again, whole = _opened(leaf, said)
            leaves += [] if whole else [leaf]
        if again is not None:
            regained += 1
            rest.append((again, of, choice))
        elif leaf.kind != "text/rfc822-headers":
            leaves.append(leaf)
    return Mail(messages=tuple(messages), leaves=tuple(leaves))


def _children(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else None
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def body_of(leaves: Sequence[Leaf]) -> tuple[str, bool]:
    """The words of ``leaves`` and whether all could be read.

    Of several ways to say the same the first counts, unless another says much more.
    """
    texts, whole = [], True
    words = [leaf for leaf in leaves if leaf.words]
    for choice, group in groupby(words, key=lambda leaf: leaf.choice and leaf.choice[0]):
        if choice is None:
            read = [leaf.text() for leaf in group]
        else:
            branches: dict[int, list[tuple[str, bool]]] = {}
            for leaf in group:
                branches.setdefault(leaf.choice[1] if leaf.choice else 0, []).append(leaf.text())
            read = _said_best(list(branches.values()))
        texts += [text for text, _ in read if text.strip()]
        whole = whole and all(fine for _, fine in read)
    return "\n".join(texts), whole


def _said_best(branches: Sequence[list[tuple[str, bool]]]) -> list[tuple[str, bool]]:
    lengths = [sum(len(text.split()) for text, _ in branch) for branch in branches]
    most = max(range(len(branches)), key=lengths.__getitem__)
    first = next((at for at, length in enumerate(lengths) if length), most)
    return branches[most] if lengths[most] > 2 * lengths[first] + 20 else branches[first]


def _leaf(part: Message, of: int, choice: tuple[int, int] | None, *, alone: bool) -> Leaf:
    content = _content(part)
    kind, name, disposition = part.get_content_type(), _name(part), _disposition(part)
    if part.get_content_maintype() in {"multipart", "message"} or (
        alone and part.get_content_maintype() == "application" and _is_writing(content)
    ):
        kind = "text/plain"  # whose boundary is missing or never comes; octets that are words
    words = kind in _WORDS and name is None and disposition != "attachment"
    in_text = kind.startswith("image/") and (
        disposition == "inline" or part.get("Content-ID") is not None
    )
    return Leaf(
        kind=kind,
        name=name,
        content=_undone(content) if words else content,
        charset=_charset(part),
        of=of,
        choice=choice,
        words=words,
        in_text=in_text,
    )


def _regained(leaf: Leaf) -> Message | None:
    """The message whose parts stand in ``leaf`` without being declared, None if none do."""
    if _UUENCODED.search(leaf.content):
        return _with_files(leaf)
    begins = _PART_BEGINS.search(leaf.content[: _AT_ONCE + 1000])
    if begins is None or begins.start() > _AT_ONCE:
        return None
    head = b'Content-Type: multipart/mixed; boundary="' + begins[1].replace(b'"', b'\\"') + b'"\n\n'
    message = parsed(head + leaf.content)
    return message if message.is_multipart() else None


def _with_files(leaf: Leaf) -> Message | None:
    """The words and the files that old systems write among them, None if one cannot be read."""
    message = EmailMessage()
    message.set_content(_UUENCODED.sub(b"", leaf.content), "text", leaf.kind.partition("/")[2])
    message.set_param("charset", leaf.charset or "utf-8")
    for found in _UUENCODED.finditer(leaf.content):
        name = " ".join(text_of(found[1])[0].split())
        try:
            content = b"".join(map(binascii.a2b_uu, found[2].splitlines()))
        except binascii.Error:
            return None
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message


def _opened(leaf: Leaf, said: str) -> tuple[Message | None, bool]:
    """The message that a file holds, None if it holds none, and whether it is all that it holds.

    ``said``: the words beside it, which Outlook says again in its winmail.dat.
    """
    name = (leaf.name or "").lower()
    if signed := leaf.kind in _SIGNED and signed_message(leaf.content):
        return parsed(signed), True
    if (found := winmail(leaf.content)) is not None:
        more = len(found.words[0].split()) > 2 * len(said.split()) + 20
        new_words = more or not said.strip()
        return found.message(with_words=new_words), found.whole or not new_words
    if (found := saved_message(leaf.content)) is not None:
        return _attached(found.message()), found.whole
    if name.endswith(".eml") and (message := parsed(leaf.content)).keys():
        return _attached(message), True
    return None, True


def _attached(message: Message) -> Message:
    holder = EmailMessage()
    holder["Content-Type"] = "message/rfc822"
    holder.set_payload([message])
    return holder


def _decoded_message(part: Message, child: Message) -> Message:
    """A message attached in base64, which none should be, is no message before it is decoded."""
    encoded = child.get_payload()
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() != "base64" or child.keys():
        return child
    content = _from_base64(encoded.encode("ascii", "replace")) if isinstance(encoded, str) else None
    return child if content is None else parsed(content)


def _undone(content: bytes) -> bytes:
    """Words that came encoded without saying so, decoded."""
    if (found := _from_base64(content)) is not None and _is_writing(found):
        return found
    if len(_QUOTED.findall(content)) < _QUOTES_AT_LEAST or not content.isascii():
        return content
    found = quopri.decodestring(content)
    try:
        found.decode("utf-8")
    except UnicodeDecodeError:
        return content
    return content if found.isascii() and b"=\n" not in content.replace(b"\r", b"") else found


def _from_base64(content: bytes) -> bytes | None:
    content = content.strip()
    if len(content) < _BASE64_AT_LEAST or _BASE64.fullmatch(content) is None:
        return None
    try:
        return b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        return None


def _is_writing(content: bytes) -> bool:
    if content.startswith((b"%PDF", b"{\\rtf")) or _NOT_WRITING.search(content):
        return False
    text, whole = text_of(content)
    return whole and bool(text.strip())


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # broken transfer encodings raise many kinds
        return b""
    return content if isinstance(content, bytes) else b""


def _name(part: Message) -> str | None:
    try:
        return part.get_filename()
    except Exception:  # broken RFC 2231 parameters
        return None


def _disposition(part: Message) -> str | None:
    try:
        return part.get_content_disposition()
    except Exception:
        return None


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except Exception:  # broken RFC 2231 parameters
        return None
