"""Where mail is handed over: a server's settings, and an open connection to it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from shared.settings import BadSetting, Environment

_SECURITY = ("none", "starttls", "tls")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where and how to hand mail over. ``security`` is none, starttls or tls."""

    host: str
    port: int
    security: str = "none"
    user: str | None = None
    password: str | None = None
    timeout_seconds: float = 20.0


def smtp_server(environment: Environment, prefix: str = "SMTP") -> SmtpServer | None:
    """The server that ``PERMANENCE_<prefix>_HOST`` and so on describe; None without a host.

    Raises BadSetting naming the setting that is wrong.
    """
    host = environment.get(f"{prefix}_HOST")
    if not host:
        return None
    security = environment.get(f"{prefix}_SECURITY", "none") or "none"
    if security not in _SECURITY:
        raise BadSetting(f"PERMANENCE_{prefix}_SECURITY: one of {', '.join(_SECURITY)}")
    numbers: Mapping[str, str] = {
        "PORT": environment.get(f"{prefix}_PORT") or ("465" if security == "tls" else "25"),
        "TIMEOUT_SECONDS": environment.get(f"{prefix}_TIMEOUT_SECONDS") or "20",
    }
    for name, value in numbers.items():
        if not re.fullmatch(r"[1-9]\d{0,4}", value):
            raise BadSetting(f"PERMANENCE_{prefix}_{name}: a whole number above 0")
    user, password = environment.get(f"{prefix}_USER"), environment.get(f"{prefix}_PASSWORD")
    if user and security == "none":
        raise BadSetting(
            f"PERMANENCE_{prefix}_SECURITY: a password crosses only under starttls or tls"
        )
    return SmtpServer(
        host=host,
        port=int(numbers["PORT"]),
        security=security,
        user=user,
        password=password,
        timeout_seconds=float(numbers["TIMEOUT_SECONDS"]),
    )


def connect(server: SmtpServer) -> smtplib.SMTP:
    """An open connection, logged in if the server wants that; the caller closes it.

    Raises what smtplib and the network raise.
    """
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host,
            server.port,
            timeout=server.timeout_seconds,
            context=ssl.create_default_context(),
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    try:
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if server.user:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection
