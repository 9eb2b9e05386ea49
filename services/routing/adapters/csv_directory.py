"""The three files of the directory, checked as a whole before anything is applied."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from email.errors import MessageError
from email.headerregistry import Address

from services.routing.adapters.csv_table import YES_NO, Problems, Row, read_rows
from services.routing.application.import_directory import DirectoryWanted
from services.routing.domain.directory import TeamWanted, VolunteerWanted
from services.routing.domain.units import establishment_of, is_team, responsible_unit
from services.routing.domain.view import Absence
from shared.contracts.intake.events import MAIN_REGISTER
from shared.contracts.routing.events import EstablishmentRegistered, VolunteerContact
from shared.contracts.vocabulary import Role, TeamState
from shared.errors import Invalid

ESTABLISHMENTS = "establishments.csv"
TEAMS = "teams.csv"
VOLUNTEERS = "volunteers.csv"
FILES = (ESTABLISHMENTS, TEAMS, VOLUNTEERS)

_DESCRIBED = (
    "code",
    "type",
    "name",
    "aliases",
    "town",
    "postcode",
    "departement",
    "administrative_court",
    "status",
)
_NOT_READ = ("dap_region", "spip", "women", "source")
_ABSENCE = "absent_from"
# By column that may be absent, what its file says nothing of without it.
_TEAM_KEEPS = {"since": "since", _ABSENCE: "absence"}
_VOLUNTEER_KEEPS = {
    "second_channel": "second_channel",
    "capacity": "capacity",
    "on_duty": "on_duty",
    _ABSENCE: "absence",
}
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_POSTCODE = re.compile(r"\d{5}")
_STATES = {one.value: one for one in TeamState}
_ROLES = {one.value: one for one in Role}
_STATUSES = {"open": "open", "closed": "closed"}


def read_directory(
    texts: Mapping[str, str],
    *,
    known_codes: Collection[str] = (),
    known_teams: Collection[str] = (),
    gone: Collection[str] = (),
) -> DirectoryWanted:
    """What the files say; a file that is not in ``texts`` leaves its part as it is.

    ``known_codes`` and ``known_teams`` are establishments and teams of earlier imports, ``gone``
    the ids of volunteers who left. Raises BadDirectory with every mistake, by file, line, column.
    """
    problems = Problems()
    for name in sorted(set(texts) - set(FILES)):
        problems.add(name[:60], 1, "-", f"is not a file of the directory; use {', '.join(FILES)}")
    if not set(texts) & set(FILES):
        problems.add(FILES[0], 1, "-", f"none of {', '.join(FILES)} is there; give at least one")
    establishments = _establishments(texts.get(ESTABLISHMENTS), problems)
    codes = {*known_codes, *(one.code for one in establishments)}
    teams = _teams(texts.get(TEAMS), codes, problems)
    places = {*known_teams, *(team.establishment for team in teams)}
    volunteers = _volunteers(texts.get(VOLUNTEERS), places, gone, problems)
    problems.raise_if_any()
    return DirectoryWanted(establishments=establishments, teams=teams, volunteers=volunteers)


def _establishments(text: str | None, problems: Problems) -> list[EstablishmentRegistered]:
    if text is None:
        return []
    rows = read_rows(ESTABLISHMENTS, text, needed=_DESCRIBED, allowed=_NOT_READ, problems=problems)
    seen: dict[str, int] = {}
    return [_establishment(row, seen) for row in rows]


def _establishment(row: Row, seen: dict[str, int]) -> EstablishmentRegistered:
    code = row.needed("code")
    if code and not _CODE.fullmatch(code):
        row.wrong("code", "is no code; write type-place in small letters, such as cp-fresnes")
    _once(row, "code", code, seen)
    postcode = row.needed("postcode")
    if postcode and not _POSTCODE.fullmatch(postcode):
        row.wrong("postcode", f"{postcode[:20]!r} is no postcode; write five digits")
    return EstablishmentRegistered(
        code=code,
        kind=row.needed("type"),
        name=row.needed("name"),
        aliases=row.many("aliases"),
        town=row.needed("town"),
        postcode=postcode,
        departement=row.needed("departement"),
        administrative_court=row.needed("administrative_court"),
        status=row.one_of("status", _STATUSES) or "",
    )


def _teams(text: str | None, codes: Collection[str], problems: Problems) -> list[TeamWanted]:
    if text is None:
        return []
    needed = ("establishment", "state")
    more = (*_TEAM_KEEPS, "absent_until")
    rows = read_rows(TEAMS, text, needed=needed, allowed=more, problems=problems)
    seen: dict[str, int] = {}
    return [_team(row, codes, seen) for row in rows]


def _team(row: Row, codes: Collection[str], seen: dict[str, int]) -> TeamWanted:
    place = row.needed("establishment")
    _once(row, "establishment", place, seen)
    if place and place not in codes:
        row.wrong("establishment", f"{place[:40]!r} is not a known code; see {ESTABLISHMENTS}")
    return TeamWanted(
        register=MAIN_REGISTER,
        establishment=place,
        state=row.one_of("state", _STATES),
        since=row.day("since"),
        absence=_absence(row),
        keeps=_keeps(row, _TEAM_KEEPS),
    )


def _volunteers(
    text: str | None, places: Collection[str], gone: Collection[str], problems: Problems
) -> list[VolunteerWanted]:
    if text is None:
        return []
    needed = ("id", "name", "email", "role", "units")
    more = (*_VOLUNTEER_KEEPS, "absent_until", "returns")
    rows = read_rows(VOLUNTEERS, text, needed=needed, allowed=more, problems=problems)
    seen: dict[str, int] = {}
    wanted = [_volunteer(row, places, gone, seen) for row in rows]
    return [one for one in wanted if one is not None]


def _volunteer(
    row: Row, places: Collection[str], gone: Collection[str], seen: dict[str, int]
) -> VolunteerWanted | None:
    volunteer_id = row.needed("id")
    if volunteer_id and not _ID.fullmatch(volunteer_id):
        row.wrong("id", "is no id; use small letters, digits, dot, dash and underscore")
    _once(row, "id", volunteer_id, seen)
    returns = row.one_of("returns", YES_NO)
    if volunteer_id in gone and not returns:
        row.wrong("id", "left; take the line out, or write yes under returns if they are back")
    role = row.one_of("role", _ROLES)
    contact = VolunteerContact(
        name=row.needed("name"),
        email=_address(row, "email", row.needed("email")),
        second_channel=_address(row, "second_channel", row.text("second_channel")) or None,
    )
    if role is None:
        return None
    return VolunteerWanted(
        volunteer_id=volunteer_id,
        register=MAIN_REGISTER,
        role=role,
        units=_units(row, role, places),
        capacity=row.count("capacity"),
        on_duty=bool(row.one_of("on_duty", YES_NO)),
        contact=contact,
        absence=_absence(row),
        keeps=_keeps(row, _VOLUNTEER_KEEPS),
        returns=bool(returns),
    )


def _units(row: Row, role: Role, places: Collection[str]) -> tuple[str, ...]:
    units = row.many("units")
    if not units and role is not Role.ADMIN:
        row.wrong("units", "is empty; write desk, coordination or team:<code>, with | between")
    for unit in units:
        try:
            responsible_unit(unit)
        except Invalid:
            row.wrong("units", f"{unit[:40]!r} is no unit; write desk, coordination, team:<code>")
            continue
        if is_team(unit) and establishment_of(unit) not in places:
            row.wrong("units", f"{unit[:40]!r} is no known team; add it to {TEAMS}")
    return units


def _keeps(row: Row, columns: Mapping[str, str]) -> frozenset[str]:
    return frozenset(kept for column, kept in columns.items() if column not in row.cells)


def _absence(row: Row) -> Absence | None:
    first, last = row.day(_ABSENCE), row.day("absent_until")
    if first is None:
        if last is not None:
            row.wrong(_ABSENCE, "is empty although absent_until is not; fill it in")
        return None
    if last is not None and last < first:
        row.wrong("absent_until", "lies before absent_from; exchange or correct them")
    return Absence(since=first, until=last)


def _address(row: Row, column: str, value: str) -> str:
    """An address of e-mail, empty if the cell is; its text never goes into a message."""
    if not value:
        return ""
    try:
        parsed = Address(addr_spec=value)
    except (MessageError, ValueError, IndexError):
        parsed = Address()
    if not parsed.username or "." not in parsed.domain:
        row.wrong(column, "is no e-mail address; write it as name@domain.org")
    return value


def _once(row: Row, column: str, value: str, seen: dict[str, int]) -> None:
    if value and value in seen:
        row.wrong(column, f"stands in line {seen[value]} already; keep one of them")
    seen.setdefault(value, row.line)
