"""Limits that other events lengthen: distance (CJA R. 421-7) and legal aid (two régimes)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from shared.deadlines._counting import Count, add_months, carry, count_days
from shared.deadlines._in_force import BadInput
from shared.deadlines._reservations import rule_reservations
from shared.deadlines._rules import Counting, Duration, Rule, Unit, rule
from shared.deadlines._words import day_words, plural
from shared.deadlines._zones import Zone

_R421_1 = re.compile(r"R\. (421-1|421-2|811-2|821-1)\b")
_ADMINISTRATIVE = ("tribunal administratif", "cour administrative", "Conseil d'Etat")
_BRIEF = re.compile(r"L\. 921-[12]\b|R\. 921-[12]\b")
_CNDA = ("cnda-appeal", "cnda-rest")


class Residence(StrEnum):
    """Where the person lives, for the distance: R. 421-7 counts overseas and abroad."""

    METRO = "metro"
    OVERSEAS = "overseas"
    ABROAD = "abroad"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalAid:
    """Days of a legal aid request: asked, decision notified to the person, lawyer named.

    Before the CNDA ``lawyer_named_on`` is the day on which the lawyer was notified.
    """

    asked_on: date | None = None
    decided_on: date | None = None
    lawyer_named_on: date | None = None


@dataclass(frozen=True, slots=True)
class Longer:
    """A duration, the step that lengthened it, and what to say of that, or of why none did."""

    length: Duration
    steps: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chained:
    """A count, what must be said with it, and the other rule that its dates rest on, if any."""

    count: Count
    said: tuple[str, ...] = ()
    by: Rule | None = None


def lengthened(rule_: Rule, residence: Residence | None, zone: Zone) -> Longer:
    """The duration with the distance of R. 421-7, where it applies.

    Only the two months of R. 421-1 (and appeal, cassation) are lengthened, before the franc day;
    never a limit of CESEDA Book IX, nor an administrative appeal, which goes before no court.
    """
    length = rule_.duration
    if residence is None or (residence is Residence.METRO and not zone.overseas):
        return Longer(length)
    if not (_R421_1.search(rule_.article) and rule_.authority.startswith(_ADMINISTRATIVE)):
        return Longer(length, said=(_NO_DISTANCE,))
    if residence is Residence.OVERSEAS and zone.overseas:
        return Longer(length, said=(_SAME_TERRITORY,))
    added = rule("distance-abroad" if residence is Residence.ABROAD else "distance-overseas")
    total = Duration(length.amount + added.duration.amount, Unit.MONTHS)
    step = (
        f"{added.label} : {plural(added.duration.amount, 'mois')} de plus, soit "
        f"{plural(total.amount, 'mois')} ({added.article})."
    )
    return Longer(total, steps=(step,), said=rule_reservations().get(added.id, ()))


def with_legal_aid(
    rule_: Rule, start: date, zone: Zone, length: Duration, aid: LegalAid
) -> Chained:
    """Count ``rule_`` from ``start`` and let legal aid act on it as far as it does.

    Raises BadInput naming the day that is missing or out of order.
    """
    check_order(aid, start)
    first = count_days(rule_, start, zone, duration=length)
    if aid.asked_on is None:
        return Chained(first)
    if rule_.id in _CNDA:
        return _cnda(rule_, start, zone, first, aid)
    if not _restarts(rule_):
        return Chained(first, (aid_sentence(rule_),))
    if isinstance(first.last, date) and aid.asked_on > first.last:
        return Chained(first, (_too_late(aid.asked_on, first.last),))
    if aid.decided_on is None:
        return Chained(first, (_INTERRUPTED,))
    return _restart(rule_, zone, length, first, aid, aid.decided_on)


def aid_sentence(rule_: Rule) -> str:
    """What legal aid does to a limit that it does not interrupt, in French."""
    return _NO_EFFECT if _BRIEF.search(rule_.article) else _NOT_COMPUTED


def aid_acts(rule_: Rule) -> bool:
    """Whether days of legal aid change the dates of the rule."""
    return rule_.id in _CNDA or _restarts(rule_)


def _restarts(rule_: Rule) -> bool:
    in_months = rule_.counting is Counting.FRANC_MONTHS
    return in_months and rule_.authority.startswith(_ADMINISTRATIVE)


def restart_day(decided_on: date, lawyer_named_on: date | None) -> date:
    """When a full new time starts: the later of notice + 15 days and the lawyer's designation."""
    notice_over = decided_on + timedelta(days=rule("legal-aid-restart").duration.amount)
    return max(notice_over, lawyer_named_on or notice_over)


