"""Names as texts write them, and what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from services.intake.domain.normalise.name_pattern import NAME, UP
from services.intake.domain.normalise.people import Name, Names
from services.intake.domain.normalise.text import fold_words

NAMED = re.compile(NAME)
TITLED = re.compile(
    rf"\b(?:M\.|Mr\.?|M(?= {UP})|Mme\.?|Mlle|Monsieur|Madame|Mademoiselle|monsieur|"
    rf"madame|mr|mme) ({NAME})"
)
LAWYER = re.compile(
    rf"\b(?:Ma[iî]tre|Me|MAITRE|ma[iî]tre|avocate?|abogad[oa]|"
    rf"lawyer)(?: is)?,? (?:Ma[iî]tre |Me )?({NAME})"
)
BORN = re.compile(
    rf"({NAME})(?:,| \(\w+\),?)? (?:(?:né|née|né\(e\)|Né|Née|born)\b(?!\w)|"
    r"(?:nee?|NEE?)\b(?= (?:le|LE|en|EN) ?\d))"
)
_CASED = rf"{UP}[\w’'-]{{0,40}}[a-zà-ÿ]"
_SHOUTED = rf"{UP}{{2,40}}+(?:[ '-]{UP}{{2,40}}+){{0,4}}"
CAPITALS = re.compile(rf"\b(?:{_CASED} ){{1,5}}{_SHOUTED}\b|\b{_SHOUTED}(?: {_CASED}){{1,5}}\b")
# Words with a capital that are no name's.
_NO_NAME = re.compile(
    r"^(?:Cimade|CPIP|SPIP|OQTF|IRTF|ITF|JAP|CRA|CP|MA|CD|MC|OFPRA|CNDA|TA|PAF|ANEF|"
    r"OFII|CPAM|AJ|USMP|TRANSCRIPTION|OCR|ASE|RE|TR|FWD|UHSI|UHSA|SMPR|QD|QI|DDSE|"
    r"MAVP|QCD|Prison|Maison|Centre|France|Préfecture|Tribunal|Paris|Service|"
    r"Permanence|La|Le|Les|Un|Une|Bonjour|Madame|Monsieur|Urgent|Objet|PAS|NE|PLEASE|"
    r"URGENT|SOS|SVP|ANONYME|anonyme|Merci|Il|Elle|Je|On|The|He|She|They|My|In|Dear|"
    r"Sr|VBD|Fiche|FICHE|COPIE|LC|BAT|Avis|Question|Demande|Dossier|Recours|Transmission|Orientation|Situation|"
    r"COMEX|Comex|DPIP|DISP|TJ|CAA|PAD|SIAO|CHRS|CCAS|TGI|JLD|JI|QSL|CSL|EPM|Signalement|Information|Suite|Relance|Titre|Carte|Appel)$"
)
# What heads a line before a name: "Dossier Adama TOUNKARA".
_HEADS = re.compile(
    rf"^(?:Dossier|Situation|Demande|Signalement|Orientation|Relance|Recours) (?={UP})"
)
# In Turkish, where somebody is ("Mulhouse'da"), and whose ("Yıldırım'ın").
_WHERE = re.compile(r"\w{2,40}[’'](?:d[ae]n?|t[ae]n?|d[ae]ki|y[ae])$")
_WHOSE = re.compile(r"(?<=\w)[’']n?[ıiuü]n$")
_TITLE = re.compile(rf"^(?:M\.|Mr\.?|Mme\.?|Mlle|Monsieur|Madame) (?={UP})")


def has_other_word(words: Iterable[str]) -> bool:
    """Is one of ``words`` an institution's, a heading's or a sentence's, and no name's?"""
    return any(_NO_NAME.match(w) or _WHERE.match(w) for w in words)


def name_of(written: str, names: Names) -> Name | None:
    """The name in ``written``, up to the first word that is no name's; None if nothing is left."""
    named = _WHOSE.sub("", _HEADS.sub("", _TITLE.sub("", written)))
    words = [*takewhile(lambda w: not has_other_word([w]), named.split())]
    return names.split(" ".join(words)) if words else None


def usable(written: str, names: Names) -> bool:
    """May ``written`` be a name, and no other word with a capital?"""
    return not has_other_word(written.split()) and fold_words(written) not in names.not_names
