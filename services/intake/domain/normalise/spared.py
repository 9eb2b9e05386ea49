"""News of somebody else, told by one who is spared it."""

from __future__ import annotations

import re

from services.intake.domain.normalise.text import Folded

# The author sets themselves apart from somebody just spoken of ("moi je n'ai rien reçu").
NOT_THE_OTHER = re.compile(
    r"\bmoi (?:(?:je|j|on|par contre|en revanche|non|personel+ement) ?){0,9}(?:m ?|ne |n )?"
    r"(?:a|ai|avais|rien|pas|aucune?|jamais)(?: \w+)? ?(?:rien|pas|aucune?|jamais|non plus|recu)|"
    r"\bmoi (?:je |j )?(?:ai )?(?:encore|bien|tout) (?:le |du |des )?(?:temps|an+e+s?)|"
    r"\b(?:co ?detenus?|voisin\w*|copain|ami|camarade)(?: [a-z]+){0,3} (?:qui )?m a (?:\w+ )?"
    r"(?:conseil\w*|recom+and\w*|don+e (?:votre|l adres+e)|parle de (?:vous|la cimade))|"
    r"\bmoi c est (?:pas (?:la meme|pareil)|autre chose|dif+erent)|"
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


def told_of_another(loose: Folded, position: int) -> bool:
    """Is what stands at ``position`` news of somebody else, told by one who is spared it?"""
    start, _ = loose.sentence(position)
    before = loose.text[max(start, position - 90) : position]
    return bool(_OF_ANOTHER.search(before) and loose.has(NOT_THE_OTHER, 0, len(loose.text)))
