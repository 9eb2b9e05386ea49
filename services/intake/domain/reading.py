"""What follows from what was read: who must look, and what could not be read at all."""

from __future__ import annotations

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


def future_dates(facts: RequestFacts, arrived_at: datetime) -> tuple[FieldProblem, ...]:
    """The days after ``arrived_at`` although they tell of something past (R43)."""
    latest = latest_day(arrived_at)
    told = {
        "received_on": facts.received_on,
        "written_on": facts.written_on,
        "posted_on": facts.posted_on,
        "happened_on": facts.happened_on,
    }
    return tuple(
        FieldProblem(field=name, remedy="la date est dans le futur : à vérifier sur l'original")
        for name, day in told.items()
        if day is not None and day > latest
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
