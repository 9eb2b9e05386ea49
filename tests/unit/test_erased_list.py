"""The list of erased persons that outlives every backup. F53."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from uuid import UUID

import pytest

from shared.privacy import ErasedList, ErasedListBroken

ZOE, ODILON = UUID(int=1), UUID(int=2)


def test_whoever_is_noted_is_listed_once_in_order(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    listed = ErasedList(str(path))

    listed.add([ZOE])
    listed.add([ODILON, ZOE])

    assert ErasedList(str(path)).people() == [ZOE, ODILON]
    assert path.read_text() == f"{ZOE}\n{ODILON}\n"


def test_without_a_list_nobody_is_noted() -> None:
    ErasedList(None).add([ZOE])

    assert ErasedList(None).people() == []


@pytest.mark.parametrize("cut", [str(ODILON)[:20], ""])
def test_a_last_line_cut_short_is_written_over(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "erased"
    path.write_text(f"{ZOE}\n{cut}")

    assert ErasedList(str(path)).people() == [ZOE]
    ErasedList(str(path)).add([ODILON])
    assert path.read_text() == f"{ZOE}\n{ODILON}\n"


def test_a_last_line_written_by_hand_without_an_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    path.write_text(str(ZOE))

    ErasedList(str(path)).add([ODILON])

    assert ErasedList(str(path)).people() == [ZOE, ODILON]


def test_whoever_notes_somebody_waits_for_another_who_does(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    path.touch()
    second = threading.Thread(target=ErasedList(str(path)).add, args=[[ODILON]])

    with path.open("r+b") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second.start()
        second.join(timeout=0.5)
        first.write(f"{ZOE}\n".encode())
    second.join(timeout=10)

    assert ErasedList(str(path)).people() == [ZOE, ODILON]


def test_a_list_that_is_missing_is_told_from_an_empty_one(tmp_path: Path) -> None:
    listed = ErasedList(str(tmp_path / "erased"))
    with pytest.raises(ErasedListBroken, match=r"erased is not there; bring the list"):
        listed.refuse_missing()

    listed.begin()
    listed.refuse_missing()
    assert listed.people() == []
    assert (tmp_path / "erased").stat().st_mode & 0o777 == 0o600
    listed.add([ZOE])
    listed.begin()
    assert listed.people() == [ZOE]
    ErasedList(None).refuse_missing()

    nowhere = ErasedList(str(tmp_path / "none" / "erased"))
    with pytest.raises(ErasedListBroken, match="cannot be made"):
        nowhere.begin()


def test_a_line_that_is_no_id_is_named(tmp_path: Path) -> None:
    path = tmp_path / "erased"
    path.write_text(f"{ZOE}\nZoé\n")

    with pytest.raises(ErasedListBroken, match="line 2 is no id"):
        ErasedList(str(path)).people()
