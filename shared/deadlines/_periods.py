"""The periods that a text states ("quarante-huit heures", "7 dias", "7 дней"), as numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.deadlines._rules import Unit

LONGEST_COUNT = 400  # beyond it, a number is none of a time limit

_FRENCH_UNITS = (
    *("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze"),
    *("douze", "treize", "quatorze", "quinze", "seize", "dix sept", "dix huit", "dix neuf"),
)
_FRENCH_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_ENGLISH_UNITS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ENGLISH_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}
_SPANISH_UNITS = (
    *("un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once"),
    *("doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve"),
)
_SPANISH_TENS = {"treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70}
_PORTUGUESE_UNITS = (
    *("um", "dois", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze"),
    *("doze", "treze", "catorze", "quinze", "dezasseis", "dezassete", "dezoito", "dezanove"),
)
_PORTUGUESE_TENS = {"vinte": 20, "trinta": 30, "quarenta": 40, "cinquenta": 50, "sessenta": 60}
_UNITS: Mapping[str, tuple[Unit, int]] = {
    r"h|heures?|hours?|horas?|час\w*|ساعه|ساعة|ساعات": (Unit.HOURS, 1),
    r"j|jours?|days?|dias?|дн\w*|день|сут\w*|ايام|يوم|يوما": (Unit.DAYS, 1),
    r"semaines?|weeks?|semanas?|недел\w*|اسبوع|اسابيع": (Unit.DAYS, 7),
    r"mois|months?|mes|meses|месяц\w*|شهر|اشهر|شهور": (Unit.MONTHS, 1),
}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time that a text states."""

    amount: int
    unit: Unit


def periods_in(text: str | None) -> tuple[Period, ...]:
    """Each period of ``text``, in its order; a number in words is read whole or not at all."""
    return tuple(_read(_folded(text))) if text else ()


def _read(folded: str) -> Iterator[Period]:
    for match in _PERIOD.finditer(folded):
        count = match["count"]
        amount = int(count) if count.isdigit() else _NUMBERS[count]
        unit, times = next(_UNITS[one] for one in _UNITS if re.fullmatch(one, match["unit"]))
        if 0 < amount <= LONGEST_COUNT:
            yield Period(amount * times, unit)


def _folded(text: str) -> str:
    """Lower case, without accents, each gap or hyphen one blank."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return re.sub(r"[\s\-‐‑‒–—]+", " ", bare)


def _counted(
    units: tuple[str, ...], tens: Mapping[str, int], joint: str, first: str | None = None
) -> Iterator[tuple[str, int]]:
    """The names of the numbers; ``joint`` stands between tens and units, ``first`` before one."""
    ones = dict(zip(units, range(1, len(units) + 1), strict=True))
    yield from ones.items()
    for name, ten in tens.items():
        yield name, ten
        for one, value in ones.items():
            if value < 10:
                between = first if first and value == 1 else joint
                yield f"{name}{between}{one}", ten + value


def _french() -> Iterator[tuple[str, int]]:
    below = dict(_counted(_FRENCH_UNITS, _FRENCH_TENS, " ", " et "))
    below |= {f"soixante {one}": 60 + below[one] for one in _FRENCH_UNITS[9:]}
    below |= {f"quatre vingt {one}": 80 + below[one] for one in _FRENCH_UNITS}
    below |= {"soixante et onze": 71, "quatre vingt": 80, "quatre vingts": 80}
    yield from below.items()
    yield "cent", 100
    yield from ((f"cent {one}", 100 + value) for one, value in below.items())


_NUMBERS: Mapping[str, int] = {
    **dict(_counted(_PORTUGUESE_UNITS, _PORTUGUESE_TENS, " e ")),
    **dict(_counted(_SPANISH_UNITS, _SPANISH_TENS, " y ")),
    **{"veinte": 20, "veinticuatro": 24, "una": 1, "uma": 1, "duas": 2, "une": 1},
    **dict(_counted(_ENGLISH_UNITS, _ENGLISH_TENS, " ")),
    **dict(_french()),
}
_COUNT = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_PERIOD = re.compile(
    rf"(?<!\w)(?<!\d[.,])(?P<count>\d{{1,4}}|{_COUNT})[ )]*(?P<unit>{'|'.join(_UNITS)})(?!\w)"
)
