"""What happens to an assignment once it was decided: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import reduce

import pytest

from services.routing.domain.assigning import decide
from services.routing.domain.assignment import evolve
from services.routing.domain.commands import (
    AcceptAssignment,
    AssignRequest,
    CloseAssignment,
    EscalateAssignment,
    HandOver,
    ImportAssignment,
    InformUnit,
    LoseHolder,
    NoteUrgency,
    ReassignRequest,
    RefuseAssignment,
    ReopenAssignment,
    WithdrawAssignment,
)
from services.routing.domain.errors import (
    AlreadyAccepted,
    NoActiveTeam,
    NobodyBehind,
    NotForTeams,
    NotOpen,
    ReasonIdentifies,
    ReasonMissing,
)
from services.routing.domain.units import UnknownUnit
from shared.contracts.intake.facts import Link, RetentionPlace
from shared.contracts.vocabulary import (
    AssignmentState,
    Channel,
    JudicialStatus,
    LinkKind,
    RequesterKind,
    RoutingReason,
    SpecialSituation,
    TeamState,
    Urgency,
    higher,
)
from tests.unit.routing.people import (
    BOTH,
    FIRST,
    FRESNES,
    NANTES,
    REQUEST,
    decide_on,
    first,
    letter,
    team,
    teams,
)

FOR_TEAM = decide_on(letter())
URGENT = decide_on(letter(urgency=Urgency.HIGH))
IN_RETENTION = decide_on(letter(retention_place=RetentionPlace(kind="cra")))
AUTOMATIC = decide_on(letter(channel=Channel.EMAIL, requester_kind=RequesterKind.AUTOMATED_SENDER))
TO_TEAM = {"unit": "team:cp-fresnes", "by": "desk-1", "reason": "visite demandée"}


def after(*commands):
    """The assignment after ``commands`` were carried out one after the other."""
    state = None
    for command in commands:
        state = reduce(evolve, decide(state, command), state)
    return state


def assign(decision=FOR_TEAM):
    return AssignRequest(request_id=REQUEST, register="main", decision=decision)


def names(events):
    return [type(event).__name__ for event in events]


ACCEPT = AcceptAssignment(volunteer_id="fresnes-1")
TO_NANTES = ReassignRequest(
    unit="team:cp-nantes", by="desk-1", reason="la personne y est", team_active=True
)


def test_a_decision_proposes_the_request_to_its_unit():
    [assigned] = decide(None, assign())

    assert type(assigned).__name__ == "RequestAssigned"
    assert (assigned.unit, assigned.rule) == ("team:cp-fresnes", "R3")
    assert assigned.answer_due_on == date(2026, 3, 15)
    assert after(assign()).state is AssignmentState.PROPOSED


def test_the_same_decision_again_changes_nothing():
    assert decide(after(assign()), assign()) == []


def test_an_automatic_message_is_set_aside_and_never_escalates():
    [aside] = decide(None, assign(AUTOMATIC))

    assert type(aside).__name__ == "RequestSetAside"
    assert decide(after(assign(AUTOMATIC)), EscalateAssignment()) == []


def test_a_message_wrongly_taken_as_automatic_is_assigned_once_corrected():
    events = decide(after(assign(AUTOMATIC)), assign())

    assert names(events) == ["RequestAssigned"]


def test_an_automatic_message_that_a_person_reopens_has_an_owner_again():
    reopen = ReopenAssignment(holder_there=True)
    reopened = after(assign(AUTOMATIC), CloseAssignment(), reopen)

    assert (reopened.open, reopened.unit) == (True, "desk")
    assert names(decide(reopened, AcceptAssignment(volunteer_id="ada"))) == ["AssignmentAccepted"]
    assert names(decide(reopened, EscalateAssignment())) == ["AssignmentEscalated"]
    assert decide(reopened, assign(AUTOMATIC)) == []
    [moved] = decide(reopened, assign())
    assert (moved.unit, moved.rule, moved.answer_due_on) == (
        "team:cp-fresnes",
        "R3",
        date(2026, 3, 15),
    )


def test_what_was_corrected_to_an_automatic_message_by_mistake_is_assigned_again():
    taken = after(assign(), ACCEPT, assign(AUTOMATIC))

    assert (taken.state, taken.set_aside, taken.open) == (AssignmentState.WITHDRAWN, True, False)
    assert decide(taken, assign(AUTOMATIC)) == []
    assert names(decide(taken, assign())) == ["RequestAssigned"]


def test_what_left_as_an_automatic_message_and_was_reopened_follows_its_corrections():
    reopen = ReopenAssignment(holder_there=True)
    reopened = after(assign(), assign(AUTOMATIC), reopen)

    assert decide(reopened, assign(AUTOMATIC)) == []
    corrected = after(assign(), assign(AUTOMATIC), reopen, assign())
    assert (corrected.unit, corrected.decided_rule) == ("team:cp-fresnes", "R3")
    assert names(decide(corrected, assign(AUTOMATIC))) == ["AssignmentWithdrawn"]


def test_a_duplicate_that_leaves_is_no_automatic_message():
    assert not after(assign(), WithdrawAssignment(reason="duplicate")).set_aside


def test_corrected_facts_move_a_request_and_tell_its_former_team():
    [moved] = decide(after(assign()), assign(URGENT))

    assert (moved.from_unit, moved.unit, moved.rule, moved.by) == (
        "team:cp-fresnes",
        "desk",
        "R4",
        "rule R4",
    )
    assert moved.inform == ("team:cp-fresnes",)
    assert moved.policy_version == "2026-11-23"


def test_a_team_is_not_told_that_a_complaint_about_it_left_it():
    complaint = decide_on(letter(special_situations=(SpecialSituation.COMPLAINT_ABOUT_TEAM,)))

    [moved] = decide(after(assign()), assign(complaint))

    assert (moved.from_unit, moved.unit, moved.inform) == (
        "team:cp-fresnes",
        "desk",
        ("coordination",),
    )


def test_corrected_facts_that_change_the_rule_alone_are_told_and_alerts_follow():
    danger = decide_on(letter(special_situations=(SpecialSituation.SUICIDE_RISK,)))

    revised, pressing = decide(after(assign(URGENT)), assign(danger))

    assert (revised.unit, revised.rule, revised.danger) == ("desk", "R36", True)
    assert (pressing.urgency, pressing.danger) == (Urgency.CRITICAL, True)
    state = reduce(evolve, [revised, pressing], after(assign(URGENT)))
    assert (state.rule, state.danger, state.decided_unit) == ("R36", True, "desk")


def test_what_the_desk_gave_to_a_team_stays_there_when_a_correction_decides_the_same():
    handed = after(assign(URGENT), ReassignRequest(**TO_TEAM, team_active=True))

    assert decide(handed, assign(URGENT)) == []
    assert handed.unit == "team:cp-fresnes"


def test_what_a_person_moved_leaves_its_team_when_a_correction_says_never_a_team():
    handed = after(assign(), TO_NANTES)

    [moved] = decide(handed, assign(IN_RETENTION))

    assert (moved.from_unit, moved.unit, moved.rule) == ("team:cp-nantes", "desk", "R15")


def test_a_correction_does_not_undo_what_a_person_moved_to_another_team():
    handed = after(assign(), TO_NANTES)
    elsewhere = decide_on(letter(establishment=NANTES))

    [revised] = decide(handed, assign(elsewhere))

    assert (revised.unit, revised.establishment) == ("team:cp-nantes", NANTES)
    assert revised.reason_fr == "Réattribution manuelle : la personne y est"


UNREADABLE = decide_on(letter(author_unknown=True, establishment=None), flagged=True)
TAGGED = decide_on(letter(judicial_status=JudicialStatus.ELECTRONIC_TAG))
TO_COORDINATION = ReassignRequest(
    unit="coordination", by="desk-1", reason="à voir", team_active=False
)
BY_DESK = RefuseAssignment(refused_by="desk-1", reason="conflit")


@pytest.mark.parametrize("move", [EscalateAssignment(), TO_COORDINATION, BY_DESK])
def test_a_correction_of_what_was_moved_is_recorded_where_it_lies(move):
    moved = after(assign(UNREADABLE), move)

    events = decide(moved, assign(TAGGED))

    assert names(events)[0] == "DecisionRevised"
    state = reduce(evolve, events, moved)
    assert (state.unit, state.decided_unit, state.decided_rule) == ("coordination", "desk", "R17")
    assert (state.needs_review, state.establishment) == (False, FRESNES)
    assert decide(state, assign(TAGGED)) == []
    with pytest.raises(NotForTeams, match="R17"):
        decide(state, ReassignRequest(**TO_TEAM, team_active=True))


def test_a_correction_keeps_the_reason_of_a_move_and_gives_an_escalation_the_new_one():
    escalated = after(assign(UNREADABLE), EscalateAssignment(), assign(TAGGED))
    refused = after(assign(UNREADABLE), BY_DESK, assign(TAGGED), assign(FOR_TEAM))

    assert (escalated.reason, escalated.reason_fr) == (TAGGED.reason, TAGGED.reason_fr)
    assert refused.reason is RoutingReason.HANDOVER
    assert refused.reason_fr.startswith("La demande n'a pas été prise")


def test_the_same_facts_again_say_nothing_of_what_was_moved():
    for move in (EscalateAssignment(), TO_COORDINATION, BY_DESK):
        assert decide(after(assign(UNREADABLE), move), assign(UNREADABLE)) == []


def test_what_followed_a_person_out_of_prison_stays_kept_from_teams_whatever_is_corrected():
    released = HandOver(unit="desk", rule="R16", reason=RoutingReason.RELEASED)
    other_place = decide_on(letter(establishment=NANTES))

    state = after(assign(), released, TO_COORDINATION, assign(other_place), assign())

    with pytest.raises(NotForTeams, match="R16"):
        decide(state, ReassignRequest(**TO_TEAM, team_active=True))


def test_what_the_desk_took_for_want_of_a_team_stays_at_the_desk_after_a_move_too():
    no_team = decide_on(letter(), teams())
    to_desk = ReassignRequest(unit="desk", by="ada", reason="elle répond", team_active=False)

    back = after(assign(no_team), EscalateAssignment(), assign(), to_desk, assign())

    assert (back.unit, back.decided_rule) == ("desk", "R7")


@pytest.mark.parametrize(
    ("rule", "away"),
    [
        ("R13", teams(team(state=TeamState.SUSPENDED))),
        ("R14", teams(team(members=()))),
        ("R7", teams()),
    ],
)
def test_nothing_moves_back_by_itself_when_a_team_resumes(rule, away):
    accepted = after(assign(decide_on(letter(), away)), AcceptAssignment(volunteer_id="ada"))
    resumed = decide_on(letter())
    other_date = decide_on(letter(received_on=date(2026, 3, 3)))

    assert decide(accepted, assign(resumed)) == []
    events = decide(accepted, assign(other_date))
    assert names(events) == ["DecisionRevised", "AssignmentUrgencyChanged"]
    state = reduce(evolve, events, accepted)
    assert (state.unit, state.decided_rule, state.holder) == ("desk", rule, "ada")
    assert state.answer_due_on == date(2026, 3, 13)
    assert names(decide(state, assign(resumed))) == names(events)


def test_a_corrected_place_is_answered_by_the_team_there():
    suspended = decide_on(letter(), teams(team(state=TeamState.SUSPENDED)))

    [moved] = decide(after(assign(suspended)), assign(decide_on(letter(establishment=NANTES))))

    assert (moved.from_unit, moved.unit, moved.rule) == ("desk", "team:cp-nantes", "R3")


def test_corrected_facts_do_not_touch_what_is_closed():
    assert decide(after(assign(), CloseAssignment()), assign(URGENT)) == []


def test_a_volunteer_accepts():
    [accepted] = decide(after(assign()), ACCEPT)

    assert (accepted.volunteer_id, accepted.unit) == ("fresnes-1", "team:cp-fresnes")


def test_accepting_twice_happens_once():
    assert decide(after(assign(), ACCEPT), ACCEPT) == []


def test_nobody_takes_what_another_holds():
    with pytest.raises(AlreadyAccepted, match="is held by fresnes-1"):
        decide(after(assign(), ACCEPT), AcceptAssignment(volunteer_id="fresnes-2"))


@pytest.mark.parametrize(
    "command",
    [ACCEPT, RefuseAssignment(refused_by="fresnes-1", reason="trop"), TO_NANTES],
)
def test_what_is_closed_cannot_be_taken_refused_or_moved(command):
    with pytest.raises(NotOpen, match="closed; reopen"):
        decide(after(assign(), CloseAssignment()), command)


def test_a_refusal_by_a_team_proposes_it_to_the_desk_in_the_same_breath():
    refused, moved = decide(
        after(assign()), RefuseAssignment(refused_by="lead-fresnes", reason="plus de visites")
    )

    assert (refused.unit, refused.reason) == ("team:cp-fresnes", "plus de visites")
    assert (moved.unit, moved.rule, moved.answer_due_on) == ("desk", "R18", date(2026, 3, 15))


def test_a_refusal_by_the_desk_goes_to_coordination():
    events = decide(after(assign(URGENT)), RefuseAssignment(refused_by="desk-1", reason="conflit"))

    assert events[-1].unit == "coordination"


def test_coordination_cannot_refuse():
    escalated = after(assign(), EscalateAssignment())

    with pytest.raises(NobodyBehind, match="reassign it to a unit"):
        decide(escalated, RefuseAssignment(refused_by="coordination-1", reason="non"))


def test_what_was_accepted_is_reassigned_rather_than_refused():
    with pytest.raises(AlreadyAccepted, match="reassign it with a reason"):
        decide(after(assign(), ACCEPT), RefuseAssignment(refused_by="fresnes-1", reason="malade"))


def test_a_reassignment_keeps_the_date_and_tells_the_former_team():
    [moved] = decide(after(assign(), ACCEPT), TO_NANTES)

    assert (moved.unit, moved.reason, moved.inform) == (
        "team:cp-nantes",
        "reassigned_by_hand",
        ("team:cp-fresnes",),
    )
    assert moved.answer_due_on == date(2026, 3, 15)
    assert moved.reason_fr == "Réattribution manuelle : la personne y est"
    assert after(assign(), ACCEPT, TO_NANTES).holder is None


def test_a_reassignment_to_where_it_lies_does_nothing():
    stay = ReassignRequest(**TO_TEAM, team_active=True)

    assert decide(after(assign()), stay) == []


def test_a_team_that_is_not_active_is_given_nothing():
    with pytest.raises(NoActiveTeam, match="team:cp-nantes is not active"):
        decide(after(assign()), replace(TO_NANTES, team_active=False))


@pytest.mark.parametrize("unit", ["", "team:", "team_lead:cp-fresnes", "somebody"])
def test_only_a_unit_that_can_answer_is_given_anything(unit):
    with pytest.raises(UnknownUnit):
        decide(after(assign()), replace(TO_NANTES, unit=unit))


def test_a_person_in_retention_is_never_given_to_a_team_even_by_hand():
    with pytest.raises(NotForTeams, match="stays with the desk by R15"):
        decide(after(assign(IN_RETENTION)), ReassignRequest(**TO_TEAM, team_active=True))


def test_after_a_first_move_by_hand_retention_still_keeps_it_from_teams():
    moved = after(assign(IN_RETENTION), TO_COORDINATION)

    with pytest.raises(NotForTeams):
        decide(moved, ReassignRequest(**TO_TEAM, team_active=True))


def test_a_refused_request_of_a_person_in_retention_is_still_kept_from_teams():
    refused = after(assign(IN_RETENTION), RefuseAssignment(refused_by="desk-1", reason="conflit"))

    with pytest.raises(NotForTeams):
        decide(refused, ReassignRequest(**TO_TEAM, team_active=True))


def test_a_danger_in_retention_is_kept_from_teams_though_another_rule_decided():
    danger = decide_on(
        letter(
            retention_place=RetentionPlace(kind="cra"),
            special_situations=(SpecialSituation.SUICIDE_RISK,),
        )
    )
    assert danger.rule == "R36"

    with pytest.raises(NotForTeams, match="R15"):
        decide(after(assign(danger)), ReassignRequest(**TO_TEAM, team_active=True))


def test_what_the_desk_gave_to_a_team_comes_back_when_the_person_turns_out_to_be_retained():
    handed = after(assign(URGENT), ReassignRequest(**TO_TEAM, team_active=True))

    [moved] = decide(handed, assign(IN_RETENTION))

    assert (moved.from_unit, moved.unit, moved.rule) == ("team:cp-fresnes", "desk", "R15")


@pytest.mark.parametrize("words", ["", "  \n "])
def test_a_person_says_why(words):
    with pytest.raises(ReasonMissing):
        decide(after(assign()), replace(TO_NANTES, reason=words))


@pytest.mark.parametrize("words", ["écrou 981 442", "voir a.b@c.example", "06 39 98 12 55"])
def test_a_reason_identifies_nobody(words):
    with pytest.raises(ReasonIdentifies, match="leave out what identifies"):
        decide(after(assign()), replace(TO_NANTES, reason=words))


def test_a_reason_may_tell_a_day():
    [moved] = decide(after(assign()), replace(TO_NANTES, reason="transféré le 12/06/2026"))
    assert "12/06/2026" in moved.reason_fr


@pytest.mark.parametrize("number", ["98144", "98 144"])
def test_a_short_detention_number_identifies_too(number):
    with pytest.raises(ReasonIdentifies):
        decide(after(assign()), replace(TO_NANTES, reason=f"écrou {number}"))


def test_nobody_accepted_in_time_so_coordination_answers():
    [escalated] = decide(after(assign()), EscalateAssignment())

    assert (escalated.from_unit, escalated.unit) == ("team:cp-fresnes", "coordination")
    assert decide(after(assign(), EscalateAssignment()), EscalateAssignment()) == []


def test_what_was_accepted_is_not_escalated():
    assert decide(after(assign(), ACCEPT), EscalateAssignment()) == []


def test_a_request_with_a_team_that_becomes_urgent_moves_to_the_desk():
    [moved] = decide(after(assign(), ACCEPT), NoteUrgency(urgency=Urgency.CRITICAL, by="fresnes-1"))

    assert (moved.unit, moved.rule, moved.urgency) == ("desk", "R4", Urgency.CRITICAL)
    assert moved.inform == ("team:cp-fresnes",)


def test_a_delay_raises_the_urgency_and_moves_nothing():
    [changed] = decide(after(assign()), NoteUrgency(urgency=Urgency.HIGH, by="rule R22"))

    assert (changed.unit, changed.urgency) == ("team:cp-fresnes", Urgency.HIGH)


def test_a_lowered_urgency_brings_nothing_back_by_itself():
    [changed] = decide(after(assign(URGENT)), NoteUrgency(urgency=Urgency.NORMAL, by="desk-1"))

    assert (changed.unit, changed.urgency) == ("desk", Urgency.NORMAL)


@pytest.mark.parametrize("urgency", [Urgency.NORMAL, Urgency.HIGH])
def test_a_deadline_that_draws_near_lowers_nothing(urgency: Urgency):
    assert decide(after(assign(URGENT)), NoteUrgency(urgency=urgency, by="rule R40")) == []


REMINDER = decide_on(
    letter(
        received_on=date(2026, 3, 20),
        is_reminder=True,
        links=(Link(kind=LinkKind.REMINDER_OF, request_id=FIRST),),
    ),
    BOTH,
    first(),
)
PRESSES = NoteUrgency(urgency=Urgency.HIGH, by="rule R40")


def test_a_deadline_that_draws_near_takes_from_the_team_what_a_delay_had_raised():
    reminder = after(assign(REMINDER), ACCEPT)
    assert (reminder.unit, reminder.urgency) == ("team:cp-fresnes", Urgency.HIGH)

    [moved] = decide(reminder, PRESSES)

    assert (moved.unit, moved.rule, moved.by, moved.urgency) == ("desk", "R4", "rule R4", "high")
    assert (moved.inform, moved.answer_due_on) == (("team:cp-fresnes",), date(2026, 3, 16))
    state = reduce(evolve, [moved], reminder)
    assert decide(state, PRESSES) == []
    assert decide(state, assign(REMINDER)) == []


def test_a_deadline_leaves_with_the_team_what_the_desk_gave_it():
    given = after(assign(REMINDER), PRESSES, ReassignRequest(**TO_TEAM, team_active=True), ACCEPT)

    assert decide(given, PRESSES) == []
    assert given.unit == "team:cp-fresnes"


def test_the_same_urgency_again_is_no_news():
    assert decide(after(assign()), NoteUrgency(urgency=Urgency.NORMAL, by="desk-1")) == []


def test_a_confirmed_copy_brings_the_date_forward_and_never_back():
    nearer = NoteUrgency(urgency=Urgency.NORMAL, by="rule R21", answer_due_on=date(2026, 3, 10))
    later = replace(nearer, answer_due_on=date(2026, 3, 20))

    *_, changed = decide(after(assign()), nearer)

    assert changed.answer_due_on == date(2026, 3, 10)
    assert decide(after(assign()), later) == []


COPY = NoteUrgency(urgency=Urgency.HIGH, by="rule R21", answer_due_on=date(2026, 3, 10))


@pytest.mark.parametrize(
    "decision",
    [FOR_TEAM, decide_on(letter(requester_kind=RequesterKind.RELATIVE)), IN_RETENTION],
    ids=["team", "desk", "retention"],
)
def test_what_a_copy_brought_stays_when_a_field_is_corrected(decision):
    copy = replace(COPY, urgency=higher(decision.urgency, COPY.urgency))
    joined = after(assign(decision), ACCEPT, copy)
    assert (joined.urgency, joined.answer_due_on) == (copy.urgency, copy.answer_due_on)

    assert decide(joined, assign(decision)) == []
    later = decide_on(letter(language="ar", received_on=date(2026, 3, 12)))
    state = reduce(evolve, decide(joined, assign(later)), joined)
    assert (state.urgency, state.answer_due_on) == (copy.urgency, copy.answer_due_on)


def test_a_person_still_lowers_what_a_copy_raised():
    normal = NoteUrgency(urgency=Urgency.NORMAL, by="desk-1")
    lowered = after(assign(URGENT), replace(COPY, urgency=Urgency.CRITICAL), normal)

    corrected = reduce(evolve, decide(lowered, assign(FOR_TEAM)), lowered)

    assert (lowered.urgency, corrected.urgency) == (Urgency.NORMAL, Urgency.NORMAL)


def test_a_copy_does_not_hide_that_a_person_is_in_retention():
    refused = after(assign(IN_RETENTION), RefuseAssignment(refused_by="desk-1", reason="conflit"))
    joined = reduce(evolve, decide(refused, COPY), refused)

    with pytest.raises(NotForTeams, match="R15"):
        decide(joined, ReassignRequest(**TO_TEAM, team_active=True))


def test_open_work_follows_the_person_to_another_prison():
    [moved] = decide(
        after(assign(), ACCEPT),
        HandOver(unit="team:cp-nantes", rule="R12", reason=RoutingReason.HANDOVER),
    )

    assert (moved.unit, moved.by, moved.inform) == (
        "team:cp-nantes",
        "rule R12",
        ("team:cp-fresnes",),
    )


def test_who_leaves_gives_the_request_back_to_the_unit():
    [given_back] = decide(after(assign(), ACCEPT), LoseHolder(volunteer_id="fresnes-1"))

    assert (given_back.from_unit, given_back.unit) == ("team:cp-fresnes", "team:cp-fresnes")
    state = after(assign(), ACCEPT, LoseHolder(volunteer_id="fresnes-1"))
    assert (state.state, state.holder) == (AssignmentState.PROPOSED, None)


def test_somebody_elses_leaving_does_not_matter():
    assert decide(after(assign(), ACCEPT), LoseHolder(volunteer_id="fresnes-2")) == []


def test_a_duplicate_is_withdrawn_once():
    withdraw = WithdrawAssignment(reason="duplicate")

    assert names(decide(after(assign()), withdraw)) == ["AssignmentWithdrawn"]
    assert decide(after(assign(), withdraw), withdraw) == []


def test_a_closed_request_comes_back_to_the_same_holder_first():
    [reopened] = decide(after(assign(), CloseAssignment()), ReopenAssignment(holder_there=True))

    assert reopened.unit == "team:cp-fresnes"


def test_a_closed_request_whose_team_is_gone_comes_back_to_the_desk():
    [reopened] = decide(after(assign(), CloseAssignment()), ReopenAssignment(holder_there=False))

    assert reopened.unit == "desk"


def test_what_is_open_is_not_reopened():
    assert decide(after(assign()), ReopenAssignment(holder_there=True)) == []


def test_a_known_request_is_imported_with_its_holder_once():
    known = ImportAssignment(
        request_id=REQUEST,
        register="main",
        unit="team:cp-fresnes",
        state=AssignmentState.ACCEPTED,
        urgency=Urgency.NORMAL,
        received_on=date(2026, 1, 5),
        answer_due_on=date(2026, 1, 15),
        establishment="cp-fresnes",
    )

    assert names(decide(None, known)) == ["AssignmentImported"]
    assert decide(after(known), known) == []
    assert decide(after(known), EscalateAssignment()) == []


def test_a_unit_is_informed_once():
    tell = InformUnit(unit="team:cp-nantes", reason="visite possible")

    assert names(decide(after(assign()), tell)) == ["TeamInformed"]
    assert decide(after(assign(), tell), tell) == []


def test_nothing_happens_to_what_nobody_was_assigned():
    assert decide(None, CloseAssignment()) == []
