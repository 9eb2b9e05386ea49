"""A deadline that a person sets or corrects: urgency follows it, a near day is explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.application.hear_followup import hear_followup
from services.intake.application.tell import describe
from services.intake.domain.commands import (
    ChangeUrgency,
    CloseRequest,
    MarkDuplicate,
    NoteAcceptance,
    NoteAssignment,
    NoteDeadline,
    ReopenRequest,
    UnmarkDuplicate,
)
from services.intake.projections.inbox import list_requests
from shared.contracts.followup.events import (
    DeadlineCorrected,
    DeadlineNeared,
    DeadlineSet,
    DeadlineTerms,
)
from shared.contracts.intake.events import NearDayExplained, RequestUrgencyChanged
from shared.contracts.vocabulary import DeadlineKind, Outcome, Urgency
from shared.deadlines import Nature
from shared.eventstore import Position, Version
from shared.messaging import Delivered
from tests.unit.intake import items
from tests.unit.intake.conftest import NOW, Intake
from tests.unit.intake.examples import (
    ANNA,
    EARLIER,
    LETTER,
    RECEIVED,
    Given,
    flagged,
    given,
    normalised,
)

DEADLINE = UUID("00000000-0000-4000-8000-0000000000dd")
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """24:00 in Paris, in winter."""
    return datetime(day.year, day.month, day.day, 23, tzinfo=UTC)


def note(prudent: date | datetime | None, **changed: Any) -> NoteDeadline:
    """An appeal set on 2 March 2026, at noon."""
    at = prudent if prudent is None or isinstance(prudent, datetime) else end_of(prudent)
    usual: dict[str, Any] = {
        "deadline_id": DEADLINE,
        "kind": DeadlineKind.OQTF_APPEAL,
        "nature": Nature.DEADLINE,
        "alert_at": at,
        "at": AT,
        "added": True,
        "by": ANNA,
    }
    return NoteDeadline(**(usual | changed))


def raised(request: Given, command: NoteDeadline) -> Urgency | None:
    """The urgency that the command brings about, None if it changes none."""
    levels = [e.urgency for e in request.when(command) if isinstance(e, RequestUrgencyChanged)]
    return levels[0] if levels else None


def quiet(**known: Any) -> Given:
    return given(RECEIVED, normalised(**known))


@pytest.mark.parametrize(
    ("prudent", "level"),
    [
        (date(2026, 3, 2), Urgency.CRITICAL),
        (date(2026, 3, 5), Urgency.CRITICAL),
        (AT + timedelta(hours=72), Urgency.CRITICAL),
        (date(2026, 3, 6), Urgency.HIGH),
        (date(2026, 3, 12), Urgency.HIGH),
        (date(2026, 3, 13), None),
        (date(2026, 3, 1), None),
        (AT, None),
        (None, None),
    ],
    ids=str,
)
def test_urgency_follows_the_prudent_date(prudent: date | None, level: Urgency | None):
    assert raised(quiet(), note(prudent)) is level


def test_the_last_day_overseas_is_not_over_while_it_lasts_there():
    early = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    ends = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)  # 24:00 of 2 March in Guadeloupe

    assert raised(quiet(), note(ends, at=early)) is Urgency.CRITICAL


def test_a_deadline_past_its_prudent_date_presses_until_its_last_day_is_over():
    past = note(date(2026, 3, 1), over_at=end_of(date(2026, 3, 2)))

    [risen] = quiet().when(past)

    assert isinstance(risen, RequestUrgencyChanged)
    assert risen.urgency is Urgency.CRITICAL
    assert risen.reason == (
        "recours contre une OQTF : date prudente passée (dimanche 1er mars 2026), "
        "date limite encore à venir"
    )
    assert quiet().when(note(date(2026, 3, 1), over_at=AT)) == []


@pytest.mark.parametrize(
    ("kind", "day", "level"),
    [
        (DeadlineKind.HEARING, 4, Urgency.CRITICAL),
        (DeadlineKind.RELEASE_DATE, 4, Urgency.HIGH),
        (DeadlineKind.PERMIT_EXPIRY, 4, Urgency.HIGH),
        (DeadlineKind.CALLBACK, 2, None),
        (DeadlineKind.ANSWER_DUE, 3, None),
    ],
)
def test_a_given_day_weighs_as_one_read_in_a_letter(
    kind: DeadlineKind, day: int, level: Urgency | None
):
    assert raised(quiet(), note(date(2026, 3, day), kind=kind, nature=None)) is level


@pytest.mark.parametrize(
    "nature", [Nature.EARLIEST_DATE, Nature.WINDOW_OPEN, Nature.AUTHORITY_SILENCE]
)
def test_a_date_by_which_nothing_is_lost_raises_nothing(nature: Nature):
    assert raised(quiet(), note(date(2026, 3, 3), nature=nature)) is None


def test_urgency_only_goes_up_by_itself_and_a_person_may_still_set_it():
    critical = quiet(urgency=Urgency.CRITICAL)
    assert critical.when(note(date(2026, 3, 9))) == []
    risen = quiet().then_when(note(date(2026, 3, 3)))

    lowered = risen.then_when(ChangeUrgency(urgency=Urgency.LOW, reason="déjà jugé", by=ANNA))

    assert (risen.state.urgency, lowered.state.urgency) == (Urgency.CRITICAL, Urgency.LOW)


def test_the_rise_says_why_and_that_it_is_by_rule():
    [told] = quiet().when(note(date(2026, 3, 9)))

    assert isinstance(told, RequestUrgencyChanged)
    assert told.by == "rule R40"
    assert told.reason == "recours contre une OQTF : date prudente le lundi 9 mars 2026"


def closed() -> Given:
    return (
        quiet()
        .then_when(NoteAssignment(unit="desk", rule="R7", answer_due_on=None))
        .then_when(NoteAcceptance(accepted_by="v-1"))
        .then_when(CloseRequest(outcome=Outcome.ANSWERED_INFORMATION, by=ANNA))
    )


def duplicate() -> Given:
    return quiet().then_when(MarkDuplicate(duplicate_of=EARLIER, by=ANNA))


REOPEN, UNMARK = ReopenRequest(reason="pas fini", by=ANNA), UnmarkDuplicate(by=ANNA)


@pytest.mark.parametrize(
    ("left", "back"), [(closed, REOPEN), (duplicate, UNMARK)], ids=["closed", "duplicate"]
)
def test_a_deadline_that_neared_while_the_request_had_left_presses_once_it_is_back(
    left: Callable[[], Given], back: ReopenRequest | UnmarkDuplicate
):
    neared = left().then_when(note(date(2026, 3, 9))).then_when(note(date(2026, 3, 3)))
    assert neared.state.state is left().state.state

    returned, risen = neared.when(back)

    assert type(returned).__name__ in {"RequestReopened", "RequestUnmarkedDuplicate"}
    assert isinstance(risen, RequestUrgencyChanged)
    assert (risen.urgency, risen.by) == (Urgency.CRITICAL, "rule R40")
    assert neared.then_when(back).state.risen is None


def test_a_request_that_comes_back_without_a_nearer_deadline_tells_nothing_more():
    assert len(closed().when(REOPEN)) == 1
    assert len(duplicate().when(UNMARK)) == 1


def test_a_deadline_added_by_hand_explains_the_near_day_and_a_confirmed_one_does_not():
    waiting = given(RECEIVED, flagged(missing=("deadlines",), urgency=Urgency.CRITICAL))

    assert waiting.when(note(date(2026, 3, 9), added=False)) == []
    assert waiting.when(note(date(2026, 3, 9))) == [
        NearDayExplained(
            request_id=LETTER, register="main", deadline_id=DEADLINE, reason=None, by=ANNA
        )
    ]


def test_a_deadline_that_was_over_long_before_explains_no_near_day():
    waiting = given(RECEIVED, flagged(missing=("deadlines",), urgency=Urgency.CRITICAL))

    assert waiting.when(note(date(2020, 1, 1))) == []


# As the subscription delivers it


def told(
    request_id: UUID | None,
    *,
    made: type[DeadlineSet] | type[DeadlineCorrected] = DeadlineSet,
    version: int = 1,
    register: str = "main",
) -> Delivered:
    terms = DeadlineTerms(
        kind=DeadlineKind.HEARING,
        rule=None,
        trigger="date donnée",
        trigger_on=None,
        counting=None,
        nature=None,
        article=None,
        confidence=None,
        zone="metro",
        prudent=NOW.date().isoformat(),
        last=NOW.date().isoformat(),
        alert_at=NOW + timedelta(hours=6),
    )
    event = made(
        deadline_id=DEADLINE,
        register=register,
        request_id=request_id,
        case_id=None,
        terms=terms,
        by="v-1",
    )
    return delivered(event, version)


def neared(request_id: UUID, within_days: int, *, at: datetime, version: int = 2) -> Delivered:
    """Follow-up tells at that instant that a hearing is so near."""
    event = DeadlineNeared(
        deadline_id=DEADLINE,
        register="main",
        request_id=request_id,
        case_id=None,
        kind=DeadlineKind.HEARING,
        nature=None,
        alert_at=NOW + timedelta(days=10),
        within_days=within_days,
    )
    return delivered(event, version, at=at)


def delivered(event: Any, version: int, *, at: datetime = NOW) -> Delivered:
    return Delivered(
        source="followup",
        partition=0,
        position=Position(9),
        stream=f"deadline-{DEADLINE}",
        version=Version(version),
        type=type(event).__name__,
        metadata={"correlation_id": "c-1"},
        recorded_at=NOW,
        occurred_at=at,
        event=event,
    )


def hear(intake: Intake, *batch: Delivered) -> int:
    with intake.streams.unit(metadata={}) as unit:
        hear_followup(batch, unit)
    return len(unit.appended)


def test_a_deadline_heard_twice_in_a_batch_raises_once(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id

    appended = hear(intake, told(request_id), told(request_id, made=DeadlineCorrected, version=2))

    assert appended == 1
    assert intake.request(request_id).urgency is Urgency.CRITICAL


def test_one_set_on_its_last_day_is_critical_though_its_prudent_date_is_past(intake: Intake):
    request_id = intake.submit("letter", QUIET).request_id
    today = told(request_id).event
    terms = replace(today.terms, alert_at=NOW - timedelta(hours=9))

    hear(intake, delivered(replace(today, terms=terms), 1))

    assert intake.request(request_id).urgency is Urgency.CRITICAL


def test_one_told_near_after_its_prudent_date_is_critical(intake: Intake):
    request_id = intake.submit("letter", QUIET).request_id
    near = neared(request_id, 3, at=NOW).event

    hear(intake, delivered(replace(near, alert_at=NOW - timedelta(hours=9)), 2))

    assert intake.request(request_id).urgency is Urgency.CRITICAL


def test_a_deadline_of_another_register_or_of_nobody_known_changes_nothing(intake: Intake):
    request_id = intake.submit("letter", items.LETTER).request_id

    assert hear(intake, told(request_id, register="rehearsal-1"), told(None), told(DEADLINE)) == 0


def test_urgency_rises_as_the_days_pass_and_a_replay_raises_nothing_twice(intake: Intake):
    request_id = intake.submit("letter", QUIET).request_id
    ten = neared(request_id, 10, at=NOW)
    three = neared(request_id, 3, at=NOW + timedelta(days=7), version=3)
    assert intake.request(request_id).urgency is Urgency.NORMAL

    levels = []
    for one in (ten, ten, three, ten, three):
        hear(intake, one)
        levels.append(intake.request(request_id).urgency)

    assert levels == [Urgency.HIGH, Urgency.HIGH, *[Urgency.CRITICAL] * 3]
    assert intake.event_types(request_id).count("RequestUrgencyChanged") == 2


QUIET = """[ENVELOPPE] reçu le 2026-06-15 | cachet de la poste : 12-06-2026 | au dos : MA Villepinte
[TRANSCRIPTION]
Bonjour,
je m'appelle Calme Plat, je suis incarcéré à Villepinte. Pouvez-vous m'aider à trouver un logement ?
Merci. Calme Plat, écrou 24 602
"""
NEAR_DAY = """[ENVELOPPE] reçu le 2026-06-15 | cachet de la poste : 12-06-2026 | au dos : MA \
Villepinte
[TRANSCRIPTION]
Bonjour,
je m'appelle Jour Obscur, je suis incarcéré à Villepinte. Le 10 juin une dame de la préfecture est
passée avec un dossier vert pour moi.
Merci. Jour Obscur, écrou 24 601
"""


def test_the_list_no_longer_misses_a_near_day_that_is_explained(intake: Intake):
    request_id = intake.submit("letter", NEAR_DAY).request_id
    [row] = list_requests(intake.pool, register="main", filters={}, attention=True, limit=9)
    assert row["missing"] == ["deadlines"]

    hear(intake, told(request_id))

    [row] = list_requests(intake.pool, register="main", filters={}, attention=True, limit=9)
    assert row["missing"] == []
    assert describe(intake.request(request_id))["near_day"] == {
        "deadline_id": str(DEADLINE),
        "reason": None,
        "by": "v-1",
    }
