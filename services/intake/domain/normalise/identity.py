"""Who is who in an item: the requester, the person concerned, their names and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.intake.domain.normalise.civil_status import born_on, nationality
from services.intake.domain.normalise.file_numbers import detention_numbers, foreigner_number
from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import (
    Name,
    Names,
    latin_name,
)
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import fold, fold_words
from shared.contracts.vocabulary import Channel, RequesterKind

_UP = r"[A-ZÀ-ÖØ-ÞĀ-ŽḀ-Ỿ\u0410-\u042f]"
_WORD = rf"(?:{_UP}[\w’'`-]*[\w]|{_UP}\.?)"
_SMALL = r"(?:d[aeiou]s?|del|della|di|van|von|der|ben|bin|el|al|ould|la|le)"
NAME = rf"{_WORD}(?:[ \u00a0](?:{_SMALL}[ \u00a0])?{_WORD}){{0,4}}"
_NAMED = re.compile(NAME)
_TITLED = re.compile(
    rf"\b(?:M\.|Mr\.?|M(?= {_UP})|Mme\.?|Mlle|Monsieur|Madame|Mademoiselle|monsieur|"
    rf"madame|mr|mme) ({NAME})"
)
_LAWYER = re.compile(
    rf"\b(?:Ma[iî]tre|Me|MAITRE|ma[iî]tre|avocate?|abogad[oa]|"
    rf"lawyer)(?: is)?,? (?:Ma[iî]tre |Me )?({NAME})"
)
_BORN = re.compile(
    rf"({NAME})(?:,| \(\w+\),?)? (?:(?:né|née|né\(e\)|Né|Née|born)\b(?!\w)|"
    r"(?:nee?|NEE?)\b(?= (?:le|LE|en|EN) ?\d))"
)
# "KOUASSI Franck, écrou 61904": a name beside its number.
_NUMBERED = re.compile(
    rf"(?:\b(?:M\.|Mr|Mme|Mlle) )?({NAME})(?:,| \()? ?(?:n[°o] ?|num[ée]ro ?)?(?:d['’] ?)?[ÉEée]crou\w* ?:? ?(?:n[°o] ?)?(\d[\d .]{{2,8}}\d)"
)
# "Yann Guilloux, juriste": a line by which the sender signs.
_SIGNED_TRADE = re.compile(
    rf"^{NAME} ?[,-—] ?(?:la |le |l['’])?(?:juriste|avocate?|barreau|[ée]ducat\w+|b[ée]n[ée]vole|visiteu\w+|"
    r"aum[ôo]ni\w+|m[ée]decin|infirmi\w+|psycho\w+|d?cpip|spip|greffi\w+|pr[ée]sident\w*|directeur|directrice|"
    r"secr[ée]taire|coordinat\w+|charg[ée]e? de|travailleu\w+|assistante?|conseill\w+|intervenante?)\b",
    re.MULTILINE | re.IGNORECASE,
)
_PERSON_FIELD = re.compile(
    rf"(?:^|\n|\| ?|— ?)\s*(?:personne(?: concern[ée]e)?|nom(?: et pr[ée]nom)?|"
    rf"d[ée]tenu[e]?|identit[ée]|int[ée]ress[ée]e?)\s*:\s*(?:M\.|Mme|Mlle)? ?({NAME})",
    re.IGNORECASE,
)
_GIVEN_FIELD = re.compile(rf"\bpr[ée]nom\s*:?\s*({_UP}[\w’'-]+)")
_CALLER_FIELD = re.compile(
    rf"\b[Aa]ppelante?s?\b ?:? ?(?:M\.|Mme|Mlle|Monsieur|Madame|Ma[iî]tre|Me)? ?({NAME})"
)
# "Appelle : Mme Lise Peyrache", "Appel de Me Durand".
_CALLS = re.compile(
    rf"\b(?:[Aa]ppell?e ?:|[Aa]ppel de|[Dd]e la part de|[Ii]nterlocut\w+ ?:|[Aa]gent ?:) ?"
    rf"(?:M\.|Mme|Mlle|Monsieur|Madame|Ma[iî]tre|Me)? ?({NAME})"
)
# Who speaks on the telephone says so.
_SPEAKING = re.compile(
    rf"({NAME}) (?:à l['’]appareil|au téléphone|au bout du fil|qui vous appelle)|"
    rf"\b(?:[Ii]ci|[Cc]['’]est) ({NAME}) (?=qui|à l|de |du )"
)
# A call sheet that begins with the caller: "Mme Nathalie Prigent, CPIP MA Blois, 06 …".
_CALLER_LINE = re.compile(
    rf"^(?:M\.|Mr|Mme|Mlle|Me|Dr|Ma[iî]tre) ?({NAME}),? (?:[Ll][ae'’] ?)?(?:D?CPIP|SPIP|[Aa]vocate?|"
    r"[Vv]isiteu\w+|[Aa]um[ôo]ni\w+|[Mm]édecin|[Éé]ducat\w+|[Aa]ssistante?|[Tt]ravailleu\w+|"
    r"[Jj]uriste|[Ii]nfirmi\w+|[Gg]reffi\w+)\b",
    re.MULTILINE,
)
# "Bonsoir, je suis monsieur Boubacar Tounkara, je vous appelle pour mon fils…"
_INTRODUCED = re.compile(
    rf"\b(?:[Jj]e suis|[Jj]e m['’]appelle|[Mm]y name is|[Ii]['’ ]a?m|[Mm]e llamo|[Ss]oy|[Mm]eu nome é|[Ss]ou|"
    rf"[Mm]i chiamo|[Mm]ă numesc|[Qq]uhem|[Mm]enya zovut) (?:M\.|Mr|Mme|[Mm]onsieur|[Mm]adame|[Ll]a señora|[Aa]) ?({NAME})"
)
# Two family names are usual where these words are said.
_IBERIAN = re.compile(
    r"(?:irm[aã]|herman|hij|filh|marid|espos|prim|pai|m[aã]e|padre|madre|sobrin|compa[nñ]|novi|noiv|"
    r"namorad|amig|ti[oa] )",
    re.IGNORECASE,
)
_TIE_NAME = re.compile(
    r"\b(?:mari|époux|epoux|compagnon|compagne|femme|épouse|epouse|conjointe?|"
    r"concubine?|fils|fille|frère|frere|frer|"
    r"soeur|sœur|père|pere|mère|mere|cousine?|oncle|tante|neveu|nièce|niece|amie?|ami|"
    r"voisine?|copain|copine|fiancée?|fiancé|"
    r"mãe|mae|pai|madre|padre|mamá|maman|papa|husband|wife|son|daughter|brother|"
    r"sister|father|mother|friend|cousin|partner|boyfriend|hermano|hermana|hijo|hija|"
    r"marido|"
    r"esposa|esposo|amigo|irmão|irmao|filho|filha|companheiro|fratello|figlio|marito|"
    r"fratele|soțul|fiul|co-?détenue?|codetenue?|"
    rf"co-?cellule?|cellule|client|patient|détenue?|detenue?|jeune|compatriote|vëllai|"
    r"fianc[eé]|fidanzat[oa]|cugin[oa]|nipote|zio|zia|noiv[oa]|namorad[oa]|novi[oa]|prim[oa]|niece|nephew|uncle|aunt|"
    r"муж|мужа|брат|брата|сын|сына|отец|отца|друг|друга|племянник|жена|жену|сестра|сестру|дядя|жених|"
    rf"djali|burri|[Kk]ardeşim|KARDEŞİM|[Aa]bim|[Ee]şim|EŞİM|[Kk]ocam|[Oo]ğlum|OĞLUM)(?: (?:s'appelle|se nomme|is called|named|nommée?|qui s'appelle|avec|de|"
    rf"d['’]|do|da|im|meu|mea|é [oa]|,|:))*,? ({NAME})"
)
# "Il s'appelle Bakary KONATÉ", "his name is…": somebody spoken of by who writes.
_CALLED = re.compile(
    r"\b(?:(?:[Ii]l|[Ee]lle|[Ll]ui|[Qq]ui|[Mm]onsieur) (?:s['’]appelle|se nomme|se pr[ée]nomme)|[Ss]on nom (?:c['’]est|est|:)|"
    r"(?:[Hh]is|[Hh]er) name(?: is|['’]s)|[Hh]e is (?:called|named)|[Ss]u nombre es|[Éé]l se llama|[Ss]e llama|[Ss]e chama|"
    r"[Oo] nome d(?:ele|ela) é|[Ss]i chiama|[Ss]e nume[sș]te|[EeЕе]го зовут|[EeЕе][её] зовут|[Qq]uhet|[Ee]mri i tij është) "
    rf"(?:M\.? |Mr |[Mm]onsieur )?({NAME})"
)
_A_TRADE = re.compile(
    r"\b(?:avocate?|juge|surveillante?|m[ée]decin|docteur|b[ée]n[ée]vole|d?cpip|[ée]ducat\w+|lawyer|judge|doctor|abogad[oa]|advogad[oa]|"
    r"avvocat[oa]|адвокат\w*)\b[^.!?]{0,40}[.,;:!?]?\s*$",
    re.IGNORECASE,
)


def _of_a_trade(text: str, match: re.Match[str]) -> bool:
    """Is the one who is called so a lawyer, or another whose trade is named before?"""
    return bool(_A_TRADE.search(text[max(0, match.start() - 60) : match.start()]))


_CAPITALS = re.compile(
    rf"\b(?:{_UP}[\w’'-]*[a-zà-ÿ] )+{_UP}{{2,}}(?:[ '-]{_UP}{{2,}})*\b|"
    rf"\b{_UP}{{2,}}(?:[ '-]{_UP}{{2,}})*(?: {_UP}[\w’'-]*[a-zà-ÿ])+\b"
)
_ROLE_WORDS = re.compile(
    r"^(?:Cimade|CPIP|SPIP|OQTF|IRTF|ITF|JAP|CRA|CP|MA|CD|MC|OFPRA|CNDA|TA|PAF|ANEF|"
    r"OFII|CPAM|AJ|USMP|TRANSCRIPTION|OCR|ASE|RE|TR|FWD|UHSI|UHSA|SMPR|QD|QI|DDSE|"
    r"MAVP|QCD|Prison|Maison|Centre|France|Préfecture|Tribunal|Paris|Service|"
    r"Permanence|La|Le|Les|Un|Une|Bonjour|Madame|Monsieur|Urgent|Objet|PAS|NE|PLEASE|"
    r"URGENT|SOS|SVP|ANONYME|anonyme|Merci|Il|Elle|Je|On|The|He|She|They|My|In|Dear|"
    r"Sr|Fiche|FICHE|COPIE|LC|BAT)$"
)
_SIGNED_STOP = re.compile(
    r"[,;(|]|\b(?:n°|no|num|écrou|ecrou|ecroux|matricule|cellule|cell|bat\b|bât|né|née)|\d",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:bien|tr[eè]s|avec|mes|meilleures?|sinc[eè]res?) )*(?:cordialement|respectueusement|"
    r"sinc[eè]rement|amicalement|salutations|respects?|remerciements|merci(?: d'avance| beaucoup)?|"
    r"yours(?: \w+)?|sincerely|(?:best|kind) regards|god bless|saludos|atentamente|"
    r"cordiali saluti|cumprimentos)(?: vous)?[ ,.!—-]+(?=[A-ZÀ-Ý])",
    re.IGNORECASE,
)
_HEADING_PLACE = re.compile(r"^(?:le|la|à|a|fait)\b(?!\.)", re.IGNORECASE)
MOST_WORDS = 6  # in a name
K = RequesterKind
_VAGUE = {
    "je suis",
    "i am",
    "c est",
    "soy",
    "sou",
    "sono",
    "jam",
    "sunt",
    "ben",
    "انا",
    "я",
    "moi ce",
}


@dataclass(frozen=True, slots=True)
class Who:
    """The names and numbers found, and the words that gave them."""

    requester: Name
    person: Name
    number: str | None = None
    former_numbers: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    foreigner_number: str | None = None
    born_on: date | None = None
    nationality: str | None = None
    lawyer: str | None = None

    @staticmethod
    def nobody() -> Who:
        """Nobody is named."""
        return Who(requester=Name(), person=Name())


def who_is_who(
    channel: Channel,
    kind: RequesterKind,
    parts: Parts,
    reference: Reference,
    texts: tuple[str, ...],
) -> Who:
    """Names and numbers; ``texts`` are the texts to read for the person, the author's first."""
    names = reference.names
    text = "\n".join(texts)
    if kind in SELF_KINDS:
        person = _self_name(channel, parts, names, reference, texts)
        requester = person
    elif kind is K.FELLOW_DETAINEE:
        requester, person = _fellow_names(parts, names, text)
    else:
        requester = _sender_name(channel, parts, names)
        person = _person_named(channel, parts, names, text, requester)
    number, former = detention_numbers(kind, parts, reference, text, person)
    written = person
    person = latin_name(person)
    others = (written.whole,) if written != person and written.whole else ()
    lawyer = _LAWYER.search(text)
    return Who(
        requester=latin_name(requester),
        person=person,
        number=number,
        former_numbers=former,
        other_names=others,
        foreigner_number=foreigner_number(parts, text),
        born_on=born_on(text, reference, person, own=kind in SELF_KINDS),
        nationality=nationality(reference, kind, parts, texts),
        lawyer=lawyer[1] if lawyer else None,
    )


