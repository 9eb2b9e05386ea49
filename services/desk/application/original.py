"""A raw item in a form that a person can read, and the files that it carries."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shared.decoding import text_of
from shared.mail_headers import text_in
from shared.mail_parts import Mail, body_of, parsed, taken_apart

Ask = Callable[..., Any]
MOST_INNER = 20  # messages in a message, shown apart
MOST_PIECES = 8  # of a MiB, of an item shown
_HEADERS = {
    "From": "De",
    "Reply-To": "Répondre à",
    "To": "À",
    "Cc": "Copie",
    "Date": "Date",
    "Subject": "Objet",
}
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
    """The raw items of a request, the first to arrive first; of large ones the first 8 MiB.

    Words may stand below the files of an e-mail, and messages attached to it.
    """
    found = []
    for told in ask("intake", "list_originals", request_id=request_id):
        pieces = list(islice(_pieces(ask, request_id, told["sha256"]), MOST_PIECES))
        raw = b"".join(pieces)
        found.append(
            Original(
                sha256=told["sha256"],
                media_type=told["media_type"],
                size_bytes=told["size_bytes"],
                text=readable(told["media_type"], raw) if pieces else None,
                whole=told["part_count"] <= MOST_PIECES,
                inner=inner_messages(told["media_type"], raw),
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
            return _message_text(taken_apart(parsed(raw)))
        if kind == "application/json":
            return _laid_out(json.loads(text_of(raw)[0]))
    except Exception:  # noqa: S110 - parsers raise many kinds on what was made to break them
        pass
    return text_of(raw)[0]


def inner_messages(media_type: str, raw: bytes) -> tuple[tuple[str, str], ...]:
    """(subject, text) of the first messages attached to an e-mail, at any depth; never raises."""
    if media_type.partition(";")[0].strip().lower() != "message/rfc822":
        return ()
    try:
        mail = taken_apart(parsed(raw))
        return tuple(
            (text_in(one, "Subject"), _message_text(mail, place))
            for place, one in islice(enumerate(mail.messages), 1, MOST_INNER + 1)
        )
    except Exception:  # a broken message raises many kinds; its original can still be saved
        return ()


def attachment(raw: bytes, index: int) -> tuple[bytes, str] | None:
    """(content, file name) of the ``index``-th file of a message; None if there is none such."""
    try:
        files = taken_apart(parsed(raw)).files
    except Exception:  # a broken message raises many kinds; its original can still be saved
        return None
    if not 0 <= index < len(files):
        return None
    return files[index].content, files[index].name or f"piece-{index + 1}"


def file_name(given: str | None) -> str:
    """A name under which a file may be shown and saved, its ending where it ends; maybe empty."""
    return "".join(char if char.isalnum() or char in "-_. " else "_" for char in given or "")[-120:]


def _message_text(mail: Mail, place: int = 0) -> str:
    message = mail.messages[place]
    heading = [
        f"{title} : {told}" for name, title in _HEADERS.items() if (told := text_in(message, name))
    ]
    text = body_of([leaf for leaf in mail.leaves if leaf.of == place])[0].replace("\r\n", "\n")
    return "\n".join([*heading, "", text]) if heading else text


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
