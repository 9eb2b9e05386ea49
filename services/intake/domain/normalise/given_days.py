"""Days given as such, with no clock to count: an expiry, a hearing, a release, a call back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from services.intake.domain.normalise.found_model import Found, Scene
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.spared import told_of_another as spared_by
from services.intake.domain.normalise.text import Folded
from shared.contracts.intake.facts import FoundDeadline
from shared.contracts.vocabulary import DeadlineKind
from shared.deadlines import next_listening_day

_TRIGGER = {
    DeadlineKind.PERMIT_EXPIRY: "date on the card",
    DeadlineKind.RELEASE_DATE: "registry",
    DeadlineKind.HEARING: "summons",
    DeadlineKind.REMOVAL_DATE: "escort",
    DeadlineKind.DOCUMENT_DUE: "request of the authority",
    DeadlineKind.CALLBACK: "voicemail",
}
_DAYS = {
    "expiry": DeadlineKind.PERMIT_EXPIRY,
    "release": DeadlineKind.RELEASE_DATE,
    "hearing": DeadlineKind.HEARING,
    "removal": DeadlineKind.REMOVAL_DATE,
    "document": DeadlineKind.DOCUMENT_DUE,
}
# Out of a ward, a cell or for a day: no end of the sentence.
_NO_RELEASE = re.compile(
    r"\bsor\w* (?:de |du |d |au |a |en )(?:l |la |le )?(?:qd|qi|mitard|cachot|hopital|uhsi|uhsa|smpr|isolement|"
    r"quartier|disciplinaire|college|lycee|universite|creche|maternite|garde a vue|cel+ule|clinique|sport|promenade|bloc|coma|cours|ecole)\b|"
    r"\bsortie?s? (?:scolaire|de classe|cinema|cine|en salle|en mer|piscine|en librairie|du (?:film|jeu|livre|disque)|d[eu] l (?:album|ecole))|"
    r"\b(?:fini|finis|finit|termine)\b[^.]{0,40}\b(?:formation|stages?|cours|contrat|ecole|cap|lecture|livre|traitement|ramadan|examens?|etudes|travail)\b|"
    r"\bliber\w* (?:de|d|du) (?:ses|mes|son|mon|la|l|leurs?|toute?s?) ?(?:examens?|cours|ecole|obligations?|travail|hopital|service|contrat|bail)\b|"
    r"\ben perm(?:ission)?\b|\bpermission de sor|\b(?:leave|come out of) (?:the )?(?:hospital|hole|isolation)"
)


# What comes out of which one speaks: a film, a game, a class.
_SHOWN = re.compile(
    r"\b(?:films?|cine|cinema|movie|pelicula|filme|album|canal interne|(?:a|sur) (?:la tele|netflix|l affiche|les ecrans)|"
    r"(?:nouveau|nouvel+e) (?:jeu|disque|livre|clip|single|saison|telephone|maillot)|(?:livre|disque|clip|jeu|roman|magazine|journal)\b[^.!?]{0,30}\bsort|"
    r"jeux? video|console|playstation|zoo|maitresse|scolaire|piscine|colonie|school trip)\b"
)


def _around(moment: Moment, text: str) -> tuple[int, int]:
    return max(moment.sentence[0], moment.start - 24), min(moment.mention.end + 40, len(text))


# A release of today that did not come.
_FAILED = re.compile(
    r"\b(?:devai[st]|aurait du|was (?:supposed|meant|going)|should have|tenia que|debia|iba a|devia|ia|doveva|trebuia|"
    r"должен был|duhej|ought to have)\b[^.]{0,40}$"
)
# Who travels for pleasure, what is sent, and a departure that did not come to be.
_NO_REMOVAL = re.compile(
    r"\b(?:en perm(?:ission)?|permission de sortir|vacances|conges|holidays?|vacaciones|ferias|vacanza|vacanze|vacanta|tatil\w*|отпуск\w*|pushime\w*|عطلة|"
    r"(?:avocate?|conseil|cpip|medecin|docteur|directeur|aumonier|lawyer|doctor|abogad[oa]|advogad[oa]) (?:\w+ )?(?:prend|pren|part|s envole|s absente|flies|sera absente?|viaja)\w*|"
    r"en transfert (?:a|au) |part\w*\b[^.!?\n]{0,24} (?:dans|pour|vers|a|au) (?:un |le )?(?:autre )?(?:centre|cra)|scanner|rendez vous medical|imprimerie|printers|imprenta|bouclage|colis|parcel|paquete|encomenda|pacco|voulait|voulaient|wanted to|tried to|quiso|quisieron)\b"
)
# Out of a home, a school or a team: no departure from France.
_EVICTED = re.compile(
    r"\bexpuls\w*(?: \w+){0,2} (?:du|de|d|des|from|del|de la|do|da|dal) (?:(?:la|l|le|mon|ma|son|sa|notre|leur|un|une|the|his|my|her) )?"
    r"(?:logement|ap+art\w*|maison|studio|chambre|foyer|hotel|squat|terrain|camp|bidonvil+e|pavil+on|domicile|hebergement|residence|"
    r"college|lycee|ecole|universite|clas+e|cours|match|equipe|club|parti|formation|atelier|parloir|flat|house|home|hostel|school|"
    r"piso|casa|escuela|apartamento|scuola)\b|\b(?:huis+ier|bail+eur|loyers?|locati\w+|locataires?|treve hivernale|landlord|eviction|"
    r"desahucio|casero|despejo|sfrat+o)\b|"
    r"\b(?:dos+iers?|colis|cour+iers?|let+res?|requete|demande|argent|mandat|linge|af+aires?|papiers?|formulaire|meubles|bagages)\b"
    r"[^.]{0,24}\b(?:renvoy|reconduit|embarqu|refoul)\w*|\bembarquement de(?:s| (?:mes|ses|nos|leurs)) \w+|"
    r"\brenvoye\w*[^.]{0,24}\b(?:de son|de mon|du|de l) (?:poste|travail|atelier|emploi|boulot|job|service)\b"
)
# Who comes to see somebody, and goes home again.
_VISITS = re.compile(
    r"\b(?:vol (?:de )?retour|son retour|visa\b|rentre chez el+e|(?:return|fly|flies|flying|going|go) (?:\w+ )?(?:back )?home|fly back|"
    r"return ticket|l aid\b|mariage|bapteme|wedding|funeral|boda|(?:el+es?|ils) revien\w*|comes? back|vuelven?\b|"
    r"(?:un|de|le|son|du|quel) permis de visite|visit permit|permiso de visita|parloirs?|come to see me|vuelo de vuelta|"
    r"(?:deux|trois|une|quelques|two|three|one|dos|tres|duas|due) (?:semaines?|weeks?|semanas?|settimane))\b"
)
_RELATIVE = re.compile(
    r"\b(?:m(?:ere|aman|um|om|other|adre|ae|ama)|mum+y|soeur|sister|hermana|irma|sorel+a|tante|aunt\w*|tia|zia|fem+e|wife|mujer|mulher|moglie|"
    r"epouse|pere|papa|father|dad|padre|pai|parents?|padres|pais|fil+e|daughter|hija|filha|figlia|grand ?mere|cousine?|famil\w+)\b"
)
_FORCED = re.compile(
    r"\b(?:police|policia|polizia|paf|escort\w*|expuls\w*|eloign\w*|deport\w*|renvo[iy]\w*|reconduit\w*|menot+\w*|embarqu\w*|"
    r"roissy l|laissez passer|officers?|embarcar|espuls\w*)\b"
)
VISIT_REACH = 240
# A flight or a hearing that will not be held, or was.
_OFF = re.compile(
    r"[^.!?,]{0,16}\b(?:an+ule\w*|cancel+ed|cancelad[oa]|an+ul+at[oa]|anulad[oa]|n a (?:jamais|pas) eu lieu|n aura (?:pas|plus) lieu)\b"
    r"(?![^.!?]{0,30}\b(?:report|decal|remis|nouve|autre|puis)\w*)"
)
# Who goes home before the author does, and only carries a letter.
_ANOTHERS = re.compile(
    r"\b(?:mon|my|mi|meu|mio) (?:co|codetenu|co ?detenu|voisin|copain|pote|cel+ ?mate|neighbour|companero|amigo|vecino|colega|compagno)"
    r"\b[^.!?]{0,16}$"
)
_STAYS = re.compile(
    r"\bmoi,? (?:\w+ )?(?:j ?(?:en )?ai encore|je reste|je suis la (?:jusqu|pour|encore)|il me reste)|\b(?:me|myself),? i (?:still|stay|have)|"
    r"\byo (?:sigo|me quedo|todavia)|\beu (?:fico|ainda)|\bio (?:resto|ancora)"
)
# Bodies that decide of nobody, and what a cousin has with a court of his own.
_NO_COURT = re.compile(
    r"\b(?:com+is+ion|comite|comis[is]on|com+ittee|comis+ao|reunion) (?:des |de la |de |du |d |of the |del? )?(?:menus?|repas|cantine|restauration|"
    r"sports?|fetes|loisirs|culture\w*|bibliotheque|animation|usagers|food|menu|kitchen|comedor|deportes?)\b|"
    r"\b(?:audience|proces|jugement|trial|hearing|court case|juicio|audiencia|julgamento|processo|udienza) (?:de|d|of|del|do|di) "
    r"(?:mi|mon|ma|my|meu|minha|mio|mia|un|une|a) (?:primo|prima|cousine?|cugin[oa]|voisine?|vecino|vizinho|vicino|codetenu|co ?detenu|"
    r"copain|amigo|friend|neighbour|cel+mate|amico)\b|"
    r"\b(?:concours|tournoi|petanque|competition|championnat)\b|"
    r"\bjuges? (?:de (?:touche|ligne)|d arrivee)\b|\b(?:etre|comme|de|as a|a) (?:temoins?|witness|jure|juror)\b|"
    r"\b(?:herencia|heranca|eredita|heritage|succession|inheritance)\b|"
    r"\b(?:not me|pas (?:pour )?moi|no yo|nao eu|non io|nicht ich) ?(?:[.!;)\n]|$)"
)
# Cards, tickets and contracts that are no right to stay.
_NO_PERMIT = re.compile(
    r"\b(?:cartes? (?:(?:nationale )?d identite|consulaire|bancaire|bleue|vitale|grise|sim|d etudiant|de (?:cantine|bus|transport|fidelite|membre|visite|telephone|credit|bibliotheque|presse))|"
    r"navigo|abon+ement|titre de (?:champion|transport|gloire|presse)|permis de (?:conduire|visite|chasse|construire)|bail|mutuelle|assurance|garantie|"
    r"(?:credit|bank|driving|sim|bus|library) (?:card|lic[es]n[cs]e)|tarjeta (?:bancaria|de credito|sim)|cartao (?:bancario|de credito)|permes+o premio)\b"
)
# What is to be done before a day inside the prison, for nobody's file.
_AT_HOME = re.compile(
    r"\b(?:devoirs?|exercices?|cfg|cap|diplome|bibliotheque|livres?|cantin\w*|frigo|tele\b|television|linge|colis|parloirs?|command\w*|cel+ule|menage|loyer|"
    r"rembours\w*|commissary|laundry|economato|(?:see|visit) (?:him|her|my \w+)|"
    r"fermee?s?|en conges?|en vacances|absente?s?|closed|away|cerrad[oa]|fechad[oa]|chius[oa]|inchis[oa]?|geschlossen|zamkniet\w*|kapali)\b[^.]{0,30}$"
)
# What a paper or a broadcast needs before it goes to press.
_TO_PRESS = re.compile(
    r"\b(?:boucl\w+|imprim\w+|parution|numero (?:de|du)|diffusion|tournage|antenne|redaction|mon article|ideal\w*|serait (?:ideal|parfait|super)|"
    r"deadline for (?:the|our) (?:paper|article|issue)|press time|cierre de edicion)\b"
)
# What the desk itself will have done by a day.
_BY_US = re.compile(
    r"\b(?:on|nous|je) (?:lui |la |le |l |leur |les )?(?:rev(?:ien|iend|en)\w* vers|rap+el+\w*|recontact\w*|telephon\w*|joindr\w*)"
)
# A month behind these words is that of something past ("after the commission of September").
_AFTER_IT = re.compile(r"\b(?:apres|suite a|depuis|lors d\w*|avis d\w*|after|since)\b[^.,]{0,40}$")
_UNDATED_DOCUMENT = re.compile(
    r"complement\w* demande\w*|demande\w* de complement|pieces? (?:complementaires?|"
    r"manquantes?)|complement de dossier|"
    r"(?:prefecture|anef|ofii|ofpra|sous prefecture|consulat)\b[^.]{0,90}(?:manque|reclame|demande|exige)\w*"
    r"[^.]{0,60}(?:au plus tard|avant la fin|fin (?:du|de) mois|dans les meilleurs delais|sous quinz|"
    r"sinon|classe\w* (?:sans suite|le dossier))|"
    r"(?:manque|reclame|exige)\w*[^.]{0,80}(?:au plus tard|avant la fin) (?:a |de |du )?(?:la |ce )?(?:fin|mois)"
)


# A release told ahead by a letter may have come while the letter travelled.
_MAY_BE_PAST = {DeadlineKind.PERMIT_EXPIRY, DeadlineKind.RELEASE_DATE}
_OF_A_PERSON = {DeadlineKind.HEARING, DeadlineKind.REMOVAL_DATE, DeadlineKind.RELEASE_DATE}
_HELD_OR_FLOWN = {DeadlineKind.HEARING, DeadlineKind.REMOVAL_DATE}


def _of_a_visitor(moment: Moment, text: str) -> bool:
    """Is it the journey of a relative who comes to see somebody and goes home again?"""
    low, high = max(0, moment.start - VISIT_REACH), moment.mention.end + VISIT_REACH
    return bool(
        _VISITS.search(text, low, high)
        and _RELATIVE.search(text, low, high)
        and not _FORCED.search(text, low, high)
    )


def declared_release(scene: Scene) -> Iterable[Found]:
    """The day of release in a partner's record; one that no calendar has is left to a person."""
    written = scene.declared.get("release.on", "")
    if not written:
        return
    try:
        on = date.fromisoformat(written[:10])
    except ValueError:
        on = None
    if on is None or on >= scene.received_on:
        deadline = FoundDeadline(
            kind=DeadlineKind.RELEASE_DATE,
            trigger=_TRIGGER[DeadlineKind.RELEASE_DATE],
            date_on=on,
            note="date illisible : une personne la demande" if on is None else None,
        )
        yield Found(deadline, written, on, rule="release-declared", confidence=0.9)


