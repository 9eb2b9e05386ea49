"""What the how-tos tell an admin to type exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from services.cli.app import app_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
HOWTOS = [DOCS / "operating.md", *sorted((DOCS / "howto").glob("*.md"))]
# Which look, and need no reason.
_LOOKS = ("drift", "show")
_LINE = re.compile(r"^(?:\$ )?permanence (?P<rest>[a-z-]+.*)$", re.MULTILINE)
_INLINE = re.compile(r"`permanence (?P<rest>[a-z-]+[^`]*)`")


def commands(text: str) -> Iterator[str]:
    for pattern in (_LINE, _INLINE):
        yield from (found["rest"] for found in pattern.finditer(text))


def known(words: list[str]) -> Any:
    """The command that ``words`` begin with; raises KeyError."""
    command: Any = typer.main.get_command(app_of())
    for word in words:
        if not hasattr(command, "commands"):
            break
        command = command.commands[word]
    return command


@pytest.mark.parametrize("howto", HOWTOS, ids=lambda path: path.stem)
def test_the_commands_and_options_of_a_howto_exist(howto: Path) -> None:
    for line in commands(howto.read_text(encoding="utf-8")):
        words = line.split()
        command = known(words)
        options = {name for one in command.params for name in one.opts}
        used = {word.partition("=")[0] for word in words if re.fullmatch(r"--[a-z-]+.*", word)}
        assert used - {"--help"} <= options, f"{howto.name}: permanence {line}"


@pytest.mark.parametrize("howto", HOWTOS, ids=lambda path: path.stem)
def test_what_a_howto_lets_an_admin_change_says_who_and_why(howto: Path) -> None:
    text = howto.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in (found["rest"] for found in _LINE.finditer(text)):
        words = line.split()
        signed = any(one.name == "why" for one in known(words).params)
        if signed and words[0] not in _LOOKS and "--dry-run" not in words:
            assert {"--by", "--why"} <= set(words), f"{howto.name}: permanence {line}"
