"""The language of the author's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from services.intake.domain.normalise.text import fold_words

_DETECTED = {
    Language.FRENCH: "fr",
    Language.ENGLISH: "en",
    Language.SPANISH: "es",
    Language.PORTUGUESE: "pt",
    Language.ITALIAN: "it",
    Language.ROMANIAN: "ro",
    Language.ALBANIAN: "sq",
    Language.TURKISH: "tr",
    Language.DUTCH: "nl",
    Language.POLISH: "pl",
    Language.CROATIAN: "sr",
    Language.SOMALI: "so",
    Language.GERMAN: "de",
    Language.RUSSIAN: "ru",
    Language.UKRAINIAN: "uk",
    Language.SERBIAN: "sr",
    Language.ARABIC: "ar",
    Language.PERSIAN: "fa",
    Language.URDU: "ur",
}
_SCRIPTS = (
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
    ("arabic", re.compile(r"[\u0600-\u06ff]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
)
_OWN_SCRIPTS = _SCRIPTS[:-2]  # of one language each
_OTHER_SCRIPT = re.compile("|".join(script.pattern for _, script in _SCRIPTS))
_PASHTO = re.compile(r"[ټډړښځڅۍې]")
_URDU = re.compile(r"[ٹڈڑےں]")
_PERSIAN = re.compile(r"[پچژگ]")
_SERBIAN = re.compile(r"[ђјљњћџ]")
DISTINCT = 0.2
READABLE = 0.12
CLEAR = 0.08
_WORDS = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.,!?;:\n]+")
_SENTENCE_WORDS = 5
_MIXED_WORDS = 15
_MIXED_SHARE = 0.3
_MIXED_WITHIN = 4000
_GUESSED_FROM = 2000


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language (``und`` if none is recognised) and how sure that is, from 0 to 1."""

    code: str
    confidence: float


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    return (
        LanguageDetectorBuilder.from_languages(*_DETECTED)
        .with_low_accuracy_mode()
        .with_preloaded_language_models()
        .build()
    )


def _letters(text: str) -> int:
    return sum(map(len, _WORDS.findall(text)))


class Languages:
    """Recognises languages; built once from ``languages.toml``."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._codes = tuple(data["words"])
        self._dangers = frozenset(data["dangers"])
        self._words: dict[str, list[str]] = {}  # the languages that have a word
        for code, words in data["words"].items():
            for word in set(map(fold_words, words)):
                self._words.setdefault(word, []).append(code)
        named = {fold_words(n): c for c, names in data["names"].items() for n in names}
        alternatives = "|".join(sorted(map(re.escape, named), key=len, reverse=True))
        self._named = named
        self._name = re.compile(rf"\b({alternatives})\b")
        self._spoken = re.compile(
            r"(?:langues?(?: parlees?)? ?:|par(?:le|lent|lant)\b|ne comprend\w* que|"
            r"speaks?|habla|fala)"
            r"[^.;\n]{0,80}"
        )
        _detector()

    def of(self, text: str) -> Spoken:
        """The language of ``text``; ``und`` when it is in none that can be recognised."""
        letters = _letters(text)
        if letters < 3:
            return Spoken("und", 0.0)
        if self._mixed(text):
            return Spoken("mul", 0.7)
        return self._by_script(text, letters) or self._by_words(text)

    def knows_dangers(self, code: str, text: str) -> bool:
        """Do the lexicons have the words for dangers of ``text``, which is in ``code``?

        Of one in several languages, those with a script of their own are looked at.
        """
        if code == "mul":
            return all(c in self._dangers or not s.search(text) for c, s in _OWN_SCRIPTS)
        return code == "und" or code in self._dangers

    def _mixed(self, text: str) -> bool:
        """Are two languages written, sentence by sentence, each to a good part?"""
        spoken: Counter[str] = Counter()
        for sentence in _SENTENCE.split(text[:_MIXED_WITHIN]):
            words = _WORDS.findall(fold_words(sentence))
            if len(words) < _SENTENCE_WORDS:
                continue
            told = self._by_script(sentence, _letters(sentence)) or self._distinct(words)
            if told is not None:
                spoken[told.code] += len(words)
        (_, most), (_, second) = (*spoken.most_common(2), ("", 0), ("", 0))[:2]
        return second >= _MIXED_WORDS and second >= (most + second) * _MIXED_SHARE

    def _distinct(self, words: Sequence[str]) -> Spoken | None:
        """The language whose own words are many, and far more than any other's."""
        met = self._met(words).most_common(2)
        (code, first), (_, second) = (*met, ("und", 0), ("und", 0))[:2]
        best, next_best = first / len(words), second / len(words)
        if best < DISTINCT or best - next_best < CLEAR:
            return None
        return Spoken(code, min(0.99, 0.6 + best))

    def _met(self, words: Sequence[str]) -> Counter[str]:
        """How many of ``words`` each language has."""
        return Counter(chain.from_iterable(self._words.get(word, ()) for word in words))

    def _shares(self, words: Sequence[str]) -> dict[str, float]:
        met = self._met(words)
        return {code: met[code] / len(words) for code in self._codes}

    def _by_script(self, text: str, letters: int) -> Spoken | None:
        if letters and not _OTHER_SCRIPT.search(text):
            return None
        for code, script in _SCRIPTS:
            if len(script.findall(text)) * 2 < letters:
                continue
            if code == "arabic":
                code = (
                    "ps"
                    if _PASHTO.search(text)
                    else "ur"
                    if _URDU.search(text)
                    else "fa"
                    if len(_PERSIAN.findall(text)) * 60 > letters
                    else "ar"
                )
            elif code == "cyrillic":
                code = (
                    "uk" if re.search("[іїєґ]", text) else "sr" if _SERBIAN.search(text) else "ru"
                )
            return Spoken(code, 0.97)
        return None

    def _by_words(self, text: str) -> Spoken:
        words = _WORDS.findall(fold_words(text))[:400]
        if not words:
            return Spoken("und", 0.0)
        if (distinct := self._distinct(words)) is not None:
            return distinct
        shares = self._shares(words)
        best = max(shares, key=shares.__getitem__)
        guess = _detector().compute_language_confidence_values(
            " ".join(words[:120])[:_GUESSED_FROM]
        )[0]
        code = _DETECTED[guess.language]
        if shares.get(code, 0.0) >= READABLE and guess.value >= 0.3:
            return Spoken(code, guess.value)
        if shares[best] >= READABLE + 0.06:
            return Spoken(best, shares[best])
        if len(words) >= 4 and guess.value >= 0.85 and code in {"so", "tr", "pl", "sq", "ro"}:
            return Spoken(code, guess.value * 0.8)
        return Spoken("und", 0.0)

    def spoken_by_person(self, folded: str) -> tuple[tuple[str, ...], str]:
        """Languages that the text says the person speaks, in order, and the words that say so."""
        for match in self._spoken.finditer(folded):
            said = re.sub(r"(?:pas|peu|mal|ni) (?:bien )?(?:le |l )?francais", " ", match.group(0))
            codes = [self._named[m.group(1)] for m in self._name.finditer(said)]
            if codes:
                return tuple(dict.fromkeys(codes)), match.group(0)
        return (), ""
