"""Names and numbers of persons: how they are written, and which part is the family name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.intake.domain.normalise.directory import name_key
from services.intake.domain.normalise.patience import go_on
from services.intake.domain.normalise.text import fold_words, latin_letters

# Possessive: a word taken whole is never tried in pieces.
_WORD = r"[^\W\d_](?:[^\W\d_]|['’`‑-](?=[^\W\d_])){0,200}+\.?+"
_NAME_LINE = re.compile(rf"^\W*((?:{_WORD}[ .]*+){{1,6}})\W*$")
_TOKEN = re.compile(_WORD)
_NUMBER = re.compile(
    r"(?<![\d+])(?:[A-Z]{1,2}[ -]?)?(\d{1,3}(?:[ .\u00a0\u202f-]\d{3}){1,2}|\d{3,7})(?![\d])"
)
_PHONE = re.compile(r"(?:\+\d{2} ?\d|\b0\d)(?:[ .-]?\d{2}){4}\b")
_NOT_LATIN = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f\u1e00-\u1eff]")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its two parts; either may be missing, or an initial ("B.")."""

    given: str | None = None
    family: str | None = None
    sure: int = field(default=0, compare=False)  # 3: capitals or an initial; 2: known; 0: by order

    def __bool__(self) -> bool:
        return bool(self.given or self.family)

    @property
    def whole(self) -> str:
        """Both parts, as one would say them."""
        return " ".join(p for p in (self.given, self.family) if p)


