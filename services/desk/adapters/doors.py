"""Sign-in links and sessions: only the hash of each secret is kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.desk.domain.viewer import Viewer
from shared.contracts.vocabulary import Role
from shared.postgres import Connection, Pool, connected, transaction

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=10)
IDLE_LIFE = timedelta(hours=2)
LINKS_AT_ONCE = 3
_ROLES = {role.value: role for role in Role}

_BY_EMAIL = """
SELECT volunteer_id, email FROM volunteers
WHERE lower(email) = lower(%(who)s) AND NOT left_desk ORDER BY register <> 'main', volunteer_id
LIMIT 1
"""
_BY_EMAIL_OR_ID = """
SELECT volunteer_id, email FROM volunteers
WHERE (lower(email) = lower(%(who)s) OR volunteer_id = %(who)s) AND NOT left_desk
ORDER BY register <> 'main', volunteer_id LIMIT 1
"""
_RECENT = """
SELECT count(*) FROM sign_in_links
WHERE volunteer_id = %(volunteer_id)s AND expires_at > %(now)s AND used_at IS NULL
"""
_MAKE_LINK = """
INSERT INTO sign_in_links (token_sha256, volunteer_id, made_at, expires_at)
VALUES (%(token)s, %(volunteer_id)s, %(now)s, %(expires_at)s)
"""
_DROP_OLD = "DELETE FROM sign_in_links WHERE expires_at < %(before)s"
_LINK_GOOD = """
SELECT 1 FROM sign_in_links
WHERE token_sha256 = %(token)s AND used_at IS NULL AND expires_at > %(now)s
"""
# Of two who use the link at once, one gets the row.
_USE_LINK = """
UPDATE sign_in_links SET used_at = %(now)s
WHERE token_sha256 = %(token)s AND used_at IS NULL AND expires_at > %(now)s
RETURNING volunteer_id
"""
_OPEN = """
INSERT INTO web_sessions (token_sha256, volunteer_id, opened_at, seen_at, expires_at)
VALUES (%(token)s, %(volunteer_id)s, %(now)s, %(now)s, %(expires_at)s)
"""
_DROP_SESSIONS = "DELETE FROM web_sessions WHERE expires_at < %(now)s OR seen_at < %(idle)s"
_VIEWER = """
SELECT v.volunteer_id, v.register, v.role, v.units, v.name, s.seen_at
FROM web_sessions AS s JOIN volunteers AS v USING (volunteer_id)
WHERE s.token_sha256 = %(token)s AND s.expires_at > %(now)s AND s.seen_at > %(idle)s
    AND NOT v.left_desk
"""
_SEEN = "UPDATE web_sessions SET seen_at = %(now)s WHERE token_sha256 = %(token)s"
_KEEP_FOUND = "UPDATE web_sessions SET found = %(ids)s WHERE token_sha256 = %(token)s"
_FOUND = "SELECT found FROM web_sessions WHERE token_sha256 = %(token)s"
_CLOSE = "DELETE FROM web_sessions WHERE token_sha256 = %(token)s"
_SHOWN = """
INSERT INTO showings (shown_at, volunteer_id, page, subject_kind, subject_id)
SELECT %(now)s, %(volunteer_id)s, %(page)s, %(kind)s, subject
FROM unnest(%(subjects)s::uuid[]) AS u (subject)
"""


class Doors:
    """Who may come in, and who was shown what."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def make_link(self, email: str, *, now: datetime) -> tuple[str, str] | None:
        """A fresh (token, address to send it to), or None.

        None if nobody of the directory has that address, or if enough unused links are under way.
        """
        with transaction(self._pool) as connection:
            known = connection.execute(_BY_EMAIL, {"who": email.strip()}).fetchone()
            if known is None:
                return None
            row = connection.execute(_RECENT, {"volunteer_id": known[0], "now": now}).fetchone()
            if row and row[0] >= LINKS_AT_ONCE:
                return None
            return _made(connection, known[0], now), str(known[1])

    def make_link_for(self, who: str, *, now: datetime) -> tuple[str, str] | None:
        """A fresh (token, volunteer id) for an address or an id of the directory; None if unknown.

        For those who run the system: however many links are under way.
        """
        with transaction(self._pool) as connection:
            known = connection.execute(_BY_EMAIL_OR_ID, {"who": who.strip()}).fetchone()
            return (_made(connection, known[0], now), str(known[0])) if known else None

    def link_good(self, token: str, *, now: datetime) -> bool:
        """Whether the link may still be used; looking does not use it."""
        with connected(self._pool) as connection:
            row = connection.execute(_LINK_GOOD, {"token": _hash(token), "now": now}).fetchone()
        return row is not None

    def use_link(self, token: str, *, now: datetime) -> tuple[str, str] | None:
        """(session token, volunteer id) for a link that was good; it never is again."""
        session = secrets.token_urlsafe(32)
        with transaction(self._pool) as connection:
            connection.execute(_DROP_SESSIONS, {"now": now, "idle": now - IDLE_LIFE})
            used = connection.execute(_USE_LINK, {"token": _hash(token), "now": now}).fetchone()
            if used is None:
                return None
            connection.execute(
                _OPEN,
                {
                    "token": _hash(session),
                    "volunteer_id": used[0],
                    "now": now,
                    "expires_at": now + SESSION_LIFE,
                },
            )
        return session, str(used[0])

    def viewer(self, session: str, *, now: datetime) -> Viewer | None:
        """Who the session belongs to, with today's role and units; None if it is over."""
        asked: dict[str, Any] = {"token": _hash(session), "now": now, "idle": now - IDLE_LIFE}
        with connected(self._pool) as connection:
            row = connection.execute(_VIEWER, asked).fetchone()
            if row is None:
                return None
            if now - row[5] > timedelta(minutes=1):
                connection.execute(_SEEN, asked)
        return Viewer(
            volunteer_id=row[0],
            register=row[1],
            role=_ROLES[row[2]],
            units=tuple(row[3]),
            name=row[4] or row[0],
        )

    def keep_found(self, session: str, ids: Sequence[UUID]) -> None:
        """Keep what a search found, for the pages that show it."""
        with connected(self._pool) as connection:
            connection.execute(_KEEP_FOUND, {"token": _hash(session), "ids": list(ids)})

    def found(self, session: str) -> list[UUID]:
        """What the session's last search found."""
        with connected(self._pool) as connection:
            row = connection.execute(_FOUND, {"token": _hash(session)}).fetchone()
        return list(row[0]) if row else []

    def close(self, session: str) -> None:
        """Sign out."""
        with connected(self._pool) as connection:
            connection.execute(_CLOSE, {"token": _hash(session)})

    def shown(
        self, viewer: Viewer, page: str, kind: str, subjects: Sequence[UUID], *, now: datetime
    ) -> None:
        """Record that persons' data were shown, before they are."""
        with connected(self._pool) as connection:
            connection.execute(
                _SHOWN,
                {
                    "now": now,
                    "volunteer_id": viewer.volunteer_id,
                    "page": page,
                    "kind": kind,
                    "subjects": list(subjects),
                },
            )


def _made(connection: Connection, volunteer_id: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    connection.execute(_DROP_OLD, {"before": now - timedelta(days=1)})
    asked = {"volunteer_id": volunteer_id, "now": now, "token": _hash(token)}
    connection.execute(_MAKE_LINK, asked | {"expires_at": now + LINK_LIFE})
    return token


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
