"""The caller as a call sheet notes them."""

from __future__ import annotations

import re

from services.intake.domain.normalise.name_pattern import NAME, UP
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.sheets import HEAD_OF_SHEET

_CALLER_FIELD = re.compile(
    rf"\b[Aa]ppelant(?:e|·e|\(e\))?s?(?!\w) ?:? ?(?:M\.|Mme|Mlle|Monsieur|Madame|Ma[iî]tre|Me)? ?({NAME})"
)
# "Appelle : Mme Lise Peyrache", "Appel de Me Durand".
_CALLS = re.compile(
    rf"\b(?:[Aa]ppell?e ?:|[Aa]ppel de|[Dd]e la part de|[Ii]nterlocut\w+ ?:|[Aa]gent ?:) ?"
    rf"(?:M\.|Mme|Mlle|Monsieur|Madame|Ma[iî]tre|Me)? ?({NAME})"
    rf"|\b[Aa]ppel d['’]une? [^:\n]{{0,80}}: ?(?:M\.|Mme|Mlle)? ?({NAME})"
)
# A call sheet that begins with the caller: "Mme Nathalie Prigent, CPIP MA Blois, 06 …".
_CALLER_LINE = re.compile(
    rf"^(?:M\.|Mr|Mme|Mlle|Me|Dr|Ma[iî]tre) ?({NAME}),? (?:[Ll][ae'’] ?)?(?:D?CPIP|SPIP|[Aa]vocate?|"
    r"[Vv]isiteu\w+|[Aa]um[ôo]ni\w+|[Mm]édecin|[Éé]ducat\w+|[Aa]ssistante?|[Tt]ravailleu\w+|"
    r"[Jj]uriste|[Ii]nfirmi\w+|[Gg]reffi\w+)\b",
    re.MULTILINE,
)
# Near the head of a sheet, what the caller is to the person: "(bénév. n° 3). Mme Odette MBALA, compagne".
_TIES = (
    r"[ée]poux|[ée]pouse|mari|femme|compagn(?:e|on)|conjointe?|concubine?|fianc[ée]e?|m[èe]re|p[èe]re|fils|fille|"
    r"s(?:œ|oe)ur|fr[èe]re|cousine?|tante|oncle|neveu|ni[èe]ce|amie?|voisine?|marraine|parrain|belle-\w+|beau-\w+|"
    r"[Bb][ée]n[ée]vole|[Vv]isiteu\w+"
)
_CALLER_AT_HEAD = re.compile(
    rf"(?:^|[.:;)–—] ?|\n)(?:M\.|Mr|Mme|Mlle|Monsieur|Madame) ?({NAME}),? (?:sa |son |la |le |l['’])?(?:{_TIES})\b"
)
# A voice that says its name before why it calls: "Oui bonjour, Hawa Kouyaté, j'appelle pour…".
_GREETS = re.compile(
    rf"\b(?:[Bb]onjour|[Bb]onsoir|[Aa]ll[ôo]|[Hh]ello|[Bb]uenas)(?: \w+)?,? (?:ici |c['’]est )?({NAME}),? "
    r"(?:j['’]appelle|je vous appelle|à l['’]appareil|je suis (?:l[ae] |l['’]|son |sa )|llamo|I am calling|I['’]m calling)"
)
# "Soy Luz Marina Cárdenas, la esposa de…": who, and what to whom.
_AM_OF = re.compile(
    rf"\b(?:[Ss]oy|[Ss]ou|[Ss]ono|I am|I['’]m|[Jj]e suis) ({NAME}),? (?:la |el |l['’]|le |a |o |the |sua |su |sa |son )?"
    r"(?:espos[oa]|mujer|mulher|moglie|marito|madre|padre|m[ãa]e|pai|herman[oa]|irm[ãa]o?|sorella|fratello|hij[oa]|filh[oa]|"
    rf"wife|husband|mother|father|sister|brother|daughter|son|{_TIES})\b"
)
# "— Mme Gladys Asante, détenue MAF de Versailles, appelle de la cabine".
_CALLER_INSIDE = re.compile(
    rf"(?:^|[—–|:] ?)(?:M\.|Mr|Mme|Mlle) ?({NAME}),? (?:\([^()\n]{{1,30}}\),? ?)?(?:(?:[ée]crou(?:[ée]e?)?|d[ée]tenue?|incarc[ée]r[ée]e?|retenue?)\b|n[°o] ?\d)",
    re.MULTILINE,
)
# A caller who is named behind where the call comes from ("depuis la cabine. DIAKHABY Mody.").
_CALLER_AFTER = re.compile(
    rf"\b[Aa]ppelante?s? ?:[^\n]{{0,120}}[.,;] ({UP}{{3,30}}(?:[ -]{UP}{{2,30}}){{0,2}} {UP}[a-zà-ÿ]{{1,30}})(?=[.,;])"
)
# "Mme Clarisse Mbemba, 06 39 98 80 19. Son mari…": with the number to call back.
_CALLER_PHONE = re.compile(
    rf"^(?:M\.|Mr|Mme|Mlle) ?({NAME}),? (?:\()?(?:t[ée]l\.? ?:? ?)?(?:0|\+33 ?)\d[ .]?\d\d",
    re.MULTILINE,
)
# "Greffe du CP de Metz, Mme Schaeffer (adjointe)": a sheet that begins with the office that calls.
_OFFICE_LINE = re.compile(
    r"^(?:[Gg]reffe|D?SPIP|[Dd]irection|[Ss]ecr[ée]tariat|USMP|[Ss]ervice|[Aa]ntenne|[Pp]r[ée]fecture|[Cc]abinet)\b[^\n,:.]{0,50}"
    rf"[,:] (?:M\.|Mr|Mme|Mlle|Me|Dr) ?({NAME})",
    re.MULTILINE,
)
# "C'est Karima, la sœur de Yanis": who speaks says first who they are.
_IT_IS = re.compile(
    rf"\b[Cc]['’]est ({NAME})(?=[.,;]? (?:la|le|l['’]|sa|son|je|j['’]|pour|[àa]|alors|et|sur)\b|[.,;])"
)
# "Bonsoir, je suis monsieur Boubacar Tounkara, je vous appelle pour mon fils…"
_INTRODUCED = re.compile(
    rf"\b(?:[Jj]e suis|[Jj]e m['’]appelle|[Mm]y name is|[Ii]['’ ]a?m|[Mm]e llamo|[Ss]oy|[Mm]eu nome é|[Ss]ou|"
    rf"[Mm]i chiamo|[Mm]ă numesc|[Qq]uhem|[Mm]enya zovut) (?:M\.|Mr|Mme|[Mm]onsieur|[Mm]adame|[Ll]a señora|[Aa]) ?({NAME})"
)
# "Me llamo Yolanda Quispe. Llamo por mi papá…": no such words are said of another.
_SAYS_NAME = re.compile(
    rf"(?<!\w)(?:[Jj]e m['’]appelle|[Mm]on nom (?:est|c['’]est)|[Mm]y name(?: is|['’]s)|[Mm]e llamo|[Mm]i nombre es|"
    rf"[Mm]eu nome é|[Mm]e chamo|[Cc]hamo-me|[Mm]i chiamo|[Ii]l mio nome è|[Mm][ăa] numesc|[Ee]mri im është|[Мм]еня зовут|"
    rf"[Ii]ch heiße|[Nn]azywam się|[Bb]enim adım) ({NAME})"
)


