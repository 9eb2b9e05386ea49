"""From a decision of the policy to events, for a new request and for one that was corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.routing.domain.assignment import AUTOMATIC, OF_COPIES, Assignment, AssignmentEvent
from services.routing.domain.policy import Decision
from services.routing.domain.reasons import is_sentence, sentence
from services.routing.domain.units import is_team
from shared.contracts.acting import by_rule
from shared.contracts.routing.events import (
    AssignmentUrgencyChanged,
    AssignmentWithdrawn,
    DecisionRevised,
    RequestAssigned,
    RequestReassigned,
    RequestSetAside,
)
from shared.contracts.vocabulary import RoutingReason, Urgency, above, higher

_FOR_WANT_OF_A_TEAM = {
    "R7": RoutingReason.NO_TEAM,
    "R13": RoutingReason.TEAM_SUSPENDED,
    "R14": RoutingReason.NO_VOLUNTEER_AVAILABLE,
}


def decided(
    state: Assignment | None, request_id: UUID, register: str, decision: Decision
) -> list[AssignmentEvent]:
    """A first decision, or one on corrected facts; nothing if it says the same again.

    An automatic message that a person reopened stays open when it is corrected (R45).
    """
    if state is None or (state.set_aside and not decision.automatic):
        return [_first(request_id, register, decision)]
    if not state.open:
        return []
    if decision.automatic and state.decided_rule == AUTOMATIC:
        return []
    if decision.automatic:
        left = AssignmentWithdrawn(request_id=request_id, register=register, reason=decision.reason)
        return [left]
    decision = _with_copies(state, decision)
    kept = _kept_at_desk(state, decision)
    if _moves(state, kept if state.unit == state.decided_unit else decision):
        return [_moved(state, decision)]
    return _revised(state, kept)


def reassigned(
    state: Assignment,
    unit: str,
    rule: str,
    reason: RoutingReason,
    reason_fr: str,
    *,
    by: str,
    inform: tuple[str, ...] = (),
    urgency: Urgency | None = None,
    answer_due_on: date | None = None,
) -> RequestReassigned:
    """Another unit answers; the date stays the same when the request changes hands (R10)."""
    return RequestReassigned(
        request_id=state.request_id,
        register=state.register,
        from_unit=state.unit,
        unit=unit,
        rule=rule,
        reason=reason,
        reason_fr=reason_fr,
        by=by,
        inform=inform,
        urgency=urgency or state.urgency,
        answer_due_on=answer_due_on or state.answer_due_on,
        danger=state.danger,
        needs_review=state.needs_review,
    )


def copy_joined(state: Assignment) -> list[AssignmentEvent]:
    """R21: a copy joined; recorded beside the rule, for the corrections to come (R40).

    Nothing for a request imported without a decision: there is nothing in it to correct.
    """
    if OF_COPIES in state.also or not (state.rule and state.reason and state.policy_version):
        return []
    beside = [*state.also, state.decided_rule or state.rule, OF_COPIES]
    return [
        DecisionRevised(
            request_id=state.request_id,
            register=state.register,
            unit=state.unit,
            rule=state.rule,
            reason=state.reason,
            reason_fr=state.reason_fr or "",
            also=tuple(rule for rule in dict.fromkeys(beside) if rule != state.rule),
            inform=(),
            urgency=state.urgency,
            answer_due_on=state.answer_due_on,
            danger=state.danger,
            needs_review=state.needs_review,
            policy_version=state.policy_version,
            looked_at=state.looked_at,
            establishment=state.establishment,
        )
    ]


def _with_copies(state: Assignment, decision: Decision) -> Decision:
    """R21: a request that a copy joined keeps its higher urgency and its nearer date.

    The policy knows nothing of the copy: it decides on the request's own facts.
    """
    of_its_own = OF_COPIES in (decision.rule, *decision.also)
    if OF_COPIES not in state.also or of_its_own:
        return decision
    dates = [day for day in (state.answer_due_on, decision.answer_due_on) if day]
    return replace(
        decision,
        also=(*decision.also, OF_COPIES),
        urgency=higher(state.urgency, decision.urgency),
        answer_due_on=min(dates, default=None),
    )


def _kept_at_desk(state: Assignment, decision: Decision) -> Decision:
    """R13: where the desk answers for want of a team, a team that is there again changes nothing.

    The decision then stands by its rule; a corrected place is decided by the team there.
    """
    reason = _FOR_WANT_OF_A_TEAM.get(state.decided_rule or "")
    same_place = state.establishment == decision.establishment
    if reason is None or not (same_place and is_team(decision.unit)):
        return decision
    rule = state.decided_rule or ""
    return replace(
        decision,
        unit=state.decided_unit,
        rule=rule,
        reason=reason,
        reason_fr=sentence(rule, reason),
        also=tuple(one for one in decision.also if one != rule),
    )


def _moves(state: Assignment, decision: Decision) -> bool:
    """Whether corrected facts move it.

    What was moved since it was decided stays, unless it is with a team and there is more against
    that than when it was decided: another rule, a danger, a higher urgency.
    """
    if decision.unit == state.unit:
        return False
    if state.unit == state.decided_unit:
        return True
    more = (
        decision.rule != state.decided_rule
        or (decision.danger and not state.danger)
        or above(decision.urgency, state.urgency)
    )
    return state.with_team and not is_team(decision.unit) and more


def _first(
    request_id: UUID, register: str, decision: Decision
) -> RequestAssigned | RequestSetAside:
    if decision.automatic:
        return RequestSetAside(
            request_id=request_id,
            register=register,
            unit=decision.unit,
            rule=decision.rule,
            reason=decision.reason,
            reason_fr=decision.reason_fr,
            also=decision.also,
            policy_version=decision.policy_version,
            looked_at=decision.looked_at,
            received_on=decision.received_on,
        )
    return RequestAssigned(
        request_id=request_id,
        register=register,
        unit=decision.unit,
        rule=decision.rule,
        reason=decision.reason,
        reason_fr=decision.reason_fr,
        also=decision.also,
        inform=decision.inform,
        urgency=decision.urgency,
        answer_due_on=decision.answer_due_on,
        danger=decision.danger,
        needs_review=decision.needs_review,
        policy_version=decision.policy_version,
        looked_at=decision.looked_at,
        received_on=decision.received_on,
        establishment=decision.establishment,
        reminder_of=decision.reminder_of,
        duplicate_of=decision.duplicate_of,
    )


def _moved(state: Assignment, decision: Decision) -> RequestReassigned:
    told = is_team(state.unit) and decision.may_tell(state.unit)
    former = (state.unit,) if told else ()
    return RequestReassigned(
        request_id=state.request_id,
        register=state.register,
        from_unit=state.unit,
        unit=decision.unit,
        rule=decision.rule,
        reason=decision.reason,
        reason_fr=decision.reason_fr,
        by=by_rule(decision.rule),
        inform=tuple(dict.fromkeys([*decision.inform, *former])),
        urgency=decision.urgency,
        answer_due_on=decision.answer_due_on,
        danger=decision.danger,
        needs_review=decision.needs_review,
        also=decision.also,
        policy_version=decision.policy_version,
        looked_at=decision.looked_at,
        establishment=decision.establishment,
    )


def _revised(state: Assignment, decision: Decision) -> list[AssignmentEvent]:
    """The same unit, for another reason or date; alerts follow the urgency and the date."""
    events: list[AssignmentEvent] = []
    pressed = (state.urgency, state.answer_due_on, state.danger)
    pressing = (decision.urgency, decision.answer_due_on, decision.danger)
    if state.unit != state.decided_unit:
        if _says_more(state, decision):
            events.append(_same_unit(state, _where_it_lies(state, decision)))
    elif pressing != pressed or _says_other(state, decision):
        events.append(_same_unit(state, decision))
    if pressing != pressed:
        events.append(
            AssignmentUrgencyChanged(
                request_id=state.request_id,
                register=state.register,
                unit=state.unit,
                urgency=decision.urgency,
                answer_due_on=decision.answer_due_on,
                danger=decision.danger,
            )
        )
    return events


def _says_other(state: Assignment, decision: Decision) -> bool:
    """Whether the decision has another ground than what is recorded."""
    before = (state.rule, state.reason, state.also, state.needs_review, state.establishment)
    after = (
        decision.rule,
        decision.reason,
        decision.also,
        decision.needs_review,
        decision.establishment,
    )
    return before != after or state.decided_rule != decision.rule


def _says_more(state: Assignment, decision: Decision) -> bool:
    """Whether corrected facts say something new of a request that was moved since its decision."""
    before = (state.decided_rule, state.needs_review, state.establishment)
    after = (decision.rule, decision.needs_review, decision.establishment)
    known = {rule for rule in (*state.also, state.not_in_prison) if rule} - {decision.rule}
    return before != after or known != set(_beside(state, decision))


def _where_it_lies(state: Assignment, decision: Decision) -> Decision:
    """The decision for a request that was moved since: it is told as recorded, not undone.

    The reason for which it was moved stays; an escalation has none of its own.
    """
    also = _beside(state, decision)
    of_decision = is_sentence(state.reason_fr, state.decided_rule, state.reason)
    if of_decision or state.reason is None or state.reason_fr is None:
        return replace(decision, also=also)
    return replace(decision, also=also, reason=state.reason, reason_fr=state.reason_fr)


def _beside(state: Assignment, decision: Decision) -> tuple[str, ...]:
    """R15 to R17: what keeps a request from teams stays while it lies where it was moved to."""
    rules = (*decision.also, *((state.not_in_prison,) if state.not_in_prison else ()))
    return tuple(rule for rule in dict.fromkeys(rules) if rule != decision.rule)


def _same_unit(state: Assignment, decision: Decision) -> DecisionRevised:
    return DecisionRevised(
        request_id=state.request_id,
        register=state.register,
        unit=state.unit,
        rule=decision.rule,
        reason=decision.reason,
        reason_fr=decision.reason_fr,
        also=decision.also,
        inform=tuple(unit for unit in decision.inform if unit not in (*state.informed, state.unit)),
        urgency=decision.urgency,
        answer_due_on=decision.answer_due_on,
        danger=decision.danger,
        needs_review=decision.needs_review,
        policy_version=decision.policy_version,
        looked_at=decision.looked_at,
        establishment=decision.establishment,
    )
