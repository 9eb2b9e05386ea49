"""The directory from CSV files: what is wrong is told by file, line and column."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from services.cli.directory import read_files
from services.routing.adapters import payloads
from services.routing.adapters.csv_directory import read_directory
from services.routing.adapters.csv_table import BadDirectory
from services.routing.adapters.staging import BadStage, read_teams
from services.routing.application.import_directory import import_directory
from services.routing.application.volunteers import go_away, remove
from services.routing.domain.errors import HasLeft
from services.routing.domain.view import Absence
from tests.unit.routing.office import DATA, Office, files

HEAD = "code,type,name,aliases,town,postcode,departement,administrative_court,status\n"
FRESNES = (
    "cp-fresnes,CP,Centre pénitentiaire de Fresnes,Fresnes|CP Fresnes,Fresnes,94260,94,Melun,open\n"
)
PEOPLE = "id,name,email,role,units,capacity,on_duty\n"
ADA = "f-1,Ada Meurisse,ada@permanence.example,volunteer,team:cp-fresnes,6,no\n"
TEAM = "establishment,state\ncp-fresnes,active\n"
TEAM_AWAY = "establishment,state,absent_from\ncp-fresnes,active,2026-03-01\n"


def problems(**texts: str) -> dict[str, list[str]]:
    with pytest.raises(BadDirectory) as raised:
        read_directory({f"{name}.csv": text for name, text in texts.items()})
    return raised.value.fields


def test_the_shipped_directory_and_the_demo_are_read_whole():
    wanted = read_directory(files())

    assert (len(wanted.establishments), len(wanted.teams), len(wanted.volunteers)) == (190, 15, 37)


def test_aliases_are_separated_by_bars():
    [fresnes] = read_directory({"establishments.csv": HEAD + FRESNES}).establishments

    assert fresnes.aliases == ("Fresnes", "CP Fresnes")


def test_a_file_of_a_spreadsheet_with_semicolons_and_a_mark_is_read():
    text = "\ufeff" + "establishment;state;since\ncp-fresnes;suspended;2026-01-15\n"

    [team] = read_directory({"teams.csv": text}, known_codes=["cp-fresnes"]).teams

    assert (team.establishment, team.state) == ("cp-fresnes", "suspended")


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("cp-fresnes,asleep,,,", "teams.csv:2:state", "write one of active, closed, suspended"),
        ("cp-nowhere,active,,,", "teams.csv:2:establishment", "is not a known code"),
        (",active,,,", "teams.csv:2:establishment", "is empty; fill it in"),
        ("cp-fresnes,active,15/01/2026,,", "teams.csv:2:since", "write it as 2026-03-31"),
        ("cp-fresnes,active,,2026-04-02,2026-04-01", "teams.csv:2:absent_until", "lies before"),
        ("cp-fresnes,active,,,2026-04-01", "teams.csv:2:absent_from", "is empty although"),
        ("cp-fresnes,active", "teams.csv:2:-", "2 cells under 5 columns"),
    ],
)
def test_a_mistake_in_a_team_is_told_with_its_remedy(line, place, words):
    header = "establishment,state,since,absent_from,absent_until\n"

    found = problems(establishments=HEAD + FRESNES, teams=header + line + "\n")

    assert list(found) == [place]
    assert words in found[place][0]


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("F 1,Ada,ada@p.example,volunteer,desk,,", "volunteers.csv:2:id", "use small letters"),
        ("f-1,,ada@p.example,volunteer,desk,,", "volunteers.csv:2:name", "is empty"),
        ("f-1,Ada,ada,volunteer,desk,,", "volunteers.csv:2:email", "name@domain.org"),
        ("f-1,Ada,a da@p.example,volunteer,desk,,", "volunteers.csv:2:email", "no e-mail"),
        ("f-1,Ada,ada@p.example,chief,desk,,", "volunteers.csv:2:role", "write one of admin"),
        ("f-1,Ada,ada@p.example,volunteer,,,", "volunteers.csv:2:units", "is empty"),
        ("f-1,Ada,ada@p.example,volunteer,nantes,,", "volunteers.csv:2:units", "is no unit"),
        (
            "f-1,Ada,ada@p.example,volunteer,team:cp-nantes,,",
            "volunteers.csv:2:units",
            "add it to teams.csv",
        ),
        ("f-1,Ada,ada@p.example,volunteer,desk,-1,", "volunteers.csv:2:capacity", "is no number"),
        ("f-1,Ada,ada@p.example,volunteer,desk,,maybe", "volunteers.csv:2:on_duty", "write one of"),
    ],
)
def test_a_mistake_in_a_volunteer_is_told_with_its_remedy(line, place, words):
    found = problems(volunteers=PEOPLE + line + "\n")

    assert list(found) == [place]
    assert words in found[place][0]


def test_no_message_repeats_a_name_or_an_address():
    line = "f-1,Ada Meurisse,ada(at)permanence.example,volunteer,desk,,\n"

    with pytest.raises(BadDirectory) as raised:
        read_directory({"volunteers.csv": PEOPLE + line + line})

    assert "Meurisse" not in f"{raised.value} {raised.value.fields}"
    assert "ada(at)" not in f"{raised.value} {raised.value.fields}"


def test_all_mistakes_are_told_at_once():
    found = problems(
        teams="establishment,state\ncp-nowhere,asleep\n", volunteers=PEOPLE + "f-1,,,,,,\n"
    )

    assert set(found) == {
        "teams.csv:2:establishment",
        "teams.csv:2:state",
        "volunteers.csv:2:name",
        "volunteers.csv:2:email",
        "volunteers.csv:2:role",
    }


def test_a_line_that_stands_twice_names_the_first():
    found = problems(establishments=HEAD + FRESNES + FRESNES)

    assert found == {"establishments.csv:3:code": ["stands in line 2 already; keep one of them"]}


def test_a_missing_and_a_strange_column_are_told():
    found = problems(teams="establishment,statte\ncp-fresnes,active\n")

    assert set(found) == {"teams.csv:1:state", "teams.csv:1:statte"}


def test_a_quote_left_open_is_told_with_its_line():
    found = problems(teams='establishment,state\n"cp-fresnes,active\n')

    assert "check the quotes" in found["teams.csv:2:-"][0]


def test_an_empty_folder_is_told():
    assert "give at least one" in problems()["establishments.csv:1:-"][0]


@pytest.mark.parametrize("text", [PEOPLE, PEOPLE + "\n,,,,,,\n"])
def test_a_file_with_nothing_but_its_header_is_told(text: str):
    assert "no line under the header" in problems(volunteers=text)["volunteers.csv:2:-"][0]


def test_a_file_of_another_name_is_told():
    assert set(problems(team="x")) == {"team.csv:1:-", "establishments.csv:1:-"}


def test_an_import_tells_what_it_did_and_a_second_one_appends_nothing(office: Office):
    done = office.import_files(files())
    before = office.total()

    again = office.import_files(files())

    assert (done.establishments.added, done.teams.added, done.volunteers.added) == (190, 15, 37)
    assert done.events == before
    assert (again.events, office.total(), again.volunteers.unchanged) == (0, before, 37)


def test_only_what_differs_is_appended(office: Office):
    texts = {"establishments.csv": HEAD + FRESNES, "teams.csv": TEAM}
    office.import_files(texts | {"volunteers.csv": PEOPLE + ADA})

    done = office.import_files(
        {"volunteers.csv": PEOPLE + ADA.replace(",6,", ",8,") + ADA.replace("f-1", "f-2")}
    )

    assert (done.volunteers.altered, done.volunteers.added, done.events) == (1, 1, 2)


def test_who_is_not_in_the_file_is_told_and_left_as_they_are(office: Office):
    office.import_files(files())
    before = office.total()

    one = office.import_files({"volunteers.csv": PEOPLE + ADA.replace("f-1", "benoit-x")})
    no_people = office.import_files({"teams.csv": TEAM})

    assert len(one.volunteers.unlisted) == 37
    assert (one.teams.unlisted, no_people.volunteers.unlisted) == ([], [])
    assert len(no_people.teams.unlisted) == 14
    assert "cp-fresnes" not in no_people.teams.unlisted
    assert office.total() == before + one.events + no_people.events


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("name", '"Ada\nMeurisse"'),
        ("name", "Ada\x07Meurisse"),
        ("email", '"ada@permanence.example\rx"'),
    ],
)
def test_a_cell_of_several_lines_or_with_control_characters_is_named(name: str, cell: str):
    usual = {"name": "Ada Meurisse", "email": "ada@permanence.example"} | {name: cell}
    bad = f"f-1,{usual['name']},{usual['email']},volunteer,desk,6,no\n"

    found = problems(volunteers=PEOPLE + bad)

    place = f"volunteers.csv:2:{name}"
    assert "holds a line break or a control character; write it on one line" in found[place]


ROOM = {"establishments.csv": HEAD + FRESNES, "teams.csv": TEAM}
FILES = ROOM | {"volunteers.csv": PEOPLE + ADA}


def test_a_file_without_a_column_of_absences_leaves_them_as_they_are(office: Office):
    gone = Absence(since=date(2026, 3, 1), until=None)
    office.import_files(FILES)
    go_away("f-1", gone, by="lead", routing=office.routing)
    office.import_files({"teams.csv": TEAM_AWAY})

    assert office.import_files(FILES).events == 0
    other = FILES | {"volunteers.csv": PEOPLE + ADA.replace(",6,", ",7,")}
    assert office.import_files(other).events == 1

    with office.store.transaction() as connection:
        [ada] = office.routing.directory.volunteers(connection, "main")
        [team] = office.routing.directory.teams(connection, ["main"], None)
    assert (ada.capacity, ada.absence) == (7, gone)
    assert team.absence == gone


def test_a_file_without_the_columns_that_may_be_absent_leaves_what_they_held(office: Office):
    whole = "id,name,email,second_channel,role,units,capacity,on_duty\n"
    line = "f-1,Ada,ada@p.example,ada.sms@p.example,volunteer,team:cp-fresnes,6,yes\n"
    team = "establishment,state,since\ncp-fresnes,suspended,2026-01-15\n"
    office.import_files({**ROOM, "teams.csv": team, "volunteers.csv": whole + line})

    header = "id,name,email,role,units\n"
    fewest = {
        "teams.csv": "establishment,state\ncp-fresnes,suspended\n",
        "volunteers.csv": header + "f-1,Ada,ada@p.example,volunteer,team:cp-fresnes\n",
    }
    assert office.import_files(fewest).events == 0
    moved = header + "f-1,Ada,ada@p.example,team_lead,team:cp-fresnes\n"
    assert office.import_files({"volunteers.csv": moved}).events == 1

    with office.store.transaction() as connection:
        [ada] = office.routing.directory.volunteers(connection, "main")
    assert (ada.role, ada.capacity, ada.on_duty) == ("team_lead", 6, True)
    assert ada.contact is not None
    assert ada.contact.second_channel == "ada.sms@p.example"
    emptied = whole + line.replace("ada.sms@p.example", "").replace(",6,yes", ",,")
    assert office.import_files({"volunteers.csv": emptied}).events == 1


def test_the_day_of_another_state_is_not_kept(office: Office):
    since = "establishment,state,since\ncp-fresnes,suspended,2026-01-15\n"
    office.import_files(ROOM | {"teams.csv": since})
    office.import_files({"teams.csv": TEAM})

    with office.store.transaction() as connection:
        [team] = office.routing.directory.teams(connection, ["main"], None)
    assert (team.state, team.since) == ("active", None)


def test_an_empty_cell_under_the_column_ends_an_absence(office: Office):
    office.import_files(FILES)
    office.import_files({"teams.csv": TEAM_AWAY})

    back = office.import_files({"teams.csv": TEAM_AWAY.replace("2026-03-01", "")})

    assert back.events == 1


def test_who_left_is_not_brought_back_unless_the_line_says_so(office: Office):
    office.import_files(FILES)
    remove("f-1", by="admin", routing=office.routing)
    before = office.total()

    with pytest.raises(BadDirectory) as raised:
        office.import_files(FILES)

    assert list(raised.value.fields) == ["volunteers.csv:2:id"]
    assert "write yes under returns" in raised.value.fields["volunteers.csv:2:id"][0]
    assert office.total() == before
    header, line = PEOPLE.replace("on_duty", "on_duty,returns"), ADA.replace(",no", ",no,yes")
    assert office.import_files({"volunteers.csv": header + line}).events == 1


def test_who_leaves_while_an_import_runs_is_not_brought_back(office: Office):
    office.import_files(FILES)
    read_before = read_directory(FILES)
    remove("f-1", by="admin", routing=office.routing)
    before = office.total()

    with pytest.raises(HasLeft, match="write yes under returns"):
        import_directory(read_before, by="admin", mint=uuid4, routing=office.routing)

    assert office.total() == before


def test_the_made_up_folder_can_be_imported_as_it_is(office: Office):
    done = office.import_files(read_files(DATA))

    assert (done.establishments.added, done.teams.added, done.volunteers.added) == (190, 15, 37)


def test_a_mistake_anywhere_applies_nothing(office: Office):
    with pytest.raises(BadDirectory, match="nothing was imported"):
        office.import_files(
            {"establishments.csv": HEAD + FRESNES, "teams.csv": TEAM.replace("active", "asleep")}
        )

    assert office.total() == 0


def test_names_and_addresses_are_stored_encrypted_only(office: Office):
    office.import_files(
        {
            "establishments.csv": HEAD + FRESNES,
            "teams.csv": TEAM,
            "volunteers.csv": PEOPLE + ADA,
        }
    )

    with office.store.transaction() as connection:
        rows = connection.execute("SELECT data::text, metadata::text FROM events").fetchall()
    assert "Meurisse" not in str(rows)
    assert "ada@" not in str(rows)


def test_the_teams_of_a_rehearsal_are_read_with_their_days():
    [team] = read_teams(
        "rehearsal-1",
        {
            "cp-longuenesse": {
                "state": "active",
                "no_volunteer": {"from": "2026-03-01", "until": "2026-04-15"},
            }
        },
    )

    assert team.absence is not None
    assert (team.absence.since.isoformat(), str(team.absence.until)) == ("2026-03-01", "2026-04-15")


@pytest.mark.parametrize(
    "entry", [{"state": "asleep"}, {}, "active", {"state": "active", "since": 1}]
)
def test_a_team_of_a_rehearsal_that_cannot_be_read_is_named(entry):
    with pytest.raises(BadStage, match=r"teams\.cp-fresnes\."):
        read_teams("rehearsal-1", {"cp-fresnes": entry})


@pytest.mark.parametrize(
    ("schema", "payload", "field"),
    [
        (payloads.AcceptSchema, {"request_id": "x", "volunteer_id": "a"}, "request_id"),
        (payloads.MoveSchema, {"request_id": str(uuid4()), "by": "a", "reason": "b"}, "unit"),
        (payloads.ListSchema, {"register": "main", "state": "lost"}, "state"),
        (payloads.ListSchema, {"register": "main", "limit": 100_000}, "limit"),
        (payloads.AbsenceSchema, {"absent_from": "demain"}, "absent_from"),
    ],
)
def test_a_call_that_cannot_be_understood_names_the_field(schema, payload, field):
    with pytest.raises(payloads.BadPayload, match=field) as raised:
        payloads.loaded(schema, payload)

    assert list(raised.value.fields) == [field]


def test_an_absence_does_not_end_before_it_begins():
    with pytest.raises(payloads.BadPayload, match="absent_until"):
        payloads.absence({"absent_from": "2026-03-02", "absent_until": "2026-03-01"})
