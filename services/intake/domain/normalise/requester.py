"""Who wrote: the author, not the carrier; and what they are to the person concerned."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.needles import first_of
from services.intake.domain.normalise.parts import Parts
from services.intake.domain.normalise.reference import Reference
from services.intake.domain.normalise.text import Folded, fold, fold_words, undouble
from shared.contracts.vocabulary import Channel, Relation, RequesterKind

K, R = RequesterKind, Relation
# What a form says of itself by a list to choose from; the message may say more.
_INSIDE_OR_OUT = {K.DETAINED_PERSON, K.RELEASED_PERSON}
_FORM_WORDS = (
    (r"ex detenue?|ancien\w* detenue?|sortie? de prison|released|sortante?", K.RELEASED_PERSON),
    (
        r"semi liberte|bracelet|sursis|controle judiciaire|milieu ouvert|supervised",
        K.SUPERVISED_PERSON,
    ),
    (r"detenue?|incarceree?|prison(?:ier|er)|detained|moi en prison", K.DETAINED_PERSON),
    (r"retenue?|cra\b|retention", K.RETAINED_PERSON),
    (
        r"famil+e|proche|conjoint\w*|epou\w+|fem+e|mari|mere|pere|frere|soeur|fils|fil+e|"
        r"parent|enfant|ami\w?|relative|family|friend|cousin\w*|oncle|tante|compagn\w+",
        K.RELATIVE,
    ),
)


SIGNED = 0.9
# On the back of an envelope: a number that is neither a street's nor a town's.
_PRISON_NUMBER = re.compile(r"(?<!\d)(?!\d{5} (?:[a-z]{3,}\W*$))\d[\d .-]{1,8}\d(?!\d)")
_STREET = re.compile(
    r"\b(?:rue|avenue|boulevard|bd|place|al+e+|chemin|impas+e|route|cours|quai|bp)\b"
)
# The author sets themselves apart from somebody just spoken of ("moi je n'ai rien reçu").
NOT_THE_OTHER = re.compile(
    r"\bmoi (?:(?:je|j|on|par contre|en revanche|non|personel+ement) ?)*(?:m ?|ne |n )?"
    r"(?:a|ai|avais|rien|pas|aucune?|jamais)(?: \w+)? ?(?:rien|pas|aucune?|jamais|non plus|recu)|"
    r"\bmoi (?:je |j )?(?:ai )?(?:encore|bien|tout) (?:le |du |des )?(?:temps|an+e+s?)|"
    r"\b(?:co ?detenus?|voisin\w*|copain|ami|camarade)(?: [a-z]+){0,3} (?:qui )?m a (?:\w+ )?"
    r"(?:conseil\w*|recom+and\w*|don+e (?:votre|l adres+e)|parle de (?:vous|la cimade))|"
    r"\bmoi c est (?:pas (?:la meme|pareil)|autre chose|dif+erent)|"
    r"\bmoi (?:je )?(?:sor\w*|fini\w*|suis liberable) (?:qu |pas avant |seulement )?(?:en|dans) "
)
_OF_ANOTHER = re.compile(
    r"\b(?:mon|ma|un|une|le|la|l|d|des|plusieurs|beaucoup d) ?(?:autres? )?(?:voisin\w*|codetenu\w*|"
    r"co ?detenu\w*|copain|copine|amie?|cousine?|gars|mec|col+egue|detenus?|compatriote|pote)\b[^.]{0,60}$"
)


def told_of_another(loose: Folded, position: int) -> bool:
    """Is what stands at ``position`` news of somebody else, told by one who is spared it?"""
    start, _ = loose.sentence(position)
    before = loose.text[max(start, position - 90) : position]
    return bool(_OF_ANOTHER.search(before) and NOT_THE_OTHER.search(loose.text))


@dataclass(frozen=True, slots=True)
class Author:
    """The author's kind and relation, the words that tell, and whether somebody else carried."""

    kind: RequesterKind
    relation: Relation
    words: str
    confidence: float
    rule: str
    carrier: RequesterKind | None = None


