"""Sample records through the normaliser and the routing policy, in their own context."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    KnownRequest,
    Normalised,
    as_expected,
    default_reference,
    normalise,
)
from services.routing.adapters.settings import read_policy
from services.routing.domain.policy import route
from shared.contracts.vocabulary import Channel, RequestState, Urgency
from tests.unit.routing import samples as stage

DATA = Path(__file__).parents[1] / "data"
SAMPLES = DATA / "samples" / "requests.jsonl"
# Sets that the lexicons were not written from, by name; what lies deeper has not been read yet.
UNSEEN = {path.stem: path for path in sorted((DATA / "unseen").glob("*.jsonl"))}

Record = dict[str, Any]


def load(path: Path) -> list[Record]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def known_of(record: Record) -> tuple[KnownList, dict[Any, str]]:
    """What the record's context says is known, and the aliases of those requests."""
    entries = [e for e in record["context"].get("known", []) if "request" in e]
    known = [_known(entry) for entry in entries]
    return KnownList(known), {k.request_id: str(k.alias) for k in known}


def _known(entry: Record) -> KnownRequest:
    person = entry.get("person") or {}
    return KnownRequest(
        request_id=stage.number(entry["request"]),
        alias=entry["request"],
        state=entry["state"],
        unit=entry.get("unit"),
        received_on=_day(entry.get("received_on")),
        answer_due_on=_day(entry.get("answer_due_on")),
        urgency=Urgency(entry.get("urgency", "normal")),
        establishment=person.get("establishment"),
        given=person.get("given"),
        family=person.get("family"),
        detention_number=person.get("detention_number"),
        message_ids=frozenset(entry.get("message_ids", ())),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def normalised(record: Record) -> Normalised:
    known, _ = known_of(record)
    item = Incoming(channel=Channel(record["channel"]), raw=record["raw"])
    return normalise(item, known=known, reference=default_reference())


def result(record: Record) -> Record:
    """The record's result under the keys of ``expected``, routed by the desk's policy."""
    found = normalised(record)
    entries = [e for e in record["context"].get("known", []) if "request" in e]
    decision = route(
        found.facts,
        stage.directory(record["context"].get("teams", {})),
        [stage._earlier(e) for e in entries],
        read_policy(),
        flagged=found.state is RequestState.NEEDS_REVIEW,
    )
    routing = {
        "unit": decision.unit,
        "rule": decision.rule,
        "reason": decision.reason.value,
        "also": list(decision.also),
        "inform": list(decision.inform),
        "answer_due_on": decision.answer_due_on,
    }
    return as_expected(
        found.facts, found.people, routing, state=found.state, aliases=known_of(record)[1]
    )


def read(item: Incoming) -> Normalised:
    """An item of which nothing is known."""
    return normalise(item, known=KnownList([]), reference=default_reference())


def letter(words: str) -> Normalised:
    """``words`` in a letter from a prison, read."""
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 15-06-2026 | "
        "au dos : DIALLO Mamadou 12 345 Fleury-Mérogis | 1 feuille\n"
        f"[TRANSCRIPTION]\nFleury, le 15 juin 2026\n{words}\n"
    )
    return read(Incoming(channel=Channel.LETTER, raw=raw))
