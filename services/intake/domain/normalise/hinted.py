"""Days told by hints: what a day is that has no words of its own, by what stands around it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import attrgetter

from services.intake.domain.normalise.lexicon import Lexicon, Rule
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.patience import go_on
from services.intake.domain.normalise.text import Folded, fold

_LONGEST_HINT = 500
NEXT_SENTENCE = 170  # characters to a hint that stands in another sentence
QUOTED = 70  # characters from a day to the hint that is quoted with it
LED_FAR = 14  # words that tell a role from so far on may be about something else
# What a day may be taken for by words that stand farther off than the hints.
_SHAKY = {"notification", "conviction", "expiry", "other", "transfer", "document"}
# Right before a day, what ends on it: the words that name what ends may stand farther off.
_SURELY = re.compile(
    r"\b(?:s ar+ete|expir\w*|finit|fini|se termine|perime\w*|meurt|tombe|valable jusqu\w*|va jusqu\w*|valid (?:until|til+)|vence|scade|caduca)"
    r"(?: (?:le|au|a|en|el|il|on|the)){0,3} ?$"
)
_EVENING = re.compile(
    r"soir|nuit|tonight|noche|noite|notte|stanotte|diseara|sonte|gece|ночь|ніч|ليل|ghodwa"
)
_APART = re.compile(r"[,;:]")
# Behind a day, what has been done on it.
_SUBJECT = r"(?:(?:je|j|il|el+es?|ils|on|nous|tu|(?:le|la|les|des|deux|un|une|mon|ma|mes|the|two|my) \w+|they|he|she|we|i) ?)"
_DONE = re.compile(
    rf"[ ,:]*(?:(?:{_SUBJECT}(?:m |l |nous |lui |me |t )?|(?:m |l |nous |lui |me |t ))(?:a|ont|ai|avait|avaient|avons)(?: ete| deja)? "
    r"(?!une?\b|le\b|la\b|rendez|dit\b|souf+l|an+onc|confirm|expliqu|ecrit|promis|prevenu)\w+(?:e|ee|i|is|it|u|us)\b|"
    rf"{_SUBJECT}?(?:(?:suis|est|sont) (?:al+e|pas+e|venu|parti|sorti|rentre)\w*\b|"
    r"(?:was|were|came|went|took|had|got|said|brought|gave)\b|(?:fue|fui|fueron|vino|l+evaron|dijeron|foi|foram|levaram|veio|"
    r"sono stato|e stato|hanno|am fost|au venit|mi au)\b|(?:был|были|приш[её]л|привез|отвез|забрали|сказали)\w*))"
)


# Before a day, what came or was told on it.
_CAME = re.compile(
    r"\b(?:(?:a|ont|ai|avons|est|sont|avait)(?: ete| deja)? (?!une?\b)\w+(?:e|ee|es|i|is|it|u|us)|recu\w*|came|got|received|arrived|"
    r"gave|chegou|recebi\w*|llego|recibi\w*|dieron|deram|arrivat[oa]|ricevut[oa]|a venit|am primit|mi au dat|erdhi|mora|"
    r"geldi|aldim|verdiler|пришл[оаи]|пришел|получил\w*|дали|прийшл[оаи]|отримал\w*|وصل\w*|عطاو\w*|اعطو\w*|kam|kregen|dostal\w*|dobi\w*)\b"
    r"[^.,;:!?]{0,30}$"
)


@dataclass(frozen=True, slots=True)
class _Hint:
    """A hint of a rule, of a kind of it, and where it stands in the text as written."""

    kind: int
    start: int
    end: int


def hinted(moments: Sequence[Moment], text: Folded, days: Lexicon, written: date) -> list[Moment]:
    """``moments`` with a role for each that only ``days``, by what stands around, tell."""
    if not any(m.mention.exact for m in moments):
        return list(moments)
    found = list(_told(text, days))
    return [_by_hints(m, text, found, written) for m in moments] if found else list(moments)


def _told(text: Folded, days: Lexicon) -> Iterator[tuple[Rule, list[_Hint]]]:
    """The rules that hold, with their hints."""
    loose = fold(text.raw, loose=True)
    for rule, hits in days.hits(loose):
        spans = {(h.start, h.end) for h in hits}
        yield (
            rule,
            [
                _Hint(kind, loose.at[m.start()], loose.at[m.end() - 1] + 1)
                for kind, m in (rule.signs.matches(loose) if rule.signs else ())
                if m.span() in spans
            ],
        )


def _by_hints(
    moment: Moment, text: Folded, found: Sequence[tuple[Rule, list[_Hint]]], written: date
) -> Moment:
    go_on()
    start, end = text.at[moment.mention.start], text.at[moment.mention.end - 1] + 1
    nearest = [
        (gap, rule, hint)
        for rule, hints in found
        if _may_be(moment, rule, text, written)
        for gap, hint in _around(moment, text, rule, hints)
    ]
    if not nearest:
        return moment
    gap, rule, hint = min(nearest, key=lambda n: n[0])
    on = moment.mention.resolve(written, future=True)
    if gap <= QUOTED and _in_sentence(moment, text, hint):
        start, end = min(start, hint.start), max(end, hint.end)
    words = text.raw[start:end].strip()
    return replace(moment, role=rule.data["day"], on=on, start=moment.mention.start, words=words)


def _around(
    moment: Moment, text: Folded, rule: Rule, hints: Sequence[_Hint]
) -> list[tuple[int, _Hint]]:
    """The hints that tell what the day is, with how far they stand; none if they are too few."""
    start, end = text.at[moment.mention.start], text.at[moment.mention.end - 1] + 1
    low, high = _sentence_of(moment, text)
    starts = attrgetter("start")
    first = bisect_left(hints, min(low, start - NEXT_SENTENCE - _LONGEST_HINT), key=starts)
    last = bisect_right(hints, max(high, end + NEXT_SENTENCE), key=starts)
    apart = [(max(h.start - end, start - h.end, 0), h) for h in hints[first:last]]
    inside = [(gap, h) for gap, h in apart if _in_sentence(moment, text, h)]
    if (near := rule.data.get("near")) is not None and rule.signs is not None:
        if moment.role != "unknown" or _CAME.search(
            text.text, moment.sentence[0], moment.mention.start
        ):
            return []
        close = [(gap, h) for gap, h in inside if gap <= near]
        return close if len({h.kind for _, h in close}) >= rule.signs.least else []
    if moment.role != "unknown":
        return inside
    return inside + [(gap, h) for gap, h in apart if gap <= NEXT_SENTENCE]


def _in_sentence(moment: Moment, text: Folded, hint: _Hint) -> bool:
    low, high = _sentence_of(moment, text)
    return low <= hint.start <= high


def _sentence_of(moment: Moment, text: Folded) -> tuple[int, int]:
    """Where the moment's sentence begins and ends in the text as written."""
    start, end = moment.sentence
    last = len(text.at) - 1
    return text.at[min(start, last)], text.at[min(end, last)]


def _may_be(moment: Moment, rule: Rule, text: Folded, written: date) -> bool:
    """Is it a day to come, near enough for what ``rule`` tells, and no other thing's?"""
    mention = moment.mention
    if not mention.exact or mention.gone_by or (mention.offset or 0) < 0:
        return False
    tonight = mention.offset == 0 and _EVENING.search(text.text, mention.start, mention.end)
    led = text.text[moment.start : mention.start]
    shaky = (
        moment.role in _SHAKY
        and not _SURELY.search(led)
        and (not 0 < len(led) <= LED_FAR or _APART.search(led))
    )
    if moment.role != "unknown" and not shaky:
        return False
    on = mention.resolve(written, future=True)
    if on is None or on > written + timedelta(days=rule.data["horizon"]):
        return False
    if on < written or (on == written and not tonight):
        return False
    return _DONE.match(text.text, mention.end, moment.sentence[1]) is None
