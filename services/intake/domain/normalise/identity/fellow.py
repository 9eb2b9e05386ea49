"""The names in an item that a fellow prisoner wrote for another."""

from __future__ import annotations

import re

from services.intake.domain.normalise.identity.envelope import back_name
from services.intake.domain.normalise.identity.merging import merged, shares_a_word
from services.intake.domain.normalise.identity.signature import signatures
from services.intake.domain.normalise.identity.spoken_of import CALLED, of_a_trade
from services.intake.domain.normalise.identity.written import BORN, CAPITALS, name_of
from services.intake.domain.normalise.name_pattern import NAME
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.people import Name
from services.intake.domain.normalise.reference import Reference

# "C'est pour mon voisin de la 214, Teklay GHEBREMEDHIN".
_NEIGHBOUR = re.compile(
    r"\b(?:voisine?|co-?d[ée]tenue?|co-?cellulaire|camarade|compatriote|coll[èe]gue|monsieur|gars|mec|type|pote|homme|jeune|vieux|ancien|dame|une? [A-ZÉ][a-zà-ÿ]{3,20}|"
    rf"cell ?mate|neighbou?r|compañero|companheiro|compagno|colegul)\b[^.\n]{{0,40}}?, "
    rf"(?:(?:un certain|[Mm]onsieur|[Mm]adame|M\.|Mr\.?|Mme|[Ss]eñor|[Ss]r\.?) )?({NAME})"
)
# "Dans ma cellule y a SELVARAJAH Kanthan".
_THERE_IS = re.compile(
    rf"\b(?:y ?a|il y avait|se trouve|vit|dort|there is|hay|está|[Aa]vec moi,?) ({NAME})"
)
# "pour un ami": whose name the envelope does not say.
_UNNAMED = re.compile(r"(?:une?|mon|ma|le|la|l['’]|mes|an?|my|un[ao]?|mi|lui|elle)\b")
_TITLE = re.compile(r"^(?:M\.|Mr\.?|Mme\.?|Mlle|Monsieur|Madame) ")


def fellow_names(parts: Parts, reference: Reference, text: str) -> tuple[Name, Name]:
    """(the one who holds the pen, the one it is about)."""
    names, back = reference.names, parts.envelope.back
    writer_back, _, person_back = re.sub(r"\bp/\b", "pour", back).partition(" pour ")
    called = [
        n for m in CALLED.finditer(text) if not of_a_trade(text, m) and (n := name_of(m[1], names))
    ]
    about = called + [n for m in reference.tied_name.finditer(text) if (n := name_of(m[1], names))]
    about += [
        n
        for m in re.finditer(rf"\bpour (?:M\. |Mr |monsieur )?({NAME})", text)
        if (n := name_of(m[1], names))
    ]
    about += [n for m in BORN.finditer(text) if (n := name_of(m[1], names))]
    about += [n for m in _NEIGHBOUR.finditer(text) if (n := name_of(m[1], names))]
    about += [n for m in _THERE_IS.finditer(text) if (n := name_of(m[1], names))]
    person_back = _TITLE.sub("", person_back.strip())
    if _UNNAMED.match(person_back):
        person_back = ""
    person = merged([*about[:2], back_name(person_back, names)], names)
    rest = [names.split(m.group(0)) for m in CAPITALS.finditer(text)]
    rest += [*signatures(text, names), back_name(writer_back, names)]
    own = [n for n in rest if n and not shares_a_word(n, person)]
    return merged(own, names), person
