"""The only place where intake's adapters are chosen."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from services.intake.adapters.http_api import HttpApi
from services.intake.adapters.known_requests import KnownInRegister
from services.intake.adapters.mail_reader import MailReader
from services.intake.adapters.originals import SealedOriginals
from services.intake.adapters.partners import Partners
from services.intake.adapters.rate_limit import RateLimit
from services.intake.adapters.reading import NormalisingReader
from services.intake.adapters.settings import IntakeSettings, intake_settings
from services.intake.adapters.spool import Spool
from services.intake.adapters.spooled import SpooledMail
from services.intake.application.erase import erase_again
from services.intake.application.ports import Arrival, Desk, Reader
from services.intake.application.receive import Receipt, receive
from services.intake.domain.identity import person_stream_of
from services.intake.domain.normalise.reference import default_reference
from services.intake.projections import read_models
from services.intake.projections.inbox import state_for_sender
from shared.clock import Clock
from shared.contracts import codecs
from shared.eventstore import Streams
from shared.eventstore.bootstrap import KEYRING
from shared.postgres import Pool
from shared.privacy import Keyring
from shared.service import ServiceParts, open_service
from shared.settings import service_settings
from shared.sweeping import sweep_erased

MIGRATIONS = Path(__file__).parent / "adapters" / "migrations"
CODEC = codecs.INTAKE

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeParts:
    """What intake adds to the parts of every service."""

    settings: IntakeSettings
    desk: Desk
    originals: SealedOriginals
    http: HttpApi
    mail: MailReader | None
    spooled: SpooledMail | None


def reader(pool: Pool, keyring: Keyring) -> Reader:
    """The normaliser over intake's own memory."""
    known_in = partial(KnownInRegister, pool, keyring, CODEC)
    return NormalisingReader(known_in, default_reference())


def intake_parts(
    settings: IntakeSettings,
    *,
    pool: Pool,
    streams: Streams,
    keyring: Keyring,
    clock: Clock,
    read: Reader,
) -> IntakeParts:
    """Intake's own parts over those of every service."""
    originals = SealedOriginals(keyring)
    desk = Desk(
        streams=streams,
        originals=originals,
        read=read,
        fingerprint=lambda text: keyring.fingerprint(text).hex(),
        clock=clock,
    )

    def received(arrival: Arrival) -> Receipt:
        return receive(arrival, desk=desk)

    def state_of(request_id: UUID, sender_system: str) -> str | None:
        return state_for_sender(pool, request_id, sender_system)

    http = HttpApi(
        partners=Partners.from_toml(settings.partners),
        receive=received,
        state_of=state_of,
        clock=clock,
        most_bytes=settings.most_bytes,
        partner_limit=RateLimit(settings.partner_per_minute, time.monotonic),
        form_limit=RateLimit(settings.form_per_minute, time.monotonic),
        proxies=settings.trusted_proxies,
        rehearsals=settings.rehearsals,
    )
    mail = spooled = None
    if settings.spool is not None:
        spool = Spool(settings.spool)
        spooled = SpooledMail(spool, pool)
        mail = MailReader(
            spool,
            received,
            clock,
            most_bytes=settings.most_bytes,
            rehearsals=settings.rehearsals,
        )
    return IntakeParts(
        settings=settings, desk=desk, originals=originals, http=http, mail=mail, spooled=spooled
    )


class _Fingerprint:
    """The keyring's, which is opened after the read models are named."""

    def __init__(self) -> None:
        self.keyring: Keyring | None = None

    def __call__(self, text: str) -> bytes:
        if self.keyring is None:
            raise RuntimeError("keyring: not open yet")
        return self.keyring.fingerprint(text)


def open_parts(config: Mapping[str, Any]) -> ServiceParts:
    """Open intake: migrate, then log, keyring, originals, doors; raises BadSetting."""
    settings = service_settings("intake")
    own = intake_settings(settings.environment)
    fingerprint = _Fingerprint()
    parts = open_service(
        settings,
        codec=CODEC,
        read_models=read_models(fingerprint),
        migrations=[MIGRATIONS],
        clock=config.get("clock"),
    )
    fingerprint.keyring = parts.keyring
    for person in (again := erase_again(parts.streams, parts.keyring)):
        log.warning("erased_again", stream=person_stream_of(person))
    if again:
        sweep_erased({(KEYRING, "subjects")}, {KEYRING: settings.keyring_owner_dsn})
    intake = intake_parts(
        own,
        pool=parts.pool,
        streams=parts.streams,
        keyring=parts.keyring,
        clock=parts.clock,
        read=reader(parts.pool, parts.keyring),
    )
    if intake.spooled is not None:  # what an erasure that was cut short left there
        intake.spooled.forget([person for person, _ in parts.keyring.erased()])
    return replace(parts, extra={**parts.extra, "intake": intake})
