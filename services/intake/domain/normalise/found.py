"""Deadlines found in an item: decisions with the date of their notification, and given days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from services.intake.domain.normalise.clocks import Clock, clock_of, rule_for
from services.intake.domain.normalise.found_model import Found, Scene
from services.intake.domain.normalise.general import GENERAL
from services.intake.domain.normalise.given_days import (
    declared_release,
    given_day,
    undated_document,
    undated_hearing,
    undated_release,
)
from services.intake.domain.normalise.handed_over import Told, signed_this_day, told, with_hour
from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.moments import ENTRY_REACH, Moment
from services.intake.domain.normalise.periods import stated_end, stated_periods
from services.intake.domain.normalise.reference import Decision, Reference
from services.intake.domain.normalise.requester import told_of_another
from services.intake.domain.normalise.text import Folded
from shared.contracts.intake.events import FoundDeadline
from shared.contracts.vocabulary import DeadlineKind

D = DeadlineKind
_FEARED = re.compile(
    r"\b(?:peur|crain\w*|risqu\w*|si |pas (?:d |eu |encore |recu )|jamais|sans|"
    r"aucune?|evit\w*|an+ul\w*|abrog\w*|eventuel\w*|quand|avant d avoir|no |never|if |"
    r"without|afraid|fear|nese |daca |se (?:eu|ele|ela|io|lui) |если |eger |en cas d|au cas |s il y a )[^.]{0,26}$"
)
_OLD = re.compile(
    r"\b(?:depuis|en|in|since|desde|de|du|from|an+e+|an)\b ?(?:\w+ )?20[0-2]\d|"
    r"ancien\w*|rejet ancien|il y a (?:\w+ )?(?:ans?|an+e+s?|mois)|ans? ago|"
    r"l an(?:ne+)? (?:dernier|pas+e)\w*|last year|years? ago"
)
_ENDED = re.compile(
    r"\b(?:an+ul\w*|abrog\w*|enlev\w*|retire?e? par|leve\w*|cancel\w*|anulad\w*|"
    r"(?:a|est|ete|ont|avait|fut)(?: \w+){0,2} an+ule?e?s?)\b"
)
# Before the decision: who ended it. "I want it annulled" ends nothing.
_ENDED_BY = re.compile(
    r"\b(?:tribunal|juge|ta|cour|prefete?|prefecture|ministre|ils?|on)(?: \w+){0,2} "
    r"(?:m |l |nous |lui )?(?:a|ont|avait)(?: \w+)? (?:an+ule|abroge|retire|enleve|cas+e)e? "
    r"(?:(?:mon|ma|l|son|sa|cet\w*|une?|leur|la|le) ?)?$"
)
# An annulment told as news; one that is only asked for ends nothing.
_WON = re.compile(
    r"\b(?:gagne|obtenu\w*|bon+e nouvel+e|victoire|a pronon?ce)\b[^.]{0,40}\b(?:an+ulation|abrogation)"
    r"[^.]{0,16}$|\b(?:an+ulation|abrogation) (?:totale|complete|definitive|pure)[^.]{0,14}$"
)
# Told of a decision, behind it: a court has judged it, its time to appeal is over.
_JUDGED_LONG_AGO = re.compile(
    r"[^.!?]{0,30}\b(?:que )?(?:j ?|il |el+e )(?:ai|a)(?: \w+)? perdue?s?\b[^.!?]{0,12}"
    r"(?:tribunal|ap+el|juge|cour|\bta\b|recours|cas+ation)|"
    r"[^.!?]{0,50}\b(?:tribunal|\bta\b|cour|juge administratif)(?! cor+ection)(?: \w+){0,3} "
    r"(?:\w+ )?(?:a|ont)(?: deja)? (?:dit non|rejete|confirme|valide)\w*"
    r"(?! (?:a |pour )?(?:ma|mon|la|sa|son) (?!oqtf|recours|requete))|"
    r"[^.!?]{0,30}\b(?:recours|requete|ap+el)s? (?:\w+ )?(?:deja )?(?:rejete|perdu)\w*|"
    r"[^.!?]{0,30}\b(?:i|he|she) (?:already )?lost (?:it )?(?:at|in|my|his|the) (?:the )?(?:court|tribunal|ap+eal)|"
    r"[^.!?]{0,40}\b(?:court|tribunal|judge) (?:has )?(?:already )?(?:said no|rejected|dismis+ed|confirmed)|"
    r"[^.!?]{0,30}\b(?:perdi|perdio|perdeu|ho perso|pierdut)\b[^.!?]{0,16}(?:tribunal|recurs|juez|juiz|ap+el)"
)
_INTENDED = re.compile(r"\b(?:intention|projet|envisag\w*) (?:de |d |me |lui )[^.]{0,24}$")
_MAY_COME = re.compile(
    r"\b(?:peu(?:t|x|vent)|pour+ai\w*|pouvai\w*|va|vont|vais|can|could|may|might)(?: \w+){0,3} "
    r"(?:don+er|met+re|avoir|recevoir|notifier|delivrer|prendre|get|give|receive)(?: \w+)? ?$"
)
_REPLY = re.compile(r"\s*(?:re|rv|aw|sv) ?:")
_FILED = re.compile(
    r"(?<!pas )(?<!jamais )(?<!non )\b(?:contestee?|at+aquee?|chal+enged|ap+ealed|recur+id[oa]|impugnad[oa]|contestad[oa]|impugnat[oa])"
    r"(?: \w+)? (?:dans les? (?:temps|delais?)|a temps|devant|au (?:ta\b|tribunal)|in time|within|before the (?:court|tribunal)|"
    r"a tiempo|dentro d[eo]|a tempo|nei termini|in tempo)|"
    r"\b(?:requete|recours|ap+el)\b.{0,80}\b(?:a ete|est|avons|avait ete) (?:bien )?"
    r"(?:depos|enregistr|introdui|form)\w*.{0,80}\b(?:gref\w*|tribunal|dans les? (?:temps|delais?))"
)
# The roles of dates that may start the clock of a judgment, and of any other decision; a day on
# which it was only "decided" comes after all days on which it was handed over.
_JUDGED = {"conviction", "hearing_past", "decided", "unknown", "released", "heading"}
_NOTIFIED = {"notification", "decided", "unknown", "heading"}
# Beside the name of a body that also hears people, a day past reads like one of a hearing.
_BY_A_BODY = {D.OFPRA_FILING, D.CNDA_APPEAL, D.JAP_APPEAL}
_HELD = {"conviction", "hearing_past"}
_SECOND_BEST = {"decided", "released"}
_TOLD_LOOSELY = {"decided", "unknown"}
_LATER = 1000
_BESIDE = 14
LONGEST_DAYS = 75  # no limit to appeal found here is longer than two months and a franc day
_DENIED = re.compile(
    r"\b(?:sans|pas d|pas de|aucune?|without|no|never (?:got|had|received)|sin|sem|senza|ni|"
    r"ninguna?|nenhuma?|nes+una?|niciun|nicio|asnje|нет|без|никак\w*|لا توجد|لا يوجد|بدون|دون|"
    r"ليس هناك|ما عندي|ليس لدي)(?: d| une?| any| an| obligations? (?:de|to))?"
    r"(?: (?:papiers?|documents?|ar+ete|decision|mesure|ordre|obligation|let+re|feuil+e|paper|order|papel|orden)"
    r"(?: (?:pour|de|d|a|qui dit de|disant de|to|para|di))?)? ?$|"
    r"\b(?:a|ai|ya|avait|avais|eu|recu) pas ?$"
)
_DENIED_AFTER = re.compile(
    r"\W{0,2}(?: ?(?:et\w{1,5} |cik\w{1,5} )?(?:karar\w* |kagi[dt]\w* |belge\w* )?"
    r"(?:yok\w*|degil|almadi\w*|verilmedi\w*|gelmedi\w*)|"
    r" ?(?:لم تصل|не было|нет|غير موجود))\b"
)
# The day on which a decision was handed over is forgotten, or was not noted.
_FORGOTTEN = re.compile(
    r"\b(?:pas|plus) (?:note|retenu|regarde|fait at+ention)[^.]{0,20}(?:jour|date|quand)|"
    r"\b(?:rap+el+e|souviens?|sais?) (?:plus|pas)[^.]{0,20}(?:jour|date|quand)|"
    r"\boublie[^.]{0,16}(?:jour|date|quand)|il y a quelques (?:jours|semaines)|"
    r"(?:don ?t|can ?t|not) (?:remember|recal+|know)[^.]{0,20}(?:day|date|when)|"
    r"\bno (?:recuerdo|me acuerdo|se)\b[^.]{0,20}(?:dia|fecha|cuando)|"
    r"\bnao (?:me )?(?:lembro|sei|recordo)\b[^.]{0,20}(?:dia|data|quando)|"
    r"\bnon (?:ricordo|so)\b[^.]{0,20}(?:giorno|data|quando)|"
    r"\bnu (?:mai )?(?:stiu|imi amintesc)[^.]{0,20}(?:cand|zi|data)|"
    r"\bне (?:помн|зна)\w*[^.]{0,20}(?:когда|дат|числ|дн)|hatirlami\w*|"
    r"(?:когда|числа|дат|день)\w*[^.]{0,30}\bне (?:помн|зна)\w*|"
    r"(?:quel jour|la date|quand|le jour)[^.]{0,30}(?:\bsai[ts]? (?:plus|pas)|rap+el+e (?:plus|pas)|"
    r"souvien\w* (?:plus|pas)|\boublie|perdu)|(?:rap+el+e|souvien\w*|sai[ts]?|sav\w*) (?:plus|pas) "
    r"(?:exactement |bien |trop )?(?:quel jour|quand|la date|le jour)|"
    r"(?:date|day|when)[^.]{0,30}(?:forgot|not remember|n ?t remember|not know|n ?t know|unsure|not sure)|"
    r"(?:forgot|not sure|unsure) (?:of |about )?(?:the |which |what )?(?:date|day|when)|"
    r"\bnuk (?:e )?(?:mbaj mend|di)\b[^.]{0,20}(?:kur|dat)|"
    r"لا (?:اتذكر|اعرف)[^.]{0,20}(?:متى|يوم|تاريخ)"
)


def deadlines_in(
    texts: Sequence[tuple[Folded, Folded, Sequence[Moment]]], reference: Reference, scene: Scene
) -> list[Found]:
    """Deadlines of several texts (loose, plain, dates of the plain one), without repetitions."""
    dated: list[Found] = []
    for loose, plain, moments in texts:
        if _REPLY.match(loose.text) and any(_settles(other, reference) for other, _, _ in texts):
            continue  # the subject of an earlier message; this one says how it ended
        dated += list(_decisions(loose, plain, moments, reference, scene))
    if any(f.unknown_clock for f in dated):
        meant = _only_meant([loose for loose, _, _ in texts], reference)
        dated = [f for f in dated if not (f.unknown_clock and f.rule in meant)]
    given: list[Found] = []
    for _, plain, moments in texts:
        given += [f for m in moments if (f := given_day(m, plain, scene)) is not None]
        given += undated_document(plain)
        given += undated_hearing(plain, scene.received_on)
        given += undated_release(plain, scene.received_on)
    given += declared_release(scene)
    return _one_each([*dated, *given])


def _one_each(found: Iterable[Found]) -> list[Found]:
    """One deadline a kind and day; a dated one replaces the undated of its kind.

    A refusal handed over with a removal has the removal's time limit (CESEDA L. 614-1).
    """
    kept: dict[tuple[D, str | None], Found] = {}
    for item in found:
        key = (item.deadline.kind, item.deadline.trigger_on or _text(item.deadline.date_on))
        if key not in kept or (item.confidence > kept[key].confidence):
            kept[key] = item
    dated = {kind for kind, when in kept if when is not None}
    found = [f for (kind, when), f in kept.items() if when is not None or kind not in dated]
    hours = {(f.deadline.kind, day[:_DAY]) for f in found if len(day := _started(f)) > _DAY}
    found = [f for f in found if (f.deadline.kind, _started(f)) not in hours]
    removals = {_started(f) for f in found if f.deadline.kind is D.OQTF_APPEAL} - {""}
    return [
        f for f in found if not (f.deadline.kind is D.REFUSAL_APPEAL and _started(f) in removals)
    ]


_DAY = len("2026-01-01")


def _started(found: Found) -> str:
    return found.deadline.trigger_on or ""


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _decisions(
    loose: Folded, plain: Folded, moments: Sequence[Moment], reference: Reference, scene: Scene
) -> Iterable[Found]:
    """Decisions by their names; beside a day not taken, by what they did; else the vague ones."""
    seen: list[Found] = []
    fitting = [d for d in reference.decisions if _fits(d, scene)]
    for decision in (d for d in fitting if not d.weak):
        hits = [h for h in decision.rule.hits(loose) if not _is_denied(loose, h)]
        if hits and (found := _best(decision, hits, loose, plain, moments, scene)):
            seen.append(found)
    for decision in fitting:
        hits = _told_by_effect(decision, loose)
        if hits and (found := _best(decision, hits, loose, plain, moments, scene)):
            seen += [] if found.unknown_clock or _taken(found, seen) else [found]
    if not any(f.deadline.kind in _STRONG for f in seen):
        for decision in (d for d in fitting if d.weak):
            hits = [h for h in decision.rule.hits(loose) if not _is_denied(loose, h)]
            if hits and (found := _best(decision, hits, loose, plain, moments, scene)):
                seen.append(found)
    yield from seen


_STRONG = {
    D.OQTF_APPEAL,
    D.EXPULSION_APPEAL,
    D.CRIMINAL_APPEAL,
    D.REFUSAL_APPEAL,
    D.CNDA_APPEAL,
    D.RETENTION_APPEAL,
    D.HOUSE_ARREST_APPEAL,
    D.DUBLIN_APPEAL,
}


def _fits(decision: Decision, scene: Scene) -> bool:
    """May the decision be one of somebody whose request has these topics, in this situation?"""
    if decision.needs_topic and not (set(decision.needs_topic) & scene.topics):
        return False
    if decision.deadline is D.RETENTION_APPEAL:
        return scene.situation == "retention" and not scene.waiting_zone
    return True


def _taken(found: Found, seen: Sequence[Found]) -> bool:
    """Is the day already that of a decision called by its name?"""
    day = _started(found)[:_DAY]
    return any(_started(other)[:_DAY] == day for other in seen)


def _told_by_effect(decision: Decision, loose: Folded) -> list[Hit]:
    """Where a text tells what the decision did, without its name ("they said no for my card")."""
    if decision.told is None:
        return []
    hits = decision.told.hits(loose)
    return [
        h
        for h in hits
        if not (
            _is_denied(loose, h)
            or _is_feared(loose, h)
            or _MEANT.search(loose.text, loose.sentence(h.start)[0], h.start)
        )
    ]


def _is_feared(loose: Folded, hit: Hit) -> bool:
    start, _ = loose.sentence(hit.start)
    return bool(_FEARED.search(loose.text[max(start, hit.start - 45) : hit.start]))


# What an authority only means to do.
_MEANT = re.compile(
    r"\b(?:intention|envisag\w*|projet\w*|menac\w*|voudrai\w*|pour+ai\w*|va|vont|comptent?|"
    r"threaten\w*|going to|wil+|quieren|vogliono)\b[^.]{0,24}$"
)


def _is_denied(loose: Folded, hit: Hit) -> bool:
    """Is the decision said not to be there, ended, or somebody else's?"""
    start, _ = loose.sentence(hit.start)
    before = loose.text[max(start, hit.start - 70) : hit.start]
    if _DENIED.search(before[-34:]) or _DENIED_AFTER.match(loose.text, hit.end):
        return True
    if _JUDGED_LONG_AGO.match(loose.text, hit.end):
        return True
    if (
        _ENDED_BY.search(before)
        or _WON.search(before)
        or _MAY_COME.search(before)
        or _INTENDED.search(before)
    ):
        return True
    return told_of_another(loose, hit.start)


