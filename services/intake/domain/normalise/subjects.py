"""Dangers and retention named as a subject: of an article, a study, a course, a play; or of an invented case."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.needles import sought
from services.intake.domain.normalise.text import Folded

BESIDE = 40  # characters from a noun to the words that say whose it is

# Who studies, tells, teaches, or organises, and what comes of it.
_WORK = sought(
    r"\b(?:journalis\w*|reportages?|documentair\w*|document[ao]r\w*|podcasts?|tournage|"
    r"(?:mon|un|une|cet|notre|l|d) (?:article|enquete|chapitre|ouvrage)s?|(?:mon|ma|notre|un|une|de|en) (?:these|memoire)s?|"
    r"chercheu\w*|doctorant\w*|sociologue\w*|anthropologue\w*|etudiante?s? en|universite\w*|col+oques?|conferences?|"
    r"seminaires?|symposiums?|journe+s? d etudes?|table ronde|plaquet+es?|brochures?|campagne de|webinaires?|"
    r"formations?\W{1,3}(?:sur|a la|au|de|consacr|repere|prevenir|\w+er )|(?:module|ses+ion|journe+|program+e) (?:de |d )?(?:formation|sensibilisation)|"
    r"(?:re)?cherch\w* (?:un |une |des )?(?:intervenant|formateur|conferencier)\w*|"
    r"sensibilisation|researchers?|my (?:thesis|dis+ertation|article|research|paper)|doctoral|phd|conference|workshops?|"
    r"training (?:day|ses+ion|course|for|on)|journalists?|reporters?|newspaper|newsro+m|mi (?:tesis|articulo|investigacion)|"
    r"periodistas?|minha tese|jornalistas?|mia tesi|giornalist[aei]|jurnalist\w*|gazetar\w*|gazeteci\w*|журналист\w*|"
    r"диссертаци\w*|صحفي\w*|اطروحة|dzien+ikar\w*|novinar\w*|jo?urnalistin|doktorarbeit|onderzoek\w*|"
    r"theatre|piece de|comedien\w*|mise en scene|roman\b|romanci\w*|scenario de|theat(?:er|re) (?:group|clas+|play))"
)
_NAMED = re.compile(
    r"(?:l |la |le |les |des |de |ses |leurs )?"
    r"(?:suicid(?:es?|aires?|e?s en \w+|al|io|ios|i)?\b|suicidality|suicid\w* en prison|selbstmord\w*|zelfmo+rd\w*|"
    r"самоубийств\w*|انتحار|الانتحار|intihar\w*|"
    r"greves? de la faim|hunger ?strikes?|huelgas? de hambre|greves? de fome|scioper[oi] del+a fame|голодовк\w*|"
    r"automutilation\w*|scarification\w*|self harm|overdoses?|violences? \w+|violences?\b|viols?\b|rapes?\b|tortures?\b|"
    r"mal ?trait(?:ance|ances)\b|menaces?\b|represail+es|racket\b|threats?\b|"
    r"amenazas?|ameacas|minac+e|"
    r"traite des|victimes? de (?:la )?traite|traf+icking|de cra\b|placements en retention|centres de retention)"
)
# Somebody whom it happens to: no subject any more.
_SOMEBODY = re.compile(
    r"\b(?:je (?:suis|fais|subi\w*|comm?en\w*)|j ai|me|m a|il|el+e|mon|mes(?! (?:recherches?|travaux|etudes?|cours))|"
    r"(?:ma|sa)(?! (?:these|recherche|formation))|lui|son|(?:un|une|ce|cet+e|le) (?:detenu|codetenu|hom+e|fem+e|jeune|monsieur|dame)e? (?:qui|que|m|a|est)|"
    r"hier|ce matin|cet+e nuit|aujourd|depuis (?:\w+ )?(?:jours?|semaines?)|tentative|en ce moment|actuel+ement|"
    r"i am on|my (?:brother|son|husband|cousin|friend)|he|she|yesterday|estoy|estou)\b"
)
_MADE_OF = re.compile(r"\b(?:en |in |on |fai[ts]? (?:une |la )?)$")
_OWN = re.compile(r"\b(?:je|j|me|m|moi|mon|ma|i|my|mi|meu|minha|mio|mia)\b")
# A year long past, beside what a study or a story recalls.
_RECALLED = re.compile(r"\b(?:19\d\d|20[01]\d|202[0-3])\b")
_INVENTED = (
    r"\b(?:cas (?:d ecole|pratiques?|fictifs?|imaginaires?|inventes?|types?)|etudes? de cas|mises? en situation|jeux? de roles?|"
    r"questions? (?:purement |toute |tout a fait )?(?:theoriques?|d ecole)|exemples? (?:que j ai |entierement )?(?:inventee?|fictif|imaginaire)s?|"
    r"scenario (?:fictif|invente|de formation)|case stud(?:y|ies)|(?:made up|invented|fictional|imaginary|hypothetical) (?:case|situation|person|story)|"
    r"role ?play\w*|caso (?:practico|ficticio|inventado|pratico|inventato|di scuola)|exercice (?:fictif|de groupe|de formation))\b"
)
_AN_INVENTED = sought(_INVENTED)
_NO_REAL_ONE = sought(
    r"\b(?:aucune?|pas d[e ]?|sans) ?(?:situation|cas|person+e|dos+ier) (?:re+l+e?s?|concrete?|der+iere|concerne\w*)|"
    r"(?:situations?|cas|person+ages?|person+es?|histoires?) (?:entierement |purement |tout a fait |totalement )?(?:fictif|fictive|invente|imaginaire)\w*|"
    r"\bperson+e n est (?:concerne|dans ce cas)\w*|\b(?:exemple|cas) que j ai (?:invente|imagine)\w*|"
    r"\bno real (?:person|case|situation)|\bnobody real\b|\bningun caso real|\bnenhum caso real|\bnes+un caso reale"
)


def sets_scene(texts: Sequence[Folded]) -> bool:
    """Do ``texts`` speak of a work, a course or a play that takes its subject from dangers?"""
    return any(map(_WORK.first, texts)) or any(map(_AN_INVENTED.first, texts))


def invents(texts: Sequence[Folded]) -> bool:
    """Is the case that they tell an invented one, by their own words?"""
    return any(map(_AN_INVENTED.first, texts)) and any(map(_NO_REAL_ONE.first, texts))


def only_a_subject(text: Folded, hit: Hit) -> bool:
    """Is what ``hit`` found, in a text about such a work, its subject and nobody's danger?"""
    start, end = text.sentence(hit.start)
    if not _OWN.search(text.text, max(start, hit.start - BESIDE), hit.end):
        if re.search(_INVENTED, text.text[start:end]):
            return True
        if _RECALLED.search(text.text, hit.end, min(max(end, hit.end), hit.end + BESIDE)):
            return True
    if not _NAMED.match(text.text, hit.start) or _MADE_OF.search(text.text, start, hit.start):
        return False
    low, high = max(start, hit.start - BESIDE), min(max(end, hit.end), hit.end + BESIDE)
    return not (
        _SOMEBODY.search(text.text, low, hit.start) or _SOMEBODY.search(text.text, hit.end, high)
    )