def _self_name(
    channel: Channel, parts: Parts, names: Names, reference: Reference, texts: tuple[str, ...]
) -> Name:
    """The author's own name out of what they say, how they sign and what the envelope has."""
    found = list(_declared(parts, names, channel))
    back = _back_name(parts.envelope.back, names)
    written = names.tokens(_back_words(parts.envelope.back)) if back else []
    if back and _AT_HOME.search(parts.envelope.back):  # a sender at large writes as one says it
        back = names.split(_back_words(parts.envelope.back))
    for text in texts:
        said = [*_said_names(text, names, reference, written), *_signatures(text, names)]
        as_written = [*(n.whole for n in said), _signed(text, names) or "", *_turns(written, text)]
        found += filter(None, (names.turned(written, w) for w in as_written))
        found += said
        numbered = [m[1] for m in _NUMBERED.finditer(text) if _usable(m[1], names)]
        found += [names.split(n) for n in numbered if len(n.split()) > 1][:1]
    if back:
        found.append(_spelt_out(back, texts, names))
    if channel is Channel.PHONE:
        found += [names.split(m[1] or m[2]) for m in _SPEAKING.finditer(parts.own)]
        found += [names.split(m[1]) for m in _TITLED.finditer(parts.own)]
        found = [_with_given(n, parts.own) for n in found]
    if channel is Channel.EMAIL and parts.sender_name and not parts.attachments:
        found.append(names.split(parts.sender_name))
    if parts.attachments or parts.forwarded:  # the carrier's note names the author
        found += [names.split(m[1]) for m in _TITLED.finditer(parts.own)]
    return _merged(found, names)


