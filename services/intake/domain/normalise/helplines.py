"""Numbers to call in distress, which many write below each of their messages."""

from __future__ import annotations

import re

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.text import Folded

REACH = 200  # characters of the line, before what is named and behind it
_NUMBER = re.compile(
    r"\b(?:31 ?14|39 ?19|11 ?9|3018|3020|39 ?77|115|116 ?00\d|116 ?111|988|0[1-9](?: ?\d\d){4}|sos amitie|samaritans)\b"
)
_HELP = re.compile(
    r"\b(?:gratuit\w*|24 ?h|7 ?j|numero (?:national|vert|d urgence|unique|gratuit)|ligne (?:d ecoute|nationale)|composez|ap+elez|contactez|"
    r"ecoute|anonyme|confidentiel|prevention|astreinte|permanence (?:penale|telephonique|du bar+eau)|(?:en cas d |numero d |pour (?:toute |une )?)urgences?|helpline|hotline|fre+ ?phone|cal+ |detres+e ?[:,]|suicid\w* ?[:,]|violences? ?[:,])"
)
# Somebody whom it happens to, and no service any more.
_SOMEBODY = re.compile(
    r"\b(?:je|j|me|m|moi|il|el+e|lui|mon|ma|mes|son|sa|ses|monsieur|mr|mme|madame|patient\w*|detenue?|jeune|"
    r"hier|ce matin|cet+e nuit|ce soir|i|he|she|my|his|her|him|"
    r"parl\w+|di[ts]|evoqu\w+|menac\w+|veut|pense|indique\w*|don+e\w*|oriente\w*|signal\w+|tentative|inquie\w+|refus\w+|says?|wants?|told|given)\b"
)
# How such a line names what it is for.
_NAMED = re.compile(
    r"(?:suicid\w*|detres+es?|violences?|(?:ides|penses|envies?) (?:noires|suicidaires?|de (?:suicide|mourir))|"
    r"harcelement|traite\b|ecoute|help|crisis|(?:placements? en )?retention|placements?|cra|gardes? a vue)\b"
)


def names_helpline(text: Folded, hit: Hit) -> bool:
    """Does the line in which ``hit`` stands tell whom to call, and speak of nobody?"""
    if not _NAMED.match(text.text, hit.start):
        return False
    near = max(0, hit.start - REACH), min(len(text.text), hit.end + REACH)
    low = max(near[0], text.text.rfind("\n", near[0], hit.start) + 1)
    end = text.text.find("\n", hit.end, near[1])
    line = text.text[low : end if end >= 0 else near[1]]
    return bool(_NUMBER.search(line) and _HELP.search(line)) and not _SOMEBODY.search(line)
