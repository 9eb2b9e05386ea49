"""Who answers for a request, and why: the desk's rules in their order of decision.

Source: the mission's rules R1 to R45, section "Order of decision". The first rule that decides
is recorded with its reason; the others that apply stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.routing.domain.also import rules_beside
from services.routing.domain.due import copy_due_on, own_due_on, reminder_due_on
from services.routing.domain.reasons import sentence
from services.routing.domain.rules import arrival, outside, people, place
from services.routing.domain.rules.verdict import Rule, Verdict
from services.routing.domain.settings import PolicySettings
from services.routing.domain.situation import Situation
from services.routing.domain.units import COORDINATION, establishment_of
from services.routing.domain.view import DirectoryView, EarlierAssignment
from shared.contracts.intake.facts import RequestFacts
from shared.contracts.routing.events import LookedAt
from shared.contracts.vocabulary import RoutingReason, Urgency

ORDER: tuple[Rule, ...] = (
    arrival.nobody_known,  # R19
    arrival.not_understood,  # R2
    arrival.same_letter_twice,  # R21
    arrival.automatic_message,  # R32
    people.danger_to_self,  # R36
    people.danger_from_others,  # R37
    people.authority_or_press,  # R29
    people.in_retention,  # R15
    people.released,  # R16
    people.outside_walls,  # R17
    people.minor,  # R23
    people.no_mail_to_prison,  # R31
    people.not_in_writing,  # R35
    outside.reminder,  # R22
    outside.referral,  # R11
    outside.outside_solicitation,  # R5
    outside.question_of_ours,  # R6
    outside.on_the_line,  # R8
    place.which_place,  # R12
    place.no_team,  # R7
    place.team_suspended,  # R13
    place.nobody_available,  # R14
    place.urgent_or_special,  # R4
    place.team_present,  # R3
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Where a request goes. ``answer_due_on`` None: answered in the call, or nothing to answer.

    ``kept_from``: see ``Situation.kept_from``.
    """

    unit: str
    rule: str
    reason: RoutingReason
    reason_fr: str
    also: tuple[str, ...]
    inform: tuple[str, ...]
    urgency: Urgency
    answer_due_on: date | None
    received_on: date
    danger: bool
    needs_review: bool
    automatic: bool
    policy_version: str
    looked_at: tuple[LookedAt, ...]
    establishment: str | None
    reminder_of: UUID | None
    duplicate_of: UUID | None
    kept_from: frozenset[str] | None = None

    def may_tell(self, unit: str) -> bool:
        """Whether ``unit`` may be told: not the team that it is about, nor its referent."""
        return _may_tell(unit, self.kept_from)


def route(
    facts: RequestFacts,
    directory: DirectoryView,
    earlier: Iterable[EarlierAssignment],
    settings: PolicySettings,
    *,
    flagged: bool = False,
) -> Decision:
    """The one unit that answers for an item. Pure: the same arguments give the same decision.

    ``earlier`` are the assignments of the requests to which ``facts.links`` point, as far as they
    are known; ``flagged`` says that intake asks for a person's review.
    """
    item = Situation(
        facts=facts,
        directory=directory,
        earlier={known.request_id: known for known in earlier},
        settings=settings,
        flagged=flagged,
    )
    verdicts = [verdict for rule in ORDER if (verdict := rule(item)) is not None]
    decided = verdicts[0] if verdicts else Verdict(rule="R2", reason=RoutingReason.PLACE_UNCLEAR)
    return _decision(item, decided, verdicts[1:])


def _decision(item: Situation, decided: Verdict, others: list[Verdict]) -> Decision:
    first, original = item.first, item.original
    return Decision(
        unit=decided.unit,
        rule=decided.rule,
        reason=decided.reason,
        reason_fr=sentence(decided.rule, decided.reason),
        also=rules_beside(item, decided, others),
        inform=_informed(item, decided, others),
        urgency=item.urgency,
        answer_due_on=_due_on(item, decided),
        received_on=_received_on(item, decided),
        danger=item.danger,
        needs_review=_needs_review(item),
        automatic=decided.rule == "R32",
        policy_version=item.settings.version,
        looked_at=_looked_at(item),
        establishment=item.facts.establishment,
        reminder_of=first.request_id if first else None,
        duplicate_of=original.request_id if original else None,
        kept_from=item.kept_from,
    )


def _informed(item: Situation, decided: Verdict, others: list[Verdict]) -> tuple[str, ...]:
    """Whom the deciding rule tells, and whom R4, R11, R12 and R22 tell whatever rule decided.

    Never the team that the item is about, whichever rule would tell it.
    """
    if decided.rule == "R32":
        return ()
    units = [*decided.inform]
    units += [unit for other in others if other.rule in ("R4", "R11") for unit in other.inform]
    units += place.old_team(item)
    units += outside.told_of_delay(item)
    if not item.settings.told_to_coordination.isdisjoint(item.facts.special_situations):
        units.append(COORDINATION)
    told = [unit for unit in dict.fromkeys(units) if unit != decided.unit]
    return tuple(unit for unit in told if _may_tell(unit, item.kept_from))


def _may_tell(unit: str, kept_from: frozenset[str] | None) -> bool:
    place = establishment_of(unit)
    if place is None or kept_from is None:
        return True
    return bool(kept_from) and place not in kept_from


def _due_on(item: Situation, decided: Verdict) -> date | None:
    if decided.rule == "R21":
        return copy_due_on(item)
    return reminder_due_on(item) if item.first else own_due_on(item)


def _received_on(item: Situation, decided: Verdict) -> date:
    """The item's own day; of two copies, the earlier (R21)."""
    known = item.original.received_on if item.original and decided.rule == "R21" else None
    return min(known, item.facts.received_on) if known else item.facts.received_on


def _needs_review(item: Situation) -> bool:
    doubtful = item.facts.author_unknown or item.facts.place_unclear or item.place_missing
    return item.flagged or doubtful or item.unreadable or item.original is not None


def _looked_at(item: Situation) -> tuple[LookedAt, ...]:
    facts = item.facts
    seen: dict[str, object] = {
        "channel": facts.channel,
        "requester_kind": facts.requester_kind,
        "received_on": facts.received_on,
        "urgency": item.urgency,
        "establishment": facts.establishment,
        "moved_from": facts.moved_from,
        "judicial_status": facts.judicial_status,
        "special_situations": ",".join(facts.special_situations) or None,
        "retention_place": facts.retention_place.kind if facts.retention_place else None,
    }
    for code in dict.fromkeys([facts.establishment, facts.moved_from]):
        if code:
            team = item.directory.team_at(code)
            seen[f"team.{code}"] = team.state if team else "none"
    for known in (item.first, item.original):
        if known:
            seen[f"earlier.{known.request_id}"] = f"{known.unit}, due {known.answer_due_on}"
    return tuple(LookedAt(name=name, value=str(value)) for name, value in seen.items() if value)