_AT_HOME = re.compile(
    r"\b(?:[Cc]hez|[Cc]/[Oo]|rue|avenue|av\.|boulevard|bd|place|allée|chemin|impasse|route|cours|quai|cité|square|"
    r"résidence|lotissement|hameau)\b"
)


def _turns(back: list[str], text: str) -> Iterator[str]:
    """The words of an envelope as the letter has them the other way round."""
    plain = fold_words(text)
    for cut in range(1, len(back) if len(back) <= MOST_WORDS else 0):
        turned = " ".join([*back[cut:], *back[:cut]])
        if re.search(rf"\b{re.escape(fold_words(turned))}\b", plain):
            yield turned


def _spelt_out(name: Name, texts: tuple[str, ...], names: Names) -> Name:
    """A name with initials, completed where a text has all words of it ("Rusu M.", "Kimani G.W.").

    A known given name with one ("Bamba I.") is the family's where the text has the word before it.
    """
    if not (name.family and name.given):
        return name
    if _INITIALS.fullmatch(name.given):
        family, initials = name.family, name.given
    elif _INITIALS.fullmatch(name.family) and " " not in name.given:
        family, initials = name.given, name.family
    else:
        return name
    letters = re.findall(r"[^\W\d_]", fold_words(initials))
    words = "[ -]".join([rf"{_UP}[\w’'-]+?"] * len(letters))
    kin = re.escape(family)
    around = re.compile(rf"\b(?:{kin},? ({words})(?![\w’'-])|({words}) {kin})\b", re.IGNORECASE)
    for text in texts:
        for match in around.finditer(text):
            written = match[1] or match[2]
            spelt = re.split("[ -]", written)
            firsts = [fold_words(w)[:1] for w in spelt]
            if firsts != letters or not all(w[0].isupper() and _usable(w, names) for w in spelt):
                continue
            if family == name.given and match[1] and fold_words(spelt[0]) not in names.given:
                return name  # "Sofiane B." is Sofiane Benali
            given = re.sub(r"[^ -]+", lambda m: m[0].title() if m[0].isupper() else m[0], written)
            sure = 3 if family == name.given or len(letters) > 1 else 2
            return Name(given, family, max(name.sure, sure))
    return name


