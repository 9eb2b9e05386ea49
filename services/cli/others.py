"""What the private parts about a person tell of somebody else: relatives, lawyers, sources."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.cli.held import Held, Row
from shared.contracts.intake.events import ConsentRecorded
from shared.contracts.vocabulary import RequesterKind
from shared.eventstore import Recorded

_THEMSELVES = frozenset(
    {
        RequesterKind.DETAINED_PERSON.value,
        RequesterKind.RETAINED_PERSON.value,
        RequesterKind.RELEASED_PERSON.value,
        RequesterKind.SUPERVISED_PERSON.value,
    }
)
# In whatever they wrote themselves, too.
_OF_OTHERS = {"carrier": "carrier", "sources": "source", "consent_addressee": "consent addressee"}
# All that is theirs in what somebody else wrote; words quoted from it may name anybody.
_THEIRS = frozenset(
    {"person_given", "person_family", "detention_number", "foreigner_number", "born_on"}
    | {"nationality", "other_names", "other_numbers"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """``named``: how many of each role; ``requests``: those whose raw items tell of them."""

    named: Mapping[str, int]
    requests: frozenset[str]

    @property
    def in_short(self) -> str:
        """Such as "requester, 2 sources"."""
        return ", ".join(f"{n} {role}s" if n > 1 else role for role, n in self.named.items())


def others_in(about: Held) -> Others:
    """Whom the private parts about ``about`` name beside them."""
    own = written_by_them(about)
    found: dict[tuple[str, str], None] = {}
    requests = {str(request) for request, _ in about.originals} - own
    for event in about.private_events():
        for role, party in _others(event, own):
            found[role, json.dumps(party, sort_keys=True)] = None
            requests.add(str(event.data["request_id"]))
    return Others(named=Counter(role for role, _ in found), requests=frozenset(requests))


def written_by_them(about: Held) -> frozenset[str]:
    """The requests that the person wrote, as each service that has them understands it."""
    kinds: dict[str, set[Any]] = {}
    for row in about.rows:
        if row.table == "requests":
            kinds.setdefault(str(row.values["request_id"]), set()).add(
                row.values.get("requester_kind")
            )
    return frozenset(request for request, kind in kinds.items() if kind <= _THEMSELVES)


def private_without(event: Recorded, own: frozenset[str]) -> Any:
    """The private part of ``event`` without what tells of others; ``own``: written by them."""
    private = event.private
    if event.type == ConsentRecorded.__name__:
        return {}
    if not isinstance(private, Mapping) or "requester" not in private:
        return private
    if event.data["request_id"] in own:
        return {name: value for name, value in private.items() if name not in _OF_OTHERS}
    return {name: value for name, value in private.items() if name in _THEIRS}


def row_without(row: Row, own: frozenset[str]) -> Mapping[str, Any]:
    """The values of ``row`` likewise."""
    if row.table != "request_people" or str(row.values["request_id"]) in own:
        return row.values
    return {name: value for name, value in row.values.items() if name != "requester"}


def _others(event: Recorded, own: frozenset[str]) -> Iterator[tuple[str, Any]]:
    private = event.private
    if not isinstance(private, Mapping):
        return
    if event.type == ConsentRecorded.__name__:
        yield "consent addressee", private
    if "requester" in private:
        if event.data["request_id"] not in own and _says_who(private["requester"]):
            yield "requester", private["requester"]
        for name, role in _OF_OTHERS.items():
            value = private.get(name)
            for one in value if isinstance(value, list) else [value]:
                if one:
                    yield role, one


def _says_who(party: Mapping[str, Any]) -> bool:
    return any(party.get(name) for name in ("given", "family", "organisation", "contact"))
