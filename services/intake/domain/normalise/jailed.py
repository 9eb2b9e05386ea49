"""Whether a decision came to somebody free who was put in prison later, and what is told since.

A free person who has a month to appeal and is put in prison before it ends has seven days from
the information given by the prison's registry (CESEDA R. 921-2), not from the notification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.text import Folded


@dataclass(frozen=True, slots=True)
class Jailed:
    """What an item tells of somebody put in prison.

    ``was_free``: the decision is said to have come before, in freedom; ``days``: those of being
    put in prison, in order; ``informed``: those on which the registry told of the time to appeal,
    in order; ``retained``: those of being placed in administrative retention, in order.
    """

    was_free: bool = False
    days: tuple[date, ...] = ()
    informed: tuple[Moment, ...] = ()
    retained: tuple[Moment, ...] = ()

    def came_before(self, notified_on: date) -> bool:
        """Did a decision handed over on ``notified_on`` come before prison?"""
        if not self.days:
            return self.was_free
        if self.was_free:
            return notified_on <= self.days[-1]
        return notified_on < self.days[0]

    def put_in_on(self, notified_on: date) -> date | None:
        """The day of prison that followed ``notified_on``."""
        return next((day for day in self.days if day >= notified_on), None)

    def told_on(self, notified_on: date | None) -> Moment | None:
        """When the registry told of the time to appeal; not before prison began."""
        days = [m for m in self.informed if m.on and (not notified_on or m.on > notified_on)]
        since = self.put_in_on(notified_on) if notified_on else next(iter(self.days), None)
        return next((m for m in days if m.on and (since is None or m.on >= since)), None)

    def placed_after(self, on: date | None) -> Moment | None:
        """The first placement in retention later than ``on``."""
        return next((m for m in self.retained if m.on and on and m.on > on), None)

    def told_by_registry(self, on: date) -> bool:
        """Did the registry tell of the time to appeal, or hand the decision over, on that day?"""
        return any(m.on == on for m in self.informed)


NEVER = Jailed()


def jailed_in(
    texts: Sequence[tuple[Folded, Folded, Sequence[Moment]]],
    hits: Sequence[Sequence[Hit]],
    received_on: date,
) -> Jailed:
    """What ``texts`` (loose, plain, days of the plain one) tell; ``hits``: where each of them
    names the decision."""
    known = [
        (plain, m)
        for _, plain, moments in texts
        for m in moments
        if m.mention.exact and m.on and m.on <= received_on and m.role not in _NOT_THEN
    ]
    informed = [m for plain, m in known if _is_information(plain, m)]
    ahead = {m.sentence for m in informed}
    later = [
        m for plain, m in known if m.sentence not in ahead and _is_information(plain, m, after=True)
    ]
    informed += later
    return Jailed(
        was_free=any(_free(loose, met) for (loose, _, _), met in zip(texts, hits, strict=True)),
        days=tuple(
            sorted(
                {m.on for plain, m in known if m.on and _is_of_prison(plain, m)}
                | {day for _, plain, _ in texts for day in _counted_back(plain, received_on)}
            )
        ),
        informed=_in_order(informed),
        retained=_in_order([m for plain, m in known if _is_of_retention(plain, m)]),
    )


def _in_order(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    return tuple(sorted(moments, key=lambda m: (m.on or date.max, m.clock or "")))


def _free(loose: Folded, hits: Sequence[Hit]) -> bool:
    """Does a sentence with the decision, or one beside it on its handing over, tell of freedom?"""
    sentences = _sentences(loose, hits)
    if any(_tells_of_freedom(loose, *sentence) for sentence in sentences):
        return True
    if any(_THEN_PRISON.search(loose.text, h.end, loose.sentence(h.end - 1)[1]) for h in hits):
        return True
    for start, end in sentences:
        for low, high in _beside(loose, start, end):
            near = high - low <= _SHORT or _HANDED.search(loose.text, low, high)
            if near and _tells_of_freedom(loose, low, high):
                return True
        if _AT_ONCE.match(loose.text, end):
            return True
    return False


def _tells_of_freedom(loose: Folded, start: int, end: int) -> bool:
    return any(told.search(loose.text, start, end) for told in (_FREE, _BEFORE_PRISON))


def _sentences(loose: Folded, hits: Iterable[Hit]) -> list[tuple[int, int]]:
    return list(dict.fromkeys(loose.sentence(h.start) for h in hits))


def _beside(loose: Folded, start: int, end: int) -> Iterable[tuple[int, int]]:
    if start > 1:
        yield loose.sentence(start - 1)
    if end < len(loose.text):
        yield loose.sentence(end)


def _is_of_prison(plain: Folded, moment: Moment) -> bool:
    """Is it the day on which prison began?"""
    before, after = _around(plain, moment)
    if _MOVED.search(before):
        return False
    return bool(_PUT_IN.search(before) or _HELD_SINCE.search(before) or _PUT_IN_AFTER.match(after))


def _is_of_retention(plain: Folded, moment: Moment) -> bool:
    """Is it the day of a placement in administrative retention?"""
    before, after = _around(plain, moment)
    return bool(_RETAINED.search(before) or _RETAINED_AFTER.match(after))


def _is_information(plain: Folded, moment: Moment, *, after: bool = False) -> bool:
    """Is it the day on which the registry told of the time to appeal? ``after``: told behind it."""
    low, high = moment.sentence
    told = plain.text[low:high]
    if _OF_SOMETHING_ELSE.search(told) and not _OF_THE_APPEAL.search(told):
        return False
    words_before, words_after = _around(plain, moment)
    return bool(_TOLD_AFTER.match(words_after) if after else _TOLD.search(words_before))


def _around(plain: Folded, moment: Moment) -> tuple[str, str]:
    """What stands before and behind a day, in its sentence and within reach."""
    start, end = moment.mention.start, moment.mention.end
    low, high = moment.sentence
    return (
        plain.text[max(low, start - _REACH) : start],
        plain.text[end : min(max(high, end), end + _REACH)],
    )


def _counted_back(plain: Folded, received_on: date) -> Iterable[date]:
    """The days on which prison began that is said to have lasted so long."""
    for match in _FOR_SO_LONG.finditer(plain.text):
        written = match["n"]
        count = int(written) if written.isdigit() else _NUMBERS.get(written, 1)
        unit = next(days for first, days in _UNITS.items() if match["unit"].startswith(first))
        yield received_on - timedelta(days=count * unit)


_REACH = 90
_SHORT = 60
# Days that are of something else, whatever stands beside them.
_NOT_THEN = {"birth", "expiry", "release", "released", "hearing"}

# In freedom ("j'étais encore dehors"); in loosely folded text.
_IS = (
    r"(?:j ?|je |il |el+e |on |mon \w+ |monsieur |madame )?(?:n )?(?:etai[st]|etan?t|suis|est|me trouvai[st]|se trouvait|vivai[st]|"
    r"(?:avai[st]|ai|a) ete)(?: encore| alors| toujours| a lors){0,3}"
)
_FREE = re.compile(
    rf"\b{_IS} (?:en )?(?:libre|dehors?|liberte|a l exterieur|a l air libre|pas (?:encore )?(?:en (?:prison|detention|taule|cel+ule)|"
    r"detenue?|incarcere|enferme|ecroue|au trou))\b|"
    r"\b(?:notifi\w*|remis\w*|recu\w*|don+e\w*|pris\w*|eue?)(?: \w+){0,3} (?:alors que |quand |lorsque )?(?:j etais )?(?:encore |alors )?(?:libre|en liberte|dehors?|a l exterieur)\b|"
    r"\b(?:quand|lorsque|pendant que|alors que|tandis que|epoque ou|au moment ou|moment ou) (?:j|je|il|el+e|mon \w+)(?: \w+){0,2} (?:libre|dehors?|en liberte|a l exterieur)\b|"
    r"\b(?:encore|alors) (?:libre|dehors|en liberte)\b|\b(?:person+e|etat|situation) libre\b|"
    r"\b(?:notifi\w*|remis\w*|recu\w*|don+e\w*)[^.!?]{0,50}\b(?:a (?:mon|son|notre) (?:domicile|adres+e)|chez (?:moi|lui|el+e|mes parents)|"
    r"dans la rue|(?:lors d|apres|pendant|suite a) ?(?:un |une )?controle|au guichet|(?:en|pendant (?:la|ma|sa)|a la fin de (?:la|ma|sa)|lors de (?:la|ma|sa)|apres (?:la|ma|une)) gardes? a vue|"
    r"au com+is+ariat|a la gendarmerie)\b|"
    r"\b(?:quand|while|when|as) (?:i|he|she|my \w+) (?:was|were|am|is)(?: \w+)? (?:fre+|outside|out|at home|not (?:yet )?in (?:prison|jail|custody)|at liberty)\b|"
    r"\b(?:i|he|she) (?:was|were) (?:stil+ |then )(?:fre+|outside|out|at liberty|at home)\b|\bstil+ (?:fre+|at liberty)\b|"
    r"\b(?:cuando|mientras) (?:yo |el |el+a )?(?:estaba|era|vivia)(?: \w+)? (?:libre|fuera|en (?:la )?(?:libertad|cal+e))\b|\b(?:estaba|era) (?:aun|todavia) (?:libre|fuera|en (?:la )?(?:libertad|cal+e))\b|"
    r"\b(?:quando|enquanto) (?:eu |ele |ela )?(?:estava|era|andava)(?: \w+)? (?:livre|ca fora|la fora|fora|em liberdade|na rua)\b|\b(?:estava|era) ainda (?:livre|fora|em liberdade)\b|"
    r"\b(?:quando|mentre) (?:io |lui |lei )?(?:ero|era|stavo|stava)(?: \w+)? (?:libero|libera|fuori|in liberta)\b|\b(?:ero|era) ancora (?:liber[oa]|fuori|in liberta)\b|"
    r"\b(?:cand|pe cand|pe vremea cand) (?:eu |el |ea )?(?:eram|era)(?: \w+)? (?:liber\w*|afara|in libertate)\b|\b(?:eram|era) inca (?:liber\w*|afara|in libertate)\b|"
    r"(?:когда|пока)(?: \w+)? (?:был|была|находил\w*|жил\w*)(?: \w+)? на (?:свобод|вол)\w*|\b(?:был|была) (?:еще|ещё|тогда) на (?:свобод|вол)\w*|на (?:свобод|вол)е (?:был|была)\w*|"
    r"(?:коли|поки)(?: \w+)? (?:був|була|перебува\w*|жив|жила)(?: \w+)? на (?:свобод|вол)\w*|"
    r"\b(?:kur|nderkohe qe) (?:une |ai |ajo )?(?:isha|ishte)(?: \w+)? (?:i lire|e lire|jashte|ne liri)\b|\b(?:isha|ishte) (?:ende|akoma) (?:i lire|e lire|jashte|ne liri)\b|"
    r"\b(?:disaridayken|disardayken|serbestken|ozgurken|tutuksuzken)\b|\b(?:disarida|serbest|ozgur)(?: \w+)? (?:iken|oldugum|oldugu)\w*|"
    r"\b(?:als|wahrend) (?:ich|er|sie)(?: \w+){0,2} (?:frei|drausen|in freiheit)\b|\b(?:war|bin) (?:noch|damals) (?:frei|drausen|in freiheit)\b|"
    r"\b(?:toen|terwijl) (?:ik|hij|zij)(?: \w+){0,2} (?:vrij|buiten)\b|\b(?:kiedy|gdy)(?: \w+)? (?:bylem|bylam|byl|byla)(?: \w+)? (?:na wolnosci|wolny|wolna)\b|"
    r"\b(?:dok|kad)(?: \w+)? (?:sam|je)(?: \w+)? (?:bio|bila)(?: \w+)? (?:slobodan|slobodna|na slobodi|vani|napolju)\b|"
    r"(?:كنت|كان|وانا|وانا كنت)(?: \w+)? (?:حرا|حر|طليق|طليقا|في الخارج|خارج السجن|برا|بره)\b|"
    r"(?:თავისუფლებაში|გარეთ) (?:ვიყავი|იყო)|(?:ვიყავი|იყო) (?:თავისუფლებაში|გარეთ)|\b(?:kont|kunt|kount) (?:mazal )?(?:bra|bera|hor)\b"
)
# Before prison; after the decision, prison.
_PRISON = (
    r"(?:prison|jail|gaol|detention|incarcerat?ion|emprison+ement|ecrou|taule|cabane|carcel|prision|encarcelamiento|cadeia|prisao|carcere|galera|ar+esto|"
    r"inchisoare\w*|puscarie\w*|arest\w*|burg\w*|haft|gefangnis|gevangenis|wiezieni\w*|aresztowani\w*|zatvor\w*|hapis\w*|cezaev\w*)"
)
_BEFORE_PRISON = re.compile(
    r"\bavant (?:de |d |que |qu )?(?:(?:je|j|il|el+e|on|mon \w+) ?)?(?:(?:etre|etes|me faire|se faire|sois|soit|sui[st]|est|m|me|le|la|ne) ?){0,6}"
    rf"(?:(?:mon|ma|son|sa|l|la|cet+e|leur) ?)?(?:incarcer\w*|emprison+\w*|ecrou\w*|enferm\w*|(?:mise? (?:en|sous) |al+er? (?:en |a la )|entre[re]? (?:en |a la |dans la )|"
    rf"rentre[re]? (?:en |a la )|ar+ive[re]? (?:en |a la )|mis\w* (?:en|sous) |met+re (?:en|sous) |place\w* (?:en|sous) |tombe[re]? (?:en )?)?{_PRISON})\b(?! (?:domiciliaire|a domicile))|"
    rf"\bbefore (?:(?:i|he|she) )?(?:(?:was|were|being|going|went|go|came|coming|my|his|her|the|get+ing|got|they|put|me|him) ){{0,6}}(?:(?:to|in|into) )?(?:{_PRISON}|jailed|imprison\w*|incarcerat\w*|locked up|detained|ar+ested)\b|"
    rf"\b(?:antes de|antes d[ao]|antes que) (?:(?:ser|ir|entrar|mi|me|minha|a|la|el|en|na|para|que|estar|no) ){{0,6}}(?:{_PRISON}|preso|presa|encarcel\w*|detenido|detido|detida|encarcerad\w*)\b|"
    rf"\b(?:prima (?:del|del+a|di|che)) (?:(?:mio|la|il|es+ere|andare|finire|entrare|mi|in) ){{0,6}}(?:{_PRISON}|incarcerat\w*|ar+estat\w*|detenut\w*|carcerat\w*)\b|"
    rf"\b(?:inainte (?:de|sa)|pana sa) (?:(?:a|fi|intra|in|la|merge|ma|fiu|ajung\w*) ){{0,6}}(?:{_PRISON}|incarcerat\w*|inchis\w*|arestat\w*)\b|"
    r"\bдо (?:тюрьм|арест|заключени|посадк|ув ?язнен|арешт)\w*|\bперед (?:тюрьм|арест|заключени|ув ?язнен|арешт)\w*|"
    r"\b(?:para|perpara) (?:se (?:te )?(?:hy\w*|futesha|burgos\w*)(?: ne)? ?)?(?:burg\w*)|\b(?:hapse|cezaevine) (?:gir|dus)\w* (?:once|ev+el)\w*|\b(?:tutuklanma\w*|hapis\w*|cezaev\w*) (?:once|ev+el)\w*|"
    r"\b(?:vor|bevor) (?:(?:meiner|der|ich|er|sie|ins|in) ){0,6}(?:haft|gefangnis|inhaftier\w*|verhaftung|eingesper+t)\b|\b(?:vo+r|vo+rdat) (?:(?:mijn|de|ik|hij|in) ){0,6}(?:detentie|gevangenis|vastgezet|opsluiting)\b|"
    r"\b(?:przed|zanim) (?:(?:trafil\w*|mnie|do) ){0,6}(?:wiezieni\w*|aresztowani\w*|osadzeni\w*|zamkniet\w*|zamkneli)\b|\b(?:pre|prije) (?:(?:nego|sto|sam|usao|u|mog) ){0,6}(?:zatvor\w*|hapsenj\w*)\b|"
    r"قبل (?:ان )?(?:السجن|دخول السجن|ادخل السجن|الحبس|اسجن|سجني|حبسي|الاعتقال|اعتقالي)|(?:ციხემდე|დაპატიმრებამდე|დაჭერამდე)|\b(?:9bel|qbel|kbel) (?:ma ndkhol |ma ndkhel )?(?:l ?habs|lhebs)"
)
_PUT = (
    r"(?:incarcer\w*|emprison+\w*|ecroue\w*|enferme\w*|(?:mi[st]e?|place\w*|jete\w*|envoye\w*|condui[st]\w*|entre\w*|ar+ive\w*|al+e\w*|amene\w*|at+er+i\w*|tombe\w*) (?:en |au |a la |sous |dans la )"
    r"(?:prison|detention|taule|depot|ecrou|trou|mandat de depot|maison d ar+et)|jailed|imprison\w*|incarcerat\w*|locked up|(?:put|sent|went|taken|brought) (?:me |him |her )?(?:in|to|into) (?:prison|jail|custody)|"
    r"encarcel\w*|(?:entre|entro|ingres\w*|metieron|meten) (?:en|a) (?:la )?(?:prision|carcel)|(?:fui|foi|ficou|fiquei) pres[oa]|(?:entrei|entrou) na (?:prisao|cadeia)|incarcerat[oai]|(?:finit[oa]|mes+[oa]|entrat[oa]) in (?:carcere|galera|prigione)|"
    r"(?:am ajuns|a ajuns|m au bagat|m au inchis|l au inchis) (?:in|la) (?:inchisoare|puscarie)|посадил\w*|арестовал\w*|заключил\w*|me burgosen|u burgos\w*|inhaftiert|eingesper+t|tutuklan\w*|osadzon\w*|uhapsen\w*|uhapsil\w*|"
    r"دخلت السجن|دخل السجن|سجنت|سجنوني|حبسوني|اعتقلوني)"
)
_THEN_PRISON = re.compile(
    r"\b(?:puis|ensuite|apres (?:ca|cela|quoi)?|depuis|entre temps|et maintenant|et la|then|after that|afterwards|later|luego|despues|depois|poi|dopo|apoi|dupa ace+a|потом|затем|затым|потім|pastaj|danach|dan+|sonra|"
    rf"potem|posle|da+rna|ثم|بعدها|بعد ذلك)\b[^.!?]{{0,40}}\b{_PUT}"
)
_AT_ONCE = re.compile(
    rf"\W*(?:(?:et )?(?:puis|ensuite|apres(?: ca| cela)?|depuis(?: ce jour| cet+e date)?|entre temps|then|after that|luego|despues|depois|poi|dopo|apoi|потом|потім|pastaj|danach|sonra|ثم|بعدها)) ?,? ?"
    rf"(?:(?:j ?ai|je|j|il|el+e|on|m a|ils|m ont|m|a|ont|ai|ete|l|i|was|they|he|me|sono|stato|fui|am|fost|меня|мене|ich|wurde) ?){{0,6}}{_PUT}"
)
_HANDED = re.compile(
    r"\b(?:notifi|remis|recu|resu|don+e|sign|eu\b|pris|ap+orte|papier|decision|receiv|gave|given|got|handed|served|recib|dieron|entreg|notific|receb|deram|as+in|ricev|dato|consegn|firm|primit|dat\b|semnat|получ|вруч|дали|"
    r"отрим|mor[aei]\b|dhan|aldim|verdi|teblig|bekom+en|erhalten|gekregen|dosta|otrzym|dobi|primio|استلم|اعطو|تسلم|وصل)\w*"
)

# In text folded without undoubling, up to a day: what began on it.
_EVENT = (
    r"\b(?:incarcer\w*|ecrou(?:e|ee|es|ees)?\b|emprisonn\w*|enferme\w*|mandat de depot|mise? sous ecrou|(?:mi[st]e?|place\w*|jete\w*|envoye\w*|conduit\w*|entree?|rentree?|arrivee?|allee?|amenee?|tombee?) (?:en |au |a la |sous |dans la )(?:prison|detention|taule|depot|ecrou|trou|mandat de depot|maison d arret)|"
    r"(?:entree|arrivee|mise|placement) en (?:prison|detention)|(?:debut|date) d(?:e l |e |u )?(?:incarceration|ecrou|detention)|jailed|imprisoned|incarcerat\w*|locked up|(?:put|sent|went|taken|brought) (?:me |him |her )?(?:in|to|into) (?:prison|jail|custody)|"
    r"encarcel\w*|(?:entre|entro|ingres\w*|metieron|meten) (?:en|a) (?:la )?(?:prision|carcel)|(?:fui|foi|ficou|fiquei) pres[oa]|(?:entrei|entrou) na (?:prisao|cadeia)|encarcerad\w*|(?:finit[oa]|mess[oa]|entrat[oa]) in (?:carcere|galera|prigione)|"
    r"(?:inchis|arestat|bagat)\w* (?:in|la) (?:inchisoare|puscarie)|посадил\w*|арестовал\w*|заключил\w*|ув язн\w*|burgos\w*|inhaftiert|eingesperrt|vastgezet|tutuklan\w*|hapse girdi\w*|osadzon\w*|uhapsen\w*|uhapsil\w*|"
    r"دخلت السجن|دخل السجن|سجنت|سجنوني|حبسوني|اعتقلوني|اعتقلت)"
)
_OTHER_EVENT = r"\b(?:notifi\w*|remis\w*|recu\w*|donne\w*|signe\w*|oqtf|obligation|arrete\w*|decision\w*|papier\w*|prefet\w*|prefect\w*|informe\w*|libere\w*|sorti\w*|transf\w*|condamn\w*|juge\w*|tribunal|avant|jusqu\w*|until|before|antes|prima|till)\b"
_PUT_IN = re.compile(rf"{_EVENT}(?:(?!{_OTHER_EVENT})[^.!?;]){{0,45}}$")
_HELD_SINCE = re.compile(
    r"\b(?:detenue?s?|detention|prison|ecrou|taule|cellule|ici|cabane|jail|custody|detained|prisoner|carcel|prision|preso|presa|prisao|cadeia|detido|detenid\w*|carcere|galera|detenut\w*|inchisoare|puscarie|inchis|тюрьм\w*|сизо|стражей|"
    r"в язниц\w*|burg|gefangnis|haft|gevangenis|wiezieniu|zatvoru|cezaevinde\w*|hapiste\w*|السجن|سجين|محبوس|(?:suis|est|se trouve|me trouve) (?:actuellement |maintenant )?(?:a|au|aux))\b"
    rf"(?:(?!{_OTHER_EVENT})[^.!?;]){{0,50}}\b(?:depuis?|since|desde|dal|din|de la|qe nga|с|со|з|із|від|seit|sinds|od|منذ|من)\b(?: (?:le|the|el|il|o|dia|data de|em|dem|am))?[^.!?;,\w]{{0,3}}$"
)
_NUMBERS = {
    **{"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9},
    **{"dix": 10, "onze": 11, "douze": 12, "quinze": 15, "vingt": 20, "two": 2, "three": 3},
    **{"four": 4, "five": 5, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "dos": 2, "tres": 3},
    **{"diez": 10, "due": 2, "tre": 3, "dieci": 10, "duas": 2, "dois": 2, "dez": 10, "doua": 2},
}
_UNITS = {
    "se": 7,
    "week": 7,
    "sapt": 7,
    "недел": 7,
    "tizhd": 7,
    "mo": 30,
    "me": 30,
    "j": 1,
    "d": 1,
    "g": 1,
    "z": 1,
}
_FOR_SO_LONG = re.compile(
    r"\b(?:incarceree?|detenue?|ecrouee?|enfermee?|emprisonnee?|prison|detention|taule|jail|custody|detained|imprisoned|carcel|prision|pres[oa]|prisao|cadeia|carcere|galera|inchisoare|puscarie)\b"
    r"[^.!?;,\d]{0,40}\b(?:depuis?|for|since|desde hace|hace|ha|da|de) (?:environ |about |presque )?"
    rf"(?P<n>\d{{1,2}}|une?|a|one|un[ao]?|{'|'.join(_NUMBERS)}) (?P<unit>jours?|semaines?|mois|days?|weeks?|months?|dias?|semanas?|mes(?:es)?|giorni|settiman\w*|mesi|zile|saptaman\w*)\b"
)
_PUT_IN_AFTER = re.compile(
    rf"[ ,:]*(?:(?:j ?ai|je|j|il|elle|on|ils|m a|m ont|m|l a|a|ont|ai|ete|suis|est|i|was|they|he|she|me|mon \w+|monsieur|fui|foi|sono|stato|am|fost|меня|мене|ich|wurde|jane) ?){{0,6}}{_EVENT}"
)
_MOVED = re.compile(r"\b(?:transf\w*|moved|traslad\w*|перевел\w*|نقل\w*)\b[^.!?]{0,60}$")

_RETENTION = (
    r"\b(?:place\w*|mise?|amene\w*|emmene\w*|conduit\w*|transfere\w*|placement|suis|est|taken|brought|held|placed)(?: \w+){0,3} (?:au|en|dans (?:un|le)|a la|in|to)"
    r" (?:the |la |a )?(?:cra|lra|retention|centre de retention|local de retention|detention cent(?:re|er)|removal cent(?:re|er))\b"
)
_RETAINED = re.compile(rf"{_RETENTION}(?:(?!{_OTHER_EVENT})[^.!?;]){{0,45}}$")
_RETAINED_AFTER = re.compile(
    rf"[ ,:]*(?:(?:a \d+ ?h(?:eures?)? ?\d*|j ?ai|je|j|il|elle|on|ils|la police|la paf|m a|m ont|m|l a|a|ont|ai|ete|i|was|they|mon \w+),? ?){{0,6}}{_RETENTION}"
)

# The registry's information on the time to appeal.
_INFORM = (
    r"(?:inform|averti|avise|prevenu|expliqu|signifi|notifi|remis|donn|dit\b|dis\b|lu\b|fait (?:signer|savoir|lire)|appris|annonc|told|explain|gave|given|notified|signed|dijo|explic|notific|entreg|disse|avis|deram|detto|spiegat|consegnat|"
    r"spus|dat\b|сообщ|сказал|объясн|уведом|вручил|повідом)\w*"
)
_OFFICE = r"(?:greff?\w*|registry|prison office|secretaria|registro|cancelleria|grefa|matricola|канцеляри\w*|спецчаст\w*)"
_TOLD = re.compile(
    rf"\b{_OFFICE}\b[^.!?]{{0,40}}\b{_INFORM}[^.!?]{{0,60}}$|\b{_INFORM}[^.!?]{{0,30}}\b{_OFFICE}\b[^.!?]{{0,24}}$|"
    rf"\b(?:information|passage|convocation) (?:\w+ )?(?:par |au |du |by |from )(?:le |the )?{_OFFICE}\b[^.!?]{{0,24}}$"
)
_TOLD_AFTER = re.compile(
    rf"[ ,:]*(?:par )?(?:(?:le |la |l |au |the |du |el |il )?(?:agent |dame |monsieur |employe\w* )?(?:du |de )?(?:gref\w*|registry|prison office)[^.!?]{{0,30}}\b{_INFORM}|"
    rf"(?:on |ils )?(?:m|me|l|lui) ?(?:a|ont) (?:ete )?{_INFORM}[^.!?]{{0,30}}\bgref\w*|information\b)"
)
_OF_THE_APPEAL = re.compile(
    r"\b(?:oqtf|obligation de quitter|delais?|recours|contest\w*|sept jours|7 jours|7j|r ?921|droits?|appeal|seven days|7 days|deadline|recurs\w*|plazo|siete dias|sete dias|sette giorni|termen\w*|apel\w*|обжал\w*|срок\w*)\b"
)
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:sortie|liberation|peine|reduction|remise de|rps|crp|cap\b|fiche|audience|transfer\w*|condamn\w*|appel|cantine|parloir|permission|convocation|extraction|courrier|release|sentence|hearing|salida|saida|uscita|titre de sejour|carte)\b"
)
