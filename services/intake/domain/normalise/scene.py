"""Whose words count, when they were written, and in what situation the person is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.author.own_status import is_present
from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.moments import moments_in
from services.intake.domain.normalise.needles import sought
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded, fold
from shared.contracts.vocabulary import Channel, JudicialStatus, RequesterKind

_J, _K = JudicialStatus, RequesterKind
_MEASURES = (
    (r"semi ?liberte|semi ?open|\bcsl\b|\bqsl\b", _J.DAY_RELEASE),
    (r"placement (?:a l )?exterieur", _J.OUTSIDE_PLACEMENT),
    (r"\barse\b", _J.HOME_ARREST_TAG),
    (
        r"bracelet|d+se|\bpse\b|surveil+ance electronique|electronic (?:tag|bracelet)",
        _J.ELECTRONIC_TAG,
    ),
    (
        r"liberation condition+el+e|\blc\b|on parole|libertad condicional|liberdade condicional|liberta condizionale|"
        r"liberare conditionat|условно досрочн|(?:سراح|افراج) مشروط|lirim me kusht|sartli tahliye",
        _J.PAROLE,
    ),
    (
        r"controle judiciaire|com+is+ariat|gendarmerie|\bpolice\b|brigade|on bail|judicial supervision|provisional|fianza|"
        r"provisoria|obbligo di firma|control judiciar|невыезде|adli kontrol|dozor",
        _J.JUDICIAL_SUPERVISION,
    ),
    (r"sursis (?:probatoire|avec mise|mise)|\bsme\b|probation", _J.PROBATION),
    (r"\btig\b|travail d interet general", _J.COMMUNITY_SERVICE),
    (r"permis+ion de sortir", _J.TEMPORARY_LEAVE),
    (r"\blibre\b|fin de peine|\bsortie?\b|\bliberee?\b|released", _J.RELEASED),
)
_OTHERS_FREE = sought(
    r"\b(?:(?:il|el+e|monsieur|madame|m|l interes+ee?|mon \w+|ma \w+|"
    r"person+e)(?: \w+){0,4} )?(?:est|a ete|vient d etre|et) (?:sorti\w*|libere\w*|"
    r"relache\w*)(?: \w+){0,2} (?:de (?:prison|detention|la|fleury|fresnes)|du (?:cp|"
    r"cd|centre)|le|hier|lundi|mardi|mercredi|jeudi|vendredi|depuis|ce matin)"
    r"|\b(?:sorti|elargi)\w* (?:de |des |du )(?:la |l )?(?:prison|detention|maison d ar+et|ma\b|cp\b|cd\b|"
    r"centre (?:penit|de det)|bau?met+es)"
    r"|\b(?:il|el+e|papa|maman|mon \w+|ma \w+|monsieur|madame) (?:a|vient de|avait) (?:fini\w*|termine\w*|purge\w*|acheve\w*) (?:toute )?sa peine\b(?! (?:en|dans|a l exterieur))"
    r"|\b(?:he|she) (?:was|has be+n|got) released|вышел из тюрьмы|освободили"
)
_OTHERS_OUTSIDE = sought(
    r"\b(?:est|suivie?|place\w*|sous|actuel+ement(?: en)?|en|mesure de|mesure ?:|"
    r"au titre d un\w?) (?:\w+ ){0,4}(?:sursis probatoire|bracelet|d+se|"
    r"placement (?:a l )?exterieur|controle judiciaire|liberation condition+el+e|"
    r"semi ?liberte|\barse\b|\btig\b)"
)
_WANTED = re.compile(
    r"demand|projet|requete|statu|audience|obten|refus|voudrai|souhait|dos+ier|"
    r"promes+e|prepar|futur|pos+ib|perspective|amenag|question|obstacle|quel+e|peut"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One text to be read: as it is, folded twice, with its dates."""

    raw: str
    plain: Folded
    loose: Folded
    moments: tuple[Moment, ...] = ()


def texts_of(parts: Parts, author: Author) -> tuple[str, ...]:
    """The texts to read, the author's own first; quoted replies are left out."""
    handed_on = (*parts.attached, *parts.forwarded)
    own = parts.own
    if author.carrier is not None:
        ordered = (*handed_on, own, parts.subject)
    else:
        ordered = (own, parts.subject, *handed_on)
    return tuple(t for t in ordered if t.strip())


def readings_of(
    texts: Sequence[str], reference: Reference, written: date, *, heading: str = ""
) -> list[Reading]:
    """Each text folded, with its dates counted from ``written``; those of ``heading`` left out."""
    found = []
    for raw in texts:
        plain = fold(raw)
        moments = tuple(moments_in(plain, reference, written))
        if heading and raw.startswith(heading):
            moments = tuple(m for m in moments if plain.at[m.mention.start] >= len(heading))
        moments = tuple(m for m in moments if not _heads(m, plain, reference, written))
        found.append(Reading(raw, plain, fold(raw, loose=True), moments))
    return found


# A scribe who speaks of themselves; days told there are not those of the person concerned.
_OF_MYSELF = re.compile(
    r"\b(?:pour ma part|quant a moi|de mon cote|en ce qui me concerne|moi (?:meme|je|j|de mon cote)|as for (?:me|myself)|"
    r"i myself|por mi parte|yo mismo|pela minha parte|quanto a mim|per quanto mi riguarda|cat despre mine|что до меня)\b"
)


