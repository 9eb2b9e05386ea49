"""Topics that another topic of the same request makes superfluous."""

from __future__ import annotations

import re

from services.intake.domain.normalise.lexicon import Hit
from shared.contracts.vocabulary import Topic

_T = Topic
# A topic that says more makes the other superfluous, unless the other has words of its own.
COVERED = (
    (_T.PAROLE_EXPULSION, _T.SENTENCE_ADJUSTMENT),
    (_T.PAROLE_EXPULSION, _T.REMOVAL_IN_PROGRESS),
    (_T.PERMIT_RENEWAL, _T.FIRST_PERMIT),
    (_T.PERMIT_WITHDRAWAL_REFUSAL, _T.FIRST_PERMIT),
    (_T.FAMILY_REUNIFICATION, _T.FAMILY_LIFE),
    (_T.HEALTH_FOREIGNER, _T.FIRST_PERMIT),
    (_T.INTERNATIONAL_TRANSFER, _T.PRISON_TRANSFER),
    (_T.DUBLIN, _T.PRISON_TRANSFER),
    (_T.RETENTION, _T.PRISON_TRANSFER),
    (_T.DUBLIN, _T.INTERNATIONAL_TRANSFER),
    (_T.TRAINING_REQUEST, _T.WORK_TRAINING),
    (_T.RETENTION, _T.VISIT_PERMIT),
)
_JOB_WAITS, _SPOUSE, _ILLNESS = "job-waits", "family-spouse", "illness"
_SENT_AWAY = {_T.RETENTION, _T.REMOVAL_IN_PROGRESS}
_OTHER_APPEALS = {_T.ITF, _T.SENTENCE_ADJUSTMENT, _T.PAROLE_EXPULSION}
# Judged again: by which every sentence is appealed against, and all that hangs on it.
_JUDGED_AGAIN = re.compile(
    r"\b(?:re ?jug|refaire|faire ap+el|fait ap+el|ap+eal|apel)", re.IGNORECASE
)

_OF_A_PREFECT = re.compile(r"retour|return|irtf|regres|volt|ritorn|întoarc|intoarc", re.IGNORECASE)


def drop_covered(topics: dict[Topic, Hit]) -> None:
    """Take out of ``topics``, found with their hits, those that others say already."""
    waits = topics.get(_T.WORK_TRAINING)
    if waits is not None and waits.rule == _JOB_WAITS and _T.SENTENCE_ADJUSTMENT in topics:
        del topics[_T.WORK_TRAINING]  # the job is what the adjusted sentence is for
    tie = topics.get(_T.FAMILY_LIFE)
    if (
        tie is not None
        and tie.rule == _SPOUSE
        and {_T.MARRIAGE_PACS, _T.VISIT_PERMIT} & set(topics)
    ):
        del topics[_T.FAMILY_LIFE]  # the spouse is who the wedding or the visit is about
    ill = topics.get(_T.HEALTH_FOREIGNER)
    if ill is not None and ill.rule == _ILLNESS and not _SENT_AWAY & set(topics):
        del topics[_T.HEALTH_FOREIGNER]  # an illness that nothing hangs on here
    appeal = topics.get(_T.CRIMINAL_DEFENCE)
    if appeal is not None and _OTHER_APPEALS & set(topics) and _JUDGED_AGAIN.search(appeal.words):
        del topics[_T.CRIMINAL_DEFENCE]  # what is appealed against has a topic of its own
    back = topics.get(_T.IRTF)
    courts = _T.ITF in topics and _T.OQTF not in topics
    if back is not None and courts and not _OF_A_PREFECT.search(back.words):
        del topics[_T.IRTF]  # a court's ban, told by what it forbids
    for covering, covered in COVERED:
        if covering in topics:
            topics.pop(covered, None)
