"""One rule a test, where the thirty samples say nothing."""

from __future__ import annotations

from datetime import date

import pytest

from services.routing.domain.view import Absence, MemberView
from shared.contracts.intake.facts import FoundDeadline, Link, PlaceCandidate, RetentionPlace
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
    BOTH,
    FIRST,
    FRESNES,
    NANTES,
    decide_on,
    first,
    letter,
    team,
    teams,
)

REMINDS = (Link(kind=LinkKind.REMINDER_OF, request_id=FIRST),)
COPIES = (Link(kind=LinkKind.DUPLICATE_OF, request_id=FIRST),)
KNOWN = (Link(kind=LinkKind.SAME_PERSON, request_id=FIRST),)


def test_a_letter_goes_to_the_team_that_enters_its_prison():
    decision = decide_on(letter())

    assert (decision.unit, decision.rule) == ("team:cp-fresnes", "R3")
    assert decision.reason_fr.startswith("Une équipe intervient")
    assert not decision.needs_review


def test_a_decision_records_its_policy_and_what_it_looked_at():
    decision = decide_on(letter())

    looked_at = {fact.name: fact.value for fact in decision.looked_at}
    assert decision.policy_version == "2026-11-23"
    assert looked_at["team.cp-fresnes"] == "active"
    assert looked_at["urgency"] == "normal"


@pytest.mark.parametrize(
    "situation",
    [SpecialSituation.ISOLATION, SpecialSituation.HOSPITALISED, SpecialSituation.SERIOUS_ILLNESS],
)
def test_a_special_situation_goes_to_the_desk_and_the_team_is_told(situation):
    decision = decide_on(letter(special_situations=(situation,)))

    assert (decision.unit, decision.rule, decision.reason) == ("desk", "R4", "special_situation")
    assert decision.inform == ("team:cp-fresnes",)


def test_a_complaint_about_a_team_is_told_to_coordination_and_not_to_that_team():
    decision = decide_on(letter(special_situations=(SpecialSituation.COMPLAINT_ABOUT_TEAM,)))

    assert decision.unit == "desk"
    assert decision.inform == ("coordination",)


ABOUT_TEAM = (SpecialSituation.COMPLAINT_ABOUT_TEAM,)


@pytest.mark.parametrize(
    ("rule", "facts", "directory"),
    [
        ("R8", {"channel": Channel.PHONE}, BOTH),
        ("R13", {}, teams(team(FRESNES, TeamState.SUSPENDED))),
        ("R14", {}, teams(team(FRESNES, members=()))),
        ("R16", {"judicial_status": JudicialStatus.RELEASED, "links": KNOWN}, BOTH),
        ("R17", {"judicial_status": JudicialStatus.PROBATION, "links": KNOWN}, BOTH),
        ("R16", {"requester_kind": RequesterKind.RELEASED_PERSON, "establishment": None,
                 "links": KNOWN}, BOTH),
        ("R4", {"establishment": NANTES, "moved_from": FRESNES}, BOTH),
    ],
)  # fmt: skip
def test_whatever_decides_a_complaint_about_a_team_never_reaches_it(rule, facts, directory):
    plain = decide_on(letter(**facts), directory, first())
    complaint = decide_on(letter(**facts, special_situations=ABOUT_TEAM), directory, first())

    assert rule == complaint.rule
    assert plain.inform or plain.unit == "team:cp-nantes"
    assert complaint.inform == ("coordination",)


def test_a_complaint_about_one_team_is_told_to_another_that_is_at_work():
    decision = decide_on(
        letter(
            judicial_status=JudicialStatus.RELEASED,
            establishment=NANTES,
            links=KNOWN,
            special_situations=ABOUT_TEAM,
        ),
        BOTH,
        first(),
    )

    assert decision.inform == ("team:cp-fresnes", "coordination")


def test_a_letter_without_a_place_is_read_by_a_person():
    decision = decide_on(letter(establishment=None, place_unclear=True))

    assert (decision.unit, decision.rule, decision.reason) == ("desk", "R2", "place_unclear")
    assert decision.needs_review


def test_a_name_that_fits_two_places_names_none():
    candidates = (
        PlaceCandidate(code="cp-caen", confidence=0.5),
        PlaceCandidate(code="cp-caen-ifs", confidence=0.5),
    )

    decision = decide_on(
        letter(establishment=None, place_unclear=True, establishment_candidates=candidates)
    )

    assert (decision.unit, decision.rule, decision.needs_review) == ("desk", "R2", True)


