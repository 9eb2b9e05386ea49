"""What an alert says, in French: a reference, a date, what is asked. Never a name nor a matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.notifications.domain.ladder import Policy
from shared.clock import PARIS
from shared.contracts.notifications.events import AlertPlanned
from shared.contracts.vocabulary import Urgency
from shared.french import DAYS, MONTHS, capital, numbered


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One alert in words. ``late`` is None when it leaves in time, ``why`` tells why it comes."""

    subject: str
    headline: str
    asked: str
    why: str | None
    late: str | None
    critical: bool


def words_for(alert: AlertPlanned, now: datetime, policy: Policy) -> Words:
    """The alert as it reads when it leaves at ``now``."""
    headline, asked = _BY_KIND[alert.kind](alert, now)
    critical = alert.urgency is Urgency.CRITICAL
    return Words(
        subject=_prefix(alert) + headline,
        headline=headline,
        asked=asked,
        why=_why(alert),
        late=_late(alert, now, policy),
        critical=critical,
    )


def french_day(day: date) -> str:
    """« jeudi 12 novembre », « dimanche 1er mars »."""
    return f"{DAYS[day.weekday()]} {numbered(day)} {MONTHS[day.month - 1]}"


def french_instant(instant: datetime) -> str:
    """« jeudi 12 novembre à 9 h 05 », on the desk's wall clock."""
    local = instant.astimezone(PARIS)
    minutes = f" {local.minute:02}" if local.minute else ""
    return f"{french_day(local.date())} à {local.hour} h{minutes}"