def _restart(
    rule_: Rule, zone: Zone, length: Duration, first: Count, aid: LegalAid, decided_on: date
) -> Chained:
    start = restart_day(decided_on, aid.lawyer_named_on)
    again = count_days(rule_, start, zone, duration=length)
    prudent = count_days(rule_, decided_on, zone, duration=length).prudent
    steps = (
        *first.steps,
        f"Aide juridictionnelle demandée à temps : délai interrompu "
        f"({rule('legal-aid-restart').article}).",
        f"Un délai entier repart du plus tardif : décision notifiée + 15 jours, ou désignation "
        f"de l’avocat·e : {day_words(start)}.",
        *again.steps,
        f"Date prudente : délai compté dès la décision d’aide ({day_words(decided_on)}).",
    )
    said = (_ARTICLE_43,) if aid.lawyer_named_on else (_LAWYER_UNKNOWN, _ARTICLE_43)
    count = Count(again.last, prudent, steps, again.skipped)
    return Chained(count, said, by=rule("legal-aid-restart"))


def _cnda(rule_: Rule, start: date, zone: Zone, first: Count, aid: LegalAid) -> Chained:
    chained = _cnda_rest(rule_, start, zone, first, aid)
    if rule_.id == "cnda-rest":  # its own reservations say so
        return chained
    return replace(chained, said=(*chained.said, _ARTICLE_9_4))


def _cnda_rest(rule_: Rule, start: date, zone: Zone, first: Count, aid: LegalAid) -> Chained:
    asked = _given(aid.asked_on, "aid_asked")
    ask_by = start + timedelta(days=rule("cnda-legal-aid").duration.amount)
    if asked > carry(ask_by, zone)[0]:
        if rule_.id == "cnda-appeal":
            return Chained(first, (_too_late(asked, ask_by),))
        raise BadInput(
            f"aid_asked: {asked} is after {ask_by}, the last day to send it: nothing is suspended; "
            f"use cnda-appeal (prudent {first.prudent}, last {first.last})",
            {"aid_asked": ["after the fifteen days"]},
        )
    if asked > ask_by:
        counted_from = f"Le mois court de la décision de l’OFPRA ({day_words(start)})."
        short = replace(first, steps=(counted_from, *first.steps))
        return Chained(short, (_carry_open(asked, ask_by),))
    notified = sorted(day for day in (aid.decided_on, aid.lawyer_named_on) if day is not None)
    if not notified:
        if rule_.id == "cnda-appeal":
            return Chained(first, (_SUSPENDED,))
        raise BadInput(
            "aid_decided: missing; give the day on which the legal aid decision was notified",
            {"aid_decided": ["missing"]},
        )
    month_end = add_months(start, rule_.duration.amount)
    rest = Duration((month_end - asked).days, Unit.DAYS)
    counted = count_days(rule_, notified[-1], zone, duration=rest)
    prudent = notified[0] + timedelta(days=rest.amount)
    steps = (
        f"Le mois court de la décision de l’OFPRA ({day_words(start)}) et s’achèverait le "
        f"{day_words(month_end)}.",
        f"Aide juridictionnelle demandée le {day_words(asked)}, dans les quinze jours : délai "
        f"suspendu, il reste {plural(rest.amount, 'jour')} (loi 91-647, art. 9-4).",
        f"Le reste court de la notification la plus tardive : {day_words(notified[-1])}.",
        *counted.steps,
        f"Date prudente : reste compté dès la première notification ({day_words(notified[0])}).",
    )
    return Chained(Count(counted.last, prudent, steps, counted.skipped), by=rule("cnda-rest"))


