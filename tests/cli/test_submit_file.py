"""Reading a file of requests: what is wrong is named by its line before anything is taken in."""

from __future__ import annotations

import json
import re

import pytest

from services.cli.submit import BadFile, read_records

GOOD = {"id": "a", "channel": "letter", "raw": "x"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", "line 2: not JSON"),
        ("[]", "line 2: not an object"),
        (json.dumps(GOOD | {"channel": "fax"}), "line 2: channel: 'fax' is none of letter, phone"),
        (json.dumps(GOOD | {"raw": 3}), "line 2: raw: missing or not a text"),
        (json.dumps(GOOD | {"context": []}), "line 2: context: not an object"),
    ],
)
def test_a_line_that_is_no_request_is_named(tmp_path, line, told):
    file = tmp_path / "requests.jsonl"
    file.write_text(f"{json.dumps(GOOD)}\n{line}\n", encoding="utf-8")

    with pytest.raises(BadFile, match=rf"{re.escape(told)}.*; nothing was submitted$"):
        read_records(file)


def test_a_file_in_another_encoding_is_refused_whole(tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(BadFile, match=r"it is not UTF-8; nothing was submitted$"):
        read_records(file)