def french_span(span: timedelta) -> str:
    """« 3 jours », « 5 heures », « 20 minutes »: the largest unit that fits, rounded down."""
    minutes = max(1, int(span.total_seconds() // 60))
    for unit, size in (("jour", 24 * 60), ("heure", 60)):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def _prefix(alert: AlertPlanned) -> str:
    if alert.escalated and alert.step:
        return "Coordination – sans réaction : "
    if alert.step:
        return "Relance : "
    return ""


def _why(alert: AlertPlanned) -> str | None:
    if alert.escalated and alert.step:
        return "Personne n’a encore signalé avoir vu cette alerte : elle remonte à la coordination."
    if alert.step:
        return "Personne n’a encore signalé avoir vu cette alerte : elle vous est renvoyée."
    return None


def _late(alert: AlertPlanned, now: datetime, policy: Policy) -> str | None:
    critical = alert.urgency is Urgency.CRITICAL
    allowed = policy.late_minutes_critical if critical else policy.late_minutes
    late = now - alert.due_at
    if late <= timedelta(minutes=allowed):
        return None
    return (
        f"Ce message part en retard de {french_span(late)} : il était prévu "
        f"le {french_instant(alert.due_at)}. L’envoi a été interrompu."
    )


def _assignment(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    about = alert.about
    if alert.stage == "alarm":
        return (
            f"URGENT – {about} : à regarder tout de suite",
            "Cette demande est signalée comme critique. Merci de l’ouvrir dès maintenant et de "
            "dire que vous l’avez vue. C’est une personne, jamais le logiciel, qui décide de ce "
            "qui doit être fait et de qui doit être prévenu.",
        )
    due = date.fromisoformat(alert.term) if alert.term else None
    if alert.stage == "overdue" and due:
        return (
            f"{capital(about)} : la réponse était promise pour le {french_day(due)}",
            "Le délai promis est passé. Pouvez-vous voir avec l’équipe où en est la réponse ?",
        )
    if alert.stage == "reminder" and due:
        return (
            f"Rappel – {about} : réponse promise pour le {french_day(due)}{_in_days(due, now)}",
            "Si la réponse est partie, il suffit de la noter et de clore la demande.",
        )
    until = f" La réponse est promise pour le {french_day(due)}." if due else ""
    return (
        f"Une demande vous est confiée : {about}",
        f"Merci de l’ouvrir et de dire si vous pouvez la prendre.{until}",
    )


def _deadline(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    about = alert.about
    check = "Ouvrez l’échéance : ses deux dates, sa règle et ses réserves y sont expliquées."
    if alert.stage == "missed":
        return (
            f"{capital(about)} : une échéance est dépassée",
            "Une échéance passée ne ferme pas la demande : il reste peut-être une autre voie. "
            "Merci de regarder ce qui peut encore être fait.",
        )
    if alert.term is None or alert.term_at is None:
        return (
            f"URGENT – {about} : un délai court peut-être déjà",
            "La date de départ n’est pas connue : par prudence, le délai est tenu pour commencé. "
            "Merci de chercher cette date et de la noter.",
        )
    if now > alert.term_at:
        return (
            f"{capital(about)} : la date prudente du {_term(alert)} est passée, la date limite "
            "peut-être pas : agir tout de suite",
            "Si l’acte n’est pas fait, il peut encore l’être jusqu’à la date limite. S’il a été "
            "fait, merci de le noter. " + check,
        )
    if "T" in alert.term and alert.term_at - now < timedelta(days=2):
        left = french_span(alert.term_at - now)
        return (
            f"{capital(about)} : échéance dans {left}, le {_term(alert)}",
            "Cette date est la date prudente : n’attendez pas au-delà. " + check,
        )
    day = date.fromisoformat(alert.term[:10])
    return (
        f"{capital(about)} : échéance le {_term(alert)}{_in_days(day, now)}",
        "Cette date est la date prudente : n’attendez pas au-delà. " + check,
    )


def _information(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    return (
        f"Pour information : {alert.about}",
        "La permanence s’occupe de cette demande ; rien ne vous est demandé pour l’instant.",
    )


def _referral(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    return (
        f"Une orientation attend votre décision : {alert.about}",
        "Merci de l’accepter, ou de la refuser avec un motif et une orientation. L’équipe qui l’a "
        "envoyée en sera prévenue ; si elle vient d’ailleurs, c’est à vous de prévenir.",
    )


def _referral_accepted(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    return (
        f"Votre orientation est acceptée : {alert.about}",
        "La permanence prend le suivi ; rien ne vous est demandé pour l’instant.",
    )


def _referral_refused(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    return (
        f"Votre orientation n’est pas retenue : {alert.about}",
        "La permanence ne prend pas ce suivi. Elle a noté pourquoi, et vers qui orienter la "
        "personne : demandez-le-lui si vous ne pouvez pas ouvrir le suivi.",
    )


def _step(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    day = date.fromisoformat(alert.term) if alert.term else None
    when = f", prévue le {french_day(day)}{_in_days(day, now)}" if day else ""
    return (
        f"{capital(alert.about)} : une démarche à faire{when}",
        "Quand elle est faite, ou si elle n’a plus d’objet, notez-le dans le suivi.",
    )


def _appointment(alert: AlertPlanned, now: datetime) -> tuple[str, str]:
    when = f" le {french_instant(alert.term_at)}" if alert.term_at else ""
    return (
        f"{capital(alert.about)} : rendez-vous{when}",
        "Pensez à vérifier qu’il est bien confirmé.",
    )


def _term(alert: AlertPlanned) -> str:
    """The prudent date in its own local words."""
    if alert.term is None:
        return ""
    day = french_day(date.fromisoformat(alert.term[:10]))
    if "T" not in alert.term:
        return day
    hour, minute = alert.term[11:16].split(":")
    return f"{day} à {int(hour)} h{f' {minute}' if minute != '00' else ''} (heure locale)"


def _in_days(day: date, now: datetime) -> str:
    left = (day - now.astimezone(PARIS).date()).days
    if left < 0:
        return ""
    return {0: " (aujourd’hui)", 1: " (demain)"}.get(left, f" (dans {left} jours)")


_BY_KIND = {
    "assignment": _assignment,
    "deadline": _deadline,
    "information": _information,
    "referral": _referral,
    "referral_accepted": _referral_accepted,
    "referral_refused": _referral_refused,
    "step": _step,
    "appointment": _appointment,
}