def check_restart(aid: LegalAid, start: date) -> None:
    """Refuse days of legal aid that contradict ``start``, the notification of its decision."""
    if aid.decided_on not in (None, start):
        raise BadInput(
            f"aid_decided: {aid.decided_on} is not the trigger, {start}, which is the day on which "
            "the legal aid decision was notified; give that day once, as the trigger",
            {"aid_decided": ["is not the trigger"]},
        )
    if aid.asked_on is not None:
        _not_before("trigger", start, "aid_asked", aid.asked_on)
        _not_before("lawyer_named", aid.lawyer_named_on, "aid_asked", aid.asked_on)


def check_order(aid: LegalAid, start: date) -> None:
    """Refuse days of legal aid without the first, or out of order; raises BadInput."""
    if aid.asked_on is None:
        for name, day in (("aid_decided", aid.decided_on), ("lawyer_named", aid.lawyer_named_on)):
            if day is not None:
                raise BadInput(
                    f"aid_asked: missing while {name} is given; legal aid counts only if it was "
                    "asked in time: give the day",
                    {"aid_asked": ["missing"]},
                )
        return
    _not_before("aid_asked", aid.asked_on, "the trigger", start)
    _not_before("aid_decided", aid.decided_on, "aid_asked", aid.asked_on)
    _not_before("lawyer_named", aid.lawyer_named_on, "aid_asked", aid.asked_on)


def _not_before(name: str, day: date | None, other: str, bound: date) -> None:
    if day is not None and day < bound:
        raise BadInput(
            f"{name}: {day} is before {other}, {bound}; correct one of them",
            {name: [f"is before {other}"]},
        )


def _given(day: date | None, name: str) -> date:
    if day is None:
        raise BadInput(f"{name}: missing; give the day", {name: ["missing"]})
    return day


_NO_DISTANCE = (
    "Délai de distance non ajouté : R. 421-7 ne vise que les deux mois de R. 421-1 (et l’appel, la "
    "cassation), pas cette règle."
)
_SAME_TERRITORY = (
    "Délai de distance non ajouté : la personne demeure outre-mer et la juridiction y siège ; un "
    "mois s’ajoute seulement si ce n’est pas la même collectivité."
)
_NO_EFFECT = (
    "L’aide juridictionnelle ne prolonge ni les sept jours ni les 48 heures (R. 921-3, R. 922-11) "
    ": demander un·e avocat·e à la juridiction, sans attendre."
)
_NOT_COMPUTED = (
    "L’effet de l’aide juridictionnelle n’est pas calculé pour cette règle : la date courte est "
    "gardée ; à faire vérifier."
)
_INTERRUPTED = (
    "Aide juridictionnelle demandée à temps : le délai est interrompu et un délai entier repartira "
    "de la décision ; tant qu’elle n’est pas connue, la date courte est gardée."
)
_SUSPENDED = (
    "Aide juridictionnelle demandée dans les quinze jours : le délai est suspendu, seul le reste "
    "courra (règle cnda-rest) ; tant que la décision n’est pas connue, la date courte est gardée."
)
_ARTICLE_43 = "Décret 2020-1717, art. 43 : la version du 1er septembre 2024 n’a pas été vue."
_ARTICLE_9_4 = "Loi 91-647, art. 9-4, changé le 1er août 2024 : nouvelle rédaction non vue."
_LAWYER_UNKNOWN = (
    "Désignation de l’avocat·e inconnue : si elle est plus tardive, le délai repart d’elle."
)


def _carry_open(asked: date, bound: date) -> str:
    return (
        f"Aide juridictionnelle demandée le {day_words(asked)}, quinzième jour : "
        f"{day_words(bound)}. Report au jour ouvrable non tranché ; c’est la date d’envoi qui "
        "compte : à faire vérifier ; d’ici là, la date courte est gardée, rien n’est supposé "
        "suspendu."
    )


def _too_late(asked: date, bound: date) -> str:
    return (
        f"Aide juridictionnelle demandée le {day_words(asked)}, après le {day_words(bound)} : "
        "trop tard pour agir sur le délai."
    )
