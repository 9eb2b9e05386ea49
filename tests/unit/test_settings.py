"""A setting that is wrong ends the program at its start with a line that names it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from services.cli.deploy import serve
from services.cli.seal import seal
from services.host import mail_in
from shared.errors import Invalid
from shared.settings import BadSetting, Environment, desk_url, log_level


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


def seal_daily() -> None:
    seal(by="sealer", why="every day", daily=True)


@pytest.mark.parametrize(
    ("command", "wrong", "told"),
    [
        ("serve", {"LOG_LEVEL": "verbose"}, "PERMANENCE_LOG_LEVEL: 'verbose': write one of DEBUG,"),
        ("serve", {"WEB_ADDRESS": "desk"}, "PERMANENCE_WEB_ADDRESS: 'desk': write host:port"),
        ("serve", {"WEB_ADDRESS": "[::]:99999"}, "PERMANENCE_WEB_ADDRESS: '[::]:99999': write"),
        ("serve", {"WEB_ADDRESS": "0.0.0.0:99999"}, "PERMANENCE_WEB_ADDRESS: '0.0.0.0:99999'"),
        ("serve", {"AMQP_URI_FILE": b" \n"}, "PERMANENCE_AMQP_URI_FILE: the file is empty; write"),
        ("serve", {"AMQP_URI_FILE": b"caf\xe9"}, "PERMANENCE_AMQP_URI_FILE: not UTF-8; write"),
        ("serve", {"AMQP_URI": ""}, "PERMANENCE_AMQP_URI: not set; set it"),
        ("seal_daily", {}, "PERMANENCE_SEAL_KEY: not set; set it or PERMANENCE_SEAL_KEY_FILE"),
        ("seal_daily", {"SEAL_KEY": "x"}, "PERMANENCE_SEAL_KEY: not a key; 32 bytes in base64"),
    ],
)
def test_what_is_wrong_is_told_at_once_by_its_name(
    command: str,
    wrong: dict[str, str | bytes],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    for name, value in ({"AMQP_URI": "memory://nobody-listens"} | wrong).items():
        if isinstance(value, bytes):
            (tmp_path / name).write_bytes(value)
            value = str(tmp_path / name)
        monkeypatch.setenv(f"PERMANENCE_{name}", value)
    run = {"serve": partial(serve, "intake"), "seal_daily": seal_daily}[command]

    with pytest.raises(Invalid, match=re.escape(told)):
        run()


@pytest.mark.parametrize(
    ("given", "taken"), [("warning", "WARNING"), ("Debug", "DEBUG"), ("", "INFO")]
)
def test_a_level_may_be_written_in_small_letters(given: str, taken: str):
    assert log_level(Environment({"PERMANENCE_LOG_LEVEL": given})) == taken


def test_the_mail_door_too_names_a_wrong_level(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PERMANENCE_LOG_LEVEL", "verbose")

    with pytest.raises(SystemExit, match=r"^PERMANENCE_LOG_LEVEL: 'verbose'"):
        mail_in.main()


def test_an_empty_file_is_as_good_as_none(tmp_path: Path):
    (tmp_path / "keys").touch()

    env = Environment({"PERMANENCE_SMTP_USER_FILE": str(tmp_path / "keys")})

    assert env.get("SMTP_USER") is None
    assert env.get("SMTP_USER", "desk") == "desk"
