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

from services.cli.records import NOTHING, BadFile, meant, read_records, unknown_teams
from services.cli.system import AsJson, Calls, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from services.intake.application.door import stated_key
from shared.contracts._derive import schema_class
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.intake.facts import RequestFacts, RequestPeople
from shared.contracts.vocabulary import Channel
from shared.errors import Invalid, Unavailable

_FACTS = schema_class(RequestFacts)()
_PEOPLE = schema_class(RequestPeople)()
_LONGEST_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.02
_TOLD = ("unit", "rule", "reason", "also", "answer_due_on")


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
    warnings = unknown_teams(record)
    for warning in warnings:
        typer.echo(f"warning: record {record['id']}: {warning}", err=True)
    try:
        return player.play(record) | ({"warnings": warnings} if warnings else {})
    except Invalid as error:
        before = f"only the {done} before it were submitted" if done else NOTHING
        raise BadFile(f"record {record['id']}: {error}; {before}", error.fields) from None


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
            for earlier in (found := meant(entry, record, self.records)):
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
        # only here: the other commands need not wait for all that reads requests
        from services.intake.domain.normalise import as_expected

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
