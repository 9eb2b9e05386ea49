"""The partners whose systems may send requests, each with a token of which we know the digest."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from dataclasses import dataclass

from shared.settings import BadSetting

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,98}\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_EXAMPLE = '[[partner]] id = "foyer-exemple" token_sha256 = "<64 hexadecimal digits>"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """``rehearsals``: may also send to registers that are set apart for rehearsals."""

    id: str
    token_sha256: str
    rehearsals: bool = False


class Partners:
    """Finds a partner by token. Tokens are long and random, so an unsalted digest is enough."""

    def __init__(self, partners: tuple[Partner, ...]) -> None:
        self._partners = partners

    @classmethod
    def from_toml(cls, text: str) -> Partners:
        """Read ``PERMANENCE_PARTNERS``; raises BadSetting naming the entry and the field."""
        try:
            entries = tomllib.loads(text).get("partner", [])
        except tomllib.TOMLDecodeError as error:
            raise BadSetting(f"PERMANENCE_PARTNERS: no TOML ({error}); write {_EXAMPLE}") from None
        if not isinstance(entries, list):
            raise BadSetting(f"PERMANENCE_PARTNERS: partner is no list; write {_EXAMPLE}")
        partners = tuple(_partner(number, entry) for number, entry in enumerate(entries, start=1))
        if len({partner.id for partner in partners}) < len(partners):
            raise BadSetting("PERMANENCE_PARTNERS: an id stands twice; give each its own")
        return cls(partners)

    def by_token(self, token: str) -> Partner | None:
        """The partner with that token; takes as long whether or not there is one."""
        digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        found = None
        for partner in self._partners:
            if hmac.compare_digest(partner.token_sha256, digest):
                found = partner
        return found


def check_id(partner: str, where: str) -> None:
    """Raise BadSetting, naming ``where``, unless ``partner`` can be a partner's id."""
    if not _ID.match(partner):
        raise BadSetting(
            f"{where}: {partner!r}: write small letters, digits and hyphens, such as foyer-exemple"
        )


def _partner(number: int, entry: object) -> Partner:
    where = f"PERMANENCE_PARTNERS: partner {number}"
    if not isinstance(entry, dict):
        raise BadSetting(f"{where}: no table; write {_EXAMPLE}")
    if unknown := sorted(entry.keys() - {"id", "token_sha256", "rehearsals"}):
        raise BadSetting(f"{where}: unknown field {unknown[0]}; write {_EXAMPLE}")
    check_id(str(entry.get("id", "")), f"{where}: id")
    if not _SHA256.match(str(entry.get("token_sha256", ""))):
        raise BadSetting(f"{where}: token_sha256 must be 64 small hexadecimal digits")
    return Partner(
        id=entry["id"],
        token_sha256=entry["token_sha256"],
        rehearsals=entry.get("rehearsals") is True,
    )
