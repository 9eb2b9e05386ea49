"""Dates and hours in free text, in the forms that people write, in the desk's languages."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from services.intake.domain.normalise.counted import Form, counted_forms, offset_of
from services.intake.domain.normalise.text import Folded, fold_words

EARLIEST, LATEST = 1920, 2100
LEAP = 2024  # a year that has all days
MOST_WRITTEN = 39  # beside the name of a month, what is meant as a day of it


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as written. ``day`` None: only the month, or only the year, is known.

    ``unreal``: written as a day that no calendar has ("31 November"), or of a century to come; its
    ``day`` is None.
    ``year`` None: the writer left it out. ``offset``: days from the day of reference ("hier").
    ``weekday``: 1 is Monday. ``clock``: "15:00", local. ``month_last`` helps with "en janvier".
    """

    start: int
    end: int
    words: str
    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    offset: int | None = None
    # Said of a weekday: "next", "last", "en huit", "en quinze", "next week" or "last week".
    turn: str | None = None
    nth: int | None = None  # "the last Monday of August" is -1 of its month
    clock: str | None = None
    unreal: bool = False

    @property
    def exact(self) -> bool:
        """Does it name one day, once the day of reference is known?"""
        return self.day is not None or self.offset is not None or self.weekday is not None

    @property
    def gone_by(self) -> bool:
        """Is it said to be past ("last Monday", "Monday of last week")?"""
        return self.turn in {"last", "last week"}

    def full_date(self) -> date | None:
        """The day, if day, month and year are all written."""
        if self.day is None or self.month is None or self.year is None:
            return None
        return _date(self.year, self.month, self.day)

    def resolve(self, reference: date, *, future: bool) -> date | None:
        """The day meant by somebody writing on ``reference``; None when only a month is known."""
        if self.offset is not None:
            return reference + timedelta(days=self.offset)
        if self.nth is not None and self.month is not None and self.weekday is not None:
            named = partial(_nth_weekday, weekday=self.weekday, nth=self.nth)
            return _calendar_day(self.year, self.month, named, reference, future=future)
        if self.day is not None and self.month is not None:
            numbered_so = partial(_date, day=self.day)
            return _calendar_day(self.year, self.month, numbered_so, reference, future=future)
        numbered = None
        if self.day is not None:
            numbered = _day_of_month(self.day, reference, future=future)
        if numbered and self.weekday in (None, numbered.isoweekday()):
            return numbered
        if self.weekday is not None:  # a number that is no day of that name counts something else
            if self.turn in _WEEKS_ON:
                near = _weekday_near(self.weekday, reference, future=True)
                return near + timedelta(weeks=_WEEKS_ON[self.turn])
            if self.turn in _OTHER_WEEKS:
                monday = reference - timedelta(days=reference.weekday())
                return monday + timedelta(weeks=_OTHER_WEEKS[self.turn], days=self.weekday - 1)
            future = (future or self.turn == "next") and not self.gone_by
            return _weekday_near(self.weekday, reference, future=future)
        return None

    def last_possible(self, reference: date) -> date | None:
        """The last day of the month or year named, for a date that is not exact."""
        if self.month is not None and not self.unreal:
            year = self.year
            if year is None:
                year = reference.year if self.month <= reference.month else reference.year - 1
            return date(year, self.month, calendar.monthrange(year, self.month)[1])
        return date(self.year, 12, 31) if self.year is not None else None


_WEEKS_ON = {"en huit": 1, "en quinze": 2}
_OTHER_WEEKS = {"next week": 1, "last week": -1}

# A number, and no day of September.
_COUNTS = re.compile(
    r"(?:dix|vingt|trente|quarante|cinquante|soixante|soixante dix|quatre vingts?(?: dix)?) sept"
)


def _unreal(day: int | None, month: int | None, year: int | None) -> bool:
    """Has no calendar such a day?"""
    if day is not None and month is not None:
        return _date(year or LEAP, month, day) is None
    return day == 0 or (day or 1) > 31 or not 1 <= (month or 1) <= 12


def _meant_as_a_day(
    found: Mapping[str, str | None], day: int | None, month: int | None, year: int | None
) -> bool:
    """Is an unreal day a slip of who wrote it, and no other number?"""
    if day is None or month is None or (year or LEAP) < EARLIEST:
        return False
    if (year or LEAP) > LATEST:
        return day <= 31 and month <= 12  # "12 juin 2206": a slip in the year
    if found.get("mon"):
        return bool(found.get("y")) or day <= MOST_WRITTEN
    in_full = len(found.get("y") or "") == 4
    return day <= 31 and month <= (31 if in_full else 12)


