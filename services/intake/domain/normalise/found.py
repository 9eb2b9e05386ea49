"""Deadlines found in an item: decisions with the date of their notification, and given days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.domain.normalise.clocks import Clock, clock_of, rule_for
from services.intake.domain.normalise.directory import Establishment
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.meaning import Meaning, of_nobody
from services.intake.domain.normalise.moments import Moment
from services.intake.domain.normalise.reference import Decision, Reference
from services.intake.domain.normalise.requester import told_of_another
from services.intake.domain.normalise.text import Folded, fold_words
from shared.contracts.intake.events import FoundDeadline
from shared.contracts.vocabulary import DeadlineKind, RequesterKind, Topic
from shared.deadlines import next_listening_day

D = DeadlineKind
_PERIOD = re.compile(
    r"\b(\d{1,3}|sept|quinze|trente|quarante huit|deux|un|une|seven|thirty|fifteen|"
    r"siete|sete|quince|treinta)"
    r" ?(jours?|heures?|h\b|mois|days?|hours?|months?|dias?|horas?|mes(?:es)?|дн\w+|"
    r"час\w*|ايام|ساعة)"
)
_HOURS_OF_PERIODS = {"24", "48", "72", "96", "quarante huit", "deux"}
_PERIOD_CONTEXT = re.compile(
    r"recour|delai|contest|apel|ap+eal|recurso|plazo|prazo|attaquer|saisir|hours?|"
    r"heures?|voies|pour|to |обжалов|طعن"
)
_NOT_PERIOD = re.compile(
    r"\b(?:interdi\w*|retour|peine|prison|condam\w*|carte|titre|ans?|ban|il y a|"
    r"depuis|dans|in|hace|since|for|mitard|qd|isolement|disciplinaire|jusqu\w*|"
    r"mange plus|faim)[^.]{0,22}$"
)
_FEARED = re.compile(
    r"\b(?:peur|crain\w*|risqu\w*|si |pas (?:d |eu |encore |recu )|jamais|sans|"
    r"aucune?|evit\w*|annul\w*|abrog\w*|eventuel\w*|quand|avant d avoir|no |never|if |"
    r"without|afraid|fear)[^.]{0,26}$"
)
_OLD = re.compile(
    r"\b(?:depuis|en|in|since|desde|de|du|from|annee|an)\b ?(?:\w+ )?20[0-2]\d|"
    r"ancien\w*|rejet ancien|il y a (?:\w+ )?(?:ans?|annees?|mois)|ans? ago|"
    r"l an(?:nee)? (?:dernier|passe)\w*|last year|years? ago"
)
_ENDED = re.compile(
    r"\b(?:annul\w*|abrog\w*|enlev\w*|retire?e? par|leve\w*|cancel\w*|anulad\w*|"
    r"(?:a|est|ete|ont|avait|fut)(?: \w+){0,2} an+ule?e?s?)\b"
)
# Before the decision: who ended it. "I want it annulled" ends nothing.
_ENDED_BY = re.compile(
    r"\b(?:tribunal|juge|ta|cour|prefete?|prefecture|ministre|ils?|on)(?: \w+){0,2} "
    r"(?:m |l |nous |lui )?(?:a|ont|avait)(?: \w+)? (?:an+ule|abroge|retire|enleve|cas+e)e? "
    r"(?:(?:mon|ma|l|son|sa|cet\w*|une?|leur|la|le) ?)?$"
)
_MAY_COME = re.compile(
    r"\b(?:peu(?:t|x|vent)|pourrai\w*|pouvai\w*|va|vont|vais|can|could|may|might)(?: \w+){0,3} "
    r"(?:don+er|met+re|avoir|recevoir|notifier|delivrer|prendre|get|give|receive)(?: \w+)? ?$"
)
_REPLY = re.compile(r"\s*(?:re|rv|aw|sv) ?:")
_FILED = re.compile(
    r"\b(?:requete|recours|appel)\b.{0,80}\b(?:a ete|est|avons|avait ete) (?:bien )?"
    r"(?:depos|enregistr|introdui|form)\w*.{0,80}\b(?:gref\w*|tribunal|dans les? (?:temps|delais?))"
)
_GENERAL = re.compile(
    r"\b(?:en general|de maniere generale|quel+e? est (?:la|votre)|"
    r"question (?:technique|generale|juridique)|peut on|peut il|doit on|"
    r"est ce qu une personne|les personnes|formation|colloque|memoire)\b"
)
# The roles of dates that may start the clock of a judgment, and of any other decision; a day on
# which it was only "decided" comes after all days on which it was handed over.
_JUDGED = {"conviction", "hearing_past", "decided", "unknown", "released"}
_NOTIFIED = {"notification", "decided", "unknown"}
# Beside the name of a body that also hears people, a day past reads like one of a hearing.
_BY_A_BODY = {D.OFPRA_FILING, D.CNDA_APPEAL}
_HELD = {"conviction", "hearing_past"}
_LATER = 1000
LONGEST_DAYS = 75  # no limit to appeal found here is longer than two months and a franc day
_DENIED = re.compile(
    r"\b(?:sans|pas d|pas de|aucune?|without|no|never (?:got|had|received)|sin|sem|senza|ni|"
    r"ninguna?|nenhuma?|nes+una?|niciun|nicio|asnje|нет|без|никак\w*|لا توجد|لا يوجد|بدون|دون|"
    r"ليس هناك|ما عندي|ليس لدي)(?: d| une?| any| an| obligations? (?:de|to))? ?$"
)
_DENIED_AFTER = re.compile(
    r"\W{0,2}(?: ?(?:yok|almadi\w*|verilmedi\w*|gelmedi\w*|لم تصل|не было))\b"
)
# The day on which a decision was handed over is forgotten, or was not noted.
_FORGOTTEN = re.compile(
    r"\b(?:pas|plus) (?:note|retenu|regarde|fait attention)[^.]{0,20}(?:jour|date|quand)|"
    r"\b(?:rap+el+e|souviens?|sais?) (?:plus|pas)[^.]{0,20}(?:jour|date|quand)|"
    r"\boublie[^.]{0,16}(?:jour|date|quand)|il y a quelques (?:jours|semaines)|"
    r"(?:don ?t|can ?t|not) (?:remember|recal+|know)[^.]{0,20}(?:day|date|when)|"
    r"\bno (?:recuerdo|me acuerdo|se)\b[^.]{0,20}(?:dia|fecha|cuando)|"
    r"\bnao (?:me )?(?:lembro|sei|recordo)\b[^.]{0,20}(?:dia|data|quando)|"
    r"\bnon (?:ricordo|so)\b[^.]{0,20}(?:giorno|data|quando)|"
    r"\bnu (?:mai )?(?:stiu|imi amintesc)[^.]{0,20}(?:cand|zi|data)|"
    r"\bне (?:помню|знаю)[^.]{0,20}(?:когда|дат|числ|дн)|hatirlami\w*|"
    r"\bnuk (?:e )?(?:mbaj mend|di)\b[^.]{0,20}(?:kur|dat)|"
    r"لا (?:اتذكر|اعرف)[^.]{0,20}(?:متى|يوم|تاريخ)"
)
_TRIGGER = {
    D.PERMIT_EXPIRY: "date on the card",
    D.RELEASE_DATE: "registry",
    D.HEARING: "summons",
    D.REMOVAL_DATE: "escort",
    D.DOCUMENT_DUE: "request of the authority",
    D.CALLBACK: "voicemail",
}
_DAYS = {
    "expiry": D.PERMIT_EXPIRY,
    "release": D.RELEASE_DATE,
    "hearing": D.HEARING,
    "removal": D.REMOVAL_DATE,
    "document": D.DOCUMENT_DUE,
}
# A month behind these words is that of something past ("after the commission of September").
_AFTER_IT = re.compile(r"\b(?:apres|suite a|depuis|lors d\w*|avis d\w*|after|since)\b[^.,]{0,40}$")
_UNDATED_DOCUMENT = re.compile(
    r"complement\w* demande\w*|demande\w* de complement|pieces? (?:complementaires?|"
    r"manquantes?)|complement de dossier"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A deadline found, the words that show it, and how pressing it is.

    ``pressing`` is the day that counts for urgency: the last day of a clock, or the day given;
    None when there is none. ``unknown_clock``: it runs since an unknown day.
    """

    deadline: FoundDeadline
    quote: str | None
    pressing: date | None = None
    unknown_clock: bool = False
    rule: str = ""
    confidence: float = 0.8


