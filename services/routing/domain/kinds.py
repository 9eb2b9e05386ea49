"""Which requester kinds and situations the rules speak of: definitions, not policy."""

from __future__ import annotations

from shared.contracts.vocabulary import OUR_OWN as OUR_OWN
from shared.contracts.vocabulary import OUTSIDE as OUTSIDE
from shared.contracts.vocabulary import JudicialStatus, RequesterKind, Topic, Urgency

INSIDE = frozenset({RequesterKind.DETAINED_PERSON, RequesterKind.FELLOW_DETAINEE})
AUTHORITIES = frozenset({RequesterKind.ADMINISTRATION, RequesterKind.PRESS_OR_RESEARCH})

# What may be told to each of them (mission, section 4).
DISCLOSURE_RULE = {
    RequesterKind.RELATIVE: "R24",
    RequesterKind.LAWYER: "R25",
    RequesterKind.CPIP: "R26",
    RequesterKind.PRISON_STAFF: "R26",
    RequesterKind.PRISON_HEALTH_STAFF: "R26",
    RequesterKind.SOCIAL_WORKER: "R27",
    RequesterKind.PRISON_JUSTICE_VOLUNTEER: "R27",
    RequesterKind.OTHER_ASSOCIATION: "R27",
    RequesterKind.CHAPLAIN: "R27",
    RequesterKind.CIMADE_PRISON_TEAM: "R28",
    RequesterKind.CIMADE_PERMANENCE: "R28",
}

OUTSIDE_WALLS = frozenset(
    {
        JudicialStatus.ELECTRONIC_TAG,
        JudicialStatus.DAY_RELEASE,
        JudicialStatus.OUTSIDE_PLACEMENT,
        JudicialStatus.PAROLE,
        JudicialStatus.JUDICIAL_SUPERVISION,
        JudicialStatus.HOME_ARREST_TAG,
        JudicialStatus.PROBATION,
        JudicialStatus.COMMUNITY_SERVICE,
    }
)

# Not for a letter that others may read (R30).
CONFIDENTIAL_TOPICS = frozenset(
    {Topic.ASYLUM, Topic.TRAFFICKING_VIOLENCE, Topic.HEALTH_FOREIGNER, Topic.PRISON_HEALTHCARE}
)

URGENT = frozenset({Urgency.CRITICAL, Urgency.HIGH})
