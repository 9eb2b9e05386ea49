"""Turns the expected block of a sample into the facts that the policy is given.

So the policy is proved by itself, whatever the normaliser understands of the raw text. What an
expected block leaves unsaid but its raw text says stands in ``UNSAID``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from services.routing.domain.view import (
    Absence,
    DirectoryView,
    EarlierAssignment,
    TeamView,
)
from shared.contracts.intake.facts import FoundDeadline, Link, RequestFacts, RetentionPlace
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    JudicialStatus,
    LinkKind,
    Relation,
    RequesterKind,
    SpecialSituation,
    TeamState,
    Topic,
    Urgency,
)

SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "requests.jsonl"
_NUMBERS = UUID("5f0b7b1e-4c0e-4e0a-9c53-2a2f7d6b1c11")

# Said in the raw text, and not in the expected block: the measure, and whether the call was live.
UNSAID: dict[str, dict[str, Any]] = {
    "S24": {"conversation": "live"},
    "S25": {"conversation": "voicemail"},
    "S26": {"conversation": "live"},
    "S29": {"judicial_status": JudicialStatus.PROBATION},
}


@dataclass(frozen=True)
class Sample:
    """A sample as the policy sees it, with what it should decide."""

    id: str
    facts: RequestFacts
    directory: DirectoryView
    earlier: tuple[EarlierAssignment, ...]
    flagged: bool
    expected: dict[str, Any]


def load(path: Path = SAMPLES) -> list[Sample]:
    return [sample for sample, _ in load_records(path)]


def load_records(path: Path = SAMPLES) -> list[tuple[Sample, dict[str, Any]]]:
    """Each sample with its context: the teams and what is known."""
    lines = path.read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    return [(_sample(record), record["context"]) for record in records]


def number(alias: str) -> UUID:
    """The request id that stands for a sample's alias ("q-210")."""
    return uuid5(_NUMBERS, alias)


def _sample(record: dict[str, Any]) -> Sample:
    context, expected = record["context"], record["expected"]
    known = [entry for entry in context.get("known", []) if "request" in entry]
    return Sample(
        id=record["id"],
        facts=_facts(record["id"], expected, known),
        directory=directory(context.get("teams", {})),
        earlier=tuple(_earlier(entry) for entry in known),
        flagged=expected["state"] == "needs_review",
        expected=expected,
    )


def directory(teams: dict[str, Any]) -> DirectoryView:
    views = {
        code: TeamView(
            establishment=code,
            state=TeamState(team["state"]),
            absences=_absences(team.get("no_volunteer")),
        )
        for code, team in teams.items()
        if team["state"] != "none"
    }
    return DirectoryView(teams=views)


def _absences(span: dict[str, str] | None) -> tuple[Absence, ...]:
    if span is None:
        return ()
    return (
        Absence(since=date.fromisoformat(span["from"]), until=date.fromisoformat(span["until"])),
    )


def _earlier(entry: dict[str, Any]) -> EarlierAssignment:
    return EarlierAssignment(
        request_id=number(entry["request"]),
        unit=entry.get("unit", "desk"),
        open=entry["state"] not in ("closed", "answered"),
        urgency=Urgency(entry.get("urgency", "normal")),
        received_on=_day(entry.get("received_on")),
        answer_due_on=_day(entry.get("answer_due_on")),
    )


def _facts(sample: str, expected: dict[str, Any], known: list[dict[str, Any]]) -> RequestFacts:
    received_on = date.fromisoformat(expected["received_on"])
    kind = RequesterKind(expected["requester"]["kind"])
    person = expected["person_concerned"]
    others = person.get("other_numbers") or [{}]
    nameless = not person["family"] and not person["detention_number"]
    return RequestFacts(
        channel=Channel(expected["channel"]),
        received_on=received_on,
        received_at=datetime.combine(received_on, time(10), tzinfo=UTC),
        written_on=_day(expected.get("written_on")),
        posted_on=_day(expected.get("posted_on")),
        requester_kind=kind,
        relation=Relation(expected["requester"]["relation"]),
        author_unknown=kind is RequesterKind.DETAINED_PERSON and nameless,
        establishment=expected.get("establishment"),
        former_establishment=expected.get("former_establishment"),
        moved_from=others[0].get("establishment"),
        retention_place=_retention(expected.get("retention_place")),
        language=expected["language"],
        topics=tuple(Topic(topic) for topic in expected["topics"]),
        urgency=Urgency(expected["urgency"]),
        special_situations=tuple(
            SpecialSituation(situation) for situation in expected.get("special_situations") or []
        ),
        deadlines=tuple(_deadline(found) for found in expected.get("deadlines") or []),
        links=_links(expected, known),
        is_reminder="reminder_of" in expected,
        automatic=expected.get("outcome") == "not_a_request",
        **UNSAID.get(sample, {}),
    )


def _links(expected: dict[str, Any], known: list[dict[str, Any]]) -> tuple[Link, ...]:
    named = {
        "reminder_of": LinkKind.REMINDER_OF,
        "suggested_duplicate_of": LinkKind.DUPLICATE_OF,
        "reply_to_request": LinkKind.REPLY_TO,
        "linked_to": LinkKind.REPLY_TO,
    }
    links = [
        Link(kind=kind, request_id=number(expected[name]))
        for name, kind in named.items()
        if expected.get(name)
    ]
    if not links:
        links = [
            Link(kind=LinkKind.SAME_PERSON, request_id=number(entry["request"]))
            for entry in known
            if "person" in entry
        ]
    return tuple(links)


def _deadline(found: dict[str, Any]) -> FoundDeadline:
    return FoundDeadline(
        kind=DeadlineKind(found["kind"]),
        trigger=found["trigger"],
        trigger_on=found.get("trigger_on"),
        date_on=_day(found.get("date_on")),
        rule_candidate=found.get("rule_candidate"),
    )


def _retention(place: dict[str, str] | None) -> RetentionPlace | None:
    return RetentionPlace(kind=place["kind"], name=place.get("name")) if place else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
