"""F55: fails the test run when a log line names one of the samples' people.

Gathers what child processes log (``child_logs/sitecustomize.py``), what this process logs, what
the servers of the run log, and searches all of it for names, detention numbers, telephone
numbers and addresses of the sample requests. ``tests/conftest.py`` plugs it in.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import pytest
import structlog

from shared.logging import describe_error, withhold_unknown

ROOT = Path(__file__).resolve().parents[2]
CHILD_LOGS = Path(__file__).parent / "child_logs"
SAMPLES = (
    ROOT / "tests" / "data" / "samples" / "requests.jsonl",
    ROOT / "services" / "cli" / "data" / "demo_requests.jsonl",
)
SHORTEST_NAME = 5
SHORTEST_NUMBER = 5
_NAMES = {"given", "family"}
_PHONE = re.compile(r"(?<![\d+])(?:\+33|0)(?:[ .]?\d){9}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")
_STREET = re.compile(
    r"\b\d{1,4}(?: bis)?,? (?:rue|avenue|boulevard|chemin|allée|impasse|quai) [^\n,|;]{4,40}", re.I
)
_OURS = ("lacimade", "permanence", "mailer-daemon", "message-id")


@dataclass(frozen=True)
class Needles:
    """What no log line may hold: one pattern for texts, one for bare numbers."""

    texts: re.Pattern[str]
    numbers: re.Pattern[str]

    def found_in(self, line: str) -> str | None:
        """The first hit; of a JSON line only texts count, for numbers there are measures."""
        for text in _texts(line):
            if hit := self.texts.search(text) or self.numbers.search(text):
                return hit.group()
        return None


def needles(paths: Iterable[Path] = SAMPLES) -> Needles:
    """Names, numbers and addresses of the samples."""
    texts: set[str] = set()
    numbers: set[str] = set()
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            sample = json.loads(line)
            _gather(sample["expected"], texts, numbers)
            raw = sample["raw"]
            texts.update(_PHONE.findall(raw), _STREET.findall(raw))
            texts.update(
                one for one in _EMAIL.findall(raw) if not any(our in one.lower() for our in _OURS)
            )
    digits = "|".join(sorted(numbers))
    return Needles(
        re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(texts))) + r")(?!\w)", re.I),
        re.compile(rf"(?<![\w.:\-\[])(?:{digits})(?![\w:\-\]]|\.\d)"),
    )


def _gather(value: Any, texts: set[str], numbers: set[str]) -> None:
    if isinstance(value, list):
        for one in value:
            _gather(one, texts, numbers)
    if not isinstance(value, dict):
        return
    if value.keys() >= _NAMES and value["given"] and value["family"]:
        texts |= {f"{value['given']} {value['family']}", f"{value['family']} {value['given']}"}
    for key, one in value.items():
        if (key == "family" and one and len(one) >= SHORTEST_NAME) or (key == "contact" and one):
            texts.add(one)
        elif key in {"detention_number", "foreigner_number"} and one and len(one) > SHORTEST_NUMBER:
            numbers.add(one)
        else:
            _gather(one, texts, numbers)


def _texts(line: str) -> Iterator[str]:
    try:
        value = json.loads(line)
    except ValueError:
        yield line
        return
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            yield one


def hits(paths: Iterable[Path], wanted: Needles) -> list[str]:
    """``file:line number: what`` for each line that holds a needle."""
    found = []
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if hit := wanted.found_in(line):
                    found.append(f"{path.name}:{number}: {hit!r} in {line.strip()[:300]}")
    return found


class _Both:
    """Writes to the run's standard output, wherever pytest leads it, and to a file."""

    def __init__(self, kept: TextIO) -> None:
        self._kept = kept

    def write(self, text: str) -> None:
        sys.stdout.write(text)
        self._kept.write(text)

    def flush(self) -> None:
        sys.stdout.flush()
        self._kept.flush()


class LogWatch:
    """The plugin: one a test run."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="permanence-logs-"))
        self.folder.chmod(0o777)  # a child may run as another user
        self._kept = (self.folder / "tests.log").open("a", encoding="utf-8", buffering=1)
        self._found: list[str] = []
        self._lines = 0
        os.environ["LOGS_OF_TESTS"] = str(self.folder)
        path = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(CHILD_LOGS), path]))
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                describe_error,
                withhold_unknown,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
            logger_factory=structlog.WriteLoggerFactory(_Both(self._kept)),  # type: ignore[arg-type]
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for title, text in report.sections:
            if title.startswith(("Captured log", "Captured stderr")):
                self._kept.write(text + "\n")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._kept.flush()
        paths = [*self.folder.iterdir(), *_server_logs()]
        self._lines += sum(len(path.read_bytes().splitlines()) for path in paths)
        self._found += hits(paths, needles())
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["log_watch"] = (self._lines, self._found)
        if self._found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A process of the run has ended (pytest-xdist): what it found counts for the whole run."""
        lines, found = getattr(node, "workeroutput", {}).get("log_watch", (0, []))
        self._lines += lines
        self._found += found

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._found:
            terminalreporter.section("F55: a log names a person of the samples", red=True)
            for line in self._found[:50]:
                terminalreporter.write_line(line)
        else:
            terminalreporter.write_line(f"{self._lines} log lines, no person of the samples named")

    def pytest_unconfigure(self) -> None:
        self._kept.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _server_logs() -> list[Path]:
    """Of PostgreSQL and RabbitMQ, where this run started them."""
    from tests.support import postgres, rabbitmq

    started = []
    if postgres.server.cache_info().currsize:
        started.append(postgres.server().log)
    if rabbitmq.node.cache_info().currsize:
        started.append(rabbitmq.node().log)
    return [path for path in started if path.exists()]


def pytest_configure(config: pytest.Config) -> None:
    """Also what ``-p tests.support.log_watch`` calls."""
    config.pluginmanager.register(LogWatch(), "log watch")
