"""Where the person is: envelope, heading, text, postmark, in the order of their worth."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain.normalise.directory import Directory
from services.intake.domain.normalise.identity.envelope import at_home
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.places import SURE, PlaceMention, mentions_in
from services.intake.domain.normalise.text import Folded, fold, fold_words
from services.intake.domain.normalise.town_lines import called_from, town_lines
from shared.contracts.intake.facts import PlaceCandidate, RetentionPlace
from shared.contracts.vocabulary import Channel

_WRITTEN = {Channel.LETTER, Channel.EMAIL}
_PLACE_FIELDS = ("person.establishment", "establishment", "place.name", "person.place", "prison")
BARE = 0.3  # below it a word is as likely no place at all
_DOUBTED = re.compile(
    r"\b(?:je croi[st]?|je pense|peut etre|ou (?:il|elle) a ete|plus la|pas sure?|"
    r"crois que|i think|maybe|creo que|acho que|sais pas|ignore)\b"
)
_RETENTION = re.compile(
    r"\b(cra|lra|centre de ret[ea]n[ct]ion(?: administrative)?|centre(?= de (?:vincennes|oissel|coquelles|lesquin|palaiseau|plaisir|hendaye|geispolsheim|cornebarrieu|mesnil|le mesnil))|"
    r"local de retention(?: administrative)?|"
    r"zone d attente|zapi|waiting zone|zona (?:de espera|di attesa|de asteptare)|zona e pritjes|"
    r"bekleme bolgesi\w*|зон\w* ожидани\w*|zon\w* ozhidani\w*|منطقة الانتظار|"
    r"centro de (?:internamiento|retencion|retencao)|(?:detention|retention|removal|"
    r"deportation) cent(?:re|er))\b"
    r"(?: (?:administrative|de l aeroport))?(?: ?(?:de |du |des |d |of |in |at |: ?|"
    r"le |la |n ?[12] ){1,6}| )?((?:le |la |les )?[a-z]\w+(?: [a-z]\w+){0,2})?"
)
_OTHER_KINDS = (
    ("cra", re.compile(r"cra|centre|centro|\w+ cent(?:re|er)")),
    ("lra", re.compile(r"l")),
)
_AIRPORT = re.compile(r"\b(?:zapi|roissy|cdg|orly)\b")


# A department of the prison itself that writes from its own address.
_STAFF = re.compile(r"\b(?:greffe|direction|secretariat|uls|ule|detention|batiment|parloirs?)\b")


@dataclass(frozen=True, slots=True)
class Place:
    """The place found: ``code`` only where it is sure; ``unclear`` when two contradict."""

    code: str | None = None
    source: str | None = None
    candidates: tuple[PlaceCandidate, ...] = ()
    unclear: bool = False
    former: str | None = None
    words: str = ""
    confidence: float = 0.0
    rule: str = ""


def place_field(parts: Parts) -> str:
    """What a form or a partner's record calls the establishment; empty if nothing."""
    return next(filter(None, map(parts.declared.get, _PLACE_FIELDS)), None) or ""