def _only_meant(texts: Sequence[Folded], reference: Reference) -> set[str]:
    """The decisions that an authority is said to intend: named elsewhere, they run no clock."""
    return {
        d.rule.id
        for d in reference.decisions
        for loose in texts
        for h in d.rule.hits(loose)
        if _INTENDED.search(loose.text, max(0, h.start - 70), h.start)
    }


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
    if any(_AT_RELEASE.search(loose.text, *loose.sentence(h.start)) for h in hits):
        roles = roles | {"released"}
    usable = [m for m in moments if m.role in roles and m.mention.exact]
    usable = [m for m in usable if m.on and m.on <= scene.received_on]
    usable = [m for m in usable if (m.mention.offset or 0) <= 0]  # "three days left" is none past
    spans = [_raw_span(loose, h) for h in hits]
    if any(_of_a_year_gone(decision, s, plain, moments, scene) for s in spans):
        usable = []
        hits = [h for h in hits if _ANEW.search(loose.text, max(0, h.start - 24), h.start)]
    ranked = sorted(
        (
            (d + (_LATER if m.role in _SECOND_BEST else 0), m)
            for m in usable
            if (d := _distance(plain, m, spans, reach=_reach(m))) is not None
        ),
        key=lambda p: p[0],
    )
    period = stated_periods(plain)
    if ranked and not (ranked[0][1].role in _TOLD_LOOSELY and _FORGOTTEN.search(plain.text)):
        days = told(ranked[0][1], [m for _, m in ranked], plain)
        days = replace(days, moment=with_hour(days.moment, usable, plain))
        return _with_trigger(decision, days, period, scene)
    if signed := signed_this_day(moments, plain, scene.received_on):
        return _with_trigger(decision, Told(signed), period, scene)
    return _undated(decision, hits, loose, plain, moments, period, scene)