def find_author(channel: Channel, parts: Parts, reference: Reference) -> Author:
    """The author of an item, as far as its words and fields tell."""
    if parts.automatic:
        return Author(K.AUTOMATED_SENDER, R.NONE, "", 0.98, "rfc3834")
    own = fold(parts.own, loose=True)
    if channel is Channel.REFERRAL:
        return _referrer(parts)
    if channel is Channel.LETTER:
        return _letter_author(parts, own, reference)
    if channel is Channel.PHONE:
        return _caller(parts, own, reference)
    if channel in (Channel.WEB, Channel.API):
        return _form_author(parts, own, reference)
    return _mail_author(parts, own, reference)


def _referrer(parts: Parts) -> Author:
    head = fold_words(parts.heading + " " + parts.own[:300])
    if re.search(r"equipe (?:prison|de la prison|du (?:cp|cd)|de la ma)|benevole prison", head):
        return Author(K.CIMADE_PRISON_TEAM, R.PROFESSIONAL, parts.heading, 0.95, "referral-team")
    if re.search(r"permanence|groupe local|\bcra\b|delegation|retention|region", head):
        return Author(K.CIMADE_PERMANENCE, R.PROFESSIONAL, parts.heading, 0.9, "referral-local")
    if re.search(r"\bspip\b|\bcpip\b", head):
        return Author(K.CPIP, R.PROFESSIONAL, parts.heading, 0.85, "referral-spip")
    if re.search(r"equipe|cimade", head):
        return Author(K.CIMADE_PRISON_TEAM, R.PROFESSIONAL, parts.heading, 0.7, "referral")
    return Author(K.OTHER_ASSOCIATION, R.VOLUNTEER, parts.heading, 0.5, "referral-partner")


def _letter_author(parts: Parts, own: Folded, reference: Reference) -> Author:
    fellow = reference.self_words["fellow"].first(own)
    if fellow and NOT_THE_OTHER.search(own.text):
        fellow = None
    back = undouble(fold_words(parts.envelope.back))
    if fellow or re.search(
        r"\bpour [a-z]{3,} [a-z]\b|\bpour (?:m|mr|mme|ml+e|monsieur|madame)[. ] ?[a-z]+", back
    ):
        words = own.words(*fellow.span()) if fellow else parts.envelope.back
        return Author(K.FELLOW_DETAINEE, R.CO_DETAINEE, words, 0.9, "fellow")
    numbered = bool(_PRISON_NUMBER.search(back)) and not _STREET.search(back)
    professional = None if numbered else _professional(parts, own, reference, edges_only=True)
    tied = None if numbered else _caller_tie(own, reference)
    if professional is not None and (professional.confidence >= SIGNED or tied is None):
        return professional
    detained = reference.self_words["detained"].first(own)
    relative = tied or (None if numbered or detained else _relative(own, reference))
    if relative is not None:
        return relative
    return _self_author(own, reference, numbered=numbered) or Author(
        K.DETAINED_PERSON, R.SELF, own.words(*detained.span()) if detained else "", 0.85, "letter"
    )


def _self_author(own: Folded, reference: Reference, *, numbered: bool = False) -> Author | None:
    """One who speaks of themselves and is retained, released or supervised.

    ``numbered``: a prison number stands on the envelope, so that the author is inside.
    """
    said = reference.self_words
    for name, kind in (
        ("retained", K.RETAINED_PERSON),
        ("supervised", K.SUPERVISED_PERSON),
        ("released", K.RELEASED_PERSON),
    ):
        match = next((m for m in said[name].matches(own) if is_present(own, m, name)), None)
        if match and not (name == "released" and numbered):
            return Author(kind, R.SELF, own.words(*match.span()), 0.85, f"self-{name}")
    return None


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


_INSIDE = re.compile(
    r"\bje sui[st]? (?:\w+ ){0,2}(?:detenue?|incarcere?e?|ecroue?e?|emprison+e?e?|en (?:prison|detention|cel+ule))\b|"
    r"\bi am (?:\w+ )?(?:in (?:prison|jail)|detained|a prisoner)\b|\bestoy (?:\w+ )?(?:pres[oa]|detenid[oa]|en la carcel)\b|"
    r"\bestou (?:\w+ )?pres[oa]\b|\bsono (?:\w+ )?(?:detenut[oa]|in carcere)\b"
)