def not_the_scribes(reading: Reading) -> Reading:
    """``reading`` without the days that the holder of the pen tells of themselves."""
    plain = reading.plain
    kept = tuple(m for m in reading.moments if not plain.has(_OF_MYSELF, *m.sentence))
    return replace(reading, moments=kept)


def written_on(
    channel: Channel, parts: Parts, author: Author, reference: Reference, received: date
) -> date | None:
    """The day that a letter bears, at its head or by its signature; none for other items."""
    if parts.written_on is not None:
        return parts.written_on
    if channel is Channel.LETTER:
        text = parts.own
    elif author.carrier is not None and (parts.attached or parts.forwarded):
        text = (*parts.attached, *parts.forwarded)[0]
    else:
        return None
    lines = [x for x in text.split("\n") if x.strip()]
    for line in (*lines[:4], *lines[-4:]):
        day = _heading_day(line, reference, received)
        if day is not None:
            return day
    return None


def _heads(moment: Moment, plain: Folded, reference: Reference, written: date) -> bool:
    """Is it the day at the head of a letter, which tells nothing but when it was written?"""
    start, end = moment.mention.start, moment.mention.end
    if moment.mention.full_date() != written or start > _HEAD_REACH:
        return False
    before = plain.text[:start]
    if before.strip().count("\n") > 1:
        return False
    after, _, _ = plain.text[end : end + _HEAD_REACH].partition("\n")
    line = before[before.rfind("\n") + 1 :] + moment.mention.words + after
    return _heading_day(line, reference, written) is not None


PLACE_WORDS = 3
_HEAD_REACH = 2_000  # how far in a text its head may go
_DIGIT = re.compile(r"\d")


def _heading_day(line: str, reference: Reference, received: date) -> date | None:
    """The date of a line that holds little else than a place and it."""
    folded = fold(re.sub(r"\([^)]{0,200}\)", " ", line))
    if not _DIGIT.search(folded.text):
        return None
    mentions = [m for m in reference.dates.find(folded) if m.day and (m.month or m.weekday)]
    if not mentions:
        return None
    mention = mentions[0]
    before = folded.text[: mention.start].strip(" ,.:-(")
    after = folded.text[mention.end :].strip(" ,.:-)")
    if len(before.split()) > 8 or len(after.split()) > 2 or len(after) > 24:
        return None
    if mention.month is None and (after or len(before.split()) > PLACE_WORDS):
        return None  # "Maubeuge, jeudi 26": a weekday with its number, and a place at most
    if re.search(
        r"\b(?:ne+|depuis|audience|sort|sortie|jusqu|avant|expire|notifi\w*|recu|"
        r"condamn\w*|je|j|on|il|oqtf|born|i|pour|mon|ma)\b",
        before,
    ):
        return None
    day = mention.full_date() or mention.resolve(received, future=False)
    if day is None or day.day != mention.day:
        return None
    return day if (received - day).days >= -1 else None


def judicial_status(
    author: Author, parts: Parts, readings: Sequence[Reading], *, retained: bool
) -> JudicialStatus | None:
    """Where the person stands before the law, if the item says so of now."""
    if retained:
        return _J.RETAINED
    if measure := parts.declared.get("measure.type"):
        status = _measure(fold(measure, loose=True).text)
        return None if status is _J.RELEASED and _still_inside(parts) else status
    if author.kind is _K.RELEASED_PERSON:
        return _J.RELEASED
    if author.kind is _K.SUPERVISED_PERSON:
        return _measure(fold(author.words, loose=True).text)
    if author.kind in SELF_KINDS or author.kind is _K.FELLOW_DETAINEE:
        return None
    for reading in readings:
        if any(_out_since(m, reading.plain) for m in reading.moments):
            return _J.RELEASED
        text = reading.loose
        for match in _OTHERS_OUTSIDE.matches(text):
            start, end = text.sentence(match.start())
            if not _WANTED.search(
                text.text[max(start, match.start() - 60) : min(end, match.end() + 50)]
            ):
                return _measure(match.group(0))
        match_free = _OTHERS_FREE.first(text)
        if match_free and is_present(text, match_free, "released"):
            return _J.RELEASED
    return None


# The entry of a sheet: "Sortie de Saran le 21/04/2026".
_ENTRY_REACH = 250
_CAME_OUT = re.compile(r"(?:^|\n)\W*(?:sortie?|liberee?|elargie?|leve+ d ecrou)\b[^\n:]{0,40}$")


def _out_since(moment: Moment, plain: Folded) -> bool:
    start = moment.mention.start
    before = max(0, start - _ENTRY_REACH)
    return moment.role == "released" and bool(_CAME_OUT.search(plain.text, before, start))


def _still_inside(parts: Parts) -> bool:
    """Is the release that a partner's record tells of still to come?"""
    sent, release = parts.received, parts.declared.get("release.on", "")[:10]
    return sent is not None and release > sent.isoformat()[:10]


def _measure(folded: str) -> JudicialStatus | None:
    return next((status for words, status in _MEASURES if re.search(words, folded)), None)
