"""Authors by trade: professionals, volunteers and authorities."""

from __future__ import annotations

import re
from dataclasses import replace

from services.intake.domain.normalise.author.model import SIGNED, Author
from services.intake.domain.normalise.needles import first_of
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded, fold
from shared.contracts.vocabulary import Relation, RequesterKind

K, R = RequesterKind, Relation


def professional_author(
    parts: Parts, own: Folded, reference: Reference, *, edges_only: bool
) -> Author | None:
    """A professional, volunteer or authority, by address, signature or words."""
    domain = parts.sender_address.rpartition("@")[2].casefold()
    name = fold(parts.sender_name, loose=True)
    lines = [x for x in own.text.split("\n") if x.strip()]
    edges = [x for x in (lines[:4] if edges_only else []) + lines[-7:] if len(x) <= 90]
    edges = [x for x in edges if not _ADDRESSEE.search(x)]
    found: list[tuple[float, int, Author]] = []
    for order, rule in enumerate(reference.kinds):
        score, words = 0.0, ""
        if signs := [*rule.line.likely(own), *rule.line.likely(name)]:
            for line in (name.text, *edges):
                if (m := first_of(signs, line)) and _signs(line, m):
                    score, words = score + 3.0, words or line
                    break
        said = next((m for m in rule.say.matches(own) if not _of_another(own, m)), None)
        if said is not None:
            score, words = score + 2.5, words or own.words(*said.span())
        if domain and rule.domain is not None and rule.domain.search(domain):
            score += 2.0
            words = words or parts.sender_address
        needed = 2.5 if edges_only else 2.0
        if score >= needed:
            says = said is not None and not edges_only and _I_AM.match(said.group(0))
            sure = SIGNED if score >= 3.0 or says else 0.8
            author = Author(rule.kind, rule.relation, words, sure, f"kind-{rule.kind}")
            if rule.kind is K.OTHER_ASSOCIATION:
                author = salaried(author, own.text)
            found.append((score, -order, author))
    return max(found, key=lambda f: (f[0], f[1]))[2] if found else None


# "I am a nurse", which nobody says of another.
_I_AM = re.compile(r"\W*(?:bonjour\W+|bonsoir\W+)?(?:je suis|i am|i m) ")
# Before a trade: it is somebody else's ("mon éducatrice"), or who is written to.
_NOT_MINE = re.compile(
    r"\b(?:mon|ma|mes|son|sa|ses|leurs?|vot?re|vos|my|his|her|their|your|mi|su|meu|minha|seu|mio|mia|"
    r"(?:monsieur|madame|mesdames|mes+ieurs|mr|mme)(?: le| la| les)?) $"
)


def _of_another(own: Folded, match: re.Match[str]) -> bool:
    """Are these words, by which people say what they are, said of somebody else?"""
    return bool(_NOT_MINE.search(own.text, max(0, match.start() - 24), match.start()))


_ADDRESSEE = re.compile(
    r"^\W*(?:a (?:la |l |tous|toute|mad\w*|mons\w*)|chere?s?|dear|hel+o|hi|bonjour|"
    r"bonsoir|bjr|salut|salam|ser?vice prison|madame?|monsieur|mr|"
    r"stim\w*|estimad\w*|spet+abile|sayin|exmos?|prezad\w*|uwazhaem\w*|уважаем\w*|"
    r"здравствуйте|la cimade\W*$|cimade\W*$|objet|to whom|merci|"
    r"sehr|buongiorno|buna|pershendetje|go+d)\b"
)


def _signs(line: str, match: re.Match[str]) -> bool:
    """Does a short line name the signer's trade, and not speak about one ("mon avocat a dit")?"""
    before = line[: match.start()]
    if re.search(
        r"\b(?:mon|ma|mes|son|sa|ses|leur|d|par|au|a|le|la|les|l|un|une|avec|pas|ni|"
        r"votre|vos|notre|cher\w*|service|please|my|dear|pour|contre|de|du|el|il|o|os|the|mi|meu) $",
        before,
    ):
        return (
            bool(re.search(r"\b(?:au bar+eau|a la cour|cpip (?:a|au|du|de la))", line))
            and len(before) < 25
        )
    return not re.search(
        r"\b(?:je|il|el+e|on|ils|m ?a|ne|dit|dis|est|sont|a dit|i|he|ecri\w*|merci|prie|"
        r"que|qui|me|mi|moi|dijo|dis+e|ha|said|told|says|not|hay|repond\w*|vien\w*|soc+up\w*)\b",
        line,
    )


# Before a trade or an office: something of theirs is named ("le formulaire du consulat").
_OF_THEIRS = re.compile(
    r"\b(?:formulaires?|papiers?|let+res?|reponses?|rdv|rendez vous|convocations?|cour+iers?|ar+etes?|cartes?|"
    r"pas+eports?|documents?|decisions?|refus|adres+es?|numeros?|site|guichet|jugements?|proces verbal|at+estations?|"
    r"recepis+es?|mails?|avis|audition|dos+ier|nouvel+es) (?:du|de la|de l|de|des|d un|d une) $"
)


def called_professional(line: Folded, reference: Reference) -> Author | None:
    """A professional whose trade is named, and not as somebody else's ("mon avocat")."""
    for rule in reference.kinds:
        for pattern in (rule.say, rule.line):
            for match in pattern.matches(line):
                before = line.text[: match.start()]
                if not _OF_THEIRS.search(before) and not re.search(
                    r"\b(?:mon|ma|son|sa|pas|pas vu|vu|d|sans|leur|un|une|par|l|la|le|au|aux|dans|the|my|our|his|her|their|a|"
                    r"no|el|mi|su|un|o|meu|il|mio|suo|nos+o) $",
                    before,
                ):
                    return Author(
                        rule.kind,
                        rule.relation,
                        line.words(*match.span()),
                        0.85,
                        f"kind-{rule.kind}",
                    )
    return None


def salaried(author: Author, folded: str) -> Author:
    """Somebody paid by an association is a professional; who says nothing is a volunteer."""
    paid = re.search(
        r"\b(?:juriste|salarie\w*|charge\w* de|co+rd(?:in|on)\w*|conseil+er\w*|direct\w*|"
        r"intervenant\w*|ac+ompagnat\w*|responsable)\b",
        folded,
    )
    unpaid = re.search(r"\bbenevole\b", folded)
    return replace(author, relation=R.PROFESSIONAL) if paid and not unpaid else author