@dataclass(frozen=True, slots=True)
class Scene:
    """What the deadlines of an item depend on."""

    situation: str
    place: Establishment | None
    received_on: date
    topics: frozenset[str]
    general: bool
    declared: Mapping[str, str]
    waiting_zone: bool = False


def deadlines_in(
    texts: Sequence[tuple[Folded, Folded, Sequence[Moment]]], reference: Reference, scene: Scene
) -> list[Found]:
    """Deadlines of several texts (loose, plain, dates of the plain one), without repetitions."""
    dated: list[Found] = []
    for loose, plain, moments in texts:
        if _REPLY.match(loose.text) and any(_settles(other, reference) for other, _, _ in texts):
            continue  # the subject of an earlier message; this one says how it ended
        dated += list(_decisions(loose, plain, moments, reference, scene))
    given: list[Found] = []
    for _, plain, moments in texts:
        given += [f for m in moments if (f := _given_day(m, plain, scene)) is not None]
        given += _undated_document(plain)
    given += _declared_release(scene)
    return _one_each([*dated, *given])


def _declared_release(scene: Scene) -> Iterable[Found]:
    """The day of release in a partner's record."""
    written = scene.declared.get("release.on", "")
    try:
        on = date.fromisoformat(written[:10])
    except ValueError:
        return
    if on >= scene.received_on:
        deadline = FoundDeadline(kind=D.RELEASE_DATE, trigger=_TRIGGER[D.RELEASE_DATE], date_on=on)
        yield Found(deadline, written, on, rule="release-declared", confidence=0.9)


