"""Looks into the spool every moment, in a thread of its own, for as long as the service runs."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import structlog
from nameko.extensions import DependencyProvider

from services.intake.adapters.mail_reader import MailReader
from shared.errors import Unavailable
from shared.logging import of_service
from shared.messaging import OpenParts

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.2
_BACK_OFF_SECONDS = 2.0
_TIDY_EVERY = 1500  # polls: about five minutes


class SpoolWatch(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """Takes waiting mail in until nothing waits, then looks again soon; injects the reader."""

    opened = OpenParts()

    def setup(self) -> None:
        self._stopped = threading.Event()
        self._thread: Any = None

    def get_dependency(self, _worker_ctx: Any) -> MailReader | None:
        return self._mail()

    def start(self) -> None:
        if self._mail() is not None:
            self._thread = self.container.spawn_managed_thread(
                of_service(self.container.service_name, self._run), identifier=repr(self)
            )

    def stop(self) -> None:
        """Finish the message in hand."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        polls = 0
        while not self._stopped.is_set():
            wait = POLL_SECONDS
            try:
                mail = self._mail()
                if mail is not None and mail.take_in():
                    wait = 0.0
                if polls % _TIDY_EVERY == 0:
                    self._tidy()
            except Unavailable:
                log.warning("spool_waits", exc_info=True)
                wait = _BACK_OFF_SECONDS
            except OSError:
                log.exception("spool_unreadable")
                wait = _BACK_OFF_SECONDS
            polls += 1
            self._stopped.wait(wait)

    def _mail(self) -> MailReader | None:
        mail: MailReader | None = self.opened.parts.extra["intake"].mail
        return mail

    def _tidy(self) -> None:
        parts = self.opened.parts
        intake = parts.extra["intake"]
        kept = timedelta(hours=intake.settings.keep_hours)
        forgotten = intake.mail.spool.forget_old(parts.clock.now(), kept)
        if forgotten:
            log.info("spool_tidied", deleted_count=forgotten)
