"""The keyring: one data key a person, wrapped by the master key, in a schema of its own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Invalid
from shared.postgres import Pool, connected, transaction
from shared.privacy._cache import ForgetfulCache
from shared.privacy._erased import ERASED, Erased
from shared.privacy._errors import KeyLost, MasterKeyHalf, SubjectErased
from shared.privacy._master import MasterKey

MIGRATIONS: Final = Path(__file__).parent / "migrations"

_FORMAT = b"\x01"  # AES-256-GCM, 12 bytes of nonce, ciphertext and tag
_NONCE_BYTES = 12

_KNOWN = "SELECT subject, wrapped_key FROM subjects WHERE subject = ANY(%(subjects)s)"

# Keys for those who have none; whoever was first wins, and the erased stay without.
_ENSURE = """
WITH candidates AS (
    SELECT * FROM unnest(%(subjects)s::uuid[], %(wrapped)s::bytea[]) AS c (subject, wrapped_key)
), made AS (
    INSERT INTO subjects (subject, wrapped_key, master)
    SELECT subject, wrapped_key, %(master)s FROM candidates ORDER BY subject
    ON CONFLICT (subject) DO NOTHING
    RETURNING subject, wrapped_key
)
SELECT subject, wrapped_key FROM made
UNION ALL
SELECT subject, wrapped_key FROM subjects WHERE subject = ANY(%(subjects)s)
"""

# Also for a person who never had a key: none will be made for them later.
_ERASE = """
INSERT INTO subjects (subject, wrapped_key, erased_at)
SELECT subject, NULL, clock_timestamp() FROM unnest(%(subjects)s::uuid[]) AS s (subject)
ORDER BY subject
ON CONFLICT (subject) DO UPDATE
SET wrapped_key = NULL, master = NULL, erased_at = clock_timestamp()
WHERE subjects.erased_at IS NULL
RETURNING subject
"""

_ERASED = "SELECT subject, erased_at FROM subjects WHERE erased_at IS NOT NULL ORDER BY erased_at"

_FIRST_INDEX_KEY = """
INSERT INTO index_key (wrapped_key, master) VALUES (%(wrapped)s, %(master)s)
ON CONFLICT (only_one) DO NOTHING
"""
_INDEX_KEY = "SELECT wrapped_key FROM index_key"

# Keys of before the master was noted are wrapped by the one that wraps the index key.
_NOTE_MASTER = """
UPDATE subjects SET master = %(master)s WHERE master IS NULL AND wrapped_key IS NOT NULL
"""
_OTHERS = """
SELECT count(*) FILTER (WHERE master IS NULL),
       count(*) FILTER (WHERE NOT coalesce(master, %(index)s) = ANY(%(ids)s))
