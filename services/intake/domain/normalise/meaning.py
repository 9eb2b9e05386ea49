"""What a text is about: topics, special situations, words of urgency, each with its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.intake.domain.normalise.ages import grown_up
from services.intake.domain.normalise.asides import is_aside
from services.intake.domain.normalise.author.own_status import is_sent_back
from services.intake.domain.normalise.covered import COVERED, drop_covered
from services.intake.domain.normalise.helplines import names_helpline
from services.intake.domain.normalise.lexicon import FAINT, Hit
from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.needles import first_of, sought
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.spared import told_of_another
from services.intake.domain.normalise.subjects import invents, only_a_subject, sets_scene
from services.intake.domain.normalise.text import Folded, fold_words
from shared.contracts.vocabulary import (
    URGENCY_LEVELS,
    DeadlineKind,
    Relation,
    RequesterKind,
    SpecialSituation,
    Topic,
    Urgency,
)

MAJORITY = 18
POSSESSIVE = 8  # characters: "notre f", as far as a noun is from whose it is
_S, _T, _K = SpecialSituation, Topic, RequesterKind
_NEWSMAN = re.compile(r"journalist")
_COMPLAINT = "victims-complaint"
_NO_TOPIC = Hit("no-topic", 0, 0, "", 0.3)
_MAY_BE_SUBJECTS = {
    _S.SUICIDE_RISK,
    _S.VIOLENCE_OR_THREAT,
    _S.TRAFFICKING_VICTIM,
    _S.RETENTION,
}
_ESCORTED = {"escort-announced"}
_ON_THE_WAY = {_T.REMOVAL_IN_PROGRESS, _T.RETENTION}
_OF_DETAINED_ONLY = {_S.NO_MAIL_TO_PRISON}


# A relative who cannot eat or sleep for worry: nobody's fast.
_OWN_WORRY = re.compile(
    r"\bje (?:ne )?(?:dors|mange)\b[^.!?]{0,16}\b(?:mange|dors) (?:pas|plus)$|\bje (?:ne )?mange (?:pas|plus)$"
)


# A relative who is with child herself: it tells nothing of who is held.
_EXPECTS = re.compile(
    r"\b(?:je (?:suis|sui|serai|tombe)|jsuis|j ?atend\w*|j ?ai|i(?: a)? ?m|i will be|i ?m expecting|estoy|estou|sto|sono|sunt|jam|"
    r"ich bin|ben|я|انا)"
    r"(?: (?!(?:ma|mon|my|mi|minha|mia|sa|her|el+e|she|pour|for|of|de)\b)\w+){0,3} (?:enceinte|pregnan\w*|grossesse|(?:un|une) (?:bebe|enfant|petit)\w*|embarazada|gravida|incinta|insarcinata|"
    r"shtatz\w*|hamile\w*|schwanger|expecting|беременн\w*|حامل)$|hamileyim$|\b(?:ma|my|mi|minha|mia) (?:grossesse|pregnancy|embarazo|gravidez|gravidanza)$"
)


@dataclass
class Meaning:
    """Topics and special situations with the hits that show them, in order of finding."""

    topics: dict[Topic, Hit] = field(default_factory=dict)
    special: dict[SpecialSituation, Hit] = field(default_factory=dict)
    urgent: list[tuple[Urgency, Hit]] = field(default_factory=list)
    weak_words: list[Hit] = field(default_factory=list)

    def level(self) -> Urgency:
        """The highest urgency that the words ask for by themselves."""
        return max((u for u, _ in self.urgent), key=URGENCY_LEVELS.index, default=Urgency.NORMAL)


def meaning_of(
    texts: Sequence[Folded],
    reference: Reference,
    kind: RequesterKind,
    *,
    minors_place: bool,
    relation: Relation = Relation.NOT_STATED,
) -> Meaning:
    """Read all ``texts`` (folded loosely) with the lexicons of topics and situations."""
    meaning = Meaning()
    subject = kind is _K.PRESS_OR_RESEARCH or sets_scene(texts)
    invented = kind not in SELF_KINDS and invents(texts)
    back = kind is _K.RELEASED_PERSON and bool(texts) and is_sent_back(texts[0])
    for text in texts:
        told = [*reference.topics.hits(text), *reference.days.hits(text)]
        # What else a sentence names that asks for a course is what the course is to be about.
        taught = {
            text.sentence(h.start)
            for rule, hits in told
            if _T.TRAINING_REQUEST in rule.data["topics"]
            for h in hits
        }
        aside = _set_aside(text)
        for rule, hits in told:
            if _T.TRAINING_REQUEST not in rule.data["topics"]:
                hits = [h for h in hits if text.sentence(h.start) not in taught]
            if aside:
                hits = [h for h in hits if not any(a <= h.start < b for a, b in aside)]
            if kind is _K.RELATIVE and _T.FAMILY_LIFE in rule.data["topics"]:
                hits = [h for h in hits if not _names_person(text, h, reference, relation)]
            if kind in SELF_KINDS and _OF_ONE_PERSON & set(rule.data["topics"]):
                hits = [h for h in hits if not _of_somebody_else(text, h)]
            hits = [h for h in hits if not (is_aside(text, h) or names_helpline(text, h))]
            if back and _ON_THE_WAY & set(rule.data["topics"]):
                hits = []  # it is done
            if hits:
                for topic in rule.data["topics"]:
                    meaning.topics.setdefault(Topic(topic), hits[0])
                _note(meaning, rule.data, hits)
        for rule, hits in reference.special.hits(text):
            if kind is _K.RELATIVE:
                hits = [
                    h for h in hits if not _OWN_WORRY.search(text.text, max(0, h.start - 24), h.end)
                ]
            if _MAY_BE_SUBJECTS.intersection(rule.data.get("special", ())):
                hits = [h for h in hits if not names_helpline(text, h)]
                if subject:
                    hits = [h for h in hits if not only_a_subject(text, h)]
                if invented:
                    hits = []
            if back and (rule.id in _ESCORTED or _S.RETENTION in rule.data.get("special", ())):
                hits = []
            if _S.VIOLENCE_OR_THREAT in rule.data.get("special", ()):
                hits = [h for h in hits if not _feared_at_home(text, h)]
            if not rule.data.get("special"):
                hits = [h for h in hits if not told_of_another(text, h.start)]
            if kind is _K.RELATIVE and _S.PREGNANT_OR_WITH_CHILD in rule.data.get("special", ()):
                hits = [
                    h for h in hits if not _EXPECTS.search(text.text, max(0, h.start - 24), h.end)
                ]
            if kind is _K.RELATIVE and _S.MINOR in rule.data.get("special", ()):
                hits = [h for h in hits if not _OWN_AGE.match(text.text, h.start)]
            if kind in SELF_KINDS and _S.MINOR in rule.data.get("special", ()) and grown_up(text):
                hits = []
            if hits:
                _note(meaning, rule.data, hits)
    if minors_place and _S.MINOR not in meaning.special:
        hit = Hit("minors-place", 0, 0, "", 0.9)
        meaning.special[_S.MINOR] = hit
        meaning.urgent.append((Urgency.HIGH, hit))
    _adjust(meaning, kind)
    if not meaning.topics:
        in_danger = _S.SUICIDE_RISK in meaning.special  # and that is all there is to say
        faint = None if in_danger else _faintly(texts, reference, kind)
        topic, last = faint or (_T.OTHER, _NO_TOPIC)
        meaning.topics[topic] = last
    return meaning


# What has been decided of one person is no subject of another, who only tells of it.
_OF_ONE_PERSON = {_T.OQTF, _T.IRTF, _T.ITF, _T.EXPULSION, _T.REMOVAL_IN_PROGRESS}
_SOMEBODY = (
    r"\b(?:mon|ma|un|une|mi|meu|minha|mio|mia|my|a) (?:\w+ )?(?:cousine?|codetenu\w*|co ?detenu\w*|voisin\w*|copain|"
    r"amie?|frere|soeur|oncle|neveu|col+egue|cel+ ?mate|cousin|friend|brother|primo|prima|amig[oa]|herman[oa]|"
    r"compan+er[oa]|irma\w?|cugin[oa]|fratel+o)\b"
)
_TELLS_OF = re.compile(
    rf"{_SOMEBODY}(?:[^.!?]{{0,110}}\b(?:lui|il|el+e|he|she|el|ele)(?: \w+)?|(?: (?!et\b|and\b|y\b|e\b)\w+){{0,2}}) "
    r"(?:a|avait|est|was|got|had|has|received|recibio|tiene|tem|recebeu|ha)\b[^.!?]{0,40}$"
)
_LIKE_ME = re.compile(
    r"\b(?:com+e moi|moi aus+i|et moi|like me|me to+|and me|como yo|como eu|come me)\b"
)
_GOES_ON = re.compile(
    r"\W*(?:\w+ ){0,3}(?:il|el+e|he|she|lui) (?:a|avait|est|was|got|had|has)\b[^.!?]{0,40}$"
)


def _of_somebody_else(text: Folded, hit: Hit) -> bool:
    """Is it told of a cousin or a cell mate, in that sentence or in the one before?"""
    start, end = text.sentence(hit.start)
    if text.has(_LIKE_ME, start, end):
        return False
    if _TELLS_OF.search(text.text, start, hit.start):
        return True
    if not start or not _GOES_ON.match(text.text, start, hit.start):
        return False
    before = text.sentence(start - 1)
    return bool(re.search(_SOMEBODY, text.text[before[0] : before[1]]))


# What awaits somebody in the country that they fled: the ground of asylum, no danger of here.
_BACK_THERE = re.compile(
    r"\b(?:rentr\w*|retourn\w*|renvo\w*|go(?:ing)? back|return\w*|volver|regres\w*|voltar|tornare|ma intorc)\b"
    r"[^.!?]{0,24}\b(?:(?P<there>la ?bas?|there|al+i)|(?:au|mon|le|my|mi|meu|mio|home) ?(?:pays|bled|country|pais|paese)|"
    r"chez (?:moi|nous)|home)\b[^.!?]{0,24}$"
)
# "There" may be a yard or a wing, where the text speaks of one.
_WITHIN = sought(
    r"\b(?:promenade|cour|douches?|cel+ules?|bat\w*|etage|aile|co ?detenus?|detenus?|surveil+\w*|gardien\w*|isolement|mitard|"
    r"yard|showers?|wing|floor|cel+s?|inmates?|prisoners?|guards?|patio|celda|presos?|cela|pateo|cortile|cel+a|couteau|knife)\b"
)
_WOULD = re.compile(r"\b(?:vont|von|va|vais|wil+|gon+a|going to|van a|vao|irao)\b|\w+ront\b")
_FLED = sought(r"\b(?:ofpra|cnda|asil\w*|asylum|azil\w*|refugi\w*|refuge\w*)\b")


def _feared_at_home(text: Folded, hit: Hit) -> bool:
    """Does somebody who asks for asylum say what would be done to them at home?"""
    start, _ = text.sentence(hit.start)
    back = _BACK_THERE.search(text.text, start, hit.start)
    return bool(
        back
        and not (back["there"] and _WITHIN.first(text))
        and _WOULD.search(text.text, max(start, hit.start - 12), hit.end)
        and _FLED.first(text)
    )


# How old the author is, which tells nothing of who is held.
_OWN_AGE = re.compile(
    r"(?:j ?ai|jai|ge?|i(?: am| m)|tengo|tenho|ho|am|kam|мне|عمري)\b(?: \w+){0,2} (?:1[0-7]|treize|quatorze|quinze|"
    r"sei?ze|dix ?sept|\w+te+n|trece|catorce|quince|diecis\w+|quinze|dezas\w+|лет)\b"
)


def _faintly(
    texts: Sequence[Folded], reference: Reference, kind: RequesterKind
) -> tuple[Topic, Hit] | None:
    """The topic most spoken of by words that would not do beside any other."""
    if kind is _K.PRESS_OR_RESEARCH or any(map(_NEWS.first, texts)):
        return None
    found = [
        (len(hits), rule.data["topics"][0], hits[0])
        for rule in reference.topics
        if (hits := [h for t in texts for h in rule.faint_hits(t)])
    ]
    best = max(found, key=lambda f: f[0], default=None)
    return (Topic(best[1]), best[2]) if best else None


# "You helped me with my receipt. This time it is something else": what went before is no subject.
_SOMETHING_ELSE = sought(
    r"\b(?:(?:c ?est|s agit|ecri\w*|ap+el+\w*|viens|contacte)(?: \w+)? (?:pour |d |de |a propos d |au sujet d )?"
    r"(?:tout a fait |completement )?(?:une? )?autre (?:chose|sujet|question|probleme|raison|af+aire|motif|souci)|"
    r"(?:is|it ?s|about|write|writing|for) (?:about |for )?(?:something else|another (?:mat+er|thing|question|problem|reason))|"
    r"(?:es|escribo|por|sobre) (?:por |sobre )?otr[oa] (?:cosa|tema|asunto|motivo)|"
    r"(?:e|escrevo|por|sobre) (?:por |sobre )?outr[oa] (?:coisa|as+unto|motivo)|(?:e|per|scrivo) (?:per )?un ?altra cosa|"
    r"cet+e fois(?: ci)?,? (?:c ?est|je (?:vous )?(?:ecri\w*|viens)) (?:pour|a propos|au sujet|une question)|"
    r"this time (?:it ?s|it is|i (?:am )?writ\w*) (?:about|for)|esta vez (?:es|escribo) (?:por|para|sobre)|"
    r"desta vez (?:e|escrevo) (?:por|para|sobre)|questa volta (?:e|scrivo) per|de data asta (?:este|scriu) (?:pentru|despre)|"
    r"este (?:vorba )?(?:despre )?altceva|eshte (?:per )?(?:dicka tjeter|tjeter gje)|(?:о|по) друго(?:м|му)\b)"
)


def _set_aside(text: Folded) -> list[tuple[int, int]]:
    """Where matters stand that the author names only to pass to another one."""
    found = []
    for match in _SOMETHING_ELSE.matches(text):
        start, _ = text.sentence(match.start())
        if start:
            start, _ = text.sentence(start - 1)
        found.append((start, match.start()))
    return found


def _names_person(text: Folded, hit: Hit, reference: Reference, relation: Relation) -> bool:
    """Does a relative only say by these words whom the request is about ("mon mari est…")?"""
    known = relation in {t.relation for t in reference.ties}
    said = text.text[max(0, hit.start - POSSESSIVE) : hit.end + 12]
    ties = [t for t in reference.ties if not known or t.relation is relation]
    if any(first_of(tie.named.likely(text), said) for tie in ties):
        return True
    named = (m for tie in ties for m in tie.named.matches(text))  # "the father of my husband"
    return any(m.start() <= hit.start < m.end() for m in named)


_OF_CLOCKS = {
    DeadlineKind.OQTF_APPEAL: (_T.OQTF,),
    DeadlineKind.DUBLIN_APPEAL: (_T.DUBLIN, _T.ASYLUM),
    DeadlineKind.CNDA_APPEAL: (_T.ASYLUM,),
    DeadlineKind.REFUSAL_APPEAL: (_T.PERMIT_WITHDRAWAL_REFUSAL,),
    DeadlineKind.CRIMINAL_APPEAL: (_T.ITF,),
    DeadlineKind.HOUSE_ARREST_APPEAL: (_T.HOUSE_ARREST,),
    DeadlineKind.REMOVAL_DATE: (_T.REMOVAL_IN_PROGRESS,),
}


def note_decision(meaning: Meaning, kind: DeadlineKind, words: str) -> None:
    """What no word names is a subject of the request by its clock, or by its day of removal."""
    for faint in [t for t, hit in meaning.topics.items() if hit.confidence <= FAINT]:
        del meaning.topics[faint]
    covered = {less for more, less in COVERED if more in meaning.topics}
    if _T.EXPULSION in meaning.topics:
        covered.add(_T.OQTF)  # a commission is asked before no other order
    for topic in (t for t in _OF_CLOCKS.get(kind, ()) if t not in covered):
        meaning.topics.setdefault(topic, Hit("told-by-hints", 0, 0, words, 0.6))


def note_age(meaning: Meaning, born_on: date | None, received_on: date) -> None:
    """A person who is under eighteen by the date of birth stated is a minor (R23)."""
    if born_on is None or _S.MINOR in meaning.special:
        return
    had_birthday = (received_on.month, received_on.day) >= (born_on.month, born_on.day)
    age = received_on.year - born_on.year - (not had_birthday)
    if 0 <= age < MAJORITY:
        hit = Hit("minor-by-birth", 0, 0, "", 0.9)
        meaning.special[_S.MINOR] = hit
        meaning.urgent.append((Urgency.HIGH, hit))


def note_retention(meaning: Meaning, words: str) -> None:
    """The author's address is a place of retention (R15)."""
    hit = Hit("retention-address", 0, 0, words, 0.93)
    if meaning.special.setdefault(_S.RETENTION, hit) is hit:
        meaning.urgent.append((Urgency.CRITICAL, hit))
    for topic, shown in list(meaning.topics.items()):
        if shown.confidence <= FAINT:  # the last to go by, while nothing else was known
            del meaning.topics[topic]
    meaning.topics.setdefault(_T.RETENTION, hit)


