"""Authors who speak of themselves: whether they are retained, supervised or released."""

from __future__ import annotations

import re

from services.intake.domain.normalise.author.model import Author
from services.intake.domain.normalise.needles import sought
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation


# Who writes from their country, sent back there: in no centre any more.
_ABROAD = (
    r"(?:senegal|mali|maroc|algerie|tunisie|libye|egypte|guinee|cote d ivoire|congo|cameroun|gabon|niger|nigeria|ghana|gambie|"
    r"mauritanie|burkina|togo|benin|tchad|soudan|somalie|ethiopie|erythree|comores|madagascar|maurice|cap vert|angola|"
    r"albanie|kosovo|georgie|armenie|roumanie|moldavie|bulgarie|serbie|bosnie|macedoine|turquie|russie|ukraine|"
    r"bresil|colombie|perou|bolivie|venezuela|haiti|republique dominicaine|surinam|guyana|bangladesh|pakistan|afghanistan|"
    r"inde|sri lanka|chine|vietnam|irak|iran|syrie|liban|bled|pays|"
    r"senegal|morocco|algeria|tunisia|guinea|ivory coast|cameroon|gambia|albania|georgia|romania|moldova|turkey|brazil|brasil|colombia|marruecos|peru)"
)
_SENT_BACK = sought(
    rf"\b(?:je (?:vous |t )?ecri[st]?|j ecri[st]?|je vous contacte|je vous ap+el\w*) (?:du|de la|de l|des|d|de|depuis)(?: (?:le|la|l|les))? {_ABROAD}\b|"
    rf"\bje suis (?:maintenant |desormais |rentre\w* |retourne\w* |de retour )*(?:au|en|a|aux|dans (?:mon|le)) {_ABROAD}\b|"
    r"\b(?:maintenant que )?je suis (?:dehors|hors|parti|sorti) de (?:la )?france\b|"
    rf"\bi (?:am |m )?writ\w* (?:to )?(?:you )?from {_ABROAD}\b|\bi (?:was|have be+n|am) (?:deported|removed|sent back) to\b|"
    rf"\b(?:les )?escribo desde {_ABROAD}\b|\bescrevo (?:do|da|de|desde o) {_ABROAD}\b"
)

_HELD_ONCE = sought(
    r"\b(?:m a|m ont|ete|fus) (?:\w+ )?(?:conduit|em+ene|mis dans|expuls|renvoy|reconduit|ramene|libere|eloigne)\w*|"
    r"\b(?:j ai|ai) (?:purge|fait|fini|termine|passe) (?:\w+ )?(?:mois|ans|ma peine)\b|\bma peine\b|\bd ecrou\b|\bex detenue?\b|"
    r"\bmon (?:expulsion|eloignement)\b|\b(?:was|have be+n) (?:deported|removed|sent back|released|in (?:prison|jail))\b|"
    r"\bmy sentence\b|\b(?:me|fui) (?:expuls|deport|devolv)\w*|\b(?:mi condena|minha pena|la mia pena)\b",
)


def own_status(own: Folded, reference: Reference, *, numbered: bool = False) -> Author | None:
    """One who speaks of themselves and is retained, released or supervised.

    ``numbered``: a prison number stands on the envelope, so that the author is inside.
    """
    said = reference.self_words
    back = None if numbered else _SENT_BACK.first(own)
    if back is not None and _HELD_ONCE.first(own) is not None:
        return Author(K.RELEASED_PERSON, R.SELF, own.words(*back.span()), 0.85, "self-sent-back")
    for name, kind in (
        ("retained", K.RETAINED_PERSON),
        ("supervised", K.SUPERVISED_PERSON),
        ("released", K.RELEASED_PERSON),
    ):
        match = next((m for m in said[name].matches(own) if is_present(own, m, name)), None)
        if match and not (name == "released" and numbered):
            return Author(kind, R.SELF, own.words(*match.span()), 0.85, f"self-{name}")
    return None


def is_sent_back(own: Folded) -> bool:
    """Does the author write from the country that they were sent back to?"""
    return _SENT_BACK.first(own) is not None


def says_not_inside(own: Folded, reference: Reference) -> bool:
    """Do authors say of themselves that they are in no prison?"""
    return reference.self_words["not_inside"].first(own) is not None


def is_present(own: Folded, match: re.Match[str], name: str) -> bool:
    """Is it said of now, and of oneself, not wished, feared or refused?"""
    start, _ = own.sentence(match.start())
    before = own.text[max(start, match.start() - 50) : match.start()]
    around = own.text[max(0, match.start() - 50) : match.end() + 60]
    if re.search(
        r"\b(?:si|quand|lorsque|apres|avant|demand\w*|voudrais|pour (?:un|une|ma|la|"
        r"mon)|dem[ae]nd\w*|when|if|refus\w*)\b[^,]{0,40}$",
        before,
    ):
        return False
    if name == "supervised":
        return not re.search(
            r"demand|dos+ier|refus|requete|voudrais|projet|obtenir|promes+e|\bj? ?at+end(?!ant)|"
            r"prepar|jap (?:a|statue)",
            around,
        )
    if name == "released":
        return not re.search(
            r"\bsemi|\bau mitard|de l ?isolement|en 20[01]\d|permis+ion|"
            r"pas (?:encore )?(?:sorti|liber)|de cel+ule|je sor|a l ?hopital",
            around,
        )
    return True
