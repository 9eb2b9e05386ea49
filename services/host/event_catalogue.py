"""The catalogue of events, written from the contracts and from who subscribes to them.

``python -m services.host.event_catalogue FOLDER`` (``make docs``) writes ``events.md``, to be read,
and ``asyncapi.yaml``, for tools.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from services.host.event_asyncapi import asyncapi_yaml
from services.host.runner import SERVICES, service_class
from shared.contracts.codecs import CODECS
from shared.messaging import Subscription

Consumers = Mapping[tuple[str, str], list[str]]
"""By (service, event type): who reads it."""

_PLAIN: Mapping[Any, str] = {
    UUID: "UUID",
    date: "day",
    datetime: "instant",
    str: "text",
    int: "whole number",
    float: "number",
    bool: "yes or no",
    dict: "object",
}

# What these fields mean wherever the event's own words say nothing else.
_EVERYWHERE: Mapping[str, str] = {
    "request_id": "The request.",
    "case_id": "The case.",
    "deadline_id": "The deadline.",
    "alert_id": "The alert.",
    "appointment_id": "The appointment.",
    "step_id": "The step.",
    "volunteer_id": "The volunteer.",
    "person_id": "The subject whose key encrypts what identifies the person.",
    "register": "`main`, or `rehearsal-<id>`: a rehearsal never meets real work.",
    "by": "Who did it.",
    "unit": "`team:<establishment code>`, `desk` or `coordination`.",
    "establishment": "A code of the directory of establishments.",
    "policy_version": "The policy that decided.",
    "lexicon_version": "The lexicons that found.",
    "reason": "Why it happened.",
    "reason_fr": "Why, in the sentence that volunteers read.",
    "rule": "The number of the desk's rule that decided (`R4`).",
    "also": "Other rules that apply.",
    "looked_at": "The facts that the decision looked at.",
    "inform": "Units that are told, beside the one that answers.",
    "from_unit": "The unit that answered until now.",
    "danger": "A named human is alerted at once (R36, R37).",
    "needs_review": "A person must still complete or confirm something.",
    "answer_due_on": "The day by which an answer is promised (R10).",
    "received_on": "The day on which the item arrived at the desk.",
    "received_at": "When the item arrived at the desk.",
    "answered_on": "The day of the answer, if there was one.",
    "arrival_id": "Names one arrival of an item: handling it again does nothing.",
    "media_type": "Of the raw item or the attachment, as in MIME.",
    "original_sha256": "Of the bytes that came.",
    "absent_from": "The first day of the absence.",
    "absent_until": "The last day of the absence; none: not known.",
    "since": "From which day on; none: not known.",
    "reminder_of": "The earlier request that this one recalls (R22).",
    "duplicate_of": "The first request of the same matter.",
    "period_stated": "The period in the item's own words.",
    "note": "What whoever counts must know.",
    "trigger": "The act that starts the clock.",
    "counting": "How the rule counts its period.",
    "nature": "What the rule's time limit is in law.",
    "article": "Where the rule stands in law.",
    "zone": "The zone of holidays and time that was counted with.",
    "steps": "How the dates were found, step by step.",
    "cause": "What it is about, `<kind>:<id>`.",
    "channel": "By which way it came or leaves.",
    "message_id": "The Message-ID, the same at every attempt.",
    "attempt": "Counts from 1.",
    "started_at": "When the attempt began.",
    "sent_at": "When the channel took it.",
    "ladder": "Which ladder of alerts it stands on.",
    "stage": "Which stage of its ladder.",
    "corrected_fields": "The paths of the fields that were corrected.",
    "orientation": "Where the person is sent instead.",
    "scope": "What may be told, and to whom.",
    "consent_scope": "What the consent allows to be told.",
}

_HEAD = """# Events

Written from the contracts by `make docs`; a test compares the two. For tools:
[asyncapi.yaml](asyncapi.yaml), which also has the envelope that carries them. How an event may
change is told in [Change what an event holds](howto/change_an_event.md).

