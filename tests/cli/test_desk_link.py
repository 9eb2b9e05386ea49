"""A sign-in link made by an admin: whose door it opens is on the record, by their id alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.cli.desk_link import NotInDirectory
from tests.support.served import Served

DORINE = "dorine.desvignes@permanence.example"
SIGNED = ("--by", "test", "--why", "no mail yet")


@pytest.mark.parametrize("who", ["desk-2", DORINE, DORINE.upper()])
def test_whose_door_a_link_opens_is_recorded_by_their_id_alone(system: Served, who: str) -> None:
    [made] = system.rows("desk-link", who, *SIGNED)

    assert made["volunteer_id"] == "desk-2"
    assert "/connexion/" in made["link"]
    assert last(system)["result"] == {"volunteer_id": "desk-2"}
    assert "dorine" not in json.dumps(last(system)).lower()


def test_nobody_of_the_directory_gets_no_link_and_leaves_no_address(system: Served) -> None:
    result = system.invoke("desk-link", "nobody@permanence.example", *SIGNED)

    assert isinstance(result.exception, NotInDirectory)
    assert last(system)["result"] == {"error": "cli.not_in_directory"}
    assert "nobody@" not in json.dumps(last(system))


def last(system: Served) -> dict[str, Any]:
    """The newest of the admins' records."""
    with system.connect("keyring") as connection:
        query = "SELECT to_jsonb(a) FROM admin_actions AS a ORDER BY id DESC LIMIT 1"
        row = connection.execute(query).fetchone()
    assert row
    return dict(row[0])
