"""What follows from what was read: who must look, and what could not be read at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.intake.domain.commands import (
    CloseAutomaticMessage,
    FlagForReview,
    NormaliseRequest,
)
from shared.clock import PARIS
from shared.contracts.intake.facts import FieldProblem, Party, RequestFacts, RequestPeople
from shared.contracts.vocabulary import Channel, Language, RequestState, Urgency

CONTENT = "content"  # the name under ``missing`` of an item that could not be read
UNREAD_VERSION = "unread"
TOOK_TOO_LONG = FieldProblem(
    field="reading_time", remedy="lecture arrêtée, elle prenait trop de temps : lire l’original"
)
POSTED_AFTER_RECEIPT = FieldProblem(
    field="posted_on",
    remedy="le cachet de la poste est après le jour de réception : vérifier l'un et l'autre sur "
    "l'enveloppe",
)
ATTACHMENT_TEXT_CHARS = 20_000
ATTACHMENT_TEXTS_CHARS = 100_000
ATTACHMENTS_LISTED = 200


def unread(
    channel: Channel, received_at: datetime, why: FieldProblem | None = None
) -> tuple[RequestFacts, RequestPeople]:
    """What is known of an item that could not be read: a person must, and soon (R2, R40)."""
    problems = (why,) if why is not None else ()
    facts = RequestFacts(
        channel=channel,
        received_on=received_at.astimezone(PARIS).date(),
        received_at=received_at,
        author_unknown=True,
        place_unclear=True,
        language=Language.UND.value,
        urgency=Urgency.HIGH,
        missing=(CONTENT,),
        problems=problems,
    )
    return facts, RequestPeople(requester=Party(), problem_values=("",) * len(problems))


def bounded(people: RequestPeople) -> RequestPeople:
    """The findings with long attachments cut: events stay small, the whole is in the original."""
    left = ATTACHMENT_TEXTS_CHARS
    kept = []
    for attachment in people.attachments[:ATTACHMENTS_LISTED]:
        text = attachment.text and attachment.text[: min(left, ATTACHMENT_TEXT_CHARS)]
        left -= len(text or "")
        kept.append(replace(attachment, text=text))
    return replace(people, attachments=tuple(kept))


def with_problems(
    facts: RequestFacts,
    people: RequestPeople,
    problems: tuple[tuple[FieldProblem, str], ...],
) -> tuple[RequestFacts, RequestPeople]:
    """The findings with what was wrong at the door, unless the reading found the same field."""
    known = {problem.field for problem in facts.problems}
    new = [(problem, value) for problem, value in problems if problem.field not in known]
    return (
        replace(facts, problems=facts.problems + tuple(problem for problem, _ in new)),
        replace(people, problem_values=people.problem_values + tuple(value for _, value in new)),
    )


def latest_day(at: datetime) -> date:
    """The day that it is at ``at`` where the day begins first; any later one lies ahead of all."""
    return (at.astimezone(UTC) + timedelta(hours=14)).date()


def doubtful_dates(facts: RequestFacts, arrived_at: datetime) -> tuple[FieldProblem, ...]:
    """The days after ``arrived_at`` although they tell of something past (R43).

    A postmark is also in doubt that is after the day of receipt: either may be misread.
    """
    postmark = facts.posted_on is not None and facts.posted_on > facts.received_on
    doubts = [POSTED_AFTER_RECEIPT] if postmark else []
    return (*doubts, *_future_dates(facts, arrived_at, {one.field for one in doubts}))


def _future_dates(
    facts: RequestFacts, arrived_at: datetime, told_already: Collection[str]
) -> Iterator[FieldProblem]:
    latest = latest_day(arrived_at)
    told = {
        "received_on": facts.received_on,
        "written_on": facts.written_on,
        "posted_on": facts.posted_on,
        "happened_on": facts.happened_on,
    }
    for name, day in told.items():
        if day is not None and day > latest and name not in told_already:
            yield FieldProblem(
                field=name, remedy="la date est dans le futur : à vérifier sur l'original"
            )


def command_for(
    state: RequestState,
    facts: RequestFacts,
    people: RequestPeople,
    lexicon_version: str,
    *,
    delivery_failed: bool,
) -> NormaliseRequest | FlagForReview | CloseAutomaticMessage:
    """What a reading that ended in ``state`` leads to (R2, R32)."""
    match state:
        case RequestState.CLOSED:
            return CloseAutomaticMessage(
                facts=facts,
                people=people,
                lexicon_version=lexicon_version,
                delivery_failed=delivery_failed,
            )
        case RequestState.NORMALISED:
            return NormaliseRequest(facts=facts, people=people, lexicon_version=lexicon_version)
        case _:
            return FlagForReview(facts=facts, people=people, lexicon_version=lexicon_version)
