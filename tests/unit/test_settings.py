"""A setting that is wrong ends the program at its start with a line that names it."""

from __future__ import annotations

import pytest

from shared.settings import BadSetting, Environment, desk_url


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://permanence.example.org", "https://permanence.example.org"),
        ("https://permanence.example.org/", "https://permanence.example.org"),
        ("HTTPS://Permanence.Example.Org:8443", "https://permanence.example.org:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_desks_address_is_a_scheme_and_a_host(given: str, taken: str):
    assert desk_url(Environment({"PERMANENCE_DESK_URL": given})) == taken


@pytest.mark.parametrize(
    "given",
    [
        "permanence.example.org",
        "//permanence.example.org",
        "ftp://permanence.example.org",
        "https://",
        "https://:8080",
        "https://permanence.example.org/desk",
        "https://permanence.example.org?a=b",
        "https://permanence.example.org#a",
        "https://permanence.example.org:port",
        "https://somebody@permanence.example.org",
        "https://permanence.example.org https://permanence.example.net",
        "https://[::1",
    ],
)
def test_any_other_address_of_the_desk_is_named_with_the_remedy(given: str):
    with pytest.raises(BadSetting, match=r"^PERMANENCE_DESK_URL: .*: write https://, the host"):
        desk_url(Environment({"PERMANENCE_DESK_URL": given}))
