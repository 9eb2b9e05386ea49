"""Who called."""

from __future__ import annotations

import re
from dataclasses import replace

from services.intake.domain.normalise.author.model import NOBODY_KNOWN, Author
from services.intake.domain.normalise.author.own_status import own_status
from services.intake.domain.normalise.author.professional import called_professional
from services.intake.domain.normalise.author.relative import relative_author, tie_word
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.sheets import HEAD_OF_SHEET
from services.intake.domain.normalise.text import Folded, fold
from services.intake.domain.normalise.town_lines import called_from
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation


def call_author(parts: Parts, own: Folded, reference: Reference) -> Author:
    """The author of a call, by its sheet: in detention, by a tie, by trade, by their own words."""
    sheet = f"{parts.heading}\n{parts.own}"
    whole = fold(sheet, loose=True)
    if m := _CALLER_TIE.search(whole.text):
        return replace(tie_word(m[1], reference), words=whole.words(*m.span()))
    if m := re.search(
        r"cabine (?:de la |de )?(?:prison|detention)|ap+el (?:en |de |d une )?cabine(?:[,.;]| (?:de la |du |de )?(?:cp|cd|ma|mc|csl|epm|maison d ar+et|maison centrale|centre (?:penit|de det))\b)|ap+el depuis (?:la |"
        r"une )?(?:cabine|cel+ule|prison|detention)|point phone|telio|"
        r"depuis sa cel+ule|ap+el\w* (?:lui |el+e )?(?:meme )?(?:du |de |avec |par |depuis )?(?:le |la |un |son )?"
        r"(?:(?:telephone|poste|combine|fixe|appareil) )?(?:mural |fixe )?(?:de|dans|en) (?:sa |la )?cel+ule|"
        r"ap+el\w* (?:lui |el+e )?(?:meme )?(?:depuis|de|du|d) (?:la |une |sa )?"
        r"cabine\b(?! (?:du |de la |de |le )?(?:centre de ret|cra\b|lra\b|zone|la rue|la gare))|"
        r"ap+el\w* (?:lui|el+e) ?meme\b[^.;\n]{0,30}\((?:par |avec |au |du )?(?:le )?(?:tel|telephone|poste|fixe)\b[^)\n]{0,12}\bcel+ule\b",
        whole.text,
    ):
        return Author(K.DETAINED_PERSON, R.SELF, whole.words(*m.span()), 0.92, "call-from-prison")
    if m := re.search(
        r"(?:cabine|ap+el\w* (?:lui |el+e )?(?:meme )?(?:depuis|du|de)) ?(?:du |de la |de |le |la )?"
        r"(?:centre de ret|cra\b|lra\b|zone d at+ente)",
        whole.text,
    ):
        return Author(K.RETAINED_PERSON, R.SELF, whole.words(*m.span()), 0.9, "call-from-retention")
    caller = re.search(
        r"(?:ap+elante?|ap+el de|ap+elant\w*|de la part de|cor+espondante?)\b ?:?[^\n]{0,140}",
        whole.text,
    )
    if caller:
        line = fold(whole.words(*caller.span()), loose=True)
        found = called_professional(line, reference)
        if found is not None:
            return found
        tied = tie_word(line.text, reference)
        if tied.relation is not R.NOT_STATED:
            return replace(tied, words=line.words(0, min(60, len(line.text))))
        if m := _TOGETHER.search(line.text):
            return Author(K.RELATIVE, R.SPOUSE_PARTNER, line.words(*m.span()), 0.7, "call-together")
    relative = relative_author(whole, reference)
    if relative is not None:
        return relative
    professional = called_professional(whole, reference)
    if professional is not None:
        return professional
    if m := reference.introduced.search(own.text):
        return replace(
            tie_word(m[1], reference), words=own.words(*m.span()), rule="call-introduced"
        )
    if m := (
        _TIE_AT_HEAD.search(whole.text, 0, HEAD_OF_SHEET)
        or _NOTED_TIE.search(whole.text)
        or _TIE_LINE.search(whole.text)
    ):
        return replace(tie_word(m[1], reference), words=whole.words(*m.span()))
    own_word = own_status(own, reference)
    if own_word is not None:
        return own_word
    if _SIGNS_OF_PRISON.search(whole.text) and called_from(sheet, reference.directory):
        return Author(K.DETAINED_PERSON, R.SELF, "", 0.8, "call-from-named")
    detained = reference.self_words["detained"].first(whole)
    if detained:
        return Author(K.DETAINED_PERSON, R.SELF, whole.words(*detained.span()), 0.75, "call")
    for pattern, kind in _NOTED_STATUS:
        if m := pattern.search(whole.text):
            return Author(kind, R.SELF, whole.words(*m.span()), 0.7, "call-noted")
    return NOBODY_KNOWN


