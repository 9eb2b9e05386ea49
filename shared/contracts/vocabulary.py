"""The words of the trade, as values of events and commands, with what volunteers read.

One enumeration a table of the desk's vocabulary; ``label`` is French, inclusive where natural.
"""

from __future__ import annotations

from enum import StrEnum


class _Word(StrEnum):
    """A value with the French words shown to volunteers."""

    label: str

    def __new__(cls, value: str, label: str = "") -> _Word:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


class Channel(_Word):
    """Channels."""

    LETTER = "letter", "courrier"
    PHONE = "phone", "téléphone"
    EMAIL = "email", "courriel"
    WEB = "web", "formulaire web"
    API = "api", "échange partenaire"
    REFERRAL = "referral", "orientation"


class RequesterKind(_Word):
    """Requester kinds."""

    DETAINED_PERSON = "detained_person", "personne détenue"
    RETAINED_PERSON = "retained_person", "personne retenue"
    RELEASED_PERSON = "released_person", "personne sortie de prison"
    SUPERVISED_PERSON = "supervised_person", "personne suivie en milieu ouvert"
    RELATIVE = "relative", "proche"
    LAWYER = "lawyer", "avocat·e"
    CPIP = "cpip", "CPIP"
    PRISON_STAFF = "prison_staff", "agent·e pénitentiaire"
    PRISON_HEALTH_STAFF = "prison_health_staff", "soignant·e en détention"
    SOCIAL_WORKER = "social_worker", "travailleur·euse social·e"
    PRISON_JUSTICE_VOLUNTEER = "prison_justice_volunteer", "bénévole prison-justice"
    OTHER_ASSOCIATION = "other_association", "autre association"
    CHAPLAIN = "chaplain", "aumônier·e"
    CIMADE_PRISON_TEAM = "cimade_prison_team", "équipe prison de La Cimade"
    CIMADE_PERMANENCE = "cimade_permanence", "autre permanence de La Cimade"
    FELLOW_DETAINEE = "fellow_detainee", "codétenu·e"
    ADMINISTRATION = "administration", "administration"
    PRESS_OR_RESEARCH = "press_or_research", "presse, recherche"
    AUTOMATED_SENDER = "automated_sender", "expéditeur automatique"
    UNKNOWN = "unknown", "inconnu·e"


# Who writes from La Cimade itself, and who from outside: they may refer a person (R11, R5).
OUR_OWN = frozenset({RequesterKind.CIMADE_PRISON_TEAM, RequesterKind.CIMADE_PERMANENCE})
OUTSIDE = frozenset(
    {
        RequesterKind.RELATIVE,
        RequesterKind.LAWYER,
        RequesterKind.CPIP,
        RequesterKind.PRISON_STAFF,
        RequesterKind.PRISON_HEALTH_STAFF,
        RequesterKind.SOCIAL_WORKER,
        RequesterKind.PRISON_JUSTICE_VOLUNTEER,
        RequesterKind.OTHER_ASSOCIATION,
        RequesterKind.CHAPLAIN,
    }
)


class Relation(_Word):
    """Relation to the person concerned."""

    SELF = "self", "la personne elle-même"
    SPOUSE_PARTNER = "spouse_partner", "conjoint·e, concubin·e, partenaire"
    PARENT = "parent", "père, mère"
    CHILD = "child", "enfant"
    SIBLING = "sibling", "frère, sœur"
    OTHER_FAMILY = "other_family", "autre famille"
    FRIEND = "friend", "ami·e, voisin·e"
    COUNSEL = "counsel", "conseil (avocat·e)"
    PROFESSIONAL = "professional", "professionnel·le"
    VOLUNTEER = "volunteer", "bénévole"
    CO_DETAINEE = "co_detainee", "codétenu·e"
    AUTHORITY = "authority", "autorité"
    NONE = "none", "sans lien"
    NOT_STATED = "not_stated", "non précisé"


