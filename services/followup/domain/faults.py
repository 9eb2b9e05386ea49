"""What is wrong with a case or deadline and needs a person: a list, not a state."""

from __future__ import annotations

from enum import StrEnum

REFERRAL_WORKING_DAYS = 2  # after so many a referral should have been decided (R11, as R18)


class FaultKind(StrEnum):
    """Kinds of faults, with what volunteers read."""

    NO_NEXT_ACTION = "no_next_action"
    REFERRAL_WAITING = "referral_waiting"
    STEP_OVERDUE = "step_overdue"
    APPOINTMENT_UNRECORDED = "appointment_unrecorded"
    DEADLINE_MISSED = "deadline_missed"
    DEADLINE_REACHED = "deadline_reached"
    CLOCK_UNKNOWN = "clock_unknown"
    CLOSED_WITH_DEADLINE = "closed_with_deadline"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    FaultKind.NO_NEXT_ACTION: "Suivi ouvert sans prochaine étape, rendez-vous ni échéance",
    FaultKind.REFERRAL_WAITING: "Orientation sans décision depuis plus de deux jours ouvrés",
    FaultKind.STEP_OVERDUE: "Démarche en retard",
    FaultKind.APPOINTMENT_UNRECORDED: "Rendez-vous passé : présence ou absence à noter",
    FaultKind.DEADLINE_MISSED: "Échéance dépassée : chercher une autre voie",
    FaultKind.DEADLINE_REACHED: "Date atteinte : décider de la suite",
    FaultKind.CLOCK_UNKNOWN: "Délai dont la date est inconnue, tenu pour en cours",
    FaultKind.CLOSED_WITH_DEADLINE: "Suivi clos avec une échéance encore en cours",
}
