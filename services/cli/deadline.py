"""``permanence deadline``: the two dates of a legal time limit, from the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from services.cli.instants import in_zone
from services.cli.system import AsJson
from shared import deadlines
from shared.errors import PermanenceError

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?")
_OPTIONS = {
    "trigger": "--from",
    "decided_on": "--decided-on",
    "aid_asked": "--aid-asked",
    "aid_decided": "--aid-decided",
    "lawyer_named": "--lawyer-named",
    "residence": "--residence",
    "zone": "--zone",
    "rule": "RULE_ID",
}
_FIELD = re.compile(r"\b(?:the )?(trigger|decided_on|aid_asked|aid_decided|lawyer_named)\b")


def deadline(
    rule_id: Annotated[str, typer.Argument(metavar="RULE_ID", help="such as oqtf-detained")],
    trigger: Annotated[
        str | None,
        typer.Option("--from", help='day, or "day hour", that starts it: "2026-05-14 10:00"'),
    ] = None,
    before: Annotated[
        str | None,
        typer.Option("--before", help='court or authority that receives the act: "TA Martinique"'),
    ] = None,
    zone: Annotated[
        str | None, typer.Option("--zone", help="holidays and local time, instead of --before's")
    ] = None,
    decided_on: Annotated[
        str | None, typer.Option("--decided-on", help="day on which the decision was taken")
    ] = None,
    residence: Annotated[
        str | None, typer.Option("--residence", help="overseas, abroad or metro: adds a distance")
    ] = None,
    aid_asked: Annotated[
        str | None, typer.Option("--aid-asked", help="day on which legal aid was asked")
    ] = None,
    aid_decided: Annotated[
        str | None, typer.Option("--aid-decided", help="day the legal aid decision was notified")
    ] = None,
    lawyer_named: Annotated[
        str | None,
        typer.Option("--lawyer-named", help="day the lawyer was named (CNDA: was notified)"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute a legal time limit: two dates, each step, and what to have checked."""
    days = {
        "decided_on": decided_on,
        "aid_asked": aid_asked,
        "aid_decided": aid_decided,
        "lawyer_named": lawyer_named,
    }
    try:
        found = deadlines.rule(rule_id)
        given = _trigger(trigger, found)
        result = deadlines.compute(
            found,
            given,
            before=before,
            zone=zone,
            residence=residence,
            **{name: day_of(_OPTIONS[name], value) for name, value in days.items()},
        )
        by_hours = found.counting is deadlines.Counting.HOURS
        if by_hours and isinstance(given, datetime) and given.tzinfo is None:
            in_zone(given, result.zone.tz, "--from")
    except deadlines.UnknownRule as error:
        _fail(f"{error} (permanence deadline-rules lists them)")
    except (PermanenceError, typer.BadParameter) as error:
        _fail(str(error))
    warnings = _warnings(result, before)
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    if as_json:
        told = {**as_mapping(result), **({"warnings": warnings} if warnings else {})}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _show(result)


def _warnings(result: deadlines.Computation, before: str | None) -> list[str]:
    """That the zone is a guess, if it is, and how to give it."""
    if not result.zone_assumed:
        return []
    near = deadlines.places_like(before) if before else []
    what = f"{before!r} names no seat that is known, or several" if before else "not given"
    mean = f" (did you mean {', '.join(near)}?)" if near else ""
    return [
        f"--before: {what}{mean}; the public holidays and the local time of {result.zone.name} "
        f"({result.zone.label}) are assumed: name the seat, or give --zone "
        f"({', '.join(deadlines.ZONES)})"
    ]


def as_mapping(result: deadlines.Computation) -> Mapping[str, Any]:
    """The computation as JSON-able values; dates as "2026-11-10" or "2026-11-15 17:30"."""
    trigger, last, prudent = result.texts()
    return {
        "rule": result.rule.id,
        "trigger": trigger,
        "last": last,
        "prudent": prudent,
        "nature": result.nature.value,
        "article": result.article,
        "confidence": result.confidence.value,
        "steps": list(result.steps),
        "reservations": list(result.reservations),
        "zone": result.zone.name,
    }


def _trigger(text: str | None, rule: deadlines.Rule) -> date | datetime:
    if text is None:
        raise typer.BadParameter(
            f'--from: missing; give the day of: {rule.trigger}, such as --from "2026-05-14 10:00"'
        )
    wanted = 'write a day, 2026-05-14, or a day and hour, "2026-05-14 10:00"'
    value = text.strip()
    if not _MOMENT.fullmatch(value):
        raise typer.BadParameter(f"--from: {text!r} is not a day; {wanted}")
    try:
        is_day = len(value) == len("2026-05-14")
        return date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"--from: {text!r} does not exist; {wanted}") from None


def day_of(option: str, text: str | None) -> date | None:
    """The day written in ``text``, None without one; raises BadParameter naming ``option``."""
    if text is None:
        return None
    value = text.strip()
    if _MOMENT.fullmatch(value):
        try:
            return date.fromisoformat(value[: len("2026-05-14")])
        except ValueError:
            pass
    raise typer.BadParameter(f"{option}: {text!r} is not a day; write it as 2026-05-14")


def _fail(message: str) -> NoReturn:
    """One line on standard error, the fields named as options; exit status 2."""
    field, colon, rest = message.partition(":")
    named = f"{_OPTIONS.get(field, field)}{colon}{rest}"
    typer.echo(_FIELD.sub(lambda found: _OPTIONS[found[1]], named), err=True)
    raise typer.Exit(2)


def _show(result: deadlines.Computation) -> None:
    console = Console()
    table = Table(title=result.rule.label, show_header=False, title_justify="left")
    table.add_row("règle", f"{result.rule.id} ({result.article})")
    table.add_row("déclenchement", deadlines.moment_words(result.trigger))
    table.add_row("date prudente", f"[bold]{deadlines.moment_words(result.prudent)}[/bold]")
    table.add_row("date limite", deadlines.moment_words(result.last))
    table.add_row("confiance", result.confidence.label)
    table.add_row("jours fériés, heure", result.zone.label)
    console.print(table)
    for title, sentences in (("Calcul", result.steps), ("Réserves", result.reservations)):
        console.print(f"\n[bold]{title}[/bold]")
        for sentence in sentences:
            console.print(f"- {sentence}", markup=False, highlight=False)
