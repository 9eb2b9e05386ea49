"""Reading a file of requests: what is wrong is named by its line before anything is taken in."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from services.cli.records import BadFile, read_records
from services.cli.submit import Player

GOOD = {"id": "a", "channel": "letter", "raw": "x"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", "line 2: not JSON"),
        ("[]", "line 2: not an object"),
        (json.dumps(GOOD | {"channel": "fax"}), "line 2: channel: 'fax' is none of letter, phone"),
        (json.dumps(GOOD | {"raw": 3}), "line 2: raw: missing or not a text"),
        (json.dumps(GOOD | {"context": []}), "line 2: context: not an object"),
        (json.dumps(GOOD | {"context": {"teams": ["x"]}}), "line 2: context.teams: not an object"),
    ],
)
def test_a_line_that_is_no_request_is_named(tmp_path, line, told):
    file = tmp_path / "requests.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n{line}\n", encoding="utf-8")

    with pytest.raises(BadFile, match=rf"{re.escape(told)}.*; nothing was submitted$"):
        read_records(file)


def test_two_lines_with_an_id_and_channel_are_refused_by_line_before_anything_is_sent(tmp_path):
    file = tmp_path / "requests.jsonl"
    lines = [GOOD, GOOD | {"channel": "phone"}, GOOD | {"raw": "y"}]
    file.write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")

    told = "line 5: id: 'a' by letter is on line 1 already; "
    with pytest.raises(BadFile, match=rf"^{told}.*; nothing was submitted$"):
        read_records(file)


def test_a_record_that_comes_again_is_the_same_request(system, tmp_path):
    def request_ids(*records: dict[str, str]) -> list[str]:
        file = tmp_path / "requests.jsonl"
        file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
        return [row["request_id"] for row in system.rows("submit", file)]

    mail = "From: a@asso.example\nMessage-ID: <twice@asso.example>\n\nBonjour, une question."
    sent = [
        {"id": "again", "channel": "letter", "raw": "Bonjour, je suis à Fresnes."},
        {"id": "again", "channel": "phone", "raw": "Bonjour, je suis à Fresnes."},
        {"id": "mail", "channel": "email", "raw": mail},
    ]
    first = request_ids(*sent)

    assert len(set(first)) == 3
    assert request_ids(*sent) == first
    # other words, and the same words under another id, are requests of their own
    other = request_ids(sent[0] | {"raw": "Bonjour, je suis à Réau."}, sent[0] | {"id": "other"})
    assert not set(other) & set(first)
    assert len(set(other)) == 2
    # an e-mail is known by its Message-ID, whatever the file calls it
    assert request_ids(sent[2] | {"id": "renamed"}) == first[2:]


class Told(Exception):
    """Enough was seen: nothing is decided here."""


def staged(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What intake and routing are asked to set on stage or take in, for each record in turn."""
    asked: list[dict[str, Any]] = []

    def call(_: str, method: str, /, **arguments: Any) -> Any:
        asked.append({"method": method, **arguments})
        if method == "describe_assignment":
            raise Told
        return {"request_id": str(uuid4())} if method == "submit" else {}

    player = Player(call=call, records=records)
    for record in records:
        with suppress(Told):
            player.play(record)
    return asked


def test_two_records_with_an_id_by_different_channels_each_play_on_a_stage_of_their_own():
    by = [{"id": "a", "channel": one, "raw": one, "context": {}} for one in ("letter", "phone")]

    taken = [asked for asked in staged(by) if asked["method"] == "submit"]

    assert [asked["raw"] for asked in taken] == ["letter", "phone"]
    assert len({asked["register"] for asked in taken}) == 2


@pytest.mark.parametrize("channel", ["letter", "phone"])
def test_what_is_known_of_an_id_that_came_by_two_channels_is_said_with_its_channel(
    tmp_path, channel
):
    by = [{"id": "a", "channel": one, "raw": one} for one in ("letter", "phone")]
    known = {"request": "a", "channel": channel}
    third = {"id": "b", "channel": "letter", "raw": "x", "context": {"known": [known]}}
    file = tmp_path / "requests.jsonl"
    file.write_text("\n".join(map(json.dumps, [*by, third])), encoding="utf-8")

    taken = [asked for asked in staged(read_records(file)) if asked["method"] == "submit"]

    assert [one["raw"] for one in taken if one["register"] != "main"] == [channel]
    del known["channel"]
    file.write_text("\n".join(map(json.dumps, [*by, third])), encoding="utf-8")
    told = "line 3: context.known: 'a' is by letter and by phone; say which with channel"
    with pytest.raises(BadFile, match=rf"^{told}; nothing was submitted$"):
        read_records(file)


def test_a_team_of_an_establishment_that_no_directory_has_is_a_warning_on_its_record(
    system, tmp_path
):
    teams = {"cp-fresne": {"state": "active"}, "cp-fresnes": {"state": "active"}}
    staged = GOOD | {"raw": "Bonjour, je suis à Fresnes.", "context": {"teams": teams}}
    file = tmp_path / "requests.jsonl"
    file.write_text("\n".join(map(json.dumps, [staged, GOOD | {"id": "b"}])), encoding="utf-8-sig")

    done = system.invoke("submit", file, "--json")

    told = "context.teams: 'cp-fresne' is unknown; did you mean cp-fresnes"
    first, second = map(json.loads, done.stdout.splitlines())
    [warning] = first["warnings"]
    assert warning.startswith(told)
    assert f"warning: record a: {told}" in done.stderr
    assert "warnings" not in second


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff\r\n"])
def test_a_file_without_a_record_is_refused(tmp_path, content):
    file = tmp_path / "requests.jsonl"
    file.write_text(content, encoding="utf-8")

    told = "file: requests.jsonl holds no records; write one object a line"
    with pytest.raises(BadFile, match=rf"^{told}.*; nothing was submitted$"):
        read_records(file)


def test_a_line_ends_where_its_object_does(tmp_path):
    """Not at the line separators of a text, which JSON need not escape."""
    record = GOOD | {"raw": "one\u2028two\u0085three"}
    file = tmp_path / "requests.jsonl"
    lines = [json.dumps(one, ensure_ascii=False) for one in (record, GOOD | {"id": "b"})]
    file.write_bytes("\r\n".join(lines).encode("utf-8-sig"))

    assert read_records(file) == [record, GOOD | {"id": "b"}]


def test_a_file_in_another_encoding_is_refused_whole(tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadFile, match=r"it is not UTF-8; nothing was submitted$"):
        read_records(file)
