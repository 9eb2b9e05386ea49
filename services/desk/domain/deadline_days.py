"""What the page says of the days of a deadline that cannot be taken as they were typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.desk.domain import french

FAR = "followup.far_day"
MEANT = "far_days"  # the box that is ticked for days that are meant although they are far
_FAR = (
    "Ce jour est loin d’aujourd’hui : passé depuis plus d’un an, ou dans plus de trois ans. "
    "Corrigez l’année, ou cochez la case si c’est bien ce jour."
)
_TICK = "À cocher seulement si le jour est juste."


def problems(code: str, fields: Iterable[str]) -> Mapping[str, str]:
    """What is wrong with each field of the form, by the refusal's code; none for others."""
    if code != FAR:
        return {}
    return {name: french.unbroken(_FAR) for name in fields} | {MEANT: french.unbroken(_TICK)}
