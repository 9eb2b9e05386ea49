"""Every promise of docs/guarantees.md names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
PROOFS = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE)))
ROWS = [line for line in PAGE.splitlines() if line.startswith("|")]
PROMISES = [row for row in ROWS if not row.startswith(("| promise", "|---"))]


@pytest.mark.parametrize("proof", PROOFS)
def test_the_test_that_proves_a_promise_exists(proof: str) -> None:
    path, _, name = proof.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))

    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert not name or name in functions


@pytest.mark.parametrize("line", PROMISES)
def test_each_promise_has_a_proof(line: str) -> None:
    assert "`tests/" in line.split("|")[2]
