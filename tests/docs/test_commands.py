"""What the how-tos tell an admin to type exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from services.cli.app import app

HOWTOS = sorted((Path(__file__).resolve().parents[2] / "docs" / "howto").glob("*.md"))
_LINE = re.compile(r"^(?:\$ )?permanence (?P<rest>[a-z-]+.*)$", re.MULTILINE)
_INLINE = re.compile(r"`permanence (?P<rest>[a-z-]+[^`]*)`")


def commands(text: str) -> Iterator[str]:
    for pattern in (_LINE, _INLINE):
        yield from (found["rest"] for found in pattern.finditer(text))


def known(words: list[str]) -> Any:
    """The command that ``words`` begin with; raises KeyError."""
    command: Any = typer.main.get_command(app)
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