def _one_each(found: Iterable[Found]) -> list[Found]:
    """One deadline a kind and day; a dated one replaces the undated of its kind."""
    kept: dict[tuple[D, str | None], Found] = {}
    for item in found:
        key = (item.deadline.kind, item.deadline.trigger_on or _text(item.deadline.date_on))
        if key not in kept or (item.confidence > kept[key].confidence):
            kept[key] = item
    dated = {kind for kind, when in kept if when is not None}
    return [f for (kind, when), f in kept.items() if when is not None or kind not in dated]


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _decisions(
    loose: Folded, plain: Folded, moments: Sequence[Moment], reference: Reference, scene: Scene
) -> Iterable[Found]:
    strong_seen = False
    for decision in reference.decisions:
        if decision.needs_topic and not (set(decision.needs_topic) & scene.topics):
            continue
        if decision.weak and strong_seen:
            continue
        hits = [h for h in decision.rule.hits(loose) if not _is_denied(loose, h)]
        if not hits:
            continue
        if decision.deadline is D.RETENTION_APPEAL and (
            scene.situation != "retention" or scene.waiting_zone
        ):
            continue
        found = _best(decision, hits, loose, plain, moments, scene)
        if found is not None:
            strong_seen = strong_seen or decision.deadline in {
                D.OQTF_APPEAL,
                D.EXPULSION_APPEAL,
                D.CRIMINAL_APPEAL,
                D.REFUSAL_APPEAL,
                D.CNDA_APPEAL,
                D.RETENTION_APPEAL,
            }
            yield found


def _is_denied(loose: Folded, hit: Hit) -> bool:
    """Is the decision said not to be there, ended, or somebody else's?"""
    start, _ = loose.sentence(hit.start)
    before = loose.text[max(start, hit.start - 70) : hit.start]
    if _DENIED.search(before[-34:]) or _DENIED_AFTER.match(loose.text, hit.end):
        return True
    if _ENDED_BY.search(before) or _MAY_COME.search(before):
        return True
    return told_of_another(loose, hit.start)


