"""Files as Outlook writes them, as small as they can be."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LEAST = 4096  # below it a stream would lie in another stream

SUBJECT, BODY, HTML, RTF, DATA, LONG_NAME = 0x0037, 0x1000, 0x1013, 0x1009, 0x3701, 0x3707
Tree = Mapping[str, "bytes | Tree"]


def winmail(
    properties: Mapping[int, bytes], files: Mapping[str, bytes], body: bytes = b""
) -> bytes:
    """A winmail.dat: ``properties`` of the message, ``files`` by their long names."""
    raw = struct.pack("<IH", 0x223E9F78, 1)
    if body:
        raw += _attribute(1, 0x0002800C, body)
    raw += _attribute(1, 0x00069003, _rows(properties))
    for name, content in files.items():
        raw += _attribute(2, 0x00069002, bytes(14))
        raw += _attribute(2, 0x0006800F, content)
        raw += _attribute(2, 0x00069005, _rows({LONG_NAME: name.encode()}))
    return raw


def _attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) % 65536)


def _rows(properties: Mapping[int, bytes]) -> bytes:
    raw = struct.pack("<I", len(properties) + 3)
    raw += struct.pack("<HHI", 3, 0x0017, 1)  # a number
    raw += struct.pack("<HH16sII", 0x1003, 0x8001, b"\1" * 16, 0, 7)
    raw += struct.pack("<III", 2, 5, 6)  # a named property of two numbers
    raw += struct.pack("<HH16sII4s", 0x0B, 0x8002, b"\2" * 16, 1, 4, "ab".encode("utf-16-le"))
    raw += struct.pack("<I", 1)  # one named by a word
    for name, value in properties.items():
        raw += struct.pack("<HHII", 0x102, name, 1, len(value)) + value + bytes(-len(value) % 4)
    return raw


def saved_message(subject: str, body: str, files: Mapping[str, bytes]) -> bytes:
    """A .msg; its body and files grow to four kilobytes by blanks."""
    tree: dict[str, bytes | Tree] = {
        "__substg1.0_0037001F": _long(subject),
        "__substg1.0_1000001F": _long(body),
    }
    for number, (name, content) in enumerate(files.items()):
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__substg1.0_3707001F": _long(name),
            "__substg1.0_37010102": content.ljust(_LEAST),
        }
    return compound(tree)


def _long(text: str) -> bytes:
    return text.ljust(_LEAST // 2).encode("utf-16-le")


def compound(tree: Tree) -> bytes:
    """A compound file (MS-CFB) of ``tree``: streams by name, storages of streams."""
    entries: list[list[object]] = []  # name, type, right, child, start, size
    sectors: list[bytes] = []
    fat: list[int] = []

    def store(data: bytes) -> int:
        start, count = len(sectors), max(1, -(-len(data) // _SECTOR))
        for at in range(count):
            sectors.append(data[at * _SECTOR : (at + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
            fat.append(start + at + 1 if at + 1 < count else _END)
        return start

    def add(name: str, node: bytes | Tree, kind: int) -> int:
        place = len(entries)
        if isinstance(node, bytes):
            entries.append([name, kind, _FREE, _FREE, store(node), len(node)])
            return place
        entries.append([name, kind, _FREE, _FREE, 0, 0])
        before = None
        for inner_name, inner in node.items():
            at = add(inner_name, inner, 2 if isinstance(inner, bytes) else 1)
            if before is None:
                entries[place][3] = at
            else:
                entries[before][2] = at
            before = at
        return place

    add("Root Entry", tree, 5)
    entries[0][4] = _END
    directory = store(
        b"".join(
            struct.pack(
                "<64sHBBIII36xIQ",
                str(name).encode("utf-16-le"),
                2 * len(str(name)) + 2,
                kind,
                1,
                _FREE,
                right,
                child,
                start,
                size,
            )
            for name, kind, right, child, start, size in entries
        )
    )
    fat_sectors = 1
    while fat_sectors * 128 < len(fat) + fat_sectors:
        fat_sectors += 1
    first_fat = len(fat)
    fat += [_FAT] * fat_sectors
    table = fat + [_FREE] * (fat_sectors * 128 - len(fat))
    sectors.append(struct.pack(f"<{len(table)}I", *table))
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fat_sectors,
        directory,
        0,
        4096,
        _END,
        0,
        _END,
        0,
    )
    places = [first_fat + at for at in range(fat_sectors)]
    return (
        header + struct.pack("<109I", *places, *[_FREE] * (109 - fat_sectors)) + b"".join(sectors)
    )
