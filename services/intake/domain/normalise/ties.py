"""What people are to each other, by the words of the lexicon of requesters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.normalise.lexicon import word_finder_of
from services.intake.domain.normalise.name_pattern import NAME
from services.intake.domain.normalise.needles import Finder, Literals
from services.intake.domain.normalise.text import fold_words, undouble
from shared.contracts.vocabulary import Relation

Pattern = re.Pattern[str]
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TieRule:
    """How one tie is told: by what callers say they are, by how they name the person, by a word."""

    relation: Relation
    caller: Finder
    named: Finder
    word: Pattern


def ties_of(entries: Sequence[Entry], literals: Literals) -> tuple[TieRule, ...]:
    """The rules of the lexicon; whose child somebody is says who the parent is, and so on."""
    kin = {entry["relation"]: entry["kin"] for entry in entries}
    kin |= {"parent": kin["child"], "child": kin["parent"]}
    return tuple(_tie(entry, kin[entry["relation"]], literals) for entry in entries)


def _tie(entry: Entry, theirs: Sequence[str], literals: Literals) -> TieRule:
    """The rule of one entry; ``theirs``: words for what the person is to such an author."""
    return TieRule(
        relation=Relation(entry["relation"]),
        caller=word_finder_of([*entry["caller"], *_said_to_be(entry["kin"])], literals),
        named=word_finder_of([*entry["named"], *_called_mine(theirs)], literals),
        word=re.compile(rf"\b(?:{_folded([entry])})\b"),
    )


_AM = (
    r"(?:je|j|moi|jsui|chui|c|ce) (?:suis|sui|est)|jsuis?|chuis?|cest|suis|etant|ici|i am|i m|im|this is|soy|sou|sono|sunt|jam|"
    r"ben|ich bin|hier ist|ik ben|jestem|ja sam|ja jesam|tu je|это|я|ya|ana|انا|მე ვარ"
)
_ITS = (
    r"(?:le|la|l|les|un|une|the|an?|el|una?|o|os|as|uma?|il|lo|der|die|das|eine?|de|e|i|"
    r"petite?|grande?|jeune|ancien\w*|seule?|ex|future?|big|lit+le|older?|younger?|elder|eldest|only|twin|close|best|mejor|"
    r"melhor|bun[aă]?|gros+e|kleine|altere?|jungere?)"
)
_OF_THEM = (
    r"(?:son|sa|ses|leur|his|her|their|su|sus|seu|sua|suo|dele|dela|sein|seine|ihre?|zijn|ha+r|jego|jej|njegov\w*|njen\w*|его|ее|"
    r"ego|e+|його|її)"
)
# Whose children are only counted speaks of themselves ("father of two, held in Nantes").
_CHILDREN = (
    r"(?:\d|(?:deux|trois|quatre|cinq|six|plusieurs|two|three|four|five|dos|tres|cuatro|cinco|dois|duas|quatro|due|tre|"
    r"quattro|doi|doua|trei|patru|zwei|drei|vier|twe+|drie|dy|двоих|троих|четверых|двух|трех)\b|"
    r"(?:(?:an?|une?|uma?|una|eine[rs]?|des|french) )*(?:\w+ )?(?:enfants?|child(?:ren)?|kids?|bebes?|baby|babies|hij[oa]s|filh[oa]s|"
    r"figli[oe]?|copi[il]\w*|femij\w*|cocuk\w*|kinder\w*|kindes|dzieci\w*|dece|детей|ребенка)\b)"
)
_OF = (
    r"(?:d|de|of|del|do|da|dos|di|dello|della|von|van|to|lui|a lui|al)"
    r"(?! (?:l |la |le |les )?(?:menage|chambre|service|cel+ule|celda|cela|cel+a|prison\w*|travail\w*|mon|ma|mes|moi|mi|meu|minha|mio|"
    r"mia|mis|meus|minhas|miei|nos|notre|our|nuestr\w*|noss\w*|my|mine|mein\w*|vous|toi|you|gref+e|spip|bat\w*|etage)\b)"
    rf"(?! {_CHILDREN}) [^\W\d]+"
)
_WITHOUT_OF = r"(?:jestem|ja sam|ja jesam|это|я|ya|ana|انا|მე ვარ|ben)"


def _said_to_be(kin: Iterable[str]) -> Iterable[str]:
    """How one says what one is to somebody: "I am her ...", "sou a ... do", "jestem ..."."""
    for words in kin:
        yield rf"\b(?:{_AM}),?(?: {_ITS})* {_OF_THEM}(?: {_ITS})* (?:{words})\b"
        yield rf"\b(?:{_AM}),?(?: {_ITS})* (?:{words}) {_OF}"
        yield rf"\b{_WITHOUT_OF}(?: {_ITS})* (?:{words}) (?!и |i |{_CHILDREN})[^\W\d]+"


_MINE = (
    r"(?:mon|ma|my|mi|meu|minha|mio|mia|mein|meine[mnrs]?|mijn|moj|moja|moje[mj]?u?|mog|moim|мой|моя|моего|моей|мою|моему|мій|мого|benim|"
    r"moy|moya|moego|ჩემ(?:ი|მა|ს))"
)
_NO_KIN = r"(?! (?:de|d|di|da|of|w|u) (?:cel+ule|celda|cela|cel+a|cour|etage|chambr\w*|promenade|atelier|travail))"


def _called_mine(kin: Iterable[str]) -> Iterable[str]:
    """How one names somebody by what they are to oneself: "mein Neffe", "nipi im"."""
    for words in kin:
        yield rf"\b{_MINE}(?: {_ITS}| cher\w?| dear)? (?:{words})\b(?! in law){_NO_KIN}"
        yield rf"\b(?:{words}) (?:meu|mea|im|ime)\b"


def _folded(entries: Iterable[Entry]) -> str:
    """All words for the ties of ``entries``, for loosely folded text."""
    words = (w for entry in entries for w in (*entry["words"], *entry["stems"]))
    return "|".join(undouble(fold_words(w)) for w in words)


def introduced_by_tie(entries: Iterable[Entry]) -> Pattern:
    """How callers introduce themselves by a tie, in loosely folded text; group 1: the tie.

    "Soy Yamileth, la esposa de Rolando", "this is Mary, the wife of Ali".
    """
    return re.compile(
        r"\b(?:soy|sou|sono|sunt|jam|this is|it s|i am|i m|c est|ici|je suis|je m ap+el+e|me l+amo|"
        r"mi chiamo|me chamo|ma numesc|это|я)"
        r"(?! (?:pour|mon|ma|au|for|about|my|per|para|por|pentru|для)\b)(?: [^\W\d]+){1,4}(?:, | (?=(?:la|le|l|el|the|his|her|o|il|sa|son|su) ))"
        r"(?:(?:la|le|l|el|the|his|her|o|a|il|sa|son|su) )?"
        rf"((?:{_folded(entries)}) (?:de|d|du|del|do|da|di|of|lui|a|e|[^\W\d]+))\b"
    )


def tied_name(entries: Iterable[Entry], others: Iterable[str]) -> Pattern:
    """The name behind a word for a tie or one of ``others``, in text as written; group 1."""
    words = "|".join([*(w for entry in entries for w in entry["words"]), *others])
    return re.compile(
        rf"\b(?:{words})(?: (?:s'appelle|se nomme|is called|named|nommée?|qui s'appelle|avec|de|"
        rf"d['’]|do|da|im|meu|mea|é [oa]|,|:|=)){{0,6}},? ({NAME})"
    )
