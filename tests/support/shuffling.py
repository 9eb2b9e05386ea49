"""Other requests made out of the samples: other places, names, days and ways of writing.

Each change is made in the raw item and in what is expected of it, by means of its own that share
nothing with the normaliser, so that a normaliser that knows the thirty texts by heart fails.
"""

from __future__ import annotations

import copy
import csv
import json
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Record = dict[str, Any]

DIRECTORY = Path(__file__).parents[2] / "services/intake/domain/normalise/data/establishments.csv"
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",  # noqa: E501
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}
_LISTED = {lang: words.split() for lang, words in MONTHS.items()}
_NUMBER_OF = {w: i for words in _LISTED.values() for i, w in enumerate(words, start=1)}
_NUMBER_OF |= {"fevrier": 2, "aout": 8, "decembre": 12}
_ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WITH_MONTH = re.compile(
    rf"\b(\d{{1,2}})( de | )({'|'.join(_NUMBER_OF)})(?:( de | )(\d{{4}}))?\b", re.IGNORECASE
)
FAMILIES = ["MARKOVIC", "SANGARE", "BELLOUMI", "ITURBE", "KACZOREK", "OYELARAN", "TSHIBANGU"]
GIVENS = ["Milan", "Seydou", "Karima", "Teresa", "Pawel", "Victor", "Aminata"]


def shifted(record: Record, days: int) -> Record:
    """The record ``days`` days later (a multiple of seven, so that weekdays stay)."""
    assert days % 7 == 0
    year = int(record["expected"]["received_on"][:4])
    changed = copy.deepcopy(record)
    changed["raw"] = _shift_text(record["raw"], year, days)
    for part in ("expected", "context"):
        text = json.dumps(record[part], ensure_ascii=False)
        changed[part] = json.loads(_iso(text, days))
    return changed


def _shift_text(raw: str, year: int, days: int) -> str:
    raw = _iso(raw, days)
    raw = re.sub(
        r"\b(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d\d)\b",
        lambda m: _moved_numbers(m, days),
        raw,
    )
    raw = re.sub(r"\b(\d\d) (\d\d) (19\d\d)\b", lambda m: _moved_blanks(m, days), raw)
    raw = _WITH_MONTH.sub(lambda m: _moved_month(m, year, days), raw)
    return re.sub(
        rf"\b(\d{{1,2}}) ({'|'.join(_ENGLISH)}) (\d{{4}})\b",
        lambda m: _moved_english(m, days),
        raw,
    )


def _later(year: int, month: int, day: int, days: int) -> date | None:
    try:
        return date(year, month, day) + timedelta(days=days)
    except ValueError:
        return None


def _iso(text: str, days: int) -> str:
    def move(m: re.Match[str]) -> str:
        day = _later(int(m[1]), int(m[2]), int(m[3]), days)
        return day.isoformat() if day else m.group(0)

    return re.sub(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)", move, text)


def _moved_numbers(m: re.Match[str], days: int) -> str:
    year = int(m[4]) if len(m[4]) == 4 else 2000 + int(m[4])
    day = _later(year, int(m[3]), int(m[1]), days)
    if day is None:
        return m.group(0)
    written = str(day.year) if len(m[4]) == 4 else f"{day.year % 100:02d}"
    return f"{day.day:02d}{m[2]}{day.month:02d}{m[2]}{written}"


def _moved_blanks(m: re.Match[str], days: int) -> str:
    day = _later(int(m[3]), int(m[2]), int(m[1]), days)
    return f"{day.day:02d} {day.month:02d} {day.year}" if day else m.group(0)


def _moved_month(m: re.Match[str], year: int, days: int) -> str:
    word = m[3].casefold()
    day = _later(int(m[5] or year), _NUMBER_OF[word], int(m[1]), days)
    if day is None:
        return m.group(0)
    words = next((ws for ws in _LISTED.values() if word in ws), _LISTED["fr"])
    tail = f"{m[4]}{day.year}" if m[5] else ""
    return f"{day.day}{m[2]}{words[day.month - 1]}{tail}"


def _moved_english(m: re.Match[str], days: int) -> str:
    day = _later(int(m[3]), _ENGLISH.index(m[2]) + 1, int(m[1]), days)
    return f"{day.day:02d} {_ENGLISH[day.month - 1]} {day.year}" if day else m.group(0)


def _directory() -> dict[str, list[str]]:
    with DIRECTORY.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["aliases"].split("|") for row in csv.DictReader(file)}


ALIASES = _directory()
_ALL = [alias for aliases in ALIASES.values() for alias in aliases]
_TYPED = re.compile(r"(?:MA|CP|CD|MC|EPM|CSL) ")
# Ordinary words, and towns whose name alone says little: no good as other places.
_PLAIN_ENOUGH = re.compile(r"[A-ZÉ][a-zéèêëïô]{5,}(?:-[A-Za-zéèêô']+)*$")


