"""Words by which somebody says that the desk has not answered (R22)."""

from __future__ import annotations

import re

from services.intake.domain.normalise.needles import sought
from services.intake.domain.normalise.text import Folded

_REMINDER = sought(
    r"(?:pas|jamais|aucune?|toujours pas|rien|sans)(?: \w+){0,3} (?:de |d |eu |recu |"
    r"votre |une |vos )*(?:reponse|nouvel+e?|(?<!interdiction de )retour)s?\b(?! (?:de|du|d) (?:la |l |"
    r"mon |ma )?(?:pref|cpip|spip|avocat|juge|ambas|consul|ofpra|gref+e|tribunal|"
    r"ofi))"
    r"|(?:avez|avait|aviez) (?:vous )?(?:bien )?(?:recu|eu) (?:ma|mon|mes|notre) (?:let+re|"
    r"cour+i\w*|mail|mes+age|demande)"
    r"|\bsi (?:vous )?(?:l |les )(?:avez|aviez)(?: bien)?\b(?: recue?s?| eue?s?)?"
    r"|(?:sai[ts] pas|ignore|demander?|voir|savoir) si (?:el+e|il|ma let+re|mon cour+ier|mon mail) (?:vous )?(?:est|soit|a ete) "
    r"(?:bien )?(?:ar+ive|recu|parvenu)\w*|\bc est encore moi\b|je me permets de (?:vous )?(?:relancer|re ?ecrire)"
    r"|\brelance\b|je (?:vous )?(?:re ?ecri[st]|relance|reviens vers vous)|"
    r"vous (?:ne )?m ?(?:avez|aver) (?:pas|jamais|toujours pas) repondu"
    r"|(?:deuxieme|troisieme|2 ?eme|3 ?eme|seconde|autre) (?:let+re|cour+ier|mail|"
    r"fois que je vous (?:ecri|contact))"
    r"|(?:no|not|never|any)(?: \w+){0,3} (?:answer|reply|response|"
    r"news)(?: from you)?\b|(?:wrote|writ+en) (?:to )?you[^.]{0,60}(?:no|not|nothing|"
    r"never)"
    r"|did you (?:get|receive) my|reminder\b|no (?:he|me han|he tenido|"
    r"recib\w*)[^.]{0,20}respuesta|n[a]o (?:recebi|tive)[^.]{0,15}resposta"
    r"|non ho (?:ricevuto|avuto)[^.]{0,15}risposta|не (?:получил\w*|"
    r"было)[^.]{0,15}ответ\w*|нет ответа|لم (?:اتلق|يصلني|احصل)[^.]{0,20}(?:رد|جواب)|"
    r"nu am primit[^.]{0,15}raspuns|nuk kam (?:mar+e|pasur)[^.]{0,12}pergjigj"
)
_NOT_OURS = re.compile(
    r"(?:prefe[ck]t\w*|prefeitura|cpip|spip|av+oca[td]\w*|advogad\w*|abogad\w*|avokat\w*|avukat\w*|lawyers?|"
    r"at+orney|solicitor|juge|judge|jue[zc]|juiz|giudice|ambas+ad\w*|embas+y|embajada|embaixada|consul\w*|ofpra|cnda|"
    r"gref+e|tribunal\w*|court|procureur|mairie|surveil+ants?|psy|medecin|docteur|doctor|medico|direction|anef|"
    r"адвокат\w*|префектур\w*|посольств\w*|консул\w*|суд\w*|المحامي|القنصلية|المحافظة)\b[^.]{0,50}$"
)
_TO_US = re.compile(
    r"\b(?:je |j )?(?:vous|votre|vos|you|ustedes|usted|voces|вам|вас|cimade|"
    r"mon (?:mes+age|mail|mel|cour+iel|cour+ier|ap+el) du)\b"
)
# Said to the reader: nobody else can be meant.
_TO_YOU = sought(
    r"\bje re(?:viens|vien|parle|tourne) (?:a vous |vers vous )?(?:au sujet|a propos|sur|concernant|pour) (?:de )?(?:ma|mon|mes|notre) "
    r"(?:\w+ )?(?:let+re|cour+ier|mail|mes+age)\b|"
    r"\b(?:ma|mon|notre) (?:\w+ )?(?:let+re|cour+ier)\b[^.!?]{0,40}\b(?:ar+ivee?|perdue?|egaree?|pas+ee?)\b[^.!?]{0,14}\?|"
    r"\b(?:about|regarding|concerning) my (?:last |first |earlier |previous )?let+er (?:of|from|sent|dated)\b|"
    r"\b(?:sobre|respecto a|acerca de) mi carta d(?:e|el)\b|\b(?:sobre|acerca d)a minha carta d\w+\b|"
    r"\bin merito alla mia let+era\b|\b(?:legat|referitor) (?:la|de) scrisoarea mea\b|\bper letren time\b[^.!?]{0,20}\b(?:derguar|nisur)|"
    r"\b\w+ (?:tarihli )?mektubum hak+inda\b|\bпо поводу мо\w+ письма\b|بخصوص رسالتي|\bwegen meines briefes\b|\bw sprawie mojego listu\b|\bu vezi mog pisma\b|"
    r"\bvous (?:ne |n )?(?:m |nous |lui )?(?:avez|aver|ave) (?:\w+ )?(?:pas|jamais|rien|plus) "
    r"(?:\w+ )?(?:repon\w*|ecrit|don+e)\b|"
    r"\bvous ne (?:me |nous )?repond\w* (?:pas|plus|jamais)\b|"
    r"\bje vou[sz]? (?:ai|e|et|es|ait|avais) (?:\w+ )?(?:ecri\w*|envoye\w*|contacte\w*|adres+e\w*)"
    r"[^.!?]{0,60}\b(?:silence|rien (?:recu|eu|depuis|vu)|toujours (?:rien|pas)|pas? (?:de|eu de) "
    r"(?:repon[sc]|nouvel)\w*|aucune? (?:reponse|nouvel|retour)\w*|sans (?:reponse|nouvel|retour)\w*)"
    r"(?! (?:de|du) (?:la |l )?(?:pref|juge|avocat|consul|ofpra|gref+e))|"
    r"\bje vous (?:re ?)?ecri\w* (?:donc |encore )?(?:pour la|une) (?:deuxieme|troisieme|seconde|"
    r"nouvel+e|2 ?e(?:me)?|3 ?e(?:me)?|n ?ieme|enieme) fois|"
    r"\b(?:deuxieme|troisieme|seconde|2 ?e(?:me)?|3 ?e(?:me)?) fois que (?:je |j )(?:vous |ai )*"
    r"(?:ecri|contact|ap+el)\w*[^.!?]{0,20}(?:vous|cimade)|"
    r"\bj at+en[dt]\w*(?: \w+){0,2} (?:votre|vos) (?:reponse|nouvel+es?|retour)s? depuis|"
    r"\bj at+en[dt]\w* (?:encore|toujours) (?:votre|vos|de vos) |"
    r"\bperson+e (?:ne )?(?:m a|ma|nous a) (?:jamais )?repondu[^.!?]{0,12}(?:chez vous|a la cimade)|"
    r"\b(?:let+re|cour+ier|mail|mes+age)[^.!?]{0,12} vous (?:est|a|serait)[^.!?]{0,24}"
    r"(?:parvenu|ar+ive|perdu|egare)\w*|"
    r"\b(?:pas|jamais|aucune?|rien)(?: (?:de|d|eu|recu|une?))* ?(?:let+res?|cour+iers?|reponses?|nouvel+es?|"
    r"mots?|retour|signe|mes+age)? de (?:vous|votre part|chez vous|la cimade)\b(?! (?:pref|\w+er\b|\w+ir\b))|"
    r"\b(?:no|not a|without) (?:\w+ )?(?:let+er|word|mail)s? from you|\bnothing from (?:you|cimade)|"
    r"\b(?:ninguna?|nada de|sin) (?:carta|noticias?|respuesta)? ?de (?:ustedes|usted|vosotros|la cimade)|"
    r"\b(?:nenhuma|sem) (?:carta|noticias?|resposta) (?:de voces|vos+a)|"
    r"\b(?:nes+una|senza) (?:let+era|notizie|risposta) (?:da voi|vostra)|"
    r"\bsizden (?:\w+ )?(?:mektup|cevap|yanit|haber) (?:yok|gelmedi|almadim|alamadim)|"
    r"\b(?:от вас|вашего) (?:\w+ )?(?:нет|не было|ответа|письма)|\bma (?:jawebtouni|jawbtouni|red+itou|jatni)\w*|"
    r"\bje vou[sz]? (?:ai|e|et|es) (?:\w+ )?(?:ecri|envoye|adres+e)\w*[^.!?]{0,110}\bat+en[dt]\w* (?:encore|toujours)\b|"
    r"\bat+en[dt]\w* (?:encore|toujours)[^.!?]{0,20}(?:votre|vos|de vous)\b|"
    r"\bvous (?:m )?(?:aviez|avez) (?:dit|promis|ecrit|parle)[^.!?]{0,16}(?:dix|10|quinze) jours|"
    r"\brevenir vers vous\b|\bsans (?:nouvel+es?|reponse|retour) de (?:vous|votre part)\b|"
    r"\b(?:you|u) (?:did ?n ?t|did not|have not|have ?n ?t|never|not)(?: \w+)? "
    r"(?:answer|repl|respon|write|writ+en|wrote)\w*|"
    r"\bstil+ (?:am )?wait\w* (?:for )?your (?:answer|reply|response|let+er)|"
    r"\b(?:second|2nd|third|3rd) time (?:that )?i (?:am |m )?(?:writ|contact)\w* (?:to )?you|"
    r"\bustedes? no (?:me |nos )?(?:han|ha) (?:contest|respond|escrit)\w*|"
    r"\bsigo esperando (?:su|vuestra) |\b(?:segunda|tercera) vez que (?:les|le|os) escrib\w*|"
    r"\b(?:les|os) (?:escribi|he escrito|escribimos)\b[^.!?]{0,110}(?:nada|sin respuesta|no (?:he|me|tengo|tenemos|recib))|"
    r"\bno (?:tengo|tenemos|he recibido|recibi) (?:ninguna )?(?:respuesta|noticias?) (?:suya|de ustedes|a mi carta)|"
    r"\b(?:escrevi (?:vos|lhes)|(?:vos|lhes) escrevi)\b[^.!?]{0,110}(?:nada|sem resposta|nao)|"
    r"\b(?:recibieron|han recibido|recibio|receberam|recebestes|avete ricevuto|ati primit|(?:e )?keni mar+e) "
    r"(?:ustedes |voces )?(?:mi|a minha|la mia|scrisoarea|letren) ?(?:carta|let+era|mea|time)?\b|"
    r"\b(?:вы )?получили (?:ли )?(?:вы )?мо\w* письм\w*|\bmektubumu aldiniz|(?:هل )?(?:وصلت|وصلتكم) رسالتي|"
    r"\bpoluchili (?:li )?(?:vy )?mo\w* pis ?mo|\b(?:ya )?(?:vam )?pisal\w* (?:vam )?[^.!?]{0,60}(?:net|bez|ne bylo) otvet\w*|"
    r"\b(?:ktebt\w*|kteb\w*|b3at\w*)[^.!?]{0,60}(?:ma ?jaw[eo]?b\w*|ma ?rad+it\w*|makan\w* jawab|walo)|"
    r"\bju (?:kam )?shkru\w*[^.!?]{0,80}(?:nuk|asnje|pa)\b[^.!?]{0,16}pergjigj\w*|"
    r"\bvot\w* (?:repon[sc]\w*|retour) (?:se fait at+end\w*|n ar+ive\w*|tarde\w*|ne vient)|"
    r"\b(?:nada|resposta) (?:de voces|da vos+a parte)|\b(?:espera|aguardo|espero)(?: \w+){0,2} vos+a resposta|"
    r"\bnon mi avete (?:mai |ancora )?(?:risposto|scrit+o)|\bvi ho scrit+o\b[^.!?]{0,60}"
    r"(?:nul+a|niente|nes+un|silenzio)|\b(?:risposta|notizie) (?:da voi|vostr\w*)|"
    r"\bnu mi ati (?:mai )?(?:raspuns|scris)|\bv am (?:mai )?scris\b[^.!?]{0,60}(?:nimic|niciun|nu am)|"
    r"\braspuns(?:ul)? de la (?:voi|dvs|dumneavoastra)|"
    r"\bвы (?:\w+ ){0,3}не (?:ответ|отвеч|написа)\w*|\bответа от вас\b|\bвам (?:уже )?писал\w*[^.!?]{0,60}"
    r"(?:ответа|тишина|ничего)|لم (?:تجيبوا|تردوا|تجيبوني|تردوا علي|تكتبوا)\w*|ما (?:جاوبتو|رديتو)\w*|"
    r"\b(?:cevap|yanit) (?:vermediniz|yazmadiniz)|\bsize\b[^.!?]{0,40}yazd[^.!?]{0,40}(?:cevap|yanit) "
    r"(?:yok|gelmedi|alamadim)|\bnuk (?:me |na )?(?:keni|kini) (?:kthyer )?(?:pergjigj|shkruar)\w*|"
    r"\bsie haben (?:\w+ ){0,2}nicht (?:geantwortet|geschrieben)"
)
# Said to nobody by name: it is meant for the reader where no other body is named beside it.
_UNADDRESSED = sought(
    r"\b(?:rien|pas|jamais|toujours rien|aucun courier)(?: (?:de|d|du|encore|eu|ete|ai|a|j|je|m))* ?(?:recu|eu|vu|ar+ive|venu|revenu)\w*[^.!?]{0,30}\b(?:suite a|suit a|apres|depuis|en reponse a|pour|concernant) (?:ma|mon|mes|la) (?:\w+ )?(?:let+re|cour+ier|carte postale|mot|mail|mes+age)s? ?(?:du|de|d|envoye\w*|ecrit\w*|post\w*)\b|"
    r"\b(?:nothing|no (?:answer|let+er|word)) (?:has |have )?(?:came|come|ar+ived|received)[^.!?]{0,24}\b(?:since|after|to|for) my (?:\w+ )?let+er\b|"
    r"\b(?:nada|ninguna carta) (?:me )?(?:ha )?(?:l+eg\w*|recib\w*|veni\w*)[^.!?]{0,24}\b(?:despues de|desde|tras) mi (?:\w+ )?carta\b|\bnada (?:chegou|recebi|veio)[^.!?]{0,24}\b(?:depois da|desde a) minha (?:\w+ )?carta\b|"
    r"\b(?:niente|nul+a) (?:e )?(?:ar+ivat\w*|ricevut\w*)[^.!?]{0,24}\b(?:dopo la|dal+a) mia (?:\w+ )?let+era\b|\bnimic\b[^.!?]{0,24}\b(?:dupa|la) scrisoarea mea\b|ничего не (?:пришло|получил\w*)[^.!?]{0,24}(?:после|на) мо\w+ письм\w*|"
    r"\b(?:savoir|voir|demander|dire) si (?:ma |la |mon |le )(?:\w+ )?(?:let+re|cour+ier|mail) (?:vous )?(?:est|a|a ete) (?:bien )?(?:ar+ive|recu|parvenu|perdu)\w*|"
    r"\bj ?(?:ai|avais|et) (?:deja )?ecri\w* (?:le|en|debut|fin|debut de|depuis) \w+[^.!?]{0,60}\b(?:encore|toujours) (?:pas|rien|aucune?)(?: (?:de|eu de|eu) reponse| repons\w*)?\b|"
    r"\bi wrote (?:on|in) \w+[^.!?]{0,60}\b(?:nothing|no (?:answer|reply)|still)\b|\b(?:know|se+|ask) if (?:my|the) let+er (?:has )?(?:ar+ived|came|got)|"
    r"\bsaber (?:si|se) (?:la|a|mi|minha) carta (?:l+ego|chegou)|\bsapere se la (?:mia )?let+era e ar+ivata|"
    r"(?:^|\n|[.!?] |\b(?:c est|voici|voila|deja|ma|mon|notre|et) )(?:ma |mon |la |le )?"
    r"(?:deuxieme|troisieme|quatrieme|seconde?|2 ?e(?:me)?|3 ?e(?:me)?|n ?ieme|enieme) "
    r"(?:let+re|cour+ier|mail|mes+age|envoi)\b|"
    r"(?:^|\n|[.!?] )nouvel+e let+re\b|\bc est encore moi\b|"
    r"\bma (?:premiere |derniere |precedente )?let+re\b[^.!?]{0,30}(?:sans (?:reponse|suite|retour)|"
    r"let+re morte|s est (?:perdu|egare)\w*)|\b(?:deuxieme|seconde|2 ?e(?:me)?) fois que j ecri\w*|"
    r"\bla (?:premiere|precedente)\b[^.!?]{0,30}(?:rien don+e|sans reponse)|"
    r"\bj ai (?:deja )?ecrit[^.!?]{0,40}[,:] ?(?:et )?(?:puis )?(?:silence|toujours rien|rien depuis)|"
    r"\b(?:let+re|cour+ier|mail)\b[^.!?]{0,30}vous l avez (?:bien )?(?:eu|recu)\w*|"
    r"\bvous (?:m|nous) (?:avez|aves) (?:donc )?oublie\w*|"
    r"\bi (?:wrote|have writ+en|sent (?:you )?(?:a|my) let+er)\b[^.!?]{0,40}\b(?:nothing|no (?:answer|reply))|"
    r"\b(?:escribi|he escrito)\b[^.!?]{0,30}(?:y nada|sin respuesta|y no hay)|"
    r"\bescrevi\b[^.!?]{0,30}(?:e nada|sem resposta)|\bho scrit+o\b[^.!?]{0,30}(?:e niente|senza risposta)|"
    r"\bmy (?:second|2nd|third|3rd) (?:let+er|mes+age|mail)|\bsecond time i (?:am )?writ\w*|"
    r"\bmi (?:segunda|tercera) carta|\bminha (?:segunda|terceira) carta|\bmia (?:seconda|terza) let+era|"
    r"\b(?:a doua|a treia) (?:mea )?scrisoare|\b(?:мое|это) (?:\w+ )?(?:второе|третье) письмо|"
    r"رسالتي (?:الثانية|الثالثة)|\b(?:ikinci|ucuncu) mektub\w*|\bletra ime e (?:dyte|trete)|"
    r"\bmein (?:zweiter|drit+er) brief"
)
_OTHERS = re.compile(
    r"\b(?:prefe[ct]t?\w*|pref|cpip|spip|av+ocat\w*|advogad\w*|abogad\w*|lawyer|juge|jap|judge|juez|"
    r"ambas+ad\w*|embas+y|consul\w*|ofpra|cnda|gref+e|tribunal\w*|procureur|mairie|direction|directeur|"
    r"surveil+ant\w*|psy\w*|medecin|docteur|anef|ofi+|ministre|ministere|caf|fem+e|mari|mere|frere|"
    r"префектур\w*|адвокат\w*|суд\w*|المحافظة|المحامي|القاضي|valilik\w*|avukat\w*|prefektur\w*)\b"
)


