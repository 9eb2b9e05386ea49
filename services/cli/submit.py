"""``permanence submit FILE.jsonl``: take in requests from a file and tell what became of each."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer
from rich.console import Console
from rich.table import Table

from services.cli.system import AsJson, Calls, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from services.intake.application.door import stated_key
from services.intake.domain.normalise import as_expected
from shared.contracts._derive import schema_class
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.intake.facts import RequestFacts, RequestPeople
from shared.contracts.vocabulary import Channel
from shared.errors import Invalid, Unavailable

_FACTS = schema_class(RequestFacts)()
_PEOPLE = schema_class(RequestPeople)()
_LONGEST_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.02
_NOTHING = "nothing was submitted"
_TOLD = ("unit", "rule", "reason", "also", "answer_due_on")


class BadFile(Invalid):
    """A line of the file is not a request."""

    code = "cli.bad_file"


class NotDecided(Unavailable):
    """Routing gave no answer in time."""

    code = "cli.not_decided"


def submit(
    file: Annotated[Path, typer.Argument(help="A JSON object a line: id, channel, context, raw.")],
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Take in each request of a file, wait for its team, and tell what was understood.

    A record with a ``context`` plays on a stage of its own: its teams and what is known hold for it
    alone, and nobody is alerted. One without goes to the desk's own register; if it comes again
    unchanged, it is the request that it was.
    """
    records = read_records(file)
    with system(embedded=embedded, data=data) as there:
        player = Player(call=there.call, records=records)
        results = (_played(player, done, record) for done, record in enumerate(records))
        if as_json:
            for result in results:
                sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
                sys.stdout.flush()
        else:
            Console().print(_table(list(results)))


def _played(player: Player, done: int, record: Mapping[str, Any]) -> dict[str, Any]:
    """What became of one record, after ``done`` others; what it is refused for names it."""
    try:
        return player.play(record)
    except Invalid as error:
        before = f"only the {done} before it were submitted" if done else _NOTHING
        raise BadFile(f"record {record['id']}: {error}; {before}", error.fields) from None


def read_records(file: Path) -> list[dict[str, Any]]:
    """The records of a file, all of them well formed; raises BadFile naming line and field."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadFile(f"file: {file.name} cannot be read: {reason}; {_NOTHING}") from None
    try:
        numbered = {
            number: _record(number, line) for number, line in enumerate(lines, 1) if line.strip()
        }
        _refuse_twice(numbered)
        for number, record in numbered.items():
            _refuse_unclear(number, record, list(numbered.values()))
    except BadFile as error:
        raise BadFile(f"{error}; {_NOTHING}") from None
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
        if isinstance(entry, dict) and len(found := _meant(entry, record, records)) > 1:
            channels = " and by ".join(one["channel"] for one in found)
            raise BadFile(
                f"line {number}: context.known: {entry['request']!r} is by {channels}; say which "
                "with channel"
            )


def _meant(
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
    if not isinstance(record.get("context", {}), dict):
        raise BadFile(f"line {number}: context: not an object; give teams and known, or nothing")
    return record


@dataclass(kw_only=True)
class Player:
    """Plays records one after another, each with its own stage; ``records`` may be known to others.

    Two of them may have the same id if they came by different channels.
    """

    call: Calls
    records: Sequence[Mapping[str, Any]]
    run: str = field(default_factory=lambda: uuid4().hex[:12])
    _stages: Iterator[int] = field(default_factory=partial(count, 1))

    def play(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What became of one record: {id, request_id} and the keys of the samples' ``expected``."""
        register, aliases = MAIN_REGISTER, {}
        if "context" in record:
            register = f"rehearsal-{self.run}-{next(self._stages)}-{_slug(record['id'])}"
            aliases = self._set_stage(register, record)
        request_id = self._take_in(record, register)
        return {"id": record["id"], "request_id": request_id, **self.told(request_id, aliases)}

    def _set_stage(self, register: str, record: Mapping[str, Any]) -> dict[UUID, str]:
        """Teams first, then what is known: a record of this file by taking it in before."""
        context = record["context"]
        self.call("routing", "stage", register=register, teams=context.get("teams") or {})
        known = [entry for entry in context.get("known") or [] if isinstance(entry, dict)]
        aliases: dict[UUID, str] = {}
        imported: list[Mapping[str, Any]] = []
        for entry in known:
            for earlier in (found := _meant(entry, record, self.records)):
                aliases[UUID(self._take_in(earlier, register))] = str(entry["request"])
            imported += [] if found else [entry]
        staged = self.call("intake", "stage_known", register=register, known=imported)
        for alias, request_id in staged.items():
            aliases[UUID(request_id)] = alias
        for request_id in aliases:
            self._decided(str(request_id))
        return aliases

    def _take_in(self, record: Mapping[str, Any], register: str) -> str:
        receipt = self.call(
            "intake",
            "submit",
            channel=record["channel"],
            raw=record["raw"],
            register=register,
            external_id=_key(record),
        )
        return str(receipt["request_id"])

    def told(self, request_id: str, aliases: Mapping[UUID, str]) -> dict[str, Any]:
        decided = self._decided(request_id)
        known = self.call("intake", "describe_request", request_id=request_id)
        people = known["people"] or {"requester": {}}
        return as_expected(
            _FACTS.load(known["facts"]),
            _PEOPLE.load(people),
            decided,
            state=_as_understood(known["state"]),
            aliases=aliases,
        )

    def _decided(self, request_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while time.monotonic() < deadline:
            found = self.call("routing", "describe_assignment", request_id=request_id)
            if found is not None:
                told = {name: found[name] for name in _TOLD}
                return {**told, "inform": found["informed"]}
            time.sleep(_POLL_SECONDS)
        raise NotDecided(f"request_id: {request_id}: routing did not decide in time; see its log")


def _key(record: Mapping[str, Any]) -> str | None:
    """What makes a record that comes again the same request; None if the item bears a key."""
    raw = record["raw"].encode("utf-8", "replace")
    if stated_key(Channel(record["channel"]), raw):
        return None
    return f"file:{record['id']}:{hashlib.sha256(raw).hexdigest()}"


def _as_understood(state: str) -> str | None:
    """The state as understood: what routing did since (assigned …) is told under ``routing``."""
    return state if state in {"needs_review", "closed", "duplicate"} else None


def _slug(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower())[:40]


def _table(results: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="requests", title_justify="left")
    for column in ("id", "state", "urgency", "establishment", "unit", "rule", "answer due"):
        table.add_column(column)
    for row in _rows(results):
        table.add_row(*row)
    return table


def _rows(results: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    for result in results:
        routing = result.get("routing") or {}
        cells = (
            result["id"],
            result["state"],
            result["urgency"],
            result["establishment"],
            routing.get("unit"),
            routing.get("rule"),
            result["answer_due_on"],
        )
        yield [str(cell or "") for cell in cells]