FROM subjects WHERE wrapped_key IS NOT NULL
"""

# An erasure in another process is seen after this long at the latest.
CACHE_SECONDS = 60.0
CACHE_SIZE = 10_000


class Keyring:
    """Encrypts and decrypts under the persons' keys; made by ``Keyring.open``.

    Keys are remembered for ``cache_seconds`` at most and never written anywhere unwrapped.
    """

    def __init__(
        self,
        pool: Pool,
        master: MasterKey,
        index_key: bytes,
        *,
        cache_seconds: float,
        cache_size: int,
        monotonic: Callable[[], float],
    ) -> None:
        self._pool = pool
        self._master = master
        self._index_key = index_key
        self._cache: ForgetfulCache[AESGCM | Erased] = ForgetfulCache(
            cache_size, cache_seconds, monotonic
        )

    @classmethod
    def open(
        cls,
        pool: Pool,
        master: MasterKey,
        *,
        cache_seconds: float = CACHE_SECONDS,
        cache_size: int = CACHE_SIZE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Keyring:
        """The keyring behind ``pool``, which must be of the schema ``keyring``.

        Raises ``MasterKeyWrong`` when it was made with another master key, ``MasterKeyHalf`` when
        some of its keys were.
        """
        with connected(pool) as connection:
            row = connection.execute(_INDEX_KEY).fetchone()
            if row is None:
                candidate = master.wrap(secrets.token_bytes(32))
                first = {"wrapped": candidate, "master": master.id}
                connection.execute(_FIRST_INDEX_KEY, first)
                row = connection.execute(_INDEX_KEY).fetchone()
            if row is None:
                raise Invalid("keyring: its index key vanished; restore a backup of the keyring")
            index_key, wrapped_by = master.opened(row[0])
            known = {"index": wrapped_by, "ids": master.ids}
            unnoted, lost = connection.execute(_OTHERS, known).fetchone() or (0, 0)
            if lost:
                raise MasterKeyHalf(lost)
            if unnoted:
                connection.execute(_NOTE_MASTER, {"master": wrapped_by})
        return cls(
            pool,
            master,
            index_key,
            cache_seconds=cache_seconds,
            cache_size=cache_size,
            monotonic=monotonic,
        )

    def encrypt(self, subject: UUID, plain: bytes, *, bound_to: bytes) -> bytes:
        """Ciphertext of ``plain`` under the key of ``subject``, made if there is none yet.

        ``bound_to`` is not stored, but only the same one decrypts: a ciphertext moved to another
        place is found out. Raises ``SubjectErased``.
        """
        key = self._cache.get(subject)
        if key is None:
            self.prepare([subject])
            key = self._cache.get(subject) or self._fetch([subject], _KNOWN, {})[subject]
        if isinstance(key, Erased):
            raise SubjectErased(subject)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _FORMAT + nonce + key.encrypt(nonce, plain, _FORMAT + bound_to)

    def decrypt(self, subject: UUID, sealed: bytes, *, bound_to: bytes) -> bytes | Erased:
        """What ``encrypt`` was given, or ``ERASED``.

        Raises ``KeyLost`` for an unknown person, ``Invalid`` for a ciphertext that was altered.
        """
        key = self._cache.get(subject)
        if key is None:
            key = self._fetch([subject], _KNOWN, {}).get(subject)
        if key is None:
            raise KeyLost(subject)
        if isinstance(key, Erased):
            return ERASED
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return key.decrypt(nonce, ciphertext, sealed[:1] + bound_to)
        except (InvalidTag, ValueError):
            raise Invalid(
                f"private: a ciphertext about {subject} was altered or moved; "
                "find it with `permanence verify`"
            ) from None

    def prepare(self, subjects: Iterable[UUID]) -> None:
        """Make sure that each has a key, in one round trip for those not in mind.

        Optional, for speed: ``encrypt`` does so for one. The erased are passed over.
        """
        missing = self._not_in_mind(subjects)
        if missing:
            wrapped = [self._master.wrap(secrets.token_bytes(32)) for _ in missing]
            self._fetch(missing, _ENSURE, {"wrapped": wrapped, "master": self._master.id})

    def prefetch(self, subjects: Iterable[UUID]) -> None:
        """Bring the keys of ``subjects`` to mind in one round trip, before decrypting a batch."""
        missing = self._not_in_mind(subjects)
        if missing:
            self._fetch(missing, _KNOWN, {})

    def erase(self, subject: UUID) -> bool:
        """Delete the person's key for good; False when they were erased before.

        Other processes may still decrypt for as long as their caches remember.
        """
        return bool(self.erase_again([subject]))

    def erase_again(self, subjects: Iterable[UUID]) -> list[UUID]:
        """Erase all of ``subjects``; returns those who were not erased yet.

        To be called with ``erased()`` of before, after any restore of the keyring.
        """
        wanted = list(subjects)
        with transaction(self._pool) as connection:
            rows = connection.execute(_ERASE, {"subjects": wanted}).fetchall()
        for subject in wanted:
            self._cache.forget(subject)
        return [row[0] for row in rows]

    def erased(self) -> list[tuple[UUID, datetime]]:
        """Everybody who was erased, and when: the list to keep apart from the backups."""
        with connected(self._pool) as connection:
            return [(row[0], row[1]) for row in connection.execute(_ERASED).fetchall()]

    def is_erased(self, subject: UUID) -> bool:
        """Whether nothing personal can be recorded about them any more."""
        self.prefetch([subject])
        return self._cache.get(subject) is ERASED

    def forget(self, subject: UUID) -> None:
        """Drop the person's key from memory now, on news of their erasure."""
        self._cache.forget(subject)

    def fingerprint(self, text: str) -> bytes:
        """A blind index of ``text``: 32 bytes, equal for equal texts, meaningless without the key.

        For looking up personal values (a number, an address) in tables that must not hold them;
        normalise (case, accents, spaces) before.
        """
        return self.keyed_digest(b"fingerprint", text.encode())

    def keyed_digest(self, purpose: bytes, content: bytes) -> bytes:
        """HMAC-SHA256 of ``content`` under the index key, apart for each ``purpose``."""
        return hmac.digest(self._index_key, purpose + b"\0" + content, hashlib.sha256)

    def _not_in_mind(self, subjects: Iterable[UUID]) -> list[UUID]:
        return [s for s in dict.fromkeys(subjects) if self._cache.get(s) is None]

    def _fetch(
        self, subjects: list[UUID], query: str, parameters: Mapping[str, object]
    ) -> dict[UUID, AESGCM | Erased]:
        with connected(self._pool) as connection:
            rows = connection.execute(query, {"subjects": subjects, **parameters}).fetchall()
        keys: dict[UUID, AESGCM | Erased] = {}
        for subject, wrapped in rows:
            keys[subject] = ERASED if wrapped is None else AESGCM(self._master.unwrap(wrapped))
            self._cache.put(subject, keys[subject])
        return keys
