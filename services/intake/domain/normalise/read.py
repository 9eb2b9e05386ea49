"""From a raw item to its parts and its moments of arrival, by channel; never raises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.intake.domain.normalise.forms import read_form
from services.intake.domain.normalise.letter import read_letter
from services.intake.domain.normalise.mail import read_mail
from services.intake.domain.normalise.model import Incoming
from services.intake.domain.normalise.parts import MAX_TEXT, Parts, decoded
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.sheets import read_call, read_referral
from services.intake.domain.normalise.tame import tamed
from shared.contracts.intake.facts import FieldProblem
from shared.contracts.vocabulary import Channel

PARIS = ZoneInfo("Europe/Paris")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
BELIEVABLE_DAYS = 30  # an e-mail may wait so long on its way; an older date is not believed


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """When an item reached the desk: the day in Paris and the instant; ``doubt`` names why not."""

    on: date
    at: datetime
    doubt: str | None = None


def read(item: Incoming, reference: Reference) -> Parts:
    """The parts of ``item``; what cannot be read is named in ``missing`` and ``problems``."""
    if item.channel is Channel.EMAIL:
        return read_mail(item.raw)
    text, whole = decoded(item.raw)
    beginning = text[:MAX_TEXT]
    if item.channel not in (Channel.WEB, Channel.API):
        beginning = tamed(text)[:MAX_TEXT]
    long = len(text) > MAX_TEXT
    parts = _by_channel(item.channel, beginning, reference)
    if not whole:
        parts = _with_problem(parts, "body", "octets illisibles : ouvrir l’original")
    if long:
        parts = _with_problem(parts, "body", "texte très long, lu en partie : ouvrir l’original")
    return parts


def _by_channel(channel: Channel, text: str, reference: Reference) -> Parts:
    if channel is Channel.PHONE:
        return read_call(text, reference.dates)
    if channel is Channel.REFERRAL:
        return read_referral(text, reference.dates)
    if channel in (Channel.WEB, Channel.API):
        return read_form(text)
    return read_letter(text, reference.dates)


def _with_problem(parts: Parts, field: str, remedy: str) -> Parts:
    return replace(
        parts,
        missing=(*parts.missing, field),
        problems=(*parts.problems, FieldProblem(field=field, remedy=remedy)),
        problem_values=(*parts.problem_values, ""),
    )


def arrival(item: Incoming, parts: Parts) -> Arrived:
    """When the item was received: what it says itself, checked against the transport's time.

    Without a transport's time the item's own date stands; a date after the transport's, or for
    an e-mail far before it, is not believed.
    """
    transport = item.received_at
    told = _instant(parts)
    if told is None and transport is None:
        at = item.taken_in_at or NEVER
        return Arrived(on=at.astimezone(PARIS).date(), at=at, doubt="received_on")
    if transport is None:
        at = told or NEVER
        return Arrived(on=at.astimezone(PARIS).date(), at=at)
    if told is None:
        return Arrived(on=transport.astimezone(PARIS).date(), at=transport)
    if told > transport + timedelta(days=1):
        return Arrived(on=transport.astimezone(PARIS).date(), at=transport, doubt="received_on")
    early = transport - told > timedelta(days=BELIEVABLE_DAYS)
    if early and item.channel not in (Channel.LETTER, Channel.REFERRAL):
        return Arrived(on=transport.astimezone(PARIS).date(), at=transport)
    return Arrived(on=told.astimezone(PARIS).date(), at=told)


def _instant(parts: Parts) -> datetime | None:
    """The item's own time of arrival as an aware instant; days count from noon in Paris."""
    told: date | datetime | None = parts.call_at or parts.received
    if told is None:
        return None
    if not isinstance(told, datetime):
        told = datetime.combine(told, time(12), tzinfo=PARIS)
    aware = told if told.tzinfo is not None else told.replace(tzinfo=PARIS)
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return None
