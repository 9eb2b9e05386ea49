"""``permanence what-if``: decide the whole history again by another version, and write nothing."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from services.cli.directory import BadFolder, read_files
from services.cli.logs import logs
from services.cli.shown import plain, show_rows
from services.cli.system import AsJson, Data, Embedded, System, system
from services.host import catalog
from services.host.embedded import DEFAULT_FOLDER
from services.host.files import written
from services.routing.adapters.csv_directory import TEAMS, VOLUNTEERS, read_directory
from services.routing.adapters.settings import POLICY_FILE, read_policy
from services.routing.domain.history import History, OtherDirectory
from services.routing.domain.policy import Decision, route
from services.routing.domain.settings import PolicySettings
from shared.contracts.codec import UnknownEvent
from shared.contracts.followup.events import DeadlineCorrected, DeadlineProposed, DeadlineSet
from shared.contracts.intake.events import MAIN_REGISTER, RequestFlaggedForReview
from shared.contracts.routing.events import (
    DecisionRevised,
    RequestAssigned,
    RequestReassigned,
    RequestSetAside,
)
from shared.deadlines import Rule, compute, load_rules, rules, supposing
from shared.errors import Invalid, PermanenceError
from shared.eventstore import EventStore, Position, Recorded

_PAGE = 500
_PLACES = "SELECT establishment FROM teams WHERE register = %s"
_GONE = "SELECT volunteer_id FROM volunteers WHERE gone AND register = %s"
_DECIDED = (RequestAssigned, RequestSetAside, DecisionRevised, RequestReassigned)
_TERMS = (DeadlineProposed, DeadlineSet, DeadlineCorrected)
_COMPARED = ("unit", "rule", "urgency", "answer_due_on")

Csv = Annotated[Path | None, typer.Option("--csv", help="Write the differences there too.")]
Added = Annotated[
    list[str] | None, typer.Option("--add-holiday", help="A day taken for a public holiday.")
]
Removed = Annotated[
    list[str] | None, typer.Option("--remove-holiday", help="A day taken for none.")
]

app = typer.Typer(
    no_args_is_help=True,
    help="Which recorded decisions another policy, rule or calendar would have made otherwise.",
)


@app.command()
def routing(
    policy: Annotated[Path | None, typer.Option(help="Another policy.toml.")] = None,
    teams: Annotated[
        Path | None,
        typer.Option(
            help="A folder with another teams.csv: its teams hold always, and so do the people of "
            "its volunteers.csv, if there is one."
        ),
    ] = None,
    add_holiday: Added = None,
    remove_holiday: Removed = None,
    csv_file: Csv = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Decide again who answers for each request, with the facts of then.

    `reproduced` says whether the policy in use, on the same facts, gives what was recorded; where
    it does not, something else moved the decision, and the difference says little.
    """
    holidays = _days(add_holiday, "--add-holiday"), _days(remove_holiday, "--remove-holiday")
    other = read_policy(policy) if policy else None
    with system(embedded=embedded, data=data) as there, logs(there) as opened:
        used = _used_policy(there)
        wanted = None if teams is None else _other_directory(teams, opened["routing"])
        replay = _Replay(used, other or used, wanted, holidays)
        rows = list(replay.differences(opened, quiet=as_json))
    _tell(rows, csv_file, as_json, "requests", replay.decided)
    replay.known.tell()


