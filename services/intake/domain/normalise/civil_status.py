"""What an item states of the person's birth and nationality."""

from __future__ import annotations

import re
from datetime import date

from services.intake.domain.normalise.model import SELF_KINDS
from services.intake.domain.normalise.name_pattern import NAME
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded, fold, fold_words
from shared.contracts.vocabulary import RequesterKind

_BIRTH = re.compile(
    r"(?<!\w)(?:nee?s?(?:\(e\))?|born|naissance|nacid[oa]|nascid[oa]|nat[oa]|"
    r"nascut\w*|anniversaire|anniv|birthday|cumpleanos|aniversario|compleanno|dob|ddn|lindur|dogum\w*|родил\w*|родилась|مواليد|ولدت) ?"
    r"(?:le|en|on|el|em|il|la|pe|:|me|,|c ?est|est|is|es|e| ){0,12} ?(?:a [\w ]{2,25}?,?(?: le| el| on)?)?$"
)
_CHILD = re.compile(
    r"\b(?:fils|fille|enfant|bebe|petite?|son|daughter|child|hij[oa]|filh[oa]|nina|"
    r"nino|figli[oa]|frere|soeur|femme|mari|pere|mere|refus|rejet|decision)\b[^.\n]{0,40}$"
)

_FRENCH = "FR"
_I_AM = re.compile(r"\b(?:je (?:ne )?suis?|j ?suis?|chui?s?|i am|i m)(?: un\w?)? $")
# Of what is asked for, believed or said of a child or a spouse, nobody is French.
_I_AM_FRENCH = re.compile(r"(?:^|[.!?;:\n] ?)(?:mais |alors |moi |bonjour,? )?je suis (?:un\w? )?$")
_SPOKEN = re.compile(
    r"\b(?:parl\w*|langues?|speak\w*|compren\w*)\b(?: ?:)?(?: ?\w+(?: ?[,/]| et)?){0,4} ?$"
)
_BORN_IN = re.compile(r"\bnee?(?: e)?\b[^.;\n]{0,20} a [\w ]{2,25}\($")
_PERSON = re.compile(r"\b(?:ressortissante?|citoyen\w*|(?:co)?detenue?|il est|elle est) $")
_PERSON = re.compile(
    r"\b(?:nationalite|ressortissant\w*|citoyen\w*|originaire d\w*|venu d\w*|"
    r"vient? (?:de|d|du)|viens (?:de|d|du)|from(?: the)?|soy|sou|sono|sunt|ben|jestem|jam|nga|am|il est|elle est|"
    r"(?:co)?detenue?|condamnee?|prevenue?|incarceree?|ppsmj|pps|cliente?|usagere?|patiente?|"
    r"monsieur|madame|dame|homme|femme|jeune|une?|гражда\w+)\s?(?:de |du |d |la |le |l )?$"
    r"|[,(] ?(?:de |du |d |la |le |l )?$"
    r"|\b(?:je m ?ap+el+e|je suis|moi c est|mon nom est|my name is|i am)(?: (?!de\b|du\b|d\b|en\b|a\b)\w+){1,4} (?:de |du |d |from )(?:la |l )?$"
    r"|(?:انا|اسمي)(?: [^\W\d]+){1,4} من $"
)


def born_on(text: str, reference: Reference, person: Name, *, own: bool) -> date | None:
    """The person's date of birth as stated: next to the name, and not a child's."""
    folded = fold(text)
    best: tuple[int, date] | None = None
    for mention in reference.dates.find(folded):
        before = folded.text[max(0, mention.start - 60) : mention.start].rstrip()
        birth = _BIRTH.search(before)
        day = mention.full_date()
        if day is None or (birth is None and not _beside_name(before, person, day)):
            continue
        start = max(0, mention.start - 60)
        named = bool(person) and any(
            fold_words(w) in before for w in person.whole.split() if len(w) > 2
        )
        if (
            birth
            and not named
            and _CHILD.search(folded.text[max(0, start - 10) : start + birth.start()])
        ):
            continue
        rank = 0 if named else 1 if own else 2
        if best is None or rank < best[0]:
            best = (rank, day)
    return best[1] if best else None


_YOUNGEST = 2013  # born since then, nobody is detained


def _beside_name(before: str, person: Name, day: date) -> bool:
    """Is a day long ago noted right behind the whole name ("DIALLO Mamadou, 03.07.1987", "(…")?"""
    words = sorted(fold_words(person.whole).split())
    named = re.findall(r"\w+", before)[-len(words) :]
    return (
        len(words) > 1
        and day.year < _YOUNGEST
        and before.endswith((",", "("))
        and sorted(named) == words
    )


