"""The name on the back of an envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.intake.domain.normalise.identity.written import has_other_word
from services.intake.domain.normalise.name_pattern import UP
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name, Names
from services.intake.domain.normalise.text import fold_words

MOST_WORDS = 6  # in a name
AT_HOME = re.compile(
    r"\b(?:[Cc]hez|[Cc]/[Oo]|rue|avenue|av\.|boulevard|bd|place|allée|chemin|impasse|route|cours|quai|cité|square|"
    r"résidence|lotissement|hameau)\b"
)


def at_home(parts: Parts) -> bool:
    """Does the envelope give an address at large for its sender?"""
    return AT_HOME.search(parts.envelope.back) is not None


def turned_round(back: list[str], text: str) -> Iterator[str]:
    """The words of an envelope as the letter has them the other way round."""
    plain = fold_words(text)
    for cut in range(1, len(back) if len(back) <= MOST_WORDS else 0):
        turned = " ".join([*back[cut:], *back[:cut]])
        if re.search(rf"\b{re.escape(fold_words(turned))}\b", plain):
            yield turned


# The desk's own note on the back of an envelope, and no name.
_NOTED = re.compile(
    r"\b(?:illisible|tach\w*|rien|vierge|vide|dechir\w*|efface\w*|mouille\w*|barre\w*|blanc|sans (?:nom|mention|"
    r"adresse|expediteur)|aucun\w*|neant|arrache\w*|delave\w*|coupe\w*|brule\w*|dessin|autocollant|tampon|"
    r"incomplet\w*|l eau|griffon\w*|rature\w*)\b"
)
_LEADING_NUMBER = re.compile(
    r"^\W*(?:(?:[ée]crou|matricule|n[°o]|num[ée]ro)\W*){0,9}\d[\d .]{2,40}\W+", re.IGNORECASE
)
# "FERREIRA LOPES Adilson - Prison de Saran": what follows a whole name is where it is.
_DASH = re.compile(r"(?<=\w)[ .]+[-–—] +(?=\w)")
_TITLE_FIRST = re.compile(
    rf"(?:M\.|Mr\.?|Mme\.?|Mlle|Monsieur|Madame) (?={UP}[\w’'-]{{1,40}} {UP}[\w’'-])"
)


def back_words(back: str) -> str:
    """What stands before the number, the prison or a note on the back of an envelope."""
    back = _LEADING_NUMBER.sub("", back)
    if titled := _TITLE_FIRST.match(back):
        back = back[titled.end() :]
    before_number = re.split(
        r"\d|,|;|\(|\b[Cc]hez\b|\b[Cc]/[Oo]\b|\bn°|\bécrou|\becrou|\bEcrou|\bECROU|\b(?:M[AC]|MA[HF]|C[DP]|CRA|EPSNF|EPM|CSL|QSL|Q[DI])\b",
        back,
    )[0]
    name, dash, _ = _DASH.sub("|", before_number, count=1).partition("|")
    whole = dash and " " in name.strip(" .:-—")
    return (name if whole else before_number).strip(" .:-—")


def back_name(back: str, names: Names) -> Name:
    """The name on the back of an envelope, families first unless capitals tell."""
    written = back_words(back)
    if _NOTED.search(fold_words(written)):
        return Name()
    words = names.tokens(written)
    if not 1 <= len(words) <= 6 or has_other_word(words):
        return Name()
    return names.split(written, family_first=True)
