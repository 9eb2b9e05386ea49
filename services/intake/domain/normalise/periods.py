"""The periods to appeal that an item states, and when the shortest of them ends."""

from __future__ import annotations

import re
from datetime import date, timedelta

from services.intake.domain.normalise.text import Folded
from shared.deadlines import Period, Unit, periods_in

# A number in words is taken whole: "dix sept jours" are no seven days.
_PERIOD = re.compile(
    r"\b(\d{1,3}|(?:(?:dix|vingt|trente|quarante|cinquante|soixante|vingts) (?:et )?)?"
    r"(?:sept|quinze|deux|une?)|trente|vingt quatre|quarante huit|soixante douze|"
    r"seven|thirty|fifteen|siete|sete|quince|treinta)"
    r" ?(jours?|heures?|h\b|mois|days?|hours?|months?|dias?|horas?|mes(?:es)?|дн\w+|"
    r"час\w*|ايام|ساعة)"
)
_HOURS_OF_PERIODS = {
    *("24", "48", "72", "96", "vingt quatre", "quarante huit", "soixante douze", "deux"),
}
_PERIOD_CONTEXT = re.compile(
    r"recour|delai|contest|apel|ap+eal|recurso|plazo|prazo|attaquer|saisir|hours?|"
    r"heures?|voies|pour|to |обжалов|طعن"
)
# "Le papier dit 48 h": what a decision itself announces.
_WRITTEN_THERE = re.compile(
    r"\b(?:papiers?|feuille|document|arrete|decision|oqtf|notification|marque|ecrit|indique|paper|"
    r"letter|papel|documento|foglio|hartie|letra|бумаг\w*|ورقة)\b[^.]{0,24}$"
)
_NOT_PERIOD = re.compile(
    r"\b(?:interdi\w*|retour|peine|prison|condam\w*|carte|titre|ans?|ban|il y a|"
    r"depuis|dans|in|hace|since|for|mitard|qd|isolement|disciplinaire|jusqu\w*|"
    r"mange plus|faim)[^.]{0,22}$"
)


def stated_end(period: str | None, on: date) -> date | None:
    """The end of the shortest period stated, counted without any favour."""
    if not period:
        return None
    ends = [on + timedelta(days=_days(one)) for one in periods_in(period)]
    return min(ends, default=None)


def _days(period: Period) -> int:
    if period.unit is Unit.HOURS:
        return -(-period.amount // 24)
    return period.amount * (30 if period.unit is Unit.MONTHS else 1)


def stated_periods(plain: Folded) -> str | None:
    """The periods to appeal that the text states, as written, separated by semicolons."""
    found = []
    for match in _PERIOD.finditer(plain.text):
        start, end = plain.sentence(match.start())
        around = plain.text[max(start, match.start() - 70) : min(end, match.end() + 40)]
        before = plain.text[max(start, match.start() - 40) : match.start()]
        if match[2].startswith(("h", "час", "ساعة")) and match[1] not in _HOURS_OF_PERIODS:
            continue  # an hour of the day ("vers 15h"): the periods in hours are few
        if (
            _WRITTEN_THERE.search(before) or _PERIOD_CONTEXT.search(around)
        ) and not _NOT_PERIOD.search(before):
            found.append(plain.words(match.start(), match.end()))
    return "; ".join(dict.fromkeys(found)) or None