def given_day(moment: Moment, plain: Folded, scene: Scene) -> Found | None:
    """A day given as such: an expiry, a hearing, a release, a departure, a document asked."""
    kind = _DAYS.get(moment.role)
    if kind is None:
        return None
    mention = moment.mention
    if kind is DeadlineKind.RELEASE_DATE and (
        _NO_RELEASE.search(plain.text, *_around(moment, plain.text))
        or (scene.situation == "retention" and moment.on and moment.on <= scene.received_on)
        or plain.has(_SHOWN, *moment.sentence)
        or (
            _ANOTHERS.search(plain.text, moment.sentence[0], mention.start)
            and _STAYS.search(plain.text)
        )
    ):
        return None
    if kind is DeadlineKind.REMOVAL_DATE and (
        plain.has(_NO_REMOVAL, *moment.sentence)
        or plain.has(_EVICTED, *moment.sentence)
        or _of_a_visitor(moment, plain.text)
    ):
        return None
    if kind is DeadlineKind.PERMIT_EXPIRY and _NO_PERMIT.search(
        plain.text, max(moment.sentence[0], moment.start - 40), mention.start
    ):
        return None
    if kind in _OF_A_PERSON and spared_by(plain, mention.start):
        return None
    if kind is DeadlineKind.HEARING and plain.has(_NO_COURT, *moment.sentence):
        return None
    if kind in _HELD_OR_FLOWN and _OFF.match(plain.text, mention.end):
        return None
    if kind is DeadlineKind.DOCUMENT_DUE and _AT_HOME.search(
        plain.text, max(moment.sentence[0], mention.start - 50), mention.start
    ):
        return None
    if kind is DeadlineKind.DOCUMENT_DUE and (
        plain.has(_TO_PRESS, *moment.sentence) or plain.has(_BY_US, *moment.sentence)
    ):
        return None
    if (
        kind is DeadlineKind.RELEASE_DATE
        and moment.on is not None
        and moment.on <= scene.received_on
        and _FAILED.search(plain.text, moment.sentence[0], mention.start)
    ):
        return None
    if moment.unreal:
        return _on_no_day(kind, moment, scene.received_on)
    if moment.on is None and not (
        kind in (DeadlineKind.HEARING, DeadlineKind.PERMIT_EXPIRY) and mention.month
    ):
        return None
    if moment.on is not None and kind not in _MAY_BE_PAST and moment.on < scene.received_on:
        return None
    note = None
    if (
        moment.on is None
        and kind is DeadlineKind.HEARING
        and _AFTER_IT.search(plain.text, moment.sentence[0], mention.start)
    ):
        return None
    if kind is DeadlineKind.RELEASE_DATE and moment.on and moment.on < scene.received_on:
        note = "passée pendant l’acheminement : la personne est sans doute sortie"
    elif moment.on is None:
        note = "seul le mois est connu : une personne complète la date"
    elif re.search(
        r"peut etre|maybe|perhaps|quiza|talvez|forse|возможно|ربما",
        plain.text[max(0, mention.start - 40) : mention.end + 20],
    ):
        note = "incertain"
    deadline = FoundDeadline(kind=kind, trigger=_TRIGGER[kind], date_on=moment.on, note=note)
    return Found(deadline, moment.words, moment.on, rule=f"day-{moment.role}", confidence=0.8)