def test_a_place_that_the_text_contradicts_is_settled_by_a_person():
    decision = decide_on(letter(establishment="cp-caen", place_unclear=True))

    assert (decision.unit, decision.rule, decision.needs_review) == ("desk", "R12", True)


def test_a_text_in_no_language_is_read_at_the_desk():
    decision = decide_on(letter(language="und"))

    assert (decision.unit, decision.rule, decision.needs_review) == ("desk", "R2", True)


def test_a_text_in_no_known_language_with_a_topic_found_follows_its_place():
    decision = decide_on(letter(language="und", topics=(Topic.OQTF,)))

    assert decision.unit == "team:cp-fresnes"


def test_danger_is_told_even_where_nobody_knows_who_wrote():
    decision = decide_on(
        letter(author_unknown=True, special_situations=(SpecialSituation.SUICIDE_RISK,))
    )

    assert (decision.rule, decision.danger, decision.urgency) == ("R19", True, "critical")
    assert "R36" in decision.also
    assert decision.inform == ("team:cp-fresnes",)


def test_words_of_danger_are_read_by_a_person_even_in_an_automatic_message():
    decision = decide_on(
        letter(
            channel=Channel.EMAIL,
            automatic=True,
            special_situations=(SpecialSituation.SUICIDE_RISK,),
        )
    )

    assert (decision.rule, decision.automatic, decision.danger) == ("R36", False, True)


@pytest.mark.parametrize("kind", [RequesterKind.ADMINISTRATION, RequesterKind.PRESS_OR_RESEARCH])
def test_an_authority_and_the_press_are_for_coordination(kind):
    decision = decide_on(letter(channel=Channel.EMAIL, requester_kind=kind))

    assert (decision.unit, decision.rule) == ("coordination", "R29")


@pytest.mark.parametrize(
    "facts",
    [
        {"retention_place": RetentionPlace(kind="cra", name="Le Mesnil-Amelot")},
        {"requester_kind": RequesterKind.RETAINED_PERSON},
        {"judicial_status": JudicialStatus.RETAINED},
        {"special_situations": (SpecialSituation.RETENTION,)},
    ],
)
def test_retention_is_the_desks_at_once_even_from_a_known_prison(facts):
    decision = decide_on(letter(**facts))

    assert (decision.unit, decision.rule, decision.urgency) == ("desk", "R15", "critical")


def test_a_prison_for_minors_makes_the_writer_a_minor():
    decision = decide_on(letter(establishment="epm-marseille"), teams(team("epm-marseille")))

    assert (decision.unit, decision.rule, decision.urgency) == ("desk", "R23", "high")


def test_a_centre_of_day_release_is_outside_the_walls():
    decision = decide_on(letter(establishment="csl-lyon"), teams(team("csl-lyon")))

    assert (decision.unit, decision.rule) == ("desk", "R17")


def test_somebody_on_leave_is_still_detained():
    decision = decide_on(letter(judicial_status=JudicialStatus.TEMPORARY_LEAVE))

    assert decision.unit == "team:cp-fresnes"


def test_a_closed_team_is_as_a_suspended_one():
    decision = decide_on(letter(), teams(team(state=TeamState.CLOSED)))

    assert (decision.unit, decision.rule) == ("desk", "R13")
    assert decision.inform == ("team_lead:cp-fresnes",)


def member(name: str, *, away: tuple[date, date | None] | None = None, full: bool = False):
    absences = (Absence(since=away[0], until=away[1]),) if away else ()
    return MemberView(volunteer_id=name, absences=absences, at_capacity=full)


# Received on Thursday 5 March, due on Sunday 15 March: three working days before is the 11th.
def test_one_volunteer_back_three_working_days_before_the_answer_is_due_is_enough():
    back_on_the_11th = member("fresnes-1", away=(date(2026, 3, 1), date(2026, 3, 10)))

    decision = decide_on(letter(), teams(team(members=(back_on_the_11th,))))

    assert (decision.unit, decision.rule) == ("team:cp-fresnes", "R3")