# What was handed over to somebody on the day and at the door of their release.
_AT_RELEASE = re.compile(
    r"\b(?:at the (?:gate|do+r|exit)|when i (?:came|got|went) out|a la (?:porte|sortie)|devant la (?:porte|prison)|"
    r"en sortant|le jour de (?:ma|sa|la) (?:sortie|liberation)|a la salida|a la puerta|na saida|"
    r"al+ uscita|la poarta|la iesire|на выходе|عند (?:الباب|الخروج))"
)
_ANEW = re.compile(r"\b(?:nouvel+e?|autre|deuxieme|seconde?|encore une?|new|another|otra|outra)\b")


def _of_a_year_gone(
    decision: Decision,
    span: tuple[int, int],
    plain: Folded,
    moments: Sequence[Moment],
    scene: Scene,
) -> bool:
    """Is the decision named with no more than a year whose time is over ("une OQTF de 2022")?"""
    rule_id = rule_for(decision.rules, scene.situation, scene.place)
    for moment in moments:
        mention = moment.mention
        if mention.exact or mention.year is None:
            continue
        last = mention.last_possible(scene.received_on)
        if 0 <= plain.at[mention.start] - span[1] <= _BESIDE and last:
            return _is_past(last, rule_id, scene)
    return False


def _reach(moment: Moment) -> int | None:
    """How far a date may stand from the decision in its sentence, if no word tells its role: a
    day told from the writer's own ("last Tuesday I was called and…") farther than another."""
    if moment.role == "heading":
        return len(moment.words) + ENTRY_REACH
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


