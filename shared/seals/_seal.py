"""What a seal says, as bytes that are always the same, and how seals hang together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.errors import Invalid, Refused
from shared.seals._keys import SealKey, is_signed

FORMAT = "permanence-seal-1"
NOTHING_BEFORE = "0" * 64


class SealBroken(Refused):
    """A seal, or what it seals, is not as it was when it was signed."""

    code = "seals.broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionSeal:
    """One partition up to ``position``: so many events, and the sum over all their digests.

    ``sum`` is SHA-256 over the sum in the seal before (32 bytes, zeros at first), then, for each
    event since, its position (8 bytes, big-endian) and its digest; unchanged without events.
    """

    partition: int
    position: int
    events: int
    sum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A service's whole log as it was at ``sealed_at`` (ISO 8601, UTC).

    ``previous`` is the SHA-256 of the seal before in its canonical form. ``signature`` (base16)
    is Ed25519 over this one's canonical form.
    """

    service: str
    number: int
    day: str
    sealed_at: str
    incarnation: str
    previous: str
    partitions: tuple[PartitionSeal, ...]
    public_key: str = ""
    signature: str = ""

    def canonical(self) -> bytes:
        """JSON with sorted keys, without spaces and signature, UTF-8: what is signed."""
        document = to_document(self)
        del document["signature"]
        return json.dumps(
            document, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()

    def digest(self) -> str:
        """What the next seal includes of this one."""
        return sha256(self.canonical()).hexdigest()

    def signed(self, key: SealKey) -> Seal:
        """The seal with the signature of ``key``."""
        named = replace(self, public_key=key.public)
        return replace(named, signature=key.sign(named.canonical()).hex())


def to_document(seal: Seal) -> dict[str, Any]:
    """The seal as JSON has it."""
    return {"format": FORMAT, **asdict(seal)}


def from_document(document: Mapping[str, Any]) -> Seal:
    """The seal in a document; raises Invalid for something else."""
    try:
        if document["format"] != FORMAT:
            raise Invalid(f"format: {document['format']!r} is not {FORMAT}; use a newer release")
        fields = {name: value for name, value in document.items() if name != "format"}
        parts = tuple(PartitionSeal(**part) for part in fields.pop("partitions"))
        return Seal(**fields, partitions=parts)
    except (KeyError, TypeError, AttributeError):
        raise Invalid("seal: not a seal; give a file that `permanence seal` exported") from None


def check_chain(seals: Iterable[Seal], keys: Sequence[Ed25519PublicKey]) -> int:
    """Check signatures, numbers and links of one service's seals; how many there are.

    Each must be signed with one of ``keys``. Raises SealBroken naming the first that is wrong.
    """
    before: Seal | None = None
    count = 0
    for seal in seals:
        count += 1
        where = f"seal {seal.number} of {seal.service} ({seal.day})"
        if not any(is_signed(seal.canonical(), _hex(seal.signature), key) for key in keys):
            raise SealBroken(f"{where}: not signed with this key, or altered since")
        expected = (1, NOTHING_BEFORE) if before is None else (before.number + 1, before.digest())
        if (seal.number, seal.previous) != expected:
            raise SealBroken(f"{where}: does not follow the one before; one is missing or replaced")
        if before is not None and _goes_back(before, seal):
            raise SealBroken(f"{where}: says less than the one before; the log was cut")
        before = seal
    return count


class Sums:
    """Takes a partition's digests in order and tells the sum at each cut."""

    def __init__(self, start: str = NOTHING_BEFORE) -> None:
        self._sum = bytes.fromhex(start)
        self._hash = sha256(self._sum)
        self._fresh = True
        self.events = 0
        self.position = 0

    def add(self, position: int, digest: bytes) -> None:
        """The next event."""
        self._hash.update(position.to_bytes(8, "big") + digest)
        self._fresh = False
        self.events += 1
        self.position = position

    def cut(self) -> str:
        """The sum over all that was added; what follows is summed anew, on top of it."""
        if not self._fresh:
            self._sum = self._hash.digest()
            self._hash = sha256(self._sum)
            self._fresh = True
        return self._sum.hex()


def _goes_back(before: Seal, seal: Seal) -> bool:
    now = {part.partition: part for part in seal.partitions}
    return any(
        part.partition not in now
        or now[part.partition].position < part.position
        or now[part.partition].events < part.events
        for part in before.partitions
    )


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
