"""While a large item is read, everybody else is served: health pages answer at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.support.postgres import fresh_database
from tests.support.waiting import wait_until
from tests.unit.intake import items
from tests.unit.intake.running import RunningIntake, running_intake

_MAIL_BYTES = 30_000_000
_BODY_BYTES = 5_000_000
_NOBODY_NOTICES_SECONDS = 3.0  # some tenths, on a machine that is not busy
_LINE = "Bonjour, je suis a Fresnes et on m'a donne une OQTF.\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("large")


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[RunningIntake]:
    with fresh_database(services=True) as database, running_intake(database, folder) as intake:
        yield intake


def longest_answer(running: RunningIntake, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the slowest health answer while ``work`` goes on, and of ``work``."""
    answers = []
    with ThreadPoolExecutor(1) as beside:
        started = time.monotonic()
        done = beside.submit(work)
        while not done.done():
            before = time.monotonic()
            assert requests.get(f"{running.api}/health/live", timeout=60).status_code == 200
            answers.append(time.monotonic() - before)
        took = time.monotonic() - started
        done.result()
    return max(answers), took


def test_a_mail_of_thirty_megabytes_keeps_nobody_waiting(running: RunningIntake, folder: Path):
    head = items.QUESTION.encode().replace(b"question-1", b"large-1")
    raw = head + (_LINE * (_MAIL_BYTES // len(_LINE))).encode()
    new = folder / "spool" / "new" / "large.eml"

    def take_in() -> None:
        part = folder / "large.part"
        part.write_bytes(raw)
        part.rename(new)
        wait_until(lambda: not any(new.parent.iterdir()), 120)

    longest, took = longest_answer(running, take_in)

    assert longest < took / 3
    assert running.rpc("count_requests")


@pytest.mark.parametrize("piece", ["OQTF ", "S", "\n", "Ali BEN, "])
def test_a_small_form_that_repeats_itself_keeps_nobody_waiting(running: RunningIntake, piece: str):
    form = {"form": "contact-v2", "message": piece * (16_000 // len(piece))}

    def post() -> None:
        answer = requests.post(f"{running.api}/v1/web-form", json=form, timeout=120)
        assert answer.status_code == 202

    longest, _ = longest_answer(running, post)

    assert longest < _NOBODY_NOTICES_SECONDS


def test_a_form_of_five_megabytes_keeps_nobody_waiting(running: RunningIntake):
    form = {"form": "contact-v2", "message": _LINE * (_BODY_BYTES // len(_LINE))}

    def post() -> None:
        answer = requests.post(f"{running.api}/v1/web-form", json=form, timeout=120)
        assert answer.status_code == 202

    longest, took = longest_answer(running, post)

    assert longest < took / 2
