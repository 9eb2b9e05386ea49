"""``permanence import-directory FOLDER``: establishments, teams and volunteers from CSV files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli.actions import Action, By, Why, recorded, signed
from services.cli.system import AsJson, Data, Embedded, system
from services.cli.unread_places import sentences, unread_places
from services.host.embedded import DEFAULT_FOLDER
from services.routing.adapters.csv_directory import FILES
from shared.errors import Invalid

_LARGEST_BYTES = 5_000_000
_MOST_SHOWN = 10
_PARTS = (
    ("establishments", "établissements"),
    ("teams", "équipes"),
    ("volunteers", "bénévoles et salarié·es"),
)


class BadFolder(Invalid):
    """The folder holds nothing that can be imported, or a file that cannot be read."""

    code = "cli.bad_folder"


def import_directory(
    folder: Annotated[
        Path, typer.Argument(help="Holds establishments.csv, teams.csv, volunteers.csv, or some.")
    ],
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
    embedded: Embedded = False,
    data: Data = DEFAULT_FOLDER,
) -> None:
    """Bring the directory to what CSV files say; all or nothing, and twice changes nothing."""
    by, why = signed(by, why)
    files = read_files(folder)
    with (
        system(embedded=embedded, data=data) as started,
        recorded(
            started.environment,
            Action.IMPORT_DIRECTORY,
            by=by,
            why=why,
            details={"files": ", ".join(files)},
        ) as result,
    ):
        done = started.call("routing", "import_directory", files=files, by=by)
        result["events"] = done["events"]
    done["unread"] = unread_places(files)
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False))
    else:
        Console().print(_table(done))
        for sentence in (*_unlisted(done), *sentences(done["unread"])):
            typer.echo(sentence)


def read_files(folder: Path) -> dict[str, str]:
    """The text of each directory file in ``folder``, by name; raises BadFolder."""
    if not folder.is_dir():
        raise BadFolder(f"folder: {folder} is no folder; give one that holds {', '.join(FILES)}")
    texts = {name: _text(folder / name) for name in FILES if (folder / name).is_file()}
    if not texts:
        raise BadFolder(f"folder: {folder} holds none of {', '.join(FILES)}")
    return texts


def _text(path: Path) -> str:
    if path.stat().st_size > _LARGEST_BYTES:
        raise BadFolder(f"{path.name}: is above {_LARGEST_BYTES} bytes; is it the right file?")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadFolder(f"{path.name}:{line}: is not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise BadFolder(f"{path.name}: cannot be read ({error.strerror})") from None


def _table(done: dict[str, Any]) -> Table:
    table = Table(title=f"Annuaire : {done['events']} événement(s)")
    for heading in ("", "ajoutés", "modifiés", "inchangés"):
        table.add_column(heading)
    for part, label in _PARTS:
        count = done[part]
        table.add_row(label, *(str(count[key]) for key in ("added", "altered", "unchanged")))
    return table


def _unlisted(done: dict[str, Any]) -> Iterator[str]:
    """A sentence for each part of which the directory has more than the file."""
    for part, label in _PARTS:
        if codes := done[part]["unlisted"]:
            shown = ", ".join(codes[:_MOST_SHOWN]) + (" …" if len(codes) > _MOST_SHOWN else "")
            yield f"{label} : {len(codes)} absents du fichier, laissés tels quels ({shown})"
