"""How ``by`` tells a person from a rule of the desk."""

from __future__ import annotations

import pytest

from shared.contracts.acting import by_rule, is_person


def test_a_rule_is_named_as_events_keep_it() -> None:
    assert by_rule("R40") == "rule R40"


def test_who_has_a_name_is_a_person() -> None:
    assert is_person("Anna Bernard")


@pytest.mark.parametrize("by", ["", "  ", by_rule("R32")])
def test_a_rule_or_nobody_is_no_person(by: str) -> None:
    assert not is_person(by)
