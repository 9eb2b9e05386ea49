"""What a deployer sets: read from the environment, secrets also from files (``X_FILE``)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.clock import Clock, FileClock, SystemClock
from shared.errors import Invalid
from shared.privacy import MasterKey

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SCHEME_AND_HOST = re.compile(
    r"(https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?)/*", re.IGNORECASE | re.ASCII
)


class BadSetting(Invalid):
    """A setting is missing or cannot be read."""

    code = "settings.bad"


class Environment:
    """Reads ``PERMANENCE_<name>``, or the file that ``PERMANENCE_<name>_FILE`` names."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = os.environ if values is None else values

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value, ``default`` if neither it nor its file says one; raises BadSetting if
        unreadable."""
        key = f"PERMANENCE_{name}"
        if path := self._values.get(f"{key}_FILE"):
            try:
                return Path(path).read_text(encoding="utf-8").strip() or default
            except OSError as error:
                raise BadSetting(
                    f"{key}_FILE: cannot read it ({error.strerror}); mount it"
                ) from None
            except UnicodeDecodeError:
                raise BadSetting(f"{key}_FILE: not UTF-8; write it anew as plain text") from None
        return self._values.get(key) or default

    def require(self, name: str) -> str:
        """The value; raises BadSetting naming the variable if there is none."""
        value = self.get(name)
        key = f"PERMANENCE_{name}"
        if value is None and self._values.get(f"{key}_FILE"):
            raise BadSetting(f"{key}_FILE: the file is empty; write the value into it")
        if value is None:
            raise BadSetting(f"{key}: not set; set it or {key}_FILE")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every service needs. DSNs are libpq strings.

    ``ready_lag_seconds``: a service is not ready while its oldest unpublished or unhandled event
    is older.
    """

    service: str
    dsn: str
    owner_dsn: str | None
    keyring_dsn: str
    keyring_owner_dsn: str | None
    master_key: MasterKey
    amqp_uri: str
    clock: Clock
    log_level: str
    environment: Environment
    ready_lag_seconds: float = 300.0


def service_settings(service: str, environment: Environment | None = None) -> Settings:
    """The settings of one service; raises BadSetting naming the first one that is wrong."""
    env = environment or Environment()
    name = service.upper()
    return Settings(
        service=service,
        dsn=env.require(f"{name}_DSN"),
        owner_dsn=env.get(f"{name}_OWNER_DSN"),
        keyring_dsn=env.require("KEYRING_DSN"),
        keyring_owner_dsn=env.get("KEYRING_OWNER_DSN"),
        master_key=master_key(env),
        amqp_uri=env.require("AMQP_URI"),
        clock=clock_from(env),
        log_level=log_level(env),
        environment=env,
        ready_lag_seconds=_seconds(env, "READY_LAG_SECONDS", 300.0),
    )


def log_level(env: Environment) -> str:
    """``PERMANENCE_LOG_LEVEL``, INFO unless it is set; raises BadSetting."""
    text = env.get("LOG_LEVEL") or "INFO"
    if text.upper() not in _LEVELS:
        raise BadSetting(f"PERMANENCE_LOG_LEVEL: {text!r}: write one of {', '.join(_LEVELS)}")
    return text.upper()


def _seconds(env: Environment, name: str, default: float) -> float:
    text = env.get(name, str(default)) or ""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise BadSetting(f"PERMANENCE_{name}: {text!r} is not a number of seconds above 0")
    return seconds


def master_key(env: Environment) -> MasterKey:
    """``PERMANENCE_MASTER_KEY``; while it changes, ``…_ALSO`` holds those that unwrap as well."""
    return MasterKey.from_base64(env.require("MASTER_KEY"), env.get("MASTER_KEY_ALSO") or "")


def desk_url(env: Environment, default: str | None = None) -> str:
    """``PERMANENCE_DESK_URL``, a scheme and a host without anything after; raises BadSetting.

    Links in mails begin with it; whether cookies are secure and which forms are ours hang on it.
    """
    text = env.get("DESK_URL", default) or env.require("DESK_URL")
    found = _SCHEME_AND_HOST.fullmatch(text)
    if not found:
        raise BadSetting(
            f"PERMANENCE_DESK_URL: {text!r}: write https://, the host that volunteers type and no "
            "path, such as https://permanence.example.org"
        )
    return found[1].lower()


def clock_from(env: Environment) -> Clock:
    """The machine's clock, or the one that a rehearsal writes to ``PERMANENCE_CLOCK_PATH``."""
    path = env.get("CLOCK_PATH")
    return FileClock(Path(path)) if path else SystemClock()
