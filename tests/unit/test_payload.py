"""Where the arguments of a correction come from: not from the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from services.cli.parked import read_payload
from shared.errors import Invalid

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating.md"
OBJECT = '{"fields": {"family": "Brûlé"}}'
READ = {"fields": {"family": "Brûlé"}}


def test_a_payload_comes_by_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(OBJECT))

    assert read_payload("-") == READ


def test_a_payload_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "correction.json").write_text(OBJECT, encoding="utf-8")

    assert read_payload(f"@{tmp_path}/correction.json") == READ
    assert read_payload(OBJECT) == READ


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_what_is_no_object_is_refused_without_telling_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "c").write_text(content)

    with pytest.raises(Invalid, match=r"^--payload: not (JSON|an object)"):
        read_payload(f"@{tmp_path}/c")
    with pytest.raises(Invalid, match=r"/none cannot be read \(No such file"):
        read_payload(f"@{tmp_path}/none")


def test_the_page_for_admins_puts_no_payload_on_a_command_line() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert "--payload -" in page
    assert page.count("--payload") == page.count("--payload -")