def nationality(
    reference: Reference, kind: RequesterKind, parts: Parts, texts: tuple[str, ...]
) -> str | None:
    """The nationality that the item states for the person; none is guessed from a name."""
    if declared := parts.declared.get("person.nationality"):
        return reference.nationality_codes.get(fold_words(declared)) or declared[:2].upper()
    born = None
    for text in texts:
        folded = fold(text)
        for match in reference.nationality.matches(folded):
            word = match.group(0)
            codes = reference.nationality_codes
            code = codes.get(word) or codes.get(word.rstrip("s"))
            before = folded.text[max(0, match.start() - 40) : match.start()]
            after = folded.text[match.end() : match.end() + 12]
            stated = kind in SELF_KINDS and _NATIONALITY.match(after) is not None
            if (
                stated
                or _of_the_person(before, kind, code)
                or (
                    code != _FRENCH
                    and (_signed_country(folded.text, match) or _behind_name(folded, match))
                )
            ):
                return code
            told = kind in SELF_KINDS or (text in parts.attached and _DECIDES.search(folded.text))
            if born is None and code != _FRENCH and told:
                born = code if _birthplace(folded.text, match.start()) else None
    return born


# "مغربي الجنسية", "Nigerian by nationality": the word for it comes behind.
_NATIONALITY = re.compile(r" (?:الجنسي|by nat|national(?:ity)?\b|uyruklu|vatandas)")
# "Je suis né le 3 mai 2009 à Labé en Guinée", "né le 01/01/1996 à Sylhet (Bangladesh)".
_BIRTHPLACE = re.compile(
    r"(?:^|[,;:.(\n] ?|\bje (?:suis|sui) |\bj?suis |\bchui |\bmoi )nee?(?: e)? (?:le |l )?\d[^.;,\n(]{5,22}"
    r"(?:(?: ?,? ?a [^\W\d][\w ]{1,25})? (?:en|au|aux) (?:la |l )?| ?,? ?a [^\W\d][\w ]{1,25}\()$"
)
_DECIDES = re.compile(
    r"\b(?:prefete?|prefecture|arrete|obligation de quitter|interdiction de retour|tribunal)\b"
)
_NOT_THERE = re.compile(r"\b(?:pas|mais?)\b")


def _birthplace(folded: str, start: int) -> bool:
    """Does the country at ``start`` end the civil status of a writer, or of a decision's person?"""
    born = _BIRTHPLACE.search(folded, max(0, start - 90), start)
    if born is None or _NOT_THERE.search(born[0]):
        return False
    return not _CHILD.search(folded, max(0, born.start() - 50), born.start() + 1)


def _behind_name(folded: Folded, match: re.Match[str]) -> bool:
    """Does a line consist of a name and where its bearer is from ("NZUZI Blaise congolais")?"""
    text = folded.text
    line = text.rfind("\n", 0, match.start()) + 1
    rest = text[match.end() :].partition("\n")[0]
    named = folded.words(line, match.start()) if match.start() - line < _NAME_AT_MOST else ""
    if not named.strip():  # a line of its own below the name
        named = folded.words(text.rfind("\n", 0, max(0, line - 1)) + 1, line - 1)
    return _NAME_ONLY.fullmatch(named.strip()) is not None and not rest.strip(" .,;)")


_NAME_AT_MOST = 60  # characters
_NAME_ONLY = re.compile(rf"(?:(?:M\.|Mr|Mme|Mlle) )?{NAME}(?: {NAME})?,?")


def _of_the_person(before: str, kind: RequesterKind, code: str | None) -> bool:
    """Do the words ``before`` a nationality give it to the person concerned?"""
    if code == _FRENCH:
        return kind in SELF_KINDS and bool(_I_AM_FRENCH.search(before))
    if _I_AM.search(before):
        return kind in SELF_KINDS
    if _SPOKEN.search(before) or _BORN_IN.search(before):
        return False
    return bool(_PERSON.search(before))


def _signed_country(folded: str, match: re.Match[str]) -> bool:
    """A country that closes a signature line ("Ouédraogo Issa, n° 22760, Burkina Faso")."""
    after = folded[match.end() : match.end() + 4]
    before = folded[max(0, match.start() - 12) : match.start()]
    return (after.strip() == "" or after[:1] in "\n—-") and bool(re.search(r"[,—:] ?$", before))
