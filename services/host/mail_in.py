"""The process that accepts e-mail by SMTP and LMTP and puts it into intake's spool.

A process of its own, on asyncio: it must not meet the green threads of the services. A message is
acknowledged only when it lies on the disk; what cannot be accepted is refused at the door with a
reason that the sending server shows to its user.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.host.parent import OPENED, end_with_parent
from services.intake.adapters.settings import DEFAULT_MOST_BYTES
from services.intake.adapters.spool import Envelope as SpoolEnvelope
from services.intake.adapters.spool import Spool
from shared.clock import Clock
from shared.errors import Invalid, Refused
from shared.failpoints import failpoint
from shared.logging import configure
from shared.settings import BadSetting, Environment, clock_from, log_level

log = structlog.get_logger(__name__)

DEFAULT_RECIPIENTS = "commission.prison@lacimade.org"
_MOST_RECIPIENTS = 100
_IDLE_SECONDS = 300.0
_LONGEST_LINE_BYTES = 1 << 20
_SMTP_DEFAULT = "127.0.0.1:2525"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """Where to listen (port 0 takes a free one; None: not at all), for whom, and how much."""

    spool: Path
    smtp: tuple[str, int] | None
    lmtp: tuple[str, int] | None
    recipients: frozenset[str]
    most_bytes: int
    rehearsals: bool


def mail_settings(env: Environment) -> MailSettings:
    """From ``PERMANENCE_SPOOL``, ``…_SMTP_LISTEN``, ``…_LMTP_LISTEN``, ``…_MAIL_RECIPIENTS``
    (commas), ``…_MAX_ITEM_BYTES`` and ``…_REHEARSALS``; raises BadSetting naming the wrong one."""
    most = env.get("MAX_ITEM_BYTES", str(DEFAULT_MOST_BYTES)) or ""
    if not most.isdigit() or int(most) == 0:
        raise BadSetting("PERMANENCE_MAX_ITEM_BYTES: must be a number of bytes, such as 45000000")
    recipients = (env.get("MAIL_RECIPIENTS", DEFAULT_RECIPIENTS) or "").split(",")
    return MailSettings(
        spool=Path(env.require("SPOOL")),
        smtp=_address("SMTP_LISTEN", env.get("SMTP_LISTEN", _SMTP_DEFAULT)),
        lmtp=_address("LMTP_LISTEN", env.get("LMTP_LISTEN")),
        recipients=frozenset(one.strip().lower() for one in recipients if one.strip()),
        most_bytes=int(most),
        rehearsals=env.get("REHEARSALS") == "on",
    )


def _address(name: str, text: str | None) -> tuple[str, int] | None:
    if not text or text == "off":
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise BadSetting(f"PERMANENCE_{name}: must be host:port, such as 127.0.0.1:2525, or off")
    return host, int(port)


class CannotListen(Refused):
    """The door's address is taken, or not of this machine."""

    code = "host.cannot_listen"


class _Smtp(SMTP):
    """SMTP that takes the long lines that real programs send; the standard allows 998 octets."""

    line_length_limit = _LONGEST_LINE_BYTES


class _Lmtp(LMTP):
    """LMTP, the same way."""

    line_length_limit = _LONGEST_LINE_BYTES


