"""News of somebody else, told by one who is spared it."""

from __future__ import annotations

import re

from services.intake.domain.normalise.text import Folded

# The author sets themselves apart from somebody just spoken of ("moi je n'ai rien reçu").
NOT_THE_OTHER = re.compile(
    r"\bmoi (?:(?:je|j|on|par contre|en revanche|non|personel+ement) ?)*(?:m ?|ne |n )?"
    r"(?:a|ai|avais|rien|pas|aucune?|jamais)(?: \w+)? ?(?:rien|pas|aucune?|jamais|non plus|recu)|"
    r"\bmoi (?:je |j )?(?:ai )?(?:encore|bien|tout) (?:le |du |des )?(?:temps|an+e+s?)|"
    r"\b(?:co ?detenus?|voisin\w*|copain|ami|camarade)(?: [a-z]+){0,3} (?:qui )?m a (?:\w+ )?"
    r"(?:conseil\w*|recom+and\w*|don+e (?:votre|l adres+e)|parle de (?:vous|la cimade))|"
    r"\bmoi c est (?:pas (?:la meme|pareil)|autre chose|dif+erent)|"
    r"\bmoi (?:je )?(?:sor\w*|fini\w*|suis liberable) (?:qu |pas avant |seulement )?(?:en|dans) "
)
_OF_ANOTHER = re.compile(
    r"\b(?:mon|ma|un|une|le|la|l|d|des|plusieurs|beaucoup d) ?(?:autres? )?(?:voisin\w*|codetenu\w*|"
    r"co ?detenu\w*|copain|copine|amie?|cousine?|gars|mec|col+egue|detenus?|compatriote|pote)\b[^.]{0,60}$"
)


def told_of_another(loose: Folded, position: int) -> bool:
    """Is what stands at ``position`` news of somebody else, told by one who is spared it?"""
    start, _ = loose.sentence(position)
    before = loose.text[max(start, position - 90) : position]
    return bool(_OF_ANOTHER.search(before) and NOT_THE_OTHER.search(loose.text))