_INITIALS = re.compile(r"(?:\w\.? ?-?){1,2}")


def _with_given(name: Name, text: str) -> Name:
    given = _GIVEN_FIELD.search(text)
    return Name(given[1], name.family) if given and name.family and not name.given else name


def _merged(found: list[Name], names: Names) -> Name:
    """One name out of several writings; the fullest Latin one first, the others complete it."""
    usable = [n for n in found if n]
    if not usable:
        return Name()
    latin = [n for n in usable if n.whole.isascii() or latin_name(n) == n] or usable
    best = max(
        latin,
        key=lambda n: (bool(n.given and n.family), n.sure, _fullness(n), len(n.whole.split())),
    )
    for other in latin:
        best = names.completed(best, other) or best
    return best


def _fullness(name: Name) -> int:
    parts = [p for p in (name.given, name.family) if p]
    return sum(2 for p in parts if not re.fullmatch(r"(?:\w\.? )*\w\.?", p)) + len(parts)


def _said_names(
    text: str, names: Names, reference: Reference, back: Sequence[str] = ()
) -> Iterator[Name]:
    folded = fold(text)
    known = {fold_words(w) for w in back}
    shouted = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    for match in reference.say_name.finditer(folded.text):
        start = folded.at[match.end()] if match.end() < len(folded.at) else len(text)
        said = match.group(0).strip(" ,:")
        after = text[start : start + 80].split("\n")[0]
        name = re.match(rf"\s*(?:M\. |Mr |Mme )?({NAME})", after)
        if name is None and said not in _VAGUE and not _FUNCTION.match(fold_words(after)):
            name = re.match(r"\s*((?:[^\W\d_][\w’'-]+ ?){1,3})", after)
        if name is None:
            continue
        candidate = name[1]
        if shouted and said in _VAGUE and fold_words(candidate.split()[0]) not in names.given:
            continue
        on_back = len(candidate.split()) > 1 and known >= set(fold_words(candidate).split())
        if said in _VAGUE and not (on_back or _looks_like_name(candidate, names)):
            continue
        told = names.split(_trimmed(candidate, names))
        yield replace(told, sure=max(told.sure, 2 if told.given and told.family else 1))


