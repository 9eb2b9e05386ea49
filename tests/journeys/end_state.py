"""What a system has come to, in a form in which two runs of the same days can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from services.host.runner import SERVICES
from tests.support.processes import ProcessSystem

# How often a message was tried, and in which company it left, tells of the way and not of the end;
# volunteers' person ids are drawn, and a cause keeps by which position it came to be.
_OF_THE_WAY = {
    "causes": frozenset({"because"}),
    "volunteers": frozenset({"person_id"}),
    "alerts": frozenset(
        {"version", "attempts", "in_doubt", "last_failure", "message_id", "in_hand_schema"}
    ),
}

EndState = Mapping[str, Any]


def end_state(system: ProcessSystem) -> EndState:
    """``{"service.table": rows by content, "alerts": …, "mails": …}``: each value a multiset.

    Ids are compared too: in these days they all follow from what was sent in.
    """
    state: dict[str, Any] = {}
    for service in SERVICES:
        for table, rows in system.read_models(service).items():
            state[f"{service}.{table}"] = Counter(_content(table, row) for row in rows)
    causes = system.rows("notifications", "causes")
    state["notifications.causes"] = Counter(_content("causes", row) for row in causes)
    alerts = system.alerts()
    state["alerts"] = Counter(
        (alert["cause"], alert["recipient"], alert["rung"], alert["state"]) for alert in alerts
    )
    captured = {mail.message_id for mail in system.mails()}
    state["mails"] = Counter(
        (alert["cause"], alert["recipient"], alert["rung"])
        for alert in alerts
        if alert["message_id"] in captured
    )
    return state


def differences(expected: EndState, found: EndState) -> list[str]:
    """What the one has and the other has not, a line each; none if they are the same."""
    lines = []
    for part in sorted(expected.keys() | found.keys()):
        before, after = expected.get(part, Counter()), found.get(part, Counter())
        lines += [f"{part}: missing: {row}" for row in (before - after)]
        lines += [f"{part}: too many: {row}" for row in (after - before)]
    return lines


def _content(table: str, row: Mapping[str, Any]) -> str:
    left_out = _OF_THE_WAY.get(table, frozenset())
    return str({name: value for name, value in row.items() if name not in left_out})
