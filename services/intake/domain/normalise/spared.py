"""News of somebody else, told by one who is spared it."""

from __future__ import annotations

import re

from services.intake.domain.normalise.text import Folded

# The author sets themselves apart from somebody just spoken of ("moi je n'ai rien reçu").
NOT_THE_OTHER = re.compile(
    r"\bmoi (?:(?:je|j|on|par contre|en revanche|non|personel+ement) ?){0,9}(?:m ?|ne |n )?"
    r"(?:a|ai|avais|rien|pas|aucune?|jamais)(?: \w+)? ?(?:rien|pas|aucune?|jamais|non plus|recu)|"
    r"\bmoi,? (?:je |j |on )(?:vous )?(?:ecri\w*|voudrai\w*|veu[xt]|souhait\w*|cherche|demande|ai besoin|aimerai\w*)[^.]{0,24}"
    r"\b(?:ma|mon|mes|une?|des|le|la|de) (?:\w+ )?(?:carte|titre|recepis\w*|papiers?|dos+ier|pas+eport|nationalite|formation|travail|mariage|regroupement|domiciliation)\b|"
    r"\bmoi (?:je |j )?(?:ai )?(?:encore|bien|tout) (?:le |du |des )?(?:temps|an+e+s?)|"
    r"\b(?:co ?detenus?|voisin\w*|copain|ami|camarade)(?: [a-z]+){0,3} (?:qui )?m a (?:\w+ )?"
    r"(?:conseil\w*|recom+and\w*|don+e (?:votre|l adres+e)|parle de (?:vous|la cimade))|"
    r"\bmoi c est (?:pas (?:la meme|pareil)|autre chose|dif+erent)|\bmoi,? non\b(?! plus)|"
    r"\bmoi (?:je )?(?:sor\w*|fini\w*|suis liberable) (?:qu |pas avant |seulement )?(?:en|dans) |"
    r"\b(?:me|as for me|myself)\b,? i (?:have|got|be|am) (?:nothing|no paper|no order|fine|french|british|citizen)|"
    r"\b(?:a mi|yo) no (?:me )?(?:han|dieron|tengo|recibi)[^.]{0,16}\bnada\b|\b(?:a mim|eu) (?:nao|nunca) [^.]{0,20}\bnada\b|"
    r"\b(?:a me|io) non [^.]{0,20}\b(?:niente|nula)\b|\bу меня (?:вс[её] (?:в порядке|нормально)|ничего)|"
    r"\bu mnie[^.]{0,24}porzadku|\bkod mene je sve|\bbei mir (?:ist ales|nichts)"
)
_OF_ANOTHER = re.compile(
    r"\b(?:mon|ma|un|une|le|la|l|d|des|plusieurs|beaucoup d) ?(?:autres? )?(?:voisin\w*|codetenu\w*|"
    r"co ?detenu\w*|copain|copine|amie?|cousine?|gars|mec|col+egue|detenus?|compatriote|pote)\b[^.]{0,60}$|"
    r"\b(?:mi|un|el|my|a|the|meu|um|mio|mein|ein) (?:\w+ )?(?:vecino|primo|hermano|compan+ero|amigo|neighbou?r|cel+ ?mate|"
    r"cousin|brother|friend|vizinho|irmao|cugino|fratel+o|amico|bruder|nachbar|freund)\b[^.]{0,60}$"
)

# It is said outright that one does not write for the other, who may then be close.
_NOT_FOR_THEM = re.compile(
    r"\b(?:pas|point) (?:pour|de|d|a propos d) ?(?:lui|el+e|eux|ca|cela) que (?:je|j|on)\b|"
    r"\bje n ?ecris pas (?:pour|a propos de) (?:lui|el+e)\b|\b(?:pas|point) pour (?:lui|el+e) (?:que )?(?:cet+e|ma|la) let+re|"
    r"\b(?:lui|el+e),? (?:il |el+e )?(?:a|est) (?:deja |bien )?(?:son|un|une|sa|defendu|suivi)\w* ?(?:avocate?|as+ociation|as+istante?)?"
    r"(?: \w+){0,3} (?:et|mais|donc) (?:c est |ce n est )?pas (?:pour )?(?:lui|el+e)|"
    r"\b(?:not|isn ?t) (?:for|about) (?:him|her|them) (?:that )?i(?: am)? (?:write|writing)|\bi (?:do not|don ?t|am not) writ\w+ (?:for|about) (?:him|her)\b|"
    r"\bno (?:es )?(?:por|para|de) (?:el|el+a) (?:que|por quien) (?:escribo|le escribo|les escribo)|\bnao (?:e )?por (?:ele|ela) que escrevo|"
    r"\bnon (?:e )?per (?:lui|lei) che (?:vi )?scrivo|\bnu pentru (?:el|ea) (?:va )?scriu|\bonun icin yazmiyorum|\bпишу не (?:о|про|из за) н[её]\w*"
)
_CLOSE = re.compile(
    r"\b(?:mon|ma|my|mi|meu|minha|mio|mia) (?:\w+ )?(?:frere|soeur|oncle|tante|neveu|niece|beau frere|bel+e soeur|pere|mere|fils|fille|cousine?|"
    r"brother|sister|uncle|aunt|nephew|hermano|hermana|tio|tia|irmao|irma|zio|zia|fratel+o|sorel+a|primo|prima|cugin[oa])\b[^.]{0,70}$"
)


def told_of_another(loose: Folded, position: int) -> bool:
    """Is what stands at ``position`` news of somebody else, told by one who is spared it?"""
    start, _ = loose.sentence(position)
    before = loose.text[max(start, position - 90) : position]
    whole = (0, len(loose.text))
    if _OF_ANOTHER.search(before):
        return loose.has(NOT_THE_OTHER, *whole) or loose.has(_NOT_FOR_THEM, *whole)
    return bool(_CLOSE.search(before)) and loose.has(_NOT_FOR_THEM, *whole)
