"""The name of an author who writes of themselves."""

from __future__ import annotations

import re

from services.intake.domain.normalise.identity.caller import caller_named
from services.intake.domain.normalise.identity.declared import declared_names
from services.intake.domain.normalise.identity.envelope import (
    at_home,
    back_name,
    back_words,
    turned_round,
)
from services.intake.domain.normalise.identity.initials import spelt_out
from services.intake.domain.normalise.identity.merging import merged
from services.intake.domain.normalise.identity.said import said_names
from services.intake.domain.normalise.identity.signature import signatures, signed_name
from services.intake.domain.normalise.identity.written import CAPITALS, TITLED, usable
from services.intake.domain.normalise.name_pattern import NAME, UP
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name, Names
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import fold_words
from shared.contracts.vocabulary import Channel

# "KOUASSI Franck, écrou 61904": a name beside its number.
_NUMBERED = re.compile(
    rf"(?:\b(?:M\.|Mr|Mme|Mlle) )?({NAME})(?:,| \()? ?(?:n[°o] ?|num[ée]ro ?)?(?:d['’] ?)?[ÉEée]crou\w* ?:? ?(?:n[°o] ?)?(\d[\d .]{{2,8}}\d)"
)
_GIVEN_FIELD = re.compile(rf"\bpr[ée]nom\s*:?\s*({UP}[\w’'-]{{1,40}})")
# Who speaks on the telephone says so.
_SPEAKING = re.compile(
    rf"({NAME}) (?:à l['’]appareil|au téléphone|au bout du fil|qui vous appelle)|"
    rf"\b(?:[Ii]ci|[Cc]['’]est) ({NAME}) (?=qui|à l|de |du )"
)


# "Voilà ma situation : SEMEDO Joaquim, cap-verdien": capitals tell the family's name.
_IN_CAPITALS = re.compile(
    rf"(?:^|[\n.:;!?] ?|\b(?:[Mm]oi|soussign[ée]e?),? )({CAPITALS.pattern})(?!,? (?:est|était|c['’]est|mon|ma|is|my|es|mi)\b)"
)


def own_name(
    channel: Channel, parts: Parts, names: Names, reference: Reference, texts: tuple[str, ...]
) -> Name:
    """The author's own name out of what they say, how they sign and what the envelope has."""
    found = list(declared_names(parts, names, channel))
    back = back_name(parts.envelope.back, names)
    written = names.tokens(back_words(parts.envelope.back)) if back else []
    if back and at_home(parts):  # a sender at large writes as one says it
        back = names.split(back_words(parts.envelope.back))
    for text in texts:
        said = [*said_names(text, names, reference, written), *signatures(text, names)]
        as_written = [
            *(n.whole for n in said),
            signed_name(text, names) or "",
            *turned_round(written, text),
        ]
        found += filter(None, (names.turned(written, w) for w in as_written))
        found += said
        numbered = [
            m[1].removeprefix("Moi ") for m in _NUMBERED.finditer(text) if usable(m[1], names)
        ]
        found += [names.split(n) for n in numbered if len(n.split()) > 1][:1]
    if back:
        found.append(spelt_out(back, texts, names))
        found += _given_with(back, texts, names)
    if channel is Channel.PHONE:
        if (caller := caller_named(parts)) is not None and usable(caller, names):
            found.append(names.split(caller))
        found += [names.split(m[1] or m[2]) for m in _SPEAKING.finditer(parts.own)]
        found += [names.split(m[1]) for m in TITLED.finditer(parts.own)]
        found = [_with_given(n, parts.own) for n in found]
    if channel is Channel.EMAIL and parts.sender_name and not parts.attachments:
        found.append(names.split(parts.sender_name))
    if parts.attachments or parts.forwarded:  # the carrier's note names the author
        found += [names.split(m[1]) for m in TITLED.finditer(parts.own)]
    return merged(found, names)


def _given_with(back: Name, texts: tuple[str, ...], names: Names) -> list[Name]:
    """The writer's whole name, where the envelope has the family's alone; none if several have it."""
    if back.given or not back.family:
        return []
    family = fold_words(back.family)
    told = [names.split(m[1]) for text in texts for m in _IN_CAPITALS.finditer(text)]
    same = {n for n in told if n.given and fold_words(n.family or "") == family}
    return [*same] if len(same) == 1 else []


def _with_given(name: Name, text: str) -> Name:
    given = _GIVEN_FIELD.search(text)
    return Name(given[1], name.family) if given and name.family and not name.given else name