def _with_trigger(decision: Decision, days: Told, period: str | None, scene: Scene) -> Found:
    moment = days.moment
    on = moment.on or scene.received_on
    rule_id = rule_for(decision.rules, scene.situation, scene.place)
    clock = clock_of(rule_id, on, moment.clock, scene.place) if rule_id else None
    ends = [clock.prudent_on, clock.last_on] if clock else []
    stated = stated_end(period, on)
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
        note=" ; ".join(filter(None, (days.note, note))) or None,
    )
    confidence = 0.5 if days.doubtful else 0.7 if days.other else 0.85
    return Found(deadline, moment.words, pressing, rule=decision.rule.id, confidence=confidence)


def _pressing(ends: list[date], clock: Clock | None, received_on: date) -> date | None:
    """The earliest end still ahead; else the latest one past (the chance that remains longest)."""
    ahead = [e for e in ends if e >= received_on]
    if ahead:
        return min(ahead)
    return max(ends, default=None)


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
        around = loose.text[max(start, hit.start - 70) : min(end, hit.end + 60)]
        if _ENDED.search(loose.text[hit.end : min(end, hit.end + 70)]):
            continue
        if _FILED.search(loose.text[start:end]):
            continue
        if _is_feared(loose, hit) or GENERAL.search(around):
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


# An appeal that nobody knows of what, a paper that nobody could read.
_OF_WHAT = re.compile(
    r"\b(?:recours|ap+el|contest\w*|papiers?|document\w*|ap+eal\w*|recurso|ricorso|papel\w*|paper\w*)\b"
    r"[^.!?]{0,40}\b(?:sai[ts]? pas (?:de quoi|contre quoi|quoi|lequel|quel\w*|ce que)|"
    r"rien compris|pas compris|compren\w* (?:pas|rien)|(?:don ?t|do not|does not|doesn ?t) "
    r"(?:know|understand)|no (?:sabe|se|entend\w*)|non (?:sa|so|capis\w*))"
)


def removal_behind_retention(
    found: list[Found], scene: Scene, texts: Sequence[Folded]
) -> list[Found]:
    """Retention rests on a decision of removal: its clock may run where papers are not known."""
    kinds = {f.deadline.kind for f in found}
    if (
        scene.situation != "retention"
        or scene.waiting_zone
        or not any(_OF_WHAT.search(t.text) for t in texts)
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
