"""Raw items, append-only and encrypted, in parts so that 30 MB need no 30 MB twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.postgres import Connection
from shared.privacy import ERASED, Erased, Keyring

PART_BYTES = 1 << 20

# The same content again for the same request is kept once. The first part comes along: most
# items have no other, and a round trip is saved.
_KEEP = """
WITH kept AS (
    INSERT INTO originals (request_id, sha256, person_id, media_type, size_bytes, part_count,
                           received_at)
    VALUES (%(request_id)s, %(sha256)s, %(person_id)s, %(media_type)s, %(size_bytes)s,
            %(part_count)s, %(received_at)s)
    ON CONFLICT (request_id, sha256) DO NOTHING
    RETURNING request_id, sha256
)
INSERT INTO original_parts (request_id, sha256, part, sealed)
SELECT request_id, sha256, 0, %(sealed)s FROM kept
RETURNING 1
"""
_KEEP_PART = """
INSERT INTO original_parts (request_id, sha256, part, sealed)
VALUES (%(request_id)s, %(sha256)s, %(part)s, %(sealed)s)
"""
_LIST = """
SELECT sha256, person_id, media_type, size_bytes, part_count, received_at
FROM originals WHERE request_id = %(request_id)s ORDER BY received_at, sha256
"""
_PART = """
SELECT sealed FROM original_parts
WHERE request_id = %(request_id)s AND sha256 = %(sha256)s AND part = %(part)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A raw item: its content lies in ``part_count`` parts of ``PART_BYTES`` (the last less)."""

    sha256: str
    person_id: UUID
    media_type: str
    size_bytes: int
    part_count: int
    received_at: datetime


class SealedOriginals:
    """The table of raw items, as the application sees it."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def keep(
        self,
        connection: Connection,
        *,
        request_id: UUID,
        person_id: UUID,
        raw: bytes,
        sha256: str,
        media_type: str,
        received_at: datetime,
    ) -> None:
        """Keep ``raw`` in the connection's transaction; the same content twice is kept once."""
        part_count = max(1, -(-len(raw) // PART_BYTES))
        view = memoryview(raw)

        def sealed(part: int) -> bytes:
            piece = bytes(view[part * PART_BYTES : (part + 1) * PART_BYTES])
            bound_to = _bound_to(request_id, sha256, part, part_count)
            return self._keyring.encrypt(person_id, piece, bound_to=bound_to)

        ids = {"request_id": request_id, "sha256": sha256}
        about = {
            "person_id": person_id,
            "media_type": media_type,
            "size_bytes": len(raw),
            "part_count": part_count,
            "received_at": received_at,
        }
        kept = connection.execute(_KEEP, ids | about | {"sealed": sealed(0)}).fetchone()
        if kept is not None:
            for part in range(1, part_count):
                connection.execute(_KEEP_PART, ids | {"part": part, "sealed": sealed(part)})

    def of(self, connection: Connection, request_id: UUID) -> list[Original]:
        """The raw items of a request, the first to arrive first."""
        rows = connection.execute(_LIST, {"request_id": request_id}).fetchall()
        return [
            Original(
                sha256=row[0],
                person_id=row[1],
                media_type=row[2],
                size_bytes=row[3],
                part_count=row[4],
                received_at=row[5],
            )
            for row in rows
        ]

    def part(
        self, connection: Connection, request_id: UUID, original: Original, part: int
    ) -> bytes | Erased | None:
        """One part of a raw item; ``ERASED`` once the person is, None for a part that is not."""
        row = connection.execute(
            _PART, {"request_id": request_id, "sha256": original.sha256, "part": part}
        ).fetchone()
        if row is None:
            return None
        bound_to = _bound_to(request_id, original.sha256, part, original.part_count)
        return self._keyring.decrypt(original.person_id, bytes(row[0]), bound_to=bound_to)

    def contents(self, connection: Connection, request_id: UUID) -> Iterator[bytes]:
        """The raw items of a request, the first to arrive first; erased ones are left out."""
        for original in self.of(connection, request_id):
            if raw := b"".join(self.content(connection, request_id, original)):
                yield raw

    def content(
        self, connection: Connection, request_id: UUID, original: Original
    ) -> Iterator[bytes]:
        """All parts in order; nothing once the person is erased."""
        for number in range(original.part_count):
            part = self.part(connection, request_id, original, number)
            if part is None or part is ERASED:
                return
            assert isinstance(part, bytes)  # noqa: S101 - neither None nor ERASED
            yield part


def _bound_to(request_id: UUID, sha256: str, part: int, part_count: int) -> bytes:
    return f"original:{request_id}:{sha256}:{part}/{part_count}".encode()
