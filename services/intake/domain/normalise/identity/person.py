"""The person concerned, named by somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.intake.domain.normalise.identity.caller import without_caller
from services.intake.domain.normalise.identity.declared import declared_person
from services.intake.domain.normalise.identity.merging import fullness, same_person, shares_a_word
from services.intake.domain.normalise.identity.signature import signatures
from services.intake.domain.normalise.identity.spoken_of import CALLED, of_a_trade
from services.intake.domain.normalise.identity.written import (
    BORN,
    CAPITALS,
    LAWYER,
    NAMED,
    TITLED,
    name_of,
)
from services.intake.domain.normalise.name_pattern import NAME
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name, Names
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import fold_words
from shared.contracts.vocabulary import Channel

# "Yann Guilloux, juriste": a line by which the sender signs.
_SIGNED_TRADE = re.compile(
    rf"^{NAME} ?[,-—] ?(?:la |le |l['’])?(?:juriste|avocate?|barreau|[ée]ducat\w+|b[ée]n[ée]vole|visiteu\w+|"
    r"aum[ôo]ni\w+|m[ée]decin|infirmi\w+|psycho\w+|d?cpip|spip|greffi\w+|pr[ée]sident\w*|directeur|directrice|"
    r"secr[ée]taire|coordinat\w+|charg[ée]e? de|travailleu\w+|assistante?|conseill\w+|intervenante?)\b",
    re.MULTILINE | re.IGNORECASE,
)
_PERSON_FIELD = re.compile(
    rf"(?:^|\n|\| ?|— ?)\s*(?:personne(?: concern[ée]e)?|nom(?: et pr[ée]nom)?|"
    rf"d[ée]tenu[e]?|identit[ée]|int[ée]ress[ée]e?)\s*:\s*(?:M\.|Mme|Mlle)? ?({NAME})",
    re.IGNORECASE,
)
# Two family names are usual where these words are said.
_IBERIAN = re.compile(
    r"(?:irm[aã]|herman|hij|filh|marid|espos|prim|pai|m[aã]e|padre|madre|papá|mamá|sobrin|compa[nñ]|novi|noiv|"
    r"namorad|amig|ti[oa] )",
    re.IGNORECASE,
)
_Scored = tuple[int, int, Name]  # its score, how far before the end it stands, the name
_TOLD = 4  # the score of words that say that somebody else is named
_HELD_AT = re.compile(r"d[ée]tenue?s? (?:de|du|d['’]|[àa]) ?", re.IGNORECASE)


def person_named(
    channel: Channel, parts: Parts, reference: Reference, text: str, requester: Name
) -> Name:
    """The person whom ``text`` names, who is neither the requester nor who signs it."""
    if (declared := declared_person(parts)) is not None:
        return declared
    names = reference.names
    if channel is Channel.PHONE:
        text = without_caller(text)
    text = _SIGNED_TRADE.sub(" ", LAWYER.sub(" ", text))
    signed = list(signatures(parts.own, names)) if channel is Channel.EMAIL else []
    found = list(_named_by_words(text, reference, requester, signed)) or list(
        _named_by_given(text, names, [requester, *signed])
    )
    if not found:
        return Name()
    found.sort(key=lambda f: (f[0], f[1]), reverse=True)
    return _completed([name for _, _, name in found], text, names)


def _named_by_words(
    text: str, reference: Reference, requester: Name, signed: Sequence[Name]
) -> Iterator[_Scored]:
    """The names that words beside them or their capitals show to be somebody's."""
    for score, pattern in (
        (6, _PERSON_FIELD),
        (5, BORN),
        (4, CALLED),
        (4, reference.tied_name),
        (4, TITLED),
        (2, CAPITALS),
    ):
        for match in pattern.finditer(text):
            written = match[1] if pattern.groups else match.group(0)
            if pattern is CALLED and of_a_trade(text, match):
                continue
            if _HELD_AT.match(match.group(0)):
                continue  # "un ancien détenu de Fleury": the name of a place
            if not _IBERIAN.match(match.group(0)):
                written = _up_to_kin(written, requester)
            name = name_of(written, reference.names)
            if not name or same_person(name, requester):
                continue
            if pattern is CAPITALS and reference.names.is_place(name.whole):
                continue
            if not _usable_name(name, reference.names):
                continue
            if score < _TOLD and any(same_person(name, s) for s in signed):
                continue
            if pattern is TITLED and _signs(text, match, name, requester):
                continue
            yield score + fullness(name), -match.start(), name


def _signs(text: str, match: re.Match[str], name: Name, requester: Name) -> bool:
    """Is it a line by itself ("M. Steinlen") that has the family name of who writes?"""
    start = text.rfind("\n", 0, match.start()) + 1
    line = text[start : match.end()] + text[match.end() :].partition("\n")[0]
    return line.strip() == match.group(0).strip() and bool(
        name.family and fold_words(name.family) == fold_words(requester.family or "")
    )


def _named_by_given(text: str, names: Names, others: Sequence[Name]) -> Iterator[_Scored]:
    """The names that begin with a known given name, those of ``others`` left out."""
    for match in NAMED.finditer(text):
        words = match.group(0).split()
        if len(words) > 1 and fold_words(words[0]) in names.given:
            name = name_of(match.group(0), names)
            if name and not any(same_person(name, other) for other in others):
                yield 1, -match.start(), name


def _completed(ranked: Sequence[Name], text: str, names: Names) -> Name:
    """The first name, with what the text or the other names have more of it."""
    best = ranked[0]
    if not (best.given and best.family):
        all_named = [n for m in NAMED.finditer(text) if (n := name_of(m.group(0), names))]
        fewer = len(best.whole.split())
        longer = [n for n in all_named if shares_a_word(n, best) and len(n.whole.split()) > fewer]
        best = max(longer, key=fullness, default=best)
    for other in ranked[1:]:
        if shares_a_word(best, other) and (both := names.completed(best, other)) is not None:
            best = both
    return best


def _up_to_kin(written: str, requester: Name) -> str:
    """A name cut after the family name that its bearer shares with the requester."""
    words = written.split()
    kin = fold_words(requester.family or "")
    end = next((i for i, w in enumerate(words) if i and fold_words(w) == kin), len(words) - 1)
    return " ".join(words[: end + 1])


def _usable_name(name: Name, names: Names) -> bool:
    words = [fold_words(w).strip(".") for w in name.whole.split()]
    return bool(words) and not any(w in names.not_names for w in words if len(w) > 1)
