"""What a person typed of a letter, a call or a referral, as intake's ``record_…`` take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.desk.application.correction import bad_day
from services.desk.domain import french, words
from services.desk.domain.recording import LONGEST, ORIGINS, Kind
from shared.clock import PARIS

_EARLIEST = date(2000, 1, 1)
_TRANSCRIBED_BY = "saisie par la permanence"
_TOO_EARLY = "Cette date est trop ancienne : vérifiez l’année."
_POSTED_LATER = (
    "Le cachet serait après le jour de réception : vérifiez l’un et l’autre sur l’enveloppe."
)
_SENT_BEFORE = "La fiche serait transmise avant d’être écrite : vérifiez les deux dates."
_HOUR_TO_COME = "Cette heure est à venir."


@dataclass(slots=True)
class _Reading:
    """A form while it is read; ``problems`` by field, in French."""

    form: Mapping[str, str]
    now: datetime
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()

    def line(self, name: str, *, needed: bool = False) -> str | None:
        """What was typed in one line."""
        return self._bounded(name, " ".join(self.form.get(name, "").split()), needed=needed)

    def text(self, name: str) -> str:
        """A text whose lines are as they were typed; it may not be empty."""
        typed = self.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n")
        return self._bounded(name, typed.strip("\n") if typed.strip() else "", needed=True) or ""

    def day(self, name: str, *, needed: bool = True) -> date | None:
        """A day that has come already."""
        typed = self.form.get(name, "").strip()
        if not typed:
            if needed:
                self.problems[name] = words.TO_FILL
            return None
        if wrong := bad_day(typed, self.today):
            self.problems[name] = wrong
            return None
        found = date.fromisoformat(typed)
        if found < _EARLIEST:
            self.problems[name] = _TOO_EARLY
        return found

    def _bounded(self, name: str, typed: str, *, needed: bool) -> str | None:
        if needed and not typed:
            self.problems[name] = words.TO_FILL
        elif len(typed) > LONGEST[name]:
            self.problems[name] = too_long(len(typed), LONGEST[name])
        return typed or None


def too_long(length: int, longest: int) -> str:
    """That a field holds more than it takes, and by how much."""
    told = f"{length:,} caractères : {longest:,} au plus.".replace(",", french.NBSP)
    return french.unbroken(f"{told} Raccourcissez, ou enregistrez la suite à part.")


def read(
    kind: Kind, form: Mapping[str, str], now: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    """(what intake is told, what is wrong by field); nothing is told while something is wrong."""
    reading = _Reading(form, now)
    told = _READ[kind.slug](reading)
    return told, {name: french.unbroken(said) for name, said in reading.problems.items()}


def _letter(reading: _Reading) -> dict[str, Any]:
    received, posted = reading.day("received_on"), reading.day("posted_on", needed=False)
    if received and posted and posted > received:
        reading.problems.setdefault("posted_on", _POSTED_LATER)
    lines = ("postmark", "back", "detention_number", "establishment", "notes", "sheets")
    envelope = {name: reading.line(name) for name in (*lines, "enclosures")}
    days = {"received_on": _iso(received), "posted_on": _iso(posted)}
    return {
        "envelope": _noted(envelope | days),
        "transcription": reading.text("transcription"),
        "transcribed_by": _TRANSCRIBED_BY,
    }


def _call(reading: _Reading) -> dict[str, Any]:
    call: dict[str, Any] = {
        "called_at": _called_at(reading),
        "caller": reading.line("caller"),
        "number": reading.line("number"),
        "voicemail": reading.form.get("voicemail") == "oui",
    }
    return {"call": _noted(call), "note": reading.text("call_note")}


def _called_at(reading: _Reading) -> str | None:
    day, hour = reading.day("called_on"), reading.form.get("called_hour", "").strip()
    if not hour:
        reading.problems["called_hour"] = words.TO_FILL
    if day is None or not hour:
        return None
    try:
        at = french.in_paris(day.isoformat(), hour)
    except french.NoSuchHour:
        reading.problems["called_hour"] = words.NO_SUCH_HOUR
    except ValueError:
        reading.problems["called_hour"] = words.NOT_UNDERSTOOD
    else:
        if at <= reading.now:
            return at.isoformat()
        reading.problems["called_hour"] = _HOUR_TO_COME
    return None


def _referral(reading: _Reading) -> dict[str, Any]:
    written, sent = reading.day("written_on"), reading.day("passed_on")
    if written and sent and sent < written:
        reading.problems.setdefault("passed_on", _SENT_BEFORE)
    origin = reading.form.get("origin", "")
    if origin not in ORIGINS:
        reading.problems["origin"] = words.TO_FILL
    heading = {
        origin: reading.line("origin_name", needed=True),
        "written_on": _iso(written),
        "sent_on": _iso(sent),
        "written_by": reading.line("written_by"),
    }
    return {"heading": _noted(heading), "sheet": reading.text("sheet")}


_READ: Mapping[str, Callable[[_Reading], dict[str, Any]]] = {
    "lettre": _letter,
    "appel": _call,
    "orientation": _referral,
}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _noted(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without what was left empty."""
    return {name: value for name, value in facts.items() if value}
