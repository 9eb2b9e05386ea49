"""Routing as it runs: events from intake, commands and queries by RPC, time."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgres import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may run as a user of its own
        done = subprocess.run(
            [sys.executable, "-m", "tests.unit.routing.edge", f"{folder}/data"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def test_the_directory_is_imported_by_rpc(seen: dict[str, Any]):
    assert seen["import"]["teams"] == {
        "added": 15,
        "altered": 0,
        "unchanged": 0,
        "unlisted": [],
    }


def test_a_letter_reaches_the_team_of_its_prison(seen: dict[str, Any]):
    assigned = seen["assigned"]

    assert (assigned["unit"], assigned["rule"]) == ("team:cp-fresnes", "R3")
    assert assigned["answer_due_on"] == "2026-03-15"
    assert assigned["looked_at"]["team.cp-fresnes"] == "active"


def test_a_refusal_reaches_the_caller_with_its_code(seen: dict[str, Any]):
    assert seen["refused"]["code"] == "routing.already_accepted"


def test_what_nobody_accepted_is_coordinations_and_what_was_accepted_is_not(seen: dict[str, Any]):
    assert seen["escalated"] == [True]


def test_the_referent_is_found_for_a_team(seen: dict[str, Any]):
    assert seen["lead"] == ["lead-cp-fresnes"]
