"""The same news told in many ways and languages: a letter that holds one is read for what it is."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    Normalised,
    default_reference,
    normalise,
)
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    RequesterKind,
    SpecialSituation,
    Urgency,
)

D, S, U = DeadlineKind, SpecialSituation, Urgency
PRESSING = {U.HIGH, U.CRITICAL}


def letter(words: str) -> Normalised:
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 15-06-2026 | "
        "au dos : DIALLO Mamadou 12 345 Fleury-Mérogis | 1 feuille\n"
        f"[TRANSCRIPTION]\nFleury, le 15 juin 2026\n{words}\n"
    )
    item = Incoming(channel=Channel.LETTER, raw=raw)
    return normalise(item, known=KnownList([]), reference=default_reference())


def kinds(found: Normalised) -> set[DeadlineKind]:
    return {d.kind for d in found.facts.deadlines}


@pytest.mark.parametrize(
    "words",
    [
        "la prefecture ma fait signer ier un papié comme quoi je doi kité la france",
        "On m'a notifié vendredi une mesure d'éloignement, 7 jours pour attaquer.",
        "Le greffe m'a remis l'arrêté qui fixe le pays de destination, je ne sais plus quel jour.",
        "jai resu loqtf vendredi, kes ke je fé",
        "La préfète a signé le 2 juin une OQTF. On me l'a donnée en main propre le 12 juin.",
        "On m'a glissé une 0QTF sous la porte hier.",
        "They served me removal papers on Friday, I have to leave French soil.",
        "Ayer me entregaron la orden de abandonar el país.",
        "Ontem deram-me um papel a dizer que tenho de sair do país.",
        "البارحة سلموني قرار مغادرة التراب الفرنسي",
        "Вчера мне вручили решение о том, что я должен покинуть Францию.",
        "Ieri mi-au dat hârtie că trebuie să plec din Franța.",
        "Dje më dhanë vendimin që duhet të largohem nga Franca.",
        "Dün bana Fransa'dan çıkmam gerektiğini yazan kâğıdı verdiler.",
        "Ieri mi hanno consegnato il foglio che devo lasciare la Francia.",
        "on ma remi un truc de la pref ier matin faut que je parte du territoire",
        "La PAF est passée lundi, j'ai signé une feuille bleue, ils parlent de renvoi au pays",
        "j ai recu un aret de la prefet vendredi oqtef sans delai",
        "Me dieron una obligación de salida el viernes, firmé sin entender",
        "recebi sexta feira uma notificação da polícia para sair de França",
        "Мне дали OQTF в пятницу, срок 7 дней",
        "Am primit vineri o decizie să părăsesc teritoriul francez",
        "Më dhanë një OQTF të premten",
        "Cuma günü OQTF verdiler, 7 gün itiraz var",
        "Venerdì mi hanno notificato un OQTF",
        "استلمت يوم الجمعة OQTF من المحافظة",
        "I got served with an OQTF on Friday and nobody explains",
        "They gave me one month to leave the country, paper dated 10 June.",
        "Le greffier m'a apporté une décision du préfet hier, délai 7 jours.",
        "I was told yesterday by the prefecture I must go out of France in 30 days.",
        "Me han dado 30 días para irme de Francia, papel del 10 de junio.",
        "Mi-au dat 30 de zile să plec din Franța, hârtia din 10 iunie.",
    ],
)
def test_a_notified_removal_starts_its_clock(words):
    found = letter(words)
    assert found.facts.urgency in PRESSING
    assert D.OQTF_APPEAL in kinds(found)


@pytest.mark.parametrize(
    "words",
    [
        "Le tribunal m'a mis hier 8 mois et une ITF de 5 ans.",
        "El juez me dio ayer 8 meses y una prohibición de territorio (ITF).",
        "Mahkeme dün bana 8 ay hapis ve ITF verdi.",
        "Il giudice mi ha dato ieri 8 mesi e una ITF.",
        "Вчера суд дал мне 8 месяцев и ITF.",
        "Gjyqi më dha dje 8 muaj burg dhe ITF.",
        "Judecătorul mi-a dat ieri 8 luni și ITF.",
        "O juiz deu-me ontem 8 meses e uma ITF.",
        "المحكمة أعطتني البارحة ثمانية أشهر و ITF",
    ],
)
def test_a_judgment_with_a_ban_starts_its_clock(words):
    found = letter(words)
    assert found.facts.urgency in PRESSING
    assert D.CRIMINAL_APPEAL in kinds(found)


@pytest.mark.parametrize(
    "words",
    [
        "Ils viennent me chercher demain à 5h pour l'avion.",
        "mon vol est apres demain a 6h pour Alger",
        "Escorte prévue cette nuit, embarquement à l'aube.",
        "They are putting me on a plane tomorrow morning.",
        "Mañana me suben al avión.",
        "Amanhã levam-me para o aeroporto.",
        "غدا سيرحلونني بالطائرة",
        "Завтра меня депортируют, рейс утром.",
        "Mâine mă duc la aeroport ca să mă trimită acasă.",
        "Nesër më çojnë në aeroport.",
        "Yarın beni uçağa bindirecekler.",
        "Domani mi mettono sull'aereo.",
        "L'officier m'a dit prépare tes affaires, demain matin 4h on part à Roissy",
        "they told me pack my bags, flight to Lagos tonight",
        "me llevan a Barajas el jueves",
        "на четверг у меня самолёт в Тбилиси",
        "perşembe günü uçak var Türkiye'ye gönderiyorlar",
        "giovedì ho il volo per Tunisi",
        "vor të më kthejnë me avion të enjten",
        "joi am avion spre București",
        "laissez passer obtenu, vol réservé jeudi",
    ],
)
def test_an_imminent_departure_is_critical(words):
    assert letter(words).facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "je veux plus etre de ce monde",
        "Je fais mes adieux à mes enfants.",
        "je rend tout les plateau depuis lundi, je boi que de leau",
        "Mon codétenu a renvoyé ses gamelles, il ne prend plus que du thé et de l'eau.",
        "J'ai donné ma montre et mes photos, je n'en aurai plus besoin.",
        "I gave away all my things, tell my children I love them.",
        "Se despidió de nosotros, tiene cortes en los brazos.",
        "Não quero mais viver, despeço-me de vocês.",
        "لم أعد أريد الحياة",
        "Я больше не хочу жить.",
        "Nu mai am chef să trăiesc.",
        "Nuk dua më të jetoj.",
        "Artık dayanamıyorum, canıma kıyacağım.",
        "Non voglio più vivere, rifiuto il vitto.",
        "არ მინდა სიცოცხლე",
        "je ne mange plus rien depuis 5 jours",
        "j'ai préparé le drap",
        "je me coupe toutes les nuits",
        "c'est ma dernière lettre",
        "je préfère mourir que rentrer au pays",
        "I have stopped eating since Monday",
        "llevo cinco días sin comer",
        "estou sem comer há cinco dias em protesto",
        "5 дней ничего не ем",
        "de cinci zile nu mananc nimic",
        "prej pesë ditësh nuk ha asgjë",
        "beş gündür yemek yemiyorum",
        "non mangio da cinque giorni",
        "لا آكل منذ خمسة أيام",
        "Intentó ahorcarse anoche.",
        "Tentou enforcar-se ontem.",
        "Он пытался повеситься.",
        "A încercat să se spânzure.",
        "U përpoq të varet.",
        "Kendini asmaya çalıştı.",
        "Ha provato a impiccarsi.",
        "حاول شنق نفسه",
        "J'en ai marre, je vais tout arrêter.",
        "Je n'ai plus la force de vivre.",
        "Je me pends ce soir.",
        "I tried to overdose yesterday.",
        "He cut his wrists last night.",
        "Je vais me laisser partir, y a plus rien pour moi.",
        "Il s'est tailladé les avant-bras cette nuit.",
        "Je me suis ouvert le bras.",
        "Je ne m'alimente plus depuis lundi.",
        "J'ai fait une bêtise avec mes médicaments hier soir.",
    ],
)
def test_a_wish_to_die_or_a_fast_is_a_danger(words):
    found = letter(words)
    assert S.SUICIDE_RISK in found.facts.special_situations
    assert found.facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "ils mont deja cassé une dent, la prochaine fois ils me ratent pas",
        "je sort plus en promenade ni a la douche, ils mattendent en bas",
        "Il avait l'œil fermé et des marques au cou, il dit être tombé dans l'escalier.",
        "Ils disent que ma famille aura un accident si je témoigne.",
        "They said my family will have an accident, I dare not leave my cell.",
        "Dicen que la próxima vez no salgo vivo.",
        "Disseram que da próxima vez não saio vivo.",
        "قالوا إنهم سيؤذون عائلتي",
        "Сказали, что в следующий раз живым не выйду.",
        "Mi-au spus că data viitoare nu mai scap viu.",
        "Më kërcënojnë se do të më vrasin.",
        "Beni dövüyorlar, ölümle tehdit ediyorlar.",
        "Dicono che la prossima volta non esco vivo.",
        "მცემენ და მემუქრებიან",
        "des gars de la coursive me demandent 200 euros sinon ils me plantent",
        "le surveillant m'a étranglé hier",
        "mon codétenu me touche la nuit",
        "un détenu a mis un couteau sous ma gorge",
        "three guys jumped me in the yard",
        "me pegaron entre cuatro",
        "três presos bateram-me",
        "меня избили вчера",
        "m-au bătut trei deținuți",
        "më rrahën tre veta",
        "üç kişi beni dövdü",
        "mi hanno picchiato in tre",
        "ضربوني ثلاثة في الساحة",
        "Les autres disent que je suis une balance et qu'ils vont me faire la peau.",
        "Temo por mi vida.",
        "On a versé de l'huile bouillante sur moi.",
        "Quelqu'un a mis le feu à ma cellule.",
        "Ils ont glissé un mot sous ma porte : on va t'avoir.",
        "If I talk they will hurt my mother.",
        "Ils sont allés chez ma mère, ils disent : si je parle elle va payer.",
        "Si je dénonce ils s'en prennent à ma petite sœur, elle va le regretter.",
        "Si hablo van a matar a mi hermano.",
        "Se eu falar a minha irmã vai pagar.",
        "Se parlo mia sorella la paga, lo hanno detto, la ammazzano.",
        "Если расскажу, убьют моего брата.",
        "Tenho medo de morrer aqui.",
        "Боюсь за свою жизнь.",
    ],
)
def test_violence_or_a_threat_is_a_danger(words):
    found = letter(words)
    assert S.VIOLENCE_OR_THREAT in found.facts.special_situations
    assert found.facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "il me reste 7 jours a tirer et apres je sai pas ou aller",
        "Plus que 6 jours avant ma sortie.",
        "ma LD c'est le 22/06",
        "Je suis libérable le 22 juin.",
        "I get out on June 22nd, 2026.",
        "I have 7 days left to do.",
        "Salgo el 22 de junio.",
        "Me quedan 7 días de condena.",
        "Saio no dia 22 de junho.",
        "سأخرج يوم 22 يونيو 2026",
        "Выхожу 22 июня.",
        "Ies pe 22 iunie.",
        "Dal më 22 qershor.",
        "22 Haziran'da çıkıyorum.",
        "Esco il 22 giugno.",
        "fin de peine le 20 juin",
        "je sors samedi",
        "dans 5 jours je suis dehors",
        "sortie sèche le 22/06",
        "my release is 22 June",
        "termino mi condena el 22 de junio",
        "a minha pena acaba no dia 22 de junho",
        "срок заканчивается 22 июня",
        "îmi termin pedeapsa pe 22 iunie",
        "mbaroj dënimin më 22 qershor",
        "cezam 22 haziranda bitiyor",
        "finisco la pena il 22 giugno",
        "تنتهي عقوبتي يوم 22 يونيو",
    ],
)
def test_a_near_release_is_urgent(words):
    found = letter(words)
    assert D.RELEASE_DATE in kinds(found)
    assert found.facts.urgency in PRESSING


@pytest.mark.parametrize(
    "words",
    [
        "j'ai seize ans",
        "g 16 ans madame",
        "Je suis né le 3 mai 2010.",
        "I am sixteen.",
        "Tengo dieciséis años.",
        "Tenho dezasseis anos.",
        "عمري ستة عشر سنة",
        "Мне шестнадцать лет.",
        "Am șaisprezece ani.",
        "Jam 16 vjeç.",
        "16 yaşındayım.",
        "Ho sedici anni.",
        "16 წლის ვარ",
        "on me considère majeur mais j'ai 16 ans et 4 mois",
        "je suis mineur non accompagné",
        "j'aurai 18 ans en décembre",
        "tengo 17, soy menor",
        "sou menor, tenho 17",
        "я несовершеннолетний",
        "sunt minor, am 17 ani",
        "jam i mitur",
        "reşit değilim, 17 yaşındayım",
        "sono minorenne",
        "أنا قاصر",
    ],
)
def test_a_minor_is_seen(words):
    found = letter(words)
    assert S.MINOR in found.facts.special_situations
    assert found.facts.urgency in PRESSING


@pytest.mark.parametrize(
    "words",
    [
        "Il n'y a pas d'OQTF dans mon dossier, je voudrais des conseils pour la prison.",
        "J'ai un refus de titre sans obligation de quitter le territoire, c'était il y a 5 ans.",
        "No me han dado ninguna OQTF, quiero renovar mi tarjeta.",
        "O meu marido não recebeu nenhum papel da prefeitura e só sai em 2029.",
        "لا توجد OQTF، أريد تجديد البطاقة",
        "У меня нет OQTF, хочу продлить карту.",
        "Non ho nessuna OQTF, vorrei rinnovare la carta.",
        "Nu am primit nicio OQTF, vreau să reînnoiesc cartea.",
        "Nuk kam marrë asnjë OQTF.",
        "OQTF almadım, kartımı yenilemek istiyorum.",
        "I never got any OQTF, I want to renew my card.",
        "Grâce à vous le juge a annulé mon OQTF, merci pour tout.",
        "Le préfet a retiré mon OQTF l'an dernier, tout est réglé.",
        "Mon voisin de cellule a reçu une OQTF hier. Moi je n'ai rien reçu, je sors en 2029.",
        "Quand j'étais mineur j'avais un document de circulation, j'ai 30 ans maintenant.",
        "La carte, je l'avais quand elle était mineure ma fille.",
        "Il me reste trois ans à faire, je voudrais travailler aux ateliers.",
        "Il me reste 8 jours pour rendre les livres à la bibliothèque.",
        "En 2019 ils voulaient me mettre dans l'avion, c'est fini, j'ai une carte jusqu'en 2033.",
        "J'ai cassé mes lunettes et une dent me fait mal, je voudrais voir un dentiste.",
        "Je ne descends plus en promenade parce que je travaille à l'atelier.",
        "J'ai donné mes photos d'identité à la CPIP pour le titre.",
        "Demain je passe au tribunal pour vol, c'est mon premier jugement.",
        "Mon frère a pris l'avion hier pour venir me voir au parloir.",
        "J'ai pris quinze ans de peine, je voudrais un transfert vers Lille.",
        "J'ai quinze ans de présence en France et un enfant.",
        "Mon fils a dix-sept mois, je voudrais le reconnaître.",
        "Je me suis cassé le bras au sport, on ne me donne pas de kiné.",
        "La prochaine fois que vous venez, apportez le formulaire ANEF.",
        "Next time you come, please bring the form.",
        "Je ne mange que ce que je cantine, la nourriture est froide.",
        "La douche est en panne et la promenade est courte.",
        "On peut me donner une OQTF avec une carte de dix ans ?",
        "Mi tarjeta caduca en 2028, quiero saber cómo se renueva.",
        "O meu filho tem 15 anos e estuda em Lisboa, queria vê-lo.",
        "Eu saio em 2030, queria trabalhar.",
        "Il me reste 20 jours de congés chez mon patron, je voudrais mes papiers de travail.",
        "Il faut que je parte en France métropolitaine pour mes études.",
        "Mi condena termina en 2031, quiero trabajar.",
        "Je sors le 22 juin 2029.",
        "Non mangio carne di maiale, vorrei un altro menù.",
        "Sin comer cerdo no hay otro menú, soy musulmán.",
        "J'ai signé une feuille de cantine au greffe.",
        "Mon fils aura 18 mois en juin.",
        "La lettre de la préfecture demande une photo.",
        "Mon codétenu ne me touche pas, tout va bien.",
        "Je suis obligé de travailler pour rembourser la partie civile.",
        "Срок действия паспорта до 2031 года, хочу жениться.",
        "Merci beaucoup pour votre visite de mardi.",
        "Mon fils a 15 ans et il vit à Lyon avec sa mère.",
        "Je fais du sport, je me suis battu contre la paresse.",
        "En 2015 j'ai été battu par la police de mon pays.",
        "Ho 16 anni di residenza in Italia.",
        "Llevo 15 años en Francia.",
        "J'ai 15 ans de présence ici, comment demander une carte ?",
        "Ils vont me transférer demain à Melun.",
        "Je lis un roman où le héros se suicide.",
        "Quelle est la différence entre ITF et IRTF ?",
        "Je ne mange pas à la cantine, je cuisine.",
        "Mon fils a 16 ans et voudrait venir au parloir.",
        "L'équipe de foot a été battue hier.",
        "Je me suis coupé en épluchant des légumes.",
        "Je me suis coupé les cheveux.",
        "La cuisine va me tuer un jour, je rigole.",
        "Je meurs d'ennui ici, je voudrais travailler.",
        "Cette chaleur va nous tuer.",
        "The food is going to kill me, just joking.",
        "Je ne fais que taper sa lettre à la machine.",
        "Un copain est sorti, la police l'attendait à la porte. Moi j'ai encore le temps.",
        "Un voisin a pris l'avion de force, moi je sors qu'en 2030.",
        "J'ai signé le placement extérieur avec la CPIP, je travaille.",
        "Je suis au centre scolaire le matin et à l'atelier l'après-midi.",
        "Mon frère a payé mon voyage pour venir en France en 2010.",
        "La préfecture a gardé mon passeport, comment le récupérer ?",
        "I owe him a letter and a coffee.",
        "Le paludisme, j'ai été soigné. Je suis malien, en France depuis 2008.",
    ],
)
def test_what_is_no_alarm_stays_normal(words):
    assert letter(words).facts.urgency in {U.NORMAL, U.LOW}


@pytest.mark.parametrize(
    "words",
    [
        "La femme qui m'a fait venir prend tout mon argent et menace ma mère au pays.",
        "On m'oblige à vendre de la drogue pour payer le passage.",
        "J'étais exploitée par un patron qui gardait mon passeport, j'ai peur de lui.",
        "The woman who brought me here says I owe her the journey.",
        "Il a témoigné contre le patron qui l'a fait venir et exploité.",
        "The lady who paid for my trip has my passport and says I owe her money.",
        "I owe her 30 000 euros, I worked on the street every night.",
        "La dame a payé mon voyage, je dois encore rembourser 20 000 euros.",
        "Il a gardé mon passeport, il dit que je lui dois de l'argent du billet.",
        "je doit rembourser ma dete a la mama qui a gardé mes papiers",
        "On m'a mise sur le trottoir à Marseille.",
        "Mon oncle m'a vendue à un homme quand je suis venue.",
        "Se quedó con mi pasaporte y dice que debo pagar el viaje.",
        "Ficou com o meu passaporte, diz que devo trabalhar para pagar.",
        "Ha preso il mio passaporto, devo pagare il debito.",
        "Mi-a luat pașaportul și zice că sunt datoare.",
        "Он забрал мой паспорт, говорит, что я должен работать.",
        "Më mori pasaportën, thotë se kam borxh.",
    ],
)
def test_somebody_sold_or_exploited_is_seen(words):
    found = letter(words)
    assert S.TRAFFICKING_VICTIM in found.facts.special_situations
    assert found.facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Ils m'ont mis au CRA de Vincennes hier.",
        "Je suis au centre de Vincennes, j'ai signé le placement hier.",
        "jsuis au centre du mesnil depuis hier jai signé le placement en retention",
        "La police m'a emmené au centre de Lyon Saint-Exupéry hier, décision signée.",
        "On m'a placé hier au centre de Toulouse Cornebarrieu, au bord de la piste.",
        "auj. CRA Mesnil, placé hier 18h, papier signé",
        "Je suis au centre de rétention depuis mardi.",
    ],
)
def test_retention_starts_its_clock(words):
    found = letter(words)
    assert D.RETENTION_APPEAL in kinds(found)
    assert found.facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "L'avocate n'a pas fait le recours, il reste deux jours.",
        "Plus que 48 heures pour le recours.",
        "Only two days left to appeal.",
        "Mi abogado dice que quedan dos días para recurrir.",
        "Faltam dois dias para recorrer.",
        "Mancano due giorni per fare ricorso.",
    ],
)
def test_a_time_limit_said_to_end_in_three_days_is_critical(words):
    assert letter(words).facts.urgency is U.CRITICAL


def test_a_call_sheet_gives_the_callers_number_and_not_the_desks_own():
    raw = (
        "FICHE D'APPEL — ligne 01 44 18 72 65\n"
        "date : vendredi 12 juin 2026, 11h35 — prise par : bénévole n° 3\n"
        "appelante : Mme Rosa Lima, la sœur, tél 06 39 98 20 44\nobjet : visite"
    )
    item = Incoming(channel=Channel.PHONE, raw=raw)
    found = normalise(item, known=KnownList([]), reference=default_reference())
    assert found.people.requester.contact == "06 39 98 20 44"


def test_a_professional_who_calls_is_not_the_person_concerned():
    raw = (
        "Fiche appel mardi 17/02/2026 11:05 — bénévole n° 3\n"
        "Mme Nathalie Prigent, CPIP MA Blois, 06 39 98 44 90\n"
        "M. DIARRA Cheick, écrou 5 218. Pas de titre."
    )
    item = Incoming(channel=Channel.PHONE, raw=raw)
    people = normalise(item, known=KnownList([]), reference=default_reference()).people
    assert people.requester.family == "Prigent"
    assert people.person_family == "Diarra"


@pytest.mark.parametrize(
    "words",
    [
        "Salut, c'est pas pour moi. Il sait pas lire, il a reçu un papier.",
        "Bonjour, j'écris pas pour moi mais pour le gars d'en face.",
        "Je fais juste le facteur, il parle pas français.",
        "Moi je sers de secrétaire, c'est lui qui demande.",
        "Je partage la cellule avec Rahman Md Shahin, il sait pas écrire.",
        "Hello, this is not for me, it is for the man in my cell.",
        "Hola, no es para mí, es para mi compañero.",
        "Non è per me, è per il mio compagno.",
        "Nu e pentru mine, e pentru colegul meu.",
    ],
)
def test_who_only_holds_the_pen_is_not_the_person_concerned(words):
    found = letter(words)
    assert found.facts.requester_kind is RequesterKind.FELLOW_DETAINEE
    assert S.CANNOT_READ in found.facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Un arrêté d'expulsion m'a été notifié le 12 juin après l'avis de la commission.",
        "Malgré l'avis de la commission, on m'a remis le 12 juin un arrêté d'expulsion.",
        "Le 12 juin j'ai signé un arrêté préfectoral d'expulsion, suite à l'avis de la COMEX.",
    ],
)
def test_an_expulsion_told_with_the_commissions_advice_is_dated(words):
    found = letter(words)
    assert {(d.kind, d.trigger_on) for d in found.facts.deadlines} == {
        (D.EXPULSION_APPEAL, "2026-06-12")
    }
    assert found.facts.urgency is U.NORMAL


@pytest.mark.parametrize(
    "words",
    [
        "m0n titre de séj0ur se term1ne le 2 septembre 2O26, j'attends.",
        "Ma carte de résidenl se terrn1ne, e11e exp1re le 2 septembre 2026",
    ],
)
def test_digits_in_the_words_of_a_poor_scan_are_read(words):
    assert D.PERMIT_EXPIRY in kinds(letter(words))


@pytest.mark.parametrize(
    "words",
    [
        "mon ami Anis GHARBI, à la prison de Corbas, numéro 61 250",
        "M. Anis GHARBI, écroué à Bois-d'Arcy (n° 61 250), demande un avis",
        "il est au CD d'Uzerche, numero 61 250",
        "Anis GHARBI detenuto nel carcere di Nizza (numero 61 250)",
    ],
)
def test_a_number_without_a_word_for_it_is_the_prisons(words):
    raw = (
        "From: Odile Fresneau <o@visites.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: question\nDate: Tue, 10 Mar 2026 19:05:00 +0100\n"
        "Content-Type: text/plain; charset=utf-8\n\nBonjour, je suis visiteuse de prison. "
        f"{words}.\nMon dossier n° 4 711, tél. 06 39 98 21 16.\nOdile Fresneau\n"
    )
    item = Incoming(channel=Channel.EMAIL, raw=raw)
    people = normalise(item, known=KnownList([]), reference=default_reference()).people
    assert people.detention_number == "61250"


@pytest.mark.parametrize(
    "words",
    [
        "Le consul est venu me voir, laissez-passer signé, vol la semaine prochaine.",
        "Je suis enceinte de 7 mois et ils veulent m'expulser lundi.",
        "La PAF doit le renvoyer ces jours-ci.",
        "On m'a pris mes empreintes pour l'avion.",
    ],
)
def test_a_departure_announced_without_a_day_is_pressing(words):
    assert letter(words).facts.urgency in PRESSING
