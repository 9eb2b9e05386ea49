"""Matters that an author names only to say that they are not what is asked."""

from __future__ import annotations

import re

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.text import Folded

_BEFORE, _AFTER = 60, 90  # characters of the sentence, before what is named and behind it
_NOT_ASKED = re.compile(
    r"\b(?:(?:ce )?(?:n )?(?:est|etai[ts]?) pas (?:\w+ )?pour (?:me |m |vous |qu on )?(?:plain\w*|parl\w*|demand\w*|ecri\w*|re(?:dire|leve\w*)|lais+e\w*|voir)?|"
    r"(?:je )?(?:ne )?(?:me |m )?(?:plain\w*|demand\w*|parl\w*|ecri\w*|vien\w*)(?: vous)? (?:pas|rien)(?: \w+)? (?:pour|de|d|du|des|sur|contre)|"
    r"pas (?:de |un )?(?:probleme|souci|question|rap+ort|lien)s? (?:de|d|avec|sur|au sujet)|rien (?:a|avec)(?: \w+)? (?:voir|faire|dire)(?: avec| de| sur)?|"
    r"(?:is|am|was) ?(?:not|n t) (?:about|complaining about|writing about|asking about)|(?:no|nao|non) (?:es|e|me quejo|me queixo|mi lamento) (?:por|de|sobre|del+a?|per)|"
    r"не (?:про|о|об|жалуюсь на)|sikayet(?:im)? degil)\b[^.!?;]{0,24}$"
)
_SETTLED = re.compile(
    r"\b(?:(?:ce )?(?:n )?est pas (?:le |mon |ma |la )?(?:sujet|ca la question|probleme|objet|propos)|rien (?:a|avec) voir|sans rap+ort|"
    r"pour (?:simple )?information\b|(?:ca|sa|cela|c|tout) (?:c )?est (?:deja |bien |presque )?(?:regle|ar+ange|fait)\b|"
    r"(?:je|on) (?:m en|s en) ocup\w* (?:deja|moi meme)?|hors sujet|not (?:the|my) (?:question|problem|point)|"
    r"(?:j ?ai|il a|el+e a|on a|avons)(?: deja)? (?:\w+ ){1,5}(?:pour (?:ca|cela)|la des+us)\b|"
    r"(?:donc |une? )(?:tres |plutot )?bon+e nouvel+e|mais (?:bon|sinon|ca va|on s y fait|on fait avec|pasons)\b|(?<!reste )(?<!restes )(?<!demeure )(?<!laise )(?<!est )(?<!clase )sans suite\b|rien de special|sans gravite\b|"
    r"eso (?:no es|ya esta)|d?is+o ja est(?:ou cuidando|a)|questo e gia (?:fat+o|risolto))"
)


# What is asked about in one sentence, the next one has: "Il faut un passeport ? Le mien est valable."
_HAS_ONE = re.compile(
    r"\W*(?:(?:le|la|les) miens? (?:est|sont)|(?:le|la) mien+e est|le sien est|la sien+e est|mine is|(?:el|la) mi[oa] esta|o meu (?:esta|e)|"
    r"il mio e|(?:ce(?:lui|l+e) )?(?:que )?j en ai (?:deja |bien )?une?|j ai (?:deja |bien )?le mien|il en a (?:deja |bien )?une?) ?"
    r"(?:encore |toujours |bien |deja |stil+ |todavia |ainda |ancora |tout a fait )?"
    r"(?:valables?|valides?|valid|bon+es?|go+d|en regle|en cours de validite|a jour|vigente|valid[oa]|en mi poder|$|[.,!])"
)


_A_PAPER = re.compile(
    r"(?:pas+ ?e?port|pasaport|pas+aport|pashaport|паспорт|acte|extrait|birth|certificat|carte (?:d identite|consulaire)|piece d identite)"
)


def is_aside(text: Folded, hit: Hit) -> bool:
    """Does the author say, before it or behind it, that this is not what is asked?"""
    start, end = text.sentence(hit.start)
    if _NOT_ASKED.search(text.text, max(start, hit.start - _BEFORE), hit.start):
        return True
    if _A_PAPER.match(text.text, hit.start) and _HAS_ONE.match(text.text, max(hit.end, end)):
        return True
    return bool(_SETTLED.search(text.text, hit.end, max(hit.end, end)))
