"""Messages as Outlook alone writes them, as e-mails: winmail.dat (TNEF) and .msg."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from mimetypes import MimeTypes

import olefile
from compressed_rtf import decompress

from shared.decoding import text_of
from shared.rtf_text import rtf_text

_TNEF = b"\x78\x9f\x3e\x22"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = MimeTypes(filenames=())
_DEEPEST = 5
_MOST_FILES = 200
_MOST_PACKED_BYTES = 200_000  # of words, which take long to unpack
_LONGEST_HEADER = 900

# Properties of a message, and of a file in it (MS-OXPROPS)
_CLASS, _SUBJECT, _SENDER, _SENDER_ADDRESS, _TO = 0x001A, 0x0037, 0x0C1A, 0x5D01, 0x0E04
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_DATA, _NAME, _LONG_NAME, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x3712
_READ = (_CLASS, _SUBJECT, _SENDER, _SENDER_ADDRESS, _TO, _BODY, _HTML, _RTF)
_READ_OF_FILE = (_DATA, _NAME, _LONG_NAME, _CONTENT_ID)

# Attributes of TNEF (MS-OXTNEF)
_ATT_PROPERTIES, _ATT_FILE_BEGINS, _ATT_FILE_PROPERTIES = 0x9003, 0x9002, 0x9005
_OF_MESSAGE = {0x800C: _BODY, 0x8004: _SUBJECT}
_OF_FILE = {0x8010: _NAME, 0x800F: _DATA}
# Sizes of the values of fixed length, by type, padded to four bytes
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_OBJECT, _INTERFACE_BYTES = 0x0D, 16  # the name of its interface stands before it
_VARIABLE = frozenset({_OBJECT, 0x1E, 0x1F, 0x102})
_MANY = 0x1000

_Values = dict[int, bytes | str]


@dataclass(slots=True)
class Found:
    """What a message of Outlook holds. ``files``: (name, content, is it shown in the text?)."""

    values: _Values = field(default_factory=dict)
    files: list[tuple[str, bytes, bool]] = field(default_factory=list)
    messages: list[Found] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, str]:
        """(text, its subtype), empty if there is none."""
        if text := _text(self.values.get(_BODY)).strip():
            return text, "plain"
        if text := _text(self.values.get(_HTML)).strip():
            return text, "html"
        return _unpacked(self.values.get(_RTF)), "plain"

    @property
    def whole(self) -> bool:
        """Is it all that the message says? Appointments and the like say more."""
        packed = any(self.values.get(one) for one in (_BODY, _HTML, _RTF))
        a_note = _line(self.values.get(_CLASS)).upper() or "IPM.NOTE"
        return a_note.startswith("IPM.NOTE") and (bool(self.words[0].strip()) or not packed)

    def __bool__(self) -> bool:
        return bool(self.words[0].strip() or self.files or self.messages)

    def message(self, *, with_words: bool = True) -> EmailMessage:
        """The same as an e-mail."""
        message = EmailMessage()
        address = _line(self.values.get(_SENDER_ADDRESS))
        sender = " ".join(
            filter(None, (_line(self.values.get(_SENDER)), f"<{address}>" if address else ""))
        )
        for name, value in (
            ("Subject", _line(self.values.get(_SUBJECT))),
            ("From", sender),
            ("To", _line(self.values.get(_TO))),
        ):
            with suppress(Exception):  # the library raises many kinds on what is no address
                message[name] = value
        text, subtype = self.words if with_words else ("", "plain")
        message.set_content(text, subtype=subtype)
        for name, data, shown in self.files:
            kind = _KINDS.guess_type(name)[0] or "application/octet-stream"
            main, sub = kind.split("/")
            if main in {"text", "message", "multipart"}:  # as bytes, whatever they are
                main, sub = "application", "octet-stream"
            message.add_attachment(
                data, main, sub, filename=name or None, cid="<shown>" if shown else None
            )
        for inner in self.messages:
            message.add_attachment(inner.message())
        return message


def winmail(raw: bytes) -> Found | None:
    """What a winmail.dat holds, None if it is none or cannot be read."""
    try:
        return (_tnef(raw, 0) or None) if raw.startswith(_TNEF) else None
    except (ValueError, IndexError, struct.error):
        return None


def saved_message(raw: bytes) -> Found | None:
    """What a .msg holds, None if it is none or cannot be read."""
    if not raw.startswith(_OLE):
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as ole:
            found = _msg(ole, [], 0)
    except Exception:  # the library raises many kinds on broken files
        return None
    return found or None


def _tnef(raw: bytes, depth: int) -> Found:
    found = Found()
    files: list[_Values] = []
    for attribute, data in _attributes(raw):
        if attribute == _ATT_FILE_BEGINS:
            files.append({})
        elif attribute in _OF_MESSAGE:
            found.values.setdefault(_OF_MESSAGE[attribute], data)
        elif attribute == _ATT_PROPERTIES:
            found.values.update(_properties(data))
        elif attribute in _OF_FILE and files:
            files[-1].setdefault(_OF_FILE[attribute], data)
        elif attribute == _ATT_FILE_PROPERTIES and files:
            files[-1] = _file(files[-1], _properties(data))
    for one in files[:_MOST_FILES]:
        content = one.get(_DATA)
        if not isinstance(content, bytes):
            continue
        if (
            content[16:20] == _TNEF and depth < _DEEPEST
        ):  # a message, after the name of its interface
            found.messages.append(_tnef(content[16:], depth + 1))
        else:
            found.files.append((_file_name(one), content, _CONTENT_ID in one))
    return found


def _file(plain: _Values, properties: _Values) -> _Values:
    """What is known of a file in two ways; its content as it is, not as an object of Windows."""
    if plain.get(_DATA) and _message_in(properties.get(_DATA)) is None:
        properties.pop(_DATA, None)
    return plain | properties


def _message_in(content: bytes | str | None) -> bytes | None:
    """The message that a file is, None if it is none."""
    if not isinstance(content, bytes):
        return None
    before = next((at for at in (0, _INTERFACE_BYTES) if content[at : at + 4] == _TNEF), None)
    return None if before is None else content[before:]


def _attributes(raw: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(raw):
        attribute, size = struct.unpack_from("<xII", raw, at)
        yield attribute & 0xFFFF, raw[at + 9 : at + 9 + size]
        at += 9 + size + 2  # and its checksum


def _properties(data: bytes) -> _Values:
    """The properties of one row; what comes after one that cannot be read is left out."""
    found: _Values = {}
    at = 4
    try:
        for _ in range(struct.unpack_from("<I", data)[0]):
            kind, name = struct.unpack_from("<HH", data, at)
            at += 4
            if name >= 0x8000:  # a named one
                at = _after_name(data, at)
            values, at = _values(data, at, kind)
            if values:
                found[name] = values[0]
    except (struct.error, KeyError):
        pass
    return found


def _after_name(data: bytes, at: int) -> int:
    (by_text,) = struct.unpack_from("<I", data, at + 16)
    (size,) = struct.unpack_from("<I", data, at + 20)
    return at + 24 + (size + -size % 4 if by_text else 0)


def _values(data: bytes, at: int, kind: int) -> tuple[list[bytes | str], int]:
    many, kind = bool(kind & _MANY), kind & ~_MANY
    count = 1
    if many or kind in _VARIABLE:
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    found: list[bytes | str] = []
    for _ in range(count):
        if kind in _VARIABLE:
            (size,) = struct.unpack_from("<I", data, at)
            value = data[at + 4 + (_INTERFACE_BYTES if kind == _OBJECT else 0) : at + 4 + size]
            at += 4 + size + -size % 4
            found.append(value.decode("utf-16-le", "replace") if kind == 0x1F else value)
        else:
            at += _FIXED[kind]
        if at > len(data):
            raise struct.error
    return found, at


def _msg(ole: olefile.OleFileIO, under: list[str], depth: int) -> Found:
    found = Found(values=_streams(ole, under))
    here = len(under)
    kept = {
        path[here]
        for path in ole.listdir(streams=True, storages=True)
        if path[:here] == under and path[here].startswith("__attach")
    }
    for storage in sorted(kept)[:_MOST_FILES]:
        values = _streams(ole, [*under, storage])
        inner = [*under, storage, "__substg1.0_3701000D"]
        data = values.get(_DATA)
        if isinstance(data, bytes):
            found.files.append((_file_name(values), data, _CONTENT_ID in values))
        elif ole.exists(inner) and depth < _DEEPEST:
            found.messages.append(_msg(ole, inner, depth + 1))
    return found


def _streams(ole: olefile.OleFileIO, under: list[str]) -> _Values:
    found: _Values = {}
    for name in _READ + _READ_OF_FILE:
        for kind in ("001F", "001E", "0102"):
            path = [*under, f"__substg1.0_{name:04X}{kind}"]
            if ole.exists(path) and ole.get_type(path) == olefile.STGTY_STREAM:
                data = ole.openstream(path).read()
                found[name] = data.decode("utf-16-le", "replace") if kind == "001F" else data
                break
    return found


def _file_name(values: Mapping[int, bytes | str]) -> str:
    return _line(values.get(_LONG_NAME)) or _line(values.get(_NAME))


def _text(value: bytes | str | None) -> str:
    text = text_of(value)[0] if isinstance(value, bytes) else value or ""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _line(value: bytes | str | None) -> str:
    return " ".join(_text(value).split())[:_LONGEST_HEADER]


def _unpacked(packed: bytes | str | None) -> str:
    if not isinstance(packed, bytes) or len(packed) > _MOST_PACKED_BYTES:
        return ""
    try:
        return rtf_text(decompress(packed)) or ""
    except Exception:  # the library raises plain ones
        return ""
