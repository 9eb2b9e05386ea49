"""The numbers under which administrations know a person: détention number, AGDREF."""

from __future__ import annotations

import re

from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name, number_candidates
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import fold_words
from shared.contracts.vocabulary import RequesterKind

_FORMER = re.compile(
    r"\b(?:avant|ancien\w*|pr[ée]c[ée]dent\w*|auparavant|[ée]tait|before|former\w*|"
    r"antes|old)\b[^.\n]{0,30}$",
    re.IGNORECASE,
)


def detention_numbers(
    kind: RequesterKind, parts: Parts, reference: Reference, text: str, person: Name
) -> tuple[str | None, tuple[str, ...]]:
    """The person's détention number and those of earlier stays."""
    if declared := parts.declared.get("person.number"):
        return re.sub(r"\D", "", declared) or None, ()
    current: list[str] = []
    former: list[str] = []
    told: list[str] = []
    for start, end, number in number_candidates(text):
        before = fold_words(text[max(0, start - 34) : start])
        if _of_a_date(number, text[max(0, start - 12) : start]):
            continue
        alone = text[start - 1 : start] == "(" and text[end : end + 1] == ")"
        alone = alone and not re.fullmatch(r"\d{3}|(?:19|20)\d\d", number)
        if (alone or _JUST_A_NUMBER.search(before)) and not _OTHER_NUMBER.search(before):
            earlier = _FORMER.search(text[max(0, start - 40) : start])
            (former if earlier and not alone else told).append(number)
        words = list(reference.number_word.finditer(before))
        if not (words and len(before) - words[-1].end() <= 14) and not _signed_number(
            text, start, before
        ):
            continue
        (former if _FORMER.search(text[max(0, start - 40) : start]) else current).append(number)
    if kind is RequesterKind.FELLOW_DETAINEE:
        return _beside_name(text, person) or _number_of_other(text, current), ()
    back = _on_the_back(parts.envelope.back, reference)
    if current and _CELL.search(parts.envelope.back):
        back = []
    numbers = [*back[:1], *current] if kind in SELF_KINDS else current
    if not numbers and not former:
        numbers = told[:1]
    first = numbers[0] if numbers else former[0] if former else None
    return first, tuple(n for n in dict.fromkeys([*former, *current]) if n != first)


def _of_a_date(number: str, before: str) -> bool:
    """Is it the year of a day ("levée d'écrou le 2 juin 2026")?"""
    return bool(
        re.fullmatch(r"(?:19|20)\d\d", number) and re.search(r"\d\W{0,3}[^\W\d]{3,9}\.? $", before)
    )


# "MAH Seysses 3-212": the cell, where the letter has another number.
_CELL = re.compile(r"(?<![\d-])\d-\d{3}(?![\d -]{0,40}\d)\W*$")


def _on_the_back(back: str, reference: Reference) -> list[str]:
    """The numbers on the back of an envelope; a postcode before its town is none of them."""
    without = re.sub(r"\b\d{5} [A-Z][a-zA-Z]{3,}", " ", back)
    if found := [n for s, _, n in number_candidates(without) if not _of_a_place(without, s)]:
        return found
    posted = {e.postcode for e in reference.directory.by_code.values()}
    if re.search(
        r"\b(?:rue|avenue|av|boulevard|bd|cedex|bp|place|chemin|route|al+ee|impas+e|quai|chez|c o|foyer|chrs|hotel|"
        r"residence|hebergement)\b",
        fold_words(back),
    ):
        return []
    placed = [n for s, _, n in number_candidates(back) if not _of_a_place(back, s)]
    if found := [n for n in placed if n not in posted]:
        return found
    pairs = _IN_PAIRS.search(back)
    return [re.sub(r"\D", "", pairs[1])] if pairs else []


def _of_a_place(text: str, start: int) -> bool:
    """Is it the number of a cell or a building?"""
    return bool(_IN_THE_PRISON.search(fold_words(text[max(0, start - 20) : start])))


