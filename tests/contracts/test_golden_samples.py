"""Whatever was ever stored still loads; no shape changes within its version."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass, make_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

import pytest

from shared.contracts.codec import Codec, Steps
from shared.contracts.codecs import CODECS
from tests.contracts.golden import AS_READ, MANIFEST, SAMPLES, Sample, add, problems, samples

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


def git(folder: Path, *arguments: str) -> str | None:
    """What git says there; None where it fails."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@p.example")
    told = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    return told.stdout if told.returncode == 0 else None


def changed_in_history(folder: Path) -> str:
    """What commits, merges included, did to samples beside adding them, and to the lists of them
    beside adding lines; skips where there is no history, or a part of it that shows nothing."""
    shallow = git(folder, "rev-parse", "--is-shallow-repository")
    if shallow is None:
        pytest.skip("not a clone: no history to look at")
    changed = git(
        folder, "log", "-m", "--format=", "--name-status", "--diff-filter=MDRT", "--", "*.json"
    )
    counts = git(folder, "log", "-m", "--format=", "--numstat", "--", MANIFEST, AS_READ) or ""
    lines = [line for line in counts.splitlines() if line and line.split("\t")[1] != "0"]
    found = (changed or "") + "\n".join(lines)
    if not found and shallow.strip() != "false":
        pytest.skip("only a part of the history is here; get it all: git fetch --unshallow")
    return found


def test_no_commit_ever_changed_or_removed_a_sample() -> None:
    """Those who change a sample and its line in the manifest are found out all the same."""
    assert changed_in_history(SAMPLES) == ""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """The samples in a repository of their own, two commits old."""
    folder = tmp_path / "origin" / "samples"
    shutil.copytree(SAMPLES, folder)
    assert git(folder, "init", "--initial-branch=main", "..") is not None
    assert git(folder, "add", ".") is not None
    assert git(folder, "commit", "-m", "samples") is not None
    assert git(folder, "commit", "--allow-empty", "-m", "more") is not None
    return folder


def test_a_sample_that_a_merge_changed_is_found(history: Path) -> None:
    assert changed_in_history(history) == ""
    git(history, "checkout", "-b", "other")
    git(history, "commit", "--allow-empty", "-m", "other")
    git(history, "checkout", "main")
    git(history, "merge", "--no-ff", "--no-commit", "other")
    path = history / "intake" / "PersonErased.v1.json"
    path.write_text(path.read_text("utf-8").replace("made-up by", "somebody"), "utf-8")
    assert git(history, "commit", "-a", "-m", "merge") is not None

    assert "PersonErased.v1.json" in changed_in_history(history)


@pytest.mark.parametrize("name", [MANIFEST, AS_READ])
def test_a_changed_line_of_a_list_is_found(history: Path, name: str) -> None:
    path = history / name
    path.write_text(path.read_text("utf-8").replace("RequestReceived", "RequestSeen", 1), "utf-8")
    git(history, "commit", "-a", "-m", "a line")

    assert name in changed_in_history(history)


def test_a_part_of_the_history_proves_nothing_but_what_it_shows(history: Path) -> None:
    copy = history.parents[1] / "copy"
    assert git(history, "clone", "--depth=1", f"file://{history.parent}", str(copy)) is not None

    with pytest.raises(pytest.skip.Exception, match="--unshallow"):
        changed_in_history(copy / "samples")

    path = copy / "samples" / "intake" / "PersonErased.v1.json"
    path.write_text(path.read_text("utf-8").replace("made-up by", "somebody"), "utf-8")
    assert git(copy, "commit", "-a", "-m", "changed") is not None
    assert "PersonErased.v1.json" in changed_in_history(copy / "samples")


def test_without_a_history_there_is_nothing_to_look_at(folder: Path) -> None:
    with pytest.raises(pytest.skip.Exception):
        changed_in_history(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the samples, to be spoilt."""
    return Path(shutil.copytree(SAMPLES, tmp_path / "samples"))


def test_a_changed_sample_is_refused(folder: Path) -> None:
    path = folder / "intake" / "PersonErased.v1.json"
    path.write_text(path.read_text("utf-8").replace("made-up by", "somebody"), "utf-8")

    assert problems(folder)[0] == (
        "intake/PersonErased.v1.json: was changed; events like it are stored: put it back as it was"
    )


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


def test_another_default_under_the_same_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).touch()
    add(tmp_path, codecs(number=int, word=(str, "none")))
    grown = codecs(number=int, word=(str, "none"), place=(str, ""))
    add(tmp_path, grown)
    assert problems(tmp_path, grown) == []

    changed = codecs(number=int, word=(str, "some"), place=(str, ""))

    assert problems(tmp_path, changed) == 2 * [
        "Seen: stored events are read with another data.word, yet still version 1; put it back, "
        "or raise SCHEMA and add an upcaster from 1 that fills in what it was"
    ]
    assert add(tmp_path, changed) == []
    assert len(problems(tmp_path, changed)) == 2


def test_a_sample_whose_reading_nobody_noted_is_named(shipped: Path) -> None:
    (shipped / AS_READ).unlink()

    seen = codecs(number=int, word=str)
    assert problems(shipped, seen) == ["Seen.v1.json: has no line in AS_READ.jsonl; run with --add"]

    assert add(shipped, seen) == []
    assert problems(shipped, seen) == []


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


@pytest.mark.parametrize(
    ("type_", "field"), [("PersonErased", "person_id"), ("AlertPlanned", "request_id")]
)
@pytest.mark.parametrize("now", [{}, {"type": "integer"}])
def test_a_field_that_is_read_past_the_upcasters_stays_in_every_version(
    folder: Path, type_: str, field: str, now: dict[str, str]
) -> None:
    [first] = folder.glob(f"*/{type_}.v1.json")
    content = json.loads(first.read_text("utf-8"))
    properties = content["shape"]["data"]["properties"]
    del properties[field]
    properties |= {field: now} if now else {}
    first.with_name(f"{type_}.v2.json").write_text(json.dumps(content), "utf-8")

    assert f"{type_}.v2.json: {field} is read from stored data" in problems(folder)[-1]


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


def test_another_subject_under_the_same_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).touch()

    def of(subject: str) -> dict[str, Codec]:
        fields: list[tuple[str, Any]] = [("writer", UUID), ("other", UUID)]
        made = make_dataclass(
            "Seen",
            [*fields, ("private", Person | None)],
            frozen=True,
            slots=True,
            kw_only=True,
        )
        made.SUBJECT = subject  # type: ignore[attr-defined]
        return {"intake": Codec([made])}

    add(tmp_path, of("writer"))

    assert "read with another subject" in problems(tmp_path, of("other"))[0]
