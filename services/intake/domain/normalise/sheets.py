"""Notes that volunteers write: sheets of calls, voicemail messages, referral sheets."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from services.intake.domain.normalise.dates import DateFinder, DateMention
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.text import Folded, fold, fold_words

_VOICEMAIL = re.compile(r"\b(?:message vocal|messagerie|repondeur|voicemail|message laisse)\b")
_LANGUAGE = re.compile(r"\btranscription(?: automatique)? ([a-z]{2})\b")
_SENT = re.compile(r"\b(?:transmise?|recue?|envoyee?|recu) (?:le )?[^\n]{0,12}$")
_WRITTEN = re.compile(r"\b(?:redigee?|fiche|etablie?|faite?|ecrite?|date)\b[^\n|]{0,14}$")
HEAD_OF_SHEET = 220  # characters of a note of a call, where its caller is named
_LABEL_REACH = 80  # characters from a label to its day
_BRACKETS = re.compile(r"^\s*\[[^\]\n]{0,120}\]\s*$", re.MULTILINE)
_TEAM = re.compile(
    r"[ée]quipe[ -](?:prison |de |du |[ée]quipe |: ?){0,9}([^—–|:]{2,60})", re.IGNORECASE
)


def read_call(raw: str, finder: DateFinder) -> Parts:
    """Take the note of a call apart; the moment of the call is the first date of the note."""
    text = fold(raw)
    voicemail = bool(_VOICEMAIL.search(text.text[:300]))
    mention = next((d for d in finder.find(text) if d.full_date()), None)
    day = mention.full_date() if mention else None
    head, body = _head(raw, mention, text)
    hint = _LANGUAGE.search(fold_words(raw[:400]))
    return Parts(
        own=body,
        heading=head,
        received=day,
        call_at=_moment(day, mention, text),
        conversation="voicemail" if voicemail else "live",
        language_hint=hint[1] if hint else None,
    )


def _head(raw: str, mention: DateMention | None, text: Folded) -> tuple[str, str]:
    """The administrative head of a note, and what was said."""
    cut = raw.find("\n") if "\n" in raw.strip() else -1
    if cut >= 0:
        lines = raw.split("\n")
        head = [
            x for x in lines[:4] if re.match(r"\W*(?:fiche|message|date|ligne|\[)", fold_words(x))
        ]
        return "\n".join(head), _BRACKETS.sub(
            "", "\n".join(x for x in lines if x not in head)
        ).strip()
    if mention is not None and text.at:
        end = text.at[min(mention.end, len(text.at)) - 1] + 1
        return raw[:end], raw[end:]
    return "", raw


def _moment(day: date | None, mention: DateMention | None, text: Folded) -> datetime | None:
    if day is None or mention is None:
        return None
    clock = mention.clock
    if clock is None:
        near = re.search(
            r"\b([01]?\d|2[0-3]) ?[h:] ?([0-5]\d)", text.text[mention.end : mention.end + 30]
        )
        clock = f"{int(near[1]):02d}:{near[2]}" if near else None
    return datetime.combine(day, time.fromisoformat(clock)) if clock else None


def read_referral(raw: str, finder: DateFinder) -> Parts:
    """Take a referral sheet apart: who refers, when it was written and sent, and the rest."""
    text = fold(raw)
    written = sent = None
    for mention in finder.find(text):
        day = mention.full_date()
        line = text.text.rfind("\n", 0, mention.start) + 1
        before = max(line, mention.start - _LABEL_REACH), mention.start
        if day and sent is None and _SENT.search(text.text, *before):
            sent = day
        elif day and written is None and _WRITTEN.search(text.text, *before):
            written = day
    first, _, _ = raw.partition("\n")
    team = _TEAM.search(" ".join(first.split()))
    declared = {"team": team[1].partition(" - ")[0].strip()} if team else {}
    if "\n" not in raw.strip():  # a note in one line: its head ends where it begins to tell
        head, tells, _ = first.partition(":")
        first = head if tells else ""
    return Parts(
        own=raw, heading=first, received=sent or written, written_on=written, declared=declared
    )
