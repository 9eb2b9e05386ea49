"""What takes long to make is made once, and anew as soon as anything that it is made of differs."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.shelf import shelved


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)
    path = tmp_path / "words.py"
    path.write_text("")
    (tmp_path / "words.txt").write_text("un deux")
    return path


@pytest.fixture
def made() -> list[str]:
    return []


@pytest.fixture
def ask(module: Path, made: list[str]) -> Callable[[], list[str]]:
    """Asks for the words of the file; ``made`` notes each time that they were really read."""

    def read() -> list[str]:
        made.append("read")
        return (module.parent / "words.txt").read_text().split()

    return lambda: shelved(read, module, module.parent.glob("words.*"))


def _kept(module: Path) -> Path:
    (found,) = (module.parent / "__pycache__").iterdir()
    return found


def test_it_is_made_once(ask, made):
    assert [ask(), ask(), ask()] == [["un", "deux"]] * 3
    assert made == ["read"]


def test_it_is_made_anew_when_a_source_differs(module, ask, made):
    ask()
    (module.parent / "words.txt").write_text("trois")

    assert [ask(), ask()] == [["trois"]] * 2
    assert len(made) == 2


def test_it_is_made_anew_when_a_source_is_added(module, ask, made):
    ask()
    (module.parent / "words.csv").write_text("")

    assert ask() == ["un", "deux"]
    assert len(made) == 2


@pytest.mark.parametrize("damage", [b"", b"\0" * 40, None])
def test_it_is_made_anew_when_what_was_kept_is_damaged(module, ask, made, damage):
    ask()
    kept = _kept(module)
    kept.write_bytes(kept.read_bytes()[:-1] if damage is None else damage)

    assert [ask(), ask()] == [["un", "deux"]] * 2
    assert len(made) == 2


def test_it_is_made_each_time_where_nothing_may_be_kept(module, ask, made):
    (module.parent / "__pycache__").write_text("no folder")

    assert [ask(), ask()] == [["un", "deux"]] * 2
    assert len(made) == 2


def test_nothing_is_kept_where_python_keeps_no_compiled_modules(module, ask, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)

    ask()

    assert not (module.parent / "__pycache__").exists()


def test_who_may_read_the_module_may_read_what_is_kept(module, ask):
    module.chmod(0o644)

    ask()

    assert stat.S_IMODE(_kept(module).stat().st_mode) == 0o644