# Words with which no name begins ("moi c'est simple", "JE SUIS EN PRISON").
_FUNCTION = re.compile(
    r"\W*(?:en|au|aux|dans|sous|sur|un|une|des|du|pas|plus|tres|tout|trop|bien|ici|que|qui|quoi|juste|simple\w*|"
    r"pour|par|avec|sans|mon|ma|mes|ton|son|sa|ses|leur|notre|vot\w*|vrai\w*|pareil|comme|marie\w*|detenu\w*|"
    r"le (?:contraire|meme|seul|pere|mari|frere|fils)|la (?:mere|femme|soeur|meme|seule)|not|in|at|the|a|so|very|"
    r"muy|aqui|casad\w*|preso|um|uma|uno|il|lo|qui|non|incarcer\w*|ecrou\w*|condamn\w*|libre|sorti\w*)\b"
)


def _looks_like_name(candidate: str, names: Names) -> bool:
    words = candidate.split()
    if _FUNCTION.match(fold_words(candidate)):
        return False
    if any(_ROLE_WORDS.match(w) for w in words):
        return False
    return len(words) >= 2 and any(w.isupper() or fold_words(w) in names.given for w in words)


def _trimmed(candidate: str, names: Names) -> str:
    """A lower-case name cut at the first word that cannot belong to it ("jai", "et")."""
    words = candidate.split()
    kept: list[str] = []
    for word in words:
        folded = fold_words(word)
        if kept and (folded in {"j", "jai", "et", "je", "i", "and", "y", "e", "am", "ne", "nee"}):
            break
        kept.append(word)
    return " ".join(kept)


