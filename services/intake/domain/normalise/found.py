"""The deadlines of an item: decisions with the day of their notification, and given days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from services.intake.domain.normalise.clocks import AFTER_PRISON
from services.intake.domain.normalise.decisions.find import decisions_in
from services.intake.domain.normalise.decisions.words import only_meant, settles
from services.intake.domain.normalise.found_model import DAY, Found, Scene
from services.intake.domain.normalise.given_days import (
    declared_release,
    given_day,
    undated_document,
    undated_hearing,
    undated_release,
)
from services.intake.domain.normalise.jailed import Jailed, jailed_in
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded
from shared.contracts.vocabulary import DeadlineKind

D = DeadlineKind


_REPLY = re.compile(r"\s*(?:re|rv|aw|sv) ?:")


def deadlines_in(
    texts: Sequence[tuple[Folded, Folded, Sequence[Moment]]], reference: Reference, scene: Scene
) -> list[Found]:
    """Deadlines of several texts (loose, plain, dates of the plain one), without repetitions."""
    scene = replace(scene, jailed=_jailed(texts, reference, scene.received_on))
    dated: list[Found] = []
    for loose, plain, moments in texts:
        if _REPLY.match(loose.text) and any(settles(other, reference) for other, _, _ in texts):
            continue  # the subject of an earlier message; this one says how it ended
        dated += list(decisions_in(loose, plain, moments, reference, scene))
    if any(f.unknown_clock for f in dated):
        meant = only_meant([loose for loose, _, _ in texts], reference)
        dated = [f for f in dated if not (f.unknown_clock and f.rule in meant)]
    given: list[Found] = []
    for _, plain, moments in texts:
        given += [f for m in moments if (f := given_day(m, plain, scene)) is not None]
        given += undated_document(plain)
        given += undated_hearing(plain, scene.received_on)
        given += undated_release(plain, scene.received_on)
    given += declared_release(scene)
    return _one_each([*dated, *given], scene.received_on)


def _jailed(
    texts: Sequence[tuple[Folded, Folded, Sequence[Moment]]], reference: Reference, received: date
) -> Jailed:
    """What is told of prison after a decision whose time then runs anew."""
    rules = [
        rule
        for decision in reference.decisions
        if AFTER_PRISON in decision.rules
        for rule in (decision.rule, decision.told)
        if rule is not None
    ]
    hits = [[hit for rule in rules for hit in rule.hits(loose)] for loose, _, _ in texts]
    return jailed_in(texts, hits, received)


def _one_each(found: Iterable[Found], received_on: date) -> list[Found]:
    """One deadline a kind and day; a dated one replaces the undated of its kind.

    Of two rules for one day, as where a judgment and what it judges are told, the one that ends
    first after the arrival counts.

    A refusal handed over with a removal has the removal's time limit (CESEDA L. 614-1).
    """
    kept: dict[tuple[D, str | None], Found] = {}
    for item in found:
        key = (item.deadline.kind, item.deadline.trigger_on or _text(item.deadline.date_on))
        if key not in kept or _before(item, kept[key], received_on):
            kept[key] = item
    dated = {kind for kind, when in kept if when is not None}
    found = [f for (kind, when), f in kept.items() if when is not None or kind not in dated]
    hours = {(f.deadline.kind, day[:DAY]) for f in found if len(day := f.started) > DAY}
    found = [f for f in found if (f.deadline.kind, f.started) not in hours]
    removals = {_handed(f) for f in found if f.deadline.kind is D.OQTF_APPEAL} - {""}
    return [f for f in found if not (f.deadline.kind is D.REFUSAL_APPEAL and f.started in removals)]


def _before(one: Found, other: Found, received_on: date) -> bool:
    """Does ``one`` count rather than ``other``, of the same kind and day?"""
    ends = one.pressing, other.pressing
    if one.deadline.rule_candidate == other.deadline.rule_candidate or None in ends:
        return one.confidence > other.confidence
    ahead = [end for end in ends if end and end >= received_on]
    return ends[0] == min(ahead, default=None) and ends[0] != ends[1]


def _handed(found: Found) -> str:
    """When the decision was handed over, as ``Found.started``."""
    return _text(found.handed_on) or found.started


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
