"""The message within an S/MIME signature that wraps it (CMS SignedData, RFC 5652), unverified."""

from __future__ import annotations

from collections.abc import Iterator

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DEEPEST = 12
_Element = tuple[int, int, int, int]  # tag, where its content begins and ends, where it ends


def signed_message(raw: bytes) -> bytes | None:
    """What is signed, None if nothing is, or it lies elsewhere, or ``raw`` cannot be read."""
    try:
        kind, wrapped = list(_elements(raw, *_inside(raw, 0)))[:2]
        if raw[kind[1] : kind[2]] != _SIGNED_DATA:
            return None
        signed = next(_elements(raw, wrapped[1], wrapped[2]))
        _version, _digests, holder = list(_elements(raw, signed[1], signed[2]))[:3]
        _type, content = list(_elements(raw, holder[1], holder[2]))[:2]
        return b"".join(_octets(raw, next(_elements(raw, content[1], content[2]))))
    except (ValueError, IndexError, StopIteration):
        return None


def _inside(raw: bytes, at: int) -> tuple[int, int]:
    _tag, start, stop, _end = _element(raw, at)
    return start, stop


def _elements(raw: bytes, at: int, stop: int) -> Iterator[_Element]:
    while at < stop:
        one = _element(raw, at)
        yield one
        at = one[3]


def _element(raw: bytes, at: int, depth: int = 0) -> _Element:
    if depth > _DEEPEST or raw[at] & 0x1F == 0x1F:
        raise ValueError("no such element in a signature")
    tag, length, at = raw[at], raw[at + 1], at + 2
    if length == 0x80:  # ended by two zeros
        inner = at
        while raw[inner : inner + 2] != b"\0\0":
            inner = _element(raw, inner, depth + 1)[3]
        return tag, at, inner, inner + 2
    if length > 0x80:
        at, length = at + length - 0x80, int.from_bytes(raw[at : at + length - 0x80], "big")
    return tag, at, at + length, at + length


def _octets(raw: bytes, one: _Element, depth: int = 0) -> Iterator[bytes]:
    """The bytes of a string, which may come in pieces."""
    tag, start, stop, _end = one
    if not tag & 0x20:
        yield raw[start:stop]
        return
    if depth > _DEEPEST:
        raise ValueError("too deep")
    for piece in _elements(raw, start, stop):
        yield from _octets(raw, piece, depth + 1)
