"""Legal time limits: a pure calculator over dated rules, and the calendars it counts with.

``compute("oqtf-detained", datetime(2026, 11, 2, 10), before="TA Melun")`` gives two dates, never
one, with the article, the confidence, each step of the count and the reservations to show.
"""

from shared.deadlines._chains import Residence
from shared.deadlines._compute import Computation, compute
from shared.deadlines._counting import add_months, end_instant
from shared.deadlines._days_asked import days_asked, days_needed
from shared.deadlines._in_force import (
    BadInput,
    DecisionDayNeeded,
    NotInForce,
    depends_on_decision,
    instead_of,
)
from shared.deadlines._kinds import kinds_of, load_ties, rules_for
from shared.deadlines._periods import Period, periods_in
from shared.deadlines._places import Seat, overseas_place_in, places_like, seat_of
from shared.deadlines._pressing import (
    HOURS_72_IN_DAYS,
    NEAR_DAYS,
    NOT_PRESSING,
    last_ends_at,
    pressing_on,
    prudent_day,
)
from shared.deadlines._reach import is_far, is_told_far
from shared.deadlines._rules import (
    Confidence,
    Counting,
    Nature,
    Rule,
    RuleTableError,
    Unit,
    UnknownRule,
    load_rules,
    rule,
    rules,
)
from shared.deadlines._words import day_words, moment_text, moment_words
from shared.deadlines._zones import METRO, ZONES, UnknownZone, Zone, supposing, zone_named
from shared.deadlines.calendar import (
    add_working_days,
    is_listening_day,
    is_public_holiday,
    is_working_day,
    next_listening_day,
    next_working_day,
    working_days_between,
)

__all__ = [
    "HOURS_72_IN_DAYS",
    "METRO",
    "NEAR_DAYS",
    "NOT_PRESSING",
    "ZONES",
    "BadInput",
    "Computation",
    "Confidence",
    "Counting",
    "DecisionDayNeeded",
    "Nature",
    "NotInForce",
    "Period",
    "Residence",
    "Rule",
    "RuleTableError",
    "Seat",
    "Unit",
    "UnknownRule",
    "UnknownZone",
    "Zone",
    "add_months",
    "add_working_days",
    "compute",
    "day_words",
    "days_asked",
    "days_needed",
    "depends_on_decision",
    "end_instant",
    "instead_of",
    "is_far",
    "is_listening_day",
    "is_public_holiday",
    "is_told_far",
    "is_working_day",
    "kinds_of",
    "last_ends_at",
    "load_rules",
    "load_ties",
    "moment_text",
    "moment_words",
    "next_listening_day",
    "next_working_day",
    "overseas_place_in",
    "periods_in",
    "places_like",
    "pressing_on",
    "prudent_day",
    "rule",
    "rules",
    "rules_for",
    "seat_of",
    "supposing",
    "working_days_between",
    "zone_named",
]
