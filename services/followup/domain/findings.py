"""What a request says, as proposals: deadline candidates and, around a release, a case (R11, R16).

The shorter reading always governs the alert until a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from services.followup.domain.terms import (
    YEARS,
    BadMoment,
    counted,
    dated,
    not_later,
    over_at,
    read_moment,
    undated,
)
from shared.contracts.followup.events import DeadlineTerms
from shared.contracts.intake.facts import FoundDeadline, RequestFacts
from shared.contracts.vocabulary import (
    OUR_OWN,
    Channel,
    DeadlineKind,
    JudicialStatus,
    RequesterKind,
    Topic,
)
from shared.contracts.vocabulary import OUTSIDE as PARTNERS
from shared.deadlines import (
    METRO,
    Computation,
    DecisionDayNeeded,
    NotInForce,
    Unit,
    UnknownZone,
    Zone,
    add_months,
    compute,
    day_words,
    moment_words,
    periods_in,
    rules,
    zone_named,
)
from shared.errors import PermanenceError

# The rule supposed where the item names none: the shortest for whoever the desk writes with.
SUPPOSED: dict[DeadlineKind, str] = {
    DeadlineKind.OQTF_APPEAL: "oqtf-detained",
    DeadlineKind.EXPULSION_APPEAL: "expulsion",
    DeadlineKind.REFUSAL_APPEAL: "refusal-alone",
    DeadlineKind.RETENTION_APPEAL: "retention-placement",
    DeadlineKind.HOUSE_ARREST_APPEAL: "house-arrest-decision",
    DeadlineKind.DUBLIN_APPEAL: "transfer",
    DeadlineKind.CRIMINAL_APPEAL: "crim-appeal",
    DeadlineKind.JAP_APPEAL: "jap-order",
    DeadlineKind.OFPRA_FILING: "ofpra-filing",
    DeadlineKind.CNDA_APPEAL: "cnda-appeal",
}
_OVER = (
    "ce délai aurait pris fin ({}), avant l’arrivée de la demande. La date prudente de la règle "
    "commande les alertes : agir tout de suite, une personne vérifie."
)
ANOTHER_WAY = (
    "Déjà passée à l’arrivée de la demande : chercher une autre voie (notification irrégulière, "
    "relèvement, abrogation, nouvelle demande) ; la demande reste ouverte (R41)."
)
_OUTSIDE = frozenset(
    {
        JudicialStatus.RELEASED,
        JudicialStatus.ELECTRONIC_TAG,
        JudicialStatus.DAY_RELEASE,
        JudicialStatus.OUTSIDE_PLACEMENT,
        JudicialStatus.PAROLE,
        JudicialStatus.JUDICIAL_SUPERVISION,
        JudicialStatus.HOME_ARREST_TAG,
        JudicialStatus.PROBATION,
        JudicialStatus.COMMUNITY_SERVICE,
    }
)
_FREE = frozenset({RequesterKind.RELEASED_PERSON, RequesterKind.SUPERVISED_PERSON})


def needs_follow_up(facts: RequestFacts) -> bool:
    """Whether a case is proposed: referred, released, or under judicial control outside."""
    return not facts.automatic and (
        _is_referred(facts) or facts.requester_kind in _FREE or facts.judicial_status in _OUTSIDE
    )


def _is_referred(facts: RequestFacts) -> bool:
    """Sent to the desk around release by whoever may refer, on whatever way it came (R11).

    Routing decides by the same signs that such a request is a referral.
    """
    if facts.channel is Channel.REFERRAL:
        return True
    partner = facts.channel is Channel.API and facts.requester_kind in PARTNERS
    around_release = Topic.RELEASE_PREPARATION in facts.topics or release_day(facts) is not None
    return around_release and (partner or facts.requester_kind in OUR_OWN)


def source_of(facts: RequestFacts) -> str:
    """Who refers, as ``ReferralReceived.source`` says it."""
    match facts.requester_kind:
        case RequesterKind.CIMADE_PRISON_TEAM if facts.establishment:
            return f"team:{facts.establishment}"
        case RequesterKind.CIMADE_PRISON_TEAM | RequesterKind.CIMADE_PERMANENCE:
            return "permanence"
        case RequesterKind.RELEASED_PERSON | RequesterKind.SUPERVISED_PERSON:
            return "person"
        case _:
            partner = facts.channel in (Channel.REFERRAL, Channel.API)
            return "partner" if partner else "request"


def release_day(facts: RequestFacts) -> date | None:
    """The day of release that the item gives, the earliest if several."""
    days = [
        found.date_on
        for found in facts.deadlines
        if found.kind is DeadlineKind.RELEASE_DATE and found.date_on
    ]
    return min(days, default=None)


def terms_of(found: FoundDeadline, *, received_on: date) -> DeadlineTerms:
    """The terms of a deadline read in an item that arrived on ``received_on``. Never raises."""
    terms = _read(found, received_on)
    over = over_at(terms)
    if over is not None and over.date() < received_on and found.trigger_on:
        terms = replace(terms, reservations=(ANOTHER_WAY, *terms.reservations))
    return terms


def _read(found: FoundDeadline, received_on: date) -> DeadlineTerms:
    trigger = _moment(found.trigger_on)
    rule = found.rule_candidate or SUPPOSED.get(found.kind)
    words = {"period_stated": found.period_stated, "note": found.note}
    if trigger is not None and rule is not None:
        computed = _computed(found, rule, trigger)
        if computed is not None:
            computation, said = computed
            terms = counted(found.kind, computation, **words)
            terms = replace(terms, reservations=(*said, *terms.reservations))
            return _shortest(terms, found, trigger, received_on)
    day = found.date_on
    if day is not None and day.year in YEARS:
        terms = dated(found.kind, day, trigger=found.trigger, zone=_zone(found.zone), **words)
        return replace(terms, steps=(*terms.steps, *_renewal(found.kind, day)))
    return undated(
        found.kind,
        trigger=found.trigger,
        trigger_on=found.trigger_on if trigger is not None else None,
        rule=found.rule_candidate,
        **words,
    )


def _computed(
    found: FoundDeadline, rule: str, trigger: date | datetime
) -> tuple[Computation, tuple[str, ...]] | None:
    """The count of the rule, or of those that were in force instead; the shortest of several."""
    said: tuple[str, ...] = ()
    if found.rule_candidate is None:
        said = (f"Règle supposée d’après la nature de l’échéance ({rule}) : à confirmer.",)
    zone = found.zone or None
    try:
        return compute(rule, trigger, zone=zone), said
    except (NotInForce, DecisionDayNeeded) as error:
        # without its own day, the decision is taken to be of the day of its notification
        instead = [compute(other, trigger, zone=zone) for other in error.instead]
        if not instead:
            return None
        shortest = min(instead, key=lambda computation: computation.alert_at)
        names = ", ".join(error.instead)
        why = (
            f"La règle {rule} n’était pas en vigueur à cette date ({names}) : la plus courte est "
            "retenue jusqu’à ce qu’une personne décide."
        )
        return shortest, (why, *said)
    except PermanenceError:
        return None  # a trigger or rule that cannot be counted with: shown without dates


def _shortest(
    terms: DeadlineTerms, found: FoundDeadline, trigger: date | datetime, received_on: date
) -> DeadlineTerms:
    """No later than what the item states itself, or than what was read before.

    A period stated that was over when the item came moves nothing while the rule's own prudent
    date is ahead: an alert planned on it would be the last one.
    """
    stated = f"Le document ou la demande parle de « {found.period_stated} »"
    ahead = _is_ahead(read_moment(terms.prudent, "prudent"), received_on) if terms.prudent else True
    for end in _stated_ends(found.period_stated, trigger):
        why = (
            f"{stated} : la lecture la plus courte ({moment_words(end)}) commande l’alerte jusqu’à "
            "ce qu’une personne décide."
        )
        if ahead and not _is_ahead(end, received_on):
            terms = _noted(terms, end, f"{stated} : {_OVER.format(moment_words(end))}")
        else:
            terms = not_later(terms, end, why)
    bounds = [_moment(found.prudent), _moment(found.date_on.isoformat() if found.date_on else None)]
    for bound in (one for one in bounds if one is not None):
        terms = not_later(
            terms,
            bound,
            f"Une date plus proche a été lue ({moment_words(bound)}) : elle commande l’alerte.",
        )
    return terms


def _is_ahead(end: date | datetime, received_on: date) -> bool:
    """Whether some of the day of arrival was left when it ended."""
    if isinstance(end, datetime):
        return end > datetime.combine(received_on, time())
    return end >= received_on


def _noted(terms: DeadlineTerms, bound: date | datetime, why: str) -> DeadlineTerms:
    """The terms with a reservation if ``bound`` is earlier than their prudent date."""
    if not_later(terms, bound, why) is terms:
        return terms
    return replace(terms, reservations=(why, *terms.reservations))


def _stated_ends(text: str | None, trigger: date | datetime) -> Iterator[date | datetime]:
    """Where each period that an item states would end, counted from the trigger alone.

    Without the hour of the trigger, hours run from 00:00 of its day.
    """
    day = trigger.date() if isinstance(trigger, datetime) else trigger
    for period in periods_in(text):
        match period.unit:
            case Unit.HOURS:
                start = trigger if isinstance(trigger, datetime) else datetime.combine(day, time())
                yield start + timedelta(hours=period.amount)
            case Unit.DAYS:
                yield day + timedelta(days=period.amount)
            case Unit.MONTHS:
                yield add_months(day, period.amount)


def _renewal(kind: DeadlineKind, expires_on: date) -> tuple[str, ...]:
    """When a permit is to be renewed, beside the day on which it ends."""
    if kind is not DeadlineKind.PERMIT_EXPIRY or "renewal-window-open" not in rules():
        return ()
    try:
        opens = compute("renewal-window-open", expires_on, zone=METRO)
        closes = compute("renewal-window-close", expires_on, zone=METRO)
    except PermanenceError:
        return ()
    return (
        f"Renouvellement à demander entre le {_day(opens)} et le {_day(closes)} pour un titre de "
        f"la liste du téléservice ({opens.article}), sinon dans les deux mois avant la fin.",
    )


def _day(computation: Computation) -> str:
    return day_words(date.fromisoformat(computation.texts()[1][:10]))


def _moment(text: str | None) -> date | datetime | None:
    """The local moment of a finding; None for one that cannot be read."""
    try:
        return read_moment(text, "moment") if text else None
    except BadMoment:
        return None


def _zone(name: str | None) -> Zone:
    try:
        return zone_named(name) if name else METRO
    except UnknownZone:
        return METRO