_IN_THE_PRISON = re.compile(
    r"\b(?:cel+|cel+ule|chambre|bat|batiment|etage|aile|division|quartier|qd|qi|celda|cela|cel+a|cell)\b(?: [a-z]\b)?[ .:n°º]{0,6}$"
)


# "Petkovski 66 38": a number in pairs of digits, which ends the back of an envelope or a clause of it.
_IN_PAIRS = re.compile(r"(?<![\d/.:-])(?<!\d )(\d\d \d\d(?: \d\d)?)(?= *(?:$|[,;|–—]))")


_BESIDE = 60
_WITH_ORIGIN = 26  # "Teklay GHEBREMEDHIN, Érythréen, écrou 8 851"


def _beside_name(text: str, person: Name) -> str | None:
    """The number that stands right after a person's name ("Mamadou Bah, écrou 7466")."""
    if not person.family:
        return None
    for start, _, number in number_candidates(text):
        before = text[max(0, start - _BESIDE) : start]
        name, _, between = before.rpartition(person.family.split()[-1])
        if (
            (name or before.startswith(person.family))
            and len(between) <= _WITH_ORIGIN
            and "." not in between
        ):
            return number
        upper, _, between = before.rpartition(person.family.split()[-1].upper())
        if upper and len(between) <= _WITH_ORIGIN and "." not in between:
            return number
    return None


# "numéro 61 250", "(n° 88 104)": a number that nothing says to be another's than the prison's.
_JUST_A_NUMBER = re.compile(
    r"(?:^|\W)(?:n|no|nr|num|numeros?|numer\w*|numara\w*|number|nummer|номер\w*|رقم\w*)[ °º:.]{0,9}(?:(?:c )?(?:est|etait|is|was|era|es|e)(?: le)?)?$"
)
_OTHER_NUMBER = re.compile(
    r"\b(?:dos+ier|etranger|agdref|ar+ete|requete|decision|oqtf|tel\w*|portable|article|art|chambre|"
    r"cel+ule|bat\w*|rue|permis|pas+epor\w*|carte|titre|securite|ofpra|role|parquet|instruction|"
    r"minute|volontaire|benevole|fiche|case|file|phone|reference|ref)\b[^\d)]{0,16}$"
)


def _signed_number(text: str, start: int, before: str) -> bool:
    """ "n° 15 903" after a signature, "VUKAJ Adrian, 10 922": a number that closes a short line."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text[start:].split("\n")[0]
    closing = bool(re.fullmatch(r"[\d .-]{3,9}\W*", rest))
    said = bool(re.search(r"\b(?:n|no|num|numero)$", before.strip(" °:")))
    last = not text[start:].partition("\n")[2].strip()
    return (
        closing
        and len(line) < 40
        and (
            said or (last and (bool(_NAME_ALONE.match(line)) or (not line and " " in rest.strip())))
        )
    )


_NAME_ALONE = re.compile(r"\s*[A-ZÀ-Ý][\w’'-]{1,40}(?: [A-ZÀ-Ý][\w’'-]{0,40}\.?){1,3} ?[,-—:]? *$")


def _number_of_other(text: str, current: list[str]) -> str | None:
    """The number said to be the other's ("lui c'est 11 934"); the writer's own is left out."""
    other = re.search(
        r"\b(?:lui|elle|le sien|son [ée]crou|son num[ée]ro|him|"
        r"his(?: number)?)\b[^\d\n]{0,25}(\d[\d .-]{2,8}\d)",
        text,
        re.IGNORECASE,
    )
    if other:
        return re.sub(r"\D", "", other[1])
    return current[0] if len(current) == 1 else None


def foreigner_number(parts: Parts, text: str) -> str | None:
    declared = re.sub(r"\D", "", parts.declared.get("person.agdref", ""))
    if len(declared) == 10:
        return declared
    match = re.search(
        r"(?:agdref|num[ée]ro [ée]tranger|n° [ée]tranger|ID anef)[^\d]{0,20}(\d{10})\b",
        text,
        re.IGNORECASE,
    )
    return match[1] if match else None