class Names:
    """Splits names; built once from ``words.toml``, the given names, and the names of places and origins."""

    def __init__(
        self,
        words: Mapping[str, Any],
        given: Iterable[str],
        places: Iterable[str],
        origins: Iterable[str] = (),
    ) -> None:
        self.given = frozenset(given)
        self._places = frozenset(places) - self.given
        self.particles = frozenset(fold_words(w) for w in words["names"]["particles"])
        self.titles = frozenset(fold_words(w) for w in words["names"]["titles"])
        self.not_names = frozenset(_NOT_NAMES)
        self._origins = frozenset(origins) - self.given

    def is_place(self, written: str) -> bool:
        """Is ``written`` as a whole the name of a place with a prison, and nobody's?"""
        return name_key(fold_words(written)) in self._places

    def tokens(self, written: str) -> list[str]:
        """The words of a name, titles left out."""
        words = _TOKEN.findall(re.sub(r"\([^)]{0,200}\)", " ", written))
        kept = [w for w in words if fold_words(w).strip(" .") not in self.titles or _is_initial(w)]
        kept = [w for w in kept if w.strip(".")]
        latin = [w for w in kept if not _NOT_LATIN.search(w)]
        return latin if len(latin) > 1 else kept  # written twice, once in another script

    def split(self, written: str, *, family_first: bool = False) -> Name:
        """The two parts of a name as written.

        Capitals name the family when only some words have them; else an initial, a known given
        name, and last the order (``family_first`` for envelopes and lists) decide.
        """
        go_on()
        words = self.tokens(written)
        if not words:
            return Name()
        initials = [w for w in words if _is_initial(w)]
        whole = [w for w in words if not _is_initial(w)]
        if initials and whole:
            known = any(fold_words(w) in self.given for w in whole)
            return replace(self._with_initials(words, initials, whole), sure=2 if known else 1)
        capitals = [w for w in words if w.isupper() and len(w) > 1]
        if capitals and len(capitals) < len(words):
            return replace(self._by_capitals(words), sure=3)
        if len(words) == 1:
            lone = fold_words(words[0])
            if lone in self.given and not words[0].isupper():
                return Name(given=_cased(words[0]))
            return Name(family=_cased(words[0]))
        name = self._by_order(words, family_first=family_first)
        told = [fold_words(w) in self.given for w in words]
        return replace(name, sure=2 if any(told) and not all(told) else 0)

    def _with_initials(self, words: list[str], initials: list[str], whole: list[str]) -> Name:
        middle = next((i for i, w in enumerate(words) if _is_initial(w)), 0)
        if len(initials) == 1 and 0 < middle < len(words) - 1:  # "Valdecir A. Pires"
            return self._named(words[: middle + 1], words[middle + 1 :])
        name = " ".join(whole)
        middle = words.index(initials[0])
        if len(initials) == 1 and 0 < middle < len(words) - 1:  # "Grace W. Kimani"
            return self._named(words[: middle + 1], words[middle + 1 :])
        initial = " ".join(i if i.endswith(".") else f"{i}." for i in initials)
        known = all(fold_words(w) in self.given for w in whole) and not name.isupper()
        if known and words[0] == whole[0]:  # "Sofiane B."
            return Name(given=_cased_all(name), family=initial)
        return Name(given=initial, family=_cased_all(name))

    def _by_capitals(self, words: list[str]) -> Name:
        family = [i for i, w in enumerate(words) if w.isupper() and len(w) > 1]
        first, last = min(family), max(family)
        while (first > 1 or (first and last + 1 < len(words))) and fold_words(
            words[first - 1]
        ) in self.particles - {"al"}:
            first -= 1
        given = [w for i, w in enumerate(words) if not first <= i <= last]
        return Name(
            given=_cased_all(" ".join(given)) or None,
            family=_cased_all(" ".join(words[first : last + 1])),
        )

    def _by_order(self, words: list[str], *, family_first: bool) -> Name:
        known = [fold_words(part) in self.given for part in words]
        particle = [fold_words(w) in self.particles for w in words[:-1]] + [False]
        if True in particle[1:]:
            cut = particle.index(True, 1)
            if known[-1] and not any(known[:cut]):  # "Da Silva Edson" begins with it
                cut = len(words)
        else:
            cut = 0
        if particle[0] and known[-1]:  # "Da Silva Edson"
            return self._named(words[-1:], words[:-1])
        if 0 < cut < len(words):
            before = words[:cut]
            if len(before) > 1 and not known[cut - 1]:  # "Wesley Moreira dos Santos"
                return self._named(before[:1], before[1:] + words[cut:])
            return self._named(before, words[cut:])
        front = next((i for i, k in enumerate(known) if not k), len(words))
        if not (front or family_first or known[-1]) and True in known:  # "Wilmer Adrián Cuesta"
            front = known.index(True) + 1
        back = next((i for i, k in enumerate(reversed(known)) if not k), len(words))
        if front == len(words):  # every word may be a given name
            front, back = (0, 1) if family_first else (1, 0)
        if family_first and back and front:
            front = 0
        if front:
            return self._named(words[:front], words[front:])
        if back:
            return self._named(words[-back:], words[:-back])
        if family_first:
            return self._named(words[1:], words[:1])
        return self._named(words[:1], words[1:])

    @staticmethod
    def _named(given: Sequence[str], family: Sequence[str]) -> Name:
        return Name(_cased_all(" ".join(given)) or None, _cased_all(" ".join(family)) or None)

    def turned(self, back: Sequence[str], signed: str) -> Name | None:
        """The parts of a name written once family first and once given first, None if it is not.

        "Mahamat Saleh Idriss" on an envelope, "Idriss Mahamat Saleh" below the letter.
        """
        there = signed.split()
        one, other = ([fold_words(w) for w in words] for words in (back, there))
        if len(one) < 2 or one == other or any(_is_initial(w) for w in back):
            return None
        if any(w.isupper() for w in back) and not all(w.isupper() for w in back):
            return None  # capitals tell
        for cut in range(1, len(one)):
            if one[cut:] + one[:cut] == other:
                family, given = back[:cut], back[cut:]
                known = [all(fold_words(w) in self.given for w in part) for part in (family, given)]
                if known[0] and not known[1]:
                    family, given = given, family
                return replace(self._named(given, family), sure=2)
        return None

    def completed(self, one: Name, other: Name) -> Name | None:
        """One name out of two writings of it ("Kaba M.", "Kaba Mamadou"); None if they differ."""
        words_one, words_other = self._set(one), self._set(other)
        if not words_one or not words_other:
            return one or other
        shared = words_one & words_other
        if not shared:
            return None
        if one.sure == 3 and one.given and one.family:
            return self._accented(one, other)
        if len(words_one) == len(words_other) == 1 and one.sure >= other.sure:
            return self._accented(one, other)
        fewer = _initial_only(other.given) and set(_plain(other.family)) <= set(_plain(one.family))
        if fewer and one.sure >= 2 and one.given and one.family:
            return self._accented(one, other)  # "E. Quispe" is Edilberto Quispe Huamán
        if _MIDDLE.match(other.given or "") and _plain(one.whole)[-1:] == _plain(other.family):
            words = one.whole.split()  # "Valdecir A. Pires" is Valdecir Aparecido Pires
            if len(words) > 2 and words[1][:1] == (other.given or "").split()[1][:1]:
                return self._accented(self._named(words[:-1], words[-1:]), other)
        if (one.given and one.family) and not (other.given and other.family) and one.sure >= 2:
            return self._accented(one, other)  # a lone word teaches nothing new
        if _initial_only(one.given) or _initial_only(one.family) or not (one.given and one.family):
            return self._filled(one, other, shared)
        if (
            _initial_only(other.given)
            or _initial_only(other.family)
            or not (other.given and other.family)
        ):
            return self._filled(other, one, shared)
        if words_one == words_other and _same(one.family, other.given):
            return self._accented(one, other)
        return self._accented(one, other)

    def _filled(self, short: Name, full: Name, shared: set[str]) -> Name:
        """``full``, split the way that the initial or the lone word of ``short`` tells."""
        words = [*(full.given or "").split(), *(full.family or "").split()]
        if short.family and not _initial_only(short.family):
            family_words = set(fold_words(latin_letters(short.family)).lower().split())
            family = [w for w in words if fold_words(latin_letters(w)).lower() in family_words]
            given = [w for w in words if w not in family]
            if family and given:
                return self._accented(Name(" ".join(given), " ".join(family)), short)
        if _initial_only(short.family) and short.given:
            given_words = set(fold_words(latin_letters(short.given)).lower().split())
            given = [w for w in words if fold_words(latin_letters(w)).lower() in given_words]
            family = [w for w in words if w not in given]
            initial = fold_words(short.family or "")[:1]
            while len(family) > 1 and not fold_words(family[0]).startswith(initial):
                given.append(family.pop(0))  # "Alpha B." is Alpha Oumar Bah
            if family and given:
                return Name(" ".join(given), " ".join(family))
        del shared
        return self._accented(full, short)

    def _accented(self, best: Name, other: Name) -> Name:
        """``best`` with the accents that the other writing has and it lacks."""
        spelt = {fold_words(w): w for w in other.whole.split()}

        def spell(part: str | None) -> str | None:
            if part is None:
                return None
            words = [w if not w.isascii() else spelt.get(fold_words(w), w) for w in part.split()]
            return _cased_all(" ".join(words))

        return Name(spell(best.given), spell(best.family), best.sure)

    @staticmethod
    def _set(name: Name) -> set[str]:
        words = fold_words(latin_letters(name.whole)).lower().split()
        return {w for w in words if len(w.strip(".")) > 1}

    def line_name(self, line: str) -> str | None:
        """The name that a line consists of (a signature), None if it is anything else."""
        match = _NAME_LINE.match(line.strip())
        if match is None:
            return None
        words = self.tokens(match[1])
        while len(words) > 1 and words[-1].islower() and fold_words(words[-1]) in self._origins:
            words.pop()  # "NZUZI Blaise congolais"
        if not 1 <= len(words) <= 5 or any(
            fold_words(w).strip(" .") in self.not_names and not _is_initial(w) for w in words
        ):
            return None
        named = [w for w in words if w[:1].isupper() or fold_words(w) in self.particles]
        if len(named) < len(words) and not any(fold_words(w) in self.given for w in words):
            return None
        return " ".join(words)


