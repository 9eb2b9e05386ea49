"""Questions on no person in particular."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.intake.domain.normalise.meaning import Meaning, of_nobody
from services.intake.domain.normalise.text import Folded
from shared.contracts.vocabulary import RequesterKind, Topic

GENERAL = re.compile(
    r"\b(?:en general|de maniere generale|quel+e? est (?:la|votre)|"
    r"question (?:technique|generale|juridique)|peut on|peut il|doit on|"
    r"est ce qu une person+e|les person+es|formation|col+oque|memoire)\b"
)


def general_question(texts: Sequence[Folded], meaning: Meaning, kind: RequesterKind) -> bool:
    """A question on no person in particular: training, research, a point of law in the abstract.

    In doubt it is about somebody: only words that generalise, or an author who asks by trade and
    names nobody, make it general.
    """
    if Topic.TRAINING_REQUEST in meaning.topics and not meaning.special:
        return True
    if kind is RequesterKind.PRESS_OR_RESEARCH:
        return True
    if kind in _ASK_BY_TRADE and of_nobody(texts):
        return True
    if any(_CONCRETE.search(t.text) for t in texts):
        return False
    return kind in _ASK_BY_TRADE or any(GENERAL.search(t.text) for t in texts)


_CONCRETE = re.compile(
    r"\b(?:mon|ma|mes|son|sa|je|j|m|mr|monsieur|madame|il|el+e|i|my|he|she|"
    r"un (?:detenu|hom+e|jeune|res+ortis+ant|monsieur))\b|"
    r"(?:^|[\n.:;] ?)(?:hom+e |fem+e |jeune |client )?(?:detenu|incarcere|ecroue)e? (?:a|au|aux|depuis)\b"
)
_ASK_BY_TRADE = {
    RequesterKind.LAWYER,
    RequesterKind.CPIP,
    RequesterKind.PRISON_STAFF,
    RequesterKind.PRISON_HEALTH_STAFF,
    RequesterKind.SOCIAL_WORKER,
    RequesterKind.OTHER_ASSOCIATION,
    RequesterKind.PRISON_JUSTICE_VOLUNTEER,
    RequesterKind.CHAPLAIN,
    RequesterKind.ADMINISTRATION,
}
