"""The documents say what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.desk.domain import recording, words
from shared.contracts import vocabulary

ROOT = Path(__file__).resolve().parents[3]
WORDS = [
    enumeration
    for name, enumeration in vars(vocabulary).items()
    if isinstance(enumeration, type)
    and not name.startswith("_")
    and hasattr(enumeration, "__members__")
    and enumeration is not vocabulary.Language
]


@pytest.mark.parametrize("enumeration", WORDS, ids=lambda one: one.__name__)
def test_the_glossary_has_every_word_of_the_vocabulary(enumeration: type):
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words_of_it = getattr(enumeration, "__members__").values()  # noqa: B009 - for mypy

    assert [one for one in words_of_it if f"| {one.label} | `{one.value}` |" not in glossary] == []


def _on_the_page() -> str:
    """All French that the desk can show, with ordinary spaces."""
    templates = (ROOT / "services" / "desk" / "web" / "templates").glob("*.html")
    said = (Path(module.__file__) for module in (words, recording))
    sources = [*templates, *(ROOT / "services" / "desk" / "web").glob("*.py"), *said]
    text = " ".join(path.read_text(encoding="utf-8") for path in sources)
    return " ".join(text.split())


def test_the_labels_in_the_guide_are_those_of_the_page():
    guide = (ROOT / "docs" / "howto" / "handle_a_request.md").read_text(encoding="utf-8")
    labels = re.findall(r"\*\*([^*]+)\*\*", guide)
    parts = {part.strip() for label in labels for part in label.split("→")}
    page = _on_the_page()

    assert [part for part in sorted(parts) if part not in page] == []
