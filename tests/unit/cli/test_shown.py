"""Rows for the eye: a table where it can be read, else one row below the other."""

from __future__ import annotations

import pytest

from services.cli.shown import show_rows

ROWS = [
    {f"column_{n}": f"value number {row * 10 + n} of the rows" for n in range(6)} for row in (1, 2)
]


def _printed(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    show_rows(ROWS, as_json=False, title="some rows")
    return capsys.readouterr().out


@pytest.mark.parametrize("width", [60, 80])
def test_no_cell_is_folded_into_crumbs_on_a_narrow_screen(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    out = _printed(width, capsys, monkeypatch)

    assert all(value in out for row in ROWS for value in row.values())
    assert out.count("column_0") == 2


def test_a_wide_screen_has_one_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    out = _printed(200, capsys, monkeypatch)

    assert all(value in out for row in ROWS for value in row.values())
    assert out.count("column_0") == 1
