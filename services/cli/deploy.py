"""Commands for deployers: secrets, roles and schemas, one service a container."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import secrets as randomness
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import eventlet
import typer
from psycopg.conninfo import conninfo_to_dict

from services.cli.system import AsJson
from services.host.erased_list import begin_list
from services.host.runner import SERVICES, Runner
from services.intake.adapters.partners import check_id
from shared.errors import Refused, Unavailable
from shared.eventstore.bootstrap import KEYRING, bootstrap, owner_of
from shared.logging import configure
from shared.privacy import ErasedList
from shared.service import refuse_half_restored, refuse_wrong_master
from shared.settings import BadSetting, Environment, log_level

# Readable by the containers' user; the folder itself is closed to everybody else.
FOLDER_MODE, FILE_MODE = 0o700, 0o444
_BOOTSTRAP_WAIT_SECONDS = 60.0
_HIGHEST_PORT = 65_535
_NO_PARTNERS = """\
# Who may send requests to POST /v1/requests, in TOML; an entry a partner:
# [[partner]]
# id = "foyer-exemple"
# token_sha256 = "<64 hexadecimal digits>"
# `permanence partner-token foyer-exemple` makes a token and the entry for it.
"""


def secrets(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if missing.")],
    as_json: AsJson = False,
) -> None:
    """Write the secrets that docker-compose.yml mounts. Files that are there stay as they are."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    made = [name for name, text in _wanted(folder).items() if _write_new(folder / name, text)]
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), "written": made}))
    else:
        typer.echo(f"{folder}: {len(made)} files written" if made else f"{folder}: nothing to do")


def _wanted(folder: Path) -> Mapping[str, str]:
    """Each file and what it holds if it is not there yet."""
    keys = ("master_key", "seal_key")
    wanted = {name: base64.b64encode(randomness.token_bytes(32)).decode() for name in keys}
    wanted["partners"] = _NO_PARTNERS
    database = _kept(folder / "postgres_password") or randomness.token_urlsafe(24)
    wanted["postgres_password"] = database
    wanted["admin_dsn"] = f"postgresql://postgres:{database}@postgres:5432/permanence"
    for schema in (*SERVICES, KEYRING):
        for role, name in ((schema, schema), (owner_of(schema), f"{schema}_owner")):
            password = randomness.token_urlsafe(24)
            wanted[f"{name}_dsn"] = f"postgresql://{role}:{password}@postgres:5432/permanence"
    uri = _kept(folder / "amqp_uri") or f"amqp://permanence:{randomness.token_urlsafe(24)}@rabbitmq"
    wanted["amqp_uri"] = uri
    wanted["rabbitmq.conf"] = (
        "# Written once with the other secrets.\n"
        "default_user = permanence\n"
        f"default_pass = {urlsplit(uri).password}\n"
    )
    return wanted


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def _write_new(path: Path, text: str) -> bool:
    if path.exists():
        return False
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    path.chmod(FILE_MODE)
    return True


def partner_token(
    partner: Annotated[str, typer.Argument(help="Small letters, digits, hyphens.")],
    as_json: AsJson = False,
) -> None:
    """Make a token for a partner's system, and the entry for PERMANENCE_PARTNERS; keeps nothing."""
    check_id(partner, "PARTNER")
    token = randomness.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    entry = f'[[partner]]\nid = "{partner}"\ntoken_sha256 = "{digest}"\n'
    if as_json:
        typer.echo(json.dumps({"token": token, "entry": entry}))
    else:
        typer.echo(f"for the partner alone, shown this once:\n{token}\n")
        typer.echo(
            f"for PERMANENCE_PARTNERS, or the file that PERMANENCE_PARTNERS_FILE names:\n{entry}"
        )


def bootstrap_database(as_json: AsJson = False) -> None:
    """Make the roles and schemas that the DSNs name; doing it again is harmless.

    A database that does not answer yet is waited for, a minute at most. The list of the erased,
    PERMANENCE_ERASED_LIST, begins here, with nobody on it.
    """
    env = Environment()
    passwords: dict[str, str] = {}
    for schema in (*SERVICES, KEYRING):
        for role, name in ((schema, schema), (owner_of(schema), f"{schema}_OWNER")):
            password = conninfo_to_dict(env.require(f"{name.upper()}_DSN")).get("password")
            if not password:
                raise Refused(f"PERMANENCE_{name.upper()}_DSN: has no password; give {role} one")
            passwords[role] = str(password)
    admin_dsn = env.require("ADMIN_DSN")
    bootstrap(admin_dsn, list(SERVICES), passwords, wait_seconds=_BOOTSTRAP_WAIT_SECONDS)
    with suppress(Unavailable):  # a keyring elsewhere has no roles before its own bootstrap
        begin_list(ErasedList(env.get("ERASED_LIST")), env.require("KEYRING_OWNER_DSN"), new=True)
    if as_json:
        typer.echo(json.dumps({"roles": sorted(passwords), "schemas": [*SERVICES, KEYRING]}))
    else:
        typer.echo(f"bootstrap: {len(passwords)} roles, {len(SERVICES) + 1} schemas")


def serve(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")],
) -> None:
    """Run one service until it is told to stop (SIGTERM, Ctrl-C)."""
    env = Environment()
    config = service_config(env)
    configure(name, level=log_level(env))
    runner = Runner([name], config)
    with suppress(Unavailable):  # the service itself waits for its database
        refuse_wrong_master(env)
        refuse_half_restored(env, [name])
    runner.start()
    # In a green thread of its own: a handler may run in the hub, where nothing can wait.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn(runner.stop))
    runner.wait()


def service_config(env: Environment) -> dict[str, object]:
    """Nameko's configuration of a service in a container of its own; raises BadSetting."""
    return {
        "AMQP_URI": env.require("AMQP_URI"),
        "WEB_SERVER_ADDRESS": _web_address(env),
        "max_workers": 10,
        "serializer": "json",
    }


def _web_address(env: Environment) -> str:
    text = env.get("WEB_ADDRESS") or "127.0.0.1:8000"
    found = re.fullmatch(r"(?:[^:]+:)?(\d{1,5})", text)  # as nameko reads it
    if not found or int(found[1]) > _HIGHEST_PORT:
        raise BadSetting(
            f"PERMANENCE_WEB_ADDRESS: {text!r}: write host:port, such as 0.0.0.0:8000; the host by "
            "its name or its IPv4 address"
        )
    return text
