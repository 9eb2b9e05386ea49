"""docs/reference/settings.md says every setting that the code reads, and no other."""

from __future__ import annotations

import re
from collections import Counter

from tests.docs.settings_read import ROOT, settings_read

_ROW = re.compile(r"^\| `PERMANENCE_([A-Z0-9_]+)` \| (.+) \| (.+) \| (.+) \|$", re.M)


def test_the_page_names_every_setting_that_the_code_reads_and_no_other():
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    assert Counter(row[0] for row in _ROW.findall(page)) == Counter(settings_read())


def test_the_compose_file_sets_nothing_that_no_code_reads():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    names = {name.removesuffix("_FILE") for name in re.findall(r"PERMANENCE_([A-Z0-9_]+)", text)}

    assert names <= settings_read()
