"""How old somebody says they are."""

from __future__ import annotations

from services.intake.domain.normalise.needles import sought
from services.intake.domain.normalise.text import Folded

_NUMBERS = (
    r"(?:(?:1[89]|[2-9]\d)\b(?! (?:mois|months?|meses|mesi|luni|jours|days|dias|giorni|euros?))|"
    r"(?:vingt|trente|quarante|cinquante|soixante|twenty|thirty|forty|fifty|sixty|veinte|treinta|"
    r"cuarenta|cincuenta|sesenta|vinte|trinta|quarenta|cinquenta|venti|trenta|quaranta|cinquanta|"
    r"douazeci|treizeci|patruzeci|cincizeci|двадцат|тридцат|сорок|пятьдесят)\w*)"
)
_TODAY = sought(
    r"\b(?:aujourd ?hui|maintenant|actuel+ement|today|now|hoy|ahora|hoje|agora|og+i|ades+o|acum|azi|"
    r"heute|jetzt|nu|teraz|dzis|sada|bugun|simdi|tani|сейчас|теперь|сегодня|зараз|тепер)[ ,:]{1,3}"
    r"(?:j en ai|j ?ai|i am|i ?m|tengo|tenho|ho|am|jam|мне|мені|ich bin|ik ben|mam|imam) "
    + _NUMBERS
)


def grown_up(text: Folded) -> bool:
    """Does the author say to be eighteen or more today, whatever was once said of their age?"""
    return _TODAY.first(text) is not None
