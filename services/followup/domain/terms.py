"""A deadline's terms: its two dates, counted by the legal rules or given as a day.

Moments are local texts: "2026-11-10", or "2026-11-15T17:30" where the hour counts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

from services.followup.domain.errors import WordsMissing
from shared.contracts.followup.events import DeadlineTerms
from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines import (
    METRO,
    Computation,
    Nature,
    Zone,
    day_words,
    end_instant,
    is_listening_day,
    last_ends_at,
    moment_text,
    moment_words,
    next_listening_day,
    zone_named,
)
from shared.errors import Invalid

LEGAL_CLOCKS = frozenset(
    {
        DeadlineKind.OQTF_APPEAL,
        DeadlineKind.EXPULSION_APPEAL,
        DeadlineKind.REFUSAL_APPEAL,
        DeadlineKind.RETENTION_APPEAL,
        DeadlineKind.HOUSE_ARREST_APPEAL,
        DeadlineKind.DUBLIN_APPEAL,
        DeadlineKind.CRIMINAL_APPEAL,
        DeadlineKind.JAP_APPEAL,
        DeadlineKind.OFPRA_FILING,
        DeadlineKind.CNDA_APPEAL,
        DeadlineKind.LEGAL_AID_REQUEST,
    }
)
_PASSES = {
    *(None, Nature.DEADLINE, Nature.FIRST_DAY_COUNTS, Nature.REMAINDER),
    *(Nature.WINDOW_CLOSE, Nature.INTERNAL_CLOCK),
}
YEARS = range(1950, 2200)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?")
RUNS_ALREADY = (
    "Date de départ inconnue : le délai est tenu pour déjà en cours ; demander le document et sa "
    "date de notification sans attendre."
)


DAY_UNKNOWN = "Date inconnue : à demander sans attendre ; l’échéance est tenue pour proche."
RULE_UNKNOWN = (
    "Aucune règle n’a pu être appliquée à cette date : le délai est tenu pour déjà en cours ; une "
    "personne lit le document et choisit la règle."
)


_NO_DAY = "is not a day that exists; write 2026-05-14, or 2026-05-14T10:00 with its hour"


class BadMoment(Invalid):
    """A day or hour cannot be read; ``fields`` names it."""

    code = "followup.bad_moment"

    def __init__(self, field: str, remedy: str = _NO_DAY) -> None:
        super().__init__(f"{field}: {remedy}", {field: [remedy]})


def read_moment(text: str, field: str) -> date | datetime:
    """A local day, or a local day and hour; raises BadMoment naming ``field``."""
    value = text.strip()
    if not _MOMENT.fullmatch(value):
        raise BadMoment(field)
    try:
        is_day = len(value) == len("2026-05-14")
        found = date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
    except ValueError:
        raise BadMoment(field) from None
    return sane(found, field)


def sane(moment: date | datetime, field: str) -> date | datetime:
    """The moment itself; raises BadMoment if its year is no year of a deadline."""
    if moment.year not in YEARS:
        bounds = f"{YEARS.start} to {YEARS.stop - 1}"
        raise BadMoment(field, f"{moment} lies outside {bounds}; correct the year")
    return moment


def counted(
    kind: DeadlineKind,
    computation: Computation,
    *,
    period_stated: str | None = None,
    note: str | None = None,
) -> DeadlineTerms:
    """Terms from a count of the legal rules, with its steps and reservations."""
    trigger_on, last, prudent = computation.texts("T")
    return DeadlineTerms(
        kind=kind,
        rule=computation.rule.id,
        trigger=computation.rule.trigger,
        trigger_on=trigger_on,
        counting=computation.rule.counting.value,
        nature=computation.nature.value,
        article=computation.article,
        confidence=computation.confidence.value,
        zone=computation.zone.name,
        prudent=prudent,
        last=last,
        alert_at=computation.alert_at,
        period_stated=period_stated,
        reservations=computation.reservations,
        steps=computation.steps,
        note=note,
    )


def dated(
    kind: DeadlineKind,
    on: date | datetime,
    *,
    trigger: str,
    zone: Zone = METRO,
    period_stated: str | None = None,
    note: str | None = None,
) -> DeadlineTerms:
    """Terms of a day given as such: no legal clock, both dates are that day."""
    text = moment_text(on, "T")
    local = on.replace(tzinfo=zone.tz) if isinstance(on, datetime) else on
    return DeadlineTerms(
        kind=kind,
        rule=None,
        trigger=trigger,
        trigger_on=None,
        counting=None,
        nature=None,
        article=None,
        confidence=None,
        zone=zone.name,
        prudent=text,
        last=text,
        alert_at=end_instant(local, zone),
        period_stated=period_stated,
        reservations=_of_the_line(kind, on),
        steps=(f"Date donnée : {moment_words(on)}.",),
        note=note,
    )


def undated(
    kind: DeadlineKind,
    *,
    trigger: str,
    trigger_on: str | None = None,
    rule: str | None = None,
    period_stated: str | None = None,
    note: str | None = None,
) -> DeadlineTerms:
    """Terms without dates, for want of a day or a rule: treated as running already (R39)."""
    return DeadlineTerms(
        kind=kind,
        rule=rule,
        trigger=trigger,
        trigger_on=trigger_on,
        counting=None,
        nature=None,
        article=None,
        confidence=None,
        zone=None,
        prudent=None,
        last=None,
        alert_at=None,
        period_stated=period_stated,
        reservations=(_why_undated(kind, trigger_on),),
        note=note,
    )


def _why_undated(kind: DeadlineKind, trigger_on: str | None) -> str:
    if trigger_on:
        return RULE_UNKNOWN
    return RUNS_ALREADY if kind in LEGAL_CLOCKS else DAY_UNKNOWN


def not_later(terms: DeadlineTerms, bound: date | datetime, why: str) -> DeadlineTerms:
    """The terms with a prudent date no later than ``bound`` (local), and the reason if it moved."""
    zone = zone_of(terms)
    local = bound.replace(tzinfo=zone.tz) if isinstance(bound, datetime) else bound
    alert_at = end_instant(local, zone)
    if terms.alert_at is not None and terms.alert_at <= alert_at:
        return terms
    return replace(
        terms,
        prudent=moment_text(bound, "T"),
        alert_at=alert_at,
        reservations=(why, *terms.reservations),
    )


def over_at(terms: DeadlineTerms) -> datetime | None:
    """When the last day (24:00, local) or hour is over, in UTC; None while it is unknown.

    Where hours run from a day without its hour, once they are over from the end of that day.
    """
    return last_ends_at(terms.last, terms.zone, rule=terms.rule, trigger_on=terms.trigger_on)


def passes(terms: DeadlineTerms) -> bool:
    """Whether something is lost once it is over: not so for a silence or an opening window."""
    return terms.nature in _PASSES


def is_over(terms: DeadlineTerms, now: datetime) -> bool:
    """Whether it has passed at ``now`` and its passing is a loss."""
    over = over_at(terms)
    return passes(terms) and over is not None and over <= now


def zone_of(terms: DeadlineTerms) -> Zone:
    """The zone that its local texts are in; metropolitan where there is none."""
    return zone_named(terms.zone) if terms.zone else METRO


def callback_day(asked_on: date, *, urgent: bool) -> date:
    """When somebody is called back: the same day if urgent, else the next listening day (R8)."""
    return asked_on if urgent else next_listening_day(asked_on)


def need_trigger(trigger_on: str | None) -> str:
    """The trigger of a rule; raises WordsMissing."""
    if not trigger_on:
        raise WordsMissing("trigger_on", "a deadline with a rule")
    return trigger_on


def _of_the_line(kind: DeadlineKind, on: date | datetime) -> tuple[str, ...]:
    day = on.date() if isinstance(on, datetime) else on
    if kind is not DeadlineKind.CALLBACK or is_listening_day(day):
        return ()
    return (
        "Hors des jours de permanence téléphonique (mardi et vendredi) : rappel par la personne "
        f"de permanence, sinon {day_words(next_listening_day(day))}.",
    )