def caller_named(parts: Parts) -> str | None:
    """The caller's name as written on the sheet or as they give it, None where neither has it."""
    sheet = f"{parts.heading}\n{parts.own}"
    match = (
        _CALLER_FIELD.search(sheet)
        or _CALLS.search(sheet)
        or _CALLER_LINE.search(sheet)
        or _CALLER_INSIDE.search(sheet)
        or _CALLER_AT_HEAD.search(sheet[:HEAD_OF_SHEET])
        or _CALLER_PHONE.search(sheet)
        or _OFFICE_LINE.search(sheet)
        or _INTRODUCED.search(parts.own)
        or _SAYS_NAME.search(parts.own)
        or _GREETS.search(parts.own)
        or _AM_OF.search(parts.own)
        or _CALLER_AFTER.search(sheet)
        or _IT_IS.search(parts.own)
    )
    return next(filter(None, match.groups())) if match else None


def says_given_alone(parts: Parts, caller: str) -> bool:
    """Is ``caller`` the one word by which they say to be called ("mă numesc Doina")?"""
    said = _SAYS_NAME.search(parts.own)
    return said is not None and said[1] == caller and " " not in caller and not caller.isupper()


def without_caller(text: str) -> str:
    """``text`` without the words by which a sheet names the caller."""
    for pattern in (
        _CALLER_FIELD,
        _CALLS,
        _CALLER_LINE,
        _CALLER_AT_HEAD,
        _CALLER_PHONE,
        _OFFICE_LINE,
    ):
        text = pattern.sub(" ", text)
    return text
