"""The commands of ``docs/operating.md`` that stand beside their output, run on a served system."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from tests.support.served import ROOT, Served, served

PAGE = ROOT / "docs" / "operating.md"
EXAMPLE = re.compile(
    r"<!-- expects: (?P<words>.+) -->\n```console\n\$ permanence (?P<command>.+)\n"
    r"(?P<shown>(?:.*\n)*?)```\n",
    re.MULTILINE,
)


def examples() -> list[tuple[str, list[str], str]]:
    """Each command of the page, the words that it must print, and what stands below it."""
    found = EXAMPLE.finditer(PAGE.read_text(encoding="utf-8"))
    return [(one["command"], one["words"].split(", "), one["shown"]) for one in found]


def shape(output: str) -> set[str]:
    """How its tables are drawn: with columns, or too wide for that, a row below the other."""
    return {line[0] for line in output.splitlines() if line.startswith(("┏", "┌"))}


@pytest.fixture(scope="module")
def system() -> Iterator[Served]:
    with served(samples=8) as started:
        started.settle()
        yield started


def test_every_output_on_the_page_has_a_command_that_is_run() -> None:
    blocks = PAGE.read_text(encoding="utf-8").count("```console")

    assert blocks == len(examples())
    assert blocks > 10


def test_the_page_holds_what_the_commands_say(
    system: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "250")  # no word is broken over two lines
    request = str(system.told["S06"]["request_id"])
    for command, words, shown in examples():
        arguments = [one.replace("$REQUEST", request) for one in shlex.split(command)]
        printed = system.run(*arguments)
        missing = [word for word in words if word not in printed]
        assert not missing, f"permanence {command}: {missing} not in\n{printed}"
        monkeypatch.setenv("COLUMNS", "100")  # as the page was
        assert shape(shown) == shape(system.run(*arguments)), f"permanence {command}"
        monkeypatch.setenv("COLUMNS", "250")
