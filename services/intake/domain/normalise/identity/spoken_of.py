"""People spoken of by how they are called."""

from __future__ import annotations

import re

from services.intake.domain.normalise.name_pattern import NAME

# "Il s'appelle Bakary KONATÉ", "his name is…": somebody spoken of by who writes.
CALLED = re.compile(
    r"\b(?:(?:[Ll]ui|[Ee]lle|[Ll]['’]autre),? c['’]est|(?:[Ii]l|[Ee]lle|[Ll]ui|[Qq]ui|[Mm]onsieur) (?:s['’]appelle|se nomme|se pr[ée]nomme)|[Ss]on nom (?:c['’]est|est|:)|"
    r"(?:[Hh]is|[Hh]er) name(?: is|['’]s)|[Hh]e is (?:called|named)|[Ss]u nombre es|[Éé]l se llama|[Ss]e llama|[Ss]e chama|"
    r"[Oo] nome d(?:ele|ela) é|[Ss]i chiama|[Ss]e nume[sș]te|[EeЕе]го зовут|[EeЕе][её] зовут|[Qq]uhet|[Ee]mri i tij është) "
    rf"(?:M\.? |Mr |[Mm]onsieur )?({NAME})"
)
_A_TRADE = re.compile(
    r"\b(?:avocate?|juge|surveillante?|m[ée]decin|docteur|b[ée]n[ée]vole|d?cpip|[ée]ducat\w+|lawyer|judge|doctor|abogad[oa]|advogad[oa]|"
    r"avvocat[oa]|адвокат\w*)\b[^.!?]{0,40}[.,;:!?]?\s*$",
    re.IGNORECASE,
)


def of_a_trade(text: str, match: re.Match[str]) -> bool:
    """Is the one who is called so a lawyer, or another whose trade is named before?"""
    return bool(_A_TRADE.search(text[max(0, match.start() - 60) : match.start()]))