def _on_no_day(kind: DeadlineKind, moment: Moment, received_on: date) -> Found | None:
    """What is given for a day that no calendar has counts as near, unless its year is over."""
    last = moment.mention.last_possible(received_on)
    if last is not None and last < received_on:
        return None
    leaves = kind is DeadlineKind.REMOVAL_DATE
    soon = received_on if leaves else received_on + timedelta(days=WEEK_DAYS)
    note = "ce jour n’existe pas : une personne demande le bon"
    return _undated(kind, moment.words, soon, rule=f"day-{moment.role}", note=note)


# A hearing to come of which only the week or the month is told.
_HEARD = (
    r"(?:audiences?|baudiance|convoque\w*|comparai\w*|debat contradictoire|proces|pas+e\w* (?:devant|(?:en|au|a) (?:la |l )?(?:jugement|commission|cor+ection\w*|appel|cour|debat|tribunal|juge|assises))|jap|comex|"
    r"commission|jugee?|jugement|hearing|court|judge|audiencia|juicio|juez|julgamento|juiz|udienza|giudice|"
    r"durusma\w*|mahkeme\w*|entretien (?:a l |avec l |de l )?ofpra)"
)
_SOON = (
    r"(?P<soon>(?:la )?semaine prochaine|(?:la )?semaine qui vient|cette semaine|dans (?:quelques|deux|trois|quatre|cinq) jours|"
    r"next week|this week|in a few days|(?:la )?semana (?:que viene|proxima|que vem)|(?:la )?proxima semana|"
    r"(?:la )?settimana prossima|gelecek hafta|haftaya)"
)
_LATER = (
    r"(?:(?:le |du |au )?mois prochain|(?:le |du )?mois qui vient|dans (?:un|deux|trois) mois|bientot|d ici peu|"
    r"next month|in (?:a|one|two|three) months?|soon|(?:el |o |il )?(?:mes (?:que viene|proximo|que vem)|"
    r"proximo mes|mese prossimo)|gelecek ay)"
)
_HEARING_AHEAD = re.compile(
    rf"\b{_HEARD}\b[^.!?\n]{{0,40}}\b(?:{_SOON}|{_LATER})\b|\b(?:{_SOON.replace('soon', 'soon2')}|{_LATER})\b[^.!?\n]{{0,40}}\b{_HEARD}\b"
)
_NO_HEARING = re.compile(
    r"\b(?:demand\w*|espere\w*|voudrai\w*|si |quand|peut etre|pas d|sans|jamais|souhait\w*|apres|depuis)\b[^.!?]{0,30}$"
)
WEEK_DAYS = 7


