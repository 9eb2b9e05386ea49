"""A raw item in a form that a person can read, and the files that it carries."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message, MIMEPart
from email.policy import default
from functools import lru_cache
from html.parser import HTMLParser
from itertools import islice
from typing import Any

from shared.mail_headers import header_of

Ask = Callable[..., Any]
MOST_INNER = 20  # messages in a message, shown apart
_HEADERS = {"from": "De", "to": "À", "date": "Date", "subject": "Objet"}
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})
_EXTENSIONS = {"message/rfc822": "eml", "application/json": "json", "text/plain": "txt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A raw item; ``text`` None once the person is erased. ``whole`` False: only its beginning.

    ``inner``: (subject, text) of each message that a message has attached.
    """

    sha256: str
    media_type: str
    size_bytes: int
    text: str | None
    whole: bool
    inner: tuple[tuple[str, str], ...] = ()

    @property
    def extension(self) -> str:
        return _EXTENSIONS.get(self.media_type.partition(";")[0], "bin")


def originals(ask: Ask, request_id: str) -> list[Original]:
    """The raw items of a request, the first to arrive first; of large ones the first MiB."""
    found = []
    for told in ask("intake", "list_originals", request_id=request_id):
        part = ask("intake", "get_original", request_id=request_id, sha256=told["sha256"], part=0)
        content = part["content_base64"]
        raw = None if content is None else base64.b64decode(content)
        found.append(
            Original(
                sha256=told["sha256"],
                media_type=told["media_type"],
                size_bytes=told["size_bytes"],
                text=None if raw is None else readable(told["media_type"], raw),
                whole=told["part_count"] == 1,
                inner=inner_messages(told["media_type"], raw or b""),
            )
        )
    return found


def content(ask: Ask, request_id: str, sha256: str) -> Iterator[bytes] | None:
    """All bytes of a raw item, a MiB at a time, none once the person is erased; None: not there."""
    if sha256 not in {
        one["sha256"] for one in ask("intake", "list_originals", request_id=request_id)
    }:
        return None
    return _pieces(ask, request_id, sha256)


def _pieces(ask: Ask, request_id: str, sha256: str) -> Iterator[bytes]:
    part, count = 0, 1
    while part < count:
        told = ask("intake", "get_original", request_id=request_id, sha256=sha256, part=part)
        if told["content_base64"] is None:
            return
        yield base64.b64decode(told["content_base64"])
        part, count = part + 1, told["part_count"]


def readable(media_type: str, raw: bytes) -> str:
    """The text of an item: a message without its machinery, JSON laid out, else as it is.

    Never raises, for a request that cannot be opened would be overlooked.
    """
    kind = media_type.partition(";")[0].strip().lower()
    try:
        if kind == "message/rfc822":
            return _message(raw)
        if kind == "application/json":
            return _laid_out(json.loads(decoded(raw)))
    except Exception:  # noqa: S110 - parsers raise many kinds on what was made to break them
        pass
    return decoded(raw)


def inner_messages(media_type: str, raw: bytes) -> tuple[tuple[str, str], ...]:
    """(subject, text) of the first messages attached to an e-mail, at any depth; never raises."""
    if media_type.partition(";")[0].strip().lower() != "message/rfc822":
        return ()
    try:
        inner = (
            one
            for part in _parsed(raw).walk()
            if part.get_content_type() == "message/rfc822"
            for one in part.iter_parts()
        )
        return tuple(
            (str(one["Subject"] or ""), _message_text(one)) for one in islice(inner, MOST_INNER)
        )
    except Exception:  # a broken message raises many kinds; its original can still be saved
        return ()


def attachment(raw: bytes, index: int) -> tuple[bytes, str] | None:
    """(content, file name) of the ``index``-th file of a message; None if there is none such."""
    try:
        parts = list(_parsed(raw).iter_attachments())
    except Exception:  # a broken message raises many kinds; its original can still be saved
        return None
    if not 0 <= index < len(parts):
        return None
    part = parts[index]
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload, part.get_filename() or f"piece-{index + 1}"
    return bytes(part), part.get_filename() or f"piece-{index + 1}.eml"


def file_name(given: str | None) -> str:
    """A name under which a file may be shown and saved, its ending where it ends; maybe empty."""
    return "".join(char if char.isalnum() or char in "-_. " else "_" for char in given or "")[-120:]


def decoded(raw: bytes) -> str:
    """The bytes as text: UTF-8, else Windows' Latin, in which every byte means something."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


_header = lru_cache(maxsize=64)(header_of)  # a page asks for each several times


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default.clone(header_factory=_header))
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    return message


def _message(raw: bytes) -> str:
    return _message_text(_parsed(raw))


def _message_text(message: MIMEPart) -> str:
    heading = [f"{title} : {message[name]}" for name, title in _HEADERS.items() if message[name]]
    body: Message | None = message.get_body(preferencelist=("plain", "html"))
    body = _writing(message) if body is None else body
    if body is None:
        return "\n".join(heading)
    payload = body.get_payload(decode=True)
    charset = body.get_content_charset() or "utf-8"
    try:
        text = payload.decode(charset) if isinstance(payload, bytes) else ""
    except (LookupError, UnicodeDecodeError):
        text = decoded(payload) if isinstance(payload, bytes) else ""
    if body.get_content_subtype() == "html":
        text = _without_tags(text)
    return "\n".join([*heading, "", text.replace("\r\n", "\n")]) if heading else text


def _writing(message: MIMEPart) -> Message | None:
    """The first part of writing declared as something else: a multipart without parts, bytes."""
    for part in message.walk():
        alone = part is message and part.get_content_type() == "application/octet-stream"
        if part.is_multipart() or not (alone or part.get_content_maintype() == "multipart"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and b"\0" not in payload:
            return part
    return None


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON as lines « name : value », so that its texts read as texts."""
    if isinstance(value, Mapping):
        lines = []
        for name, inner in value.items():
            if isinstance(inner, Mapping | list) and inner:
                lines.append(f"{indent}{name} :\n{_laid_out(inner, indent + '  ')}")
            else:
                lines.append(f"{indent}{name} : {_laid_out(inner)}")
        return "\n".join(lines)
    if isinstance(value, list):
        return "\n".join(f"{indent}- {_laid_out(inner, indent + '  ').strip()}" for inner in value)
    if isinstance(value, bool) or value is None:
        return {True: "oui", False: "non", None: "—"}[value]
    return str(value)


class _Stripper(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        if tag in _BLOCKS:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def _without_tags(text: str) -> str:
    stripper = _Stripper()
    stripper.feed(text)
    return "".join(stripper.text).strip()