_MIDDLE = re.compile(r"\w{2,} \w\.?$")


def _plain(part: str | None) -> list[str]:
    return fold_words(latin_letters(part or "")).lower().split()


def latin_name(name: Name) -> Name:
    """The name in Latin letters, transliterated if it is written in another script."""

    def convert(part: str | None) -> str | None:
        if part is None or not _NOT_LATIN.search(part):
            return part
        return _cased_all(latin_letters(part).replace("'", ""))

    return Name(convert(name.given), convert(name.family))


def digits(written: str) -> str:
    """A number without blanks, dots, hyphens."""
    return re.sub(r"\D", "", written)


def number_candidates(text: str) -> list[tuple[int, int, str]]:
    """(start, end, digits) of what may be détention numbers: telephone numbers are left out."""
    phones = [m.span() for m in _PHONE.finditer(text)]
    found = []
    for match in _NUMBER.finditer(text):
        if any(s <= match.start() < e for s, e in phones):
            continue
        number = digits(match[1])
        if 3 <= len(number) <= 7:
            found.append((match.start(), match.end(), number))
    return found


def phone_number(text: str) -> str | None:
    """The first telephone number of a text, as written."""
    match = _PHONE.search(text)
    return match.group(0) if match else None


def _is_initial(word: str) -> bool:
    bare = word.replace(".", "").replace("-", "")
    return (len(bare) == 1 and bare.isalpha()) or bool(re.fullmatch(r"(?:[^\W\d_]\.-?){1,3}", word))