def _signatures(text: str, names: Names) -> Iterator[Name]:
    """Names that stand alone on one of the last lines, or just before a number there."""
    if name := _signed(text, names):
        yield names.split(name, family_first=not re.match(rf"{_UP}\.? ", name))


def _signed(text: str, names: Names) -> str | None:
    """The name that a text is signed with, as written."""
    lines = [x.strip() for x in text.split("\n") if x.strip()]
    for line in reversed(lines[1:][-4:] or lines):
        line = _CLOSING.sub("", line)
        cut = _SIGNED_STOP.search(line)
        written = line[: cut.start()].strip(" .—-:") if cut else line
        written = re.sub(
            r"^(?:M\.?|Mr\.?|Mme|Monsieur|Madame|sign[ée] ?:?)\s+", "", written, flags=re.I
        )
        if re.match(
            r"(?i)(?:je |me |my |mi |eu |ich |i am|i'm|soy |sou |sono |jam |sunt |quhem |menya |меня )",
            written,
        ):
            continue
        if not written or _HEADING_PLACE.match(written) or len(written) > 45:
            continue
        name = names.line_name(written)
        if name and not any(_ROLE_WORDS.match(w) for w in name.split()):
            return name
    return None


# The desk's own note on the back of an envelope, and no name.
_NOTED = re.compile(
    r"\b(?:illisible|tach\w*|rien|vierge|vide|dechir\w*|efface\w*|mouille\w*|barre\w*|blanc|sans (?:nom|mention|"
    r"adresse|expediteur)|aucun\w*|neant|arrache\w*|delave\w*|coupe\w*|brule\w*|dessin|autocollant|tampon|"
    r"incomplet\w*|l eau|griffon\w*|rature\w*)\b"
)


_LEADING_NUMBER = re.compile(
    r"^\W*(?:(?:[ée]crou|matricule|n[°o]|num[ée]ro)\W*)*\d[\d .]{2,}\W+", re.IGNORECASE
)
_TITLE_FIRST = re.compile(
    rf"(?:M\.|Mr\.?|Mme\.?|Mlle|Monsieur|Madame) (?={_UP}[\w’'-]+ {_UP}[\w’'-]+)"
)


def _back_words(back: str) -> str:
    """What stands before the number, the prison or a note on the back of an envelope."""
    back = _LEADING_NUMBER.sub("", back)
    if titled := _TITLE_FIRST.match(back):
        back = back[titled.end() :]
    before_number = re.split(
        r"\d|,|;|\(|\b[Cc]hez\b|\b[Cc]/[Oo]\b|\bn°|\bécrou|\becrou|\bEcrou|\bECROU|\b(?:M[AC]|MA[HF]|C[DP]|CRA|EPSNF|EPM|CSL|QSL|Q[DI])\b",
        back,
    )[0]
    return before_number.strip(" .:-—")


def _back_name(back: str, names: Names) -> Name:
    """The name on the back of an envelope, families first unless capitals tell."""
    written = _back_words(back)
    if _NOTED.search(fold_words(written)):
        return Name()
    words = names.tokens(written)
    if not 1 <= len(words) <= 6 or any(_ROLE_WORDS.match(w) for w in words):
        return Name()
    return names.split(written, family_first=True)


def _declared(parts: Parts, names: Names, channel: Channel) -> Iterator[Name]:
    declared = parts.declared
    if declared.get("person.last") or declared.get("person.first"):
        yield Name(declared.get("person.first") or None, _unshouted(declared.get("person.last")))
    elif channel is Channel.WEB and _real(declared.get("name", "")):
        yield names.split(declared["name"])