class Topic(_Word):
    """Topics."""

    OQTF = "oqtf", "OQTF"
    IRTF = "irtf", "IRTF"
    ITF = "itf", "ITF"
    EXPULSION = "expulsion", "arrêté d'expulsion"
    REMOVAL_IN_PROGRESS = "removal_in_progress", "éloignement en cours"
    RETENTION = "retention", "rétention administrative"
    HOUSE_ARREST = "house_arrest", "assignation à résidence"
    PERMIT_RENEWAL = "permit_renewal", "renouvellement de titre"
    FIRST_PERMIT = "first_permit", "première demande de titre"
    PERMIT_WITHDRAWAL_REFUSAL = "permit_withdrawal_refusal", "refus ou retrait de titre"
    ASYLUM = "asylum", "asile"
    DUBLIN = "dublin", "transfert Dublin"
    FAMILY_LIFE = "family_life", "vie familiale"
    FAMILY_REUNIFICATION = "family_reunification", "regroupement familial"
    MARRIAGE_PACS = "marriage_pacs", "mariage, PACS, reconnaissance d'enfant"
    NATIONALITY = "nationality", "nationalité"
    IDENTITY_DOCUMENTS = "identity_documents", "identité, documents"
    SENTENCE_ADJUSTMENT = "sentence_adjustment", "aménagement de peine"
    PAROLE_EXPULSION = "parole_expulsion", "libération conditionnelle-expulsion"
    RELEASE_PREPARATION = "release_preparation", "préparation à la sortie"
    INTERNATIONAL_TRANSFER = "international_transfer", "transfèrement"
    EXTRADITION = "extradition", "extradition, mandat d'arrêt européen"
    HEALTH_FOREIGNER = "health_foreigner", "étranger·e malade"
    PRISON_HEALTHCARE = "prison_healthcare", "soins en détention"
    DETENTION_CONDITIONS = "detention_conditions", "conditions de détention"
    DISCIPLINE = "discipline", "discipline, isolement"
    PRISON_TRANSFER = "prison_transfer", "changement d'établissement"
    VISIT_PERMIT = "visit_permit", "permis de visite, parloir"
    WORK_TRAINING = "work_training", "travail, formation"
    SOCIAL_RIGHTS = "social_rights", "droits sociaux"
    CRIMINAL_DEFENCE = "criminal_defence", "défense pénale"
    LEGAL_AID = "legal_aid", "aide juridictionnelle, avocat·e"
    TRAFFICKING_VIOLENCE = "trafficking_violence", "traite, violences"
    TRAINING_REQUEST = "training_request", "formation"
    OTHER = "other", "autre"


class Urgency(_Word):
    """Urgency."""

    CRITICAL = "critical", "critique (tout de suite)"
    HIGH = "high", "urgente (10 jours)"
    NORMAL = "normal", "normale"
    LOW = "low", "sans urgence"


URGENCY_LEVELS = (Urgency.LOW, Urgency.NORMAL, Urgency.HIGH, Urgency.CRITICAL)


def above(one: Urgency, other: Urgency) -> bool:
    """Whether ``one`` is more urgent than ``other``."""
    return URGENCY_LEVELS.index(one) > URGENCY_LEVELS.index(other)


def higher(one: Urgency, other: Urgency) -> Urgency:
    """The more urgent of two."""
    return max(one, other, key=URGENCY_LEVELS.index)


def raised(urgency: Urgency) -> Urgency:
    """One level up; critical stays."""
    return URGENCY_LEVELS[min(URGENCY_LEVELS.index(urgency) + 1, len(URGENCY_LEVELS) - 1)]


class SpecialSituation(_Word):
    """Special situations."""

    RETENTION = "retention", "personne en rétention"
    MINOR = "minor", "mineur·e ou minorité contestée"
    SUICIDE_RISK = "suicide_risk", "risque suicidaire"
    VIOLENCE_OR_THREAT = "violence_or_threat", "violences, menaces"
    NO_MAIL_TO_PRISON = "no_mail_to_prison", "pas de courrier en détention"
    CANNOT_READ = "cannot_read", "ne lit pas ou n'écrit pas"
    ISOLATION = "isolation", "isolement, quartier disciplinaire, QLCO"
    HOSPITALISED = "hospitalised", "hospitalisation (UHSI, UHSA, hôpital)"
    SERIOUS_ILLNESS = "serious_illness", "maladie grave"
    PREGNANT_OR_WITH_CHILD = "pregnant_or_with_child", "enceinte ou avec enfant"
    DISABILITY_OR_GUARDIANSHIP = "disability_or_guardianship", "handicap, mesure de protection"
    TRAFFICKING_VICTIM = "trafficking_victim", "victime de traite"
    COMPLAINT_ABOUT_TEAM = "complaint_about_team", "réclamation sur l'équipe"
    CONFLICT_OF_INTEREST = "conflict_of_interest", "conflit d'intérêts"
    CO_ACCUSED_AT_SAME_PLACE = "co_accused_at_same_place", "coaccusé·e suivi·e par la même équipe"
    HIGH_PROFILE = "high_profile", "affaire médiatisée"


