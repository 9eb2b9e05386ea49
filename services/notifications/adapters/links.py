"""The link in a message: it opens a page from which one alert can be acknowledged, that one only.

The token is the alert's id with a signature. It is no secret worth stealing: whoever has it can
say "seen", and reads nothing. Opening the page acknowledges nothing, for mail scanners open links.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.notifications.domain.errors import UnknownAlert
from shared.privacy import MasterKey

_FORM = b"\x01"
_MAC_BYTES = 16
_KEY_BYTES = 32


class Links:
    """Signs and reads tokens, under a key of its own derived from the master key: under another
    master key, links that left before open nothing, and the alert is found in the desk's list."""

    def __init__(self, master_key: MasterKey, desk_url: str) -> None:
        self._desk_url = desk_url.rstrip("/")
        purpose = b"permanence notifications links 1"
        # Key wrap is deterministic: only the holder of the master key can make this secret again.
        secret = master_key.wrap(sha256(purpose).digest())
        self._key = HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose).derive(secret)

    def url(self, alert_id: UUID) -> str:
        """The page of an alert."""
        return f"{self._desk_url}/a/{self.token(alert_id)}"

    def token(self, alert_id: UUID) -> str:
        """44 characters that are safe in a URL."""
        body = _FORM + alert_id.bytes
        return base64.urlsafe_b64encode(body + self._mac(body)).decode("ascii")

    def alert_of(self, token: str) -> UUID:
        """The alert that a token names; raises UnknownAlert unless we signed it."""
        try:
            raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise UnknownAlert from None
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)) or body[:1] != _FORM:
            raise UnknownAlert
        return UUID(bytes=body[1:])

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, sha256).digest()[:_MAC_BYTES]