def _real(name: str) -> bool:
    return bool(name) and fold_words(name) not in {
        "anonyme",
        "anonymous",
        "x",
        "inconnu",
        "test",
        "na",
        "n a",
        "moi",
    }


def _fellow_names(parts: Parts, names: Names, text: str) -> tuple[Name, Name]:
    """(the one who holds the pen, the one it is about)."""
    back = parts.envelope.back
    writer_back, _, person_back = re.sub(r"\bp/\b", "pour", back).partition(" pour ")
    called = [
        n
        for m in _CALLED.finditer(text)
        if not _of_a_trade(text, m) and (n := _name_of(m[1], names))
    ]
    about = called + [n for m in _TIE_NAME.finditer(text) if (n := _name_of(m[1], names))]
    about += [
        n
        for m in re.finditer(rf"\bpour (?:M\. |Mr |monsieur )?({NAME})", text)
        if (n := _name_of(m[1], names))
    ]
    about += [n for m in _BORN.finditer(text) if (n := _name_of(m[1], names))]
    person = _merged([*about[:2], _back_name(person_back, names)], names)
    rest = [names.split(m.group(0)) for m in _CAPITALS.finditer(text)]
    rest += [*_signatures(text, names), _back_name(writer_back, names)]
    own = [n for n in rest if n and not _shares(n, person)]
    return _merged(own, names), person


def _shares(one: Name, other: Name) -> bool:
    return bool(
        set(fold_words(one.whole).split())
        & {w for w in fold_words(other.whole).split() if len(w.strip(".")) > 1}
    )


def _same_person(one: Name, other: Name) -> bool:
    """Is one name a writing of the other? A family name alone in common is kinship."""
    if _initials_of(one, other) or _initials_of(other, one):
        return True
    a, b = (set(fold_words(n.whole).replace(".", "").split()) for n in (one, other))
    if not (one.given and other.given):
        return a == b  # a family name alone is shared by kin
    return bool(a and b) and (a <= b or b <= a)


def _initials_of(short: Name, full: Name) -> bool:
    """ "PA Griveau" is Paul-Antoine Griveau, whichever of the two words was taken as given."""
    if not (full.given and full.family):
        return False
    initials = "".join(w[0] for w in re.findall(r"[^\W\d_]+", fold_words(full.given)))
    words = sorted(fold_words(w).replace(".", "").replace(" ", "") for w in short.whole.split())
    return len(words) > 1 and words == sorted([initials, *fold_words(full.family).split()])


_TITLE = re.compile(rf"^(?:M\.|Mr\.?|Mme\.?|Mlle|Monsieur|Madame) (?={_UP})")


def _name_of(written: str, names: Names) -> Name | None:
    written = _TITLE.sub("", written)
    words = [w for w in written.split() if not _ROLE_WORDS.match(w)]
    if not words or words != written.split():
        words = written.split()[
            : written.split().index(next(w for w in written.split() if _ROLE_WORDS.match(w)))
        ]
    return names.split(" ".join(words)) if words else None


def _sender_name(channel: Channel, parts: Parts, names: Names) -> Name:
    if channel is Channel.PHONE:
        sheet = f"{parts.heading}\n{parts.own}"
        match = (
            _CALLER_FIELD.search(sheet)
            or _CALLS.search(sheet)
            or _CALLER_LINE.search(sheet)
            or _INTRODUCED.search(parts.own)
        )
        return names.split(match[1]) if match and _usable(match[1], names) else Name()
    if channel is Channel.WEB:
        return (
            names.split(parts.declared["name"]) if _real(parts.declared.get("name", "")) else Name()
        )
    if channel is Channel.REFERRAL:
        return Name()
    if channel is Channel.LETTER:
        return _merged(
            [*_signatures(parts.own, names), _back_name(parts.envelope.back, names)], names
        )
    signed = list(_signatures(parts.own, names))
    shown = names.split(parts.sender_name) if _personal(parts.sender_name) else Name()
    if shown and shown.given and shown.family:
        return shown
    return _merged([shown, *signed], names)