# On an envelope: the place of a prison where mothers live with their small children.
_NURSERY = re.compile(
    r"(?<!rue de la )(?<!place de la )\b(?:nurserie|nursery|(?:unite|quartier|cellules?) (?:meres?|mamans?)(?: (?:et )?(?:enfants?|bebes?))?)\b"
)


def note_nursery(meaning: Meaning, back: str) -> None:
    """The author's address is where mothers are held with their children."""
    if (named := _NURSERY.search(fold_words(back))) is not None:
        hit = Hit("nursery-address", 0, 0, named[0], 0.93)
        meaning.special.setdefault(_S.PREGNANT_OR_WITH_CHILD, hit)


def _note(meaning: Meaning, data: Mapping[str, Any], hits: Sequence[Hit]) -> None:
    for special in data.get("special", ()):
        meaning.special.setdefault(SpecialSituation(special), hits[0])
    if data.get("weak"):
        meaning.weak_words.extend(hits[:1])
    elif (level := data.get("urgency")) is not None:
        meaning.urgent.extend((Urgency(level), h) for h in hits[:4])


def _adjust(meaning: Meaning, kind: RequesterKind) -> None:
    """What follows from the author, and topics that are said by others already."""
    topics, special = meaning.topics, meaning.special
    if kind is _K.FELLOW_DETAINEE:
        special.setdefault(_S.CANNOT_READ, Hit("fellow-holds-the-pen", 0, 0, "", 0.8))
    if kind in {_K.RELEASED_PERSON, _K.SUPERVISED_PERSON}:
        for situation in _OF_DETAINED_ONLY:
            special.pop(situation, None)
    if _S.RETENTION in special:
        topics.setdefault(_T.RETENTION, special[_S.RETENTION])
    drop_covered(topics)
    outsider = kind not in SELF_KINDS and kind is not _K.RELATIVE
    if outsider and _T.TRAINING_REQUEST in topics:
        for topic in set(topics) - {_T.TRAINING_REQUEST}:
            del topics[topic]  # what the course is to be about
    if kind is _K.ADMINISTRATION:  # what an authority calls pressing is its own affair
        meaning.urgent = [(u, h) for u, h in meaning.urgent if u is Urgency.CRITICAL]
    famed = special.get(_S.HIGH_PROFILE)
    if kind is _K.PRESS_OR_RESEARCH and famed and _NEWSMAN.match(famed.words.casefold()):
        del special[_S.HIGH_PROFILE]  # what the author is, no case that the press follows
    if kind is _K.PRESS_OR_RESEARCH and _T.TRAINING_REQUEST not in topics and not special:
        topics.clear()  # an article or a paper about it
    if kind is _K.RELEASED_PERSON:
        topics.pop(_T.RELEASE_PREPARATION, None)
    if kind is _K.LAWYER:
        topics.pop(_T.LEGAL_AID, None)  # who asks has a mandate
    if _S.MINOR in special:
        topics.pop(_T.FAMILY_LIFE, None) if kind in SELF_KINDS else None
    if _S.TRAFFICKING_VICTIM in special:
        topics.setdefault(_T.TRAFFICKING_VIOLENCE, special[_S.TRAFFICKING_VICTIM])
    rights = topics.get(_T.TRAFFICKING_VIOLENCE)
    if _S.VIOLENCE_OR_THREAT in special and (rights is None or rights.rule == _COMPLAINT):
        topics.setdefault(_T.DETENTION_CONDITIONS, special[_S.VIOLENCE_OR_THREAT])