def movable(code: str | None) -> bool:
    """Can the establishment be replaced by another one in a text?"""
    return bool(code) and code in ALIASES and not str(code).startswith(("csl", "epm", "epsn"))


def moved_elsewhere(record: Record, chance: random.Random) -> Record:
    """The record from another establishment of the same type, with a name of its own."""
    code = record["expected"]["establishment"]
    kind = code.split("-")[0]
    target = chance.choice([c for c in ALIASES if c.startswith(f"{kind}-") and _bare(c)])
    typed = f"{kind.upper()} {_bare(target)}"
    changed = copy.deepcopy(record)
    raw = record["raw"]
    for alias in sorted(ALIASES[code], key=len, reverse=True):
        new = typed if _TYPED.match(alias) else str(_bare(target))
        flexible = re.escape(alias).replace(r"\-", "[- ]").replace(r"\ ", "[ -]")
        raw = re.sub(rf"(?<![\w@.]){flexible}(?!\w)", new, raw, flags=re.IGNORECASE)
    changed["raw"] = re.sub(r"\b(?:MAVP|FM)\b", typed, raw)
    for part in ("context", "expected"):
        text = json.dumps(changed[part]).replace(f'"{code}"', f'"{target}"')
        changed[part] = json.loads(text.replace(f":{code}", f":{target}"))
    return changed


def _bare(code: str) -> str | None:
    """A name of the establishment's town that no other establishment shares."""
    for alias in ALIASES[code]:
        if _PLAIN_ENOUGH.match(alias) and _ALL.count(alias) == 1:
            return alias
    return None


def renamed(
    record: Record, chance: random.Random, families: Sequence[str] = tuple(FAMILIES)
) -> Record:
    """The record of another person: family and given name, wherever they stand."""
    changed = copy.deepcopy(record)
    person = changed["expected"]["person_concerned"]
    for part, others in (("family", families), ("given", GIVENS)):
        old = person[part]
        if not old or len(old.split()) > 1 or "." in old:
            continue
        new = chance.choice(others).title()
        person[part] = new
        changed["raw"] = _replaced(changed["raw"], old, new)
        for known in changed["context"].get("known", []):
            about = known["person"] if isinstance(known.get("person"), dict) else known
            if about.get(part):
                about[part] = new
    return changed


def renumbered(record: Record, chance: random.Random) -> Record:
    """The record under another number d'écrou, of as many digits, written with the same blanks."""
    changed = copy.deepcopy(record)
    person = changed["expected"]["person_concerned"]
    if old := person["detention_number"]:
        new = str(chance.randrange(10 ** (len(old) - 1), 10 ** len(old)))
        person["detention_number"] = new
        written = "(\\W?)".join(old)
        anew = "".join(f"\\g<{i}>{digit}" if i else digit for i, digit in enumerate(new))
        changed["raw"] = re.sub(rf"\b{written}\b", anew, changed["raw"])
    return changed


def _replaced(raw: str, old: str, new: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", old) if not unicodedata.combining(c))
    for spelling in dict.fromkeys((old, plain)):
        raw = re.sub(rf"\b{spelling.upper()}\b", new.upper(), raw)
        raw = re.sub(rf"\b{spelling}\b", new, raw)
    return raw


def _no_accents(raw: str) -> str:
    folded = unicodedata.normalize("NFD", raw)
    return unicodedata.normalize(
        "NFC", "".join(c for c in folded if c != "\u0301" and c != "\u0300")
    )


WAYS: dict[str, Callable[[str], str]] = {
    "typographic apostrophes": lambda raw: raw.replace("'", "’"),
    "no accents": _no_accents,
    "small letters": lambda raw: re.sub(r"(?m)^([A-Z])(?=[a-z])", lambda m: m[1].lower(), raw),
    "hard blanks": lambda raw: re.sub(r" (?=[?!:;»])", "\u00a0", raw),
    "other words": lambda raw: _other_words(raw),
    "lines cut short": lambda raw: re.sub(r"\. (?=[A-Z])", ".\n", raw),
}
_WORDS = (
    ("carte de séjour", "titre de séjour"), ("incarcéré", "détenu"), ("notifié", "remis"),
    ("recour", "recours"), ("Svp", "S'il vous plaît"), ("reçu", "eu"), ("frere", "frère"),
    ("Merci", "Je vous remercie"), ("Bonjour", "Madame, Monsieur, bonjour"),
)  # fmt: skip


def _other_words(raw: str) -> str:
    head, mark, body = raw.rpartition("]\n")
    for old, new in _WORDS:
        body = re.sub(rf"\b{old}\b", new, body)
    return head + mark + body