def _initial_only(part: str | None) -> bool:
    return part is not None and all(_is_initial(w) for w in part.split())


def _same(one: str | None, other: str | None) -> bool:
    return fold_words(one or "") == fold_words(other or "")


def _cased(word: str) -> str:
    """A name's word with its first letters as capitals, as a register would write it."""
    if word.isupper() or word.islower():
        cased = re.sub(
            r"[^\W\d_]+", lambda m: m.group(0)[:1].upper() + m.group(0)[1:].lower(), word
        )
        return cased.replace("i\u0307", "i")  # "ELİF" in small letters
    return word


def _cased_all(name: str) -> str:
    words = [_cased(w) for w in name.split()]
    small = {"dos", "das", "do", "da", "de", "del", "di", "du", "van", "von"}
    return " ".join(w.lower() if i and w.lower() in small else w for i, w in enumerate(words))


_NOT_NAMES = {
    "merci",
    "cordialement",
    "respectueusement",
    "bonjour",
    "bonsoir",
    "salut",
    "madame",
    "monsieur",
    "bien",
    "sincerement",
    "salutations",
    "amicalement",
    "bonne",
    "journee",
    "reception",
    "urgent",
    "svp",
    "thanks",
    "thank",
    "you",
    "regards",
    "dear",
    "best",
    "gracias",
    "saludos",
    "obrigado",
    "obrigada",
    "grazie",
    "la",
    "cimade",
    "service",
    "prison",
    "permanence",
    "a",
    "vous",
    "votre",
    "reponse",
    "avance",
    "envoye",
    "de",
    "mon",
    "iphone",
    "aide",
    "aidez",
    "moi",
    "aider",
    "cpip",
    "avocat",
    "avocate",
    "barreau",
    "spip",
    "ecrou",
    "detenu",
    "cellule",
    "batiment",
    "bat",
    "maison",
    "arret",
    "centre",
    "penitentiaire",
    "detention",
    "confidentiel",
    "association",
    "benevole",
    "visiteur",
    "visiteuse",
    "juriste",
    "coordinatrice",
    "coordinateur",
    "directrice",
    "directeur",
    "presidente",
    "president",
    "secretaire",
    "responsable",
    "educatrice",
    "educateur",
    "infirmiere",
    "infirmier",
    "medecin",
    "docteur",
    "psychologue",
    "psychiatre",
    "aumonier",
    "aumoniere",
    "conseillere",
    "conseiller",
    "stagiaire",
    "chargee",
    "charge",
    "intervenante",
    "intervenant",
    "travailleuse",
    "travailleur",
    "assistante",
    "assistant",
    "cheffe",
    "chef",
    "greffiere",
    "greffier",
    "enseignante",
    "enseignant",
    "formatrice",
    "formateur",
    "tresoriere",
    "tresorier",
    "coordinator",
    "director",
    "lawyer",
    "chaplain",
    "dans",
    "attente",
    "avec",
    "mes",
    "tout",
    "espoir",
    "respect",
    "hommages",
    "sentiments",
    "distingues",
    "dieu",
    "god",
    "bless",
    "yours",
    "sincerely",
    "faithfully",
    "muchas",
    "muito",
    "hello",
    "hi",
    "good",
    "day",
    "morning",
    "afternoon",
    "et",
    "pour",
    "par",
    "sur",
    "je",
    "help",
    "please",
    "atentamente",
    "cumprimentos",
    "multumesc",
    "faleminderit",
    "zdravstvuyte",
    "zdravstvujte",
    "spasibo",
    "tesekkurler",
    "attentivement",
    "bises",
    "mail",
}