_NOBODY = sought(
    r"\b(?:aucune? (?:situation|cas|perso\w+|dos+ier) (?:particuli|individuel|precis)\w*|"
    r"(?:sans|pas d[eu]?|pas une?|pas pour une?) ?(?:situation|cas|dos+ier|perso\w+) "
    r"(?:particuli|individuel|precis|suivi)\w*|"
    r"question (?:toute |purement |tres )?(?:generale|theorique|de principe|d ordre general))\b"
)
_THANKED = (
    r"\b(?:merci (?:infiniment |beaucoup |encore |pour )+(?:votre|tout|l)|"
    r"je (?:tenais|voulais|veux|tiens)[^.]{0,20}(?:remercier|dire merci)|"
    r"(?:mot|petit mot|mes+age|mail|cour+ier|let+re) (?:juste |simplement )?pour (?:vous )?"
    r"(?:remercier|dire (?:un (?:grand |tres grand )?)?merci)|"
    r"(?:tous|nos|mes|sinceres|vifs|grands?) (?:mes |nos )?remerciement\w*|"
    r"(?:un grand|mil+e|encore) merci|thank you (?:so |very )?(?:much|for every\w*)|"
    r"(?:gracias|obrigad[oa]|grazie) (?:por|di|de|per) (?:tod|tud|tut)\w*|спасибо (?:вам )?(?:за|большое))"
)
_THANKS = sought(_THANKED)