def find_place(
    channel: Channel,
    parts: Parts,
    texts: Sequence[str],
    directory: Directory,
    *,
    of_another: bool = False,
    inside: bool = False,
) -> Place:
    """The establishment of an item, from its best source; contradictions make it unclear (R12).

    ``of_another``: the author speaks of somebody else, who is inside; ``inside``: who wrote is
    themselves, so that a town alone on a line is the place and an address is no home.
    """
    named = place_field(parts)
    team = parts.declared.get("team", "")
    field = _from_field(named or team, directory)
    wavering = (
        _alternatives(named, mentions_in(directory, fold(named), place_field=True)) if named else []
    )
    back = mentions_in(directory, fold(parts.envelope.back), place_field=True)
    at_large = of_another or (not inside and at_home(parts))
    envelope = _sure([m for m in back if m.rule == "place-typed" or not at_large])
    envelope = envelope or _sure(
        [
            m
            for o in parts.envelope.others
            for m in mentions_in(directory, fold(o))
            if m.rule != "place-bare"
        ]
    )
    sheet = [parts.heading] if channel is Channel.PHONE and parts.heading else []
    by_text = [(text, _text_mentions(text, directory, channel)) for text in (*texts, *sheet)]
    if inside and by_text and channel in _WRITTEN and not at_home(parts):
        by_text[0][1].extend(town_lines(by_text[0][0], directory))
    if inside and channel is Channel.PHONE:
        for written, found_in in by_text:
            found_in.extend(called_from(written, directory))
    mentions = [m for _, found_in in by_text for m in found_in]
    either = [m for text, found_in in by_text for m in _alternatives(text, found_in)]
    former = _former(parts, mentions, directory)
    if parts.declared.get("measure.from"):
        mentions = [m for m in mentions if m.codes != (former,)]
    text = _sure([m for m in mentions if not m.former])
    if not named and text is not None and text.rule == "place-typed":
        field = None  # a team refers somebody who is held elsewhere by now
    for source, found in (("field", field), ("envelope", envelope), ("text", text)):
        if found is None:
            continue
        place = _place(found, source, texts)
        between = wavering if source == "field" else either if source == "text" else []
        if between and (source == "field" or found in either):
            return Place(
                source=source,
                candidates=tuple(c for m in between for c in _candidates(m)),
                unclear=True,
                former=former,
                words=found.words,
                confidence=0.4,
                rule="place-alternatives",
            )
        if source == "envelope" and text is not None and not _agree(found, mentions):
            return Place(
                code=found.codes[0] if len(found.codes) == 1 else None,
                source=source,
                candidates=(*_candidates(found), *_candidates(text)),
                unclear=True,
                former=former,
                words=found.words,
                confidence=0.5,
                rule="place-contradicted",
            )
        if (
            place.code is None
            and source != "text"
            and text is not None
            and set(text.codes) & set(found.codes)
        ):
            place = _place(_narrower(found, text), source, texts)
        return _with_former(place, former)
    sender = [m for m in mentions_in(directory, fold(parts.sender_name)) if m.rule == "place-typed"]
    if sender and _STAFF.search(fold_words(f"{parts.sender_name} {parts.sender_address}")):
        return _with_former(_place(sender[0], "text", ()), former)
    stays = {m.codes: m for m in mentions if m.rule == "place-stays" and not m.former}
    if of_another and len(stays) == 1:
        return _with_former(_place(next(iter(stays.values())), "text", texts), former)
    postmark = _postmark(parts, directory)
    if postmark is not None:
        bare = next((m for m in mentions if set(m.codes) == set(postmark.codes)), None)
        if bare is not None and not bare.former:  # two weak sources that agree
            return _with_former(_place(bare, "text", ()), former)
        return _with_former(_place(postmark, "postmark", ()), former)
    doubtful = [m for m in mentions if not m.former and m.confidence >= BARE]
    return Place(candidates=tuple(c for m in doubtful[:3] for c in _candidates(m)), former=former)


_OR = re.compile(
    r"[ ,(]*(?:\b(?:ou|or|o|oder|или|sinon)\b|/|\?)(?: (?:peut etre|bien|a|au|de|la|alors|encore|maybe|forse)){0,6} ?"
)


def _alternatives(text: str, mentions: Sequence[PlaceMention]) -> list[PlaceMention]:
    """Places between which the text itself hesitates ("Marseille, ou Melun, ou Fresnes")."""
    folded = fold(text).text
    found: list[PlaceMention] = []
    for one, other in itertools.pairwise(sorted(mentions, key=lambda m: m.start)):
        if _OR.fullmatch(folded[one.end : other.start]) and not set(one.codes) & set(other.codes):
            found += [m for m in (one, other) if m not in found]
    return found


def _agree(found: PlaceMention, mentions: Sequence[PlaceMention]) -> bool:
    """Does any place of the text, not left by now, fit the one found elsewhere?"""
    named = [m for m in mentions if not m.former and m.confidence >= BARE]
    return any(set(m.codes) & set(found.codes) for m in named)


def _with_former(place: Place, former: str | None) -> Place:
    if former == place.code:
        former = None
    return Place(
        place.code,
        place.source,
        place.candidates,
        place.unclear,
        former,
        place.words,
        place.confidence,
        place.rule,
    )


def _from_field(declared: str, directory: Directory) -> PlaceMention | None:
    if not declared.strip():
        return None
    found = _sure(mentions_in(directory, fold(declared), place_field=True))
    if found is not None:
        return found
    codes = directory.exact(declared)
    return PlaceMention(codes, 0.85, 0, len(declared), declared, "place-field") if codes else None


def _sure(mentions: Sequence[PlaceMention]) -> PlaceMention | None:
    """The surest mention; the first of equals."""
    good = [m for m in mentions if m.confidence >= SURE]
    return max(good, key=lambda m: (len(m.codes) == 1, m.confidence), default=None)


def _text_mentions(text: str, directory: Directory, channel: Channel) -> list[PlaceMention]:
    folded = fold(text)
    found = mentions_in(directory, folded)
    if channel in (Channel.LETTER, Channel.EMAIL):
        found += _heading(text, directory)
    return found


def _heading(text: str, directory: Directory) -> list[PlaceMention]:
    """The place of a dated heading ("Melun, le 18 avril 2026") on one of the first lines."""
    first = [line for line in text.split("\n") if line.strip()][:3]
    found = []
    for line in first:
        head = re.match(
            r"\s*([^\d,.:]{3,45}?)[ ,.]*(?:,|\ble\b|\bthe\b|\bden\b|\bel\b|"
            r"(?=\d))\s*(?:le |the |el )?(?:\w+ )?\d{1,2}(?:er|re|st|nd|rd|th|º|°)?(?!\w)[^\n]{0,28}$",
            line,
        )
        short = re.match(
            r"\s*([^\d,.:]{3,40}?)[ ,]+(?:le )?\d{1,2}[/. -]\d{1,2}[/. -]\d{2,4}\s*$", line
        )
        match = head or short
        if match and len(match[1].split()) <= 6:
            found += mentions_in(directory, fold(match[1]), place_field=True)
    return found


