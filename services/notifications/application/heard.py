"""The events that notifications hears, by what they concern; others move the checkpoint only."""

from __future__ import annotations

from typing import get_args

from shared.contracts.followup import events as followup
from shared.contracts.routing import events as routing

VolunteerEvent = (
    routing.VolunteerRegistered
    | routing.VolunteerAbsenceRecorded
    | routing.VolunteerReturned
    | routing.VolunteerLeft
)
AssignmentEvent = (
    routing.RequestAssigned
    | routing.RequestReassigned
    | routing.AssignmentEscalated
    | routing.AssignmentReopened
    | routing.AssignmentImported
    | routing.AssignmentUrgencyChanged
    | routing.DecisionRevised
    | routing.TeamInformed
    | routing.AssignmentAccepted
    | routing.AssignmentRefused
    | routing.AssignmentWithdrawn
    | routing.AssignmentClosed
)
DeadlineEvent = (
    followup.DeadlineProposed
    | followup.DeadlineSet
    | followup.DeadlineCorrected
    | followup.DeadlineMissed
    | followup.DeadlineMet
    | followup.DeadlineDropped
)
OF_ASSIGNMENTS = get_args(AssignmentEvent)
OF_DEADLINES = get_args(DeadlineEvent)
_OF_CASES = (
    followup.ReferralReceived,
    followup.ReferralReconsidered,
    followup.ReferralAccepted,
    followup.ReferralRefused,
    followup.StepPlanned,
    followup.StepCompleted,
    followup.StepDropped,
    followup.AppointmentOffered,
    followup.AppointmentRescheduled,
    followup.AppointmentCancelled,
    followup.AppointmentAttended,
    followup.AppointmentMissed,
    followup.CaseClosed,
    followup.CaseReopened,
)
ROUTING_HEARD = (*OF_ASSIGNMENTS, *get_args(VolunteerEvent))
FOLLOWUP_HEARD = (*OF_DEADLINES, *_OF_CASES)