_NEWS = sought(
    rf"{_THANKED}|\bmerci (?:beaucoup |infiniment |encore )?(?:a toute|a vous tous|pour votre aide)|"
    r"\b(?:un )?(?:petit )?mot pour (?:vous )?dire|rien a (?:vous )?demander|pas de question|"
    r"no (?:les|le|os) pido nada"
)


# Who says it asks for nothing: news, wishes, greetings.
_ASKS_NOTHING = sought(
    r"\b(?:(?:pas|aucune|sans|plus) (?:de )?question|(?:rien|plus rien)(?: d | a )?(?:vous )?(?:urgen\w*|demander?)|"
    r"(?:demande|veux|voulais|veut|at+ends) (?:plus )?rien|besoin de (?:plus )?rien|(?:juste|simplement|seulement) (?:pour )?"
    r"(?:vous |te )?(?:dire|don+er des nouvel+es|remercier|souhaiter|ras+urer|informer)|"
    r"(?:un |petit )+mot (?:juste |simplement )?pour (?:vous )?(?:dire|remercier|souhaiter|an+oncer)|"
    r"(?:pas|inutile|sentez vous pas)(?: (?:besoin|la|peine|utile|neces+aire|oblige\w*))* (?:de |d )?(?:me |m )?repon(?:dre|dez|d)\b|no (?:les |os |le )?(?:pido|pedimos|quiero) nada|"
    r"(?:solo|so|only|just|solamente|soltanto|volevo solo) (?:quiero|quier\w*|queria|want\w*|para|writing|to)(?: \w+)? "
    r"(?:contar\w*|decir\w*|dizer|agradec\w*|say|tel+|thank|dire|ringraziar\w*)|"
    r"(?:not|no|nothing)(?: \w+){0,2} (?:asking|ask|ne+d|question)\w*|non (?:chiedo|serve|ho bisogno di) (?:nul+a|niente)|"
    r"nao (?:peco|preciso de) nada|ничего не (?:прошу|надо|нужно)|просто (?:хочу|хотел\w*) (?:сказать|поблагодарить))"
)
_GRATEFUL = sought(
    r"\b(?:merci|remerci\w*|thank\w*|gracias|obrigad\w*|grazie|multumesc|faleminderit|tes+ekur\w*|danke)\b|(?:partager|an+oncer|dire)(?: \w+)? (?:la |une |cet+e )?(?:tres )?bon+e nouvel+e|"
    r"спасибо|شكرا|მადლობა"
)