def _mail_author(parts: Parts, own: Folded, reference: Reference) -> Author:
    professional = _professional(parts, own, reference, edges_only=False)
    if professional is not None and professional.confidence < SIGNED:
        professional = _caller_tie(own, reference) or professional
    relative = None if professional else _relative(own, reference)
    if relative is not None and relative.confidence < SIGNED and _INSIDE.search(own.text):
        relative = None  # "I am held in Nice. My brother came to see me"
    sender = professional or relative
    carried = _carried(parts, own, reference)
    if carried is not None and (sender is None or sender.kind is not K.LAWYER or _letters(parts)):
        carrier = sender.kind if sender else K.UNKNOWN
        return Author(
            K.DETAINED_PERSON, R.SELF, carried.words, carried.confidence, "carrier", carrier
        )
    if sender is not None:
        return sender
    own_word = _self_author(own, reference)
    if own_word is not None:
        return own_word
    detained = reference.self_words["detained"].first(own)
    if detained:
        return Author(K.DETAINED_PERSON, R.SELF, own.words(*detained.span()), 0.75, "self-detained")
    return Author(K.UNKNOWN, R.NOT_STATED, "", 0.3, "none")


def _carried(parts: Parts, own: Folded, reference: Reference) -> Hit | None:
    """Words by which the sender hands on somebody's letter, if there is something handed on."""
    hits = reference.carrier.hits(own)
    if not (parts.attachments or parts.forwarded):
        return None
    letters = _letters(parts)
    if letters and (hits or len(own.text) < 400):
        words = hits[0] if hits else Hit("carrier", 0, 0, "", 0.75)
        if hits or any(reference.self_words["detained"].first(t) for t in letters):
            return words
    return hits[0] if hits and any(a.text is None for a in parts.attachments) else None


def _letters(parts: Parts) -> list[Folded]:
    """Attached or forwarded texts in which somebody speaks of themselves from detention."""
    texts = [fold(t, loose=True) for t in (*parts.attached, *parts.forwarded)]
    speaks = re.compile(
        r"\b(?:je suis|je m ?ap+el+e|j ?ai|my name|i am|me l+amo|soy|estoy|mi chiamo|"
        r"sono|jam|sunt|sou|meu nome|me chamo|mi nombre|ma numesc|numele meu|quhem|emri im|adim|"
        r"ich bin|ich hei\w+|jestem|nazywam)\b"
        r"|меня|я |انا"
    )
    inside = re.compile(
        r"ecrou|detenu|incarcer|prison|cel+ule|condam|jail|carcel|preso|carcere|burg|inchis|"
        r"тюрьм|سجن|سجين|peine|liber|\bsors\b"
    )
    return [t for t in texts if speaks.search(t.text) and inside.search(t.text)]


