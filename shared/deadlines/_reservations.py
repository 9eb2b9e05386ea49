"""What must be said with every computed date, in French: the doubts of the rules and of the case.

Sources: the notes of the rule table (translated in ``data/reservations_fr.csv``) and its
reservations on asylum law after 12 June 2026, on criminal procedure after 2020, on whose public
holidays count, and on overseas law.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from shared.deadlines._counting import Count
from shared.deadlines._in_force import depends_on_decision
from shared.deadlines._places import Seat
from shared.deadlines._rules import DATA, Confidence, Counting, Rule
from shared.deadlines._words import day_words
from shared.deadlines._zones import ALSACE_MOSELLE, METRO, Zone, public_holidays

PACT_ON = date(2026, 6, 12)  # règlements 2024/1348 and 2024/1351 apply
TEXTS_READ_ON = date(2026, 4, 3)
_SWITCH_ON = date(2024, 7, 15)
_SWITCH_FAR_ON = date(2025, 7, 15)  # a year later, an older decision is no longer likely
_ASYLUM = ("transfer", "ofpra-", "cnda-", "asylum-", "retention-asylum-", "caa-asylum-")
_BOOK_IX = re.compile(r"\b[LR]\. (614-[1-4]|9[12]1-\d+|922-\d+)\b")
_NOT_SPECIAL = {"", "sans objet"}
_DETAINED = "détenu: "
_WHOSE = {
    **dict.fromkeys(("detained", "any"), "Personne détenue : "),
    "retention": "Personne retenue : ",
    "free": "",
}


def reservations(
    rule: Rule,
    *,
    start: date,
    count: Count,
    seat: Seat,
    place_given: bool,
    hour_given: bool,
    decided_on: date | None,
    confidence: Confidence,
) -> tuple[str, ...]:
    """All French sentences to show with the dates, the most pressing first."""
    return (
        *_about_the_trigger(rule, start, hour_given, decided_on),
        *_about_the_place(rule, seat, count, place_given),
        *_about_the_texts(rule, start, count),
        *rule_reservations().get(rule.id, ()),
        *_special(rule),
        f"À faire vérifier par un·e juriste avant tout usage réel "
        f"(niveau de confiance : {confidence.label}).",
    )


@cache
def rule_reservations() -> dict[str, tuple[str, ...]]:
    """The reservations of each rule, from the table of their French texts."""
    found: dict[str, tuple[str, ...]] = {}
    with (DATA / "reservations_fr.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["rule_id"]] = (*found.get(row["rule_id"], ()), row["reservation_fr"])
    return found


def _about_the_trigger(
    rule: Rule, start: date, hour_given: bool, decided_on: date | None
) -> Iterator[str]:
    if rule.counting is Counting.HOURS and not hour_given:
        yield (
            "Heure de notification inconnue : le point de départ ne peut être prouvé ; compté "
            "depuis 00 h 00 ce jour-là, par prudence. Lire l’heure sur la notification."
        )
    near = rule.effective_from == _SWITCH_ON and start < _SWITCH_FAR_ON
    if depends_on_decision(rule) and decided_on is None and near:
        yield (
            "Date de la décision non donnée, supposée du 15 juillet 2024 ou après : c’est le jour "
            "où elle a été prise, non sa notification, qui décide de la règle (loi 2024-42, "
            "art. 86 IV)."
        )


def _about_the_place(rule: Rule, seat: Seat, count: Count, place_given: bool) -> Iterator[str]:
    if not seat.found and (rule.carry_over or rule.counting is Counting.HOURS):
        what = "non reconnue" if place_given else "non précisée"
        yield (
            f"Juridiction ou autorité {what} : jours fériés et heure de métropole retenus ; "
            "préciser son siège."
        )
    if seat.said:
        yield seat.said
    yield from _about_local_law(rule, seat)
    yield from _about_local_holidays(seat.zone, count)


def _about_local_law(rule: Rule, seat: Seat) -> Iterator[str]:
    zone = seat.zone
    if rule.id == "oqtf-overseas" and zone.book_ix:
        yield (
            "Attention : ces deux mois ne valent qu’en Guadeloupe, en Guyane, à Mayotte, à "
            "Saint-Martin et à Saint-Barthélemy ; ailleurs, délais bien plus courts "
            "(oqtf-general, oqtf-detained, oqtf-house-arrest, oqtf-retention)."
        )
    elif not zone.book_ix and rule.id != "oqtf-overseas" and _BOOK_IX.search(rule.article):
        yield (
            f"{zone.label} : les titres I et II du livre IX du CESEDA n’y sont pas applicables ; "
            "les deux mois de droit commun sont déduits (oqtf-overseas) et le recours ne suspend "
            "pas l’éloignement. Le délai court demandé est gardé, par prudence."
        )
    if zone.overseas and "CPP" in rule.article:
        yield "Procédure pénale outre-mer (délais de distance, voies de dépôt) : non vérifiée."


def _about_local_holidays(zone: Zone, count: Count) -> Iterator[str]:
    if not zone.holidays_checked:
        yield f"Jours fériés propres à {zone.label} : non vérifiés ; comptés : ceux de métropole."
    local = [
        name
        for day in count.skipped
        if (name := public_holidays(day.year, zone).get(day))
        and day not in public_holidays(day.year, METRO)
    ]
    if local:
        yield (
            f"Report dû à un jour férié local ({', '.join(local)}) : les jours fériés du siège de "
            "la juridiction sont retenus ; aucune décision vue sur ce point."
        )
    if zone == ALSACE_MOSELLE and "Vendredi saint" in local:
        yield (
            "Le Vendredi saint n’est férié que dans les communes d’Alsace-Moselle qui ont un "
            "temple protestant ou une église mixte (C. trav. L. 3134-13)."
        )


def _about_the_texts(rule: Rule, start: date, count: Count) -> Iterator[str]:
    latest = max(start, date(count.last.year, count.last.month, count.last.day))
    if rule.id.startswith(_ASYLUM) and latest >= PACT_ON and rule.effective_to is None:
        yield (
            f"Non vérifié depuis le {day_words(PACT_ON)} : le Pacte européen sur la migration et "
            "l’asile (règlements 2024/1348 et 2024/1351) s’applique ; la règle a pu changer."
        )
    if "2020-09-01" in rule.source:
        yield (
            "Code de procédure pénale lu dans son état du 1er septembre 2020 : les versions "
            "suivantes n’ont pas été vues."
        )
    elif latest > TEXTS_READ_ON and "2026-04-03" in rule.source:
        yield f"Textes lus dans leur état du {day_words(TEXTS_READ_ON)} ; rien vu depuis."


def _special(rule: Rule) -> Iterator[str]:
    """What is particular to persons in the rule's situation, in detention above all."""
    special = rule.detained_special
    if special.startswith(_DETAINED):
        yield f"Personne détenue : {special.removeprefix(_DETAINED)}."
    elif special not in _NOT_SPECIAL:
        whose = _WHOSE.get(rule.situation, "")
        yield f"{whose}{special}." if whose else f"{special[0].upper()}{special[1:]}."
