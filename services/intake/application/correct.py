"""A person completes or corrects what was found: the whole corrected findings are recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.intake.application.correction_form import read_correction
from services.intake.application.handle import handle
from services.intake.domain.commands import AmendRequest, Command, CorrectRequest
from services.intake.domain.errors import UnknownRequest
from services.intake.domain.reading import CONTENT
from services.intake.domain.request import Request
from shared.contracts.intake.facts import Finding, Party, RequestFacts, RequestPeople
from shared.contracts.vocabulary import RequesterKind
from shared.eventstore import Streams

BY_HAND = "by_hand"
POSTMARK = "posted_on"

_IN_FACTS = (
    "received_on", "written_on", "posted_on", "happened_on", "requester_kind", "relation",
    "former_establishment", "moved_from", "retention_place", "judicial_status", "language",
    "reply_preference",
)  # fmt: skip
_LISTS_IN_FACTS = ("person_languages", "topics", "special_situations", "deadlines")
_PERSONAL = frozenset({"requester", "person_concerned"})
_OF_PERSON = {"given": "person_given", "family": "person_family"}  # else the same name
# What a corrected field settles, by the beginning of the name under ``missing``.
_SETTLES = {
    "establishment": ("establishment", "place"),
    "retention_place": ("retention_place", "establishment", "place"),
    "deadlines": ("deadline",),
}


def correct_request(
    request_id: UUID,
    sent: Mapping[str, Any],
    *,
    by: str,
    streams: Streams,
    metadata: Mapping[str, Any],
    command_id: UUID | None = None,
) -> Request:
    """Complete a request that waits for review. Raises ``Invalid`` by field, ``OutOfState``, and
    ``SubjectErased`` for what tells of a person who was erased."""
    make = _correcting(CorrectRequest, sent, by)
    return handle(request_id, make, streams=streams, metadata=metadata, command_id=command_id)


def amend_request(
    request_id: UUID,
    sent: Mapping[str, Any],
    *,
    by: str,
    streams: Streams,
    metadata: Mapping[str, Any],
    command_id: UUID | None = None,
) -> Request:
    """Correct a finding of a request that waits for no review; its state stays."""
    make = _correcting(AmendRequest, sent, by)
    return handle(request_id, make, streams=streams, metadata=metadata, command_id=command_id)


def _correcting(
    command: type[CorrectRequest] | type[AmendRequest], sent: Mapping[str, Any], by: str
) -> Callable[[Request], Command]:
    corrected = read_correction(sent)

    def make(request: Request) -> Command:
        facts, people = merged(request, corrected)
        return command(facts=facts, people=people, fields=tuple(sorted(corrected)), by=by)

    return make


def merged(
    request: Request, corrected: Mapping[str, Any]
) -> tuple[RequestFacts, RequestPeople | None]:
    """The findings of ``request`` with those of ``corrected`` put over them.

    Of an erased person there are no people, and none come back with a correction that tells of
    nobody. Raises ``UnknownRequest`` for a request without findings: one that was only imported.
    """
    if request.facts is None:
        raise UnknownRequest(request.request_id)
    people = _people(request.people or RequestPeople(requester=Party()), corrected)
    facts = _facts(request.facts, corrected)
    author_unknown = facts.author_unknown and not _names_somebody(corrected)
    values = [*people.problem_values, *[""] * len(facts.problems)]
    doubts = [
        (problem, value)
        for problem, value in zip(facts.problems, values, strict=False)
        if not _mends(corrected, problem.field)
    ]
    facts = replace(facts, author_unknown=author_unknown, problems=tuple(one for one, _ in doubts))
    if request.people is None and not _PERSONAL & corrected.keys():
        return facts, None
    return facts, replace(people, problem_values=tuple(value for _, value in doubts))


def _facts(facts: RequestFacts, corrected: Mapping[str, Any]) -> RequestFacts:
    changes: dict[str, Any] = {name: corrected[name] for name in _IN_FACTS if name in corrected}
    changes |= {name: tuple(corrected[name]) for name in _LISTS_IN_FACTS if name in corrected}
    if "establishment" in corrected:
        changes |= {
            "establishment": corrected["establishment"],
            "establishment_source": BY_HAND,
            "establishment_candidates": (),
            "place_unclear": False,
        }
    if corrected.get("retention_place") is not None:
        changes["place_unclear"] = False
    if "requester_kind" in corrected:
        changes["automatic"] = corrected["requester_kind"] is RequesterKind.AUTOMATED_SENDER
    settled = frozenset(corrected.get("settled", ()))
    changes["missing"] = tuple(
        name for name in facts.missing if name not in settled and not _settles(corrected, name)
    )
    return replace(facts, **changes)


def _mends(corrected: Mapping[str, Any], field: str) -> bool:
    """Whether a person gave that field anew, or settled it as it is; a postmark is doubtful beside
    a day of receipt."""
    beside = field == POSTMARK and "received_on" in corrected
    return field in corrected or field in corrected.get("settled", ()) or beside


def _people(people: RequestPeople, corrected: Mapping[str, Any]) -> RequestPeople:
    person = {
        _OF_PERSON.get(name, name): value
        for name, value in corrected.get("person_concerned", {}).items()
    }
    changed = _paths(corrected)
    kept = tuple(
        finding
        for finding in people.findings
        if not any(
            finding.field == path or finding.field.startswith(f"{path}.") for path in changed
        )
    )
    noted = tuple(
        Finding(field=path, value=value, words="", confidence=1.0, rule=BY_HAND)
        for path, value in changed.items()
    )
    requester = replace(people.requester, **corrected.get("requester", {}))
    return replace(people, requester=requester, findings=kept + noted, **person)


def _paths(corrected: Mapping[str, Any]) -> dict[str, str]:
    """The corrected fields by path, with their values in words."""
    found: dict[str, str] = {}
    for name, value in corrected.items():
        if name == "settled":
            continue
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": str(worth) for inner, worth in value.items()}
        elif isinstance(value, list):
            found[name] = ", ".join(getattr(one, "value", str(one)) for one in value)
        else:
            found[name] = str(getattr(value, "value", value))
    return found


def _settles(corrected: Mapping[str, Any], missing: str) -> bool:
    if missing == CONTENT:
        return True  # a person has read it
    for name, value in corrected.items():
        if isinstance(value, dict):
            given = {f"{name}.{inner}" for inner in value}
            given |= {f"{name}.name"} if {"given", "family"} & value.keys() else set()
            if missing in given:
                return True
        elif missing.startswith(_SETTLES.get(name, (name,))):
            return True
    return False


def _names_somebody(corrected: Mapping[str, Any]) -> bool:
    told = [corrected.get("requester", {}), corrected.get("person_concerned", {})]
    return any(one.get(name) for one in told for name in ("given", "family", "detention_number"))