def _professional(
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
        if m := rule.say.first(own):
            score, words = score + 2.5, words or own.words(*m.span())
        if domain and rule.domain is not None and rule.domain.search(domain):
            score += 2.0
            words = words or parts.sender_address
        needed = 2.5 if edges_only else 2.0
        if score >= needed:
            sure = SIGNED if score >= 3.0 else 0.8
            author = Author(rule.kind, rule.relation, words, sure, f"kind-{rule.kind}")
            if rule.kind is K.OTHER_ASSOCIATION:
                author = _salaried(author, own.text)
            found.append((score, -order, author))
    return max(found, key=lambda f: (f[0], f[1]))[2] if found else None


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


def _caller_tie(own: Folded, reference: Reference) -> Author | None:
    """What the author says to be of somebody ("je suis la mère de"), the first said."""
    said = [(m.start(), tie, m) for tie in reference.ties if (m := tie.caller.first(own))]
    if not said:
        return None
    _, tie, m = min(said, key=lambda s: s[0])
    return Author(K.RELATIVE, tie.relation, own.words(*m.span()), 0.9, f"tie-{tie.relation}")


def _relative(own: Folded, reference: Reference) -> Author | None:
    """A member of the family or a friend, who writes of somebody detained."""
    if (said := _caller_tie(own, reference)) is not None:
        return said
    context = reference.relative_context
    best: tuple[int, Author] | None = None
    for tie in reference.ties:
        for m in tie.named.matches(own):
            near = own.text[m.end() : m.end() + 160]
            visited = _VISITED.search(own.text, max(0, m.start() - 90), m.start())
            if (visited or context.search(near)) and (best is None or m.start() < best[0]):
                words = own.words(*m.span())
                best = (
                    m.start(),
                    Author(K.RELATIVE, tie.relation, words, 0.85, f"tie-{tie.relation}"),
                )
                break
    return best[1] if best else None


# Only who is free comes back from a visit.
_VISITED = re.compile(
    r"\b(?:(?:sors|reviens?|revenue?|rentre|al+ee?|etais?|vu|vois|vais) (?:\w+ ){0,2}(?:parloir|visite)\w*|"
    r"visited|visiting ro+m|visita(?:r|do|ndo)?\b|col+oquio|vorbitor|свидани\w*)"
)


def _caller(parts: Parts, own: Folded, reference: Reference) -> Author:
    whole = fold(f"{parts.heading}\n{parts.own}", loose=True)
    if m := re.search(
        r"cabine (?:de la |de )?(?:prison|detention)|ap+el depuis (?:la |"
        r"une )?(?:cabine|cel+ule|prison|detention)|point phone|telio|"
        r"depuis sa cel+ule",
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
        found = _called_professional(line, reference)
        if found is not None:
            return found
        tied = _tie_word(line.text)
        if tied.relation is not R.NOT_STATED:
            return replace(tied, words=line.words(0, min(60, len(line.text))))
    relative = _relative(whole, reference)
    if relative is not None:
        return relative
    professional = _called_professional(whole, reference)
    if professional is not None:
        return professional
    if m := _INTRODUCED.search(own.text):
        return replace(_tie_word(m[1]), words=own.words(*m.span()), rule="call-introduced")
    if m := _NOTED_TIE.search(whole.text):
        return replace(_tie_word(m[1]), words=whole.words(*m.span()))
    own_word = _self_author(own, reference)
    if own_word is not None:
        return own_word
    detained = reference.self_words["detained"].first(whole)
    if detained:
        return Author(K.DETAINED_PERSON, R.SELF, whole.words(*detained.span()), 0.75, "call")
    for pattern, kind in _NOTED_STATUS:
        if m := pattern.search(whole.text):
            return Author(kind, R.SELF, whole.words(*m.span()), 0.7, "call-noted")
    return Author(K.UNKNOWN, R.NOT_STATED, "", 0.3, "none")


# What somebody is to another, in the languages in which people call.
_TIE_WORDS = {
    R.SPOUSE_PARTNER: r"femme|mari|epou\w+|conjoint\w*|compagn\w+|concubin\w*|wife|husband|partner|"
    r"girlfriend|fiance\w*|espos[oa]|mujer|marido|pareja|novi[oa]|mulher|companheir[oa]|namorad[oa]|"
    r"moglie|marito|sotia|gruaja|bashkeshortja|karisi|жена|муж",
    R.PARENT: r"mere|pere|parent|maman|papa|mother|father|mum|mom|dad|madre|padre|mama|mae|pai|"
    r"mamma|tata|nena|babai|annesi|babasi|мать|мама|отец",
    R.CHILD: r"fils|fille|enfant|son|daughter|hij[oa]|filh[oa]|figli[oa]|fiul|fiica|сын|дочь",
    R.SIBLING: r"frere|soeur|brother|sister|herman[oa]|irmao|irma|fratello|sorella|fratele|sora|"
    r"vellai|motra|kardesi|abisi|ablasi|брат|сестра",
    R.OTHER_FAMILY: r"cousin\w*|oncle|tante|neveu|niece|beau \w+|belle \w+|uncle|aunt|nephew|"
    r"prim[oa]|ti[oa]|sobrin[oa]|cunad[oa]|cunhad[oa]|cugin[oa]|zi[oa]|verisoara|varul|kuzeni",
    R.FRIEND: r"ami\w?|friend|voisin\w*|amig[oa]|amic[oa]|prieten\w*|друг|подруга",
}
_TIES = {
    relation: re.compile(rf"\b(?:{undouble(words)})\b") for relation, words in _TIE_WORDS.items()
}
# "Soy Yamileth, la esposa de Rolando", "this is Mary, the wife of Ali".
_INTRODUCED = re.compile(
    r"\b(?:soy|sou|sono|sunt|jam|this is|it s|i am|i m|c est|ici|je suis|je m ap+el+e|me l+amo|"
    r"mi chiamo|me chamo|ma numesc|это|я)"
    r"(?! (?:pour|mon|ma|au|for|about|my|per|para|por|pentru|для)\b)(?: [^\W\d]+){1,4}(?:, | (?=(?:la|le|l|el|the|his|her|o|il|sa|son|su) ))"
    r"(?:(?:la|le|l|el|the|his|her|o|a|il|sa|son|su) )?"
    rf"((?:{undouble('|'.join(_TIE_WORDS.values()))}) (?:de|d|du|del|do|da|di|of|lui|a|e|[^\W\d]+))\b"
)
# Shorthand of a call sheet: "obj. : cousin Rachid", "pour son frère".
_NOTED_TIE = re.compile(
    r"\b(?:obj\w*|motif|concern\w*|au sujet|a propos|pour)\b[ .:]*(?:d |de |du )?"
    r"(?:son |sa |mon |ma )?(fem+e|mari|epou\w+|compagn\w+|mere|pere|fils|file|frere|soeur|"
    r"cousine?|oncle|tante|neveu|niece|beau \w+|bele \w+|amie?)\b"
)

# A volunteer's note on the caller, who is spoken of as "he": "Libéré de Muret le 3 mai".
_NOTED_STATUS = (
    (
        re.compile(
            r"\b(?:sous|en|port\w*|a un) (?:bracelet|d+se|semi ?liberte|controle judiciaire|"
            r"sursis probatoire|liberation condition+el+e|placement (?:a l )?exterieur)|"
            r"(?:^|[\n.:;(|-]) ?(?:pose d un )?(?:bracelet(?: electronique)?|d+se|semi ?liberte|liberation condition+el+e|"
            r"placement (?:a l )?exterieur|controle judiciaire|sursis probatoire) "
            r"(?:chez|depuis|pose|au domicile|a domicile|a (?:la maison|son|sa)|jusqu|en cours)"
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


def _called_professional(line: Folded, reference: Reference) -> Author | None:
    for rule in reference.kinds:
        for pattern in (rule.say, rule.line):
            for match in pattern.matches(line):
                before = line.text[: match.start()]
                if not re.search(
                    r"\b(?:mon|ma|son|sa|pas|pas vu|vu|d|sans|leur|un|une|par|l|la|le|the|my|our|his|her|their|a|"
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


def _salaried(author: Author, folded: str) -> Author:
    """Somebody paid by an association is a professional; who says nothing is a volunteer."""
    paid = re.search(
        r"\b(?:juriste|salarie\w*|charge\w* de|co+rdin\w*|conseil+er\w*|direct\w*|"
        r"intervenant\w*|ac+ompagnat\w*|responsable)\b",
        folded,
    )
    unpaid = re.search(r"\bbenevole\b", folded)
    return replace(author, relation=R.PROFESSIONAL) if paid and not unpaid else author


def _form_author(parts: Parts, own: Folded, reference: Reference) -> Author:
    declared = parts.declared
    role = declared.get("author.role") or declared.get("who", "")
    folded = fold(role, loose=True)
    professional = _called_professional(folded, reference) if role else None
    if professional is not None and professional.kind is K.OTHER_ASSOCIATION:
        nearer = _called_professional(own, reference)
        if nearer is not None and nearer.kind is K.PRISON_JUSTICE_VOLUNTEER:
            return nearer
        professional = _salaried(professional, folded.text)
    if professional is not None:
        return professional
    spoken = _relative(own, reference)
    trade = bool(declared.get("partner")) and len(folded.text.split()) > 1
    for pattern, kind in () if trade else _FORM_WORDS:
        if re.search(rf"\b(?:{undouble(pattern)})\b", folded.text):
            relation = R.SELF
            if kind is K.RELATIVE:
                relation = (spoken or _tie_word(folded.text)).relation
            elif kind in _INSIDE_OR_OUT and (own_word := _self_author(own, reference)):
                kind = own_word.kind
            return Author(kind, relation, role, 0.9, "form-role")
    if declared.get("partner"):  # a partner's worker, whatever the trade is called
        relation = R.VOLUNTEER if re.search(r"\bbenevole", folded.text) else R.PROFESSIONAL
        return Author(K.OTHER_ASSOCIATION, relation, role, 0.7, "partner")
    return _mail_author(parts, own, reference)


def _tie_word(folded: str) -> Author:
    for relation, tie in _TIES.items():
        if tie.search(folded):
            return Author(K.RELATIVE, relation, "", 0.7, "form-role")
    return Author(K.RELATIVE, R.NOT_STATED, "", 0.6, "form-role")