def test_a_volunteer_back_a_day_later_is_too_late():
    back_on_the_12th = member("fresnes-1", away=(date(2026, 3, 1), date(2026, 3, 11)))

    decision = decide_on(letter(), teams(team(members=(back_on_the_12th,))))

    assert (decision.unit, decision.rule) == ("desk", "R14")
    assert decision.inform == ("team_lead:cp-fresnes",)


@pytest.mark.parametrize("members", [(), (member("fresnes-1", full=True),)])
def test_a_team_of_nobody_or_of_full_hands_is_not_available(members):
    assert decide_on(letter(), teams(team(members=members))).rule == "R14"


def test_an_urgent_letter_to_an_absent_team_is_the_desks_and_the_team_is_told_too():
    away = (date(2026, 3, 1), date(2026, 4, 15))

    decision = decide_on(letter(urgency=Urgency.HIGH), teams(team(away=away)))

    assert (decision.unit, decision.rule) == ("desk", "R14")
    assert set(decision.inform) == {"team_lead:cp-fresnes", "team:cp-fresnes"}


def test_a_reminder_goes_to_the_holder_at_the_firsts_date():
    decision = decide_on(letter(links=REMINDS, is_reminder=True), BOTH, first())

    assert (decision.unit, decision.rule) == ("team:cp-fresnes", "R22")
    assert (decision.answer_due_on, decision.reminder_of) == (date(2026, 3, 16), FIRST)
    assert decision.inform == ()


def test_a_reminder_of_an_answered_request_starts_a_promise_of_its_own():
    answered = first(open=False)

    decision = decide_on(letter(links=REMINDS, is_reminder=True), BOTH, answered)

    assert (decision.rule, decision.answer_due_on) == ("R22", date(2026, 3, 15))


def test_an_overdue_first_raises_the_urgency_but_moves_nothing():
    late = first(answer_due_on=date(2026, 3, 2))

    decision = decide_on(letter(links=REMINDS, urgency=Urgency.HIGH), BOTH, late)

    assert (decision.unit, decision.rule, decision.urgency) == (
        "team:cp-fresnes",
        "R22",
        "high",
    )
    assert decision.inform == ("coordination",)


def test_a_reminder_with_a_new_clock_is_urgent_in_its_own_right():
    late = first(answer_due_on=date(2026, 3, 2))
    hearing = FoundDeadline(kind=DeadlineKind.HEARING, trigger="summons", date_on=date(2026, 3, 12))

    decision = decide_on(
        letter(links=REMINDS, urgency=Urgency.HIGH, deadlines=(hearing,)), BOTH, late
    )

    assert (decision.unit, decision.rule) == ("desk", "R4")
    assert set(decision.inform) == {"team:cp-fresnes", "coordination"}
    assert decision.answer_due_on == date(2026, 3, 2)


def test_a_critical_reminder_never_stays_with_a_team():
    decision = decide_on(letter(links=REMINDS, urgency=Urgency.CRITICAL), BOTH, first())

    assert (decision.unit, decision.rule) == ("desk", "R4")


def test_a_relatives_reminder_does_not_reach_the_team():
    decision = decide_on(
        letter(channel=Channel.EMAIL, requester_kind=RequesterKind.RELATIVE, links=REMINDS),
        BOTH,
        first(),
    )

    assert (decision.unit, decision.rule) == ("desk", "R5")


def test_a_relatives_reminder_goes_to_whoever_holds_the_relatives_first_one():
    decision = decide_on(
        letter(channel=Channel.EMAIL, requester_kind=RequesterKind.RELATIVE, links=REMINDS),
        BOTH,
        first(unit="coordination"),
    )

    assert (decision.unit, decision.rule) == ("coordination", "R22")


def test_a_reminder_to_a_suspended_team_is_the_desks():
    suspended = teams(team(state=TeamState.SUSPENDED))

    decision = decide_on(letter(links=REMINDS), suspended, first())

    assert (decision.unit, decision.rule) == ("desk", "R13")


def test_a_reminder_from_another_prison_goes_to_the_team_there_and_the_old_one_is_told():
    decision = decide_on(
        letter(establishment=NANTES, moved_from=FRESNES, links=REMINDS), BOTH, first()
    )

    assert (decision.unit, decision.rule) == ("team:cp-nantes", "R3")
    assert "team:cp-fresnes" in decision.inform
    assert {"R12", "R22"} <= set(decision.also)


