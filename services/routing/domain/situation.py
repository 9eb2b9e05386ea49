"""The questions that the rules ask about an item, each answered in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.routing.domain import kinds
from services.routing.domain.settings import PolicySettings
from services.routing.domain.units import establishment_of, is_team
from services.routing.domain.view import DirectoryView, EarlierAssignment, TeamView
from shared.contracts.intake.facts import FoundDeadline, RequestFacts
from shared.contracts.vocabulary import (
    Channel,
    JudicialStatus,
    LinkKind,
    RequesterKind,
    SpecialSituation,
    Topic,
    Urgency,
    above,
    higher,
    raised,
)
from shared.deadlines import calendar

UNREAD_LANGUAGE = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """An item with all that decides where it goes. ``flagged``: intake asks for a person."""

    facts: RequestFacts
    directory: DirectoryView
    earlier: Mapping[UUID, EarlierAssignment]
    settings: PolicySettings
    flagged: bool = False

    # -- who wrote ---------------------------------------------------------------------------

    @property
    def automatic(self) -> bool:
        """Written by a machine. Words of danger in it are read by a person all the same."""
        by_machine = self.facts.requester_kind is RequesterKind.AUTOMATED_SENDER
        return (self.facts.automatic or by_machine) and not self.danger

    @property
    def from_inside(self) -> bool:
        """The author is detained, whoever carried the item (R3)."""
        return self.facts.requester_kind in kinds.INSIDE

    @property
    def letter_from_inside(self) -> bool:
        """A letter of a detained person, on paper or as a scan."""
        return self.from_inside and self.facts.channel is not Channel.PHONE

    @property
    def live_call(self) -> bool:
        return self.facts.channel is Channel.PHONE and self.facts.conversation == "live"

    # -- where the person is -----------------------------------------------------------------

    @property
    def team(self) -> TeamView | None:
        return self.directory.team_at(self.facts.establishment)

    @property
    def team_active(self) -> bool:
        return self.directory.active_at(self.facts.establishment)

    @property
    def in_retention(self) -> bool:
        return (
            self.facts.retention_place is not None
            or self.facts.requester_kind is RequesterKind.RETAINED_PERSON
            or self.facts.judicial_status is JudicialStatus.RETAINED
            or SpecialSituation.RETENTION in self.facts.special_situations
        )

    @property
    def released(self) -> bool:
        return (
            self.facts.requester_kind is RequesterKind.RELEASED_PERSON
            or self.facts.judicial_status is JudicialStatus.RELEASED
        )

    @property
    def outside_walls(self) -> bool:
        return (
            self.facts.requester_kind is RequesterKind.SUPERVISED_PERSON
            or self.facts.judicial_status in kinds.OUTSIDE_WALLS
            or (self.from_inside and self._place_prefix in self.settings.outside_walls_places)
        )

    @property
    def minor(self) -> bool:
        return SpecialSituation.MINOR in self.facts.special_situations or (
            self.from_inside and self._place_prefix in self.settings.minors_places
        )

    @property
    def place_missing(self) -> bool:
        """A detained person wrote and nothing tells from where."""
        needed = self.letter_from_inside and not (
            self.in_retention or self.released or self.outside_walls
        )
        return needed and self.facts.establishment is None and not self.places_disagree

    @property
    def places_disagree(self) -> bool:
        """Envelope and text contradict each other: the envelope's place stands, unclear (R12)."""
        facts = self.facts
        return self.from_inside and facts.place_unclear and facts.establishment is not None

    @property
    def unreadable(self) -> bool:
        """No language was recognised and no topic found: nobody knows yet what it says."""
        return (
            self.facts.language == UNREAD_LANGUAGE
            and self.from_inside
            and not set(self.facts.topics) - {Topic.OTHER}
        )

    @property
    def _place_prefix(self) -> str:
        return (self.facts.establishment or "").partition("-")[0]

    # -- danger and urgency ------------------------------------------------------------------

    @property
    def danger_to_self(self) -> bool:
        return not self.settings.danger_to_self.isdisjoint(self.facts.special_situations)

    @property
    def danger_from_others(self) -> bool:
        return not self.settings.danger_from_others.isdisjoint(self.facts.special_situations)

    @property
    def danger(self) -> bool:
        return self.danger_to_self or self.danger_from_others

    @property
    def urgency(self) -> Urgency:
        """The item's urgency, never below what its situation asks for (R15, R22, R23, R36, R40)."""
        if self.automatic:
            return self.facts.urgency
        urgency = self.facts.urgency
        if self.danger or self.in_retention:
            urgency = Urgency.CRITICAL
        if self.minor:
            urgency = higher(urgency, Urgency.HIGH)
        if (first := self.first) and self.first_overdue:
            urgency = higher(urgency, raised(first.urgency))
        return urgency

    @property
    def urgent(self) -> bool:
        return self.urgency in kinds.URGENT

    @property
    def calls_for_desk(self) -> bool:
        """R4: urgent, or a special situation, on more grounds than the request it repeats."""
        known = self.first or self.original
        return bool(self.facts.special_situations) or (
            self.urgent and (known is None or self._more_urgent_than(known))
        )

    def _more_urgent_than(self, known: EarlierAssignment) -> bool:
        """Beyond what was known, and beyond the level that its delay adds by itself (R22)."""
        late = known is self.first and self.first_overdue and not self.clock_runs_out
        expected = raised(known.urgency) if late else known.urgency
        return above(self.urgency, expected)

    @property
    def clock_runs_out(self) -> bool:
        """A date read in the item falls within the days that make it urgent (R40)."""
        start = self.facts.received_on
        end = start + timedelta(days=self.settings.urgent_days)
        return any(
            start <= day <= end for found in self.facts.deadlines for day in last_days(found)
        )

    # -- about one of our teams --------------------------------------------------------------

    @property
    def kept_from(self) -> frozenset[str] | None:
        """The establishments whose teams are not told of an item that is about one of them.

        Empty: nobody knows which team, so none is told. None: it is about no team.
        """
        facts = self.facts
        if self.settings.kept_from_team.isdisjoint(facts.special_situations):
            return None
        places = (facts.establishment, facts.moved_from, facts.former_establishment)
        return frozenset(place for place in places if place)

    # -- earlier requests --------------------------------------------------------------------

    @property
    def original(self) -> EarlierAssignment | None:
        """The request of which this seems to be a copy (R21)."""
        return self._linked(LinkKind.DUPLICATE_OF)

    @property
    def first(self) -> EarlierAssignment | None:
        """The request of which this is a reminder (R22)."""
        return self._linked(LinkKind.REMINDER_OF)

    @property
    def first_overdue(self) -> bool:
        first = self.first
        return (
            first is not None
            and first.open
            and first.answer_due_on is not None
            and first.answer_due_on < self.facts.received_on
        )

    @property
    def moved(self) -> bool:
        """Known in another establishment than the one written from (R12)."""
        known = self.facts.moved_from
        return known is not None and known != self.facts.establishment

    def _linked(self, kind: LinkKind) -> EarlierAssignment | None:
        for link in self.facts.links:
            if link.kind is kind and link.request_id in self.earlier:
                return self.earlier[link.request_id]
        return None

    # -- who may take it ---------------------------------------------------------------------

    def holder_keeps(self, known: EarlierAssignment) -> bool:
        """Whether the holder of an earlier request also takes this item (R21, R22).

        The desk and coordination always do. A team does for a letter of a person who is still
        in its establishment, while it is there itself, and unless the item calls for the desk.
        """
        if not is_team(known.unit):
            return True
        elsewhere = self.in_retention or self.released or self.outside_walls
        same_place = self.facts.establishment in (None, establishment_of(known.unit))
        return (
            self.facts.requester_kind is RequesterKind.DETAINED_PERSON
            and self.letter_from_inside
            and not (elsewhere or self.places_disagree or self.minor or self.danger)
            and same_place
            and self.directory.active_at(establishment_of(known.unit))
            and not self.calls_for_desk
        )

    def team_free(self, team: TeamView, answer_due_on: date | None) -> bool:
        """Whether somebody is there long enough before the answer is due (R14)."""
        if answer_due_on is None:
            return True
        received_on = self.facts.received_on
        margin = self.settings.availability_working_days
        last = calendar.add_working_days(answer_due_on, -margin)
        return team.somebody_free(received_on, max(received_on, last))


def last_days(found: FoundDeadline) -> list[date]:
    """The days on which ``found`` ends, as far as they are known."""
    texts = [text for text in (found.prudent, found.last) if text]
    days = [date.fromisoformat(text[:10]) for text in texts]
    return [*days, found.date_on] if found.date_on else days
