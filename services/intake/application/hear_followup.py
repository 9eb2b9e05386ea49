"""What follow-up tells: a deadline that was set, corrected or drew near, on its request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from services.intake.domain.commands import NoteDeadline
from services.intake.domain.deadline_news import BY_R40
from services.intake.domain.decisions import decide
from services.intake.domain.identity import stream_of
from services.intake.domain.request import Request, evolve
from shared.contracts.followup.events import DeadlineCorrected, DeadlineNeared, DeadlineSet
from shared.deadlines import Nature, last_ends_at
from shared.eventstore import UnitOfWork
from shared.messaging import Delivered, caused_by

HEARD_FOLLOWUP = (DeadlineSet, DeadlineCorrected, DeadlineNeared)
_FIRST = 1
_INSTANT = timedelta(microseconds=1)


def hear_followup(batch: Sequence[Delivered], unit: UnitOfWork) -> None:
    """Let each request's urgency follow its deadlines; one that is not known here is passed over.

    A deadline whose stream begins with ``DeadlineSet`` was added by hand: nothing proposed it.
    """
    ahead = batch[:]  # a plain list: going through the batch itself is handling it
    streams = [stream_of(request_id) for one in ahead if (request_id := _request_of(one.event))]
    unit.load_ahead(streams, decrypt=False)  # dates and urgency hang on no person
    for heard in batch:
        request_id = _request_of(heard.event)
        if request_id is None:
            continue
        known, version = unit.load(stream_of(request_id))
        request = reduce(evolve, known, Request())
        if not known or request.register != heard.event.register:
            continue
        events = decide(request, _noted(heard))
        unit.append(stream_of(request_id), events, expected=version, metadata=caused_by(heard))


def _request_of(event: Any) -> UUID | None:
    return event.request_id if isinstance(event, HEARD_FOLLOWUP) else None


def _noted(heard: Delivered) -> NoteDeadline:
    event = heard.event
    terms, by = (event, BY_R40) if isinstance(event, DeadlineNeared) else (event.terms, event.by)
    return NoteDeadline(
        deadline_id=event.deadline_id,
        kind=terms.kind,
        nature=Nature(terms.nature) if terms.nature else None,
        alert_at=terms.alert_at,
        at=heard.occurred_at,
        added=isinstance(event, DeadlineSet) and heard.version == _FIRST,
        by=by,
        over_at=_over_at(heard),
    )


def _over_at(heard: Delivered) -> datetime | None:
    """When its last day is over; what is told to be near is not over then."""
    if isinstance(heard.event, DeadlineNeared):
        return heard.occurred_at + _INSTANT
    terms = heard.event.terms
    return last_ends_at(terms.last, terms.zone, rule=terms.rule, trigger_on=terms.trigger_on)