def undated_hearing(plain: Folded, written: date) -> list[Found]:
    """A hearing told without its day; one of the next days is as near as it may be."""
    for match in _HEARING_AHEAD.finditer(plain.text):
        start, _ = plain.sentence(match.start())
        if _NO_HEARING.search(plain.text[start : match.start()]):
            continue
        near = match["soon"] or match["soon2"]
        pressing = written + timedelta(days=WEEK_DAYS) if near else None
        words = plain.words(*match.span())
        return [_undated(DeadlineKind.HEARING, words, pressing, rule="hearing-undated")]
    return []


# A release of which only the week is told.
_RELEASED = (
    r"(?:(?:je|il|elle|mari|fils|frere|compagnon|pere|ami|monsieur|cousin|copain) (?:\w+ )?sor[ts]\b|sortie? (?:prevue |est )?|"
    r"(?:serai|sera|suis|est) (?:\w+ )?(?:libre|dehors|libere\w*|liberable)|liberable|liberation|fin de (?:ma |sa )?peine|"
    r"levee d ecrou|(?:i|he|she) (?:\w+ )?(?:get|gets|come|comes|go|goes|am|is|will be) (?:\w+ )?(?:out|released|free)|"
    r"salgo|sale|salgo libre|saio|sai|esco|esce|ies|cikiyorum|tahliye)"
)
_RELEASE_AHEAD = re.compile(
    rf"\b{_RELEASED}(?:[^.!?\n]{{0,24}}[ ,])?\b{_SOON}\b|\b{_SOON.replace('soon', 'soon2')}\b,? (?:\w+ )?{_RELEASED}"
)