def _date(year: int, month: int, day: int) -> date | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nth_weekday(year: int, month: int, *, weekday: int, nth: int) -> date | None:
    """The ``nth`` day of that name in a month, from its end if negative."""
    days = [week[weekday - 1] for week in calendar.monthcalendar(year, month) if week[weekday - 1]]
    try:
        return date(year, month, days[nth - 1 if nth > 0 else nth])
    except IndexError:
        return None


def _calendar_day(
    year: int | None,
    month: int,
    day_of: Callable[[int, int], date | None],
    reference: date,
    *,
    future: bool,
) -> date | None:
    """The day of a month in a given year, else in the year nearest on the side asked for."""
    if year is not None:
        return day_of(year, month)
    years = (reference.year - 1, reference.year, reference.year + 1)
    near = [found for y in years if (found := day_of(y, month)) is not None]
    if future:
        near = [d for d in near if d >= reference - timedelta(days=30)]
    else:
        near = [d for d in near if d <= reference + timedelta(days=3)]
    return min(near, key=lambda d: abs((d - reference).days), default=None)


def _weekday_near(weekday: int, reference: date, *, future: bool) -> date:
    """The next, or the last, day of that name; never the day of reference itself."""
    if future:
        return reference + timedelta(days=(weekday - reference.isoweekday()) % 7 or 7)
    return reference - timedelta(days=(reference.isoweekday() - weekday) % 7 or 7)