_SUBJECT = re.compile(
    r"\s*(?:(?:re|tr|fwd?) ?: *){0,9}(?:relance|rap+el|reminder|2e envoi|deuxieme envoi)\b"
)


def reminder_words(own: Folded, subject: Folded | None = None) -> str:
    """Words by which the author says that we did not answer; empty if there are none."""
    if subject is not None and (match := _SUBJECT.match(subject.text)):
        return subject.words(*match.span())
    if match := _TO_YOU.first(own):
        return own.words(*match.span())
    for match in _UNADDRESSED.matches(own):
        start, end = own.sentence(match.end() - 1)
        if not _OTHERS.search(own.text, max(0, start - 60), max(end, match.end())):
            return own.words(*match.span())
    for match in _REMINDER.matches(own):
        start, _ = own.sentence(match.start())
        before = own.text[max(start, match.start() - 70) : match.start()]
        near = own.text[max(0, match.start() - 220) : min(len(own.text), match.end() + 120)]
        if _NOT_OURS.search(before) and not re.search(r"\bvous\b", before):
            continue
        if _TO_US.search(near):
            begin = own.text.rfind(" j ", start, match.start())
            begin = begin + 1 if begin >= 0 and match.start() - begin < 16 else match.start()
            return own.words(begin, match.end())
    return ""


