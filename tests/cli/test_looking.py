"""``streams``, ``show``, ``trace``, ``tail``, ``stats``: what an admin sees, and what not."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from typer.testing import CliRunner

from services.cli.app import app_of
from services.cli.inspect import NoSuchStream, NoSuchVersion
from services.cli.trace import NoSuchRequest
from shared.clock import PARIS
from shared.errors import Invalid
from shared.messaging._tables import SubscriptionTables
from tests.cli.conftest import Run
from tests.eventstore.events import event, write
from tests.support.postgres import Database
from tests.support.served import Served

FRESNES = "cp-fresnes"


def request_of(system: Served, sample: str) -> str:
    return str(system.told[sample]["request_id"])


def test_streams_are_found_by_the_establishment_that_they_speak_of(system: Served) -> None:
    found = {row["stream"] for row in system.rows("streams", "--establishment", FRESNES)}

    assert f"request-{request_of(system, 'S01')}" in found
    assert f"team-main:{FRESNES}" in found
    assert f"request-{request_of(system, 'S02')}" not in found


def test_streams_are_found_by_person_and_by_type(system: Served) -> None:
    request = f"request-{request_of(system, 'S01')}"
    shown = json.loads(system.run("show", request, "--json"))
    person = next(e["data"]["person_id"] for e in shown["events"] if e["private"])

    assert [row["stream"] for row in system.rows("streams", "--person", person)] == [request]
    typed = system.rows("streams", "--type", "RequestAssigned")
    assert {row["stream"] for row in typed} >= {
        f"assignment-{told['request_id']}" for told in system.told.values()
    }
    assert all(row["stream"].startswith("assignment-") for row in typed)


def test_streams_are_found_by_correlation_and_by_the_time_of_recording(system: Served) -> None:
    assignment = f"assignment-{request_of(system, 'S01')}"
    [first] = json.loads(system.run("show", assignment, "--json"))["events"][:1]
    correlation = first["metadata"]["correlation_id"]

    related = {row["stream"] for row in system.rows("streams", "--correlation", correlation)}
    at = first["recorded_at"]
    then = {row["stream"] for row in system.rows("streams", "--since", at, "--until", at)}

    assert {assignment, f"request-{request_of(system, 'S01')}"} <= related
    assert assignment in then
    assert f"assignment-{request_of(system, 'S02')}" not in then


def test_where_there_are_more_streams_it_is_said_and_one_goes_on(system: Served) -> None:
    system.settle()
    everything = [(row["service"], row["stream"]) for row in system.rows("streams", "--limit", 999)]
    assert len(everything) == len(set(everything)) > 5

    first = system.invoke("streams", "--limit", 3, "--json")
    seen = [json.loads(line) for line in first.stdout.splitlines()]
    while seen and len(seen) < len(everything):
        last = f"{seen[-1]['service']}/{seen[-1]['stream']}"
        seen += system.rows("streams", "--limit", 100, "--after", last)

    assert [(row["service"], row["stream"]) for row in seen] == everything
    assert f"more than these 3; go on with --after {everything[2][0]}/{everything[2][1]}" in (
        first.stderr
    )
    assert "more than these" not in system.invoke("streams", "--limit", 999).stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["streams", "--type", "RequestAsigned"], "--type: 'RequestAsigned' .* RequestAssigned"),
        (["tail", "--type", "RequestAsigned"], "--type: .* did you mean RequestAssigned"),
        (["streams", "--establishment", "cp-freznes"], "--establishment: .* cp-fresnes"),
        (["streams", "--service", "rooting"], "--service: .* did you mean routing"),
        (["streams", "--after", "routing"], "--after: .* names no service; write it as"),
        (
            ["streams", "--since", "2026-05-02", "--until", "2026-05-01"],
            "--since, --until: .* swap",
        ),
        (["parked", "list", "--consumer", "desc"], "--consumer: .* did you mean desk"),
        (["parked", "list", "--source", "intak"], "--source: .* did you mean intake"),
        (["subscriptions", "list", "--consumer", "desc"], "--consumer: .* did you mean desk"),
        (["redeliver", "--consumer", "desc"], "--consumer: .* did you mean desk"),
        (["redeliver", "--consumer", "desk", "--from", 9, "--to", 3], "--from, --to: 9 .* 3"),
        (["drift", "desk.request"], "projection: .* did you mean desk.requests"),
        (["realign", "desk", "intakes", "--dry-run"], "source: .* did you mean intake"),
    ],
    ids=lambda one: " ".join(map(str, one)) if isinstance(one, list) else "",
)
def test_what_cannot_be_meant_is_told_with_the_option_and_the_remedy(
    system: Served, arguments: list[object], told: str
) -> None:
    error = system.invoke(*arguments).exception

    assert isinstance(error, Invalid)
    assert re.search(told, str(error)), error


def test_an_establishment_of_the_directory_may_have_no_stream(system: Served) -> None:
    assert system.rows("streams", "alert-none", "--establishment", FRESNES) == []


def test_tables_tell_the_time_of_paris_and_json_tells_utc(
    system: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")  # no word is broken over two lines
    stream = f"request-{request_of(system, 'S01')}"
    at = json.loads(system.run("show", stream, "--json"))["events"][0]["recorded_at"]
    whole = datetime.fromisoformat(at).astimezone(PARIS).isoformat(sep=" ", timespec="seconds")
    local = f"{whole[:19]} {whole[19:]}"
    assert at.endswith("+00:00")

    for command in (["show", stream], ["trace", stream], ["streams", stream]):
        assert local in system.run(*command), command
    assert system.rows("streams", stream, "--since", local, "--until", local[:10])
    shown = system.run("tail", "--since", at, "--stream", stream, "--limit", 1, "--idle", 0)
    assert local.replace(" ", "T")[:19] in shown
    assert system.rows("streams", "--until", "2020-01-01") == []


def test_f12_a_stream_with_an_event_of_a_newer_release_is_shown_raw(
    desk: Database, permanence: Run
) -> None:
    newer = event("RequestPrintedOnSilk", data={"threads": 3})
    desk.store().append([write("request-1", newer)])

    result = CliRunner().invoke(app_of(), ["show", "request-1", "--json"], catch_exceptions=False)

    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [one["data"] for one in told["events"]] == [{"threads": 3}]
    assert told["state"] is None
    said = "version 1, RequestPrintedOnSilk 1, is of no release known here"
    assert f"warning: no state is shown: {said}" in result.stderr
    with pytest.raises(NoSuchVersion, match=f"--diff: {said}; give versions before it"):
        permanence("show", "request-1", "--diff", "0", "1")


def test_what_is_private_is_withheld_from_an_admin(system: Served) -> None:
    shown = system.run("show", f"request-{request_of(system, 'S01')}", "--json")

    assert "withheld" in {event["private"] for event in json.loads(shown)["events"]}
    assert "Souleymane" not in shown


def test_a_look_at_what_is_private_says_who_and_why_or_does_not_happen(system: Served) -> None:
    stream = f"request-{request_of(system, 'S01')}"

    result = system.invoke("show", stream, "--private")
    assert isinstance(result.exception, Invalid)
    assert "withheld" not in result.stdout

    why = "the person asked what we hold"
    shown = json.loads(
        system.run("show", stream, "--private", "--by", "marie", "--why", why, "--json")
    )

    assert any(isinstance(event["private"], dict) for event in shown["events"])
    latest = system.rows("actions", "--action", "look_at_private")[0]
    assert (latest["action"], latest["by"], latest["why"], latest["outcome"]) == (
        "look_at_private",
        "marie",
        why,
        "done",
    )
    assert latest["details"] == {"service": "intake", "stream": stream}


def test_two_versions_of_a_stream_differ_field_by_field(system: Served) -> None:
    stream = f"request-{request_of(system, 'S01')}"

    rows = {row["field"]: row for row in system.rows("show", stream, "--diff", 1, 2)}

    assert rows["state"]["before"] == "received"
    assert rows["state"]["after"] == "normalised"
    assert system.rows("show", stream, "--diff", 2, 2) == []
    result = system.invoke("show", stream, "--diff", 1, 99)
    assert isinstance(result.exception, NoSuchVersion)


def test_a_stream_is_shown_as_it_stood(system: Served) -> None:
    stream = f"request-{request_of(system, 'S01')}"
    whole = json.loads(system.run("show", stream, "--json"))
    at = whole["events"][0]["recorded_at"]

    before = json.loads(system.run("show", stream, "--as-of", at, "--json"))

    # Received and understood in one moment; who answers for it came later.
    assert [event["version"] for event in before["events"]] == [1, 2]
    assert before["state"]["state"] == "normalised"
    assert len(whole["events"]) > 2


def test_a_stream_that_nobody_has_is_named(system: Served) -> None:
    result = system.invoke("show", "request-none")

    assert isinstance(result.exception, NoSuchStream)


def test_a_request_is_traced_through_all_services_to_its_alerts(system: Served) -> None:
    system.settle()
    rows = system.rows("trace", request_of(system, "S06"))  # critical: told at any hour

    by_type = {row["type"]: row for row in rows}
    assert by_type["RequestReceived"]["depth"] == 0
    assert by_type["RequestAssigned"]["link"] == "caused"
    assert by_type["RequestAssigned"]["depth"] > by_type["RequestNormalised"]["depth"]
    assert by_type["AlertPlanned"]["depth"] > by_type["RequestAssigned"]["depth"]
    assert {row["service"] for row in rows} >= {"intake", "routing", "notifications"}
    assert all(row["delay_seconds"] >= 0 for row in rows if row["link"] == "caused")
    assert len({(row["service"], row["position"]) for row in rows}) == len(rows)
    others = {told["request_id"] for key, told in system.told.items() if key != "S06"}
    assert not [row for row in rows if row["stream"].removeprefix("request-") in others]


def test_every_alert_of_a_request_is_in_its_trace(system: Served) -> None:
    system.settle()
    request = request_of(system, "S06")
    with system.connect("notifications") as connection:
        planned = connection.execute(
            "SELECT stream FROM events WHERE data ->> 'request_id' = %s", [request]
        ).fetchall()

    traced = {row["stream"] for row in system.rows("trace", f"request-{request}")}

    assert planned
    assert {stream for (stream,) in planned} <= traced
    assert "within" in system.run("trace", request)


def test_a_request_that_nobody_has_is_not_traced(system: Served) -> None:
    for unknown in (str(UUID(int=0)), "nope"):
        error = system.invoke("trace", unknown).exception

        assert isinstance(error, NoSuchRequest)
        assert str(error).startswith(f"request: '{unknown}' is no request; give an id as in")


def test_the_tail_shows_what_was_recorded_since(system: Served) -> None:
    everything = system.rows("tail", "--since", "2020-01-01", "--idle", 0)
    with system.connect("intake") as connection:
        [intake] = connection.execute("SELECT count(*) FROM events").fetchone() or [0]

    assert len([row for row in everything if row["service"] == "intake"]) == intake
    assert all(row["private"] in (None, "withheld") for row in everything)
    alerts = system.rows(
        "tail", "--since", "2020-01-01", "--idle", 0, "--stream", "alert-", "--limit", 1
    )
    assert [row["service"] for row in alerts] == ["notifications"]
    typed = system.rows("tail", "--since", "2020-01-01", "--idle", 0, "--type", "RequestAssigned")
    assert {row["type"] for row in typed} == {"RequestAssigned"}


def test_the_tail_from_now_shows_only_what_comes(system: Served) -> None:
    system.settle()
    assert system.rows("tail", "--idle", 0) == []


def test_the_stats_count_what_the_logs_hold(system: Served) -> None:
    [found] = system.rows("stats")

    services = {row["service"]: row for row in found["services"]}
    assert services["intake"]["streams"] >= len(system.told)  # other tests have told more
    typed = [row["events"] for row in found["types"] if row["service"] == "intake"]
    assert sum(typed) == services["intake"]["events"]
    pairs = {(row["consumer"], row["source"]) for row in found["consumers"]}
    assert {("routing", "intake"), ("desk", "notifications")} <= pairs


def test_the_stats_tell_of_mail_that_a_person_must_read(system: Served) -> None:
    assert [row["failed_mail"] for row in system.rows("stats")] == [0]
    set_aside = system.folder / "spool" / "failed" / "unread.eml"
    set_aside.write_bytes(b"")
    try:
        assert [row["failed_mail"] for row in system.rows("stats")] == [1]
        assert "warning: intake: 1 e-mails lie in failed/" in system.invoke("stats").stderr
    finally:
        set_aside.unlink()


def test_without_intake_the_stats_do_not_know_of_mail(permanence: Run) -> None:
    assert [row["failed_mail"] for row in permanence("stats")] == [None]


def test_the_stats_tell_how_far_a_consumer_is_behind(desk: Database, permanence: Run) -> None:
    """Where nobody runs: a consumer put back beside its own log would find another event there."""
    first, last = desk.store("intake").append([write("request-1", event(), event())])
    SubscriptionTables(desk.pool("desk"), "intake").ensure()

    def row_after(position: int) -> dict[str, object]:
        desk.admin().execute(
            "UPDATE desk.checkpoints SET position = %s WHERE source = 'intake' AND partition = %s",
            [position, first.partition],
        )
        [found] = permanence("stats")
        [row] = [row for row in found["consumers"] if row["consumer"] == "desk"]
        return dict(row)

    assert row_after(0)["behind_events"] == 2
    row = row_after(first.position)
    assert row["behind_events"] == 1
    assert datetime.fromisoformat(str(row["oldest_unhandled_at"])) < datetime.now(UTC)
    assert row_after(last.position)["behind_events"] == 0


@pytest.mark.parametrize("command", [["streams"], ["stats"], ["actions"], ["tail", "--idle", "0"]])
def test_looking_commands_also_print_for_people(system: Served, command: list[str]) -> None:
    system.run(*command)
