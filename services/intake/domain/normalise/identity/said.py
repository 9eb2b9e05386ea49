"""The names that people say to be theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from services.intake.domain.normalise.identity.written import has_other_word
from services.intake.domain.normalise.name_pattern import NAME
from services.intake.domain.normalise.people import Name, Names
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import fold, fold_words

_VAGUE = {
    "je suis",
    "i am",
    "c est",
    "soy",
    "sou",
    "sono",
    "jam",
    "sunt",
    "ben",
    "انا",
    "я",
    "moi ce",
}


# "Kwame Boateng is my name": the name comes first.
_IS_MY_NAME = re.compile(
    rf"({NAME}),? (?:is my name|(?:est|c['’]est|voil[àa]) mon nom|es mi nombre|[ée] (?:o )?meu nome|[èe] il mio nome|"
    r"este numele meu|ist mein Name|është emri im|это моё имя)\b"
)


def said_names(
    text: str, names: Names, reference: Reference, back: Sequence[str] = ()
) -> Iterator[Name]:
    """Names behind "je m'appelle" and the like; ``back``: the words of the envelope's name."""
    for match in _IS_MY_NAME.finditer(text):
        if not has_other_word(match[1].split()):
            yield replace(names.split(match[1]), sure=2)
    folded = fold(text)
    known = {fold_words(w) for w in back}
    shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    for match in reference.say_name.finditer(folded.text):
        start = folded.at[match.end()] if match.end() < len(folded.at) else len(text)
        said = match.group(0).strip(" ,:")
        after = text[start : start + 80].split("\n")[0]
        name = re.match(rf"\s*(?:M\. |Mr |Mme )?({NAME})", after)
        if name is None and said not in _VAGUE and not _FUNCTION.match(fold_words(after)):
            name = re.match(r"\s*((?:[^\W\d_][\w’'-]{1,40} ?){1,3})", after)
        if name is None:
            continue
        candidate = _in_full(after, name[1])
        if shouted and said in _VAGUE and fold_words(candidate.split()[0]) not in names.given:
            continue
        on_back = len(candidate.split()) > 1 and known >= set(fold_words(candidate).split())
        if said in _VAGUE and not (on_back or _looks_like_name(candidate, names)):
            continue
        candidate = _without_country(candidate, reference.nationality_codes)
        told = names.split(_trimmed(candidate, names))
        yield replace(told, sure=max(told.sure, 2 if told.given and told.family else 1))


def _in_full(after: str, said: str) -> str:
    """The whole name, where a lone one is followed by it ("moi c'est Gloire, MBEMBA Gloire")."""
    whole = re.match(rf"\s*{re.escape(said)},? ({NAME})", after)
    if " " in said.strip() or whole is None:
        return said
    return whole[1] if fold_words(said) in fold_words(whole[1]).split() else said


# Words with which no name begins ("moi c'est simple", "JE SUIS EN PRISON").
_FUNCTION = re.compile(
    r"\W*(?:en|au|aux|dans|sous|sur|un|une|des|du|pas|plus|tres|tout|trop|bien|ici|que|qui|quoi|juste|simple\w*|"
    r"pour|par|avec|sans|mon|ma|mes|ton|son|sa|ses|leur|notre|vot\w*|vrai\w*|pareil|comme|marie\w*|detenu\w*|"
    r"le (?:contraire|meme|seul|pere|mari|frere|fils)|la (?:mere|femme|soeur|meme|seule)|not|in|at|the|a|so|very|"
    r"muy|aqui|casad\w*|preso|um|uma|uno|il|lo|qui|non|incarcer\w*|ecrou\w*|condamn\w*|libre|sorti\w*)\b"
)


def _looks_like_name(candidate: str, names: Names) -> bool:
    words = candidate.split()
    if _FUNCTION.match(fold_words(candidate)):
        return False
    if has_other_word(words):
        return False
    return len(words) >= 2 and any(w.isupper() or fold_words(w) in names.given for w in words)


def _without_country(candidate: str, countries: Mapping[str, str]) -> str:
    """A name without where its bearer is from ("Kerfalla Camara de Guinée")."""
    for cut in re.finditer(r" (?:de la |de l['’]|de |du |d['’]|des )", candidate):
        if fold_words(candidate[cut.end() :]) in countries:
            return candidate[: cut.start()]
    return candidate


def _trimmed(candidate: str, names: Names) -> str:
    """A lower-case name cut at the first word that cannot belong to it ("jai", "et")."""
    words = candidate.split()
    kept: list[str] = []
    for word in words:
        folded = fold_words(word)
        if kept and (folded in {"j", "jai", "et", "je", "i", "and", "y", "e", "am", "ne", "nee"}):
            break
        kept.append(word)
    return " ".join(kept)
