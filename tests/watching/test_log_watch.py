"""F55: the watch over the suite's logs fails the run when a log names a sample's person."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.log_watch import ROOT, needles

LEAKS = {
    "a line of this process": "import structlog; structlog.get_logger().info('{}')",
    "a record of the standard library": "import logging; logging.warning('{}')",
    "a child's log line": (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        '\'import structlog; from shared.logging import configure; configure("x"); '
        'structlog.get_logger().info("{}")\'], check=True, stdout=subprocess.DEVNULL)'
    ),
    "a child's traceback": (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'raise ValueError(\"{}\")'], stderr=subprocess.DEVNULL)"
    ),
}


_OPTIONS = [
    *("-p", "tests.support.log_watch", "-p", "no:randomly", "-p", "no:pytest_nameko"),
    *("-q", "-c", os.devnull),
]


def run(folder: Path, body: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(f"def test_it():\n    {body}\n", encoding="utf-8")
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *_OPTIONS, *options),
            *("--rootdir", str(folder), str(folder)),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_f55_a_leak_fails_the_run(tmp_path: Path, leak: str) -> None:
    done = run(tmp_path, leak.format("heard from Souleymane Diabaté"))

    assert done.returncode == 1, done.stdout
    assert "1 passed" in done.stdout
    assert "a log names a person of the samples" in done.stdout


def test_f55_a_leak_in_one_of_several_processes_fails_the_run(tmp_path: Path) -> None:
    done = run(
        tmp_path, LEAKS["a line of this process"].format("Souleymane Diabaté"), "--numprocesses=2"
    )

    assert done.returncode == 1, done.stdout
    assert "a log names a person of the samples" in done.stdout


@pytest.mark.parametrize(
    "text", ["number 981442.", "call 06 39 98 70 31", "lives at ruslan.m@pochta.example"]
)
def test_f55_numbers_telephones_and_addresses_count_too(text: str) -> None:
    assert needles().found_in(text)


def test_f55_harmless_lines_pass(tmp_path: Path) -> None:
    done = run(tmp_path, LEAKS["a child's log line"].format("request_received"))

    assert done.returncode == 0, done.stdout
    assert "1 log lines, no person" in done.stdout


def test_measures_are_no_detention_numbers() -> None:
    wanted = needles()

    assert wanted.found_in('{"event": "handled", "duration_ms": 981442}') is None
    assert wanted.found_in("2026-03-01T10:00:00.981442Z started") is None
    assert wanted.found_in('{"event": "from 981442"}') == "981442"
