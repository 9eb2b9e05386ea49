"""The days of a deadline on the page: which a rule asks for, and why one cannot be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.desk.domain import french

FAR = "followup.far_day"
CONTRADICTS = "deadlines.bad_input"
MEANT = "far_days"  # the box that is ticked for days that are meant although they are far
# The days beside its first that some rules count with, and what they are called.
ASKED = {
    "decided_on": "Jour de la décision",
    "aid_asked": "Aide juridictionnelle demandée le",
    "aid_decided": "Décision sur cette aide notifiée le",
    "lawyer_named": "Avocat·e désigné·e le",
}
NEEDED = "La règle choisie compte avec ce jour : donnez-le."
_FAR = (
    "Ce jour est loin d’aujourd’hui : passé depuis plus d’un an, ou dans plus de trois ans. "
    "Corrigez l’année, ou cochez la case si c’est bien ce jour."
)
_TICK = "À cocher seulement si le jour est juste."
_FIELDS = {"trigger": "trigger_on"}
_ONE_OF_THEM = ": corrigez l’un des deux."
# What contradicts what, as the calculator says it of a field.
_WHY = {
    "missing": NEEDED,
    "is before the trigger": f"Ce jour est avant le jour de départ {_ONE_OF_THEM}",
    "is before aid_asked": f"Ce jour est avant celui où l’aide a été demandée {_ONE_OF_THEM}",
    "is after the trigger": f"Ce jour est après le jour de départ {_ONE_OF_THEM}",
    "is after aid_asked": "Ce jour est après celui où l’aide a été demandée : donnez celui où la "
    "décision de l’OFPRA a été notifiée.",
    "after the fifteen days": "L’aide a été demandée trop tard, plus de quinze jours après la "
    "décision : rien n’est suspendu, choisissez la règle du recours CNDA. C’est la date d’envoi "
    "qui compte : corrigez le jour si vous avez donné celui de la réception.",
}
_NOT_SO = "Ce jour ne va pas avec les autres : vérifiez-les."


def problems(code: str, fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What is wrong with each field of the form, by the refusal's code; none for others."""
    if code == FAR:
        return _french(dict.fromkeys(fields, _FAR) | {MEANT: _TICK})
    if code == CONTRADICTS:
        told = {_FIELDS.get(name, name): next(iter(why), "") for name, why in fields.items()}
        known = {"trigger_on", *ASKED}
        return _french(
            {name: _WHY.get(why, _NOT_SO) for name, why in told.items() if name in known}
        )
    return {}


def asked_by(rule: str, rules: Iterable[Mapping[str, Any]], *, needed: bool = False) -> list[str]:
    """The days that ``rule`` asks for, or those that it cannot do without."""
    key = "needs" if needed else "asks"
    return [name for one in rules if one["rule"] == rule for name in one[key]]


def _french(told: Mapping[str, str]) -> dict[str, str]:
    return {name: french.unbroken(why) for name, why in told.items()}
