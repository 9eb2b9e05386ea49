"""The decisions that a text tells of, each with the day from which its time runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.intake.domain.normalise.decisions.clock import with_its_day, without_a_day
from services.intake.domain.normalise.decisions.days import (
    day_ahead,
    distance,
    of_a_year_gone,
    of_the_judgment,
    of_what_is_cited,
    raw_span,
    reach_of,
    unreal_day,
)
from services.intake.domain.normalise.decisions.hinted import hinted
from services.intake.domain.normalise.decisions.words import FORGOTTEN, is_denied, told_by_effect
from services.intake.domain.normalise.found_model import DAY, Found, Scene
from services.intake.domain.normalise.handed_over import Told, signed_this_day, told, with_hour
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.periods import stated_periods
from services.intake.domain.normalise.reference import Decision, Reference
from services.intake.domain.normalise.text import Folded, fold_words
from shared.contracts.vocabulary import DeadlineKind

D = DeadlineKind
# The roles of dates that may start the clock of a judgment, and of any other decision; a day on
# which it was only "decided" comes after all days on which it was handed over.
_JUDGED = {"conviction", "hearing_past", "decided", "unknown", "released", "heading"}
_NOTIFIED = {"notification", "decided", "unknown", "heading"}
# Beside the name of a body that also hears people, a day past reads like one of a hearing.
_BY_A_BODY = {D.OFPRA_FILING, D.CNDA_APPEAL, D.JAP_APPEAL}
_HELD = {"conviction", "hearing_past"}
_GIVEN = {"notification"}  # "the court gave me eight months" reads like a paper handed over
# A state that the decision itself begins: "held there since yesterday".
_HELD_SINCE = {D.RETENTION_APPEAL, D.HOUSE_ARREST_APPEAL}
_SINCE = re.compile(
    r"\W*(?:depuis|since|desde|dal|din|de la|seit|sinds|od|qe nga|с|со|від|з|منذ|من)\b"
)
_CAME = {"other", "notification"}  # "the letter arrived on Friday, he has it since Monday"
_SECOND_BEST = {"decided", "released", "other"}
_TOLD_LOOSELY = {"decided", "unknown"}
_LATER = 1000
_BESIDE = 40  # characters


def decisions_in(
    loose: Folded, plain: Folded, moments: Sequence[Moment], reference: Reference, scene: Scene
) -> Iterable[Found]:
    """Decisions by their names; beside a day not taken, by what they did; else the vague ones."""
    seen: list[Found] = []
    fitting = [d for d in reference.decisions if _fits(d, scene)]
    for decision in (d for d in fitting if not d.weak):
        hits = _named(decision, loose)
        if hits and (found := _best(decision, hits, loose, plain, moments, scene)):
            seen.append(found)
    for decision in fitting:
        hits = told_by_effect(decision, loose)
        if hits and (found := _best(decision, hits, loose, plain, moments, scene)):
            undated = found.unknown_clock and not found.unreal
            known = undated or _taken(found, seen)
            seen += [] if known else [replace(found, hinted=True)]
    for decision in () if scene.waiting_zone else sorted(reference.decisions, key=_generality):
        signs = hinted(decision, loose)
        if signs.core:
            named = any(f.deadline.kind is decision.deadline for f in seen)
            found = _best(
                decision, signs.core, loose, plain, moments, scene, signs.hits, named=named
            )
            if found is not None and _gives_the_day(found, seen):
                seen = [f for f in seen if f.deadline.kind is not found.deadline.kind] + [found]
            elif found is not None and not _known(found, seen):
                seen.append(replace(found, hinted=True))
    if not any(f.deadline.kind in _STRONG for f in seen):
        for decision in (d for d in fitting if d.weak):
            hits = _named(decision, loose)
            if hits and (found := _best(decision, hits, loose, plain, moments, scene)):
                seen.append(found)
    yield from seen


_STRONG = {
    D.OQTF_APPEAL,
    D.EXPULSION_APPEAL,
    D.CRIMINAL_APPEAL,
    D.REFUSAL_APPEAL,
    D.CNDA_APPEAL,
    D.RETENTION_APPEAL,
    D.HOUSE_ARREST_APPEAL,
    D.DUBLIN_APPEAL,
}


def _generality(decision: Decision) -> tuple[bool, int]:
    """Hints of a removal from France come last: other decisions have them too."""
    least = decision.signs.least if decision.signs else 0
    return decision.deadline is D.OQTF_APPEAL, -least


def _named(decision: Decision, loose: Folded) -> list[Hit]:
    """Where ``loose`` names the decision; words within others that are denied are so too."""
    hits = decision.rule.hits(loose)
    denied = [h for h in hits if is_denied(loose, h)]
    return [h for h in hits if not any(d.start <= h.start and h.end <= d.end for d in denied)]


def _fits(decision: Decision, scene: Scene) -> bool:
    """May the decision be one of somebody whose request has these topics, in this situation?"""
    if decision.needs_topic and not (set(decision.needs_topic) & scene.topics):
        return False
    if decision.deadline is D.RETENTION_APPEAL:
        return scene.situation == "retention" and not scene.waiting_zone
    return True


def _known(found: Found, seen: Sequence[Found]) -> bool:
    """Is what was ``found`` by hints seen already, or too little without a day?

    A removal may go with a refusal, and its clock counts as running.
    """
    others = [f for f in seen if f.deadline.kind is not D.REFUSAL_APPEAL]
    if any(f.deadline.kind is found.deadline.kind for f in seen):
        return True
    if found.unknown_clock:
        kind = found.deadline.kind
        return kind is not D.OQTF_APPEAL or any(f.deadline.kind in _STRONG for f in others)
    return _taken(found, others)


def _gives_the_day(found: Found, seen: Sequence[Found]) -> bool:
    """Do hints in the sentences around tell the day of a decision that is named without one?"""
    named = [f for f in seen if f.deadline.kind is found.deadline.kind]
    return (
        bool(named)
        and all(f.unknown_clock and not f.started for f in named)
        and bool(found.started)
        and not _taken(found, seen)
    )


def _taken(found: Found, seen: Sequence[Found]) -> bool:
    """Is the day already that of a decision called by its name?"""
    day = found.started[:DAY]
    return any(other.started[:DAY] == day and other.unreal == found.unreal for other in seen)


def _best(
    decision: Decision,
    hits: list[Hit],
    loose: Folded,
    plain: Folded,
    moments: Sequence[Moment],
    scene: Scene,
    beside: Sequence[Hit] = (),
    *,
    named: bool = False,
) -> Found | None:
    """The decision with its best date, or undated if it is the person's and not an old one.

    A day may also stand near the hints ``beside``; one on which it only came or was told of, not
    where the decision is ``named`` elsewhere.
    """
    judged = decision.deadline is D.CRIMINAL_APPEAL
    roles = _JUDGED if judged else _NOTIFIED
    if judged:
        roles = roles | _GIVEN
    if decision.deadline in _BY_A_BODY or decision.by_court:
        roles = roles | _HELD
    if decision.deadline is D.RETENTION_APPEAL:
        roles = roles | {"released"}  # most are taken from the gate of their prison
    if any(loose.has(_AT_RELEASE, *loose.sentence(h.start)) for h in hits):
        roles = roles | {"released"}
    if beside and not named:
        roles = roles | _CAME
    since = decision.deadline in _HELD_SINCE
    usable = [
        m
        for m in moments
        if (m.role in roles or (since and m.role == "other" and _SINCE.match(fold_words(m.words))))
        and m.mention.exact
    ]
    usable = [m for m in usable if m.on and m.on <= scene.received_on]
    usable = [m for m in usable if (m.mention.offset or 0) <= 0]  # "three days left" is none past
    spans = sorted(raw_span(loose, h) for h in beside or hits)
    usable = [m for m in usable if not of_what_is_cited(plain, m, spans)]
    second_best = _SECOND_BEST | _GIVEN if judged else _SECOND_BEST
    if decision.by_court:
        second_best = second_best | _HELD  # it is notified after the hearing
    if of_a_year_gone(decision, spans, plain, moments, scene):
        usable = []
        hits = [h for h in hits if _ANEW.search(loose.text, max(0, h.start - 24), h.start)]
    ranked = sorted(
        (
            (d + (_LATER if m.role in second_best else 0), m)
            for m in usable
            if (d := distance(plain, m, spans, reach=reach_of(m, hinted=bool(beside)))) is not None
            and not (judged and m.role in _GIVEN and d > _BESIDE)
        ),
        key=lambda p: p[0],
    )
    if decision.by_court:
        ranked = of_the_judgment(ranked, plain, spans)
    period = stated_periods(plain)
    unreal = unreal_day(plain, moments, spans, roles)
    if unreal and not (ranked and ranked[0][0] <= unreal[0]):
        return without_a_day(
            decision, hits, loose, plain, moments, period, scene, impossible=unreal[1]
        )
    if ranked and not (ranked[0][1].role in _TOLD_LOOSELY and FORGOTTEN.search(plain.text)):
        days = told(ranked[0][1], [m for _, m in ranked], plain)
        if (
            not beside or decision.deadline is not D.HOUSE_ARREST_APPEAL
        ):  # its hours are for reporting
            days = replace(days, moment=with_hour(days.moment, usable, plain))
        return with_its_day(decision, days, period, scene)
    if signed := signed_this_day(moments, plain, scene.received_on):
        return with_its_day(decision, Told(signed), period, scene)
    ahead = day_ahead(plain, moments, spans, roles, scene.received_on)
    return without_a_day(decision, hits, loose, plain, moments, period, scene, impossible=ahead)


# What was handed over to somebody on the day and at the door of their release.
_AT_RELEASE = re.compile(
    r"\b(?:a (?:ma|sa|leur) sortie|at (?:my|his|her) release|upon release|al salir|ao sair|a mi salida|a minha saida|bei der entlas+ung|"
    r"au portail|a la gril+e|devant (?:le portail|la gril+e)|"
    r"at the (?:gate|do+r|exit)|when i (?:came|got|went) out|a la (?:porte|sortie)|devant la (?:porte|prison)|"
    r"en sortant|le jour de (?:ma|sa|la) (?:sortie|liberation)|a la salida|a la puerta|na saida|"
    r"al+ uscita|la poarta|la iesire|на выходе|عند (?:الباب|الخروج))"
)
_ANEW = re.compile(r"\b(?:nouvel+e?|autre|deuxieme|seconde?|encore une?|new|another|otra|outra)\b")
