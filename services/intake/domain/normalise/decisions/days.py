"""Which days of a text belong to a decision that it names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.intake.domain.normalise.clocks import clock_of, rule_for
from services.intake.domain.normalise.found_model import Scene
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.moments import ENTRY_REACH
from services.intake.domain.normalise.reference import Decision
from services.intake.domain.normalise.text import Folded

_BESIDE = 14
LONGEST_DAYS = 75  # no limit to appeal found here is longer than two months and a franc day


def of_a_year_gone(
    decision: Decision,
    span: tuple[int, int],
    plain: Folded,
    moments: Sequence[Moment],
    scene: Scene,
) -> bool:
    """Is the decision named with no more than a year whose time is over ("une OQTF de 2022")?"""
    rule_id = rule_for(decision.rules, scene.situation, scene.place)
    for moment in moments:
        mention = moment.mention
        if mention.exact or mention.year is None:
            continue
        last = mention.last_possible(scene.received_on)
        if 0 <= plain.at[mention.start] - span[1] <= _BESIDE and last:
            return is_past(last, rule_id, scene)
    return False


def reach_of(moment: Moment, *, hinted: bool = False) -> int | None:
    """How far a date may stand from the decision in its sentence, if no word tells its role: a
    day told from the writer's own ("last Tuesday I was called and…") farther than another, from
    a decision that hints of several sentences tell of in any of them."""
    if moment.role == "heading":
        return len(moment.words) + ENTRY_REACH
    if moment.role not in {"unknown", "other"}:
        return None
    day = moment.mention
    told_from_today = day.month is None and (day.offset is not None or day.weekday is not None)
    if hinted and told_from_today:
        return None
    return 160 if told_from_today else 60


def raw_span(text: Folded, hit: Hit) -> tuple[int, int]:
    """Start and end of ``hit`` in the text as written."""
    return text.at[hit.start], text.at[min(hit.end, len(text.at)) - 1] + 1


def _mention_span(plain: Folded, moment: Moment) -> tuple[int, int]:
    return plain.at[moment.mention.start], plain.at[moment.mention.end - 1] + 1


def distance(
    plain: Folded, moment: Moment, spans: list[tuple[int, int]], *, reach: int | None
) -> int | None:
    """How far a date stands from the decision, in characters; None if it cannot belong to it."""
    start, end = _mention_span(plain, moment)
    low, high = moment.sentence
    high = max(high, plain.sentence(moment.mention.end - 1)[1])  # "…9 octobre. A 8h10"
    sentence = (plain.at[low], plain.at[min(high, len(plain.at)) - 1])
    best = None
    for s, e in spans:
        gap = max(s - end, start - e, 0)
        same = sentence[0] <= s <= sentence[1]
        if reach is not None and not (same and gap <= reach):
            continue
        if not same and gap > 320:
            continue
        gap += 0 if same else 60
        best = gap if best is None else min(best, gap)
    return best


def is_past(month: date, rule_id: str | None, scene: Scene) -> bool:
    """Is the limit over even if it began on the last day of the month or year named?"""
    clock = clock_of(rule_id, month, None, scene.place) if rule_id else None
    if clock is not None:
        return clock.last_on < scene.received_on
    return (scene.received_on - month).days > LONGEST_DAYS


def month_only(
    moments: Sequence[Moment], plain: Folded, span: tuple[int, int], scene: Scene
) -> date | None:
    """The last day of a month or year named beside the decision ("en janvier 2026")."""
    for moment in moments:
        if moment.mention.exact or not (moment.mention.month or moment.mention.year):
            continue
        start, end = _mention_span(plain, moment)
        gap = max(span[0] - end, start - span[1], 0)
        if gap <= 80 and moment.role in {
            "notification",
            "decided",
            "unknown",
            "other",
            "conviction",
            "hearing",
        }:
            last = moment.mention.last_possible(scene.received_on)
            return min(last, scene.received_on) if last else None
    return None
