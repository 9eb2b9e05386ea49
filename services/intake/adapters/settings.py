"""What a deployer sets for intake, beside what every service needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.intake.adapters.forwarded import TrustedProxies
from shared.settings import BadSetting, Environment

DEFAULT_MOST_BYTES = 45_000_000  # an attachment of 30 MB takes 41 of them as base64
DEFAULT_PARTNER_PER_MINUTE = 12_000
DEFAULT_FORM_PER_MINUTE = 120
DEFAULT_KEEP_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSettings:
    """``partners`` is TOML; ``spool`` None: no e-mail is read; ``rehearsals``: set-apart registers
    may be written to from outside; ``keep_hours``: how long a message taken in stays in the spool.
    """

    partners: str
    spool: Path | None
    most_bytes: int
    partner_per_minute: int
    form_per_minute: int
    rehearsals: bool
    keep_hours: int
    trusted_proxies: TrustedProxies


def intake_settings(env: Environment) -> IntakeSettings:
    """From ``PERMANENCE_PARTNERS``, ``…_SPOOL``, ``…_MAX_ITEM_BYTES``, ``…_API_PER_MINUTE``,
    ``…_WEB_FORM_PER_MINUTE``, ``…_REHEARSALS`` (on), ``…_SPOOL_KEEP_HOURS`` and
    ``…_TRUSTED_PROXIES``; raises BadSetting.
    """
    spool = env.get("SPOOL")
    return IntakeSettings(
        partners=env.get("PARTNERS", "") or "",
        spool=Path(spool) if spool else None,
        most_bytes=_number(env, "MAX_ITEM_BYTES", DEFAULT_MOST_BYTES, least=1),
        partner_per_minute=_number(env, "API_PER_MINUTE", DEFAULT_PARTNER_PER_MINUTE),
        form_per_minute=_number(env, "WEB_FORM_PER_MINUTE", DEFAULT_FORM_PER_MINUTE),
        rehearsals=env.get("REHEARSALS") == "on",
        keep_hours=_number(env, "SPOOL_KEEP_HOURS", DEFAULT_KEEP_HOURS),
        trusted_proxies=TrustedProxies.from_settings(env),
    )


def _number(env: Environment, name: str, default: int, *, least: int = 0) -> int:
    text = env.get(name, str(default)) or ""
    if not text.isdigit() or int(text) < least:
        raise BadSetting(f"PERMANENCE_{name}: must be a whole number, {least} or more")
    return int(text)
