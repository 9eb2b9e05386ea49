"""What each date of a text is: the day of a hearing, of a notification, of release..."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from services.intake.domain.normalise.begun import Pattern
from services.intake.domain.normalise.dates import DateMention
from services.intake.domain.normalise.hinted import hinted
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.needles import in_turn
from services.intake.domain.normalise.reference import Reference, RoleRule
from services.intake.domain.normalise.text import Folded

REACH_BEFORE = 110
REACH_AFTER = 60
LISTED_APART = 10
APPOSED = 2
_BREAK = re.compile(r"[,;:]| et | mais | and | puis ")


# A refusal that silence makes is "born" on a day, like a child.
_BORN_REFUSAL = re.compile(r"\b(?:refus|rejet|decision)\b[^.]{0,50}$")


# A judge who has ruled; the day beside it is gone.
_RULED = re.compile(
    r"\b(?:j ?ai|il a|elle a|on m a|ils m ont) (?:deja )?(?:ete )?jugee?\b[^.,]{0,8}$|"
    r"\b(?:ai|a|avons|ont) (?:deja |enfin )?(?:vu|rencontre|eu) (?:le|la|mon|un|une) (?:juge|jap|jld|magistrat\w*|procureur\w*)\b[^.,]{0,12}$|"
    r"\b(?:a|ai|ont|as|avons) (?:deja )?ete jugee?s?\b[^.,]{0,16}$|"
    r"\b(?:juge|jap|tribunal|commission|cour|comex|judge|court|jue[zc]a?|juiza?|giudice|суд|судья)\b[^.]{0,30}"
    r"\b(?:(?:m |lui |l |nous )?(?:a|ont)(?: \w+)? (?:dit|refuse|rejet+e|ac+ep?te|ac+orde|don+e|decide|statue|repondu|rendu|"
    r"signe|valide|autorise|ordon+e|prononce|condamne|mis|vu|recu|ecoute)\w*|said|refused|granted|gave|decided|dijo|nego|dio|decidio|"
    r"disse|negou|deu|decidiu|ha det+o|ha deciso|сказал\w*|отказал\w*|решил\w*)\b"
    r"(?:(?!\b(?:qu[e']?|passe|rendez|rdv|audience|reviens|revoir|hearing|come|that|pour le|convoc\w*)\b)[^.]){0,40}$"
)
# What a judge refused on the day, if nobody leaves on it.
_REFUSED = re.compile(
    r"\b(?:juge|jap|tribunal|tap|cour|judge|court|jue[zc]a?|juiza?|giudice|судья|суд)\b[^.]{0,30}"
    r"\b(?:refus|rejet|deboute|dit (?:que )?non|repondu non|pas voulu|said no|den(?:ied|ego)|rechaz|nego|recus|indefer|"
    r"rifiut|respins|отказ)\w*(?:(?!\b(?:sor[st]\w*|serai|sera|mais|apel|qu|que|audience|rendez|rdv|convo\w*|pas+e\w*|out|salgo|saio|esco)\b)[^.])"
    r"{0,60}$"
)
_MEASURE = re.compile(
    r"\b(?:amenagement|conditionnelle|bracelet|permission|semi|liberation|ddse|lc|lsc|parole|conditional|condicional)\b"
)


def _is_refusal(role: str, told: str) -> bool:
    """Does ``told``, before a day taken for ``role``, say what a judge refused on it?"""
    refused = _REFUSED.search(told)
    if refused is None:
        return False
    measured = role == "conviction" and _MEASURE.search(refused[0])
    return role in {"unknown", "release", "released"} or bool(measured)


_RULES = re.compile(
    r"[ ,]*(?:l |le |la |les |the |el |il |o |a |un |une )?(?:juge|tribunal|cour|president\w*|judge|court|jue[zc]a?|juiza?|giudice|tribunale|суд|судья|"
    r"sad|sud|mahkeme|hakim|gericht|richter|gjykata)\b[^.,:]{0,16}\b(?:(?:m |lui |l |nous )?(?:a|ont) (?:\w+ )?(?:don+e|mis|condam\w*|dit|lu|pronon\w*|col+e)|"
    r"gave|sentenced|said|read|dio|dijo|condeno|deu|disse|ha dato|ha det+o|ha let+o|дал|сказал|приговорил|dal mi|dao mi|verdi|gab|hat mir|dha)\b"
)


def moments_in(text: Folded, reference: Reference, written: date) -> list[Moment]:
    """The dates of ``text`` with their roles; relative ones are counted from ``written``."""
    mentions = list(reference.dates.find(text))
    moments = [_moment(text, m, reference, written) for m in mentions]
    moments = hinted(moments, text, reference.days, written)
    moments = _under_headings(moments, text, written)
    recurring = _recurring(mentions, text) | {m.start for m in mentions if _so_far(m, text)}
    moments = [
        replace(m, role="other", on=None) if m.mention.start in recurring else m for m in moments
    ]
    return [*moments[:1], *(_one_day(m, before) for before, m in pairwise(moments))]


def _one_day(moment: Moment, told: Moment) -> Moment:
    """The weekday of the day told right before is that day ("hier mardi", "tomorrow, Thursday")."""
    day = moment.mention
    beside = 0 <= day.start - told.mention.end <= APPOSED
    if not (beside and told.mention.offset is not None and _only_weekday(day)):
        return moment
    role = moment.role if told.role == "unknown" else told.role
    return replace(moment, role=role, on=told.on)


# A day that heads what follows, as in a diary: "2 mars : …", "Lundi 16 mars - …".
_HEAD = re.compile(r"(?:^|\n|[.!?;] )[ *>.•]*(?:(?:le|el|em|il|on|am|pe|den|the) )?$")
_HEADED = re.compile(
    r"(?: ?\([^()\n]{1,24}\))? ?(?::|,(?= ?(?:on |ils? |la |le |les |deux |j |je |une? )))|[ ]?(?:=|→|»)"
)
ENTRY_REACH = 400  # characters that a day may head


def _under_headings(moments: list[Moment], text: Folded, written: date) -> list[Moment]:
    """Days past that head a part of the text are those of all that is told under them."""
    heads = [m for m in moments if _heads(m, text, written)]
    if not heads:
        return moments
    ends = [*(m.mention.start for m in heads[1:]), len(text.text)]
    entries = {
        m.mention.start: (m.mention.start, min(end, m.mention.start + ENTRY_REACH))
        for m, end in zip(heads, ends, strict=True)
    }
    return [
        replace(m, role="heading", sentence=entries[m.mention.start], start=m.mention.start)
        if m.mention.start in entries
        else m
        for m in moments
    ]


def _heads(moment: Moment, text: Folded, written: date) -> bool:
    day = moment.mention
    return (
        moment.on is not None
        and moment.on <= written
        and moment.role in _HEADING_ROLES
        and _HEAD.search(text.text, max(0, day.start - 8), day.start) is not None
        and _HEADED.match(text.text, day.end) is not None
    )


_HEADING_ROLES = {"unknown", "notification", "decided", "conviction", "hearing_past", "transfer"}
_LISTED = re.compile(
    r"[ ,/&]*(?:\b(?:et|and|y|e|ou|or|und|si|dhe|ve|и|و)\b)?[ ,]*(?:\b(?:le|the|el|il)\b)? ?"
)
_EVERY = re.compile(
    r"\b(?:tous les|toutes les|(?:meme|y compris|sauf) les?|chaque|every|each|todos los|todas as|cada|ogni|kazhd\w*|кажд\w*|"
    r"her|fiecare|cdo|كل) $"
)

# What was done of a week in former days ("your team used to come on Tuesdays").
_USED_TO = re.compile(
    r"\b(?:(?:y|il y|vous|equipe|benevoles?|on|ils?|el+es?) ?(?:avait|etait|etaient|etiez|venai[ts]|venaient|veniez|passai[ts]|passaient|passiez|recevai\w+)|"
    r"used to (?:come|visit|be|pas+)|venian?|pas+aban?|vinham?|passavam?|venivan[oa]|veniva)\b[^.,;:!?]{0,40}\b(?:le|on|el|los|as|il|na|a) $"
)


def _recurring(mentions: Sequence[DateMention], text: Folded) -> set[int]:
    """Where weekdays stand that are listed, or said of every week ("Monday and Friday at 9")."""
    days = [m for m in mentions if _only_weekday(m)]
    found = {m.start for m in days if _EVERY.search(text.text, max(0, m.start - 14), m.start)}
    found |= {m.start for m in days if _USED_TO.search(text.text, max(0, m.start - 60), m.start)}
    for one, other in pairwise(days):
        near = 0 <= other.start - one.end <= LISTED_APART
        if near and _LISTED.fullmatch(text.text, one.end, other.start):
            found |= {one.start, other.start}
    return found


# "To this day", "today I want": nothing happens on it.
_SO_FAR = re.compile(r"\b(?:a|jusqu a|jusqu|until|til+|to|hasta|ate|fino ad?|pana) $")
_NOWADAYS = re.compile(
    r",? (?:je|j|il|el+e|on) ?(?:ne )?(?:veu[xt]|voudrai\w*|souhait\w*|suis|est|cherche|demande|ai besoin|vis|vit|travaille|sui|me (?:retrouve|sens))\b"
    r"(?! (?:al+e|pas+e|sorti|convoque|recu|place|libere|descendu|ap+ele)\w*)"
)
_THIS_DAY = re.compile(r"ce jour|aujourd ?hui|today|hoy|hoje|oggi|azi|astazi")


def _so_far(mention: DateMention, text: Folded) -> bool:
    if mention.offset != 0 or _THIS_DAY.match(text.text, mention.start) is None:
        return False
    led = _SO_FAR.search(text.text, max(0, mention.start - 10), mention.start)
    return (led or _NOWADAYS.match(text.text, mention.end)) is not None


def _only_weekday(mention: DateMention) -> bool:
    return mention.weekday is not None and mention.day is None and mention.month is None


def _moment(text: Folded, mention: DateMention, reference: Reference, written: date) -> Moment:
    start, end = text.sentence(mention.start)
    if _CUT_SHORT.search(text.text, max(0, start - 12), start):
        start = text.sentence(start - 2)[0]
    end = max(end, text.sentence(mention.end - 1)[1])  # "am 24. Juni"
    role, anchor = _role(text, mention, reference, (start, end))
    if role is None and _POINTS_BACK.match(text.text, start, mention.start):
        role = _pointed_at(text, start, reference)
    future = role.future if role else False
    name = role.role if role else "unknown"
    if name == "birth" and _BORN_REFUSAL.search(text.text, start, mention.start):
        name = "decided"
    if (
        name == "hearing"
        and mention.year is None
        and (_RULED.search(text.text, start, mention.start) or _RULES.match(text.text, mention.end))
    ):
        name, future = "decided", False  # "the judge said no on Friday"
    elif mention.year is None and _is_refusal(name, text.text[start : mention.start]):
        name, future = "decided", False  # "the judge refused my release on the 17th"
    if name == "release" and _PERMIT_ENDS.search(
        text.text, max(0, start - _TOLD_BEFORE), mention.start
    ):
        name = "expiry"
    on = mention.resolve(written, future=future)
    if name in _OUT and (
        nearer := _nearer(name, mention, text.text[start : mention.start], written)
    ):
        name, on = nearer
    if future and name in _TOLD_AHEAD and _rather_past(mention, on, written):
        on = mention.resolve(written, future=False)
    if name == "release" and on is not None and on < written:
        name = "released"
    if name == "removal" and on is not None and on < written:
        name = "other"
    if name == "hearing" and on is not None and on < written:
        name = "conviction" if mention.year is not None or mention.offset else "hearing_past"
    words = text.words(anchor, mention.end)
    return Moment(mention, name, on, anchor, words, (start, end))


# "My permit is no good. It ends on…": a permit, named before, and nobody who is released.
_PERMIT_ENDS = re.compile(
    r"\b(?:carte|titre|recepis+es?|visa|certificat|at+estation|pas+eport|permit|permiso|permes+o|cartao|titulo|tarjeta)\b"
    r"(?:(?!\b(?:mari|frere|fils|pere|ami|copain|cousin|fil+e|soeur|mere|peine|brother|husband|son|sentence|pena)\b)[^.!?\n]){0,60}"
    r"[.!?;,:]? ?(?:mais |et |or |car |but |and )?(?:il|el+e|ca|it|se|me)? ?(?:se |me )?"
    r"(?:fini[tes]*|finis+ent|expire\w*|termine|prend fin|s ar+ete|tombe|runs? out|expires?|ends?|finishes|acaba|vence|caduca|termina|scade|expira)"
    r"(?: (?:bientot|le|on|el|em|a|au|il|en|dia|the|juste)){0,3} $"
)

# "He is out on the 24th": the same words tell of a release to come and of one gone by.
_OUT = {"release", "released"}
_IS_OUT = re.compile(
    r"\b(?:suis|est|es|sommes|am|is) (?:\w+ )?(?:dehors|libre|out|free)\b[^.]{0,16}$|"
    r"\b(?:sortie|liberation|levee d ecrou) (?:du|le)$"
)
_SERVED = re.compile(
    r"\b(?:ai|a|as|avait|avais|ont|had|has|have) (?:\w+ )?(?:fini|termine|purge|acheve|finished|served)\b"
    r"(?: (?:de purger|sa|ma|la|his|my)){0,3}(?: (?:peine|temps|sentence|time))?\b[^.,]{0,24}$"
)
AHEAD, BEHIND = 60, 60  # days within which one reading of such a day is likelier than the other


def _nearer(
    name: str, mention: DateMention, told: str, written: date
) -> tuple[str, date | None] | None:
    """The role and the day of a release, where the words before it leave open which it is."""
    if mention.offset == 0 and _SERVED.search(told):
        return "released", written
    if mention.year is not None or mention.gone_by or not _IS_OUT.search(told):
        return None
    ahead = mention.resolve(written, future=True)
    behind = mention.resolve(written, future=False)
    if ahead is None or behind is None:
        return None
    far = (written - behind).days
    if name == "released" and far > BEHIND and (ahead - written).days <= AHEAD:
        return "release", ahead
    if name == "release" and far <= BEHIND and (ahead - written).days > FAR_AHEAD:
        return "released", behind
    return None


# "Notif. 14.01.2026": the full stop of a word cut short ends no sentence.
_CUT_SHORT = re.compile(r"\b(?:notif|signif|rem|sign|prononc?|aud|conv|exp)\. ?$")

_TOLD_AHEAD = {"hearing", "removal"}
FAR_AHEAD = 240  # days: a hearing so far off would be told with its year


def _rather_past(mention: DateMention, on: date | None, written: date) -> bool:
    """Is a day without its year so far ahead that the one gone by is meant?"""
    return mention.year is None and on is not None and (on - written).days > FAR_AHEAD


# "C'est le 17 juin": the day of what was told in the sentences before.
_POINTS_BACK = re.compile(
    r"\W*(?:(?:et|mais|donc|and) )?(?:c est|ce sera|ca sera|ca se passe|la date(?: est| c est)?|"
    r"(?:le )?(?:rendez vous|rdv) (?:est|c est)|it is|it s|es|e|sara|sera) ?:? ?(?:(?:pour|on|fixe\w*|prevu\w*|le|the|el|il|o|a|au|para|no dia) ){0,6}$"
)
_TOLD_BEFORE = 260


def _pointed_at(text: Folded, start: int, reference: Reference) -> RoleRule | None:
    """The role of a hearing, where the sentences before told of one still to come."""
    before = text.text[max(0, start - _TOLD_BEFORE) : start]
    if not _SUMMONED.search(before):
        return None
    return next((r for r in reference.roles if r.role == "hearing"), None)


_SUMMONED = re.compile(
    r"\b(?:convo[ck]\w*|convoqu\w*|audience|baudience|proces|entretien|comparai\w*|commission|comex|"
    r"hearing|summon\w*|interview|citacion|audiencia|entrevista|udienza|durusma\w*|вызов\w*|заседани\w*)\b"
)


def _role(
    text: Folded, mention: DateMention, reference: Reference, sentence: tuple[int, int]
) -> tuple[RoleRule | None, int]:
    """The role whose words stand nearest, and where they begin."""
    low = max(sentence[0], mention.start - REACH_BEFORE)
    before = text.text[low : mention.start].rstrip()
    after = text.text[mention.end : min(sentence[1], mention.end + REACH_AFTER)]
    if _RECEIVED.search(before) and _SOMEBODY.match(after):
        return None, mention.start
    led, followed = reference.of_roles.met_in(before), reference.of_roles.met_in(after)
    best: tuple[float, RoleRule, int] | None = None
    for rule in reference.roles:
        if mention.offset and (mention.offset > 0) is not rule.future:
            continue  # "yesterday" is no day to come, "tomorrow" none gone by
        if rule.future and mention.gone_by:
            continue  # nor is "last Monday"
        if rule.role == "birth" and mention.year is None and _ON_IN_ALBANIAN.search(before):
            continue
        signs = _signs(rule.before.among(led), rule.after.among(followed), before, after)
        for distance, place in signs:
            if best is None or distance < best[0]:
                best = (distance, rule, mention.start if place is None else low + place)
    return (best[1], best[2]) if best else (None, mention.start)


# "A reçu ce matin M. Miah": who is received is no paper.
_RECEIVED = re.compile(
    r"\b(?:a|ai|avons|avez|ont|as) (?:\w+ )?(?:recu|vu|rencontre)e?s?(?: en \w+)?$"
)
_SOMEBODY = re.compile(
    r",? (?:m|mr|mme|mlle|monsieur|madame|une? (?:\w+ )?(?:monsieur|dame|personne|jeune|homme|femme|detenue?))\b"
)
_ON_IN_ALBANIAN = re.compile(r"(?:^|[\n,.;:] ?)ne$")  # "Në 25 qershor", no "née"


def _signs(
    leading: Sequence[Pattern], following: Sequence[Pattern], before: str, after: str
) -> Iterator[tuple[float, int | None]]:
    """(how far, where in ``before``) words tell a role; None for those right after the date."""
    for match in in_turn(leading, before):
        penalty = 25 * len(_BREAK.findall(before, match.end()))
        yield len(before) - match.end() + penalty, match.start()
    if follows := next(filter(None, (p.match(after) for p in following)), None):
        yield 12.0 + follows.end() / 2, None