def _usable(written: str, names: Names) -> bool:
    return (
        not any(_ROLE_WORDS.match(w) for w in written.split())
        and fold_words(written) not in names.not_names
    )


def _personal(display: str) -> bool:
    return bool(display) and not re.search(
        r"mail delivery|service|secr[ée]tariat|association|spip\b|contact|noreply|"
        r"accueil|greffe|cabinet|bureau|foyer|@|\bpad\b|point (?:d['’]acc[eè]s|justice)|permanence|collectif|ligue|"
        r"pr[ée]fecture|mairie|maison (?:de|d['’]|des)|comit[ée]|mission|centre|r[ée]seau|[ée]quipe",
        re.sub(r"\([^)]*\)", "", display),
        re.IGNORECASE,
    )


_TOLD = 4  # the score of words that say that somebody else is named
_HELD_AT = re.compile(r"d[ée]tenue?s? (?:de|du|d['’]|[àa]) ?", re.IGNORECASE)


def _person_named(channel: Channel, parts: Parts, names: Names, text: str, requester: Name) -> Name:
    """The person concerned, named by somebody else."""
    declared = list(_declared_person(parts))
    if declared:
        return declared[0]
    if channel is Channel.PHONE:
        text = _CALLER_LINE.sub(" ", _CALLS.sub(" ", _CALLER_FIELD.sub(" ", text)))
    text = _SIGNED_TRADE.sub(" ", _LAWYER.sub(" ", text))
    signed = list(_signatures(parts.own, names)) if channel is Channel.EMAIL else []
    found: list[tuple[int, int, Name]] = []
    for score, pattern in (
        (6, _PERSON_FIELD),
        (5, _BORN),
        (4, _CALLED),
        (4, _TIE_NAME),
        (4, _TITLED),
        (2, _CAPITALS),
    ):
        for match in pattern.finditer(text):
            written = match[1] if pattern.groups else match.group(0)
            if pattern is _CALLED and _of_a_trade(text, match):
                continue
            if _HELD_AT.match(match.group(0)):
                continue  # "un ancien détenu de Fleury": the name of a place
            if not _IBERIAN.match(match.group(0)):
                written = _up_to_kin(written, requester)
            name = _name_of(written, names)
            if not name or _same_person(name, requester) or not _usable_name(name, names):
                continue
            if score < _TOLD and any(_same_person(name, s) for s in signed):
                continue
            found.append((score + _fullness(name), -match.start(), name))
    if not found:
        found = [
            (1, -m.start(), n)
            for m in _NAMED.finditer(text)
            if len(m.group(0).split()) > 1
            and fold_words(m.group(0).split()[0]) in names.given
            and (n := _name_of(m.group(0), names))
            and not any(_same_person(n, own) for own in (requester, *signed))
        ]
    if not found:
        return Name()
    found.sort(key=lambda f: (f[0], f[1]), reverse=True)
    best = found[0][2]
    whole = [n for m in _NAMED.finditer(text) if (n := _name_of(m.group(0), names))]
    whole = [
        n for n in whole if _shares(n, best) and len(n.whole.split()) > len(best.whole.split())
    ]
    if whole and not (best.given and best.family):
        best = max(whole, key=_fullness)
    for _, _, other in found[1:]:
        if _shares(best, other) and (both := names.completed(best, other)) is not None:
            best = both
    return best


def _up_to_kin(written: str, requester: Name) -> str:
    """A name cut after the family name that its bearer shares with the requester."""
    words = written.split()
    kin = fold_words(requester.family or "")
    end = next((i for i, w in enumerate(words) if i and fold_words(w) == kin), len(words) - 1)
    return " ".join(words[: end + 1])


def _usable_name(name: Name, names: Names) -> bool:
    words = [fold_words(w).strip(".") for w in name.whole.split()]
    return bool(words) and not any(w in names.not_names for w in words if len(w) > 1)


def _declared_person(parts: Parts) -> Iterator[Name]:
    declared = parts.declared
    last, first = declared.get("person.last"), declared.get("person.first")
    if last or first:
        yield Name(first or None, _unshouted(last))


def _unshouted(name: str | None) -> str | None:
    return (name.title() if name and name.isupper() else name) or None
