"""Plays days of the desk on a running system: items in by their real channels, the clock moved,
volunteers who react or do not.

Everything that it sends bears a key that follows from its name, so that whoever plays it twice, or
sends again what was not answered, gets the same ids.
"""

from __future__ import annotations

import json
import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_string, policy
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID, uuid5

from services.routing.adapters.csv_directory import FILES
from shared.clock import PARIS, FileClock
from shared.errors import Unavailable

_Answer = TypeVar("_Answer")

PARTNER = "foyer-les-tilleuls"
_MAILBOX = "commission.prison@lacimade.org"
_EXAMPLE = Path(__file__).parents[1] / "routing" / "data" / "demo"
_COMMANDS = UUID("0c0f3f5e-5d0e-4a55-9a38-4d6d3a2d5a11")
_BY_RPC = {
    "letter": "record_letter",
    "phone": "record_phone_note",
    "referral": "record_referral",
}
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_PAGE = 500
# The first of so many requests is accepted by nobody: its alerts insist, and reach coordination.
_LEFT_ALONE_EVERY = 6
_LEFT = ("sent", "repeated", "escalated")


def example_directory() -> dict[str, str]:
    """The made-up directory's files, by name."""
    return {name: (_EXAMPLE / name).read_text(encoding="utf-8") for name in FILES}


class Calls(Protocol):
    """Calls a method of a service and waits for its answer."""

    def __call__(self, service: str, method: str, /, **arguments: Any) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where items come in: intake's web address (host:port), its partner's token, SMTP's port."""

    web: Callable[[], str]
    token: str
    smtp_port: int


