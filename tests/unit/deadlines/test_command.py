"""``permanence deadline``: options, the JSON keys, and errors of one line with the remedy."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from services.cli.deadline import deadline
from services.cli.deadline_rules import deadline_rules
from shared import deadlines

_app = typer.Typer()
_app.command()(deadline)


def _run(*arguments: str):
    return CliRunner().invoke(_app, list(arguments))


def _json(*arguments: str) -> dict[str, object]:
    result = _run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_json_holds_the_dates_and_what_they_rest_on():
    got = _json("oqtf-detained", "--from", "2026-05-14 10:00", "--before", "TA Martinique")

    steps, reservations = got.pop("steps"), got.pop("reservations")
    assert got == {
        "rule": "oqtf-detained",
        "trigger": "2026-05-14 10:00",
        "last": "2026-05-26",
        "prudent": "2026-05-21",
        "nature": "deadline",
        "article": "CESEDA L. 614-3, L. 921-1, R. 921-3, R. 922-9",
        "confidence": "medium",
        "zone": "martinique",
    }
    assert "vendredi 22 mai 2026 (fête locale (Martinique))" in " ".join(steps)
    assert reservations


def test_a_limit_in_hours_gives_hours():
    got = _json("oqtf-retention", "--from", "2026-11-13 17:30", "--before", "TA Montreuil")

    assert (got["last"], got["prudent"]) == ("2026-11-15 17:30", "2026-11-15 17:30")


@pytest.mark.parametrize("hour", ["2026-10-25 02:30", "2026-03-29 02:30"])
def test_an_hour_when_the_clocks_change_matters_to_limits_in_hours_alone(hour):
    in_days = _run("oqtf-detained", "--from", hour, "--before", "TA Paris")
    in_hours = _run("oqtf-retention", "--from", hour, "--before", "TA Paris")

    assert in_days.exit_code == 0
    assert in_hours.exit_code == 2
    assert "where the clocks change" in in_hours.stderr


def test_the_zone_overrides_the_court():
    got = _json(
        *("oqtf-detained", "--from", "2026-03-26", "--before", "TA Melun"),
        *("--zone", "alsace-moselle"),
    )

    assert (got["last"], got["zone"]) == ("2026-04-07", "alsace-moselle")


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (("--before", "TA Nowhere"), "'TA Nowhere' names no seat that is known"),
        (("--before", "TA Marseile"), "did you mean Marseille?"),
        (("--before", "TJ Paris et TJ Cayenne"), "names no seat that is known, or several;"),
        ((), "--before: not given"),
    ],
)
def test_a_zone_that_is_a_guess_is_told_with_the_way_to_give_it(before, told):
    asked = ("oqtf-detained", "--from", "2026-03-26", *before)
    got, shown = _json(*asked), _run(*asked)

    [warning] = got["warnings"]
    assert got["zone"] == "metro"
    assert told in warning
    assert "metro (métropole) are assumed" in warning
    assert "--zone (metro, alsace-moselle, " in warning
    assert shown.stderr == f"warning: {warning}\n"


@pytest.mark.parametrize(
    "given",
    [("--before", "TA Strasbourg"), ("--before", "TA Nowhere", "--zone", "reunion")],
    ids=["a court that is known", "a zone beside a court that is not"],
)
def test_a_zone_that_is_known_is_no_guess(given):
    asked = ("oqtf-detained", "--from", "2026-03-26", *given)

    assert "warnings" not in _json(*asked)
    assert _run(*asked).stderr == ""


def test_general_legal_aid_is_expressed_by_its_options():
    got = _json(
        *("oqtf-general", "--from", "2026-09-15", "--before", "TA Paris"),
        *("--aid-asked", "2026-10-01", "--aid-decided", "2026-11-10"),
        *("--lawyer-named", "2026-11-10"),
    )

    assert (got["last"], got["prudent"]) == ("2026-12-28", "2026-12-10")


def test_the_rest_before_the_cnda_is_expressed_by_the_same_options():
    got = _json(
        *("cnda-rest", "--from", "2026-02-09", "--before", "CNDA"),
        *("--aid-asked", "2026-02-19", "--aid-decided", "2026-03-18"),
        *("--lawyer-named", "2026-03-20"),
    )

    assert (got["last"], got["prudent"]) == ("2026-04-08", "2026-04-05")
    assert got["nature"] == "deadline_remainder"


def test_residence_and_day_of_decision_are_options():
    far = _json(
        *("refusal-alone", "--from", "2026-01-05", "--before", "TA Paris"),
        *("--residence", "overseas"),
    )
    old = _json(
        *("oqtf-old-48h", "--from", "2024-07-17 09:00", "--before", "TA Lille"),
        *("--decided-on", "2024-07-12"),
    )

    assert far["last"] == "2026-04-07"
    assert old["last"] == "2024-07-19 09:00"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("oqtf-detaine", "--from", "2026-05-14"), "did you mean oqtf-detained"),
        (("oqtf-detained",), "--from: missing; give the day of: notification"),
        (("oqtf-detained", "--from", "14/05/2026"), "--from: '14/05/2026' is not a day; write"),
        (("oqtf-detained", "--from", "2026-02-30"), "--from: '2026-02-30' does not exist"),
        (("oqtf-detained", "--from", "0001-01-01"), "--from: 0001-01-01 lies outside"),
        (("oqtf-general", "--from", "2026-05-14", "--zone", "x"), "--zone: 'x' is not a zone"),
        (
            ("refusal-alone", "--from", "2026-05-14", "--residence", "moon"),
            "--residence: 'moon' is unknown; use metro, overseas, abroad",
        ),
        (
            ("oqtf-general", "--from", "2026-05-14", "--aid-decided", "2026-05-20"),
            "--aid-asked: missing while --aid-decided is given",
        ),
        (
            ("legal-aid-restart", "--from", "2026-05-14", "--aid-asked", "2026-05-20"),
            "--from: 2026-05-14 is before --aid-asked, 2026-05-20; correct one of them",
        ),
        (
            ("legal-aid-restart", "--from", "2026-05-14", "--aid-decided", "2026-05-20"),
            "--aid-decided: 2026-05-20 is not --from, 2026-05-14",
        ),
        (
            ("oqtf-general", "--from", "2026-05-14", "--aid-asked", "soon"),
            "--aid-asked: 'soon' is not a day; write it as 2026-05-14",
        ),
        (
            ("oqtf-detained", "--from", "2024-08-01", "--decided-on", "2024-07-12"),
            "in force then: oqtf-old-48h, oqtf-old-30d, oqtf-old-15d",
        ),
        (("oqtf-old-48h", "--from", "2026-05-14"), "--decided-on: oqtf-old-48h ended on"),
    ],
)
def test_an_error_is_one_line_that_names_the_option_and_the_remedy(arguments, line):
    result = _run(*arguments, "--json")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert line in result.stderr


def test_without_json_the_dates_and_reservations_are_shown_in_french():
    result = _run("oqtf-detained", "--from", "2026-11-02 10:00", "--before", "TA Melun")

    assert result.exit_code == 0
    for words in ("date prudente", "lundi 9 novembre 2026", "mardi 10 novembre 2026", "Réserves"):
        assert words in result.stdout


def _rules(*arguments: str):
    app = typer.Typer()
    app.command()(deadline_rules)
    return CliRunner().invoke(app, list(arguments))


def test_every_rule_is_listed_with_what_it_counts():
    listed = {entry["rule"]: entry for entry in json.loads(_rules("--json").stdout)}

    assert listed.keys() == deadlines.rules().keys()
    assert listed["oqtf-retention"]["duration"] == {"amount": 48, "unit": "hours"}
    assert "L. 614-2" in listed["oqtf-retention"]["article"]


def test_only_the_rules_that_are_asked_for_are_listed():
    asked = json.loads(_rules("OQTF", "rétention", "--on", "2026-05-14", "--json").stdout)

    assert {"oqtf-retention"} <= {entry["rule"] for entry in asked} < deadlines.rules().keys()
    assert not [e for e in asked if e["effective_to"] and e["effective_to"] < "2026-05-14"]


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_a_rules_id_is_never_cut(width: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", width)

    told = _rules().stdout
    assert [rule for rule in deadlines.rules() if rule not in told] == []


def test_an_unknown_rule_is_told_where_they_are_listed():
    result = _run("nothing-like-it", "--from", "2026-05-14")

    assert result.exit_code == 2
    assert "permanence deadline-rules" in result.stderr


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("zzz",), "no rule has 'zzz'; permanence deadline-rules lists them all"),
        (("oqtf-detaned",), "no rule has 'oqtf-detaned'; nearest: oqtf-detained"),
        (("retntion",), "oqtf-retention"),
        (
            ("CNDA", "--on", "1950-01-01"),
            "no rule has 'CNDA' in force on 1950-01-01; nearest: cnda-",
        ),
    ],
)
@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["table", "json"])
def test_words_that_no_rule_has_are_told_with_the_nearest_rules(asked, told, as_json):
    result = _rules(*asked, *as_json)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_wrong_day_of_force_is_named():
    result = _rules("--on", "2026-33-01")

    assert result.exit_code == 2
    assert "--on" in result.stderr
