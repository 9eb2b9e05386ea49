"""Whatever was ever stored still loads; no shape changes within its version."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, make_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from shared.contracts.codec import Codec, Steps
from shared.contracts.codecs import CODECS
from tests.contracts.golden import MANIFEST, SAMPLES, Sample, add, problems, samples

ALL = samples()
NEWEST = {(one.service, one.type): one for one in ALL}


def stored(sample: Sample, content: dict[str, Any]) -> Any:
    return SimpleNamespace(type=sample.type, schema=sample.version, **content)


@pytest.mark.parametrize("sample", ALL, ids=lambda one: one.path.name)
def test_every_version_ever_stored_still_loads(sample: Sample) -> None:
    for content in sample.content()["samples"]:
        event = CODECS[sample.service].decode(stored(sample, content))

        assert type(event).__name__ == sample.type
        assert (getattr(event, "private", None) is None) == (content["private"] is None)


@pytest.mark.parametrize("sample", NEWEST.values(), ids=lambda one: one.path.name)
def test_nothing_stored_is_lost_when_it_is_read(sample: Sample) -> None:
    codec = CODECS[sample.service]
    [whole, _] = sample.content()["samples"]

    event = codec.decode(stored(sample, whole))

    again = codec.encode(event, occurred_at=None)  # type: ignore[arg-type]  # not looked at here
    assert (again.data, again.private) == (whole["data"], whole["private"])


def test_every_event_of_every_service_has_a_sample_of_its_present_shape() -> None:
    assert problems() == []


def test_no_commit_ever_changed_or_removed_a_sample() -> None:
    """Those who change a sample and its line in the manifest are found out all the same."""
    told = subprocess.run(
        ["git", "log", "--format=", "--name-status", "--diff-filter=MDRT", "--", "*.json"],
        cwd=SAMPLES,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode != 0:
        pytest.skip("not a clone: no history to look at")

    assert told.stdout == ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the samples, to be spoilt."""
    return Path(shutil.copytree(SAMPLES, tmp_path / "samples"))


def test_a_changed_sample_is_refused(folder: Path) -> None:
    path = folder / "intake" / "PersonErased.v1.json"
    path.write_text(path.read_text("utf-8").replace("made-up by", "somebody"), "utf-8")

    assert problems(folder) == [
        "intake/PersonErased.v1.json: was changed; events like it are stored: put it back as it was"
    ]


def test_a_removed_sample_is_refused_and_not_made_anew(folder: Path) -> None:
    (folder / "intake" / "PersonErased.v1.json").unlink()

    assert problems(folder)[0].startswith("intake/PersonErased.v1.json: was removed")
    add(folder)
    assert problems(folder) == [f"{MANIFEST}: lists a file twice; take the later line out"]


def test_a_sample_put_there_by_hand_is_refused(folder: Path) -> None:
    shutil.copy(folder / "intake" / "PersonErased.v1.json", folder / "intake" / "Other.v1.json")

    assert problems(folder) == ["Other.v1.json: is not listed; write samples with --add"]


def test_adding_when_nothing_is_new_adds_nothing(folder: Path) -> None:
    before = (folder / MANIFEST).read_bytes()

    assert add(folder) == []
    assert (folder / MANIFEST).read_bytes() == before


def codecs(version: int = 1, upcasters: Steps | None = None, **fields: Any) -> dict[str, Codec]:
    """A service with one event, ``Seen``, that has these fields; those with a default optional."""
    listed = [
        (name, *([kind] if isinstance(kind, type) else kind)) for name, kind in fields.items()
    ]
    made = make_dataclass("Seen", listed, frozen=True, slots=True, kw_only=True)
    made.SCHEMA = version  # type: ignore[attr-defined]
    return {"intake": Codec([made], upcasters)}


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The samples of a release in which a ``Seen`` has a number and a word."""
    (tmp_path / MANIFEST).touch()
    [path] = add(tmp_path, codecs(number=int, word=str))
    assert path.name == "Seen.v1.json"
    return tmp_path


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": int}, "word is gone"),
        ({"number": str, "word": str}, "number has another type"),
        ({"number": int, "word": str, "place": str}, "place is new and required"),
        ({"number": int, "word": (str, "")}, "word is no longer required"),
    ],
)
def test_another_shape_under_the_same_version_is_refused(
    shipped: Path, fields: dict[str, Any], words: str
) -> None:
    changed = codecs(**fields)

    assert problems(shipped, changed) == [
        f"Seen: {words}, yet still version 1; raise SCHEMA and add an upcaster from 1"
    ]
    assert add(shipped, changed) == []


def test_an_optional_field_may_be_added_with_a_further_sample(shipped: Path) -> None:
    grown = codecs(number=int, word=str, place=(str, ""))
    assert problems(shipped, grown) == ["Seen: version 1 has grown; run with --add"]

    [path] = add(shipped, grown)

    assert (path.name, problems(shipped, grown)) == ("Seen.v1.2.json", [])
    shrunk = codecs(number=int, word=str)
    assert "place is gone" in problems(shipped, shrunk)[0]


def test_a_new_version_gets_a_sample_beside_the_old_one(shipped: Path) -> None:
    raised = codecs(2, {("Seen", 1): lambda data: {"count": data["number"]}}, count=int)
    assert problems(shipped, raised) == ["Seen: version 2 has no sample; run with --add"]

    [path] = add(shipped, raised)

    assert (path.name, problems(shipped, raised)) == ("Seen.v2.json", [])
    old, new = samples(shipped)
    [decoded, _] = [
        [raised["intake"].decode(stored(one, told)).count for told in one.content()["samples"]]
        for one in (old, new)
    ]
    assert decoded == [2, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str


def test_a_private_part_counts_as_much(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).touch()

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Seen:
        SUBJECT: ClassVar[str] = "number"
        number: int
        private: Person | None

    add(tmp_path, {"intake": Codec([Seen])})

    assert "the private part came or went" in problems(tmp_path, codecs(number=int))[0]