class Doorkeeper:
    """aiosmtpd's handler: for whom we take mail, and where it goes."""

    def __init__(self, settings: MailSettings, spool: Spool, clock: Clock) -> None:
        self._settings = settings
        self._spool = spool
        self._clock = clock
        self.counts: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept the desk's addresses only."""
        if not self._is_ours(address):
            self.counts["unknown_recipient"] += 1
            return "550 5.1.1 No such mailbox here"
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients; send the rest in another message"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient accepted"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Acknowledge only what is on the disk."""
        raw = envelope.original_content or b""
        told = SpoolEnvelope(
            sender=envelope.mail_from or None,
            recipients=tuple(envelope.rcpt_tos),
            received_at=self._clock.now(),
        )
        failpoint("mail_in.before_stored")
        try:
            name = await asyncio.to_thread(self._spool.put, raw, told)
        except OSError as error:
            self.counts["disk_refused"] += 1
            log.error("mail_not_stored", size_bytes=len(raw), reason=error.strerror)  # noqa: TRY400
            refused = "452 4.3.1 The message could not be stored; try again later"
            return _answer(refused, server, envelope)
        failpoint("mail_in.before_answer")
        self.counts["accepted"] += 1
        log.info("mail_accepted", size_bytes=len(raw))
        return _answer(f"250 2.0.0 Accepted as {name.split('.')[2]}", server, envelope)

    def _is_ours(self, address: str) -> bool:
        local, _, domain = address.strip("<>").lower().rpartition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        return plain in self._settings.recipients


def _answer(reply: str, server: SMTP, envelope: Envelope) -> str:
    """What is said of a message; LMTP answers once for each recipient (RFC 2033)."""
    times = len(envelope.rcpt_tos) if isinstance(server, LMTP) else 1
    return "\r\n".join([reply] * times)


class MailDoor:
    """The listening sockets; ``addresses`` says where they are once it is open.

    With ``smtp``, a socket that listens already, that one takes the place of SMTP's address.
    """

    def __init__(
        self, settings: MailSettings, clock: Clock, *, smtp: socket.socket | None = None
    ) -> None:
        self._settings = settings
        self._smtp = smtp
        self.keeper = Doorkeeper(settings, Spool(settings.spool), clock)
        self._servers: list[asyncio.Server] = []
        self.addresses: dict[str, tuple[str, int]] = {}

    async def open(self) -> None:
        """Begin to listen; raises CannotListen."""
        smtp, lmtp = self._smtp or self._settings.smtp, self._settings.lmtp
        wanted = {"smtp": (_Smtp, smtp), "lmtp": (_Lmtp, lmtp)}
        loop = asyncio.get_running_loop()
        for name, (protocol, place) in wanted.items():
            if place is None:
                continue

            def made(protocol: type[SMTP] = protocol) -> SMTP:
                return protocol(
                    self.keeper,
                    data_size_limit=self._settings.most_bytes,
                    enable_SMTPUTF8=True,
                    hostname="permanence",
                    ident="permanence",
                    timeout=_IDLE_SECONDS,
                    loop=loop,
                )

            try:
                server = await (
                    loop.create_server(made, sock=place)
                    if isinstance(place, socket.socket)
                    else loop.create_server(made, *place)
                )
            except OSError as error:
                raise CannotListen(f"{name}: {error.strerror}; give another address") from None
            self._servers.append(server)
            self.addresses[name] = server.sockets[0].getsockname()[:2]

    async def close(self) -> None:
        """Listen no more; a message that is being sent is refused by the broken connection."""
        for server in self._servers:
            server.close()
        for server in self._servers:
            await server.wait_closed()


async def serve(
    settings: MailSettings,
    clock: Clock,
    *,
    with_parent: bool = False,
    smtp: socket.socket | None = None,
) -> None:
    """Accept mail until the process is told to stop, or, if asked, its standard input ends."""
    door = MailDoor(settings, clock, smtp=smtp)
    await door.open()
    for name, (host, port) in door.addresses.items():
        log.info("mail_door_opened", kind=name, host=host, port=port)
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    if with_parent:
        end_with_parent(stop)
        sys.stdout.write(f"{OPENED}\n")
        sys.stdout.flush()
    await stop.wait()
    await door.close()
    log.info("mail_door_closed", total=door.keeper.counts["accepted"])


def main() -> None:
    """``python -m services.host.mail_in [--with-parent] [--smtp-fd=N]``."""
    env = Environment()
    fds = [int(one.partition("=")[2]) for one in sys.argv if one.startswith("--smtp-fd=")]
    smtp = socket.socket(fileno=fds[0]) if fds else None
    try:
        configure("mail_in", level=log_level(env))
        with_parent = "--with-parent" in sys.argv
        asyncio.run(serve(mail_settings(env), clock_from(env), with_parent=with_parent, smtp=smtp))
    except (Invalid, CannotListen) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
