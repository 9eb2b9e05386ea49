"""Whether two items under one technical key say the same (R21): the way they came may differ."""

from __future__ import annotations

from collections.abc import Iterable

from services.intake.domain.normalise.mail import read_mail
from services.intake.domain.normalise.parts import decoded
from shared.contracts.vocabulary import Channel

LARGEST_COMPARED_BYTES = 1 << 20


def same_words(channel: Channel, raw: bytes, kept: Iterable[bytes]) -> bool:
    """True if a person would read in one of the items ``kept`` what stands in ``raw``: of an
    e-mail, its header lines but the subject do not count, and blanks never do. Items too large to
    compare are taken for different."""
    if len(raw) > LARGEST_COMPARED_BYTES:
        return raw in kept
    words = _words(channel, raw)
    return any(
        len(other) <= LARGEST_COMPARED_BYTES and _words(channel, other) == words for other in kept
    )


def _words(channel: Channel, raw: bytes) -> object:
    if channel is not Channel.EMAIL:
        return decoded(raw)[0].split()
    parts = read_mail(raw)
    texts = (parts.subject, parts.own, *parts.forwarded, parts.quoted)
    return [text.split() for text in texts], parts.attachments