class Rehearsal:
    """One system with a clock file; ``level`` waits until everybody has handled everything.

    The services run with ``PERMANENCE_TICKED=on``: at each instant the others do what is due
    before alerts leave.
    """

    def __init__(
        self, *, call: Calls, level: Callable[[], None], clock_path: Path, doors: Doors
    ) -> None:
        self._call = call
        self._level = level
        self._clock_path = clock_path
        self._doors = doors
        self._handled: dict[str, str] = {}

    def move_to(self, instant: datetime) -> None:
        """Set the clock that all services, and the mail door, read."""
        set_clock(self._clock_path, instant)

    def prepare(self, records: Sequence[Mapping[str, Any]]) -> None:
        """The made-up directory, and what the records take for known."""
        self._call("routing", "import_directory", files=example_directory(), by="rehearsal")
        known = [
            entry
            for record in records
            for entry in (record.get("context") or {}).get("known") or []
            if str(entry.get("request", "")).startswith("q-")
        ]
        self._call("intake", "stage_known", register="main", known=known)
        self._level()

    def take_in(self, record: Mapping[str, Any]) -> str:
        """Let the days pass until the item comes, send it in; the id of its request."""
        self.pass_time(arrived_at(record))
        channel, raw = record["channel"], record["raw"]
        if channel == "email":
            request_id = self._by_mail(raw)
        elif channel in _BY_RPC:
            once = _once("record", record["id"])
            told = self._call("intake", _BY_RPC[channel], raw=raw, command_id=once)
            request_id = str(told["request_id"])
        else:
            request_id = self._by_http(channel, raw)
        self._tick()
        return request_id

    def react(self, number: int, request_id: str) -> None:
        """Somebody of the unit accepts what came to it; of every sixth, nobody."""
        if number % _LEFT_ALONE_EVERY:
            self._handled[request_id] = self._accept(request_id)
        self.acknowledge()

    def acknowledge(self) -> None:
        """Whoever handles a request says that they saw its alerts; the others' are left to
        insist."""
        left = [alert for state in _LEFT for alert in all_alerts(self._call, state=state)]
        seen = [alert for alert in left if alert["request_id"] in self._handled]
        for alert in seen:
            self._call(
                "notifications",
                "acknowledge",
                alert_id=alert["alert_id"],
                by=self._handled[alert["request_id"]] or alert["recipient"],
                command_id=_once("acknowledge", alert["alert_id"]),
            )
        if seen:
            self._tick()

    def _accept(self, request_id: str) -> str:
        """Who took the request; nobody ("") if it waits for nobody."""
        found = self._call("routing", "describe_assignment", request_id=request_id)
        if found is None or found["state"] != "proposed":
            return ""
        people = self._call("routing", "directory")["volunteers"]
        holder = next(one["volunteer_id"] for one in people if found["unit"] in one["units"])
        self._call(
            "routing",
            "accept",
            request_id=request_id,
            volunteer_id=holder,
            command_id=_once("accept", request_id),
        )
        self._tick()
        return str(holder)

    def open_case(self) -> str | None:
        """The first referral that waits becomes an open case: its state; None if none waits."""
        waiting = self._call("followup", "list_cases", states=["referral_received"])
        if not waiting:
            return None
        case_id = min(row["case_id"] for row in waiting)
        for step in ("accept_referral", "open_case"):
            once = _once(step, case_id)
            self._call("followup", step, case_id=case_id, by="permanence", command_id=once)
        self._tick()
        return str(self._call("followup", "show_case", case_id=case_id)["state"])

    def pass_time(self, until: datetime) -> None:
        """Move the clock from one due instant to the next, then to ``until``."""
        while (due := self._next_due()) is not None and due <= until:
            self.move_to(max(due, self._now()))
            self._tick()
        self.move_to(until)
        self._tick()

    def _now(self) -> datetime:
        return FileClock(self._clock_path).now()

    def _next_due(self) -> datetime | None:
        told = self._call("notifications", "next_due_at")
        return datetime.fromisoformat(told) if told else None

    def _tick(self) -> None:
        """Do all that is due now; whoever was interrupted finishes before time goes on."""
        self._level()  # a deadline that is not proposed yet could not be told to be near
        self._call("followup", "tick")
        self._call("routing", "escalate")
        self._level()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            self._call("notifications", "tick")
            self._level()
            due = self._next_due()
            if due is None or due > self._now():
                return
            if time.monotonic() > deadline:
                raise Unavailable(f"alerts: still due at {due.isoformat()}; see the services' log")
            time.sleep(_PAUSE_SECONDS)

    def _by_mail(self, raw: str) -> str:
        before = self._emails()
        message = message_from_string(raw, policy=policy.SMTP)
        sender = str(message.get("Return-Path", "<x@x.example>")).strip("<>")
        self._until_taken(lambda: self._send(sender, raw))
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not (new := self._emails() - before):
            if time.monotonic() > deadline:
                raise Unavailable("e-mail: intake did not read the spool in time; see its log")
            time.sleep(_PAUSE_SECONDS / 2)
        return new.pop()

    def _send(self, sender: str, raw: str) -> None:
        with smtplib.SMTP("127.0.0.1", self._doors.smtp_port, timeout=10) as server:
            server.sendmail(sender, [_MAILBOX], raw.encode("utf-8"))

    def _emails(self) -> set[str]:
        rows = self._call("intake", "list_requests", channel="email", limit=500)
        return {row["request_id"] for row in rows}

    def _by_http(self, channel: str, raw: str) -> str:
        head, _, body = raw.partition("\n\n") if channel == "api" else ("", "", raw)
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
        path = "/v1/requests" if channel == "api" else "/v1/web-form"
        if channel == "api":
            headers["Authorization"] = f"Bearer {self._doors.token}"

        def post() -> str:
            request = Request(
                f"http://{self._doors.web()}{path}",
                data=body.encode(),
                headers={"Content-Type": "application/json", **headers},
                method="POST",
            )
            with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
                return str(json.load(answer)["request_id"])

        return self._until_taken(post)

    def _until_taken(self, send: Callable[[], _Answer]) -> _Answer:
        """Send, and again while the door is shut, as every sender does; refusals are raised."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return send()
            except HTTPError as error:
                if error.code < 500 or time.monotonic() > deadline:
                    raise
            except smtplib.SMTPRecipientsRefused:
                raise
            except (OSError, HTTPException):
                if time.monotonic() > deadline:
                    raise
            time.sleep(_PAUSE_SECONDS)


def _once(what: str, which: str) -> str:
    """The command id of an act that is done once."""
    return str(uuid5(_COMMANDS, f"{what} {which}"))


def set_clock(path: Path, instant: datetime) -> None:
    """Write the instant that a ``FileClock`` on ``path`` tells from now on."""
    fresh = path.with_suffix(".new")
    fresh.write_text(instant.astimezone(UTC).isoformat(), encoding="ascii")
    fresh.replace(path)


def arrived_at(record: Mapping[str, Any]) -> datetime:
    """The evening of the day on which the sample says that it came, or the hour of the call."""
    told = record["expected"]
    if told.get("call_at"):
        return datetime.fromisoformat(told["call_at"]).replace(tzinfo=PARIS)
    return datetime.fromisoformat(f"{told['received_on']}T18:00").replace(tzinfo=PARIS)


def days_after(record: Mapping[str, Any], days: int) -> list[datetime]:
    """The same hour on each of the days that follow the item's arrival."""
    return [arrived_at(record) + timedelta(days=day) for day in range(1, days + 1)]


def all_alerts(call: Calls, state: str | None = None) -> list[dict[str, Any]]:
    """Every alert, or those in a state, as ``notifications.list_alerts`` tells them."""
    alerts: list[dict[str, Any]] = []
    while True:
        asked = {"state": state, "limit": _PAGE, "offset": len(alerts)}
        page = call("notifications", "list_alerts", **asked)
        alerts += page
        if len(page) < _PAGE:
            return alerts
