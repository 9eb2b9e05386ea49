"""docs/reference/api.md describes every problem that the API answers and every field it takes."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from marshmallow import Schema, fields

from services.intake.adapters.partner_form import PartnerForm, WebForm
from shared.contracts.vocabulary import RequestState
from tests.docs.settings_read import ROOT

PAGE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


def _section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _problems_in_code() -> dict[str, set[int]]:
    """The kinds of ``Problem(status, kind, …)``, each with its statuses."""
    found: dict[str, set[int]] = defaultdict(set)
    for folder in ("services", "shared"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Name(id="Problem"), args=[ast.Constant(status), kind, *_]
                    ):
                        assert isinstance(kind, ast.Constant), f"{path}: write the kind out"
                        found[kind.value].add(status)
    return dict(found)


def test_every_problem_that_the_api_answers_is_described_with_its_status_and_no_other():
    rows = re.findall(
        r"^\| `([a-z-]+)` \| ([\d, ]+) \| \S.* \| \S.* \|$", _section("Problems"), re.M
    )

    assert {kind: set(map(int, statuses.split(","))) for kind, statuses in rows} == (
        _problems_in_code()
    )


def _paths(form: Schema, before: str = "") -> Iterator[str]:
    for name, field in form.fields.items():
        if isinstance(field, fields.Nested):
            yield from _paths(field.schema, f"{before}{name}.")
        else:
            yield f"{before}{name}"


@pytest.mark.parametrize(
    ("title", "form"),
    [("Fields of a partner's request", PartnerForm()), ("Fields of the web form", WebForm())],
)
def test_every_field_is_described_and_no_other(title: str, form: Schema):
    told = re.findall(r"^\| `([a-z_.]+)` \|", _section(title), re.M)

    assert sorted(told) == sorted(_paths(form))


def test_every_state_of_a_request_is_named():
    [told] = re.findall(r"`state` is one of ([^.]+)\.", PAGE)

    assert set(re.findall(r"`([a-z_]+)`", told)) == {state.value for state in RequestState}
