"""Decisions that start a clock, told by what they do; and words like them about something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.contracts.vocabulary import DeadlineKind, Topic, Urgency
from tests.support.normalising import letter

DATA = Path(__file__).parents[3] / "data" / "hints"
TOLD = [x.split("\t") for x in (DATA / "told.tsv").read_text(encoding="utf-8").splitlines()]
CALM = (DATA / "calm.txt").read_text(encoding="utf-8").splitlines()


def clocks(words: str) -> dict[DeadlineKind, str]:
    """The clocks that a letter starts, with the day of their start, empty where unknown."""
    found = letter(words).facts.deadlines
    return {d.kind: (d.trigger_on or "")[:10] for d in found if d.kind.value.endswith("_appeal")}


@pytest.mark.parametrize(("kind", "day", "words"), TOLD)
def test_the_clock_runs_from_the_day_told(kind, day, words):
    assert clocks(words).get(DeadlineKind(kind)) == day


@pytest.mark.parametrize("words", CALM)
def test_the_same_words_about_something_else_start_no_clock(words):
    assert clocks(words) == {}


def test_a_removal_without_a_day_runs():
    told = letter("On m’a fait signer une feuille : finie la France, sept jours pour le juge.")
    assert told.facts.urgency is Urgency.CRITICAL


def test_another_decision_without_a_day_does_not():
    assert clocks("Le préfet me reprend ma carte de séjour, il y a une lettre.") == {}


def test_a_hint_far_from_the_others_means_nothing():
    far = "Je lis, je dors, je marche un peu. " * 14
    assert clocks(f"Hier la police a donné une feuille. {far} La France c’est fini pour moi.") == {}


def test_what_starts_the_clock_is_the_subject():
    told = letter("Le 8 juin le facteur a apporté un recommandé : le préfet me reprend ma carte.")
    assert told.facts.topics == (Topic.PERMIT_WITHDRAWAL_REFUSAL,)


def test_a_removal_may_go_with_a_refusal_and_has_its_time():
    told = "Samedi le préfet écrit qu’il ne me donne pas la carte, et trente jours pour quitter."
    assert clocks(f"{told} C’est dans une lettre.") == {DeadlineKind.OQTF_APPEAL: "2026-06-13"}


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Ma carte est au coffre du greffe, c’est marqué dessus 14/09/2026.", "2026-09-14"),
        ("My resident card go die on 4 September.", "2026-09-04"),
        ("Kartım emanette, üzerinde 24.08.2026 yazıyor.", "2026-08-24"),
        ("Карта в камере хранения, на ней написано 12.09.2026.", "2026-09-12"),
        ("Le 20 août je serai sans papiers, on fait comment ?", "2026-08-20"),
    ],
)
def test_the_end_of_a_permit_is_known_by_what_stands_on_it(words, day):
    found = letter(words).facts.deadlines
    assert [d.date_on.isoformat() for d in found if d.date_on] == [day]
    assert {d.kind for d in found} == {DeadlineKind.PERMIT_EXPIRY}
