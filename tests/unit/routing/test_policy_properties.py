"""What holds for every request, however strange its facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.policy import Decision
from services.routing.domain.situation import Situation
from services.routing.domain.units import is_team, responsible_unit
from services.routing.domain.view import DirectoryView
from shared.contracts.intake.facts import (
    FoundDeadline,
    Link,
    PlaceCandidate,
    RequestFacts,
    RetentionPlace,
)
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    JudicialStatus,
    LinkKind,
    RequesterKind,
    SpecialSituation,
    TeamState,
    Topic,
    Urgency,
)
from tests.unit.routing.people import (
    FIRST,
    FRESNES,
    NANTES,
    SETTINGS,
    decide_on,
    first,
    team,
    teams,
)

PLACES = (FRESNES, NANTES, "epm-marseille", "csl-lyon", "ma-limoges")
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
MAYBE_PLACE = st.one_of(st.none(), st.sampled_from(PLACES))


def some(words):
    return st.lists(st.sampled_from(list(words)), max_size=2, unique=True).map(tuple)


DEADLINES = st.builds(
    FoundDeadline,
    kind=st.sampled_from(DeadlineKind),
    trigger=st.just("notification"),
    date_on=st.one_of(st.none(), DAYS),
)
LINKS = st.builds(Link, kind=st.sampled_from(LinkKind), request_id=st.just(FIRST))
FACTS = st.builds(
    RequestFacts,
    channel=st.sampled_from(Channel),
    received_on=DAYS,
    received_at=DAYS.map(lambda day: datetime.combine(day, time(9), tzinfo=UTC)),
    conversation=st.sampled_from([None, "live", "voicemail"]),
    requester_kind=st.sampled_from(RequesterKind),
    author_unknown=st.booleans(),
    establishment=MAYBE_PLACE,
    establishment_candidates=st.lists(
        st.builds(PlaceCandidate, code=st.sampled_from(PLACES), confidence=st.just(0.5)), max_size=2
    ).map(tuple),
    place_unclear=st.booleans(),
    moved_from=MAYBE_PLACE,
    retention_place=st.sampled_from([None, None, RetentionPlace(kind="cra")]),
    judicial_status=st.one_of(st.none(), st.sampled_from(JudicialStatus)),
    language=st.sampled_from(["fr", "ar", "und"]),
    topics=some(Topic),
    urgency=st.sampled_from(Urgency),
    special_situations=some(SpecialSituation),
    deadlines=st.lists(DEADLINES, max_size=2).map(tuple),
    links=st.lists(LINKS, max_size=2).map(tuple),
    is_reminder=st.booleans(),
    automatic=st.booleans(),
)
PLAIN = FACTS.filter(lambda facts: not facts.special_situations)
TEAMS = st.lists(
    st.builds(team, code=st.sampled_from(PLACES), state=st.sampled_from(TeamState)), max_size=4
).map(lambda views: teams(*views))
EARLIER = st.builds(
    first,
    unit=st.sampled_from(["desk", "coordination", "team:cp-fresnes", "team:cp-nantes"]),
    open=st.booleans(),
    urgency=st.sampled_from(Urgency),
    answer_due_on=st.one_of(st.none(), DAYS),
)
EVERY = settings(max_examples=200, deadline=None, database=None)


def situation(facts: RequestFacts, directory: DirectoryView, earlier) -> Situation:
    return Situation(
        facts=facts,
        directory=directory,
        earlier={earlier.request_id: earlier},
        settings=SETTINGS,
    )


def rules_of(decision: Decision) -> set[str]:
    return {decision.rule, *decision.also}


@EVERY
@given(FACTS, TEAMS, EARLIER, st.booleans())
def test_every_request_has_one_unit_a_rule_and_a_reason_and_always_the_same(
    facts, directory, earlier, flagged
):
    decision = decide_on(facts, directory, earlier, flagged=flagged)

    assert responsible_unit(decision.unit)
    assert decision.reason_fr.endswith(".")
    assert decision.rule not in decision.also
    assert decision.unit not in decision.inform
    assert decision == decide_on(facts, directory, earlier, flagged=flagged)


@EVERY
@given(FACTS, TEAMS, EARLIER)
def test_a_team_answers_only_for_people_in_a_prison_that_it_enters(facts, directory, earlier):
    decision = decide_on(facts, directory, earlier)

    if is_team(decision.unit):
        assert directory.active_at(decision.unit.removeprefix("team:"))
        assert facts.requester_kind is RequesterKind.DETAINED_PERSON
        assert facts.channel is not Channel.PHONE
        assert facts.retention_place is None
        assert facts.judicial_status is not JudicialStatus.RETAINED


@EVERY
@given(FACTS, TEAMS, EARLIER)
def test_a_special_situation_never_goes_to_a_team(facts, directory, earlier):
    decision = decide_on(facts, directory, earlier)

    assert not (facts.special_situations and is_team(decision.unit))


@EVERY
@given(PLAIN, TEAMS, EARLIER)
def test_an_urgent_request_goes_to_a_team_only_to_the_holder_of_the_one_it_repeats(
    facts, directory, earlier
):
    decision = decide_on(facts, directory, earlier)

    if is_team(decision.unit) and decision.urgency in (Urgency.HIGH, Urgency.CRITICAL):
        repeats = {LinkKind.REMINDER_OF, LinkKind.DUPLICATE_OF} & {
            link.kind for link in facts.links
        }
        assert decision.rule in ("R21", "R22", "R3")
        assert repeats


@EVERY
@given(FACTS, TEAMS, EARLIER)
def test_a_danger_is_never_hidden(facts, directory, earlier):
    decision = decide_on(facts, directory, earlier)

    situations = set(facts.special_situations)
    to_self = SpecialSituation.SUICIDE_RISK in situations
    from_others = bool(
        situations & {SpecialSituation.VIOLENCE_OR_THREAT, SpecialSituation.TRAFFICKING_VICTIM}
    )
    assert decision.danger == (to_self or from_others)
    if decision.danger:
        assert decision.urgency is Urgency.CRITICAL
        assert not is_team(decision.unit)
        assert ("R36" in rules_of(decision)) == to_self
        assert ("R37" in rules_of(decision)) == from_others


@EVERY
@given(FACTS, TEAMS, EARLIER)
def test_urgency_is_never_lowered(facts, directory, earlier):
    levels = [Urgency.LOW, Urgency.NORMAL, Urgency.HIGH, Urgency.CRITICAL]

    decision = decide_on(facts, directory, earlier)

    assert levels.index(decision.urgency) >= levels.index(facts.urgency)


@EVERY
@given(FACTS, TEAMS, EARLIER)
def test_whatever_decides_the_team_learns_of_an_urgent_letter_from_its_prison(
    facts, directory, earlier
):
    item = situation(facts, directory, earlier)
    decision = decide_on(facts, directory, earlier)

    about_the_team = SETTINGS.kept_from_team & set(facts.special_situations)
    if (
        item.letter_from_inside
        and item.team_active
        and facts.urgency is Urgency.CRITICAL
        and not (facts.links or about_the_team or item.automatic)
    ):
        assert f"team:{facts.establishment}" in decision.inform


@EVERY
@given(FACTS, TEAMS, EARLIER)
def test_only_an_answered_call_and_an_automatic_message_are_owed_no_answer(
    facts, directory, earlier
):
    decision = decide_on(facts, directory, earlier)

    if decision.answer_due_on is None:
        live = facts.channel is Channel.PHONE and facts.conversation == "live"
        assert decision.automatic or live
