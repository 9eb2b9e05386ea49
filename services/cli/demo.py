"""``permanence demo``: thirty made-up requests through the whole chain, on a moved clock."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from services.cli.logs import open_logs
from services.cli.rebuild import rebuild_all
from services.cli.submit import Player, read_records
from services.cli.system import AsJson
from services.host.embedded import DEFAULT_FOLDER, EmbeddedSystem, free_port
from services.host.level import Levels
from services.host.runner import SERVICES
from services.host.smtp_capture import SmtpCapture
from services.routing.adapters.csv_directory import FILES
from shared.clock import PARIS, FileClock
from shared.errors import Unavailable
from shared.messaging import IN_PROCESS_URI, call
from shared.settings import Environment

REQUESTS = Path(__file__).parent / "data" / "demo_requests.jsonl"
_ROUTING_DATA = Path(__file__).parents[1] / "routing" / "data"
_PARTNER = "foyer-les-tilleuls"
_DESK_MAILBOX = "commission.prison@lacimade.org"
_DAYS_AFTER = 10
# The first of so many requests is accepted by nobody: its alerts insist, and reach coordination.
_LEFT_ALONE_EVERY = 6
_LEVEL_SECONDS = 30.0


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
    folder.mkdir(parents=True)
    started = time.monotonic()
    records = sorted(read_records(REQUESTS), key=_arrived_at)
    with ExitStack() as stack:
        show = _Show(quiet=as_json)
        stack.enter_context(show.bar)
        stage = _Stage(folder, stack, _arrived_at(records[0]) - timedelta(days=1))
        told = _play(stage, records, show)
        checks = _Checks()
        alerts = _look_at_alerts(stage, checks)
        _follow_up(stage, checks)
        _look_at_requests(told, records, checks)
        _rebuild(stage, checks, show)
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
    """The embedded system, its doors, and the clock."""

    def __init__(self, folder: Path, stack: ExitStack, start: datetime) -> None:
        self._clock_path = folder / "clock"
        self.move_to(start)
        self.mail = stack.enter_context(SmtpCapture(folder / "mail"))
        self._token = secrets.token_urlsafe(24)
        self._mail_port = free_port()
        digest = hashlib.sha256(self._token.encode()).hexdigest()
        self.system = EmbeddedSystem(
            folder=folder,
            clock=FileClock(self._clock_path),
            settings={
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(self.mail.port),
                "CLOCK_PATH": str(self._clock_path),
                "SMTP_LISTEN": f"127.0.0.1:{self._mail_port}",
                "PARTNERS": f'[[partner]]\nid = "{_PARTNER}"\ntoken_sha256 = "{digest}"\n',
            },
        )
        stack.callback(self.system.stop)
        self.system.start_database()
        self.system.start_services()
        door = subprocess.Popen(
            [sys.executable, "-m", "services.host.mail_in"], stdout=subprocess.DEVNULL
        )
        stack.callback(door.wait)
        stack.callback(door.terminate)
        env = Environment()
        self._levels = Levels({name: env.require(f"{name.upper()}_DSN") for name in SERVICES})
        stack.callback(self._levels.close)

    def move_to(self, instant: datetime) -> None:
        """Set the clock that all services, and the mail door, read."""
        fresh = self._clock_path.with_suffix(".new")
        fresh.write_text(instant.astimezone(UTC).isoformat(), encoding="ascii")
        fresh.replace(self._clock_path)

    def call(self, service: str, method: str, /, **arguments: Any) -> Any:
        return call(IN_PROCESS_URI, service, method, arguments, timeout_seconds=60)

    def level(self) -> None:
        """Wait until everybody has handled everything."""
        self._levels.wait(_LEVEL_SECONDS)

    def tick_until(self, until: datetime) -> None:
        """Move the clock from one due instant to the next, then to ``until``."""
        while (due := self._next_due()) is not None and due <= until:
            self.move_to(due)
            self._tick()
        self.move_to(until)
        self._tick()

    def _next_due(self) -> datetime | None:
        told = self.call("notifications", "next_due_at")
        now = FileClock(self._clock_path).now()
        return max(datetime.fromisoformat(told), now + timedelta(seconds=1)) if told else None

    def _tick(self) -> None:
        self.call("followup", "tick")
        self.call("routing", "escalate")
        self.level()
        self.call("notifications", "tick")
        self.level()

    def take_in(self, record: Mapping[str, Any]) -> str:
        """Send one item in by its real channel; the id of its request."""
        channel, raw = record["channel"], record["raw"]
        if channel == "email":
            return self._by_mail(raw)
        if channel in {"web", "api"}:
            return self._by_http(channel, raw)
        by = {
            "letter": "record_letter",
            "phone": "record_phone_note",
            "referral": "record_referral",
        }
        return str(self.call("intake", by[channel], raw=raw)["request_id"])

    def _by_mail(self, raw: str) -> str:
        before = self._emails()
        message = message_from_string(raw, policy=policy.SMTP)
        sender = (
            message.get("Return-Path", "").strip("<>")
            if "Return-Path" in message
            else "x@x.example"
        )
        self._send(sender, raw)
        deadline = time.monotonic() + _LEVEL_SECONDS
        while not (new := self._emails() - before):
            if time.monotonic() > deadline:
                raise Unavailable("e-mail: intake did not read the spool in time; see services.log")
            time.sleep(0.05)
        return new.pop()

    def _send(self, sender: str, raw: str) -> None:
        for left in range(100, -1, -1):
            try:
                with smtplib.SMTP("127.0.0.1", self._mail_port, timeout=10) as server:
                    server.sendmail(sender, [_DESK_MAILBOX], raw.encode("utf-8"))
            except OSError:
                if not left:
                    raise
                time.sleep(0.1)
            else:
                return

    def _emails(self) -> set[str]:
        listed = self.call("intake", "list_requests", channel="email", limit=500)
        rows = listed["requests"] if isinstance(listed, dict) else listed
        return {row["request_id"] for row in rows}

    def _by_http(self, channel: str, raw: str) -> str:
        head, _, body = raw.partition("\n\n") if channel == "api" else ("", "", raw)
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
        path = "/v1/requests" if channel == "api" else "/v1/web-form"
        if channel == "api":
            headers["Authorization"] = f"Bearer {self._token}"
        request = Request(
            f"http://{self.system.addresses['intake']}{path}",
            data=body.encode(),
            headers={"Content-Type": "application/json", **headers},
            method="POST",
        )
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
            return str(json.load(answer)["request_id"])


def _arrived_at(record: Mapping[str, Any]) -> datetime:
    """Noon of the day on which the sample says that it came, or the hour of the call."""
    told = record["expected"]
    if told.get("call_at"):
        return datetime.fromisoformat(told["call_at"]).replace(tzinfo=PARIS)
    return datetime.fromisoformat(f"{told['received_on']}T18:00").replace(tzinfo=PARIS)


def _play(
    stage: _Stage, records: Sequence[Mapping[str, Any]], show: _Show
) -> dict[str, dict[str, Any]]:
    files = {
        name: path.read_text(encoding="utf-8")
        for name in FILES
        for path in (_ROUTING_DATA / "demo" / name, _ROUTING_DATA / name)
        if path.exists()
    }
    stage.call("routing", "import_directory", files=files, by="demonstration")
    known = [
        entry
        for record in records
        for entry in (record.get("context") or {}).get("known") or []
        if str(entry.get("request", "")).startswith("q-")
    ]
    stage.call("intake", "stage_known", register="main", known=known)
    stage.level()
    player = Player(call=stage.call, records={})
    told: dict[str, dict[str, Any]] = {}
    handled: dict[str, str] = {}
    done = show.task("requests through their channels", len(records))
    for number, record in enumerate(records):
        stage.tick_until(_arrived_at(record))
        request_id = stage.take_in(record)
        stage.level()
        told[record["id"]] = {**player.told(request_id, {}), "request_id": request_id}
        if number % _LEFT_ALONE_EVERY:
            handled[request_id] = _accept(stage, request_id)
        _acknowledge(stage, handled)
        done()
    end = _arrived_at(records[-1])
    step = show.task("ten days of the desk", _DAYS_AFTER)
    for day in range(1, _DAYS_AFTER + 1):
        stage.tick_until(end + timedelta(days=day))
        _acknowledge(stage, handled)
        step()
    return told


def _accept(stage: _Stage, request_id: str) -> str:
    """Somebody of the unit takes the request, if it waits for that; who, or nobody ("")."""
    assignment = stage.call("routing", "describe_assignment", request_id=request_id)
    if assignment["state"] != "proposed":
        return ""
    people = stage.call("routing", "directory")["volunteers"]
    unit = assignment["unit"]
    holder = next(one["volunteer_id"] for one in people if unit in one["units"])
    stage.call("routing", "accept", request_id=request_id, volunteer_id=holder)
    stage.level()
    return str(holder)


def _acknowledge(stage: _Stage, handled: Mapping[str, str]) -> None:
    """Whoever handles a request says that they saw its alerts; the others' are left to insist."""
    for request_id, holder in handled.items():
        for state in ("sent", "repeated", "escalated"):
            for alert in stage.call(
                "notifications", "list_alerts", request_id=request_id, state=state
            ):
                by = holder or alert["recipient"]
                stage.call("notifications", "acknowledge", alert_id=alert["alert_id"], by=by)
    stage.level()


def _alerts(stage: _Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while page := stage.call("notifications", "list_alerts", limit=500, offset=len(found)):
        found += page
    return found


def _look_at_alerts(stage: _Stage, checks: _Checks) -> dict[str, int]:
    alerts = _alerts(stage)
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
    cases = stage.call("followup", "list_cases", states=["referral_received"])
    rows: list[dict[str, Any]] = list(cases)
    checks.expect("a referral proposes a follow-up case", len(rows), holds=bool(rows))
    if not rows:
        return
    case_id = rows[0]["case_id"]
    stage.call("followup", "accept_referral", case_id=case_id, by="permanence")
    stage.call("followup", "open_case", case_id=case_id, by="permanence")
    stage.level()
    state = stage.call("followup", "show_case", case_id=case_id)["state"]
    checks.expect("the case is open", state, holds=state == "open")


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


def _rebuild(stage: _Stage, checks: _Checks, show: _Show) -> None:
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
