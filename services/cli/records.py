"""The file of ``permanence submit``: a request a line, each checked before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.cli.choices import one_of
from shared.contracts.vocabulary import Channel
from shared.errors import Invalid

NOTHING = "nothing was submitted"


class BadFile(Invalid):
    """A line of the file is not a request."""

    code = "cli.bad_file"


def read_records(file: Path) -> list[dict[str, Any]]:
    """The records of a file, one or more, all well formed; raises BadFile naming line and field."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadFile(f"file: {file.name} cannot be read: {reason}; {NOTHING}") from None
    if not any(line.strip() for line in lines):
        raise BadFile(
            f"file: {file.name} holds no records; write one object a line: id, channel, context, "
            f"raw; {NOTHING}"
        )
    try:
        numbered = {
            number: _record(number, line) for number, line in enumerate(lines, 1) if line.strip()
        }
        _refuse_twice(numbered)
        for number, record in numbered.items():
            _refuse_unclear(number, record, list(numbered.values()))
    except BadFile as error:
        raise BadFile(f"{error}; {NOTHING}") from None
    return list(numbered.values())


def _refuse_twice(numbered: Mapping[int, Mapping[str, Any]]) -> None:
    first: dict[tuple[str, str], int] = {}
    for number, record in numbered.items():
        at = first.setdefault((record["id"], record["channel"]), number)
        if at != number:
            raise BadFile(
                f"line {number}: id: {record['id']!r} by {record['channel']} is on line {at} "
                "already; leave one out or give it an id of its own"
            )


def _refuse_unclear(
    number: int, record: Mapping[str, Any], records: Sequence[Mapping[str, Any]]
) -> None:
    for entry in (record.get("context") or {}).get("known") or []:
        if isinstance(entry, dict) and len(found := meant(entry, record, records)) > 1:
            channels = " and by ".join(one["channel"] for one in found)
            raise BadFile(
                f"line {number}: context.known: {entry['request']!r} is by {channels}; say which "
                "with channel"
            )


def meant(
    entry: Mapping[str, Any], record: Mapping[str, Any], records: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The other records that an entry of what is known for one may mean: by id, and by channel if
    it says one."""
    return [
        one
        for one in records
        if one is not record
        and one["id"] == entry.get("request")
        and one["channel"] == entry.get("channel", one["channel"])
    ]


def _record(number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise BadFile(f"line {number}: not JSON ({error}); one object a line") from None
    if not isinstance(record, dict):
        raise BadFile(f"line {number}: not an object; give id, channel, context, raw")
    for name in ("id", "channel", "raw"):
        if not isinstance(record.get(name), str):
            raise BadFile(f"line {number}: {name}: missing or not a text")
    if record["channel"] not in set(Channel):
        known = ", ".join(Channel)
        raise BadFile(f"line {number}: channel: {record['channel']!r} is none of {known}")
    context = record.get("context", {})
    if not isinstance(context, dict):
        raise BadFile(f"line {number}: context: not an object; give teams and known, or nothing")
    if not isinstance(context.get("teams") or {}, dict):
        raise BadFile(
            f"line {number}: context.teams: not an object; give the state of each by its "
            'establishment: {"cp-fresnes": {"state": "active"}}'
        )
    return record


def unknown_teams(record: Mapping[str, Any]) -> list[str]:
    """A warning a team of the record's ``context`` whose establishment no directory has."""
    # only here: the other commands need not wait for all that reads requests
    from services.intake.domain.normalise import default_reference

    teams = (record.get("context") or {}).get("teams") or {}
    known = default_reference().directory.by_code if teams else {}
    return [warning for code in teams if (warning := _unlike(code, known))]


def _unlike(code: str, known: Mapping[str, Any]) -> str | None:
    try:
        one_of(code, known, "context.teams")
    except Invalid as error:
        return f"{error}; no request goes to that team"
    return None
