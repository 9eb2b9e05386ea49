"""Remarks in brackets after a court's name: « TA Paris (demeure à La Réunion) ».

They say where the person lives, or when the decision was taken, the way desks note it in French
or English; what is given apart from them wins.
"""

from __future__ import annotations

import re
from datetime import date

from shared.deadlines._chains import Residence
from shared.deadlines._places import overseas_place_in

_LIVES = re.compile(
    r"\b(?:lives|living|habite|demeure|demeurant|réside|résidant|domicilié(?:e|·e)?)\b"
    r"([^;]*)",
    re.I,
)
# "ne demeure pas", "n’y habite plus", "n’est pas domicilié", "not living", "no longer lives"
_NOT_BEFORE = re.compile(
    r"(?:\bn['’]|\b(?:ne|pas|plus|jamais|non|not|never|no longer) )(?:\w+ ){0,2}$", re.I
)
_NOT_AFTER = re.compile(r" (?:pas|plus|jamais|point|not)\b", re.I)
_CLAUSE = re.compile(r"[,;]")
_TAKEN = re.compile(r"\b(?:taken|décision|prise?)\b(.*)", re.I)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})(?:er)? ([a-zéû]+) (\d{4})", re.I)
_MONTHS = (
    *(("janvier", "january"), ("février", "february"), ("mars", "march"), ("avril", "april")),
    *(("mai", "may"), ("juin", "june"), ("juillet", "july"), ("août", "august")),
    *(("septembre", "september"), ("octobre", "october"), ("novembre", "november")),
    ("décembre", "december"),
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ABROAD = re.compile(r"\b(abroad|à l['’]étranger)\b", re.I)


def residence_in(remark: str) -> Residence | None:
    """Overseas or abroad if the remark says that the person lives there, else None.

    A verb that is negated says nothing, nor does a street or what stands after a first place.
    """
    for said in _LIVES.finditer(remark):
        if _NOT_BEFORE.search(remark[: said.start()]) or _NOT_AFTER.match(said[1]):
            continue
        if _ABROAD.search(_CLAUSE.split(said[1])[0]):
            return Residence.ABROAD
        return Residence.OVERSEAS if overseas_place_in(said[1]) else None
    return None


def decision_day_in(remark: str) -> date | None:
    """The day of the decision if the remark gives it, else None."""
    said = _TAKEN.search(remark)
    found = _DAY.search(said[1]) if said else None
    if found is None:
        return None
    year, month, day = (
        (found[1], found[2], found[3])
        if found[1]
        else (found[6], _MONTH_NUMBER.get(found[5].casefold(), 0), found[4])
    )
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