def _only_thanks(texts: Sequence[Folded]) -> bool:
    """Does the author thank, and say that nothing is asked?"""
    return (
        not any("?" in t.raw for t in texts)
        and any(map(_GRATEFUL.first, texts))
        and any(map(_ASKS_NOTHING.first, texts))
    )


def of_nobody(texts: Sequence[Folded]) -> bool:
    """Does the author say that the question is about no person?"""
    return any(map(_NOBODY.first, texts))


def no_right_at_stake(meaning: Meaning, kind: RequesterKind, texts: Sequence[Folded]) -> bool:
    """Training, research, thanks: nobody's right is at stake (R40, ``low``)."""
    topics = set(meaning.topics)
    if not (meaning.urgent or meaning.special) and _only_thanks(texts):
        return True
    if meaning.urgent or set(meaning.special) - {_S.HIGH_PROFILE}:
        return False
    if topics == {_T.TRAINING_REQUEST} or (
        kind is _K.PRESS_OR_RESEARCH and topics <= {_T.TRAINING_REQUEST, _T.OTHER}
    ):
        return True
    if kind is _K.PRESS_OR_RESEARCH:
        return True
    outsider = kind not in SELF_KINDS and kind is not _K.RELATIVE
    if outsider and of_nobody(texts):
        return True
    if _T.TRAINING_REQUEST in topics and outsider:
        return True
    thanks = topics == {_T.OTHER} and any(map(_THANKS.first, texts))
    return thanks and not any("?" in t.raw for t in texts)
