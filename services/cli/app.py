"""The commands of ``permanence``."""

from __future__ import annotations

import typer

from services.cli import deploy, parked, run, subscriptions, what_if
from services.cli.backup import backup, restore
from services.cli.deadline import deadline
from services.cli.deadline_rules import deadline_rules
from services.cli.demo import demo
from services.cli.desk_link import desk_link
from services.cli.did import actions
from services.cli.directory import import_directory
from services.cli.drift import drift
from services.cli.inspect import show, streams
from services.cli.mail_in import mail_in
from services.cli.person import erase_person, export_person
from services.cli.probe import healthcheck
from services.cli.realign import realign
from services.cli.rebuild import rebuild
from services.cli.redeliver import redeliver, redeliveries
from services.cli.rekey import rekey
from services.cli.seal import check_seal, seal
from services.cli.stats import stats
from services.cli.submit import submit
from services.cli.tail import tail
from services.cli.telling import run_telling
from services.cli.trace import trace
from services.cli.verify import verify

app = typer.Typer(
    help="The desk's requests, their teams, follow-up and alerts; every change is an event.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.command()(demo)
app.command("run")(run.run)
app.command()(submit)
app.command()(deadline)
app.command("deadline-rules")(deadline_rules)
app.command("import-directory")(import_directory)
app.command("desk-link")(desk_link)
app.command()(streams)
app.command()(show)
app.command()(trace)
app.command()(tail)
app.command()(stats)
app.command()(actions)
app.command()(redeliver)
app.command()(redeliveries)
app.add_typer(parked.app, name="parked")
app.add_typer(subscriptions.app, name="subscriptions")
app.add_typer(what_if.app, name="what-if")
app.command()(verify)
app.command()(seal)
app.command("check-seal")(check_seal)
app.command("export-person")(export_person)
app.command("erase-person")(erase_person)
app.command()(backup)
app.command()(restore)
app.command()(realign)
app.command()(rekey)
app.command()(rebuild)
app.command()(drift)
app.command()(deploy.secrets)
app.command("partner-token")(deploy.partner_token)
app.command("bootstrap")(deploy.bootstrap_database)
app.command()(deploy.serve)
app.command()(healthcheck)
app.command("mail-in")(mail_in)


def main() -> None:
    """Run the command that the arguments name."""
    run_telling(app)
