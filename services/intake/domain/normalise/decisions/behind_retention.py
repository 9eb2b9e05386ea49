"""The removal on which a retention rests."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.intake.domain.normalise.found_model import Found, Scene
from services.intake.domain.normalise.text import Folded
from shared.contracts.intake.facts import FoundDeadline
from shared.contracts.vocabulary import DeadlineKind

D = DeadlineKind
# An appeal that nobody knows of what, a paper that nobody could read.
_OF_WHAT = re.compile(
    r"\b(?:recours|ap+el|contest\w*|papiers?|document\w*|ap+eal\w*|recurso|ricorso|papel\w*|paper\w*)\b"
    r"[^.!?]{0,40}\b(?:sai[ts]? pas (?:de quoi|contre quoi|quoi|lequel|quel\w*|ce que)|"
    r"rien compris|pas compris|compren\w* (?:pas|rien)|(?:don ?t|do not|does not|doesn ?t) "
    r"(?:know|understand)|no (?:sabe|se|entend\w*)|non (?:sa|so|capis\w*))"
)


def removal_behind_retention(
    found: list[Found], scene: Scene, texts: Sequence[Folded]
) -> list[Found]:
    """Retention rests on a decision of removal: its clock may run where papers are not known."""
    kinds = {f.deadline.kind for f in found}
    if (
        scene.situation != "retention"
        or scene.waiting_zone
        or not any(_OF_WHAT.search(t.text) for t in texts)
        or kinds
        & {
            D.OQTF_APPEAL,
            D.EXPULSION_APPEAL,
            D.DUBLIN_APPEAL,
            D.CRIMINAL_APPEAL,
        }
    ):
        return found
    deadline = FoundDeadline(
        kind=D.OQTF_APPEAL,
        trigger="notification",
        note="on ne sait pas si une décision peut encore être contestée",
    )
    return [*found, Found(deadline, None, None, True, "retention-implies-removal", 0.5)]
