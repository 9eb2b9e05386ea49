"""What intake adds to its metrics page: mail that waits, and mail that a person must read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from services.intake.adapters.mail_reader import MailReader
from shared.watch.stored import gauge


def spool_families(mail: MailReader, now: datetime) -> Iterator[Metric]:
    """How many messages lie in each folder but ``cur/``, and for how long the oldest waits.

    Of a spool that cannot be looked into, only since when it cannot.
    """
    try:
        lying = [(folder, float(mail.spool.count(folder))) for folder in ("tmp", "new", "failed")]
        since = mail.spool.oldest_waiting()
    except OSError:
        lying, since = [], mail.unreadable_since
    yield gauge(
        "permanence_spool_messages",
        "E-mails half written, that wait to be taken in, or were set aside for a person to read.",
        "folder",
        lying,
    )
    waits = GaugeMetricFamily(
        "permanence_spool_oldest_seconds",
        "For how long the oldest e-mail waits to be taken in; 0 if none does.",
    )
    waits.add_metric([], max(0.0, (now - since).total_seconds()) if since else 0.0)
    yield waits
