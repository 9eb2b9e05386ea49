"""``permanence deadline-rules``: what ``permanence deadline`` can compute."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from services.cli.deadline import day_of
from services.cli.system import AsJson
from shared import deadlines

_NEAREST = 5


def deadline_rules(
    words: Annotated[
        list[str] | None, typer.Argument(help="only rules that have all of these: retention appeal")
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="only rules in force for a decision of that day")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the rules of legal time limits: id, what starts the clock, how long, which article."""
    day = day_of("--on", on)
    found = [
        rule
        for rule in deadlines.rules().values()
        if _has(rule, words or ()) and (day is None or rule.in_force_on(day))
    ]
    if not found:
        typer.echo(_none(words or [], on), err=True)
        raise typer.Exit(2)
    if as_json:
        typer.echo(json.dumps([_mapping(rule) for rule in found], ensure_ascii=False))
    else:
        _show(found)


def _none(words: list[str], on: str | None) -> str:
    """That no rule is so named, and which come nearest."""
    rules = deadlines.rules()
    asked = f"no rule has {' '.join(map(repr, words))}" if words else "no rule"
    force = f" in force on {on}" if on else ""
    terms = {part: rule for rule in rules for part in (rule, *rule.split("-")) if len(part) > 2}
    close = [
        terms[one] if one not in rules else one
        for word in words
        for one in difflib.get_close_matches(word.casefold(), terms, n=3, cutoff=0.5)
    ]
    nearest = ", ".join(list(dict.fromkeys(close))[:_NEAREST])
    remedy = f"nearest: {nearest}" if close else "permanence deadline-rules lists them all"
    return f"RULE: {asked}{force}; {remedy}"


def _has(rule: deadlines.Rule, words: list[str] | tuple[()]) -> bool:
    told = " ".join((rule.id, rule.label, rule.trigger, rule.article)).casefold()
    return all(word.casefold() in told for word in words)


def _mapping(rule: deadlines.Rule) -> Mapping[str, Any]:
    return {
        "rule": rule.id,
        "label": rule.label,
        "trigger": rule.trigger,
        "duration": {"amount": rule.duration.amount, "unit": rule.duration.unit.value},
        "counting": rule.counting.value,
        "nature": rule.nature.value,
        "article": rule.article,
        "confidence": rule.confidence.value,
        "effective_from": _text(rule.effective_from),
        "effective_to": _text(rule.effective_to),
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _show(rules: list[deadlines.Rule]) -> None:
    table = Table(Column("RULE_ID", no_wrap=True), "règle", "délai", "à partir de", "en vigueur")
    for rule in rules:
        table.add_row(
            rule.id,
            f"{rule.label}\n[dim]{escape(rule.article)}[/dim]",
            f"{rule.duration.amount} {_UNITS[rule.duration.unit]}",
            rule.trigger,
            _in_force(rule),
        )
    Console().print(table)
    rule_or_rules = "rule" if len(rules) == 1 else "rules"
    typer.echo(f"{len(rules)} {rule_or_rules}; permanence deadline RULE_ID computes one")


_UNITS = {
    deadlines.Unit.HOURS: "h",
    deadlines.Unit.DAYS: "j",
    deadlines.Unit.MONTHS: "mois",
}


def _in_force(rule: deadlines.Rule) -> str:
    since = f"depuis le {rule.effective_from}" if rule.effective_from else ""
    until = f"jusqu’au {rule.effective_to}" if rule.effective_to else ""
    return "\n".join(filter(None, (since, until)))
