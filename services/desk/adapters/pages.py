"""Jinja templates with the words of the trade, and the files beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.ext import Extension

from services.desk.application.original import file_name
from services.desk.domain import deadline_days, french, words
from services.desk.domain.rows import PAGE_ROWS
from shared import reference

WEB = Path(__file__).resolve().parents[1] / "web"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class Typography(Extension):
    """No line ends before a « : » nor within « » next to its mark; only in what we wrote."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return french.unbroken(source)


class Templates:
    """The templates of ``web/templates``; values that are missing are errors, text is escaped."""

    def __init__(self) -> None:
        self._jinja = Environment(
            loader=FileSystemLoader(WEB / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            extensions=[Typography],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters |= {
            "day": french.day,
            "short_day": french.short_day,
            "moment": french.moment,
            "local": french.local,
            "local_day": french.local_day,
            "size": french.size,
            "file_name": file_name,
            "capital": french.capital,
            "request_ref": reference.request_reference,
            "case_ref": reference.case_reference,
            "deadline_ref": reference.deadline_reference,
        }
        self._jinja.globals |= {
            "distance": french.distance,
            "count": french.count,
            "unit_label": french.unit,
            "label": words.label,
            "options": words.options,
            "words": words,
            "deadline_days": deadline_days,
            "style": f"/fichiers/desk.css?v={_fingerprint('desk.css')}",
            "icon": f"/fichiers/icon.svg?v={_fingerprint('icon.svg')}",
            "days_between": lambda later, earlier: (later - earlier).days,
            "date": date,
            "page_rows": PAGE_ROWS,
        }

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        return self._jinja.get_template(template).render(values)

    def asset(self, name: str) -> tuple[bytes, str] | None:
        """A file of ``web/static`` and its media type; None for any other name."""
        return _assets().get(name)


@cache
def _assets() -> Mapping[str, tuple[bytes, str]]:
    return {
        path.name: (path.read_bytes(), _TYPES[path.suffix])
        for path in (WEB / "static").iterdir()
        if path.suffix in _TYPES
    }


def _fingerprint(name: str) -> str:
    return sha256(_assets()[name][0]).hexdigest()[:12]
