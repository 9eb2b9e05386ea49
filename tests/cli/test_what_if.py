"""``what-if``: the history decided again by another version; nothing is written."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from services.cli.app import app_of
from services.cli.directory import BadFolder
from services.host import catalog
from services.routing.adapters.csv_table import BadDirectory
from services.routing.adapters.settings import POLICY_FILE
from services.routing.application.volunteers import remove
from shared.contracts.routing.events import AssignmentAccepted
from shared.deadlines import compute, supposing
from shared.errors import Invalid
from shared.eventstore import Streams, Version
from tests.cli.conftest import Run
from tests.eventstore.events import NOON, event, write
from tests.support.postgres import Database
from tests.support.served import DIRECTORY, ROOT, Served
from tests.unit.routing.office import Office, files, understood
from tests.unit.routing.people import letter

RULES = ROOT / "shared" / "deadlines" / "data" / "deadline_rules.csv"


class Decided:
    """Letters that routing decided on, in logs where nothing else happens."""

    def __init__(self, desk: Database) -> None:
        self.office = Office(desk)
        self.intake = Streams(desk.store("intake"), catalog.codec("intake"), self.office.clock)
        self.office.import_files(files(demo=False))

    def letter(self, establishment: str) -> UUID:
        """A letter from there; its request."""
        request = uuid4()
        read = understood(letter(establishment=establishment), request, "main")
        with self.intake.unit(metadata={}) as unit:
            unit.append(f"request-{request}", [read], expected=Version(0))
        self.office.hear(read)
        return request


def logged(system: Served) -> int:
    """How many events there are in the logs that are replayed, but for those that time brings."""
    found = 0
    for service in ("intake", "routing", "followup"):
        with system.connect(service) as connection:
            [count] = connection.execute(
                "SELECT count(*) FROM events "
                "WHERE type NOT IN ('AssignmentEscalated', 'DeadlineMissed', 'DeadlineNeared')"
            ).fetchone() or [0]
            found += count
    return found


def test_the_policy_in_use_decides_again_as_it_did(system: Served) -> None:
    assert system.rows("what-if", "routing") == []
    said = system.run("what-if", "routing")
    found = re.search(r"^0 of (\d+) decisions would differ", said, re.MULTILINE)
    assert found, said
    assert int(found[1]) >= len(system.told) > 0  # one a request; more, once deadlines draw near


def test_another_policy_shows_each_decision_that_would_differ(
    system: Served, tmp_path: Path
) -> None:
    before = logged(system)
    text = POLICY_FILE.read_text(encoding="utf-8")
    assert "letter_days = 10" in text
    other = tmp_path / "policy.toml"
    other.write_text(text.replace("letter_days = 10", "letter_days = 20"), encoding="utf-8")
    written = tmp_path / "differences.csv"

    rows = system.rows("what-if", "routing", "--policy", other, "--csv", written)

    [letter] = [row for row in rows if row["request_id"] == system.told["S01"]["request_id"]]
    recorded = date.fromisoformat(letter["recorded_answer_due_on"])
    assert letter["recorded_unit"] == letter["other_unit"] == "team:cp-fresnes"
    assert letter["other_answer_due_on"] == (recorded + timedelta(days=10)).isoformat()
    assert letter["reproduced"] is True
    assert letter["other_reason"]
    with written.open(encoding="utf-8", newline="") as file:
        assert [row["request_id"] for row in csv.DictReader(file)] == [
            row["request_id"] for row in rows
        ]
    assert logged(system) == before


def test_other_teams_send_letters_elsewhere(system: Served, tmp_path: Path) -> None:
    teams = (DIRECTORY / "teams.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in teams if not line.startswith("cp-fresnes")]
    (tmp_path / "teams.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")

    rows = system.rows("what-if", "routing", "--teams", tmp_path)

    [letter] = [row for row in rows if row["request_id"] == system.told["S01"]["request_id"]]
    assert (letter["recorded_unit"], letter["other_unit"]) == ("team:cp-fresnes", "desk")
    assert letter["other_rule"] == "R7"


@pytest.fixture
def decided(desk: Database) -> Decided:
    return Decided(desk)


NANTES = "establishment,state\ncp-nantes,active\n"
PEOPLE = "id,name,email,role,units\nn-1,Noé,noe@p.example,volunteer,{unit}\n"


@pytest.mark.parametrize(
    ("people", "unit"),
    [
        (None, "team:cp-nantes"),
        (PEOPLE.format(unit="team:cp-nantes"), "team:cp-nantes"),
        (PEOPLE.format(unit="desk"), "desk"),
    ],
)
def test_a_team_that_there_was_not_has_the_members_that_its_folder_gives_it(
    decided: Decided, permanence: Run, tmp_path: Path, people: str | None, unit: str
) -> None:
    request = decided.letter("cp-nantes")
    (tmp_path / "teams.csv").write_text(NANTES, encoding="utf-8")
    if people is not None:
        (tmp_path / "volunteers.csv").write_text(people, encoding="utf-8")

    rows = permanence("what-if", "routing", "--teams", str(tmp_path))

    found = {row["request_id"]: row["other_unit"] for row in rows}
    assert found.get(str(request), "desk") == unit


def test_a_team_that_there_was_keeps_its_members_of_then(
    decided: Decided, permanence: Run, tmp_path: Path
) -> None:
    decided.office.import_files({"teams.csv": NANTES})  # and nobody of it
    decided.letter("cp-nantes")
    (tmp_path / "teams.csv").write_text(NANTES, encoding="utf-8")

    assert permanence("what-if", "routing", "--teams", str(tmp_path)) == []


def test_a_folder_without_teams_is_refused(
    decided: Decided, permanence: Run, tmp_path: Path
) -> None:
    people = PEOPLE.format(unit="desk")
    (tmp_path / "volunteers.csv").write_text(people, encoding="utf-8")

    with pytest.raises(BadFolder, match=r"holds no teams\.csv"):
        permanence("what-if", "routing", "--teams", str(tmp_path))


def test_who_left_is_a_mistake_as_in_an_import(
    decided: Decided, permanence: Run, tmp_path: Path
) -> None:
    people = PEOPLE.format(unit="desk")
    decided.office.import_files({"volunteers.csv": people})
    remove("n-1", by="admin", routing=decided.office.routing)
    (tmp_path / "teams.csv").write_text(NANTES, encoding="utf-8")
    (tmp_path / "volunteers.csv").write_text(people, encoding="utf-8")

    with pytest.raises(BadDirectory, match=r"volunteers\.csv:2:id: left"):
        permanence("what-if", "routing", "--teams", str(tmp_path))


def test_f12_what_only_a_newer_release_reads_is_passed_over_and_told(
    decided: Decided, permanence: Run, desk: Database, tmp_path: Path
) -> None:
    request = decided.letter("cp-nantes")
    decided.letter("cp-nantes")
    admin = desk.admin()
    admin.execute("ALTER TABLE intake.events DISABLE TRIGGER USER")
    newer = "UPDATE intake.events SET type = 'RequestReadByAnOwl' WHERE position = 2"
    assert admin.execute(newer).rowcount == 1
    strange = uuid4()
    accepted = AssignmentAccepted(
        request_id=strange, register="main", volunteer_id="n-1", unit="team:cp-nantes"
    )
    store, codec = decided.office.store, catalog.codec("routing")
    begun = [event("AssignmentBegun"), codec.encode(accepted, NOON)]
    store.append([write(f"assignment-{strange}", *begun), write("bird-1", event("OwlHired"))])
    (tmp_path / "teams.csv").write_text(NANTES, encoding="utf-8")

    wanted = ["what-if", "routing", "--teams", str(tmp_path)]
    result = CliRunner().invoke(app_of(), [*wanted, "--json"], catch_exceptions=False)

    [row] = [json.loads(line) for line in result.stdout.splitlines()]
    assert (row["request_id"], row["other_unit"]) == (str(request), "team:cp-nantes")
    assert "4 events were passed over" in result.stderr
    assert result.exit_code == 1


def test_f12_a_deadline_of_a_newer_release_is_passed_over_and_told(
    desk: Database, permanence: Run
) -> None:
    desk.store("followup").append([write("deadline-1", event("DeadlineMovedByAnOwl"))])

    result = CliRunner().invoke(app_of(), ["what-if", "deadlines"], catch_exceptions=False)

    assert "1 event was passed over" in result.stderr
    assert result.exit_code == 1


def test_another_rule_table_moves_the_deadlines_that_it_counts(
    system: Served, tmp_path: Path
) -> None:
    assert system.rows("what-if", "deadlines") == []
    with system.connect("followup") as connection:
        [rule] = connection.execute(
            "SELECT data -> 'terms' ->> 'rule' FROM events "
            "WHERE data -> 'terms' ->> 'trigger_on' IS NOT NULL "
            "AND data -> 'terms' ->> 'rule' IS NOT NULL ORDER BY position LIMIT 1"
        ).fetchone() or [""]
    lines = RULES.read_text(encoding="utf-8").splitlines(keepends=True)
    other = tmp_path / "deadline_rules.csv"
    kept = [line for line in lines if not line.startswith(f"{rule},")]
    assert len(kept) == len(lines) - 1
    other.write_text("".join(kept), encoding="utf-8")

    rows = system.rows("what-if", "deadlines", "--rules", other)

    assert {row["rule"] for row in rows} == {rule}
    assert {row["reason"] for row in rows} == {"no such rule in that table"}
    assert {row["other_last"] for row in rows} == {None}


def test_another_calendar_moves_the_answers_that_wait_for_working_days(system: Served) -> None:
    with system.connect("routing") as connection:
        rows = connection.execute(
            "SELECT data ->> 'answer_due_on' FROM events WHERE type = 'RequestAssigned' "
            "AND data ->> 'answer_due_on' IS NOT NULL"
        ).fetchall()
    days = [day for (day,) in rows]
    holidays = [argument for day in days for argument in ("--add-holiday", day)]

    moved = system.rows("what-if", "routing", *holidays)

    assert moved
    assert all(row["other_answer_due_on"] > row["recorded_answer_due_on"] for row in moved)


def test_a_supposed_holiday_holds_only_while_it_is_supposed() -> None:
    by_law = compute("oqtf-general", date(2026, 3, 2), zone="metro")
    day = by_law.last
    assert isinstance(day, date)

    with supposing(added=[day], removed=[]):
        supposed = compute("oqtf-general", date(2026, 3, 2), zone="metro")

    assert supposed.last > day
    assert compute("oqtf-general", date(2026, 3, 2), zone="metro") == by_law


@pytest.mark.parametrize("option", ["--add-holiday", "--remove-holiday"])
def test_a_day_that_does_not_exist_is_named(system: Served, option: str) -> None:
    result = system.invoke("what-if", "routing", option, "2026-02-30")

    assert isinstance(result.exception, Invalid)
    assert option in str(result.exception)
