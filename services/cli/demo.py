"""``permanence demo``: thirty made-up requests through the whole chain, on a moved clock."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import eventlet
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from services.cli.logs import open_logs
from services.cli.rebuild import rebuild_all
from services.cli.records import read_records
from services.cli.submit import Player
from services.cli.system import AsJson
from services.host.embedded import DEFAULT_FOLDER, EmbeddedSystem, private_folder
from services.host.level import Levels
from services.host.mail_door import mail_door
from services.host.ports import free_port
from services.host.rehearsal import (
    PARTNER,
    Doors,
    Rehearsal,
    all_alerts,
    arrived_at,
    days_after,
    set_clock,
)
from services.host.runner import SERVICES
from services.host.smtp_capture import SmtpCapture
from shared.clock import FileClock
from shared.messaging import IN_PROCESS_URI, RpcPool
from shared.settings import Environment

REQUESTS = Path(__file__).parent / "data" / "demo_requests.jsonl"
_DAYS_AFTER = 10
_LEVEL_SECONDS = 30.0
_CALL_SECONDS = 60.0


@dataclass(kw_only=True)
class _Checks:
    """What the demonstration expects, and whether it held."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def expect(self, what: str, seen: object, *, holds: bool) -> None:
        self.rows.append({"expectation": what, "seen": str(seen), "holds": holds})

    @property
    def hold(self) -> bool:
        return all(row["holds"] for row in self.rows)


def demo(as_json: AsJson = False) -> None:
    """Play the main job on made-up requests; exits with 1 if an expectation fails."""
    folder = (DEFAULT_FOLDER / "demo").absolute()
    shutil.rmtree(folder, ignore_errors=True)
    private_folder(DEFAULT_FOLDER.absolute())
    private_folder(folder)
    started = time.monotonic()
    records = sorted(read_records(REQUESTS), key=arrived_at)
    with ExitStack() as stack:
        show = _Show(quiet=as_json)
        stack.enter_context(show.bar)
        stage = _Stage(folder, stack, arrived_at(records[0]) - timedelta(days=1))
        told = _play(stage, records, show)
        checks = _Checks()
        alerts = _look_at_alerts(stage, checks)
        _follow_up(stage, checks)
        _look_at_requests(told, records, checks)
        _rebuild(checks)
    report = {
        "seconds": round(time.monotonic() - started, 1),
        "requests": [{**row, "id": key} for key, row in told.items()],
        "alerts": alerts,
        "checks": checks.rows,
        "holds": checks.hold,
    }
    _tell(report, as_json)
    if not checks.hold:
        raise typer.Exit(1)


