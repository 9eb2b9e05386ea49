"""A number that makes no sense is refused before anything is opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import typer.main
from typer.testing import CliRunner

from services.cli.app import app_of
from services.cli.instants import in_paris, instant_of
from shared.errors import Invalid

# They run until they are stopped, and print nothing but log lines, which are JSON.
PRINTS_NOTHING = {("serve",), ("mail-in",)}
# They look, and change nothing, unless an option asks for what is private.
LOOKS = {("drift",), ("show",)}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command of the program with the words that name it."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from commands(inner, (*path, name))


EVERY = dict(commands(typer.main.get_command(app_of())))
SIGNED = sorted(
    path for path, command in EVERY.items() if any(one.name == "why" for one in command.params)
)


def filled(path: tuple[str, ...]) -> list[str]:
    """The command with made-up values for all that it cannot do without."""
    words = [*path]
    for one in EVERY[path].params:
        if one.required:
            known = {"person_id": str(UUID(int=1)), "through": "1", "consumer": "desk"}
            value = known.get(one.name, "x")
            words += [one.opts[0], value] if one.opts[0].startswith("--") else [value]
    return words


@pytest.mark.parametrize("path", sorted(EVERY), ids=" ".join)
def test_every_command_prints_json_if_asked(path: tuple[str, ...]) -> None:
    options = {name for one in EVERY[path].params for name in one.opts}

    assert ("--json" in options) is (path not in PRINTS_NOTHING)


@pytest.mark.parametrize("path", sorted(set(SIGNED) - LOOKS), ids=" ".join)
@pytest.mark.parametrize(("given", "missing"), [("--by", "--why"), ("--why", "--by")])
def test_what_changes_something_says_who_and_why_before_anything_is_opened(
    path: tuple[str, ...], given: str, missing: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app_of(), [*filled(path), given, "Nora", "--data", str(tmp_path)])

    assert isinstance(result.exception, Invalid), result.output
    assert str(result.exception).startswith(missing)


@pytest.mark.parametrize(
    "arguments",
    [
        ["redeliver", "--consumer", "desk", "--from", "-1"],
        ["redeliver", "--consumer", "desk", "--to", "0"],
        ["parked", "discard", "r", "--consumer", "desk", "--source", "intake", "--through", "-1"],
        ["parked", "show", "r", "--consumer", "desk", "--source", "intake", "--position", "-1"],
        ["tail", "--limit", "-1"],
        ["stats", "--days", "0"],
        ["actions", "--action", "sealed"],
    ],
    ids=lambda words: words[-2],
)
def test_a_value_that_cannot_be_is_refused_by_the_options_name(arguments: list[str]) -> None:
    result = CliRunner().invoke(app_of(), arguments)

    assert result.exit_code == 2
    assert arguments[-2] in result.output


def test_a_range_that_ends_before_it_begins_is_told_as_paris_has_it() -> None:
    result = CliRunner().invoke(
        app_of(), ["streams", "--since", "2026-03-18", "--until", "2026-03-17"]
    )

    assert str(result.exception) == (
        "--since, --until: 2026-03-18 00:00:00 +01:00 comes after 2026-03-17 23:59:59 +01:00, "
        "so nothing lies between; swap them"
    )


def test_the_help_of_drift_keeps_its_brackets() -> None:
    assert "[live, rebuilt]" in CliRunner().invoke(app_of(), ["drift", "--help"]).output


# In Paris the clocks skip an hour on 29 March 2026, and repeat one on 25 October.
@pytest.mark.parametrize(
    ("wall", "what", "remedies"),
    [
        ("2026-03-29T02:30", "does not exist", ("02:30+01:00", "02:30+02:00")),
        ("2026-10-25T02:30", "exists twice", ("02:30+02:00", "02:30+01:00")),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ["show", "request-1", "--as-of"],
        ["streams", "--since"],
        ["streams", "--until"],
        ["tail", "--since"],
        ["deadline", "oqtf-retention", "--before", "TA Melun", "--from"],
    ],
    ids=" ".join,
)
def test_an_hour_that_the_change_of_clocks_skips_or_repeats_is_refused(
    command: list[str], wall: str, what: str, remedies: tuple[str, str]
) -> None:
    result = CliRunner().invoke(app_of(), [*command, wall])

    told = str(result.exception) if isinstance(result.exception, Invalid) else result.output
    assert result.exit_code != 0
    assert f"{command[-1]}: {wall} {what} in Europe/Paris" in told
    assert all(remedy in told for remedy in remedies)


def test_an_hour_with_its_offset_is_taken_when_the_clocks_change() -> None:
    command = ["deadline", "oqtf-retention", "--before", "TA Melun", "--json", "--from"]

    assert CliRunner().invoke(app_of(), [*command, "2026-10-25 02:30+01:00"]).exit_code == 0
    assert CliRunner().invoke(app_of(), [*command, "2026-10-25 04:30"]).exit_code == 0
    summer, winter = (instant_of(f"2026-10-25T02:30{o}", "--since") for o in ("+02:00", "+01:00"))
    assert winter - summer == timedelta(hours=1)
    assert instant_of(in_paris(winter), "--since") == winter  # as tables show it


@pytest.mark.parametrize("day", ["2026-03-17", "20260317", "2026-W12-2", "2026W122"])
def test_a_day_alone_means_its_end_however_it_is_written(day: str) -> None:
    assert instant_of(day, "--as-of") == instant_of("2026-03-17T23:59:59.999999", "--as-of")
    assert instant_of(day, "--since", end=False) == instant_of("2026-03-17T00:00", "--since")


@pytest.mark.parametrize("text", ["0001-01-01", "2026-W12", "2026W12", "soon"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"--since: .* is no instant; write 2026-03-17"):
        instant_of(text, "--since", end=False)


def test_what_is_asked_of_one_who_changes_something_is_asked_of_all() -> None:
    asked = {
        (one.name, one.default, one.help)
        for path in SIGNED
        for one in EVERY[path].params
        if one.name in {"by", "why"}
    }

    assert len(asked) == 2
    assert all(default == "" for _, default, _ in asked)
    assert len(SIGNED) > 15


@pytest.mark.parametrize("command", ["streams", "actions", "redeliveries"])
def test_a_limit_below_one_is_refused(command: str) -> None:
    result = CliRunner().invoke(app_of(), [command, "--limit", "-3"])

    assert result.exit_code == 2
