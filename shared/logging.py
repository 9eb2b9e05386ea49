"""One JSON line an event, and only fields that are known not to name a person.

``LOGGABLE`` is the whole list of fields that may be written. A field beyond it is dropped and its
name noted under ``withheld``. Texts of exceptions that are not ours are dropped too, for they can
quote rows; what stays is the type and where it was raised. Libraries' records keep their template
("Connected to %s") and lose their arguments.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, ParamSpec, TextIO

import structlog

from shared.errors import PermanenceError
from shared.green import thread_lock

Entry = MutableMapping[str, Any]
_at_work: ContextVar[Callable[[], Mapping[str, object]] | None] = ContextVar(
    "at_work", default=None
)
_Given = ParamSpec("_Given")

LOGGABLE = frozenset(
    {
        # about the line itself
        "event",
        "level",
        "logger",
        "service",
        "timestamp",
        "withheld",
        "error",
        "process",
        # about the log and its readers
        "stream",
        "version",
        "position",
        "partition",
        "positions",
        "source",
        "consumer",
        "type",
        "schema",
        "incarnation",
        "event_count",
        "parked_count",
        "stream_count",
        "attempts",
        "lag_events",
        "lag_seconds",
        "state",
        "group",
        "queue",
        "exchange",
        "reason",
        # about a piece of work
        "method",
        "command",
        "command_id",
        "correlation_id",
        "causation_id",
        "code",
        "kind",
        "duration_ms",
        "delay_seconds",
        "timeout_seconds",
        "retries",
        "deleted_count",
        "size_bytes",
        "channel",
        "register",
        "request_id",
        "assignment_id",
        "case_id",
        "alert_id",
        "team_id",
        "rule",
        "urgency",
        "outcome",
        "status",
        "http_method",
        "http_status",
        "route",
        "host",
        "port",
        "path",
        "migration",
        "sqlstate",
        "constraint",
        "progress",
        "total",
        "action",
    }
)


def bind(**facts: object) -> None:
    """Add fields to each line that this green thread logs from now on."""
    structlog.contextvars.bind_contextvars(**facts)


def at_work(facts: Callable[[], Mapping[str, object]] | None) -> None:
    """Add ``facts``, asked for only when a line is logged, until they are replaced or None."""
    _at_work.set(facts)


def of_service(service: str, run: Callable[_Given, None]) -> Callable[_Given, None]:
    """``run`` for a thread of its own, whose lines then say whose they are.

    A green thread starts with empty context variables, and in the embedded mode one process logs
    for all services.
    """

    def bound(*args: _Given.args, **kwargs: _Given.kwargs) -> None:
        bind(service=service)
        run(*args, **kwargs)

    return bound


def configure(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of this process to ``stream`` (standard output) as JSON, as ``service``.

    The name is added by a processor, for a green thread starts with empty context variables.
    """

    def name_service(_logger: object, _method: str, entry: Entry) -> Entry:
        entry.setdefault("service", service)
        return entry

    common: list[Any] = [
        structlog.contextvars.merge_contextvars,
        add_work,
        name_service,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_error,
        withhold_unknown,
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.lock = thread_lock()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[only_template, *common],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("amqp", "kombu", "mail.log", "nameko", "yoyo"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # What is broken in a file is ours to tell.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def add_work(_logger: object, _method: str, entry: Entry) -> Entry:
    """Add what ``at_work`` says; a line's own fields win."""
    facts = _at_work.get()
    if facts is not None:
        for field, value in facts().items():
            entry.setdefault(field, value)
    return entry


def withhold_unknown(_logger: object, _method: str, entry: Entry) -> Entry:
    """Drop every field that is not in ``LOGGABLE`` and name what was dropped."""
    unknown = sorted(name for name in entry if name not in LOGGABLE and not name.startswith("_"))
    for field in unknown:
        del entry[field]
    if unknown:
        entry["withheld"] = unknown
    return entry


def describe_error(_logger: object, _method: str, entry: Entry) -> Entry:
    """Turn ``exc_info`` into ``error``: type, code, place; the text only of errors of our own."""
    found = entry.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        entry["error"] = error_facts(found)
    return entry


def error_facts(error: BaseException) -> Mapping[str, Any]:
    """What may be kept of an error: never local variables, never a foreign error's text."""
    facts: dict[str, Any] = {"type": type(error).__name__, "at": _places(error.__traceback__)}
    if isinstance(error, PermanenceError):
        facts |= {"code": error.code, "text": str(error)}
    if sqlstate := getattr(error, "sqlstate", None):
        facts["sqlstate"] = sqlstate
    if (cause := error.__cause__) is not None:
        facts["cause"] = type(cause).__name__
    return facts


def only_template(_logger: object, _method: str, entry: Entry) -> Entry:
    """Keep a library's message template and drop its arguments, which can hold anything."""
    record = entry.get("_record")
    if isinstance(record, logging.LogRecord):
        template = str(record.msg)
        # Without arguments the whole text was made up beforehand, of whatever.
        entry["event"] = template[:200] if entry["event"] != template else "library_message"
        entry["logger"] = record.name
    return entry


def _places(traceback: TracebackType | None, *, innermost: int = 6) -> list[str]:
    """The innermost frames as "module:line function"."""
    places: list[str] = []
    while traceback is not None:
        frame = traceback.tb_frame
        module = frame.f_globals.get("__name__", "?")
        places.append(f"{module}:{traceback.tb_lineno} {frame.f_code.co_name}")
        traceback = traceback.tb_next
    return places[-innermost:]