An instant is aware UTC, a day is one in Europe/Paris, both in ISO 8601. *Optional* fields may be
absent; *private* ones are stored and sent encrypted under the person's own key, and are gone once
the person is erased. Consumers are the services whose handlers are given the event.
"""


def main() -> None:
    """Write both files into the folder that the command line names."""
    folder = Path(sys.argv[1])
    for name, text in written().items():
        (folder / name).write_text(text, encoding="utf-8")


def written() -> dict[str, str]:
    """The text of each file of the catalogue, by its name."""
    readers = consumers()
    return {"events.md": markdown(readers), "asyncapi.yaml": asyncapi_yaml(CODECS, readers)}


def consumers() -> dict[tuple[str, str], list[str]]:
    """Who reads which event, from the subscriptions of the service classes."""
    found: dict[tuple[str, str], list[str]] = {}
    for consumer in SERVICES:
        for subscription in _subscriptions(service_class(consumer)):
            for type_ in CODECS[subscription.source].types():
                if subscription.wants(type_):
                    found.setdefault((subscription.source, type_), []).append(consumer)
    return found


def markdown(readers: Consumers) -> str:
    """``events.md``."""
    return "\n".join([_HEAD, *_contents(), *_services(readers), *_words()]) + "\n"


def _subscriptions(service: type) -> Iterator[Subscription]:
    for _, method in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, Subscription):
                yield entrypoint


def _contents() -> Iterator[str]:
    for service, codec in CODECS.items():
        yield f"- [{service}](#{service}): {len(codec.types())} events"
    yield "- [Words](#words)\n"


def _services(readers: Consumers) -> Iterator[str]:
    for service, codec in CODECS.items():
        parts: dict[str, type] = {}
        yield f"## {service}\n"
        said = inspect.getdoc(import_module(f"shared.contracts.{service}.events")) or ""
        yield said.replace("``", "`") + "\n"
        for made in codec.classes():
            name, version = made.__name__, codec.types()[made.__name__]
            yield f"### {name}\n"
            yield f"{_prose(made)}\n"
            heard = ", ".join(readers.get((service, name), ())) or "nobody"
            yield f"Version {version}. Consumers: {heard}.\n"
            yield from _table(made, parts)
        yield f"### Parts of {service}'s events\n"
        done: set[str] = set()
        while waiting := [part for part in parts.values() if part.__name__ not in done]:
            for part in waiting:
                done.add(part.__name__)
                yield f"#### {part.__name__}\n"
                yield f"{_prose(part)}\n"
                yield from _table(part, parts)


def _table(made: type, parts: dict[str, type]) -> Iterator[str]:
    hints, comments = get_type_hints(made), _comments(made)
    yield "| field | type | meaning |"
    yield "|---|---|---|"
    for field in dataclasses.fields(made):
        hint = hints[field.name]
        words = [_type(hint, parts)]
        if field.name == "private":
            words.append("**private**")
        if field.default is not dataclasses.MISSING:
            words.append("optional")
        meaning = (
            _meaning(made, field.name, comments)
            or _first_sentence(hint)
            or _EVERYWHERE.get(field.name, "")
        )
        yield f"| `{field.name}` | {', '.join(words)} | {meaning} |"
    yield ""


def _type(hint: Any, parts: dict[str, type]) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        [kept] = [part for part in get_args(hint) if part is not type(None)]
        return f"{_type(kept, parts)} or none"
    if get_origin(hint) is tuple:
        return f"list of {_type(get_args(hint)[0], parts)}"
    known: type = get_origin(hint) or hint
    named = known.__name__
    if dataclasses.is_dataclass(known):
        parts.setdefault(named, known)
        return f"[{named}](#{named.lower()})"
    if issubclass(known, Enum):
        return f"[{named}](#{named.lower()})"
    return _PLAIN.get(known, "object")


def _meaning(made: type, field: str, comments: Mapping[str, str]) -> str:
    """The sentences of the docstring that name the field, else its comment."""
    sentences = re.split(r"(?<=[.;])\s+", _prose(made))
    told = [sentence for sentence in sentences if f"`{field}`" in sentence]
    if told:
        return _cell(" ".join(told))
    return _cell(comments[field]) if field in comments else ""


def _first_sentence(hint: Any) -> str:
    """What a part of ours says of itself; nothing for plain types."""
    named = [hint, *get_args(hint)]
    for made in named:
        if isinstance(made, type) and made.__module__.startswith("shared.contracts"):
            return re.split(r"(?<=[.;:])\s+", _prose(made))[0].rstrip(";:.") + "."
    return ""


def _comments(made: type) -> dict[str, str]:
    found = re.findall(r"^    (\w+):[^#\n]*#\s*(.+)$", inspect.getsource(made), re.MULTILINE)
    return {field: f"{words[0].upper()}{words[1:].rstrip('.')}." for field, words in found}


def _prose(made: type) -> str:
    return " ".join((inspect.getdoc(made) or "").split()).replace("``", "`")


def _cell(text: str) -> str:
    text = text.rstrip(";")
    return (text if text.endswith(".") else f"{text}.").replace("|", "\\|")


def _words() -> Iterator[str]:
    """The enumerations that events use."""
    yield "## Words\n"
    for words in sorted(_enumerations(), key=lambda found: found.__name__):
        yield f"### {words.__name__}\n"
        yield ", ".join(f"`{member.value}`" for member in words) + "\n"


def _enumerations() -> set[type[Enum]]:
    found: set[type[Enum]] = set()
    seen: set[type] = set()
    waiting: list[Any] = [made for codec in CODECS.values() for made in codec.classes()]
    while waiting:
        hint = waiting.pop()
        waiting.extend(get_args(hint))
        if not isinstance(hint, type) or hint in seen:
            continue
        seen.add(hint)
        if issubclass(hint, Enum):
            found.add(hint)
        elif dataclasses.is_dataclass(hint):
            waiting.extend(get_type_hints(hint).values())
    return found


if __name__ == "__main__":
    main()
