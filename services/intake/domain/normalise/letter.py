"""Letters: the facts of the envelope in brackets, then the transcription."""

from __future__ import annotations

import re

from services.intake.domain.normalise.dates import DateFinder
from services.intake.domain.normalise.parts import Envelope, Parts
from services.intake.domain.normalise.text import fold, fold_words

_ENVELOPE = re.compile(
    r"^\s*\[\s*(?:ENVELOPPE|enveloppe|Enveloppe)[^\]]{0,2000}\][^\S\n]*", re.MULTILINE
)
_DIGITS_OF_A_DATE = 4
_HEADING = re.compile(r"^\s*\[[^\]\n]{0,200}\]\s*$", re.MULTILINE)
_RECEIVED = re.compile(r"\b(?:recue?|receptionnee?|arrivee?|received|date de reception)\b")
_POSTED = re.compile(r"\b(?:cachet|poste|oblitera\w*|affranchi\w*|timbre|postmark)\b")
_BACK = re.compile(
    r"(?:rien |mention |ecrit |note |au |a ){0,9}(?:dos|expediteur|expeditrice|exp|"
    r"expedie|sender|revers|verso)\b"
)
_LANGUAGE = re.compile(r"\b(?:moteur|transcription automatique|langue|ocr) ?:?,? ([a-z]{2})\b")


def read_letter(raw: str, finder: DateFinder) -> Parts:
    """Take a transcribed letter apart; whatever is not the envelope is the author's text."""
    envelope_line, rest = _envelope_line(raw)
    headings = [m.group(0).strip() for m in _HEADING.finditer(rest)]
    body = _HEADING.sub("", rest).strip()
    hint = next((m[1] for h in headings if (m := _LANGUAGE.search(fold_words(h)))), None)
    envelope = _envelope(envelope_line, finder)
    return Parts(
        own=body,
        envelope=envelope,
        heading=" ".join(headings),
        language_hint=hint,
        received=envelope.received_on,
    )


def _envelope_line(raw: str) -> tuple[str, str]:
    """The line of envelope facts and the rest; the facts may run over several lines."""
    match = _ENVELOPE.search(raw)
    if match is None:
        return "", raw
    inside = re.sub(r"^\s*\[\s*\w+", "", match.group(0)).strip(" ]:\n")
    start = match.end()
    if ":" in inside or sum(map(str.isdigit, inside)) >= _DIGITS_OF_A_DATE:
        # the bracket holds the facts: what follows it is the author's
        return inside, raw[: match.start()] + raw[start:]
    if not inside:  # the facts may begin on the next line
        start += len(raw[start:]) - len(raw[start:].lstrip())
    end = raw.find("\n[", start)
    line_end = raw.find("\n", start)
    if end < 0 or raw[start:end].count("\n") > 6:
        end = line_end if line_end >= 0 else len(raw)
    return f"{inside} | {raw[start:end]}", raw[: match.start()] + raw[end:]


def _envelope(line: str, finder: DateFinder) -> Envelope:
    received = posted = None
    postmark = back = ""
    others = []
    for part in filter(None, (p.strip() for p in re.split(r"[|\n]", line))):
        label = fold_words(part.split(":", 1)[0])[:60]
        value = part.split(":", 1)[1].strip() if ":" in part else part
        dates = [d for d in finder.find(fold(part)) if d.day and d.month and d.year]
        day = dates[0].full_date() if dates else None
        if _RECEIVED.search(label) and received is None and day:
            received = day
        elif _POSTED.search(label):
            posted, postmark = day or posted, value
        elif _BACK.match(label) and not back:
            back = _without_nothing(value if ":" in part else _after_label(part))
        else:
            others.append(part)
    return Envelope(
        received_on=received, posted_on=posted, postmark=postmark, back=back, others=tuple(others)
    )


def _after_label(part: str) -> str:
    """What stands after "au dos" in a note without a colon; "rien au dos" leaves nothing."""
    if re.match(r"\s*(?:rien|aucun\w*|pas d)", fold_words(part)):
        return ""
    return re.sub(
        r"^.{0,999}?\b(?:dos|exp[ée]diteur|exp[ée]ditrice|verso|revers)\b\s*", "", part, flags=re.I
    )


def _without_nothing(value: str) -> str:
    """The back of the envelope, empty when the note says that nothing stands there."""
    nothing = {"rien", "nothing", "neant", "vide", "aucun", "aucune mention", "illisible", "-", ""}
    return "" if fold_words(value).strip(" .") in nothing else value
