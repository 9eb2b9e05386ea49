"""Calls that the desk promised to make on a day, as a call sheet notes them (R8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from services.intake.domain.normalise.found_model import Found
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.text import Folded
from shared.contracts.intake.facts import FoundDeadline
from shared.contracts.vocabulary import DeadlineKind

# "Rappeler jeudi", "promis de la rappeler vendredi", "on le rappelle demain", "rappel prévu mardi".
_PROMISED = re.compile(
    r"\b(?:rap+eler|re contacter|recontacter|joindre|rejoindre|telephoner|(?:j[e ]? ?|on |nous )(?:l[aeu]+i? |l |les |vous )?"
    r"(?:rap+el+e|rap+el+erai|rap+el+era|rap+el+ons|recontacte|recontacterai)|sera rap+ele\w*|rap+el (?:prevu|promis|convenu|fixe|a faire)|"
    r"(?:on|nous|je|j) (?:lui |la |le |l |leur |les )?(?:telephon\w+|joign\w+|joindr\w+|recontact\w+|rapel+\w*|appel+\w+|don+er\w* des nouvelles)|"
    r"(?:on|nous|je) (?:rev(?:ien|iend|en)\w*|reviens) vers (?:lui|elle|eux|vous)|revenir vers (?:lui|elle|eux)|"
    r"(?:re)?don+er (?:des |de ses )?nouvelles|(?:notre|mon) (?:coup de (?:fil|tel\w*)|ap+el|retour)|"
    r"rdv (?:tel\w*|telephonique)|rendez vous telephonique|(?:a |re)?rap+el ?:?)\b[^.;\n]{0,40}$"
)
# The caller is the one who will call again, or nobody can.
_OTHERS = re.compile(
    r"\b(?:il|elle|monsieur|madame|m|mme|appelante?|interes+e+|va|doit|doivent|peut|veut|souhaite|demande (?:a|de)|"
    r"greffe|avocate?|impossible|inutile|ne pas|pas)\b[^.;\n]{0,30}\b(?:rap+el|recontact|joindre|telephon)\w*[^.;\n]{0,40}$"
)
_ASKED_OF_US = re.compile(
    r"\b(?:qu on|que (?:l on|nous|je)|a ete promis|promis|promet\w*|convenu)\b[^.;\n]{0,40}$"
)

_REACH = 140  # characters of a sentence, before the day


def promised_calls(
    texts: Sequence[tuple[Folded, Sequence[Moment]]], received_on: date
) -> Iterable[Found]:
    """The promises to call back, one a day; ``texts`` with their dates."""
    days: set[date] = set()
    for text, moments in texts:
        for moment in moments:
            on = moment.mention.resolve(received_on, future=True) if moment.mention.exact else None
            low = max(moment.sentence[0], moment.mention.start - _REACH)
            before = text.text[low : moment.mention.start]
            promised = _PROMISED.search(before)
            if promised is None or on is None or on < received_on or on in days:
                continue
            if _OTHERS.search(before) and not _ASKED_OF_US.search(before):
                continue
            days.add(on)
            words = text.words(low + promised.start(), moment.mention.end)
            deadline = FoundDeadline(
                kind=DeadlineKind.CALLBACK, trigger="promise on the line", date_on=on
            )
            yield Found(deadline, words, on, rule="call-promised", confidence=0.8)
