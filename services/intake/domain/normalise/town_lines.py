"""Towns that stand alone at the head or below the signature of somebody inside."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from services.intake.domain.normalise.directory import Directory
from services.intake.domain.normalise.identity.envelope import AT_HOME
from services.intake.domain.normalise.name_pattern import NAME
from services.intake.domain.normalise.places import PlaceMention, mentions_in
from services.intake.domain.normalise.text import fold

_BLOCK = 4  # lines at the head, and at the end, among which who writes says who and where they are
_SHORT = 25  # characters; a longer line without an end is one of a sentence
_OPEN_END = re.compile(
    r"\b(?:[àa]|de|du|en|in|au|aux|sur|vers|chez|et|ou|la|le|les|prison)$", re.IGNORECASE
)
_CLOSING = re.compile(
    r"\b(?:merci|cordialement|salutations|respect\w*|remercie\w*|avance|r[ée]ponse|attente|sentiments|regards|thanks?|gracias|"
    r"obrigad[oa]|grazie|mul[tț]umesc)\b",
    re.IGNORECASE,
)
_LONGEST = 80  # characters of such a line
_APART = re.compile(r"\s*[,;|()/–—]+\s*|\s+-\s+|(?<=\d)\s+(?=[^\W\d])|(?<=[^\W\d])\s+(?=\d)")
_BEFORE_TOWN = re.compile(
    r"(?:(?:fait|ecrit|envoye|prison|depuis|from|desde|da|din) )?"
    r"(?:(?:a|au|aux|de|du|d|la|le|les|l|in|en|em) ){0,4}"
)
# A name, a number, or where in the prison.
_SIGNER = re.compile(
    rf"(?:(?:M\.|Mr\.?|Mme|Mlle) ?)?{NAME}|(?i:\W*(?:(?:n|no|num[ée]ro|[ée]crou|mat(?:ricule)?|b[âa]t\w*|cell\w*|"
    r"division|[ée]tage|aile|quartier)\W*){0,2}[A-Z]?\W?\d[\w .-]{0,40})"
)
_NO_SIGNER = re.compile(
    r"\b(?:cimade|service|permanence|prefecture|tribunal|cour|madame|monsieur|bonjour|bonsoir|salut|objet|merci|"
    r"cordialement|salutations|dear|hello|hola|ola|buongiorno|maitre|avocate?)\b"
)


def town_lines(text: str, directory: Directory) -> list[PlaceMention]:
    """The places named alone on a line ("Villepinte"), or after the name ("O. Sall, 45678, Muret").

    Only the first and the last lines of a letter are read, up to its first or last sentence.
    """
    written = [line.strip() for line in text.split("\n")]
    lines = [line for line in written if line]
    found = _named_among(lines[:_BLOCK], directory)
    last = lines[: -1 - _BLOCK : -1]
    if not any(AT_HOME.search(line) for line in last):
        ends = {line for above, line in itertools.pairwise(written) if _runs_on(above)}
        found += _named_among([*itertools.takewhile(lambda x: x not in ends, last)], directory)
    return found


# "M. Keo appelle lui-même d'Eysses": of whom a sheet notes that they call from a place themselves.
_CALLS_FROM = re.compile(
    r"\bap+el+\w*,? (?:lui|el+e) ?meme,? (?:(?:de|d|depuis)(?: (?:la |l )?(?:prison|maison d ar+et|centre \w+))?(?: (?:de|d))?|du|des) "
    r"([^\W\d][^.,;:\n(|]{2,40})"
    # "cabine de Varces": the telephone of a prison's landing
    r"|\bcabine (?:telephonique )?(?:de la |de l |du |de |d )([^\W\d][^.,;:\n(|]{2,40})"
)


def called_from(text: str, directory: Directory) -> list[PlaceMention]:
    """The prison that a call sheet names behind the words by which its author calls from there."""
    folded = fold(text)
    return [
        replace(
            place,
            start=place.start + m.start(m.lastindex or 1),
            end=place.end + m.start(m.lastindex or 1),
            rule="place-call",
        )
        for m in _CALLS_FROM.finditer(folded.text)
        for place in mentions_in(directory, fold(m[m.lastindex or 1]), place_field=True)[:1]
        if not place.former and place.rule != "place-misspelt"
    ]


def _runs_on(line: str) -> bool:
    """Does the sentence of ``line`` go on in the next, as lines of a page do?"""
    if not line or line[-1] in ".!?;:,)…" or _CLOSING.search(line):
        return False
    return bool(_OPEN_END.search(line)) or (len(line) > _SHORT and not _of_signer(line))


def _named_among(block: Sequence[str], directory: Directory) -> list[PlaceMention]:
    found = []
    for line in block:
        if len(line) > _LONGEST:
            break
        parts = [p for p in _APART.split(line.strip(" .*:")) if p.strip()]
        if not parts or not all(map(_of_signer, parts[:-1])):
            break
        if place := _alone(parts[-1], directory):
            found.append(place)
        elif not _of_signer(parts[-1]):
            break
    return found


def _of_signer(part: str) -> bool:
    return bool(_SIGNER.fullmatch(part)) and not _NO_SIGNER.search(fold(part).text)


def _alone(part: str, directory: Directory) -> PlaceMention | None:
    """The place of which ``part`` consists."""
    folded = fold(part)
    found = mentions_in(directory, folded, place_field=True)
    if len(found) != 1 or found[0].rule == "place-misspelt":
        return None
    (place,) = found
    before, after = folded.text[: place.start], folded.text[place.end :].strip(" .")
    if after or place.former or not _BEFORE_TOWN.fullmatch(before):
        return None
    return replace(place, rule="place-line")