def test_of_two_copies_the_earlier_receipt_and_the_nearer_date_prevail():
    original = first(received_on=date(2026, 3, 3), answer_due_on=date(2026, 3, 10))

    decision = decide_on(letter(links=COPIES), BOTH, original)

    assert (decision.unit, decision.rule) == ("team:cp-fresnes", "R21")
    assert (decision.received_on, decision.answer_due_on) == (
        date(2026, 3, 3),
        date(2026, 3, 10),
    )
    assert (decision.needs_review, decision.duplicate_of) == (True, FIRST)


def test_a_likely_copy_with_words_of_danger_is_decided_as_a_danger():
    decision = decide_on(
        letter(links=COPIES, special_situations=(SpecialSituation.SUICIDE_RISK,)), BOTH, first()
    )

    assert (decision.unit, decision.rule) == ("desk", "R36")


def test_a_move_tells_the_suspended_old_teams_referent():
    directory = teams(team(NANTES), team(FRESNES, TeamState.SUSPENDED))

    decision = decide_on(letter(establishment=NANTES, moved_from=FRESNES), directory)

    assert (decision.unit, decision.inform) == ("team:cp-nantes", ("team_lead:cp-fresnes",))


def test_a_released_persons_letter_tells_the_team_at_work():
    decision = decide_on(
        letter(requester_kind=RequesterKind.RELEASED_PERSON, establishment=None, links=KNOWN),
        BOTH,
        first(),
    )

    assert (decision.unit, decision.rule) == ("desk", "R16")
    assert decision.inform == ("team:cp-fresnes",)


def test_a_question_of_our_own_team_is_no_referral():
    decision = decide_on(
        letter(channel=Channel.EMAIL, requester_kind=RequesterKind.CIMADE_PRISON_TEAM)
    )

    assert (decision.unit, decision.rule) == ("desk", "R6")


def test_our_own_team_that_writes_of_a_release_refers():
    decision = decide_on(
        letter(
            channel=Channel.EMAIL,
            requester_kind=RequesterKind.CIMADE_PRISON_TEAM,
            topics=(Topic.RELEASE_PREPARATION,),
        )
    )

    assert (decision.unit, decision.rule) == ("desk", "R11")
    assert decision.inform == ("team:cp-fresnes",)


@pytest.mark.parametrize(("day", "rule"), [(date(2026, 7, 20), "R11"), (None, "R5")])
def test_a_partners_record_refers_where_its_release_has_a_day(day, rule):
    release = FoundDeadline(kind=DeadlineKind.RELEASE_DATE, trigger="registry", date_on=day)
    decision = decide_on(
        letter(
            channel=Channel.API,
            requester_kind=RequesterKind.OTHER_ASSOCIATION,
            deadlines=(release,),
        )
    )

    assert decision.rule == rule


def test_nothing_goes_to_a_team_of_another_register():
    assert decide_on(letter(), teams()).rule == "R7"


@pytest.mark.parametrize(
    ("channel", "conversation", "received_on", "due_on"),
    [
        (Channel.LETTER, None, date(2026, 3, 5), date(2026, 3, 15)),
        (Channel.EMAIL, None, date(2026, 4, 30), date(2026, 5, 11)),  # 1 and 8 May are holidays
        (Channel.WEB, None, date(2026, 4, 3), date(2026, 4, 13)),  # Easter Monday
        (Channel.API, None, date(2026, 12, 24), date(2027, 1, 4)),
        (Channel.PHONE, "voicemail", date(2026, 7, 11), date(2026, 7, 17)),  # Tuesday is the 14th
        (Channel.PHONE, None, date(2026, 3, 21), date(2026, 3, 24)),
        (Channel.PHONE, "live", date(2026, 3, 24), None),
    ],
)
def test_an_answer_is_promised_from_the_day_of_receipt(channel, conversation, received_on, due_on):
    facts = letter(channel=channel, conversation=conversation, received_on=received_on)

    assert decide_on(facts).answer_due_on == due_on


def test_an_automatic_message_is_owed_no_answer():
    decision = decide_on(
        letter(channel=Channel.EMAIL, requester_kind=RequesterKind.AUTOMATED_SENDER)
    )

    assert (decision.rule, decision.answer_due_on, decision.inform) == ("R32", None, ())
    assert decision.automatic