def _settles(loose: Folded, reference: Reference) -> bool:
    """Does a text tell that a decision was ended?"""
    return any(
        _ENDED_BY.search(loose.text[max(0, h.start - 70) : h.start])
        for d in reference.decisions
        for h in d.rule.hits(loose)
    )


def _best(
    decision: Decision,
    hits: list[Hit],
    loose: Folded,
    plain: Folded,
    moments: Sequence[Moment],
    scene: Scene,
) -> Found | None:
    """The decision with its best date, or undated if it is the person's and not an old one."""
    judged = decision.deadline is D.CRIMINAL_APPEAL
    roles = _JUDGED if judged else _NOTIFIED
    if decision.deadline in _BY_A_BODY:
        roles = roles | _HELD
    usable = [m for m in moments if m.role in roles and m.mention.exact]
    usable = [m for m in usable if m.on and m.on <= scene.received_on]
    spans = [_raw_span(loose, h) for h in hits]
    ranked = sorted(
        (
            (d + (_LATER if m.role == "decided" else 0), m)
            for m in usable
            if (d := _distance(plain, m, spans, reach=_reach(m))) is not None
        ),
        key=lambda p: p[0],
    )
    period = _period(plain)
    if ranked and not (ranked[0][1].role == "decided" and _FORGOTTEN.search(plain.text)):
        told = _told(ranked[0][1], [m for _, m in ranked], plain)
        return _with_trigger(decision, told, period, scene)
    return _undated(decision, hits, loose, plain, moments, period, scene)


@dataclass(frozen=True, slots=True)
class _Told:
    """The day from which a decision's time runs, another one that the text tells, and the doubt."""

    moment: Moment
    other: date | None = None
    doubtful: bool = False

    @property
    def note(self) -> str | None:
        """What a person who confirms the day must know of the other one."""
        if self.other is None:
            return None
        day = f"{self.other:%d/%m/%Y}"
        if self.doubtful:
            return f"deux dates possibles, la plus proche retenue par prudence ; l’autre : {day}"
        return f"la remise compte ; autre date au texte : {day}"


def _told(nearest: Moment, usable: Sequence[Moment], plain: Folded) -> _Told:
    """Of two days in one sentence, the one on which the decision was handed over.

    "Signed on the 20th, received on the 23rd" runs from the 23rd. Where the text itself hesitates
    between two days, the earlier one counts: its time ends first.
    """
    if later := _handed_later(nearest, usable, plain):
        return _Told(later, nearest.on)
    beside = [m for m in usable if m.sentence == nearest.sentence and m.on and m.on != nearest.on]
    for other in beside:
        first, second = sorted((nearest, other), key=lambda m: m.mention.start)
        between = plain.text[first.mention.end : second.mention.start]
        if len(between) <= _ONE_PHRASE and _OR.fullmatch(between):
            early, late = sorted((nearest, other), key=lambda m: m.on or date.max)
            return _Told(early, late.on, doubtful=True)
    signed, handed = (
        [m for m in (nearest, *beside) if words.search(fold_words(m.words))]
        for words in (_SIGNED, _HANDED_OVER)
    )
    if handed and signed and signed[0] is not handed[0]:
        return _Told(handed[0], signed[0].on)
    return _Told(nearest)


def _handed_later(signed: Moment, usable: Sequence[Moment], plain: Folded) -> Moment | None:
    """The day told further on as that of the handing over, if an authority signed on the first."""
    low = max(signed.sentence[0], signed.start - 70)
    if not (
        _SIGNED.search(fold_words(signed.words))
        and _AUTHORITY.search(plain.text[low : signed.start])
    ):
        return None
    later = [
        m
        for m in usable
        if m.on and signed.on and m.on > signed.on and _HANDED_OVER.search(fold_words(m.words))
    ]
    return min(later, key=lambda m: (m.clock is None, m.mention.start), default=None)


