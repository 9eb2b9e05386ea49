"""The sentences that volunteers read for a decision: French, and nothing about the person."""

from __future__ import annotations

from shared.contracts.vocabulary import RoutingReason

_SENTENCES: dict[tuple[str, RoutingReason], str] = {
    ("R2", RoutingReason.PLACE_UNCLEAR): (
        "Le lieu, l'auteur·e ou le texte n'a pas pu être établi : "
        "la permanence lit la demande et la complète."
    ),
    ("R3", RoutingReason.TEAM_PRESENT): (
        "Une équipe intervient dans l'établissement d'où la personne écrit : elle répond."
    ),
    ("R4", RoutingReason.URGENT): (
        "La demande est urgente : la permanence la prend, l'équipe sur place est informée."
    ),
    ("R4", RoutingReason.SPECIAL_SITUATION): (
        "Situation particulière : la permanence la prend, même si une équipe est sur place."
    ),
    ("R5", RoutingReason.OUTSIDE_SOLICITATION): (
        "La demande vient de l'extérieur (proche, avocat·e, professionnel·le, association) : "
        "la permanence répond."
    ),
    ("R6", RoutingReason.OUTSIDE_SOLICITATION): (
        "Question d'une équipe ou d'une permanence de La Cimade : la permanence l'appuie."
    ),
    ("R7", RoutingReason.NO_TEAM): (
        "Aucune équipe n'intervient dans cet établissement : la permanence répond."
    ),
    ("R8", RoutingReason.PHONE_LINE): (
        "Appel d'une personne détenue sur la ligne : la permanence répond "
        "et peut demander une visite à l'équipe."
    ),
    ("R11", RoutingReason.REFERRAL_FOLLOW_UP): (
        "Orientation autour d'une sortie : la permanence accepte ou refuse le suivi "
        "et le dit à qui oriente."
    ),
    ("R12", RoutingReason.PLACE_UNCLEAR): (
        "Plusieurs lieux sont possibles ou se contredisent : la permanence vérifie."
    ),
    ("R12", RoutingReason.HANDOVER): (
        "La personne a changé d'établissement : le travail en cours passe à qui répond désormais."
    ),
    ("R13", RoutingReason.TEAM_SUSPENDED): (
        "L'équipe de cet établissement est suspendue ou fermée : la permanence répond."
    ),
    ("R14", RoutingReason.NO_VOLUNTEER_AVAILABLE): (
        "Aucun·e bénévole de l'équipe n'est disponible à temps : la permanence répond."
    ),
    ("R15", RoutingReason.IN_RETENTION): (
        "Personne en rétention ou en zone d'attente : la permanence agit tout de suite."
    ),
    ("R16", RoutingReason.RELEASED): (
        "La personne est sortie de prison : la permanence la suit, "
        "aucun courrier ne part à l'établissement."
    ),
    ("R17", RoutingReason.OUTSIDE_WALLS): (
        "La personne est suivie hors les murs : la permanence répond, pas une équipe prison."
    ),
    ("R18", RoutingReason.HANDOVER): (
        "La demande n'a pas été prise : elle est proposée ailleurs pour ne pas rester sans réponse."
    ),
    ("R19", RoutingReason.PLACE_UNCLEAR): (
        "Ni nom ni numéro : la permanence garde la lettre jusqu'à ce que quelqu'un "
        "identifie la personne."
    ),
    ("R21", RoutingReason.DUPLICATE): (
        "Ce courrier semble déjà reçu : il rejoint la première demande, à confirmer."
    ),
    ("R22", RoutingReason.REMINDER): (
        "Relance d'une demande : elle va à qui tient la première, à la même échéance."
    ),
    ("R23", RoutingReason.MINOR): (
        "Personne mineure ou dont l'âge est contesté : vue par la permanence le jour même."
    ),
    ("R29", RoutingReason.AUTHORITY_REQUEST): (
        "Demande d'une autorité ou de la presse : la coordination décide, rien n'est communiqué."
    ),
    ("R31", RoutingReason.SPECIAL_SITUATION): (
        "La personne ne veut pas de courrier en détention : la permanence cherche une autre voie."
    ),
    ("R32", RoutingReason.AUTOMATIC_MESSAGE): (
        "Message automatique : conservé, sans réponse ni alerte."
    ),
    ("R35", RoutingReason.SPECIAL_SITUATION): (
        "La personne ne lit pas ou n'écrit pas elle-même : visite ou téléphone plutôt qu'un "
        "courrier."
    ),
    ("R36", RoutingReason.DANGER): (
        "Danger pour la personne : la permanence est alertée tout de suite."
    ),
    ("R37", RoutingReason.DANGER): (
        "Violences ou menaces : la permanence est alertée tout de suite."
    ),
    ("R45", RoutingReason.HANDOVER): (
        "La demande est rouverte et l'équipe n'intervient plus : la permanence la reprend."
    ),
}


def sentence(rule: str, reason: RoutingReason) -> str:
    """Why, in a sentence, for a rule with its reason. Raises KeyError for a pair nobody wrote."""
    return _SENTENCES[rule, reason]


def is_sentence(text: str | None, rule: str | None, reason: RoutingReason | None) -> bool:
    """Whether ``text`` is what volunteers read for that rule with that reason."""
    return rule is not None and reason is not None and _SENTENCES.get((rule, reason)) == text


def by_hand(words: str) -> str:
    """The sentence of a reassignment by a person, in that person's ``words``."""
    return f"Réattribution manuelle : {words.strip()}"