class RoutingReason(_Word):
    """Routing reasons."""

    TEAM_PRESENT = "team_present", "équipe présente"
    URGENT = "urgent", "urgence"
    SPECIAL_SITUATION = "special_situation", "situation particulière"
    OUTSIDE_SOLICITATION = "outside_solicitation", "sollicitation extérieure"
    PHONE_LINE = "phone_line", "appel sur la ligne"
    REFERRAL_FOLLOW_UP = "referral_follow_up", "renvoi pour suivi"
    NO_TEAM = "no_team", "pas d'équipe sur place"
    TEAM_SUSPENDED = "team_suspended", "équipe suspendue ou fermée"
    NO_VOLUNTEER_AVAILABLE = "no_volunteer_available", "aucun·e bénévole disponible dans l'équipe"
    IN_RETENTION = "in_retention", "personne en rétention"
    RELEASED = "released", "personne libérée"
    OUTSIDE_WALLS = "outside_walls", "milieu ouvert"
    PLACE_UNCLEAR = "place_unclear", "lieu incertain"
    HANDOVER = "handover", "passation"
    REMINDER = "reminder", "relance d'une demande"
    AUTHORITY_REQUEST = "authority_request", "demande d'une autorité ou de la presse"
    MINOR = "minor", "mineur·e"
    DANGER = "danger", "danger pour une personne"
    DUPLICATE = "duplicate", "doublon"
    AUTOMATIC_MESSAGE = "automatic_message", "message automatique"
    REASSIGNED_BY_HAND = "reassigned_by_hand", "réattribution manuelle"


class RequestState(_Word):
    """Where a request is."""

    RECEIVED = "received", "reçue"
    NEEDS_REVIEW = "needs_review", "à vérifier"
    NORMALISED = "normalised", "enregistrée"
    ASSIGNED = "assigned", "attribuée"
    IN_PROGRESS = "in_progress", "en cours"
    WAITING = "waiting", "en attente"
    ANSWERED = "answered", "répondue"
    CLOSED = "closed", "close"
    DUPLICATE = "duplicate", "doublon"


class AssignmentState(_Word):
    """Where an assignment is."""

    PROPOSED = "proposed", "proposée"
    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "refusée"
    REASSIGNED = "reassigned", "réattribuée"
    WITHDRAWN = "withdrawn", "retirée"
    CLOSED = "closed", "close"


class CaseState(_Word):
    """Where a case is."""

    REFERRAL_RECEIVED = "referral_received", "orientation reçue"
    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "refusée"
    OPEN = "open", "ouvert"
    SUSPENDED = "suspended", "suspendu"
    CLOSED = "closed", "clos"
    REOPENED = "reopened", "rouvert"


class AppointmentState(_Word):
    """Where an appointment is."""

    OFFERED = "offered", "proposé"
    CONFIRMED = "confirmed", "confirmé"
    RESCHEDULED = "rescheduled", "reporté"
    CANCELLED = "cancelled", "annulé"
    ATTENDED = "attended", "honoré"
    MISSED = "missed", "manqué"


