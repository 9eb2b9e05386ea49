"""``permanence export-person`` and ``erase-person``: what the law grants to whoever is named."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from jinja2 import Environment as Jinja
from jinja2 import PackageLoader, StrictUndefined, select_autoescape
from psycopg import sql

from services.cli import same_person, words_left
from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.erased import all_erased, clean, erased_list, schemas_of, sweep
from services.cli.held import Held, content, event_row, held, opened, tables
from services.cli.instants import in_paris
from services.cli.logs import logs
from services.cli.others import others_in, private_without, row_without, written_by_them
from services.cli.shown import plain, show_rows
from services.cli.system import QUIET, AsJson, Data, Embedded, System, system
from services.desk.domain import french, words
from services.host.embedded import DEFAULT_FOLDER
from services.host.files import filled, written
from services.host.runner import SERVICES
from shared.errors import Invalid, Refused, Unavailable
from shared.eventstore import EventStore, open_pool, unseal
from shared.eventstore.bootstrap import KEYRING
from shared.naming import NAMING, whose
from shared.privacy import ERASED, Keyring
from shared.settings import Environment, master_key

_WAIT_SECONDS = 60.0
_LETTERS, _LOOK_FIRST = "originaux", "a-relire"
_EMPTY: tuple[Any, ...] = (None, "", [], {}, ())
_COUNT = """
SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM streams)
"""


class NobodyKnown(Refused):
    """Nothing is held on that person."""

    code = "cli.nobody_known"


class MailsUnknown(Unavailable):
    """Intake, which alone sees the spool, does not answer."""

    code = "cli.mails_unknown"


class NotErased(Refused):
    """Something that names the person is still there."""

    code = "cli.not_erased"


PersonId = Annotated[UUID, typer.Argument(help="As `permanence show` and the desk tell it.")]


def export_person(
    person_id: PersonId,
    to: Annotated[Path, typer.Option(help="The folder to write; made, for your eyes only.")],
    with_others: Annotated[
        bool, typer.Option("--with-others", help="Leave in what names relatives, lawyers, others.")
    ] = False,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Write everything held on a person: personne.html in French, personne.json, their items.

    What names others is left out, and their letters lie in a-relire/, unless --with-others.
    Refuses a folder that holds anything: it is given over, and must be about one person alone.
    """
    by, why = signed(by, why)
    with (
        filled(to, "--to", given="folder for each person") as aside,
        system(embedded=embedded, data=data) as there,
        logs(there) as stores,
    ):
        about = _known(there.environment, stores, person_id)
        _unnamed(about, by=by, why=why)
        details = {"person_id": str(person_id), "with_others": with_others}
        others = others_in(about)
        with recorded(
            there.environment, Action.EXPORT_PERSON, by=by, why=why, details=details
        ) as result:
            told = _told(about, with_others=with_others)
            originals = _write_originals(
                aside, about, stores, aside_too=frozenset() if with_others else others.requests
            )
            told["originals"] = [one for one in originals if one["file"].startswith(_LETTERS)]
            _write(aside / "personne.json", json.dumps(told, ensure_ascii=False, indent=1))
            _write(aside / "personne.html", _page(told))
            counts = {
                "events": len(told["events"]),
                "rows": len(told["rows"]),
                "originals": len(told["originals"]),
                "to_look_at_first": len(originals) - len(told["originals"]),
            }
            result.update(counts)
        not_in_it = same_person.in_short(there.environment, about)
    row = {"folder": str(to), **counts, "about_others": others.in_short}
    row["same_person_not_in_it"] = not_in_it
    show_rows([row], as_json, "export-person")


