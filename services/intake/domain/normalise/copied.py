"""A letter that the sender of an e-mail copied into it, word for word."""

from __future__ import annotations

import re

_COPIED = re.compile(
    r"\b(?:recopi\w*|copi\w*|retranscri\w*|transcri\w*|tape|tapee|ai tap\w*|dactylographi\w*|mot (?:pour|à|a) mot|"
    r"word (?:for|by) word|typed|palabra por palabra|transcrib\w*|palavra por palavra|parola per parola|trascri\w*|"
    r"wort für wort|abgeschrieben|cuv[aâ]nt cu cuv[aâ]nt|слово в слово|переписал\w*|słowo w słowo|fjal[eë] p[eë]r fjal[eë])\b",
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"\b(?:lettres?|courrier|mots?|carta|letter|note|lettera|brief|scrisoare\w*|letr[aë]\w*|list|письмо|mektub\w*|رسالة)\b",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[ \t]*(?:[-=*_~#]{3,200}|[«“\"])[ \t]*$", re.MULTILINE)
_COLON = re.compile(r":[ \t]*\n[ \t]*\n")
_NOTE = 800  # characters of a carrier's note, at most


def copied_letter(body: str) -> tuple[str, str] | None:
    """(the sender's note, the letter copied below it), None where none is said to be copied.

    The letter stands between two rules, or below a note that ends with a colon.
    """
    if (rule := _RULE.search(body, 0, _NOTE)) and _hands_on(body[: rule.start()]):
        letter, _, after = _parted(body[rule.end() :])
        return "\n".join(p for p in (body[: rule.start()].strip(), after.strip()) if p), letter
    if (colon := _COLON.search(body, 0, _NOTE)) and _hands_on(body[: colon.start()]):
        return body[: colon.start()].strip(), body[colon.end() :].strip()
    return None


def _hands_on(note: str) -> bool:
    return bool(_COPIED.search(note) and _LETTER.search(note))


def _parted(rest: str) -> tuple[str, str, str]:
    close = _RULE.search(rest)
    if close is None:
        return rest.strip(), "", ""
    return rest[: close.start()].strip(), close.group(), rest[close.end() :]
