"""``permanence trace``: everything that one request set off, in every service, as a tree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.tree import Tree

from services.cli.instants import in_paris
from services.cli.logs import logs
from services.cli.system import AsJson, Data, Embedded, system
from services.host.embedded import DEFAULT_FOLDER
from shared.errors import Refused
from shared.eventstore import EventStore, Recorded, Version

_PREFIX = "request-"
# The streams that began with something on this request, by whomever: a person, the time of day.
_ABOUT = """
SELECT stream FROM events
WHERE version = 1 AND data @> jsonb_build_object('request_id', %(id)s::text)
"""
_NEVER = timedelta(0)


class NoSuchRequest(Refused):
    """Intake has no request of that id."""

    code = "cli.no_such_request"


@dataclass(slots=True)
class Node:
    """An event with what it caused. ``delay`` is since its cause, zero for a beginning.

    ``link``: caused (its metadata name the cause), then (the next event of a stream that began
    with this request: a command or the time of day came in between) or start.
    """

    service: str
    event: Recorded
    link: str = "start"
    delay: timedelta = _NEVER
    effects: list[Node] = field(default_factory=list)

    @property
    def key(self) -> str:
        """How other events name it as their cause."""
        return f"{self.service}/{self.event.position}"


def trace(
    request: Annotated[str, typer.Argument(help="The request's id, or its stream request-….")],
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Show every event of every service that one request caused, as a tree with delays."""
    stream = request if request.startswith(_PREFIX) else f"{_PREFIX}{request}"
    with system(embedded=embedded, data=data) as there, logs(there) as opened:
        nodes = gather(stream, opened)
    if not nodes:
        raise NoSuchRequest(
            f"request: {request!r} is no request; give an id as in the address of the desk's page, "
            "or a stream that `permanence streams request-` lists"
        )
    roots = grow(nodes)
    if as_json:
        for depth, node in _flat(roots):
            typer.echo(json.dumps({"depth": depth, **_row(node)}, ensure_ascii=False))
        return
    _print(stream, nodes, roots)


def gather(stream: str, opened: Mapping[str, EventStore]) -> list[Node]:
    """The request's own events, the streams that began with something on it, all that names one
    of these events as its correlation, and the later events of each stream that began so; until
    nothing is added. By time of recording."""
    found: dict[str, Node] = {}
    whole: set[str] = set()
    asked: set[str] = set()
    fresh = [
        node
        for name, store in opened.items()
        for about in _about(stream, store)
        for node in _nodes(name, store.load(about, decrypt=False))
    ]
    while fresh:
        new = [node for node in fresh if node.key not in found]
        found |= {node.key: node for node in new}
        ids = {_correlation(node) for node in new} - asked
        asked |= ids
        fresh = []
        for name, store in opened.items():
            fresh += _nodes(name, store.correlated(sorted(ids)))
            begun = {n.event.stream for n in new if n.service == name and n.event.version == 1}
            for grown in sorted(begun - whole):
                whole.add(grown)
                fresh += _nodes(name, store.load(grown, after=Version(1), decrypt=False))
    return sorted(found.values(), key=lambda node: (node.event.recorded_at, node.key))


def grow(nodes: list[Node]) -> list[Node]:
    """Hang each event under its cause; the beginnings, by time."""
    by_key = {node.key: node for node in nodes}
    by_place = {(node.service, node.event.stream, node.event.version): node for node in nodes}
    announced = {f"alert-{n.event.data['next_alert_id']}": n for n in nodes if _announces(n)}
    roots = []
    for node in nodes:
        before = (node.service, node.event.stream, Version(node.event.version - 1))
        cause = by_key.get(str(node.event.metadata.get("causation_id")))
        if cause is None and node.event.version == 1:
            cause = announced.get(node.event.stream)
        parent = cause or by_place.get(before)
        if parent is None:
            roots.append(node)
            continue
        node.link = "caused" if cause else "then"
        node.delay = node.event.recorded_at - parent.event.recorded_at
        parent.effects.append(node)
    return roots


def _about(stream: str, store: EventStore) -> list[str]:
    with store.transaction() as connection:
        rows = connection.execute(_ABOUT, {"id": stream.removeprefix(_PREFIX)}).fetchall()
    return [row[0] for row in rows]


def _announces(node: Node) -> bool:
    """Whether it names the next alert: an alert that nobody reacted to, repeated or escalated."""
    return bool(node.event.data.get("next_alert_id"))


def _nodes(service: str, events: list[Recorded]) -> list[Node]:
    return [Node(service, event) for event in events]


def _correlation(node: Node) -> str:
    """What the events that it set off carry."""
    return str(node.event.metadata.get("correlation_id") or node.key)


def _flat(nodes: list[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    for node in nodes:
        yield depth, node
        yield from _flat(node.effects, depth + 1)


def _row(node: Node) -> dict[str, Any]:
    event = node.event
    return {
        "service": node.service,
        "position": int(event.position),
        "stream": event.stream,
        "version": int(event.version),
        "type": event.type,
        "link": node.link,
        "caused_by": event.metadata.get("causation_id"),
        "actor": event.metadata.get("actor"),
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "delay_seconds": round(node.delay.total_seconds(), 6),
    }


def _print(stream: str, nodes: list[Node], roots: list[Node]) -> None:
    first = min(node.event.recorded_at for node in nodes)
    last = max(node.event.recorded_at for node in nodes)
    services = dict.fromkeys(node.service for node in nodes)
    tree = Tree(f"{stream}: {len(nodes)} events in {', '.join(services)}, within {last - first}")
    for root in roots:
        _hang(tree, root, first)
    Console().print(tree)


def _hang(tree: Tree, node: Node, first: datetime) -> None:
    event = node.event
    since = in_paris(event.recorded_at) if node.link == "start" else _words(node.delay)
    mark = "… " if node.link == "then" else ""
    branch = tree.add(
        f"{mark}[bold]{event.type}[/bold] {since} {node.key} {event.stream}:{event.version}"
    )
    for effect in node.effects:
        _hang(branch, effect, first)


def _words(delay: timedelta) -> str:
    seconds = delay.total_seconds()
    return f"+{seconds * 1000:.0f} ms" if abs(seconds) < 1 else f"+{delay}"