class DeadlineKind(_Word):
    """What must be done by a deadline, or happens then."""

    ANSWER_DUE = "answer_due", "réponse promise"
    OQTF_APPEAL = "oqtf_appeal", "recours contre une OQTF"
    EXPULSION_APPEAL = "expulsion_appeal", "recours contre un arrêté d'expulsion"
    REFUSAL_APPEAL = "refusal_appeal", "recours contre un refus de séjour"
    RETENTION_APPEAL = "retention_appeal", "contestation du placement en rétention"
    HOUSE_ARREST_APPEAL = "house_arrest_appeal", "recours contre une assignation à résidence"
    DUBLIN_APPEAL = "dublin_appeal", "recours contre un transfert Dublin"
    CRIMINAL_APPEAL = "criminal_appeal", "appel d'un jugement (dont ITF)"
    JAP_APPEAL = "jap_appeal", "appel d'une décision du JAP"
    OFPRA_FILING = "ofpra_filing", "dépôt à l'OFPRA"
    CNDA_APPEAL = "cnda_appeal", "recours CNDA"
    LEGAL_AID_REQUEST = "legal_aid_request", "demande d'aide juridictionnelle"
    PERMIT_EXPIRY = "permit_expiry", "fin de validité du titre"
    RELEASE_DATE = "release_date", "date de sortie"
    HEARING = "hearing", "audience, commission"
    REMOVAL_DATE = "removal_date", "départ prévu"
    DOCUMENT_DUE = "document_due", "pièce à fournir"
    CALLBACK = "callback", "rappel téléphonique"


class DeadlineState(_Word):
    """Where a deadline is."""

    CANDIDATE = "candidate", "à confirmer"
    RUNNING = "running", "en cours"
    MET = "met", "tenue"
    MISSED = "missed", "dépassée"
    DROPPED = "dropped", "sans objet"


class AlertState(_Word):
    """Where an alert is."""

    PLANNED = "planned", "prévue"
    SENT = "sent", "envoyée"
    DELIVERY_FAILED = "delivery_failed", "échec d'envoi"
    ACKNOWLEDGED = "acknowledged", "vue"
    REPEATED = "repeated", "relancée"
    ESCALATED = "escalated", "remontée à la coordination"
    CANCELLED = "cancelled", "annulée"


class TeamState(_Word):
    """Whether a prison team works."""

    ACTIVE = "active", "active"
    SUSPENDED = "suspended", "suspendue"
    CLOSED = "closed", "fermée"


class Role(_Word):
    """What a volunteer or employee is in the association."""

    VOLUNTEER = "volunteer", "bénévole"
    TEAM_LEAD = "team_lead", "référent·e d'équipe"
    COORDINATION = "coordination", "coordination"
    STAFF = "staff", "salarié·e"
    ADMIN = "admin", "administrateur·rice"


class Outcome(_Word):
    """How a request or a case ended."""

    ANSWERED_INFORMATION = "answered_information", "information donnée"
    ANSWERED_LEGAL_ADVICE = "answered_legal_advice", "conseil juridique donné"
    HANDED_TO_TEAM = "handed_to_team", "transmis à l'équipe"
    STEP_STARTED = "step_started", "démarche engagée"
    APPOINTMENT_GIVEN = "appointment_given", "rendez-vous donné"
    CASE_OPENED = "case_opened", "suivi ouvert"
    LAWYER_FOUND = "lawyer_found", "avocat·e trouvé·e"
    ORIENTED_ELSEWHERE = "oriented_elsewhere", "orienté·e ailleurs"
    RIGHT_OBTAINED = "right_obtained", "droit obtenu"
    RIGHT_REFUSED = "right_refused", "refus définitif"
    REMOVED_FROM_FRANCE = "removed_from_france", "éloigné·e"
    UNREACHABLE = "unreachable", "injoignable"
    WITHDRAWN_BY_PERSON = "withdrawn_by_person", "renoncement de la personne"
    DISCLOSURE_DECLINED = "disclosure_declined", "information non communicable"
    DUPLICATE = "duplicate", "doublon"
    NOT_A_REQUEST = "not_a_request", "sans objet"
    DECEASED = "deceased", "décès"