def erase_person(
    person_id: PersonId,
    by: By = "",
    why: Why = "",
    looked_at: Annotated[
        list[str] | None,
        typer.Option("--looked-at", help="A table that you looked at; it may keep their words."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go.")] = False,
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Erase a person for good: their key is destroyed, what names them goes, counts stay.

    Prints the proof. Doing it again does no harm, and mends what a restore brought back.
    """
    if not dry_run:
        by, why = signed(by, why)
    with (
        system(embedded=embedded, data=data, names=(*QUIET, "desk")) as there,
        logs(there) as stores,
    ):
        env = there.environment
        about = _known(env, stores, person_id)
        if dry_run:
            rows = would_go(there, about)
        else:
            rows = erase(there, stores, about, by=by, why=why, looked_at=looked_at or ())
    show_rows(rows, as_json, "erase-person")


def would_go(there: System, about: Held) -> list[dict[str, Any]]:
    """What erasing whoever ``about`` is about would take away; nothing is changed.

    Raises MailsUnknown if intake does not answer.
    """
    named = sum(_named_rows(there.environment, about).values())
    person_id = str(about.person_id)
    try:
        mails = there.call("intake", "forget_mail", person_id=person_id, dry_run=True)
    except Unavailable as error:
        raise MailsUnknown(
            "intake: does not answer, and it alone knows the mails of theirs in the spool; start "
            f"it, then look again; nothing was changed ({error})"
        ) from error
    return [
        _proof("rows that name the person", named, None),
        *words_left.told(there.environment, about),
        _proof("raw items that nobody will read", len(about.originals), None),
        _proof("mails of theirs in the spool", mails["deleted"], None),
        *_mails_of_nobody_known(mails),
        *same_person.told(there.environment, about),
        *_proof_of_list(there.environment),
    ]


def erase(
    there: System,
    stores: Mapping[str, EventStore],
    about: Held,
    *,
    by: str,
    why: str,
    looked_at: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Erase whoever ``about`` is about, and look everywhere; the rows of the proof.

    Raises Invalid or WordsStay before anything is changed, NotErased if something that names the
    person is still there; tables that were ``looked_at`` may keep a word of theirs.
    """
    env, person_id, people = there.environment, about.person_id, sorted(about.people)
    _unnamed(about, by=by, why=why)
    words_left.refuse_what_stays(env, about, looked_at)
    before = {"events": _counts(stores), "rows": _named_rows(env, about)}
    details = {"person_id": str(person_id), "people": [str(person) for person in people]}
    with recorded(env, Action.ERASE_PERSON, by=by, why=why, details=details) as result:
        # First: what happens next may be the end of us. Those erased before, if it was lost.
        erased_list(env).add([*people, *sorted(all_erased(env))])
        told = [
            there.call("intake", "erase_person", person_id=str(person), by=by, reason=why)
            for person in people
        ]
        mails = there.call("intake", "forget_mail", person_id=str(person_id))
        clean(env, people, live=False)
        rows = _prove(there, stores, about, before, looked_at) + _proof_of_mails(mails)
        rows += same_person.told(env, about) + _proof_of_list(env)
        result.update({"newly_erased": any(told), "proof": rows})
        failed = [
            f"{row['what']} ({row['where']})" if row["where"] else row["what"]
            for row in rows
            if row["ok"] is False
        ]
        if failed:
            raise NotErased(
                f"person_id: {person_id}: {'; '.join(failed)}: see that all services run, whether "
                "events are parked, and that no backup or rebuild is under way; then erase again"
            )
    return rows


def _known(env: Environment, stores: Mapping[str, EventStore], person_id: UUID) -> Held:
    about = held(env, stores, person_id)
    if not about.known:
        raise NobodyKnown(
            f"person_id: nothing is held on {person_id}; `permanence show request-…` tells the id"
        )
    return about


def _unnamed(about: Held, *, by: str, why: str) -> None:
    """Who and why are kept for ever: raises Invalid if they hold a word of the person's."""
    words = about.words()
    for option, named in (("--by", words.sign_in(by)), ("--why", words.stand_in(why))):
        if named:
            raise Invalid(
                f"{option}: holds a name, a number or another word of the person's, and stays for "
                "ever; say it without; nothing was changed"
            )


def _prove(
    there: System,
    stores: Mapping[str, EventStore],
    about: Held,
    before: Mapping[str, Any],
    looked_at: Collection[str],
) -> list[dict[str, Any]]:
    """Wait until the read models are rid of the person, then look at everything again."""
    env = there.environment
    until = time.monotonic() + _WAIT_SECONDS
    while (left := sum(_named_rows(env, about).values())) and time.monotonic() < until:
        time.sleep(0.2)  # other services hear of it through the broker
    while any((dead := sweep(env)).values()) and time.monotonic() < until:
        time.sleep(0.5)  # a long transaction still sees them
    counts = _counts(stores)
    kept = all(counts[name] >= count for name, count in before["events"].items())
    total = sum(event[0] for event in before["events"].values())
    sealed, readable = _still_readable(env, about)
    return [
        _proof("events before and after (one more tells the erasure)", total, kept)
        | {"after": sum(event[0] for event in counts.values())},
        _proof("rows that name the person", sum(before["rows"].values()), left == 0)
        | {"after": left},
        _proof("their private parts that can be read", sealed, readable == 0) | {"after": readable},
        *words_left.proven(env, about, looked_at),
        _proof(
            f"dead rows in {len(dead)} tables written anew, planner's samples cleared",
            None,
            not any(dead.values()),
        )
        | {"after": sum(dead.values()), "where": ", ".join(t for t, n in dead.items() if n)},
    ]


def _proof_of_mails(mails: Mapping[str, Any]) -> list[dict[str, Any]]:
    """That none of theirs lies in the spool; of whom the log tells nothing, until when it does."""
    theirs = _proof("mails of theirs in the spool", mails["deleted"], True) | {"after": 0}
    return [theirs, *_mails_of_nobody_known(mails)]


def _mails_of_nobody_known(mails: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not (unknown := mails["unknown"]):
        return []
    others = _proof("mails in the spool of nobody known; look at them", None, None)
    where = ", ".join(f"{one['count']} in {one['folder']} ({_until(one)})" for one in unknown)
    return [others | {"after": sum(one["count"] for one in unknown), "where": where}]


def _proof_of_list(env: Environment) -> list[dict[str, Any]]:
    """What is missing without a list: an older backup does not know that they were erased."""
    if erased_list(env).is_kept:
        return []
    what = "noted on no list: a restored backup names them again; set PERMANENCE_ERASED_LIST"
    return [_proof(what, None, None)]


def _until(unknown: Mapping[str, Any]) -> str:
    if unknown["until"]:
        return f"gone by {in_paris(datetime.fromisoformat(unknown['until']))}"
    return "not taken in yet" if unknown["folder"] == "new" else "until somebody deletes them"


def _proof(what: str, before: int | None, ok: bool | None) -> dict[str, Any]:
    return {"what": what, "before": before, "after": None, "ok": ok, "where": None}


def _counts(stores: Mapping[str, EventStore]) -> dict[str, tuple[int, int]]:
    counts = {}
    for name, store in stores.items():
        with store.transaction() as connection:
            row = connection.execute(_COUNT).fetchone() or (0, 0)
            counts[name] = (int(row[0]), int(row[1]))
    return counts


def _named_rows(env: Environment, about: Held) -> dict[str, int]:
    """Rows that name the person, live and copied, by table."""
    found: dict[str, int] = {}
    values = {"people": list(about.people), "volunteers": sorted(about.ids)}
    for service in SERVICES:
        with opened(env, service, owner=True) as connection:
            for schema, table, columns in list(tables(connection, schemas_of(service))):
                if table in NAMING:
                    query = sql.SQL("SELECT count(*) FROM {} WHERE {} AND ({})").format(
                        sql.Identifier(schema, table), whose(columns), NAMING[table]
                    )
                    row = connection.execute(query, values).fetchone()
                    found[f"{schema}.{table}"] = int(row[0]) if row else 0
    return found


def _still_readable(env: Environment, about: Held) -> tuple[int, int]:
    """How many private parts there were, and how many a keyring opened anew still reads."""
    pool = open_pool(env.require("KEYRING_DSN"), schema=KEYRING)
    try:
        keyring = Keyring.open(pool, master_key(env))
        readable = 0
        sealed = [
            (recorded, recorded.sealed, recorded.subject)
            for events in about.events.values()
            for recorded in events
            if recorded.sealed is not None and recorded.subject in about.people
        ]
        for recorded, part, subject in sealed:
            private = unseal(
                keyring, part, stream=recorded.stream, type=recorded.type, subject=subject
            )
            readable += private is not ERASED
    finally:
        pool.close()
    return len(sealed), readable


def _told(about: Held, *, with_others: bool) -> dict[str, Any]:
    own = written_by_them(about)
    events = []
    for service, stream in about.events.items():
        for event in stream:
            row = event_row(service, event, about.people)
            if isinstance(row["private"], dict) and not with_others:
                row["private"] = plain(private_without(event, own))
            events.append(row)
    return {
        "person_id": str(about.person_id),
        "key": {"made_at": plain(about.key_made_at), "erased_at": plain(about.erased_at)},
        "events": sorted(events, key=lambda row: str(row["recorded_at"])),
        "rows": [
            {
                "service": row.service,
                "table": row.table,
                **plain(row.values if with_others else row_without(row, own)),
            }
            for row in about.rows
        ],
    }


def _write_originals(
    to: Path, about: Held, stores: Mapping[str, EventStore], *, aside_too: frozenset[str]
) -> list[dict[str, Any]]:
    """Raw items, those of requests ``aside_too`` in a folder to look at first."""
    told = []
    for request_id, original in about.originals:
        folder = to / (_LOOK_FIRST if str(request_id) in aside_too else _LETTERS)
        name = f"{request_id}-{original.sha256[:12]}"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / name
        path.touch(mode=0o600)
        with path.open("wb") as file:
            for piece in content(stores["intake"], request_id, original):
                file.write(piece)
        told.append(
            {
                "file": f"{folder.name}/{name}",
                "request_id": str(request_id),
                "media_type": original.media_type,
                "size_bytes": original.size_bytes,
                "received_at": original.received_at.isoformat(),
            }
        )
    return told


def _write(path: Path, text: str) -> None:
    with written(path, "--to", mode=0o600) as file:
        file.write(text)


def _page(told: Mapping[str, Any]) -> str:
    jinja = Jinja(
        loader=PackageLoader("services.cli", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["local"] = french.local
    page = jinja.get_template("personne.html")
    return page.render(**told, facts=_facts, services={**words.SERVICES, "desk": "Bureau"})


def _facts(values: Any) -> str:
    """Names and values of what is not empty, in one line."""
    match values:
        case bool():
            return "oui" if values else "non"
        case Mapping():
            full = {name: value for name, value in values.items() if value not in _EMPTY}
            return " ; ".join(f"{name} : {_facts(value)}" for name, value in full.items())
        case list() | tuple():
            return ", ".join(_facts(value) for value in values)
        case _:
            return str(values)
