"""A number that makes no sense is refused before anything is opened."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from services.cli.app import app


@pytest.mark.parametrize("command", ["streams", "actions", "redeliveries"])
def test_a_limit_below_one_is_refused(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--limit", "-3"])

    assert result.exit_code == 2