class Language(_Word):
    """Languages."""

    FR = "fr", "français"
    RO = "ro", "roumain"
    EN = "en", "anglais"
    SQ = "sq", "albanais"
    AR = "ar", "arabe (dont dialectes écrits)"
    KA = "ka", "géorgien"
    ES = "es", "espagnol"
    TR = "tr", "turc"
    PT = "pt", "portugais"
    ZH = "zh", "chinois"
    RU = "ru", "russe"
    BN = "bn", "bengali"
    IT = "it", "italien"
    UR = "ur", "ourdou"
    NL = "nl", "néerlandais, surinamais"
    PS = "ps", "pachto"
    PL = "pl", "polonais"
    FA = "fa", "persan, dari"
    SR = "sr", "serbe, croate, bosnien"
    TA = "ta", "tamoul"
    FF = "ff", "peul"
    WO = "wo", "wolof"
    BM = "bm", "bambara"
    SO = "so", "somali"
    HT = "ht", "créole haïtien"
    SRN = "srn", "sranan tongo"
    UND = "und", "non reconnue"
    MUL = "mul", "plusieurs langues"


class JudicialStatus(_Word):
    """Situation of the person."""

    AWAITING_TRIAL = "awaiting_trial", "prévenu·e"
    SENTENCED = "sentenced", "condamné·e"
    RETAINED = "retained", "retenu·e"
    RELEASED = "released", "sorti·e"
    ELECTRONIC_TAG = "electronic_tag", "DDSE (bracelet électronique)"
    DAY_RELEASE = "day_release", "semi-liberté"
    OUTSIDE_PLACEMENT = "outside_placement", "placement extérieur"
    PAROLE = "parole", "libération conditionnelle"
    JUDICIAL_SUPERVISION = "judicial_supervision", "contrôle judiciaire"
    HOME_ARREST_TAG = "home_arrest_tag", "ARSE"
    PROBATION = "probation", "sursis probatoire"
    COMMUNITY_SERVICE = "community_service", "TIG"
    TEMPORARY_LEAVE = "temporary_leave", "permission de sortir"


class ReplyPreference(_Word):
    """How, or how not, a person may be answered."""

    LETTER = "letter", "courrier"
    EMAIL = "email", "courriel"
    PHONE = "phone", "téléphone"
    TEAM_VISIT = "team_visit", "visite de l'équipe"
    VIA_LAWYER = "via_lawyer", "par l'avocat·e"
    NO_MAIL_TO_PRISON = "no_mail_to_prison", "pas de courrier en détention"
    HOLD_UNTIL_RELEASE = "hold_until_release", "garder jusqu'à la sortie"


class ConsentState(_Word):
    """Whether the person concerned agreed to what is told of them."""

    CANDIDATE = "candidate", "accord à vérifier"
    RECORDED = "recorded", "accord enregistré"
    WITHDRAWN = "withdrawn", "retiré"
    EXPIRED = "expired", "expiré"


class LinkKind(_Word):
    """What a request is to an earlier one."""

    DUPLICATE_OF = "duplicate_of", "doublon de"
    REMINDER_OF = "reminder_of", "relance de"
    REPLY_TO = "reply_to", "réponse à"
    SAME_PERSON = "same_person", "même personne"
    SAME_MATTER = "same_matter", "même affaire"


class StepKind(_Word):
    """Steps in a case."""

    FILE_PERMIT_APPLICATION = (
        "file_permit_application",
        "déposer une demande de titre (ANEF, guichet, courrier)",
    )
    GATHER_DOCUMENTS = "gather_documents", "réunir des pièces"
    GET_DOMICILIATION = "get_domiciliation", "obtenir une domiciliation"
    GET_IDENTITY_DOCUMENT = "get_identity_document", "obtenir un document d'identité"
    FILE_APPEAL = "file_appeal", "former un recours"
    REQUEST_LEGAL_AID = "request_legal_aid", "demander l'aide juridictionnelle"
    FIND_LAWYER = "find_lawyer", "trouver un·e avocat·e"
    REQUEST_ITF_RELIEF = "request_itf_relief", "demander le relèvement d'une ITF"
    REQUEST_EXPULSION_ABROGATION = (
        "request_expulsion_abrogation",
        "demander l'abrogation d'un arrêté d'expulsion",
    )
    WRITE_TO_AUTHORITY = "write_to_authority", "écrire à une administration"
    ACCOMPANY = "accompany", "accompagner à un rendez-vous"
    ORIENT_ELSEWHERE = "orient_elsewhere", "orienter vers un autre service"


class StepState(_Word):
    """Where a step of a case is."""

    PLANNED = "planned", "à faire"
    COMPLETED = "completed", "faite"
    DROPPED = "dropped", "abandonnée"
