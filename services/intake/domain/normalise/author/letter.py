"""The author of a letter."""

from __future__ import annotations

import re

from services.intake.domain.normalise.author.model import NOBODY_KNOWN, SIGNED, Author
from services.intake.domain.normalise.author.own_status import own_status, says_not_inside
from services.intake.domain.normalise.author.professional import professional_author
from services.intake.domain.normalise.author.relative import relative_author, tie_of_caller
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.spared import NOT_THE_OTHER
from services.intake.domain.normalise.text import Folded, fold_words, undouble
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation
# On the back of an envelope: a number that is neither a street's nor a town's.
_PRISON_NUMBER = re.compile(r"(?<!\d)(?!\d{5} (?:[a-z]{3,}\W*$))\d[\d .-]{1,8}\d(?!\d)")
_FOR_ANOTHER = re.compile(
    r"\bpour [a-z]{3,} [a-z]\b|\bpour (?:m|mr|mme|ml+e|monsieur|madame)[. ] ?[a-z]+|"
    r"\d\W+(?:\w+ ){0,3}(?:p/|pour|for|por|para|per) ?[a-z]{2,}(?: [a-z]{2,}){1,3} \W?\d"
)
_STREET = re.compile(
    r"\b(?:rue|avenue|boulevard|bd|place|al+e+|chemin|impas+e|route|cours|quai|bp|vil+as?|parcel+es|lotis+ement|im+euble|ap+artement|apt|p o box|po box|sicap|carrefour|stre+t|road|strada|cal+e)\b"
)

# On the back of an envelope: a prison by its type, and for whom somebody else writes from there.
_PRISON_TYPE = re.compile(
    r"\b(?:cp|cd|ma[fh]?|mc|epm|maison (?:d ?aret|centrale)|centre (?:peniten\w+|de detention)|quartier mineurs?)\b"
)
_NOT_BY_THEM = re.compile(
    r"\b(?:pour|for|chez|famil+e|fem+e|epouse|mere|soeur|as+ociation|aumonerie|visiteu\w+)\b"
)

# Words beside the transcriber's own marks: a name on the envelope is enough.
_LEGIBLE = re.compile(
    r"\b(?!(?:il+isibles?|ef+ace\w*|mouil+\w*|dechir\w*|environ|lignes?|mots?|pages?|rien|vide|"
    r"blanc|blanche|sans|nom|expediteur|enveloppe|envelope|encre|dilue\w*|delave\w*|pluie|eau)\b)[^\W\d_]{3,}"
)
# What a transcriber leaves out, and that no name could be read at the end.
_GAP = re.compile(r"\.{4,}|\[(?:\.{2,}|il+isibles?|\?+)[^\]\n]{0,40}\]|\(il+isibles?\)|_{4,}")
_UNSIGNED = re.compile(
    r"\b(?:signature|nom)s? (?:il+isibles?|ef+acee?|dechiree?|absente?|incomprehensibles?)\b|"
    r"\b(?:pas|sans|aucune) (?:de )?signature\b|\bnon signee?\b"
)
_MOST_READ = 24  # words beside the gaps: more of them tell whose letter it is


def letter_author(parts: Parts, own: Folded, reference: Reference) -> Author:
    """The author of a letter: whoever is not shown to be another writes of themselves."""
    fellow = reference.self_words["fellow"].first(own)
    if fellow and NOT_THE_OTHER.search(own.text):
        fellow = None
    back = undouble(fold_words(parts.envelope.back))
    if fellow or _FOR_ANOTHER.search(back):
        words = own.words(*fellow.span()) if fellow else parts.envelope.back
        return Author(K.FELLOW_DETAINEE, R.CO_DETAINEE, words, 0.9, "fellow")
    numbered = bool(_PRISON_NUMBER.search(back)) and not _STREET.search(back)
    professional = None if numbered else professional_author(parts, own, reference, edges_only=True)
    tied = None if numbered else tie_of_caller(own, reference)
    of_self = own_status(own, reference, numbered=numbered)
    retained = of_self if of_self and of_self.kind is K.RETAINED_PERSON else None
    if retained and professional and professional.confidence < SIGNED:
        return retained  # who helps there is named, and does not write
    if professional is not None and (professional.confidence >= SIGNED or tied is None):
        return professional
    detained = reference.self_words["detained"].first(own)
    inside = numbered or detained or _from_prison(back)
    relative = tied or (None if inside else relative_author(own, reference))
    if relative is not None:
        return relative
    if of_self is None and not numbered and says_not_inside(own, reference):
        return NOBODY_KNOWN
    if not (of_self or numbered or detained) and (
        not _LEGIBLE.search(f"{back}\n{own.text}") or _hardly_read(parts, back, own)
    ):
        return NOBODY_KNOWN
    return of_self or Author(
        K.DETAINED_PERSON, R.SELF, own.words(*detained.span()) if detained else "", 0.85, "letter"
    )


def _from_prison(back: str) -> bool:
    """Does the back of an envelope name a prison, and nobody outside as its sender?"""
    outside = _NOT_BY_THEM.search(back) or _STREET.search(back)
    return _PRISON_TYPE.search(back) is not None and not outside


def _hardly_read(parts: Parts, back: str, own: Folded) -> bool:
    """Could next to nothing be read, and no name on the envelope nor below the letter?"""
    if _LEGIBLE.search(back) or not _UNSIGNED.search(own.text):
        return False
    gaps = len(_GAP.findall(parts.own))
    words = len(_LEGIBLE.findall(own.text))
    return gaps > 2 and words <= min(_MOST_READ, 3 * gaps)