# That an earlier letter was sent, whatever is said of an answer.
_SENT_BEFORE = sought(
    r"\bje vou[sz]? (?:avais|ai|av[ae]i?[ts]?|es?|et) (?:\w+ ){0,2}(?:ecri|post|envoy|adres|transmi|fai[ts] parven|"
    r"demand|expos|expli|sol+icit|confi)\w*|"
    r"\b(?:mon|ma|mes) (?:premier|der+nier|precedent|ancien)\w* (?:let+re|cour+ier|mail|mes+age|demande|envoi)s?\b|"
    r"\b(?:let+re|cour+ier|mail|mes+age|demande|pages?|mots?) (?:que je vous|qu on vous|que nous vous) "
    r"(?:avais|avons|avions|ai) (?:\w+ )?\w+|"
    r"\bi (?:have |had )?(?:already )?(?:wrote|writ+en|sent|posted|mailed|asked) (?:\w+ ){0,3}(?:to )?you\b|"
    r"\bmy (?:first|last|previous|earlier) (?:let+er|mes+age|mail|request)s?\b|"
    r"\b(?:les|le|os) (?:escribi|envie|mande|habia (?:escrito|enviado|mandado)|he (?:escrito|enviado|mandado))\b|"
    r"\bmi (?:primera|anterior|ultima) (?:carta|solicitud)\b|\b(?:lhes|vos) (?:escrevi|enviei|mandei)\b|"
    r"\bminha (?:primeira|ultima) carta\b|\bvi (?:ho|avevo) (?:gia )?(?:scrit+o|mandato|spedito|inviato)\b|"
    r"\bv am (?:mai )?(?:scris|trimis)\b|\bju (?:kam|kisha) (?:shkru|derguar)\w*|"
    r"\b(?:вам|к вам) (?:уже )?(?:писал|отправ|посыл)\w*|\b(?:писал|отправлял|посылал)\w* (?:вам|к вам)\b|"
    r"(?:كتبت|ارسلت|بعثت) (?:لكم|اليكم)|\bsize (?:\w+ ){0,4}(?:yazmistim|yazdim|gondermistim|gonderdim|yol+ami?stim)\b"
)


def earlier_words(own: Folded) -> str:
    """Words by which the author says to have written to us before; empty if there are none."""
    match = _SENT_BEFORE.first(own)
    return own.words(*match.span()) if match else ""
