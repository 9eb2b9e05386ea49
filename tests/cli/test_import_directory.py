"""``permanence import-directory`` on a system that runs."""

from __future__ import annotations

from pathlib import Path

from tests.support.served import Served

NEW = """code,type,name,aliases,town,postcode,departement,administrative_court,status
cp-zwolle,CP,Centre pénitentiaire de Zwolle-Plage,Zwolle,Zwolle-Plage,99000,99,Lyon,open
"""


def test_an_establishment_that_reading_does_not_know_is_told(
    system: Served, tmp_path: Path
) -> None:
    (tmp_path / "establishments.csv").write_text(NEW, encoding="utf-8")

    signed = ("--by", "test", "--why", "a prison that opens")

    [done] = system.rows("import-directory", tmp_path, *signed)
    said = " ".join(system.run("import-directory", tmp_path, *signed).split())

    assert done["establishments"]["added"] == 1
    assert [(one["code"], one["name"]) for one in done["unread"]] == [
        ("cp-zwolle", "Centre pénitentiaire de Zwolle-Plage"),
        ("cp-zwolle", "Zwolle"),
    ]
    assert "cp-zwolle : la lecture des demandes ne connaît pas « Zwolle »" in said
