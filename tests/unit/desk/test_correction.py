"""Only what a person changed is sent, and what is wrong is told by field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from services.desk.application import correction

PLACES = {"cp-fresnes": "CP Fresnes", "ma-nice": "MA Nice"}
TODAY = date(2026, 3, 17)
TOLD: dict[str, Any] = {
    "facts": {
        "establishment": "cp-fresnes",
        "requester_kind": "detained_person",
        "relation": "self",
        "language": "fr",
        "topics": ["oqtf"],
        "special_situations": [],
        "received_on": "2026-03-10",
    },
    "people": {
        "requester": {"family": "Martin"},
        "person_family": "Martin",
        "detention_number": "981442",
    },
}


def form(**changed: Any) -> MultiDict[str, str]:
    """The form as it was shown, with some fields changed."""
    shown = correction.shown(TOLD, PLACES) | {
        name.replace("__", "."): value for name, value in changed.items()
    }
    pairs = [
        (name, one)
        for name, value in shown.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return MultiDict(pairs)


def changes(**changed: Any) -> tuple[dict[str, Any], dict[str, str]]:
    return correction.changes(
        correction.shown(TOLD, PLACES),
        correction.sent(form(**changed)),
        codes=PLACES,
        today=TODAY,
    )


def test_an_untouched_form_sends_nothing():
    assert changes() == ({}, {})


def test_a_place_chosen_from_the_list_is_sent_as_its_code():
    assert changes(establishment="MA Nice — ma-nice") == ({"establishment": "ma-nice"}, {})


def test_a_place_that_is_not_in_the_list_is_not_sent():
    fields, wrong = changes(establishment="Nice")

    assert fields == {}
    assert wrong == {"establishment": "Choisissez un établissement de la liste, ou laissez vide."}


def test_an_emptied_place_is_sent_as_unknown():
    assert changes(establishment="") == ({"establishment": None}, {})


def test_what_is_corrected_of_a_person_goes_with_the_person():
    fields, wrong = changes(person_concerned__given="Zoé", requester__family="Blanc")

    assert (fields, wrong) == (
        {"requester": {"family": "Blanc"}, "person_concerned": {"given": "Zoé"}},
        {},
    )


def test_topics_are_sent_whole():
    assert changes(topics=["oqtf", "asylum"]) == ({"topics": ["oqtf", "asylum"]}, {})


def test_all_topics_may_be_taken_away():
    assert changes(topics=[]) == ({"topics": []}, {})


def test_a_date_to_come_is_told():
    assert changes(written_on="2026-03-18") == (
        {},
        {"written_on": "Cette date est dans le futur."},
    )


def test_a_nationality_is_two_letters():
    assert changes(person_concerned__nationality="ge")[0] == {
        "person_concerned": {"nationality": "GE"}
    }
    assert "person_concerned.nationality" in changes(person_concerned__nationality="Géorgie")[1]


def test_the_kind_of_requester_cannot_be_emptied():
    assert changes(requester_kind="")[1] == {"requester_kind": "Ce champ ne peut pas rester vide."}


def merge(now: dict[str, Any], **changed: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A form shown before somebody else corrected the facts to ``now``, and sent since."""
    before = correction.shown(TOLD, PLACES)
    sent = form(**changed)
    sent["vu"] = correction.packed(before)
    after = correction.shown({"facts": TOLD["facts"] | now, "people": TOLD["people"]}, PLACES)
    values, clashes = correction.merged(correction.seen(sent, after), correction.sent(sent), after)
    fields, wrong = correction.changes(after, values, codes=PLACES, today=TODAY)
    assert wrong == {}
    return fields, clashes


def test_what_another_corrected_meanwhile_is_not_undone():
    fields, clashes = merge({"establishment": "ma-nice"}, topics=["oqtf", "asylum"])

    assert clashes == {}
    assert fields == {"topics": ["oqtf", "asylum"]}


def test_where_two_disagree_the_person_is_asked():
    _, clashes = merge({"written_on": "2026-03-08"}, written_on="2026-03-09")

    assert list(clashes) == ["written_on"]
    assert "dimanche 8 mars 2026" in clashes["written_on"]


def test_two_who_correct_the_same_to_the_same_do_not_disagree():
    assert merge({"topics": ["asylum"]}, topics=["asylum"]) == ({}, {})


@pytest.mark.parametrize("told", ["", "{", "[]", '{"topics": 3, "establishment": ["x"]}'])
def test_a_form_that_does_not_tell_what_it_showed_is_taken_as_shown_now(told: str):
    now = correction.shown(TOLD, PLACES)

    assert correction.seen({"vu": told}, now) == now