_ONE_PHRASE = 30
_AUTHORITY = re.compile(r"\b(?:prefete?|prefecture|ministre|sous prefete?|arrete|decision)\b")
_OR = re.compile(r"[ ,(]*\b(?:ou|or|o|oder|или)\b(?: \w+){0,4} ?")
_SIGNED = re.compile(r"^\W*(?:sign|firm|assin)\w*")
_HANDED_OVER = re.compile(
    r"^\W*(?:recu|remis|notifi|don+e|received|given|got|handed|served|recib|entreg|receb|ricev|"
    r"consegn|primit)\w*"
)


def _reach(moment: Moment) -> int | None:
    """How far a date may stand from the decision in its sentence, if no word tells its role: a
    day told from the writer's own ("last Tuesday I was called and…") farther than another."""
    if moment.role != "unknown":
        return None
    told_from_today = moment.mention.offset is not None or moment.mention.weekday is not None
    return 160 if told_from_today and moment.mention.month is None else 60


def _raw_span(text: Folded, hit: Hit) -> tuple[int, int]:
    return text.at[hit.start], text.at[min(hit.end, len(text.at)) - 1] + 1


def _distance(
    plain: Folded, moment: Moment, spans: list[tuple[int, int]], *, reach: int | None
) -> int | None:
    """How far a date stands from the decision, in characters; None if it cannot belong to it."""
    start, end = plain.at[moment.mention.start], plain.at[moment.mention.end - 1] + 1
    low, high = moment.sentence
    sentence = (plain.at[low], plain.at[min(high, len(plain.at)) - 1])
    best = None
    for s, e in spans:
        gap = max(s - end, start - e, 0)
        same = sentence[0] <= s <= sentence[1]
        if reach is not None and not (same and gap <= reach):
            continue
        if not same and gap > 320:
            continue
        gap += 0 if same else 60
        best = gap if best is None else min(best, gap)
    return best


def _with_trigger(decision: Decision, told: _Told, period: str | None, scene: Scene) -> Found:
    moment = told.moment
    on = moment.on or scene.received_on
    rule_id = rule_for(decision.rules, scene.situation, scene.place)
    clock = clock_of(rule_id, on, moment.clock, scene.place) if rule_id else None
    ends = [clock.prudent_on, clock.last_on] if clock else []
    stated = _stated_end(period, on)
    note = decision.note if decision.weak else None
    if stated is not None:
        ends.append(stated)
    if period and ";" in period:
        note = "deux délais annoncés : le plus court vaut jusqu’à ce qu’une personne décide"
    elif period and clock and stated is not None and stated != clock.last_on:
        note = "le délai annoncé n’est pas celui de la règle : le plus court vaut d’ici là"
    pressing = _pressing(ends, clock, scene.received_on)
    if pressing is not None and pressing < scene.received_on:
        note = "déjà dépassé à l’arrivée (R41) : une personne cherche une autre voie"
    deadline = FoundDeadline(
        kind=decision.deadline,
        trigger=decision.trigger,
        trigger_on=f"{on.isoformat()}T{moment.clock}" if moment.clock else on.isoformat(),
        period_stated=period,
        rule_candidate=rule_id,
        prudent=clock.prudent if clock else None,
        last=clock.last if clock else None,
        zone=clock.zone if clock else None,
        note=" ; ".join(filter(None, (told.note, note))) or None,
    )
    confidence = 0.5 if told.doubtful else 0.7 if told.other else 0.85
    return Found(deadline, moment.words, pressing, rule=decision.rule.id, confidence=confidence)


def _pressing(ends: list[date], clock: Clock | None, received_on: date) -> date | None:
    """The earliest end still ahead; else the latest one past (the chance that remains longest)."""
    ahead = [e for e in ends if e >= received_on]
    if ahead:
        return min(ahead)
    return max(ends, default=None)


