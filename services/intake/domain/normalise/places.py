"""Which establishments a text names: aliases, types, spelling, and what stands around a town."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property

from services.intake.domain.normalise.directory import (
    ACRONYMS,
    DROPPED,
    TYPES,
    Directory,
    word_key,
)
from services.intake.domain.normalise.text import Folded

SURE = 0.75
_TOKEN = re.compile(r"\w+|\n")
_ARTICLES = frozenset(
    {"de", "du", "des", "d", "la", "le", "l", "les", "a", "au", "en", "in", "na", "em", "n", "no"}
)
_OWN_NAME = frozenset({"de", "du", "des", "d"})
_OF_WHOM = frozenset({"femmes", "hommes", "mujeres", "hombres", "mulheres", "homens", "femei"})
_OPENERS = frozenset({"la", "le", "les", "l"})
_CONTRACTED = frozenset({"du", "au"})  # of, to and at with the article "le"
_ORDINARY = ("cp-", "ma-", "cd-", "mc-")
_LEFT_SINCE = re.compile(
    r"[ ,(]*(?:(?:ou|dou|d ou|que|where) (?:il|elle|j|je|on|m|he|she|i)(?: \w+)? "
    r"(?:etais?|etait|vien[st]|venait|a ete|ai ete|a pas+e|was|were|came)\b|"
    r"(?:avant|auparavant|precedem+ent|previously|before)\b)"
)
# Somebody, and right before the name that they are there ("la sœur de Mehdi Zerrouki, aux ").
_AT = re.compile(
    r"\b(?:(?:il|elle|on l|personne|patiente?|detenue?|cliente?|mari|fils|frere|pere|cousin|neveu|ami|copain|compagnon|homme|oncle)"
    r"(?: (?!habite)\w+){0,2} (?:est|se trouve|a (?:ete )?(?:mise?|placee?|emmenee?))(?: \w+){0,2}|"
    r"(?:soeur|frere|mere|maman|pere|papa|femme|mari|epouse|compagne|copine|fils|fille|cousine?|tante|"
    r"oncle|amie?) (?:de |d )(?:monsieur |madame )?[^\W\d]+(?: [^\W\d]+){0,2}),? "
    r"(?:aux|au|a|dans)(?: les?| la)? $|"
    r"\b(?:appel\w*|depuis|arrive\w*|transfere\w*) (?:des|aux|les) $|"
    r"\b(?:bat\w*|division|aile|etage|unite|module|coursive)\.? ?\w{0,3} (?:de |du |des |a |aux )(?:la |les )?$|"
    r"\b(?:psychiatre|psychologue|infirmi\w+|medecin|dentiste|surveillante?|greffi\w+|cpip|enseignante?|"
    r"prof(?:esseure?)?|detenue?|incarceree?|ecrouee?|codetenue?) (?:aux|a la|a) $|"
    r"(?<!mere )(?<!femme )(?<!soeur )(?<!amie )(?<!famille )(?<!avocate )(?<!avocat )"
    r"\bqui (?:est|se trouve)(?: (?:actuel+ement|maintenant|toujours|encore|detenue?))? (?:aux|au|a)(?: la)? $"
)
# "Je suis a corbas": a relative may say so of a home; what is said of somebody else weighs more.
_I_AM_AT = re.compile(
    r"\b(?:je|j|ge|moi je) ?(?:suis?|sui)"
    r"(?: (?:actuel+ement|maintenant|toujours|encore|bien|mis|placee?|enfermee?|transferee?|arrivee?))?"
    r" (?:aux|au|a)(?: la)? $"
)
_VISIT_REACH = 100
_VISITED = re.compile(
    r"\b(?:visiteu\w+|aumoni\w+|intervenante?|detenue?s?|incarceree?s?)\b[^.;\n]{0,70} a $"
)
_INSIDE = re.compile(r"d\d|bat\w*|batiment|division|cel+ule?|quartier|mah|maf|ecrou|\d{1,3}e")


# Where somebody else is ("il est à Fresnes depuis mai"): a prison's town, if a relative says so.
_STAYS = re.compile(
    r"\b(?:il|elle|lui|mari|fils|frere|soeur|pere|mere|copain|compagnon|compagne|femme|ami|amie|"
    r"cousine?|neveu|oncle|fiance|homme|beau frere|he|she|brother|son|husband|friend|boyfriend|father|"
    r"el|ella|hijo|marido|hermano|esposo|novio|ele|ela|filho|irmao|lui|figlio|marito|fratello|"
    r"baiatul|fiul|sotul|fratele|prietenul|djali|burri|vellai|он|она|муж|сын|брат|oglum|kocam|esim|kardesim)"
    r"(?: (?:meu|mea|im|tim|[^\W\d]+)){0,4} (?:est|se trouve|is|esta|e|eshte|находится|сидит)"
    r"(?: [^\W\d]+)? (?:a|au|in|at|en|em|la|ne|в)(?: la| les)? $"
)


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """An establishment named in a text. ``codes``: the ones that fit, the likeliest first.

    ``confidence`` counts the spelling and what stands around. ``former``: said to be left.
    """

    codes: tuple[str, ...]
    confidence: float
    start: int
    end: int
    words: str
    rule: str
    former: bool = False


def mentions_in(
    directory: Directory, text: Folded, *, place_field: bool = False
) -> list[PlaceMention]:
    """Every establishment named in ``text``, in order.

    ``place_field``: the text is a place by itself (back of an envelope, heading, field), so that
    a town's name alone means its prison.
    """
    return _Search(directory, text, place_field).run()


@dataclass
class _Search:
    directory: Directory
    text: Folded
    place_field: bool
    words: list[str] = field(default_factory=list)
    near_prison: list[bool] = field(default_factory=list)
    _there: dict[str, bool] = field(default_factory=dict)  # postcodes looked for

    def run(self) -> list[PlaceMention]:
        self.words = self._read()
        self.near_prison = self._nearness()
        found: list[PlaceMention] = []
        index = 0
        openings = self.directory.openings
        while index < len(self.words):
            if not (self.place_field or self.near_prison[index] or self.words[index] in openings):
                index += 1
                continue
            mention, used = self._at(index)
            if mention is not None:
                found.append(mention)
            index += used
        return self._named_twice(found)

    def _named_twice(self, found: list[PlaceMention]) -> list[PlaceMention]:
        """``found``, surer where a town and its prison stand together ("Rouen Bonne Nouvelle")."""
        twice: set[int] = set()
        for at, (one, other) in enumerate(itertools.pairwise(found)):
            between = self.text.text[one.end : other.start].strip(" ,-(")
            if len(one.codes) == 1 and one.codes == other.codes and not between:
                twice |= {at, at + 1}
        return [
            replace(m, confidence=max(m.confidence, SURE), rule="place-twice")
            if at in twice and m.confidence < SURE
            else m
            for at, m in enumerate(found)
        ]

    def _read(self) -> list[str]:
        """Words and line ends, with "maison d arrêt" and the like as one word, the type's name."""
        folded = self.text.text
        types = {m.span(): str(m.lastgroup) for m in self.directory.words.types.finditer(folded)}
        starts = [start for start, _ in types]
        ends = [end for _, end in types]
        if not types:
            return _TOKEN.findall(folded)
        plain = {m.span(): m.group() for m in _TOKEN.finditer(folded)}
        kept = {
            span: word
            for span, word in plain.items()
            if bisect_right(starts, span[0]) == bisect_right(ends, span[0])
        }
        tokens = sorted((kept | types).items())
        self.spans = [span for span, _ in tokens]
        return [word for _, word in tokens]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each of ``words`` stands in the text."""
        return [m.span() for m in _TOKEN.finditer(self.text.text)]

    def _nearness(self) -> list[bool]:
        """For each token: does a word for prison stand among the three before it?"""
        prison = self.directory.words.prison
        near: list[bool] = []
        left = 0
        for word in self.words:
            near.append(left > 0)
            if word in prison or (word in TYPES and self._names_type(len(near) - 1)):
                left = 3
            elif word not in _ARTICLES and word != "\n" and not word.isdigit():
                left -= 1
        return near

    def _names_type(self, index: int) -> bool:
        """Is a word the short name of a type, and "ma" not the French for "my"?"""
        if self.words[index] != "ma" or self.text.words(*self.spans[index]) not in {"ma", "Ma"}:
            return True
        return self.words[max(0, index - 1)] == "la" or self.words[index + 1 : index + 2] == ["de"]

    def _beside_name(self, index: int, size: int) -> bool:
        """Does a word with a capital stand right beside, as of somebody's whole name?"""
        return any(
            0 <= word < len(self.words)
            and self.words[word] not in TYPES
            and self.text.text[self.spans[first][1] : self.spans[first + 1][0]] == " "
            and self.text.words(*self.spans[word])[:1].isupper()
            for first, word in ((index - 1, index - 1), (index + size - 1, index + size))
        )

    def _at(self, index: int) -> tuple[PlaceMention | None, int]:
        """The longest name that starts at a token, and how many tokens it takes (at least 1)."""
        first = self.words[index]
        near = self.place_field or self.near_prison[index]
        contracted = first in _CONTRACTED and near
        if first == "\n" or (first in _ARTICLES and first not in _OPENERS and not contracted):
            return None, 1
        opening = "le" if contracted else word_key(first)
        if longest := self.directory.longest(opening):
            for key, size in self._names_from(index, longest, opening):
                short = near or self._prison_after(index + size)
                short = short or self._type_after(index + size)
                if codes := self.directory.named(key, short=short):
                    return self._judge(index, size, key, codes), size
        return self._misspelt(index) if near and not contracted else (None, 1)

    def _names_from(
        self, index: int, longest: int, opening: str | None = None
    ) -> list[tuple[str, int]]:
        """(name, number of tokens) that start at a token, the longest first.

        ``opening`` stands for the first word ("du Havre" names Le Havre).
        """
        words: list[str] = []
        found: list[tuple[str, int]] = []
        for size, word in enumerate(self.words[index : index + 2 * longest], start=1):
            if word == "\n" or len(words) >= longest:
                break
            if words and word in DROPPED:
                continue
            words.append(opening if opening and size == 1 else word_key(word))
            found.append((" ".join(words), size))
        return found[::-1]

    def _misspelt(self, index: int) -> tuple[PlaceMention | None, int]:
        """A name with mistakes, after a type or a word for prison, or in a place field."""
        word = self.words[index]
        usable = len(word) >= 5 and word.isalpha()
        if not usable or word in self.directory.words.prison:
            return None, 1
        for key, size in self._names_from(index, 3):
            if codes := self.directory.fuzzy(key):
                start, end = self.spans[index][0], self.spans[index + size - 1][1]
                if self._elsewhere(start) and not self.place_field:
                    return None, 1
                words = self.text.words(start, end)
                former = self._is_former(start, end)
                mention = PlaceMention(codes, 0.8, start, end, words, "place-misspelt", former)
                return mention, size
        return None, 1

    def _judge(
        self, index: int, size: int, key: str, codes: tuple[str, ...]
    ) -> PlaceMention | None:
        """A name spelt right, weighed by what stands around it."""
        start, end = self.spans[index][0], self.spans[index + size - 1][1]
        typed = key.split()[0] in TYPES or key in ACRONYMS
        rated = self._rated(index, size, key, codes, typed=typed)
        if rated is None:
            return None
        confidence, rule = rated
        codes = self._narrowed(codes)
        words = self.text.words(start, end)
        return PlaceMention(codes, confidence, start, end, words, rule, self._is_former(start, end))

    def _rated(
        self, index: int, size: int, key: str, codes: tuple[str, ...], *, typed: bool
    ) -> tuple[float, str] | None:
        """(confidence, rule) of a name, None if it is another place or an ordinary word."""
        if typed:
            return 0.97, "place-typed"
        if key in self.directory.words.surnames and self._beside_name(index, size):
            return 0.2, "place-bare"
        nickname = key in self.directory.words.nicknames and self._said_as_name(index, size, key)
        if nickname and self._said_before(_AT, index):
            return 0.85, "place-nickname"
        elsewhere = self._elsewhere(self.spans[index][0])
        if not elsewhere and any(map(self._posted, codes)):
            return 0.92, "place-postcode"
        if elsewhere and not self.place_field:
            return None
        near = self.near_prison[index] or self._prison_after(index + size)
        start = self.spans[index][0]
        near = near or bool(_VISITED.search(self.text.text, max(0, start - _VISIT_REACH), start))
        if near or self._type_after(index + size):
            return 0.9, "place-near-prison"
        if self._left(self.spans[index][0]):
            return 0.85, "place-left"
        if self.place_field:
            return 0.88, "place-field"
        if nickname and self._said_before(_I_AM_AT, index):
            return SURE, "place-nickname"
        if key in self.directory.words.common:
            return 0.2, "place-bare"
        before = self.text.text[max(0, self.spans[index][0] - 40) : self.spans[index][0]]
        return 0.4, "place-stays" if _STAYS.search(before) else "place-bare"

    def _posted(self, code: str) -> bool:
        """Does the text have the postcode of an establishment?"""
        postcode = self.directory.by_code[code].postcode
        there = self._there.get(postcode)
        if there is None:
            there = self._there[postcode] = postcode in self.text.text
        return there

    def _said_as_name(self, index: int, size: int, key: str) -> bool:
        """Is it the prison that goes by this name, and no word that is written alike?

        The capital of the name tells it from a word ("il est à la Santé", "à la santé").
        """
        if key not in self.directory.words.common:
            return True
        start, end = self.spans[index + size - 1][0], self.spans[index + size - 1][1]
        return self.text.words(start, end)[:1].isupper()

    def _said_before(self, sign: re.Pattern[str], index: int) -> bool:
        """Do the words before say of somebody that they are there?"""
        start = self.spans[index][0]
        return bool(sign.search(self.text.text, max(0, start - 80), start))

    def _prison_after(self, after: int) -> bool:
        return any(map(_INSIDE.fullmatch, self.words[after : after + 2]))

    def _type_after(self, after: int) -> bool:
        """ "at Valenciennes, in the prison": a type without a name of its own."""
        words = self.words[after : after + 5]
        named = next((i for i, w in enumerate(words) if w not in _ARTICLES), len(words))
        if named == len(words) or words[named] not in TYPES | self.directory.words.prison:
            return False
        then = words[named + 1 :]
        return not then or then[0] not in _OWN_NAME or not _OF_WHOM.isdisjoint(then[1:])

    def _elsewhere(self, start: int) -> bool:
        """Is the town named for its prefecture, court, hospital, family... and not its prison?"""
        folded = self.text.text
        line = folded.rfind("\n", 0, start) + 1
        clause = re.split(r"[.;,:(]", folded[max(line, start - 60) : start])[-1]
        before = [w for w in re.findall(r"\w+", clause) if w not in _ARTICLES][-3:]
        not_prison = self.directory.words.not_prison
        if any(" ".join(before[-size:]) in not_prison for size in (1, 2, 3)):
            return True
        return any(w in not_prison for w in before[-2:]) and not any(
            w in self.directory.words.prison or w in TYPES for w in before[-1:]
        )

    def _left(self, start: int) -> bool:
        """Does somebody come out of there ("sorti de Corbas le 4 mai")?"""
        before = self.text.text[max(0, start - 24) : start]
        return bool(
            re.search(
                r"\b(?:sortie?s?|libere\w*|elargi\w*|sors|sort|released|transfere\w*) "
                r"(?:de |du |from )(?:la )?$",
                before,
            )
        )

    def _is_former(self, start: int, end: int) -> bool:
        before = re.split(r"[.,;\n]", self.text.text[max(0, start - 45) : start])[-1]
        return bool(
            self.directory.words.former.search(before) or _LEFT_SINCE.match(self.text.text, end)
        )

    def _narrowed(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Fewer codes, when the postcode, the regime, or the person's sex tells them apart."""
        if len(codes) == 1:
            return codes
        by_code, words, folded = self.directory.by_code, self.directory.words, self.text.text
        posted = tuple(filter(self._posted, codes))
        if len(posted) == 1:
            return posted
        half_open = tuple(c for c in codes if c.startswith(("csl-", "qsl-")))
        if len(half_open) == 1 and words.semi_liberty.search(folded):
            return half_open
        if len({by_code[c].town for c in codes}) == 1:
            ordinary = tuple(c for c in codes if c.startswith(_ORDINARY))
            return ordinary if len(ordinary) == 1 else codes
        fits = tuple(c for c in codes if "femmes" in c)
        return fits if len(fits) == 1 and words.women.search(folded) else codes
