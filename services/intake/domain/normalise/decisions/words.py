"""What a text says of a decision that it names: that there is none, that it is over, feared or to come."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.intake.domain.normalise.lexicon import Hit
from services.intake.domain.normalise.reference import Decision, Reference
from services.intake.domain.normalise.spared import told_of_another
from services.intake.domain.normalise.text import Folded

_FEARED = re.compile(
    r"\b(?:peur|crain\w*|risqu\w*|si (?!sa $)(?!(?:ca|mi|m|apoi|dupa|nu|au|acum|doi|doua|trei|patru|cinci|sase|sapte|opt|zece|inca|interdic\w*)\b)|pas (?:d |eu |encore |recu )|jamais|"
    r"sans (?!(?:aucune? |la moindre |un |une |mon |d )?(?:explica|expliqu|interpret|traduct|avocat|rien\b|mot\b|preven|que\b|comprendre|lire|savoir|lunet|signer))|"
    r"aucune?|evit\w*|an+ul\w*|abrog\w*|eventuel\w*|quand|avant d avoir|no |never|if |"
    r"without (?!(?:any |an |a |my )?(?:explan|interpret|translat|lawyer|reading|understand|telling|word))|afraid|fear|nese |daca |se (?:eu|ele|ela|io|lui) |если |eger |en cas d|au cas |s il y a )[^.:]{0,26}$"
)
OLD = re.compile(
    r"\b(?:depuis|en|in|since|desde|de|du|from|an+e+|an)\b ?(?:\w+ )?20[0-2]\d|"
    r"ancien\w*|rejet ancien|il y a (?:\w+ )?(?:ans?|an+e+s?|mois)|ans? ago|"
    r"l an(?:ne+)? (?:dernier|pas+e)\w*|last year|years? ago|(?:hace|ha) (?:\w+ )?anos|\ban+[io] fa\b|acum (?:\w+ )?ani\b|"
    r"yil once|(?:лет|года?) назад|(?:роки|років|рік) тому|vor (?:\w+ )?jahren|lata? temu|pre (?:\w+ )?godin\w*|"
    r"jaar geleden|para (?:\w+ )?vitesh|(?:منذ|قبل) (?:سن|عام)|\byears back\b|sene once|\banos atras\b|"
    r"(?:منذ|قبل) \w+ (?:\w+ )?(?:سنة|سنوات|سنين|عاما|اعوام)"
)
_ENDED = re.compile(
    r"\b(?:an+ul\w*|abrog\w*|enlev\w*|retire?e? par|leve\w*|cancel\w*|anulad\w*|"
    r"(?:a|est|ete|ont|avait|fut)(?: \w+){0,2} an+ule?e?s?)\b"
)
# Before the decision: who ended it. "I want it annulled" ends nothing.
_ENDED_BY = re.compile(
    r"\b(?:tribunal|juge|ta|cour|prefete?|prefecture|ministre|ils?|on)(?: \w+){0,2} "
    r"(?:m |l |nous |lui )?(?:a|ont|avait)(?: \w+)? (?:an+ule|abroge|retire|enleve|cas+e)e? "
    r"(?:(?:mon|ma|l|son|sa|cet\w*|une?|leur|la|le) ?)?$"
)
# An annulment told as news; one that is only asked for ends nothing.
_WON = re.compile(
    r"\b(?:ai|a|avons|ont|avait|ete) (?:\w+ )?gagne\b[^.]{0,24}\b(?:recours|proces|requete|contre|sur|face a)\b[^.]{0,14}$|"
    r"\b(?:gagne|obtenu\w*|bon+e nouvel+e|victoire|a pronon?ce)\b[^.]{0,40}\b(?:an+ulation|abrogation)"
    r"[^.]{0,16}$|\b(?:an+ulation|abrogation) (?:totale|complete|definitive|pure)[^.]{0,14}$"
)
# Told of a decision, behind it: a court has judged it, its time to appeal is over.
_JUDGED_LONG_AGO = re.compile(
    r"[^.!?]{0,30}\b(?:que )?(?:j ?|il |el+e )(?:ai|a)(?: \w+)? perdue?s?\b[^.!?]{0,12}"
    r"(?:tribunal|ap+el|juge|cour|\bta\b|recours|cas+ation)|"
    r"[^.!?]{0,50}\b(?:tribunal|\bta\b|cour|juge administratif)(?! cor+ection)(?: \w+){0,3} "
    r"(?:\w+ )?(?:a|ont)(?: deja)? (?:dit non|rejete|confirme|valide)\w*"
    r"(?! (?:a |pour )?(?:ma|mon|la|sa|son) (?!oqtf|recours|requete))|"
    r"[^.!?]{0,30}\b(?:recours|requete|ap+el)s? (?:\w+ )?(?:deja )?(?:rejete|perdu)\w*|"
    r"[^.!?]{0,24}\b(?:a|ai|avons|est|ete) (?:\w+ )?gagnee?s?\b|"
    r"[^.!?]{0,30}\b(?:i|he|she) (?:already )?lost (?:it )?(?:at|in|my|his|the) (?:the )?(?:court|tribunal|ap+eal)|"
    r"[^.!?]{0,40}\b(?:court|tribunal|judge) (?:has )?(?:already )?(?:said no|rejected|dismis+ed|confirmed)|"
    r"[^.!?]{0,30}\b(?:perdi|perdio|perdeu|ho perso|pierdut)\b[^.!?]{0,16}(?:tribunal|recurs|juez|juiz|ap+el)"
)
_INTENDED = re.compile(r"\b(?:intention|projet|envisag\w*) (?:de |d |me |lui )[^.]{0,24}$")
_MAY_COME = re.compile(
    r"\b(?:peu(?:t|x|vent)|pour+ai\w*|pouvai\w*|va|vont|vais|can|could|may|might)(?: \w+){0,3} "
    r"(?:don+er|met+re|avoir|recevoir|notifier|delivrer|prendre|get|give|receive)(?: \w+)? ?$"
)
_FILED = re.compile(
    r"(?<!pas )(?<!jamais )(?<!non )\b(?:contestee?|at+aquee?|chal+enged|ap+ealed|recur+id[oa]|impugnad[oa]|contestad[oa]|impugnat[oa])"
    r"(?: \w+)? (?:dans les? (?:temps|delais?)|a temps|devant|au (?:ta\b|tribunal)|in time|within|before the (?:court|tribunal)|"
    r"a tiempo|dentro d[eo]|a tempo|nei termini|in tempo)|"
    r"\b(?:requete|recours|ap+el)\b[^.]{0,50}\b(?:depose|enregistre|forme|introduit|envoye)e?s?\b[^.]{0,20}(?:a temps|en temps (?:utile|voulu)|dans les? (?:temps|delais?)|au (?:ta\b|gref+e du tribunal))|"
    r"\b(?:requete|recours|ap+el)\b.{0,80}\b(?:a ete|est|avons|avait ete) (?:bien )?"
    r"(?:depos|enregistr|introdui|form)\w*.{0,80}\b(?:gref\w*|tribunal|dans les? (?:temps|delais?))"
)
_DENIED = re.compile(
    r"\b(?:sans|pas d|pas de|aucune?|without|no|never (?:got|had|received)|sin|sem|senza|ni|"
    r"ninguna?|nenhuma?|nes+una?|niciun|nicio|asnje|нет|без|никак\w*|لا توجد|لا يوجد|بدون|دون|"
    r"ليس هناك|ما عندي|ليس لدي)(?: d| une?| any| an| obligations? (?:de|to))?"
    r"(?: (?:papiers?|documents?|ar+ete|decision|mesure|ordre|obligation|let+re|feuil+e|paper|order|papel|orden)"
    r"(?: (?:pour|de|d|a|qui dit de|disant de|to|para|di))?)? ?$|"
    r"\b(?:a|ai|ya|avait|avais|eu|recu) pas ?$"
)
_DENIED_AFTER = re.compile(
    r"\W{0,2}(?: ?(?:et\w{1,5} |cik\w{1,5} )?(?:karar\w* |kagi[dt]\w* |belge\w* )?"
    r"(?:yok\w*|degil|almadi\w*|verilmedi\w*|gelmedi\w*)|"
    r" ?(?:لم تصل|не было|нет|غير موجود))\b"
)
# A paper that says nothing of it, a person whom it never concerned.
_NOTHING_OF = re.compile(
    r"\b(?:rien|nothing|nada|niente|nul+a|nimic|ничего|нічого|nichts|niets|nic|nista|asgje|hicbir sey)(?: \w+)? "
    r"(?:sur|de|d|about|on|of|sobre|su|di|despre|про|о|об|uber|von|over|o|per)\b[^.!?]{0,12}$|"
    r"\b(?:jamais|pas) (?:\w+ )?(?:fait )?l objet d(?:e l| une?| un quelconque| une quelconque)? ?$|"
    r"\b(?:never|not) (?:be+n )?(?:the )?(?:subject|given|under|served)(?: \w+){0,3} ?$"
)
# Told behind it: whose decision it was.
_WAS_OF_ANOTHER = re.compile(
    r"[^.!?]{0,30}\b(?:c etait|c est|was|is|were|fue|era|es|foi|e|a fost|ishte|war|ist)\b(?: (?:de|do|da|di|del|pour|for|a|au|celle|celui|la|le|von|i|e)){0,6} "
    r"(?:mi|mon|ma|my|meu|minha|mio|mia|mein\w*|fratelui|un|une|o meu|a minha) ?(?:\w+ )?(?:frere|soeur|cousine?|voisin\w*|codetenu\w*|copain|ami|amie|oncle|"
    r"brother|sister|cousin|neighbou?r|cel+ ?mate|friend|uncle|hermano|hermana|primo|prima|vecino|amigo|tio|irmao|irma|vizinho|tio|"
    r"fratel+o|sorel+a|cugin[oa]|amico|vicino|bruder|schwester|freund|nachbar)\b"
)
# The day on which a decision was handed over is forgotten, or was not noted.
FORGOTTEN = re.compile(
    r"\b(?:pas|plus) (?:note|retenu|regarde|fait at+ention)[^.]{0,20}(?:jour|date|quand)|"
    r"\b(?:rap+el+e|souviens?|sais?) (?:plus|pas)[^.]{0,20}(?:jour|date|quand)|"
    r"\boublie[^.]{0,16}(?:jour|date|quand)|il y a quelques (?:jours|semaines)|"
    r"(?:don ?t|can ?t|not) (?:remember|recal+|know)[^.]{0,20}(?:day|date|when)|"
    r"\bno (?:recuerdo|me acuerdo|se)\b[^.]{0,20}(?:dia|fecha|cuando)|"
    r"\bnao (?:me )?(?:lembro|sei|recordo)\b[^.]{0,20}(?:dia|data|quando)|"
    r"\bnon (?:ricordo|so)\b[^.]{0,20}(?:giorno|data|quando)|"
    r"\bnu (?:mai )?(?:stiu|imi amintesc)[^.]{0,20}(?:cand|zi|data)|"
    r"\bне (?:помн|зна)\w*[^.]{0,20}(?:когда|дат|числ|дн)|hatirlami\w*|"
    r"(?:когда|числа|дат|день)\w*[^.]{0,30}\bне (?:помн|зна)\w*|"
    r"(?:quel jour|la date|quand|le jour)[^.]{0,30}(?:\bsai[ts]? (?:plus|pas)|rap+el+e (?:plus|pas)|"
    r"souvien\w* (?:plus|pas)|\boublie|perdu)|(?:rap+el+e|souvien\w*|sai[ts]?|sav\w*) (?:plus|pas) "
    r"(?:exactement |bien |trop )?(?:quel jour|quand|la date|le jour)|"
    r"(?:date|day|when)[^.]{0,30}(?:forgot|not remember|n ?t remember|not know|n ?t know|unsure|not sure)|"
    r"(?:forgot|not sure|unsure) (?:of |about )?(?:the |which |what )?(?:date|day|when)|"
    r"\bnuk (?:e )?(?:mbaj mend|di)\b[^.]{0,20}(?:kur|dat)|"
    r"لا (?:اتذكر|اعرف)[^.]{0,20}(?:متى|يوم|تاريخ)"
)
# What an authority only means to do.
_MEANT = re.compile(
    r"\b(?:intention|envisag\w*|projet\w*|menac\w*|voudrai\w*|pour+ai\w*|va|vont|comptent?|"
    r"threaten\w*|going to|wil+|quieren|vogliono)\b[^.]{0,24}$"
)


def told_by_effect(decision: Decision, loose: Folded) -> list[Hit]:
    """Where a text tells what the decision did, without its name ("they said no for my card")."""
    if decision.told is None:
        return []
    return [
        h
        for h in decision.told.hits(loose)
        if not (
            is_denied(loose, h)
            or is_feared(loose, h)
            or _MEANT.search(loose.text, loose.sentence(h.start)[0], h.start)
        )
    ]


def is_over(loose: Folded, hit: Hit) -> bool:
    """Is the decision said to be ended, or its appeal to be filed already?"""
    start, end = loose.sentence(hit.start)
    ended = _ENDED.search(loose.text[hit.end : min(end, hit.end + 70)])
    return bool(ended or loose.has(_FILED, start, end))


def is_feared(loose: Folded, hit: Hit) -> bool:
    """Is the decision only feared, supposed or not there yet?"""
    start, _ = loose.sentence(hit.start)
    return bool(_FEARED.search(loose.text[max(start, hit.start - 45) : hit.start]))


def is_denied(loose: Folded, hit: Hit) -> bool:
    """Is the decision said not to be there, ended, or somebody else's?"""
    start, _ = loose.sentence(hit.start)
    before = loose.text[max(start, hit.start - 70) : hit.start]
    if (
        _DENIED.search(before[-34:])
        or _NOTHING_OF.search(before)
        or _DENIED_AFTER.match(loose.text, hit.end)
    ):
        return True
    if _JUDGED_LONG_AGO.match(loose.text, hit.end) or _WAS_OF_ANOTHER.match(loose.text, hit.end):
        return True
    if (
        _ENDED_BY.search(before)
        or _WON.search(before)
        or _MAY_COME.search(before)
        or _INTENDED.search(before)
    ):
        return True
    return told_of_another(loose, hit.start)


def only_meant(texts: Sequence[Folded], reference: Reference) -> set[str]:
    """The decisions that an authority is said to intend: named elsewhere, they run no clock."""
    return {
        d.rule.id
        for d in reference.decisions
        for loose in texts
        for h in d.rule.hits(loose)
        if _INTENDED.search(loose.text, max(0, h.start - 70), h.start)
    }


def settles(loose: Folded, reference: Reference) -> bool:
    """Does a text tell that a decision was ended?"""
    return any(
        _ENDED_BY.search(loose.text[max(0, h.start - 70) : h.start])
        for d in reference.decisions
        for h in d.rule.hits(loose)
    )
