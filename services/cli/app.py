"""The commands of ``permanence``; each is brought in only when it is called."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module

import typer

from services.cli.telling import run_telling

# By the order in which help lists them: where each is, under its name.
COMMANDS: Mapping[str, str] = {
    "demo": "demo:demo",
    "run": "run:run",
    "submit": "submit:submit",
    "deadline": "deadline:deadline",
    "deadline-rules": "deadline_rules:deadline_rules",
    "import-directory": "directory:import_directory",
    "desk-link": "desk_link:desk_link",
    "streams": "inspect:streams",
    "show": "inspect:show",
    "trace": "trace:trace",
    "tail": "tail:tail",
    "stats": "stats:stats",
    "actions": "did:actions",
    "redeliver": "redeliver:redeliver",
    "redeliveries": "redeliver:redeliveries",
    "parked": "parked:app",
    "subscriptions": "subscriptions:app",
    "what-if": "what_if:app",
    "verify": "verify:verify",
    "seal": "seal:seal",
    "check-seal": "seal:check_seal",
    "export-person": "person:export_person",
    "erase-person": "person:erase_person",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "realign": "realign:realign",
    "rekey": "rekey:rekey",
    "rebuild": "rebuild:rebuild",
    "drift": "drift:drift",
    "secrets": "deploy:secrets",
    "partner-token": "deploy:partner_token",
    "bootstrap": "deploy:bootstrap_database",
    "serve": "deploy:serve",
    "healthcheck": "probe:healthcheck",
    "mail-in": "mail_in:mail_in",
}


def app_of(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """The program with the commands of these names alone."""
    made = typer.Typer(
        help="The desk's requests, their teams, follow-up and alerts; every change is an event.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    made.callback()(lambda: None)  # a program of several commands, whatever their number
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(import_module(f"services.cli.{module}"), attribute)
        if isinstance(command, typer.Typer):
            made.add_typer(command, name=name)
        else:
            made.command(name)(command)
    return made


def main() -> None:
    """Run the command that the arguments name; where they name none, all are there to be listed."""
    named = [name for name in sys.argv[1:2] if name in COMMANDS]
    run_telling(app_of(named or COMMANDS))
