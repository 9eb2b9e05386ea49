"""The name that a text is signed with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.intake.domain.normalise.identity.written import has_other_word
from services.intake.domain.normalise.name_pattern import UP
from services.intake.domain.normalise.people import Name, Names

_SIGNED_STOP = re.compile(
    r"[,;(|]|\b(?:n°|no|num|écrou|ecrou|ecroux|matricule|cellule|cell|bat\b|bât|né|née)|\d",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:bien|tr[eè]s|avec|mes|meilleures?|sinc[eè]res?) ){0,6}(?:cordialement|respectueusement|"
    r"sinc[eè]rement|amicalement|salutations|respects?|remerciements|merci(?: d'avance| beaucoup)?|"
    r"yours(?: \w+)?|sincerely|(?:best|kind) regards|god bless|saludos|atentamente|"
    r"cordiali saluti|cumprimentos)(?: vous)?[ ,.!—-]+(?=[A-ZÀ-Ý])",
    re.IGNORECASE,
)
_LAWYER_TITLE = re.compile(rf"(?:Me|Ma[iî]tre) {UP}")
_BESIDE = re.compile(r"\s+[-–—/]\s+")
_HEADING_PLACE = re.compile(r"^(?:le|la|à|a|fait)\b(?!\.)", re.IGNORECASE)


def signatures(text: str, names: Names) -> Iterator[Name]:
    """Names that stand alone on one of the last lines, or just before a number there."""
    if name := signed_name(text, names):
        yield names.split(name, family_first=not re.match(rf"{UP}\.? ", name))


def signed_name(text: str, names: Names) -> str | None:
    """The name that a text is signed with, as written."""
    lines = [x.strip() for x in text.split("\n") if x.strip()]
    for line in reversed(lines[1:][-4:] or lines):
        line = _CLOSING.sub("", line)
        cut = _SIGNED_STOP.search(line)
        written = line[: cut.start()].strip(" .—-:") if cut else line
        written = re.sub(
            r"^(?:M\.?|Mr\.?|Mme|Monsieur|Madame|sign[ée] ?:?)\s+", "", written, flags=re.I
        )
        if not _LAWYER_TITLE.match(written) and re.match(
            r"(?i)(?:je |me |my |mi |eu |ich |i am|i'm|soy |sou |sono |jam |sunt |quhem |menya |меня )",
            written,
        ):
            continue
        if not written or _HEADING_PLACE.match(written) or len(written) > 45:
            continue
        parts = _BESIDE.split(written)
        written = " ".join(p for p in parts if not names.is_place(p))
        name = names.line_name(written)
        if name and not has_other_word(name.split()):
            return name
    return None