def _day_of_month(day: int, reference: date, *, future: bool) -> date | None:
    """The nearest day numbered ``day``: this month's, or the month's before or after."""
    shift = range(3) if future else range(0, -3, -1)
    for months in shift:
        index = reference.year * 12 + reference.month - 1 + months
        found = _date(index // 12, index % 12 + 1, day)
        if found and (found >= reference if future else found <= reference):
            return found
    return None


class DateFinder:
    """Finds date mentions; built once from the words of ``words.toml``.

    ``in_words``: days of a month by how they are written out ("twenty-first").
    """

    def __init__(self, words: Mapping[str, Any], in_words: Mapping[str, int]) -> None:
        self._in_words = {fold_words(w): day for w, day in in_words.items()}
        self._months = _table(words["months"])
        self._weekdays = _table(words["weekdays"])
        self._relative = _table(words["relative"])
        self._turns = {fold_words(w): t for t, ws in words["turns"].items() for w in ws}
        self._numbers = _table(words["numbers"])
        by_length = sorted(self._numbers, key=len, reverse=True)
        counted = counted_forms(words["counted"], by_length)
        weekday = _alternatives(self._weekdays)
        whole_days = {w: n for w, n in self._weekdays.items() if len(w) > 4 or w in _SHORT_DAYS}
        self._forms = tuple(
            _Form(re.compile(pattern), *starts)
            for starts, pattern in _forms(
                self._months,
                whole_days,
                self._relative,
                counted,
                frozenset(self._turns),
                self._in_words,
            )
        )
        self._numbered = [i for i, form in enumerate(self._forms) if form.numbered]
        self._by_word: dict[str, list[int]] = {}
        for index, form in enumerate(self._forms):
            for word in form.words:
                self._by_word.setdefault(word, []).append(index)
        self._weekday_before = re.compile(
            rf"(?<!\w)(?P<wd>{weekday})[.,]*(?: le| dia| the| on| pe| el| il| am| den| dne| dnia| w dniu| em| op| na| me| me date)? $"
        )
        in_day = [w for w, number in self._in_words.items() if number < HOURS_OF_A_DAY]
        self._clock = re.compile(
            r"(?: (?:morning|evening|afternoon|matin|soir|apres midi|por la manana|de manha|mattina)\b)?"
            r"[ ,]*(?:a |vers |at |around |a las |as |alle |la ora |pe la |la |në |ne |saat |в )?(?:les )?"
            r"(?:(?P<h>[01]?\d|2[0-3]) ?(?:(?:[h:]|(?<= at \d)\.(?=\d\d\b)) ?(?P<mi>[0-5]\d)?|heures?|hrs?|am\b|pm\b)"
            rf"|(?P<hw>une|{_alternatives(in_day)}) heures?(?: (?P<mw>{'|'.join(_PARTS)}))?)(?!\w)"
        )

    def find(self, text: Folded) -> list[DateMention]:
        """All date mentions of ``text`` in order, none overlapping another."""
        if (known := text.memo.get("dates")) is not None:
            return list(known)
        taken: list[DateMention] = []
        covered = bytearray(len(text.text) + 1)
        for form, places in sorted(self._places(text.text).items()):
            for match in self._forms[form].matches(text.text, places):
                start = match.start() + len(match.group(0)) - len(match.group(0).lstrip())
                end = match.start() + len(match.group(0).rstrip(" ,"))
                if covered.find(1, start, end) >= 0:
                    continue
                groups = match.groupdict()
                if "wd" not in groups and (
                    wd := self._weekday_before.search(text.text, max(0, start - 18), start)
                ):
                    start, groups = wd.start(), groups | {"wd": wd["wd"]}
                mention = self._mention(groups, start, end, text)
                if mention is None:
                    continue
                covered[start:end] = b"\1" * (end - start)
                taken.append(self._with_clock(mention, text))
        text.memo["dates"] = tuple(sorted(taken, key=lambda m: m.start))
        return list(text.memo["dates"])

    def _places(self, folded: str) -> Mapping[int, list[int]]:
        """Where each form of date may begin, in order, by its number."""
        places: dict[int, list[int]] = {}
        for match in _WORD.finditer(folded):
            for form in self._by_word.get(match.group(), ()):
                places.setdefault(form, []).append(match.start())
        if numbers := [m.start() for m in _NUMBER.finditer(folded)]:
            for form in self._numbered:
                named = places.get(form)
                places[form] = sorted({*numbers, *named}) if named else numbers
        return places

    def _mention(
        self, found: Mapping[str, str | None], start: int, end: int, text: Folded
    ) -> DateMention | None:
        if _COUNTS.fullmatch(text.text, start, end):
            return None
        mention = DateMention(start, end, text.words(start, end))
        if (relative := found.get("rel")) is not None:
            return replace(mention, offset=self._relative[relative])
        if any(found.get(unit) for unit in ("day", "week", "longer")):
            return replace(mention, offset=offset_of(found, self._numbers))
        if not set(found) - {"wd"}:
            return mention  # "la semaine dernière": a week, no day
        weekday = self._weekdays.get(found.get("wd") or "")
        month = self._months.get(found.get("mon") or found.get("may") or "") or _number(
            found.get("m")
        )
        year, day = _year(found.get("y")), _number(found.get("d"))
        if (in_words := found.get("dw") or found.get("late")) is not None:
            day = self._in_words[in_words]
        if (nth := found.get("nth")) is not None:
            return replace(mention, month=month, year=year, weekday=weekday, nth=_NTH[nth])
        if _unreal(day, month, year):
            if not _meant_as_a_day(found, day, month, year):
                return None
            return replace(mention, month=month, year=year, unreal=True)
        turn = self._turns.get(found.get("turn0") or "") or _turn(found.get("turn") or "")
        if day is not None and weekday is not None and month is None and found.get("art"):
            weekday = None  # "quinta-feira, dia 26": the number decides
        return replace(mention, day=day, month=month, year=year, weekday=weekday, turn=turn)

    def _with_clock(self, mention: DateMention, text: Folded) -> DateMention:
        match = self._clock.match(text.text, mention.end)
        if match is None or not mention.exact:
            return mention
        if (said := match["hw"]) is not None:
            hour, minute = self._in_words.get(said, 1), _PARTS.get(match["mw"], 0)
        else:
            hour, minute = int(match["h"]), int(match["mi"] or 0)
        if "pm" in match.group(0) and hour < 12:
            hour += 12
        end = match.end()
        return replace(
            mention, end=end, words=text.words(mention.start, end), clock=f"{hour:02d}:{minute:02d}"
        )


HOURS_OF_A_DAY = 24
# Minutes said after the hour, in French.
_PARTS = {"et demie": 30, "et quart": 15, "trente": 30, "quinze": 15, "vingt": 20, "dix": 10}
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<!\d)\d")
_SHORT_DAYS = frozenset({"joi", "cuma"})


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of date: begins with one of ``words``, or a number if ``numbered``; has ``needs``."""

    pattern: re.Pattern[str]
    words: frozenset[str]
    numbered: bool = False
    needs: str = ""

    def matches(self, folded: str, places: list[int]) -> Iterator[re.Match[str]]:
        """The matches that begin at ``places``, in order, none overlapping another."""
        if self.needs not in folded:
            return
        done = 0
        match_at = self.pattern.match
        for place in places:
            if place >= done and (match := match_at(folded, place)):
                done = match.end()
                yield match


def _forms(
    months: Mapping[str, int],
    weekdays: Mapping[str, int],
    relatives: Mapping[str, int],
    counted: Iterable[Form],
    turns: frozenset[str],
    in_words: Mapping[str, int],
) -> tuple[tuple[tuple[frozenset[str], bool, str], str], ...]:
    """(how it begins and what it needs, pattern) of every form of date, the surest first."""
    month, weekday, relative = map(_alternatives, (months, weekdays, relatives))
    day, long_month = _alternatives(in_words), _alternatives(filter(_is_said, months))
    late = _alternatives(w for w, number in in_words.items() if number > A_FEW)
    ordinal = _alternatives(filter(_ENGLISH.search, in_words))
    in_digits = (frozenset[str](), True, "")
    named = (_first_words(months), False, "")
    turn = (
        r"(?P<turn>,? (?:prochain|qui vient|dernier|passe|last|next|que viene|pasado|prossimo|"
        r"scors[oa]|viitoare|trecuta|en huit|en quinze|pasada|passad[oa]|proxim[oa]|que vem|(?:e|i) (?:kaluar|shkuar|ardhshme)|qe vjen|"
        r"الماضي|الفائت|اللي فات|القادم|المقبل|الجاي))?"
    )
    return (
        (in_digits, r"\b(?P<y>(?:19|20)\d\d)[ /.](?P<m>\d\d)[ /.](?P<d>\d\d)(?!\d)"),
        (in_digits, r"\b(?P<d>\d{1,2}) ?[/.] ?(?P<m>\d{1,2}) ?[/.] ?(?P<y>(?:19|2\d)?\d\d)(?!\d)"),
        (in_digits, r"\b(?P<d>\d{1,2}) (?P<m>\d{1,2}) (?P<y>(?:19|20)\d\d)(?!\d)"),
        (
            in_digits,
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:er| er|re|st|nd|rd|th|º|°|\.)? ?(?:de |of |"
            rf"d )?(?P<mon>{month})\b"
            r"\.?,? ?(?:de |del |of )?(?P<y>(?:19|20)\d\d\b|2[1-9]\d\d\b(?! ?(?:€|euros?\b))|\d\d\b(?! ?(?:[h:]|mois|jours?|ans|months?|days|years|meses|anos|"
            r"dias|mesi|anni|luni|ani|zile|kilos?|euros?|messieurs)))?",
        ),
        (named, rf"\b(?P<mon>{month}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)\b"),
        (
            (_first_words(in_words), False, ""),
            rf"(?<!\w)(?P<dw>{day}) (?:(?:(?:de|d|do|di|of|من) )?(?P<mon>{long_month})|of (?P<may>may))\b"
            r"(?:,? (?:de |del |do )?(?P<y>(?:19|20)\d\d)\b)?",
        ),
        (
            named,
            rf"\b(?P<mon>{long_month}|(?P<may>may(?= the ))) (?:the )?(?P<dw>{ordinal})\b"
            r"(?:,? (?P<y>(?:19|20)\d\d)\b)?",
        ),
        (in_digits, r"\b(?P<d>\d{1,2}) ?/ ?(?P<m>\d{1,2})(?![\d/])"),
        ((_first_words(relatives), False, ""), rf"(?<!\w)(?P<rel>{relative})(?!\w)"),
        *counted,
        (
            (_first_words(weekdays), False, ""),
            rf"(?<!\w)(?P<wd>{weekday}),? (?P<turn>{_IN_ANOTHER_WEEK})\b",
        ),
        (
            _begins("la", "semaine", "last", "semana"),
            r"\b(?:la )?semaine (?:derniere|passee)|last week|semana (?:pasada|passada)",
        ),
        (
            (frozenset(_NTH), False, ""),
            rf"(?<!\w)(?P<nth>{'|'.join(_NTH)}) (?P<wd>{weekday}) "
            rf"(?:(?:de|d|du|of|del|di|do|din|von|in) )?(?:(?:the |le |el )?(?:mois|month|mes) (?:de |d |of )?)?(?P<mon>{long_month}|may)\b"
            r"(?: (?:de |del |of )?(?P<y>(?:19|20)\d\d)\b)?",
        ),
        (
            (_first_words(weekdays) | turns | {"ce", "this", "cet", "w"}, False, ""),
            rf"(?<!\w)(?:(?:w )?(?P<turn0>{'|'.join(sorted(turns))}) |ce |this |cet )?(?P<wd>{weekday})(?!\w){turn}"
            rf"(?:,? (?:(?:(?P<art>dia|le|the|el|giorno) )?(?P<d>[12]?\d|3[01])|(?:dia|le|the|el|giorno) (?P<dw>{day})|(?P<late>{late}))\b"
            r"(?! ?(?:[h:/.%]\d|h\b|heures?|ans|mois|jours?|euros|fois|personnes|eme|am\b|pm\b|\d)))?",
        ),
        (
            _begins(
                "debut",
                "mi",
                "fin",
                "courant",
                "au",
                "mois",
                "en",
                "em",
                "in",
                "de",
                "for",
                "ne",
                "в",
            ),
            r"(?<!\w)(?:(?:debut|mi|fin|courant|au mois de|mois de|mois d|en|em|in|de|for|ne|в)\b ?)"
            rf"(?:de |d |le )?(?P<mon>{month})\b ?(?P<turn>prochain|"
            rf"dernier)? ?(?:de )?(?P<y>(?:19|20)\d\d)?",
        ),
        (named, rf"\b(?P<mon>{month}) (?:de |of )?(?P<y>(?:19|20)\d\d)\b"),
        (
            _begins("le", "dia", "the", "el", "il", "pe", "نهار", "يوم"),
            r"\b(?:le|dia|the|el|il|pe|نهار|يوم) (?P<d>[12]?\d|3[01])(?:er|th|st|nd|rd)?(?! ?(?:[/:%°]|"
            r"\.\d|\d|h\d|heures?"
            r"|ans|mois|jours|euros|e\b|rue|avenue|personnes|eme|por ciento|per cento|la suta|anos|anni|ani|meses|mesi|luni|dias|"
            r"giorni|zile))\b",
        ),
        (in_digits, r"(?<![\d/.-])(?P<y>20[0-4]\d|199\d)(?![\d/-])"),
    )


_GONE_BY = re.compile(
    r"dernier|passe|last|pas+ad|scors|trecut|прошл|kaluar|shkuar|الماضي|الفائت|فات"
)


# "Friday two policemen came": so many people or things, behind a weekday, are no day of the month.
A_FEW = 10
# What ends an English ordinal; others stand before their month.
_ENGLISH = re.compile(r"(?:first|second|third|th)$")
_SHORT_MONTHS = frozenset({"mai", "mei", "maj"})
# A verb as well: "three may come".
_MAY = "may"


def _is_said(month: str) -> bool:
    """Is it a month as it is said, and no abbreviation of it, nor a verb?"""
    return (len(month) > 3 or month in _SHORT_MONTHS) and month != _MAY


def _first_words(table: Iterable[str]) -> frozenset[str]:
    return frozenset(_WORD.findall(words)[0] for words in table)


def _begins(*words: str) -> tuple[frozenset[str], bool, str]:
    return frozenset(words), False, ""


def _table(entries: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {fold_words(word): int(key) for key, words in entries.items() for word in words}


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


def _number(written: str | None) -> int | None:
    return int(written) if written else None


def _year(written: str | None) -> int | None:
    if not written:
        return None
    year = int(written)
    if year >= 100:
        return year
    return 2000 + year if year <= 49 else 1900 + year


_IN_ANOTHER_WEEK = (
    r"(?:de )?la semaine (?:prochaine|qui vient|derniere|passee)|(?:of |the )?(?:next|last) week|"
    r"de la (?:proxima semana|semana (?:que viene|pasada))|da (?:proxima semana|semana (?:que vem|passada))|"
    r"del+a (?:prossima set+imana|set+imana (?:prossima|scorsa))|(?:de )?saptamana (?:viitoare|trecuta)|"
    r"(?:на )?(?:следующе[ий]|прошло[ий]) недел[еи]"
)
# Which of its month, "the last Monday of August".
_NTH = {
    word: number
    for number, words in {
        1: (
            "premier",
            "premiere",
            "1er",
            "first",
            "primer",
            "primeira",
            "primeiro",
            "primo",
            "prima",
        ),
        2: ("deuxieme", "second", "segundo", "segunda", "secondo"),
        3: ("troisieme", "third", "tercer", "terceira", "terzo"),
        4: ("quatrieme", "fourth", "cuarto", "quarta", "quarto"),
        -1: ("dernier", "derniere", "last", "ultimo", "ultima", "letzten"),
    }.items()
    for word in words
}


def _turn(words: str) -> str | None:
    if re.fullmatch(_IN_ANOTHER_WEEK, words):
        return "last week" if _GONE_BY.search(words) else "next week"
    if _GONE_BY.search(words):
        return "last"
    weeks_on = re.search(r"en (?:huit|quinze)", words)
    return weeks_on.group() if weeks_on else "next" if words.strip() else None
