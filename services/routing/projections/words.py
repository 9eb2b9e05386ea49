"""Values of the vocabulary by the text that the tables hold."""

from __future__ import annotations

from shared.contracts.vocabulary import AssignmentState, Role, RoutingReason, TeamState, Urgency

STATES = {one.value: one for one in AssignmentState}
REASONS = {one.value: one for one in RoutingReason}
URGENCIES = {one.value: one for one in Urgency}
TEAM_STATES = {one.value: one for one in TeamState}
ROLES = {one.value: one for one in Role}
