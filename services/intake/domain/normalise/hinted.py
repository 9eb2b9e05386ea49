"""Days told by hints: what a day is that has no words of its own, by what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.intake.domain.normalise.lexicon import Lexicon, Rule
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.text import Folded, fold

NEXT_SENTENCE = 170  # characters to a hint that stands in another sentence
QUOTED = 70  # characters from a day to the hint that is quoted with it
LED_FAR = 14  # words that tell a role from so far on may be about something else
# What a day may be taken for by words that stand farther off than the hints.
_SHAKY = {"notification", "conviction", "expiry", "other", "transfer", "document"}
_EVENING = re.compile(
    r"soir|nuit|tonight|noche|noite|notte|stanotte|diseara|sonte|gece|ночь|ніч|ليل|ghodwa"
)
_APART = re.compile(r"[,;:]")
# Behind a day, what has been done on it.
_DONE = re.compile(
    r"[ ,:]*(?:(?!qu|si)\w+ ){0,3}?(?:"
    r"(?:m |l |nous |lui |me |t )?(?:a|ont|ai|avait|avaient|avons)(?: ete| deja)? (?!une?\b|le\b|la\b|rendez|la\b)\w+(?:e|ee|i|is|it|u|us)\b|"
    r"(?:suis|est|sont) (?:al+e|pas+e|venu|parti|sorti|rentre)\w*\b|"
    r"(?:was|were|came|went|took|had|got|said|brought|gave)\b|(?:fue|fui|fueron|vino|l+evaron|dijeron|foi|foram|levaram|veio|"
    r"sono stato|e stato|hanno|am fost|au venit|mi au)\b|(?:был|были|приш[её]л|привез|отвез|забрали|сказали)\w*)"
)


def hinted(moments: Sequence[Moment], text: Folded, days: Lexicon, written: date) -> list[Moment]:
    """``moments`` with a role for each that only ``days``, by what stands around, tell."""
    if not any(m.mention.exact for m in moments):
        return list(moments)
    found = [(rule, spans) for rule, spans in _told(text, days) if spans]
    return [_by_hints(m, text, found, written) for m in moments] if found else list(moments)


def _told(text: Folded, days: Lexicon) -> Iterator[tuple[Rule, list[tuple[int, int]]]]:
    """The rules that hold, with where their hints stand in the text as written."""
    loose = fold(text.raw, loose=True)
    for rule, hits in days.hits(loose):
        yield rule, [(loose.at[h.start], loose.at[h.end - 1] + 1) for h in hits]


def _by_hints(
    moment: Moment,
    text: Folded,
    found: Sequence[tuple[Rule, list[tuple[int, int]]]],
    written: date,
) -> Moment:
    low, high = (text.at[min(p, len(text.at) - 1)] for p in moment.sentence)
    start, end = text.at[moment.mention.start], text.at[moment.mention.end - 1] + 1
    best: tuple[int, Rule, tuple[int, int]] | None = None
    for rule, spans in found:
        if not _may_be(moment, rule, text, written):
            continue
        for first, last in spans:
            inside = low <= first <= high
            gap = max(first - end, start - last, 0)
            if (inside or (gap <= NEXT_SENTENCE and moment.role == "unknown")) and (
                best is None or gap < best[0]
            ):
                best = gap, rule, (first, last) if inside else (start, end)
    if best is None:
        return moment
    gap, rule, (first, last) = best
    on = moment.mention.resolve(written, future=True)
    if gap <= QUOTED:
        start, end = min(start, first), max(end, last)
    words = text.raw[start:end].strip()
    return replace(moment, role=rule.data["day"], on=on, start=moment.mention.start, words=words)


def _may_be(moment: Moment, rule: Rule, text: Folded, written: date) -> bool:
    """Is it a day to come, near enough for what ``rule`` tells, and no other thing's?"""
    mention = moment.mention
    if not mention.exact or mention.turn == "last" or (mention.offset or 0) < 0:
        return False
    tonight = mention.offset == 0 and _EVENING.search(text.text, mention.start, mention.end)
    led = text.text[moment.start : mention.start]
    shaky = moment.role in _SHAKY and (not 0 < len(led) <= LED_FAR or _APART.search(led))
    if moment.role != "unknown" and not shaky:
        return False
    on = mention.resolve(written, future=True)
    if on is None or on > written + timedelta(days=rule.data["horizon"]):
        return False
    if on < written or (on == written and not tonight):
        return False
    return _DONE.match(text.text, mention.end, moment.sentence[1]) is None
