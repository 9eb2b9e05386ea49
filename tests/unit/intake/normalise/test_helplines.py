"""Whom to call in distress, written below a message, alarms nobody; who has called does."""

import pytest

from services.intake.domain.normalise.helplines import names_helpline
from services.intake.domain.normalise.reference import default_reference
from services.intake.domain.normalise.text import fold


def _spared(words: str) -> bool:
    text = fold(words, loose=True)
    found = [h for _, hits in default_reference().special.hits(text) for h in hits]
    assert found
    return all(names_helpline(text, h) for h in found)


@pytest.mark.parametrize(
    "line",
    [
        "Suicide : le 3114, gratuit, 24h/24 et 7j/7.",
        "Suicide, détresse : 3114, numéro national. Violences : 3919, appel anonyme.",
        "Pensées suicidaires ? Appelez le 3114.",
    ],
)
def test_whom_to_call_alarms_nobody(line: str) -> None:
    assert _spared(f"Bonjour, une question sur un renouvellement.\nCordialement\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "Suicide évoqué hier, le 3114 appelé, ligne gratuite.",
        "Parle de suicide, 3114 indiqué (gratuit).",
        "Il m'a dit suicide, appelez le 3114.",
    ],
)
def test_who_was_told_to_call_does(line: str) -> None:
    assert not _spared(line)