def _stated_end(period: str | None, on: date) -> date | None:
    """The end of the shortest period stated, counted without any favour."""
    if not period:
        return None
    ends = []
    for part in period.split(";"):
        match = _PERIOD.search(part.strip().casefold())
        if match:
            count = int(match[1]) if match[1].isdigit() else _COUNTS.get(match[1], 1)
            unit = match[2][0]
            days = (
                -(-count // 24)
                if unit == "h"
                else count * 30
                if match[2].startswith("mo")
                else count
            )
            ends.append(on + timedelta(days=days))
    return min(ends, default=None)


_COUNTS = {
    "sept": 7,
    "quinze": 15,
    "trente": 30,
    "quarante huit": 48,
    "deux": 2,
    "seven": 7,
    "thirty": 30,
    "fifteen": 15,
    "siete": 7,
    "sete": 7,
    "quince": 15,
    "treinta": 30,
}


def _period(plain: Folded) -> str | None:
    """The periods to appeal that the text states, as written, separated by semicolons."""
    found = []
    for match in _PERIOD.finditer(plain.text):
        start, end = plain.sentence(match.start())
        around = plain.text[max(start, match.start() - 70) : min(end, match.end() + 40)]
        before = plain.text[max(start, match.start() - 40) : match.start()]
        if match[2].startswith(("h", "час", "ساعة")) and match[1] not in _HOURS_OF_PERIODS:
            continue  # an hour of the day ("vers 15h"): the periods in hours are few
        if _PERIOD_CONTEXT.search(around) and not _NOT_PERIOD.search(before):
            found.append(plain.words(match.start(), match.end()))
    return "; ".join(dict.fromkeys(found)) or None


def _undated(
    decision: Decision,
    hits: list[Hit],
    loose: Folded,
    plain: Folded,
    moments: Sequence[Moment],
    period: str | None,
    scene: Scene,
) -> Found | None:
    """The decision without a day: its clock counts as running, unless it is old or only feared."""
    if not decision.runs_undated or scene.general:
        return None
    for hit in hits:
        start, end = loose.sentence(hit.start)
        before = loose.text[max(start, hit.start - 45) : hit.start]
        around = loose.text[max(start, hit.start - 70) : min(end, hit.end + 60)]
        if _ENDED.search(loose.text[hit.end : min(end, hit.end + 70)]):
            continue
        if _FILED.search(loose.text[start:end]):
            continue
        if _FEARED.search(before) or _GENERAL.search(around):
            continue
        month = _month_only(moments, plain, _raw_span(loose, hit), scene)
        if month is None and _OLD.search(around):
            continue
        rule_id = rule_for(decision.rules, scene.situation, scene.place)
        if month is not None and _is_past(month, rule_id, scene):
            continue
        deadline = FoundDeadline(
            kind=decision.deadline,
            trigger=decision.trigger,
            period_stated=period,
            rule_candidate=None if decision.weak else rule_id,
            note=decision.note or "date inconnue : le délai est tenu pour commencé",
        )
        confidence = 0.6 if decision.weak else 0.75
        quote = loose.words(max(start, hit.start - 0), hit.end)
        return Found(deadline, quote, None, True, decision.rule.id, confidence)
    return None


def _is_past(month: date, rule_id: str | None, scene: Scene) -> bool:
    """Is the limit over even if it began on the last day of the month or year named?"""
    clock = clock_of(rule_id, month, None, scene.place) if rule_id else None
    if clock is not None:
        return clock.last_on < scene.received_on
    return (scene.received_on - month).days > LONGEST_DAYS


def _month_only(
    moments: Sequence[Moment], plain: Folded, span: tuple[int, int], scene: Scene
) -> date | None:
    """The last day of a month or year named beside the decision ("en janvier 2026")."""
    for moment in moments:
        if moment.mention.exact or not (moment.mention.month or moment.mention.year):
            continue
        start, end = plain.at[moment.mention.start], plain.at[moment.mention.end - 1] + 1
        gap = max(span[0] - end, start - span[1], 0)
        if gap <= 80 and moment.role in {
            "notification",
            "decided",
            "unknown",
            "other",
            "conviction",
            "hearing",
        }:
            last = moment.mention.last_possible(scene.received_on)
            return min(last, scene.received_on) if last else None
    return None


def _given_day(moment: Moment, plain: Folded, scene: Scene) -> Found | None:
    """A day given as such: an expiry, a hearing, a release, a departure, a document asked."""
    kind = _DAYS.get(moment.role)
    if kind is None:
        return None
    mention = moment.mention
    if moment.on is None and not (kind in (D.HEARING, D.PERMIT_EXPIRY) and mention.month):
        return None
    if moment.on is not None and kind is not D.PERMIT_EXPIRY and moment.on < scene.received_on:
        return None
    note = None
    if moment.on is None and _AFTER_IT.search(plain.text, moment.sentence[0], mention.start):
        return None
    if moment.on is None:
        note = "seul le mois est connu : une personne complète la date"
    elif re.search(
        r"peut etre|maybe|perhaps|quiza|talvez|forse|возможно|ربما",
        plain.text[max(0, mention.start - 40) : mention.end + 20],
    ):
        note = "incertain"
    deadline = FoundDeadline(kind=kind, trigger=_TRIGGER[kind], date_on=moment.on, note=note)
    return Found(deadline, moment.words, moment.on, rule=f"day-{moment.role}", confidence=0.8)


def _undated_document(plain: Folded) -> list[Found]:
    match = _UNDATED_DOCUMENT.search(plain.text)
    if match is None:
        return []
    deadline = FoundDeadline(
        kind=D.DOCUMENT_DUE,
        trigger=_TRIGGER[D.DOCUMENT_DUE],
        note="aucune date connue : une personne la demande",
    )
    return [Found(deadline, plain.words(*match.span()), rule="document-undated", confidence=0.6)]


def removal_behind_retention(found: list[Found], scene: Scene) -> list[Found]:
    """Retention always rests on a decision of removal: if none is named, its clock may run."""
    kinds = {f.deadline.kind for f in found}
    if (
        scene.situation != "retention"
        or scene.waiting_zone
        or kinds
        & {
            D.OQTF_APPEAL,
            D.EXPULSION_APPEAL,
            D.DUBLIN_APPEAL,
            D.CRIMINAL_APPEAL,
        }
    ):
        return found
    deadline = FoundDeadline(
        kind=D.OQTF_APPEAL,
        trigger="notification",
        note="on ne sait pas si une décision peut encore être contestée",
    )
    return [*found, Found(deadline, None, None, True, "retention-implies-removal", 0.5)]


def callback(received_on: date, *, urgent: bool) -> Found:
    """A message left on the line: called back the same day if urgent, else on the next (R8)."""
    listening = next_listening_day(received_on)
    note = (
        f"urgent : le jour même, par la personne de garde, sinon le {listening:%d/%m/%Y}"
        if urgent
        else None
    )
    on = received_on if urgent else listening
    deadline = FoundDeadline(kind=D.CALLBACK, trigger=_TRIGGER[D.CALLBACK], date_on=on, note=note)
    return Found(deadline, None, on, rule="callback", confidence=0.95)


def general_question(texts: Sequence[Folded], meaning: Meaning, kind: RequesterKind) -> bool:
    """A question on no person in particular: training, research, a point of law in the abstract.

    In doubt it is about somebody: only words that generalise, or an author who asks by trade and
    names nobody, make it general.
    """
    if Topic.TRAINING_REQUEST in meaning.topics and not meaning.special:
        return True
    if kind is RequesterKind.PRESS_OR_RESEARCH:
        return True
    if kind in _ASK_BY_TRADE and of_nobody(texts):
        return True
    if any(_CONCRETE.search(t.text) for t in texts):
        return False
    return kind in _ASK_BY_TRADE or any(_GENERAL.search(t.text) for t in texts)


_CONCRETE = re.compile(
    r"\b(?:mon|ma|mes|son|sa|je|j|m|mr|mme|monsieur|madame|il|elle|i|my|he|she|"
    r"un (?:detenu|homme|jeune|ressortissant|monsieur))\b"
)
_ASK_BY_TRADE = {
    RequesterKind.LAWYER,
    RequesterKind.CPIP,
    RequesterKind.PRISON_STAFF,
    RequesterKind.PRISON_HEALTH_STAFF,
    RequesterKind.SOCIAL_WORKER,
    RequesterKind.OTHER_ASSOCIATION,
    RequesterKind.PRISON_JUSTICE_VOLUNTEER,
    RequesterKind.CHAPLAIN,
    RequesterKind.ADMINISTRATION,
}
