"""Letters, telephone notes and referral sheets as the text that is kept and read.

Volunteers type facts into fields; what is kept is one text in the form that the desk has always
used, so that an item typed in today reads like one pasted in whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from shared.clock import PARIS
from shared.french import DAYS, MONTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeFacts:
    """What stands on an envelope, copied as read; None: not noted.

    ``posted_on`` is the day of the postmark, ``postmark`` what else it says. ``detention_number``
    and ``establishment`` are of the sender, as ``back`` is.
    """

    received_on: date
    posted_on: date | None = None
    postmark: str | None = None
    back: str | None = None
    detention_number: str | None = None
    establishment: str | None = None
    notes: str | None = None
    sheets: str | None = None
    enclosures: str | None = None


def letter(envelope: EnvelopeFacts, transcription: str, transcribed_by: str | None = None) -> str:
    """A letter: its envelope in brackets, then its words."""
    told = [
        f"reçu le {envelope.received_on.isoformat()}",
        _named("cachet de la poste", _postmark(envelope)),
        _named("au dos", _sender(envelope)),
        _line(envelope.notes),
        _line(envelope.sheets),
        _named("pièces", envelope.enclosures),
    ]
    facts = " | ".join(one for one in told if one)
    by = f" — {_line(transcribed_by)}" if transcribed_by else ""
    return f"[ENVELOPPE] {facts}\n[TRANSCRIPTION{by}]\n{transcription}"


def _postmark(envelope: EnvelopeFacts) -> str:
    day = f"{envelope.posted_on:%d-%m-%Y}" if envelope.posted_on else ""
    return f"{day} {_line(envelope.postmark)}".strip()


def _sender(envelope: EnvelopeFacts) -> str:
    """The back, then the number and the place, each unless the back has it already."""
    back = _line(envelope.back)
    number, place = _line(envelope.detention_number), _line(envelope.establishment)
    if number and not re.search(rf"(?<!\d){re.escape(_bare(number))}(?!\d)", _bare(back)):
        back += f", écrou {number}"
    if place and place.casefold() not in back.casefold():
        back += f", {place}"
    return back.removeprefix(", ")


def _bare(number: str) -> str:
    """A number without what parts its digits."""
    return "".join(filter(str.isalnum, number)).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """A call on the line, or a message left there (``voicemail``)."""

    called_at: datetime
    voicemail: bool = False
    taken_by: str | None = None
    caller: str | None = None
    number: str | None = None


def phone_note(call: CallFacts, subject: str) -> str:
    """A telephone note: when, who, what about."""
    at = call.called_at.astimezone(PARIS)
    day = f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"
    if call.voicemail:
        number = f", numéro affiché {_line(call.number)}" if call.number else ""
        left_by = f"appelant·e : {_line(call.caller)}\n" if _line(call.caller) else ""
        return f"MESSAGE VOCAL — reçu {day} à {at:%H:%M}{number}\n{left_by}{subject}"
    taken = f" — prise par : {_line(call.taken_by)}" if call.taken_by else ""
    reach = f", tél {_line(call.number)}" if call.number else ""
    caller = f"appelant·e : {_line(call.caller) or 'non précisé'}{reach}"
    return f"FICHE D'APPEL\ndate : {day}, {at:%Hh%M}{taken}\n{caller}\nobjet : {subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFacts:
    """Who sends a person on; ``team`` is the place of a prison team, ``permanence`` another one."""

    written_on: date
    sent_on: date
    team: str | None = None
    permanence: str | None = None
    written_by: str | None = None


def referral(facts: ReferralFacts, sheet: str) -> str:
    """A referral sheet: its heading, then its lines as written."""
    origin = (
        f"équipe prison : {_line(facts.team)}"
        if facts.team
        else f"permanence : {_line(facts.permanence) or 'non précisée'}"
    )
    by = f" par : {_line(facts.written_by)}" if facts.written_by else ""
    return (
        f"FICHE D'ORIENTATION — {origin} — rédigée le {facts.written_on:%d/%m/%Y}{by} — "
        f"transmise le {facts.sent_on:%d/%m/%Y}\n{sheet}"
    )


def _named(name: str, value: str | None) -> str:
    return f"{name} : {_line(value)}" if value and value.strip() else ""


def _line(text: str | None) -> str:
    """On one line, and without the bar that parts the facts."""
    return " ".join((text or "").replace("|", "/").split())