def _place(found: PlaceMention, source: str, texts: Sequence[str]) -> Place:
    doubted = source == "text" and _is_doubted(found, texts)
    if len(found.codes) > 1 or doubted:
        confidence = 0.4 if doubted else 0.5
        candidates = tuple(PlaceCandidate(code=c, confidence=confidence) for c in found.codes)
        return Place(
            source=source,
            candidates=candidates,
            unclear=len(found.codes) > 1,
            words=found.words,
            confidence=confidence,
            rule=found.rule,
        )
    return Place(
        found.codes[0],
        source,
        (PlaceCandidate(code=found.codes[0], confidence=found.confidence),),
        words=found.words,
        confidence=found.confidence,
        rule=found.rule,
    )


def _is_doubted(found: PlaceMention, texts: Sequence[str]) -> bool:
    """Does the author doubt it ("il est à Fresnes je crois, ou transféré")?"""
    for text in texts:
        folded = fold(text)
        if folded.words(found.start, found.end) != found.words:
            continue
        start, end = folded.sentence(found.start)
        near = folded.text[max(start, found.start - 40) : min(end, found.end + 45)]
        if _DOUBTED.search(near):
            return True
    return False


def _narrower(one: PlaceMention, other: PlaceMention) -> PlaceMention:
    return other if len(other.codes) < len(one.codes) else one


def _candidates(mention: PlaceMention) -> tuple[PlaceCandidate, ...]:
    each = min(mention.confidence, 0.5)
    return tuple(PlaceCandidate(code=c, confidence=each) for c in mention.codes)


def _former(parts: Parts, mentions: Sequence[PlaceMention], directory: Directory) -> str | None:
    declared = parts.declared.get("measure.from", "")
    if declared and (found := _from_field(declared, directory)) and len(found.codes) == 1:
        return found.codes[0]
    left = [m for m in mentions if m.former and len(m.codes) == 1 and m.confidence >= SURE]
    return left[0].codes[0] if left else None


def _postmark(parts: Parts, directory: Directory) -> PlaceMention | None:
    """The prison of the postmark's town: the last resort; a sorting centre tells nothing."""
    mark = parts.envelope.postmark
    if not mark or re.search(r"\b(?:PIC|CTC|CTR|CEDEX)\b", mark):
        return None
    found = _sure(mentions_in(directory, fold(re.sub(r"[\d().-]", " ", mark)), place_field=True))
    return found or _of_postcode(mark, directory)


def _of_postcode(mark: str, directory: Directory) -> PlaceMention | None:
    """The only prison of the postcode that a postmark bears instead of a town."""
    written = re.search(r"(?<!\d)\d{5}(?!\d)", mark)
    if written is None:
        return None
    codes = tuple(c for c, e in directory.by_code.items() if e.postcode == written[0])
    if len(codes) != 1:
        return None
    return PlaceMention(codes, 0.85, 0, len(mark), written[0], "place-postcode")


def retention_place(text: str, centres: Mapping[str, str]) -> tuple[RetentionPlace, str] | None:
    """The centre of retention or waiting zone named in a text, and the words that name it.

    ``centres``: names by the words in use for them.
    """
    folded = fold(text)
    match = _RETENTION.search(folded.text)
    if match is None:
        return _by_its_town(folded, centres)
    kind = next((k for k, words in _OTHER_KINDS if words.match(match[1])), "za")
    named = fold_words(match[2] or "")
    for size in (3, 2, 1):
        words = [w for w in named.split() if w not in {"le", "la", "les"}][:size]
        if (name := centres.get(" ".join(words))) is not None:
            return RetentionPlace(kind=kind, name=name), folded.words(*match.span())
    airport = _AIRPORT.search(folded.text) if kind == "za" else None
    name = centres.get(airport[0]) if airport else None
    return RetentionPlace(kind=kind, name=name), folded.words(match.start(1), match.end(1))


# Towns that are known for their centre of retention: somebody retained who names one is there.
_CENTRES_TOWN = re.compile(
    r"\b(?:a|au|aux|de|in|of|at|en|em|di|la|v|zone) (?P<town>(?:le )?mesnil(?: amelot)?|vincennes|oissel|coquelles|"
    r"(?:lille )?lesquin|geispolsheim|cornebarrieu|palaiseau|plaisir|hendaye|saint exupery)\b"
)


def _by_its_town(folded: Folded, centres: Mapping[str, str]) -> tuple[RetentionPlace, str] | None:
    """The centre of a town that is named without the word, in the text of somebody retained."""
    match = _CENTRES_TOWN.search(folded.text)
    if match is None:
        return None
    name = centres.get(match["town"].removeprefix("le "))
    return (RetentionPlace(kind="cra", name=name), folded.words(*match.span())) if name else None
