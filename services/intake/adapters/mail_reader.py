"""Takes waiting e-mails in: one by one, each done only when it is in the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import structlog

from services.intake.adapters.spool import Spool, Spooled
from services.intake.application.door import MEDIA_TYPES, stated_key
from services.intake.application.ports import Arrival
from services.intake.application.receive import Receipt
from shared.clock import Clock
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.intake.facts import FieldProblem
from shared.contracts.vocabulary import Channel
from shared.errors import Unavailable
from shared.tracing import SpanKind, spanning

log = structlog.get_logger(__name__)

_AT_ONCE = 20
_HEAD_BYTES = 1 << 18
_REGISTER = re.compile(r"\+(rehearsal-[a-z0-9-]{1,60})@")


def arrival_id_of(name: str) -> str:
    """What the log calls the arrival of the message ``name`` of the spool."""
    return f"spool:{name}"


class MailReader:
    """Hands what lies in a spool to ``receive``.

    ``rehearsals``: a recipient written ``name+rehearsal-x@…`` sends to the register
    ``rehearsal-x``, unless the desk's own mailbox is named too; off, such an address is one of the
    desk's like any other. ``unreadable_since``: when the spool or a file in it could first not be
    read; None if all that waits can be.
    """

    def __init__(
        self,
        spool: Spool,
        receive: Callable[[Arrival], Receipt],
        clock: Clock,
        *,
        most_bytes: int,
        rehearsals: bool,
    ) -> None:
        self.spool = spool
        self._receive = receive
        self._clock = clock
        self._most_bytes = most_bytes
        self._rehearsals = rehearsals
        self._unreadable: set[str] = set()
        self.unreadable_since: datetime | None = None

    def take_in(self) -> int:
        """Take in what waits, oldest first, twenty at most; returns how many were dealt with.

        A message whose reception fails is kept as one to be read by a person; if even that fails
        it is set aside in ``failed/``. Raises ``Unavailable``, with the message still waiting, and,
        when the others are taken in, the ``OSError`` of a file that cannot be read or moved.
        """
        try:
            taken = self._take_in()
        except OSError:
            self.unreadable_since = self.unreadable_since or datetime.now(UTC)
            raise
        self.unreadable_since = None
        return taken

    def _take_in(self) -> int:
        failed: OSError | None = None
        # Files that could not be read are tried again, and take no other's place.
        names = self.spool.waiting(_AT_ONCE + len(self._unreadable))
        for name in names:
            try:
                spooled = self.spool.read(name, most_bytes=self._most_bytes)
                if spooled is not None and (own := self.spool.take_over(name)) is not None:
                    self._take(replace(spooled, name=own))
            except OSError as error:
                self._unreadable.add(name)
                failed = failed or error
            else:
                self._unreadable.discard(name)
        if failed is not None:
            raise failed
        return len(names)

    def _take(self, spooled: Spooled) -> None:
        try:
            with spanning("intake", "intake takes a mail in", kind=SpanKind.CONSUMER):
                receipt = self._receive(self.arrival(spooled))
        except Unavailable:
            raise
        except Exception:  # whatever it was, the message stays in sight of a person
            log.exception("mail_not_received", size_bytes=spooled.size_bytes)
            self._keep_unread(spooled)
            return
        self.spool.done(spooled.name) if spooled.whole else self.spool.set_aside(spooled.name)
        log.info(
            "mail_received",
            request_id=str(receipt.request_id),
            state=receipt.state.value,
            size_bytes=spooled.size_bytes,
        )

    def _keep_unread(self, spooled: Spooled) -> None:
        problem = FieldProblem(
            field="content", remedy="le message n'a pas pu être lu : voir le dossier failed"
        )
        try:
            self._receive(self.arrival(spooled, problem=problem))
        except Unavailable:
            raise
        except Exception:
            log.exception("mail_set_aside", size_bytes=spooled.size_bytes)
        self.spool.set_aside(spooled.name)

    def arrival(self, spooled: Spooled, *, problem: FieldProblem | None = None) -> Arrival:
        """The message as an item at the door; too large a one only by its beginning."""
        if not spooled.whole:
            problem = FieldProblem(
                field="content",
                remedy=f"plus de {self._most_bytes} octets : le message entier est dans failed",
            )
        envelope = spooled.envelope
        received_at: datetime = envelope.received_at if envelope else self._clock.now()
        return Arrival(
            channel=Channel.EMAIL,
            raw=spooled.raw if spooled.whole else spooled.raw[:_HEAD_BYTES],
            media_type=MEDIA_TYPES[Channel.EMAIL],
            register=self._register(envelope.recipients if envelope else ()),
            received_at=received_at,
            fallback_id=uuid4(),
            external_id=stated_key(Channel.EMAIL, spooled.raw),
            arrival_id=arrival_id_of(spooled.name),
            problems=((problem, ""),) if problem else (),
            unread=problem is not None,
        )

    def _register(self, recipients: tuple[str, ...]) -> str:
        """A rehearsal's, if each recipient names one: real mail is never rehearsed."""
        named = [_REGISTER.search(recipient.lower()) for recipient in recipients]
        rehearsed = [found[1] for found in named if found]
        if self._rehearsals and rehearsed and len(rehearsed) == len(recipients):
            return rehearsed[0]
        return MAIN_REGISTER
