"""Which days of a text belong to a decision that it names."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from datetime import date

from services.intake.domain.normalise.clocks import AFTER_PRISON, clock_of, rule_for
from services.intake.domain.normalise.found_model import Scene
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.moments import ENTRY_REACH
from services.intake.domain.normalise.reference import Decision
from services.intake.domain.normalise.text import Folded

_BESIDE = 14
_FAR = 320
_LONGEST_NAME = 500
_MONTH_BESIDE = 80
_BESIDE_AHEAD = 60  # characters
_SAYS_LITTLE = frozenset({"unknown", "other", "heading"})
_LONGEST_DATE = 100
Span = tuple[int, int]  # start and end
LONGEST_DAYS = 75  # no limit to appeal found here is longer than two months and a franc day


def of_a_year_gone(
    decision: Decision,
    spans: Sequence[Span],
    plain: Folded,
    moments: Sequence[Moment],
    scene: Scene,
) -> bool:
    """Is the decision named with no more than a year whose time is over ("une OQTF de 2022")?

    ``spans`` are where it is named, in the text as written and in order.
    """
    rule_id = rule_for(decision.rules, scene.situation, scene.place)
    if scene.jailed.was_free and AFTER_PRISON in decision.rules:
        rule_id = None  # its time may have begun anew
    ends = sorted(end for _, end in spans)
    beside: dict[int, date] = {}  # the first year told right behind a name, by where that ends
    for moment in moments:
        mention = moment.mention
        if mention.exact or mention.year is None:
            continue
        at, last = plain.at[mention.start], mention.last_possible(scene.received_on)
        if last is None:
            continue
        for end in ends[bisect_left(ends, at - _BESIDE) : bisect_right(ends, at)]:
            beside.setdefault(end, last)
    return any(is_past(last, rule_id, scene) for last in set(beside.values()))


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


def unreal_day(
    plain: Folded, moments: Sequence[Moment], spans: list[tuple[int, int]], roles: Collection[str]
) -> tuple[int, Moment] | None:
    """(how far it stands, the day) of the nearest that no calendar has and that may be its own."""
    return min(
        (
            (d, m)
            for m in moments
            if m.unreal
            and m.mention.weekday is None
            and m.role in roles
            and (d := distance(plain, m, spans, reach=reach_of(m))) is not None
        ),
        key=lambda p: p[0],
        default=None,
    )


def day_ahead(
    plain: Folded,
    moments: Sequence[Moment],
    spans: Sequence[Span],
    roles: Collection[str],
    received_on: date,
) -> Moment | None:
    """The nearest day by which words say that the decision came, although it was yet to come."""
    ahead = [
        (d, m)
        for m in moments
        if m.role in roles
        and m.role not in _SAYS_LITTLE
        and m.on is not None
        and m.on > received_on
        and (d := distance(plain, m, spans, reach=_BESIDE_AHEAD)) is not None
    ]
    return min(ahead, key=lambda p: p[0], default=(0, None))[1]


def raw_span(text: Folded, hit: Hit) -> tuple[int, int]:
    """Start and end of ``hit`` in the text as written."""
    return text.at[hit.start], text.at[min(hit.end, len(text.at)) - 1] + 1


def _mention_span(plain: Folded, moment: Moment) -> tuple[int, int]:
    return plain.at[moment.mention.start], plain.at[moment.mention.end - 1] + 1


def distance(
    plain: Folded, moment: Moment, spans: Sequence[Span], *, reach: int | None
) -> int | None:
    """How far a date stands from the decision, in characters; None if it cannot belong to it.

    ``spans``, in order, are where it is named in the text as written.
    """
    start, end = _mention_span(plain, moment)
    low, high = moment.sentence
    high = max(high, plain.sentence(moment.mention.end - 1)[1])  # "…9 octobre. A 8h10"
    sentence = (plain.at[low], plain.at[min(high, len(plain.at)) - 1])
    best = None
    near = bisect_left(spans, (min(sentence[0], start - _FAR - _LONGEST_NAME),))
    for s, e in spans[near : bisect_right(spans, (max(sentence[1], end + _FAR) + 1,))]:
        gap = max(s - end, start - e, 0)
        same = sentence[0] <= s <= sentence[1]
        if reach is not None and not (same and gap <= reach):
            continue
        if not same and gap > _FAR:
            continue
        gap += 0 if same else 60
        best = gap if best is None else min(best, gap)
    return best


def of_what_is_cited(plain: Folded, moment: Moment, spans: Sequence[Span]) -> bool:
    """Is it the day of an older decision that a later one only recalls ("Vu l'arrêté du …")?

    ``spans`` are where the later one is named in the text as written.
    """
    at = moment.mention.start
    low = plain.text.rfind("\n", 0, at) + 1
    if not _CITES.match(plain.text, low):
        return False
    start, end = plain.at[low], _mention_span(plain, moment)[1]
    return not any(start <= s < end for s, _ in spans)


def of_the_judgment(
    ranked: Sequence[tuple[int, Moment]], plain: Folded, spans: Sequence[Span]
) -> list[tuple[int, Moment]]:
    """The days of ``ranked`` that may be a judgment's: those told in its own sentence; without
    one, those of sentences that name no other decision. ``spans``: where the judgment is named."""

    def bounds(moment: Moment) -> tuple[int, int]:
        low, high = moment.sentence
        return plain.at[low], plain.at[min(high, len(plain.at)) - 1]

    own = []
    for distance, moment in ranked:
        low, high = bounds(moment)
        if any(low <= start <= high for start, _ in spans):
            own.append((distance, moment))
    return own or [(d, m) for d, m in ranked if not plain.has(_ANOTHER_DECISION, *m.sentence)]


_ANOTHER_DECISION = re.compile(
    r"\bo ?q ?t ?f\b|\bobligation de quit|\birtf\b|\bofpra\b|\b(?:refus|retrait) de (?:titre|sejour|carte)|\bexpulsion\b|"
    r"\bassign\w* a residence|\bretention\b|\bdublin\b|\btransfert\b|\bprefecture\b|\bprefete?t?\b"
)
_CITES = re.compile(r"[ *-]*(?:vu|considerant)\b(?! que je)")


def is_past(month: date, rule_id: str | None, scene: Scene) -> bool:
    """Is the limit over even if it began on the last day of the month or year named?"""
    clock = clock_of(rule_id, month, None, scene.place) if rule_id else None
    if clock is not None:
        return clock.last_on < scene.received_on
    return (scene.received_on - month).days > LONGEST_DAYS


def month_only(moments: Sequence[Moment], plain: Folded, span: Span, scene: Scene) -> date | None:
    """The last day of a month or year named beside the decision ("en janvier 2026").

    ``moments`` in order; ``span`` is where the decision is named in the text as written.
    """
    low, high = span[0] - _MONTH_BESIDE - _LONGEST_DATE, span[1] + _MONTH_BESIDE

    def place(moment: Moment) -> int:
        return plain.at[moment.mention.start]

    near = slice(bisect_left(moments, low, key=place), bisect_right(moments, high, key=place))
    for moment in moments[near]:
        if moment.mention.exact or not (moment.mention.month or moment.mention.year):
            continue
        start, end = _mention_span(plain, moment)
        gap = max(span[0] - end, start - span[1], 0)
        if gap <= _MONTH_BESIDE and moment.role in {
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