@app.command()
def deadlines(
    rules_file: Annotated[
        Path | None, typer.Option("--rules", help="Another deadline_rules.csv.")
    ] = None,
    add_holiday: Added = None,
    remove_holiday: Removed = None,
    csv_file: Csv = None,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Count each recorded deadline again from its trigger, by another rule table or calendar.

    `reproduced` says whether the present rules give the recorded last day from the trigger alone;
    where they do not (legal aid, residence, a day stated in the letter), a person counts.
    """
    holidays = _days(add_holiday, "--add-holiday"), _days(remove_holiday, "--remove-holiday")
    table = load_rules(rules_file) if rules_file else rules()
    counted, rows, known = 0, [], _Known()
    with system(embedded=embedded, data=data) as there, logs(there, "followup") as opened:
        log = opened["followup"]
        for recorded in _watched(log, "deadlines", quiet=as_json):
            event = known.decode("followup", recorded)
            if isinstance(event, _TERMS) and event.terms.rule and event.terms.trigger_on:
                counted += 1
                if row := _other_terms(recorded, event, table, holidays):
                    rows.append(row)
    _tell(rows, csv_file, as_json, "deadlines", counted)
    known.tell()


Holidays = tuple[Collection[date], Collection[date]]


@dataclass
class _Known:
    """Decodes what this release knows, and counts the rest."""

    passed_over: set[tuple[str, Position]] = field(default_factory=set)

    def decode(self, service: str, recorded: Recorded) -> Any:
        """The event; None for one of a newer release."""
        try:
            return catalog.codec(service).decode(recorded)
        except UnknownEvent:
            self.pass_over(service, recorded)
            return None

    def pass_over(self, service: str, recorded: Recorded) -> None:
        self.passed_over.add((service, recorded.position))

    def tell(self) -> None:
        """Exit with 1 if anything was passed over."""
        if count := len(self.passed_over):
            said = "1 event was" if count == 1 else f"{count} events were"
            typer.echo(
                f"warning: {said} passed over: of a newer release, or behind such a one in a "
                "stream; install that release",
                err=True,
            )
            raise typer.Exit(1)


@dataclass
class _Replay:
    """The policy in use and the other one, over routing's history."""

    used: PolicySettings
    other: PolicySettings
    directory: OtherDirectory | None
    holidays: Holidays
    decided: int = 0
    known: _Known = field(default_factory=_Known)
    _cut: set[str] = field(default_factory=set)

    def differences(
        self, opened: Mapping[str, EventStore], *, quiet: bool
    ) -> Iterator[dict[str, Any]]:
        """A row for each recorded decision that would be another."""
        history = History()
        for recorded in _watched(opened["routing"], "routing", quiet=quiet):
            event = self._event(recorded)
            if event is None:
                continue
            heard = self._heard(recorded, event, opened["intake"])
            if heard is not None:
                self.decided += 1
                row = self._row(event, heard, history)
                if row is not None:
                    yield {"request_id": str(event.request_id), "position": recorded.position} | row
            history.apply(event)

    def _event(self, recorded: Recorded) -> Any:
        """None for one that this release does not know, and for those behind it in its stream:
        how that stands is not known, either."""
        event = None
        if recorded.stream in self._cut:
            self.known.pass_over("routing", recorded)
        elif (event := self.known.decode("routing", recorded)) is None:
            self._cut.add(recorded.stream)
        return event

    def _heard(self, recorded: Recorded, event: Any, intake: EventStore) -> Any:
        """The understood request that a decision of the policy was made on; None for another
        event."""
        if not isinstance(event, _DECIDED) or not getattr(event, "looked_at", ()):
            return None
        source, _, position = str(recorded.metadata.get("causation_id")).partition("/")
        if source != "intake" or not position.isdigit():
            return None
        at = int(position)
        found = intake.find(after=Position(at - 1), before=Position(at + 1), decrypt=False)
        heard = self.known.decode("intake", found[0]) if found else None
        return heard if hasattr(heard, "facts") else None

    def _row(self, event: Any, heard: Any, history: History) -> dict[str, Any] | None:
        directory = self.directory if event.register == MAIN_REGISTER else None
        known = self._decide(heard, history, self.used, None)
        added, removed = self.holidays
        with supposing(added=added, removed=removed):
            other = self._decide(heard, history, self.other, directory)
        before = {name: plain(getattr(event, name, None)) for name in _COMPARED}
        after = {name: plain(getattr(other, name)) for name in _COMPARED}
        if isinstance(event, RequestSetAside):
            before |= {"urgency": after["urgency"], "answer_due_on": after["answer_due_on"]}
        if before == after:
            return None
        again = {name: plain(getattr(known, name)) for name in _COMPARED}
        return {
            **{f"recorded_{name}": value for name, value in before.items()},
            **{f"other_{name}": value for name, value in after.items()},
            "other_reason": other.reason_fr,
            "reproduced": all(again[name] == before[name] for name in ("unit", "rule")),
        }

    def _decide(
        self,
        heard: Any,
        history: History,
        settings: PolicySettings,
        directory: OtherDirectory | None,
    ) -> Decision:
        return route(
            heard.facts,
            history.view(heard.register, directory),
            history.earlier(heard.facts, heard.register),
            settings,
            flagged=isinstance(heard, RequestFlaggedForReview),
        )


def _other_terms(
    recorded: Recorded, event: Any, table: Mapping[str, Rule], holidays: Holidays
) -> dict[str, Any] | None:
    terms = event.terms
    known = _count(rules().get(terms.rule), terms)
    added, removed = holidays
    with supposing(added=added, removed=removed):
        other = _count(table.get(terms.rule), terms)
    if known == other:
        return None
    return {
        "deadline_id": str(event.deadline_id),
        "request_id": plain(event.request_id),
        "position": recorded.position,
        "event": recorded.type,
        "rule": terms.rule,
        "trigger_on": terms.trigger_on,
        "recorded_prudent": terms.prudent,
        "recorded_last": terms.last,
        "other_prudent": other[0],
        "other_last": other[1],
        "reason": other[2],
        "reproduced": known[1] == terms.last,
    }


def _count(rule: Rule | None, terms: Any) -> tuple[str | None, str | None, str]:
    """Prudent, last and the last step of the count; the refusal's code where there is none."""
    if rule is None:
        return None, None, "no such rule in that table"
    day = terms.trigger_on
    trigger = (
        datetime.fromisoformat(day) if len(day) > len("2026-05-14") else date.fromisoformat(day)
    )
    try:
        counted = compute(rule, trigger, zone=terms.zone)
    except PermanenceError as error:
        return None, None, error.code
    _, last, prudent = counted.texts("T")
    return prudent, last, counted.steps[-1]


def _watched(log: EventStore, words: str, *, quiet: bool) -> Iterator[Recorded]:
    """The whole log in order, with progress."""
    bar = Progress(
        TextColumn(words),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet,
        transient=True,
    )
    with log.transaction() as connection:
        row = connection.execute("SELECT count(*) FROM events").fetchone()
    with bar:
        task = bar.add_task(words, total=row[0] if row else 0)
        after = Position(0)
        while page := log.find(after=after, limit=_PAGE, decrypt=False):
            for recorded in page:
                yield recorded
                bar.advance(task)
            after = page[-1].position


def _used_policy(there: System) -> PolicySettings:
    path = there.environment.get("ROUTING_POLICY")
    return read_policy(Path(path) if path else POLICY_FILE)


def _other_directory(folder: Path, log: EventStore) -> OtherDirectory:
    """A directory's folder, checked as an import checks it."""
    files = read_files(folder)
    if TEAMS not in files:
        raise BadFolder(f"--teams: {folder} holds no {TEAMS}; the teams that hold stand there")
    with log.transaction() as connection:
        codes = [row[0] for row in connection.execute("SELECT code FROM establishments")]
        places = [row[0] for row in connection.execute(_PLACES, [MAIN_REGISTER])]
        gone = [row[0] for row in connection.execute(_GONE, [MAIN_REGISTER])]
    wanted = read_directory(files, known_codes=codes, known_teams=places, gone=gone)
    return OtherDirectory(
        teams=wanted.teams, volunteers=wanted.volunteers if VOLUNTEERS in files else None
    )


def _days(texts: Sequence[str] | None, option: str) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(text) for text in texts or ())
    except ValueError:
        raise Invalid(f"{option}: not a day that exists; write 2026-05-15") from None


def _tell(
    rows: list[dict[str, Any]], path: Path | None, as_json: bool, what: str, decided: int
) -> None:
    if path is not None:
        with written(path, "--csv") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["none_differs"])
            writer.writeheader()
            writer.writerows(rows)
    show_rows(rows, as_json, f"{what} that would be decided otherwise")
    if not as_json:
        typer.echo(f"{len(rows)} of {decided} decisions would differ; nothing was written")