class _Show:
    """Live progress on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            disable=quiet,
        )

    def task(self, words: str, total: int) -> Callable[[], None]:
        task = self.bar.add_task(words, total=total)
        return lambda: self.bar.advance(task)


class _Stage:
    """The embedded system, and the rehearsal played on it."""

    def __init__(self, folder: Path, stack: ExitStack, start: datetime) -> None:
        clock_path = folder / "clock"
        set_clock(clock_path, start)
        fail = _interrupting()
        self.mail = stack.enter_context(SmtpCapture(folder / "mail", ended=fail))
        token = secrets.token_urlsafe(24)
        mail_port = free_port()
        digest = hashlib.sha256(token.encode()).hexdigest()
        system = EmbeddedSystem(
            folder=folder,
            clock=FileClock(clock_path),
            ports={"smtp": mail_port},
            settings={
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(self.mail.port),
                "CLOCK_PATH": str(clock_path),
                "TICKED": "on",
                "SMTP_LISTEN": f"127.0.0.1:{mail_port}",
                "PARTNERS": f'[[partner]]\nid = "{PARTNER}"\ntoken_sha256 = "{digest}"\n',
            },
        )
        stack.callback(system.stop)
        system.start_database()
        system.start_services()
        stack.enter_context(mail_door(system.listening["smtp"], fail))
        self._rpc = RpcPool(IN_PROCESS_URI)
        stack.callback(self._rpc.close)
        env = Environment()
        levels = Levels({name: env.require(f"{name.upper()}_DSN") for name in SERVICES})
        stack.callback(levels.close)
        self.rehearsal = Rehearsal(
            call=self.call,
            level=lambda: levels.wait(_LEVEL_SECONDS),
            clock_path=clock_path,
            doors=Doors(web=lambda: system.addresses["intake"], token=token, smtp_port=mail_port),
        )

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        return self._rpc.call(service, method, arguments, timeout_seconds=_CALL_SECONDS)


def _interrupting() -> Callable[[Exception], None]:
    """What ends the demonstration with an error, called from a thread."""
    ours = eventlet.getcurrent()
    return lambda error: eventlet.kill(ours, error)


def _play(
    stage: _Stage, records: Sequence[Mapping[str, Any]], show: _Show
) -> dict[str, dict[str, Any]]:
    rehearsal = stage.rehearsal
    rehearsal.prepare(records)
    player = Player(call=stage.call, records=())
    told: dict[str, dict[str, Any]] = {}
    done = show.task("requests through their channels", len(records))
    for number, record in enumerate(records):
        request_id = rehearsal.take_in(record)
        told[record["id"]] = {**player.told(request_id, {}), "request_id": request_id}
        rehearsal.react(number, request_id)
        done()
    step = show.task("ten days of the desk", _DAYS_AFTER)
    for day in days_after(records[-1], _DAYS_AFTER):
        rehearsal.pass_time(day)
        rehearsal.acknowledge()
        step()
    return told


def _look_at_alerts(stage: _Stage, checks: _Checks) -> dict[str, int]:
    alerts = all_alerts(stage.call)
    mails = stage.mail.messages()
    counts = {"alerts": len(alerts), "mails": len(mails)}
    for state in ("sent", "repeated", "escalated", "acknowledged", "cancelled", "planned"):
        counts[state] = sum(1 for alert in alerts if alert["state"] == state)
    ids = [mail.message_id for mail in mails]
    checks.expect("each message left once", f"{len(ids)} mails", holds=len(ids) == len(set(ids)))
    checks.expect("alerts left by SMTP", len(mails), holds=bool(mails))
    checks.expect("reminders were sent", counts["repeated"], holds=counts["repeated"] > 0)
    checks.expect("escalated to coordination", counts["escalated"], holds=counts["escalated"] > 0)
    return counts


def _follow_up(stage: _Stage, checks: _Checks) -> None:
    state = stage.rehearsal.open_case()
    checks.expect("a referral became an open case", state or "none waited", holds=state == "open")


def _look_at_requests(
    told: Mapping[str, Mapping[str, Any]],
    records: Sequence[Mapping[str, Any]],
    checks: _Checks,
) -> None:
    wanted = {record["id"]: record["expected"] for record in records}
    right = sum(
        1 for key, row in told.items() if row["routing"]["unit"] == wanted[key]["routing"]["unit"]
    )
    level = ("low", "normal", "high", "critical")
    lower = [
        key
        for key, row in told.items()
        if level.index(row["urgency"]) < level.index(wanted[key]["urgency"])
    ]
    checks.expect("every item became a request", len(told), holds=len(told) == len(records))
    checks.expect("the right unit, for 28 of 30", right, holds=right >= len(records) - 2)
    checks.expect("no urgency rated lower", ", ".join(lower) or "none", holds=not lower)


def _rebuild(checks: _Checks) -> None:
    env = Environment()
    rows = rebuild_all(
        env, how="rebuild", accept_differences=True, quiet=True, by="demo", why="to show it"
    )
    differ = [row for row in rows if row["only_live"] or row["only_rebuilt"] or row["changed"]]
    names = ", ".join(f"{row['service']}.{row['table']}" for row in differ)
    checks.expect(
        f"{len(rows)} tables rebuilt from the events, none differs",
        names or "none",
        holds=not differ,
    )
    with open_logs(env) as opened:
        faults = [name for name, store in opened.items() if store.verify().faults]
    checks.expect("every digest verifies", ", ".join(faults) or "all", holds=not faults)


def _tell(report: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    console = Console()
    requests = Table(title="thirty requests", title_justify="left")
    columns = ("id", "channel", "state", "urgency", "unit", "rule", "answer due")
    for column in columns:
        requests.add_column(column)
    for row in report["requests"]:
        routing = row["routing"]
        cells = (row["id"], row["channel"], row["state"], row["urgency"], routing["unit"])
        due = row["answer_due_on"] or "-"
        requests.add_row(*cells, routing["rule"], due)
    console.print(requests)
    console.print("alerts:", ", ".join(f"{n} {name}" for name, n in report["alerts"].items()))
    checks = Table(title="expectations", title_justify="left")
    for column in ("expectation", "seen", ""):
        checks.add_column(column)
    for row in report["checks"]:
        checks.add_row(row["expectation"], row["seen"], "ok" if row["holds"] else "FAILS")
    console.print(checks)
    verdict = "all expectations hold" if report["holds"] else "an expectation fails"
    console.print(f"demo: {verdict} ({report['seconds']} s)")