# What a sheet notes of a caller for whom it has no word: "vit avec lui depuis 4 ans".
_TOGETHER = re.compile(
    r"\b(?:vi(?:t|ven?t|vait|vaient) (?!pas\b|plus\b)(?:\w+ )?(?:avec (?:lui|el+e|m|mr|mme|monsieur|madame)|ensemble)\b|"
    r"sous le meme toit\b|en (?:couple|menage|concubinage|union libre)\b|(?:est )?pacsee?s?\b|"
    r"(?:partage|partagent) (?:sa|la|une) vie\b|(?:lives?|living) (?:with (?:him|her)|together)\b|"
    r"vive(?:n)? (?:con (?:el|el+a)|juntos)\b|vivem? (?:com el[ea]|juntos)\b)"
)

# What a sheet notes of somebody inside, beside the town that they call from.
_SIGNS_OF_PRISON = re.compile(
    r"\becrou\w*|\bcel+ule\b|\bcabine\b|\bparloirs?\b|\bn ?°? ?\d{1,3}[ .]?\d{3}\b|\bcodetenu\w*|\bpromenade\b|"
    r"\bgref+e\b|\bcpip\b|\bspip\b|\bdetention\b|\bprison\b"
)

# What somebody is to somebody, in text folded loosely.
_TIE = (
    r"fem+e|mari|epou\w+|compagn\w+|conjointe?|concubine?|fiancee?|fils|fil+e|frere|soeur|pere|mere|oncle|tante|"
    r"neveu|niece|cousine?|beau \w+|bel+e \w+|amie?|voisine?|mar+aine|par+ain"
)
# Shorthand of a call sheet: "obj. : cousin Rachid", "pour son frère".
_NOTED_TIE = re.compile(
    r"\b(?:obj\w*|motif|concern\w*|au sujet|a propos|pour)\b[ .:]*(?:d |de |du )?"
    rf"(?:son |sa |mon |ma )?({_TIE})\b"
)
# A name, and behind it what its bearer is; of "mère de ses enfants" the rest of the line tells more.
_NAMED_AS = rf"[^,.:;\n]{{3,40}}, (?:son |sa |la |le |l )?({_TIE})\b"
_OF_THEIRS = r"(?:ses|leurs?|son|sa|deux|trois)\b"
# Near the head, what the caller is to the person: "Mme Odette MBALA, compagne, 06 …".
_TIE_AT_HEAD = re.compile(
    r"(?:^|[.:;)\n] ?)(?:m|mr|m+e|m+le|monsieur|madame)\b\.? ?"
    rf"{_NAMED_AS}(?! (?:de|d) {_OF_THEIRS})"
)
# "Appelante : Solène KERBRAT, compagne": whoever else is told to have called from a cabin.
_CALLER_TIE = re.compile(rf"\bap+elante?s? ?: ?{_NAMED_AS}(?! (?:de|d) (?:cel|{_OF_THEIRS}))")
# A line that says who the person is to the caller: "Compagnon = Blerim KRASNIQI", "Mari : X".
_TIE_LINE = re.compile(rf"(?:^|\n) ?(?:son |sa )?({_TIE}) ?[=:]")
# A volunteer's note on the caller, who is spoken of as "he": "Libéré de Muret le 3 mai".
_NOTED_STATUS = (
    (
        re.compile(
            r"\b(?:sous|en|port\w*|a un) (?:bracelet|d+se|semi ?liberte|controle judiciaire|"
            r"sursis probatoire|liberation condition+el+e|placement (?:a l )?exterieur)|"
            r"(?:^|[\n.:;(|-]) ?(?:pose d un )?(?:bracelet(?: electronique)?|d+se|semi ?liberte|liberation condition+el+e|"
            r"placement (?:a l )?exterieur|controle judiciaire|sursis probatoire)"
            r"(?: (?:chez|depuis|pose|au domicile|a domicile|a (?:la maison|son|sa)|jusqu|en cours)|[,;).])|"
            r"\b(?:point|sign)\w*[^.\n]{0,40}(?:com+is+ariat|gendarmerie)\b[^.\n]{0,60}\b(?:controle judiciaire|jugement|proces|audience|cj)\b"
        ),
        K.SUPERVISED_PERSON,
    ),
    (
        re.compile(
            r"\b(?:liberee?|sortie?|elargie?|sortante?) (?:de |du |d |depuis |le |hier|en |fin |"
            r"il y a |lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
        ),
        K.RELEASED_PERSON,
    ),
)
