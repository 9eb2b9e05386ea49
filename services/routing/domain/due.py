"""The day by which an answer is promised (R10): the desk's promise, not a legal deadline."""

from __future__ import annotations

from datetime import date, timedelta

from services.routing.domain.situation import Situation
from shared.contracts.vocabulary import Channel
from shared.deadlines import calendar


def own_due_on(situation: Situation) -> date | None:
    """The promise that the item alone would start; None where nothing is left to answer.

    It counts from the day of receipt: ten days for a letter, five working days for what is
    written otherwise, the next listening day for a voicemail. A call whose record does not say
    whether it was answered counts as a voicemail.
    """
    facts, settings = situation.facts, situation.settings
    if situation.automatic or situation.live_call:
        return None
    if facts.channel is Channel.LETTER:
        return facts.received_on + timedelta(days=settings.letter_days)
    if facts.channel is Channel.PHONE:
        return calendar.next_listening_day(facts.received_on)
    return calendar.add_working_days(facts.received_on, settings.written_working_days)


def reminder_due_on(situation: Situation) -> date | None:
    """A reminder keeps the first's date while the first is open (R22)."""
    first = situation.first
    if first is None or not first.open or first.answer_due_on is None:
        return own_due_on(situation)
    return first.answer_due_on


def copy_due_on(situation: Situation) -> date | None:
    """Of two copies, the nearer date prevails (R21)."""
    own, original = own_due_on(situation), situation.original
    dates = [own, original.answer_due_on if original and original.open else None]
    return min((day for day in dates if day is not None), default=None)