def undated_release(plain: Folded, received_on: date) -> list[Found]:
    """A release told to be of the next days, without its day."""
    for match in _RELEASE_AHEAD.finditer(plain.text):
        start, end = plain.sentence(match.start())
        if _NO_RELEASE.search(plain.text, start, min(end, match.end() + 40)):
            continue
        if _NO_HEARING.search(plain.text[start : match.start()]):
            continue
        pressing = received_on + timedelta(days=WEEK_DAYS)
        words = plain.words(*match.span())
        return [_undated(DeadlineKind.RELEASE_DATE, words, pressing, rule="release-undated")]
    return []


def undated_document(plain: Folded) -> list[Found]:
    match = _UNDATED_DOCUMENT.search(plain.text)
    if match is None:
        return []
    words = plain.words(*match.span())
    note = "aucune date connue : une personne la demande"
    return [_undated(DeadlineKind.DOCUMENT_DUE, words, rule="document-undated", note=note)]


def _undated(
    kind: DeadlineKind,
    words: str,
    pressing: date | None = None,
    *,
    rule: str,
    note: str = "jour inconnu : une personne le demande",
) -> Found:
    """A day to come that a person must ask for."""
    deadline = FoundDeadline(kind=kind, trigger=_TRIGGER[kind], note=note)
    return Found(deadline, words, pressing, rule=rule, confidence=0.6)


def callback(received_on: date, *, urgent: bool) -> Found:
    """A message left on the line: called back the same day if urgent, else on the next (R8)."""
    listening = next_listening_day(received_on)
    note = (
        f"urgent : le jour même, par la personne de garde, sinon le {listening:%d/%m/%Y}"
        if urgent
        else None
    )
    on = received_on if urgent else listening
    deadline = FoundDeadline(
        kind=DeadlineKind.CALLBACK, trigger=_TRIGGER[DeadlineKind.CALLBACK], date_on=on, note=note
    )
    return Found(deadline, None, on, rule="callback", confidence=0.95)
