"""The same news told in many ways and languages: a letter that holds one is read for what it is."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import Incoming, Normalised
from shared.contracts.vocabulary import (
    Channel,
    DeadlineKind,
    RequesterKind,
    SpecialSituation,
    Topic,
    Urgency,
)
from tests.support.normalising import letter, read

D, S, U = DeadlineKind, SpecialSituation, Urgency
PRESSING = {U.HIGH, U.CRITICAL}


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
        "Vchera mne dali OQTF, chto delat?",
        "Mne vruchili OQTF v pyatnitsu, srok 7 dney.",
        "V ponedelnik politsiya prinesla bumagu: pokinut Franciyu.",
        "lbare7 3tawni OQTF, chno ndir?",
        "3tawni OQTF nhar jem3a",
        "sinit OQTF lbareh f greffe",
        "They came with one paper, I signed it, they say I have to leave France.",
        "He signed one paper yesterday, he says it is to leave the country.",
        "Firmó una hoja, dicen que es para salir del país.",
        "Assinei um papel, disseram que é para sair da França.",
        "Mi hanno dato un foglio, dicono che devo uscire dal paese.",
        "3tawni warqa bach nkhrej men fransa",
        "Ayer firmé un papel, no sé qué es, era de la prefectura.",
        "On m'a fait signer hier quelque chose au greffe, ça vient du préfet.",
        "Un monsieur de la préfecture est venu, il m'a donné trois feuilles.",
        "They made me sign something from the prefecture.",
        "Le préfet veut que je parte, papier reçu je sais plus quand.",
        "On a glissé sous ma porte une lettre du préfet, ça parle de pays de renvoi.",
        "Me dieron ayer un papel para irme.",
        "Ontem deram-me uma carta para sair.",
        "L'interprète a lu le papier, je dois partir, 7 jours.",
        "Le papier dit qu'il faut que je parte de France.",
        "On m'a lu une lettre, je dois quitter dans 30 jours.",
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
        "Ieri, marți, tribunalul mi-a dat opt luni și o interdicție de a intra în Franța (ITF).",
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
        "Zavtra menya deportiruyut, samolet utrom.",
        "ghedda ghadi ydiwni l tiyara",
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
        "J'ai plus envie de rien, la nuit je pense à la corde",
        "dites à mes enfants que je les aimais",
        "Je vais me foutre en l'air si on me renvoie",
        "j'ai avalé des lames de rasoir hier",
        "ça fait onze jours que je bois que de l'eau sucrée",
        "Je refuse le plateau depuis lundi",
        "J'ai écrit ma dernière lettre à ma mère, après ce sera fini",
        "Quand vous lirez ça je serai plus là",
        "I stopped eating ten days ago",
        "I don't want to live no more",
        "Ya no quiero seguir, mejor estar muerto",
        "Já não tenho forças, penso em acabar com tudo",
        "Non ce la faccio più, voglio finirla",
        "Nu mai am putere, mă gândesc să termin cu viața",
        "Больше не могу, лучше умереть",
        "لم اعد احتمل، افكر في الموت",
        "je men fou de mourir",
        "je vais me pendre avec le drap",
        "on va me retrouver pendu",
        "Ils vont me retrouver froid un matin",
        "jarrête de manger tant que le préfet répond pas",
        "je me suis ouvert le bras la semaine dernière",
        "mon mari parle de se jeter de la coursive",
        "il dit qu'il veut en finir",
        "j'ai pris tous mes cachets d'un coup jeudi",
        "artık dayanamıyorum ölmek istiyorum",
        "nuk dua të jetoj më",
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
        "Trois gars m'ont coincé dans la douche et m'ont cassé deux dents",
        "mon codétenu me réveille la nuit avec une lame",
        "Ils ont dit que si je porte plainte ils iront voir ma mère à Bobigny",
        "Le surveillant m'a plaqué contre le mur et m'a écrasé la main",
        "on me prend ma cantine tous les vendredis sinon je suis tapé",
        "un surveillant m'a mis une droite",
        "They beat me up in the yard because I talk to police",
        "my cellmate put a knife on my neck",
        "me quieren pinchar en el patio",
        "querem me furar no pátio",
        "mi hanno minacciato con un coltello",
        "m-au bătut în curte",
        "меня бьют в камере каждый день",
        "ضربوني في الساحة",
        "je suis racketté, je paye pour pas être frappé",
        "ils savent où habite ma soeur, ils me l'ont dit",
        "je dors avec les chaussures car il a dit qu'il allait me planter",
        "il me touche la nuit, j'ose pas en parler",
        "ils m'ont mis le feu au matelas",
        "j'ai peur pour ma vie ici",
        "le chef m'a étranglé pendant la fouille",
        "Yesterday they caught me on the stairs, they cut my face with a blade.",
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
        "Je sors la semaine prochaine.",
        "Je suis libérable cette semaine.",
        "La semaine prochaine je serai dehors.",
        "I am released next week.",
        "Salgo la próxima semana.",
        "Mon mari sort la semaine prochaine.",
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
        "J'ai eu une lettre non assortie d'une obligation de quitter le territoire.",
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
        "J'ai passé une radio des poumons, tout va bien.",
        "Merci pour votre dernière lettre, je l'ai relue deux fois.",
        "Ma dernière lettre est restée sans réponse de la mairie.",
        "Le surveillant m'a mis un coup de main pour remplir le formulaire.",
        "On m'a cassé les pieds avec ce dossier pendant six mois.",
        "Il a peur que la préfecture refuse son titre.",
        "J'ai peur de perdre ma place à l'atelier.",
        "Le consulat m'a renvoyé en France un passeport neuf.",
        "La police m'a pris mon passeport à l'aéroport et je travaille en cuisine.",
        "Je voudrais en finir avec cette procédure de divorce.",
        "Mon acte de naissance a brûlé avec la mairie de mon village.",
        "J'ai fait douze jours de mitard en juillet, c'est fini.",
        "Je suis peintre, je coupe le bois et je colle les affiches.",
        "Mon frère s'occupe de ma petite fille depuis que je suis ici.",
        "La prochaine fois je demanderai une permission.",
        "Le juge m'a donné une permission pour Noël.",
        "Mon patron garde ma place, il garde mes papiers aussi au coffre.",
        "J'ai travaillé sept jours sur sept comme boulanger, je veux mes fiches de paie.",
        "Je sais où habite ma mère mais je n'ai plus son numéro, comment la faire venir ?",
        "Madam, Sir, I want to pay the tax stamp for my permit.",
        "Le psychologue me dit d'écrire mes pensées.",
        "Je ne sais pas écrire en français, mon voisin arabe traduit.",
        "No sé escribir en francés, perdonen.",
        "Je tiens la main courante de la bibliothèque.",
        "Je prends le stylo pour vous demander comment renouveler ma carte.",
        "J'écris pour un titre de séjour.",
        "Ma femme est infirmière à l'hôpital, elle peut me rendre visite ?",
        "J'ai une OQTF de 2021 jamais exécutée, puis-je demander un titre ?",
        "Mon OQTF date de 2020, est-ce qu'elle compte encore ?",
        "Peut-on demander à être transféré en Espagne pour finir la peine, à qui écrire ?",
        "Je voudrais un transfert en Italie pour y finir ma peine, ma famille est à Turin.",
        "Le greffe m'a appelé pour signer le bon de cantine.",
        "Le chef m'a mis au service général, je suis content.",
        "Ils m'ont sauté de la liste des parloirs, comment je fais pour la carte ?",
        "J'ai tapé sur le clavier de la bibliothèque.",
        "Je me suis fait tirer les cartes par un codétenu, il rigole.",
        "I cut my hair and beard before the photo for the card.",
        "They cut the power every night, I cannot study for the exam.",
        "On nous a coupé l'eau deux heures.",
        "Ils ont coupé mon salaire de l'atelier, est-ce légal ?",
        "Un copain m'a cassé ma radio sans faire exprès.",
        "Le père de ma fille est mineur de fond, il vit en Pologne.",
        "Je suis en cours de français, la prof m'a envoyé vers vous.",
        "Je sors le lundi et le jeudi au sport.",
        "Le médecin de l'unité m'a donné des cachets pour dormir, ça va mieux.",
        "J'ai arrêté de fumer et je mange mieux.",
        "Je rends le plateau à 13 h et je vais à l'école, comment m'inscrire au CAP ?",
        "On dort à trois et c'est bruyant, je voudrais une formation.",
        "Je crève de chaud mais ça va, je voudrais refaire ma carte.",
        "Ça me tue d'attendre le consulat pour mon passeport.",
        "Je suis mort de rire quand je relis le formulaire de la préfecture.",
        "Ma mère est morte l'an dernier, je voudrais son acte de décès.",
        "Mi madre me pegó su amor por la cocina, quiero trabajar de cocinero.",
        "Meu irmão foi para a Alemanha trabalhar, queria saber se posso ir também depois.",
        "J'ai eu l'audience hier, tout s'est bien passé, merci.",
        "Je n'ai jamais eu de papier pour quitter la France, je veux ma première carte.",
        "Avant l'isolement j'étais à l'école, maintenant je suis au bâtiment C.",
        "Mon avocat dit que le tribunal a annulé l'arrêté de transfert vers l'Italie.",
        "I need a travel document to leave the country when I finish.",
        "Ülkeyi terk etme kararı yok, sadece soru soruyorum.",
        "L'OQTF de mai, le tribunal a dit non en juin de l'an dernier.",
        "Mon OQTF du 20 mai 2025, que j'ai perdue au tribunal et en appel, ne bouge plus.",
        "OFPRA non, CNDA non le 14 novembre 2025.",
        "Ma carte n'a jamais été retirée à la préfecture, peut-on me l'envoyer ?",
        "J'ai mes papiers, je dois partir en formation à l'atelier.",
        "J'écris cette lettre vite, je dois partir au travail.",
        "Le 2 mars 2019 ils m'ont expulsé de mon logement.",
        "J'ai signé un papier comme quoi je refuse le régime sans porc, la préfecture le sait ?",
        "J'ai signé une décharge à l'infirmerie, la police était là.",
        "J'ai eu une OQTF, contestée dans les délais par l'avocat.",
        "La OQTF fue recurrida a tiempo por el abogado.",
        "Journaliste, je prépare un portrait ; la page part à l'imprimerie jeudi soir.",
        "J'ai un fils français de 13 ans, et je finis ma peine l'année prochaine.",
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
        "Mon patron gardait mon passeport et je dormais dans le garage, il me payait pas",
        "La dame qui m'a amenée m'a fait travailler sur le trottoir pour payer le voyage",
        "Un homme m'a promis un travail, après il m'a enfermée et des clients venaient",
        "They took my passport and I had to work in the massage house",
        "la señora me quitó el pasaporte y me obligó a trabajar con hombres",
        "o patrão ficou com meu passaporte e eu trabalhava sem salário",
        "c'est lui qui m'a forcé à passer la drogue, il tenait mes papiers et ma famille",
        "On m'a vendue à un réseau",
        "je devais rembourser 30 000 euros à la madame en me prostituant",
        "Le patron lui a pris le passeport et le logeait à neuf dans un hangar, payé peu.",
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
        "C'est le dernier jour pour faire le recours.",
        "Mon appel finit demain.",
        "Le délai se termine ce soir.",
        "My appeal ends tomorrow.",
        "El plazo vence mañana.",
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
    found = read(item)
    assert found.people.requester.contact == "06 39 98 20 44"


def test_a_professional_who_calls_is_not_the_person_concerned():
    raw = (
        "Fiche appel mardi 17/02/2026 11:05 — bénévole n° 3\n"
        "Mme Nathalie Prigent, CPIP MA Blois, 06 39 98 44 90\n"
        "M. DIARRA Cheick, écrou 5 218. Pas de titre."
    )
    item = Incoming(channel=Channel.PHONE, raw=raw)
    people = read(item).people
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
        "Je tiens le stylo pour Ahmed qui est dans ma cellule, il sait pas écrire",
        "C'est pour mon voisin que j'écris, un monsieur afghan",
        "J'ai besoin de rien, c'est pour le petit jeune avec moi en cellule, il parle pas français",
        "Je me permets d'écrire à la place de mon codétenu géorgien qui ne parle pas notre langue",
        "I am writing on behalf of my cellmate, he cannot write English or French",
        "Escribo por un compañero que no sabe leer",
        "Je prête ma main à un ancien qui sait pas lire",
        "J'écris pour Monsieur Traoré de la cellule d'à côté, il est analphabète",
        "Moi je suis français donc c'est pas pour moi. Il sait ni lire ni écrire.",
        "Il parle peul et un peu français, alors je prends le stylo.",
        "Il ne sait pas écrire, c'est moi qui tiens la plume.",
        "Il sait pas lire donc j'écris ce qu'il me dit.",
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
    people = read(item).people
    assert people.detention_number == "61250"


@pytest.mark.parametrize(
    "words",
    [
        "Le consul est venu me voir, laissez-passer signé, vol la semaine prochaine.",
        "Je suis enceinte de 7 mois et ils veulent m'expulser lundi.",
        "La PAF doit le renvoyer ces jours-ci.",
        "On m'a pris mes empreintes pour l'avion.",
        "On m'a montré le laissez-passer du consulat ce matin.",
        "La police a dit prépare tes affaires, c'est pour cette semaine.",
        "Le billet est pris pour lundi, la police vient me chercher.",
    ],
)
def test_a_departure_announced_without_a_day_is_pressing(words):
    assert letter(words).facts.urgency in PRESSING


@pytest.mark.parametrize(
    "words",
    [
        "ils mont doné un papié de quité la france je sé plu kan",
        "j'ai une OQTF mais je me rappelle plus de la date",
        "la police est venue avec un papier, expulsion, je sais pas lire",
        "my paper say leave France, I lost the date",
        "Me dieron una orden de salir de Francia, no me acuerdo el día",
        "Mi-au dat hârtie să plec din Franța, nu mai știu când",
    ],
)
def test_a_decision_of_a_day_forgotten_has_a_clock_that_runs(words):
    assert letter(words).facts.urgency is U.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "On m'a donné un papier pour me renvoyer en Italie à cause des empreintes",
        "ils veulent me transferer en espagne, jai signer ier le papier de la prefecture",
        "They gave me paper transfer to Germany because my fingerprints",
        "me notificaron el traslado a Alemania, tengo las huellas allí",
        "Мне дали бумагу о передаче в Германию",
        "J'ai reçu un arrêté de transfert vers la Bulgarie",
    ],
)
def test_a_transfer_to_another_state_for_asylum_starts_its_clock(words):
    assert D.DUBLIN_APPEAL in kinds(letter(words))


def test_what_is_said_of_every_week_is_no_day():
    found = letter("On m'a assigné à résidence le 2 juin, je signe le lundi, mercredi et vendredi.")
    assert {d.trigger_on for d in found.facts.deadlines} == {"2026-06-02"}


def test_a_time_limit_in_hours_written_on_the_paper_is_read():
    found = letter("OQTF notifiée hier à 16 h, le papier marque 48 h, on m'avait dit sept jours.")
    assert found.facts.urgency is U.CRITICAL


def test_the_day_on_which_somebody_was_called_is_that_of_the_paper():
    found = letter(
        "Jeudi 11 juin, deux agents de la préfecture m'ont fait descendre. "
        "J'ai signé une obligation de quitter le territoire."
    )
    assert {(d.kind, d.trigger_on) for d in found.facts.deadlines} == {
        (D.OQTF_APPEAL, "2026-06-11")
    }


@pytest.mark.parametrize(
    "words",
    [
        "Le JAP a rejeté ma demande le 12 juin à cause d'une OQTF de 2021.",
        "J'ai eu une OQTF en 2022, jugement du JAP notifié le 12 juin : refus de bracelet.",
    ],
)
def test_a_removal_of_a_year_gone_takes_no_other_decisions_day(words):
    assert D.OQTF_APPEAL not in kinds(letter(words))


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("Je suis la maman de Karim, écrou 14 871, au Havre. Bonjour l'association.", "parent"),
        ("jsui la copine a Mehdi, il est en prison a Metz", "spouse_partner"),
        ("Je sors du parloir, mon petit frère Nadir ne va pas bien.", "sibling"),
        ("C'est la tante de Moussa, il est détenu à Rouen.", "other_family"),
        ("Je suis son ex-belle-mère, il est au centre pénitentiaire de Riom.", "other_family"),
        ("My fiance got four years and is in the prison at Lille.", "spouse_partner"),
        ("Il mio fidanzato è detenuto a Nizza.", "spouse_partner"),
        ("Mi novio está preso en Lyon.", "spouse_partner"),
    ],
)
def test_who_writes_of_their_own_kin_is_a_relative(words, relation):
    raw = (
        "From: a.b@mail.example\nTo: commission.prison@lacimade.org\nSubject: question\n"
        "Date: Tue, 16 Jun 2026 10:00:00 +0200\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{words}\n"
    )
    item = Incoming(channel=Channel.EMAIL, raw=raw)
    found = read(item)
    assert found.facts.requester_kind is RequesterKind.RELATIVE
    assert found.facts.relation.value == relation


def test_what_a_partner_puts_into_fields_of_its_own_is_read_beside_its_note():
    raw = (
        'POST /v1/requests HTTP/1.1\n\n{"partner":"abri-x","sent_at":"2026-09-16T10:00:00Z",'
        '"author":{"name":"Ana Roux","role":"chargée du contrôle judiciaire"},'
        '"person":{"last":"ILIC","first":"Ana"},"stay":{"prison":"CP Maubeuge","ecrou":"9 871"},'
        '"measure":{"type":"fin de peine","sortie":"2026-09-25"},'
        '"permit":{"type":"carte de résident","expires":"2026-12-18"},"note":"Accueillie ensuite."}'
    )
    item = Incoming(channel=Channel.API, raw=raw)
    found = read(item)
    assert found.facts.requester_kind is RequesterKind.OTHER_ASSOCIATION
    assert found.facts.establishment == "cp-maubeuge"
    assert found.people.detention_number == "9871"
    assert kinds(found) == {D.RELEASE_DATE, D.PERMIT_EXPIRY}


def test_a_caller_noted_without_a_word_for_it_is_who_came_out():
    raw = (
        "FICHE D'APPEL — mardi 16 juin 2026, 10h00 — bénévole n° 2\n"
        "M. Ivan PETROV, 06 39 98 00 01. Sorti de Muret le 2 juin, dort chez un ami.\n"
    )
    item = Incoming(channel=Channel.PHONE, raw=raw)
    found = read(item)
    assert found.facts.requester_kind is RequesterKind.RELEASED_PERSON
    assert found.people.person_family == "Petrov"


def mail(
    words: str, sender: str = "A. B <a.b@mail.example>", subject: str = "question"
) -> Incoming:
    raw = (
        f"From: {sender}\nTo: commission.prison@lacimade.org\nSubject: {subject}\n"
        "Date: Tue, 16 Jun 2026 10:00:00 +0200\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{words}\n"
    )
    return Incoming(channel=Channel.EMAIL, raw=raw)


def signed(back: str, words: str) -> Normalised:
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 15-06-2026 | "
        f"au dos : {back} | 1 feuille\n[TRANSCRIPTION]\n{words}\n"
    )
    return read(Incoming(channel=Channel.LETTER, raw=raw))


@pytest.mark.parametrize(
    ("back", "words", "given", "family"),
    [
        ("Okeke Ifeanyi 4 512 MA Nice", "Bonjour.\nIfeanyi Okeke", "Ifeanyi", "Okeke"),
        (
            "Moreno Prieto Lázaro 4 512 MA Nice",
            "Hola.\nLázaro Moreno Prieto",
            "Lázaro",
            "Moreno Prieto",
        ),
        ("Munteanu G. 4 512 MA Nice", "Bonjour, Munteanu Grigore, Roumain.", "Grigore", "Munteanu"),
        (
            "rien",
            "Nice, 2 juin\nKABORÉ Jean-Yves, écrou 4512.\nMerci.\nJ.-Y. K.",
            "Jean-Yves",
            "Kaboré",
        ),
        (
            "Haddad S. 4 512 MA Nice",
            "moi c'est simple je veux rentrer\nSlimane Haddad",
            "Slimane",
            "Haddad",
        ),
        (
            "STANIC MILOS 45120 NICE",
            "JE SUIS EN COLERE CONTRE LE SITE.\nMILOS STANIC",
            "Milos",
            "Stanic",
        ),
        ("M. Popa Ionel 1234 MA Nice", "Merci", "Ionel", "Popa"),
        ("Écrou 1234 - SIDIBE Drissa - MA Nice", "Merci", "Drissa", "Sidibe"),
        ("Bamba I. 8 417 MA Nice", "Bonjour.\nIbrahima Bamba", "Ibrahima", "Bamba"),
        ("Yohannes G., 4 512, MA Nice", "I am Girma Yohannes.\nGirma", "Girma", "Yohannes"),
        ("Sofiane B. 4 512 MA Nice", "Merci.\nSofiane Benhaddou", "Sofiane", "Benhaddou"),
        (
            "Kimani G.W. MA Nice",
            "I am a lady, Grace Wanjiru Kimani.\nGrace W. Kimani",
            "Grace Wanjiru",
            "Kimani",
        ),
        (
            "Peralta Núñez Ramiro 4 512 MA Nice",
            "Soy Ramiro Peralta Núñez, dominicano.\nRamiro",
            "Ramiro",
            "Peralta Núñez",
        ),
        ("Bah M.S. 4 512 MA Nice", "Bonjour.\nMamadou Saliou Bah", "Mamadou Saliou", "Bah"),
        (
            "AKHMADOV 8 805 MA Nice",
            "Zdravstvuyte,\nmenya zovut Timur Akhmadov, nomer 8805.",
            "Timur",
            "Akhmadov",
        ),
        (
            "ILIC GORAN 73206 NICE",
            "JE SUIS EN COLERE ET C'EST MOI LA BALLE.\nGORAN ILIC",
            "Goran",
            "Ilic",
        ),
        ("illisible, mouillé par la pluie", "bonjour moi prison de nice aidé moi", None, None),
        ("PM Ilunga 4 512 MA Nice", "Bonjour.\nIlunga Pierre-Marie", "Pierre-Marie", "Ilunga"),
        ("MA Nice", "Bonjour.\nM. CAMARA Fodé", "Fodé", "Camara"),
    ],
)
def test_the_name_is_read_in_whatever_order_it_is_written(back, words, given, family):
    people = signed(back, words).people
    assert (people.person_given, people.person_family) == (given, family)


@pytest.mark.parametrize(
    ("back", "words", "number"),
    [
        ("STANIC MILOS 45120 NICE", "Bonjour.\nMILOS STANIC", "45120"),
        ("rien", "MA Nice, 2 juin\nBonjour.\nSTANIC Milos, 4 512", "4512"),
        ("STANIC M. MAH Nice 3-212", "Bonjour.\nMilos STANIC\n98 114", "98114"),
        ("Stanic 45 12", "MA Nice, 2 juin\nBonjour.\nMilos STANIC", "4512"),
        ("Stanic Milos 45 12 33", "MA Nice, 2 juin\nBonjour.\nMilos STANIC", "451233"),
        ("Stanic 10.06.26", "MA Nice, 2 juin\nBonjour.\nMilos STANIC", None),
        (
            "M. Stanic c/o Foyer des Arènes, 44000 Nantes",
            "J'étais à Nice (écrou 20 981).\nMilos STANIC",
            "20981",
        ),
        ("M. Stanic, hôtel du Parc, 44000 Nantes", "Bonjour.\nMilos STANIC", None),
        ("STANIC M. MAH Nice", "J'étais à Nice (20 981), en 2023 (2023).\nMilos STANIC", "20981"),
        (
            "Durand P. (pour M. Bangoura) MA Nice",
            "Je suis Paul DURAND, écrou 11 220. Je tiens le stylo pour mon codétenu "
            "BANGOURA Fodé, écrou 11 377, il lit pas.\nPaul D.",
            "11377",
        ),
    ],
)
def test_the_number_is_the_persons_own(back, words, number):
    assert signed(back, words).people.detention_number == number


@pytest.mark.parametrize(
    "words",
    [
        "Un mot pour vous dire que j'ai eu ma carte, merci à toute l'équipe, je ne demande rien.",
        "Pas de question aujourd'hui, juste un grand merci pour le courrier.",
        "No pido nada, solo quiero dar las gracias, todo va bien.",
        "I am not asking for anything, thank you for your kindness.",
        "Merci à vous tous, pas la peine de me répondre.",
        "Merci, ne vous sentez pas obligés de répondre.",
        "Simple mot pour partager la bonne nouvelle, inutile de répondre.",
    ],
)
def test_thanks_that_ask_for_nothing_are_low(words):
    assert letter(words).facts.urgency is U.LOW


@pytest.mark.parametrize(
    "words",
    [
        "J'ai besoin d'une réponse pour ma carte. Merci.",
        "Merci. Je n'ai pas eu de réponse pour mon récépissé.",
        "Merci de nous indiquer son adresse, nous aurions besoin d'une réponse.",
    ],
)
def test_thanks_beside_the_wish_for_an_answer_are_not_low(words):
    assert letter(words).facts.urgency is U.NORMAL


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Mon fils est à la prison du Havre, comment lui écrire ?", "cp-le-havre"),
        ("Mon mari est détenu au Mans, comment lui écrire ?", "cp-le-mans"),
        (
            "ma soeur dit qu'il est a villeneuve les maguelone, mon frere est en prison",
            "cp-villeneuve-les-maguelone",
        ),
        ("My brother is held at Lyon-Corbas, what can I do?", "ma-lyon-corbas"),
        ("Mon frère est à la M.A. de Tarbes, comment lui écrire ?", "ma-tarbes"),
    ],
)
def test_a_prison_is_named_in_many_ways(words, place):
    assert read(mail(words)).facts.establishment == place


def test_a_prisons_office_that_writes_tells_the_place_by_its_name():
    found = read(
        mail(
            "Un détenu demande l'asile. Que faire ?\nMme Roy, greffière",
            "greffe MA BLOIS <g@ma-blois.example>",
        )
    )
    assert found.facts.establishment == "ma-blois"
    assert found.facts.requester_kind is RequesterKind.PRISON_STAFF


@pytest.mark.parametrize(
    "words",
    [
        "Elle m'a demandé de photographier sa lettre pour vous, répondez-lui à elle.",
        "I just scan his letter and send it to you, please answer him.",
    ],
)
def test_a_letter_handed_on_is_its_authors(words):
    raw = (
        "From: Ana Lima <ana@mail.example>\nTo: commission.prison@lacimade.org\nSubject: carta\n"
        "Date: Tue, 16 Jun 2026 10:00:00 +0200\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="=_x"\n\n--=_x\n'
        f"Content-Type: text/plain; charset=utf-8\n\n{words}\n--=_x\n"
        'Content-Type: text/plain; charset=utf-8; name="carta.txt"\n'
        'Content-Disposition: attachment; filename="carta.txt"\n\n'
        "Joux-la-Ville, 3 de junho de 2026\nMeu nome é Rita PRADO, écrou 7 812, sou brasileira. "
        "Quero renovar o meu título.\nRita\n--=_x--\n"
    )
    found = read(Incoming(channel=Channel.EMAIL, raw=raw))
    assert found.facts.requester_kind is RequesterKind.DETAINED_PERSON
    assert found.people.person_family == "Prado"


def test_who_speaks_on_the_telephone_says_so():
    raw = (
        "MESSAGE VOCAL — reçu mardi 16 juin 2026 à 18:03, durée 0:40\n[transcription, relue]\n"
        "Bonsoir, Marc-André Saint-Fleur à l'appareil, je suis sous bracelet à Soissons.\n"
    )
    people = read(Incoming(channel=Channel.PHONE, raw=raw)).people
    assert (people.person_given, people.person_family) == ("Marc-André", "Saint-Fleur")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (
            "Je suis visiteuse de prison à Muret. Un monsieur que je visite a "
            "perdu son passeport.\nAnne Petit",
            "prison_justice_volunteer",
        ),
        (
            "Je suis bénévole au Secours Catholique, nous aidons une personne qui "
            "sort de Fresnes.\nLuc",
            "other_association",
        ),
        ("CPIP à la MA de Nice, je suis M. X dont le titre expire.\nC. Roy", "cpip"),
        (
            "Conseillère pénitentiaire d'insertion et de probation au CP de Caen, "
            "je vous sollicite pour un détenu.\nMme Le Goff",
            "cpip",
        ),
        ("Je suis l'avocat de M. Diallo, détenu à Fresnes.\nMe Durand", "lawyer"),
        ("I represent a client held in Fleury.\nJohn Smith, solicitor", "lawyer"),
        (
            "Médecin à l'USMP de Fresnes, un patient sans titre doit être opéré.\nDr Roy",
            "prison_health_staff",
        ),
        ("Je suis infirmière en détention à Melun, un patient...", "prison_health_staff"),
        ("Aumônier musulman à Nanterre, je vous écris pour un jeune.\nH. Karim", "chaplain"),
        ("Assistante sociale à l'hôpital d'Évreux, M. X sort de prison demain.", "social_worker"),
        (
            "Je travaille au CHRS Les Glycines, nous accueillons un sortant de "
            "Fresnes.\nLéa, éducatrice",
            "social_worker",
        ),
        (
            "Je prépare un documentaire sur les étrangers en prison pour France 3.",
            "press_or_research",
        ),
        (
            "Bureau de l'éloignement, préfecture du Nord. Merci de nous indiquer "
            "l'adresse de M. X.",
            "administration",
        ),
        (
            "Le greffe de la maison d'arrêt de Blois vous informe qu'un détenu "
            "souhaite un recours.",
            "prison_staff",
        ),
        (
            "Je suis enseignante à la prison de Muret, un élève me demande pour son titre.",
            "prison_staff",
        ),
        (
            "J'enseigne le français à la maison d'arrêt de Nice, un élève n'a pas de titre.",
            "prison_staff",
        ),
        ("I teach maths in prison in Nice, one of my pupils has no card.", "prison_staff"),
        (
            "Retraité, ancien collègue de Tomasz Nowak, je lui rends visite chaque mois à Muret.",
            "relative",
        ),
        ("Vieil ami de Karim Saïdi, je le visite depuis deux ans à Muret.", "relative"),
        ("Bonjour mon mari est a la prison de Fresnes il a recu une oqtf", "relative"),
        ("Je suis la mère d'un détenu à Villepinte", "relative"),
        ("Mi primo está preso en Fresnes, recibió un papel", "relative"),
        ("Meu marido está preso em Fresnes", "relative"),
        ("My dad is in Fleury prison and has no papers", "relative"),
        ("Soțul meu este în închisoare la Nisa", "relative"),
        ("Мой сын сидит в тюрьме во Франции", "relative"),
        ("ابني في السجن في فرنسا", "relative"),
        ("Burri im është në burg në Lille", "relative"),
        ("Kocam cezaevinde, OQTF verdiler", "relative"),
        ("mon beau frère é en prizon a douai", "relative"),
        (
            "Je suis la voisine d'un monsieur âgé incarcéré à Caen, il n'a personne d'autre",
            "relative",
        ),
        ("le papa de mes enfants est incarcéré à Corbas", "relative"),
        ("mon ex est en prison à Rennes, il veut reconnaître notre fille", "relative"),
        ("Mio fratello è in carcere a Nizza", "relative"),
        ("mijn broer zit in de gevangenis van Lille", "relative"),
        ("mein Mann sitzt im Gefängnis in Straßburg", "relative"),
        (
            "Je suis sorti de Fresnes la semaine dernière et je n'ai plus de papiers",
            "released_person",
        ),
        ("I was released from Fleury last month, I need help with my card", "released_person"),
        ("Salí de la cárcel en mayo y no tengo papeles", "released_person"),
        ("J'ai un bracelet électronique depuis mars et ma carte expire", "supervised_person"),
        ("je suis en semi liberté à Gagny et je veux renouveler", "supervised_person"),
        ("je suis en sursis probatoire, mon juge veut un titre de séjour", "supervised_person"),
        ("Je suis au CRA de Lyon depuis hier", "retained_person"),
        ("Étudiante en droit, je fais un mémoire sur l'ITF", "press_or_research"),
        ("Je suis le patron de M. Sow, je veux l'embaucher à sa sortie de prison", "relative"),
        (
            "Bonsoir, c'est au sujet de mon neveu qui est détenu à Nice, que lui envoyer ?",
            "relative",
        ),
        ("Buenas, soy la hermana de Carlos Mejía, preso en Niza.", "relative"),
        ("Soy cuñada de un interno de Fleury.", "relative"),
        ("Sou a mãe do Tiago, que está preso em Nice.", "relative"),
        ("Jam motra e Arbenit, ai është në burg në Nisë.", "relative"),
        ("Sunt sora lui Ionuț, el e închis la Nisa.", "relative"),
        ("Ya zhena Akhmadova, on sidit v tyurme v Nitstse.", "relative"),
        ("Moy muzh sidit v tyurme v Nitstse.", "relative"),
        ("khouya f lhabs f Nice, ma 3andouch lwra9", "relative"),
        ("rajli f lhabs, kifach nzourou?", "relative"),
        ("My stepson is locked up in Nice and has no papers.", "relative"),
        ("Je vous écris pour le père de mon bébé, il est à la maison d'arrêt de Nice.", "relative"),
        ("Nous sommes ses beaux-parents, il est incarcéré à Nice.", "relative"),
        (
            "J'héberge un ami qui vient d'être écroué à Nice, puis-je lui apporter ses papiers ?",
            "relative",
        ),
        ("Je suis son employeur, il est en prison à Nice et j'ai besoin de son titre.", "relative"),
        ("mon daron é incarséré a nice il a recu un papié", "relative"),
        (
            "Chef de détention au CP de Nice, un détenu me demande comment vous joindre.",
            "prison_staff",
        ),
        (
            "Responsable local de l'enseignement, je vous écris pour un élève sans titre.",
            "prison_staff",
        ),
        ("Psychologue au SMPR de Nice, je suis un patient sous OQTF.", "prison_health_staff"),
        (
            "Cadre de santé à l'USMP, je vous écris pour un patient sans titre.",
            "prison_health_staff",
        ),
        ("Je suis la nouvelle conseillère d'insertion de M. Diop, au SPIP de Nice.", "cpip"),
        (
            "En tant que DPIP à Nice, je voudrais savoir si un détenu peut renouveler son titre.",
            "cpip",
        ),
        ("J'interviens au soutien des intérêts de M. Diop, détenu à Nice.", "lawyer"),
        (
            "Avocate commise d'office, je dois déposer un recours pour un client détenu à Nice.",
            "lawyer",
        ),
        ("Je suis l'aumônier protestant de la prison de Nice.", "chaplain"),
        ("Imam à la maison d'arrêt de Nice, je rencontre un fidèle sans papiers.", "chaplain"),
        (
            "Je correspond par lettres avec un détenu de Nice, via le Courrier de Bovet.",
            "prison_justice_volunteer",
        ),
        (
            "Bénévole à l'accueil des familles de Nice, une dame m'a parlé de son mari.",
            "prison_justice_volunteer",
        ),
        ("Visiteur ANVP à Nice, je vois un monsieur géorgien.", "prison_justice_volunteer"),
        ("Éducatrice PJJ, je suis un jeune incarcéré à Nice.", "social_worker"),
        ("Travailleur social en CHRS, nous attendons un sortant de prison.", "social_worker"),
        ("Juriste au Point d'accès au droit de Nice, une dame m'interroge.", "other_association"),
        ("Bénévole à la Ligue des droits de l'homme, je suis un dossier.", "other_association"),
        (
            "Consulat du Mali à Lyon : nous souhaitons connaître l'adresse de notre ressortissant.",
            "administration",
        ),
        ("Je prépare un podcast sur les prisons et cherche des témoins.", "press_or_research"),
        (
            "Étudiant en master, je fais un mémoire sur l'expulsion des étrangers.",
            "press_or_research",
        ),
        ("Je viens de sortir de la maison d'arrêt de Nice, j'ai rien.", "released_person"),
        ("Ya vyshel iz tyurmy v ponedelnik, gde zhit?", "released_person"),
        ("khrejt mn lhabs lbare7, fin nmchi?", "released_person"),
        ("I came out of prison last week and have no address.", "released_person"),
        ("On m'a mis un bracelet, puis-je aller à la préfecture ?", "supervised_person"),
        ("Je fais un TIG et ma carte expire.", "supervised_person"),
        ("Je suis en libération conditionnelle depuis avril.", "supervised_person"),
        ("Salí en libertad condicional en mayo, ¿qué hago?", "supervised_person"),
        ("On m'a transféré de la prison au CRA de Nice hier.", "retained_person"),
        ("Je vous appelle du local de rétention.", "retained_person"),
        (
            "Je suis détenu à Nice. Mon frère est venu au parloir, il demande pour ma carte.",
            "detained_person",
        ),
        ("Je suis en prison à Nice et la psychologue me dit de vous écrire.", "detained_person"),
        ("Mon mari est à la maison d'arrêt de Nice, son avocate ne répond pas.", "relative"),
        ("Capitaine Durand, gendarmerie de Nice, merci de dire si X est suivi.", "administration"),
        ("Je suis consul du Sénégal, je souhaite voir un détenu.", "administration"),
        ("Étudiante en master de droit, je cherche des chiffres.", "press_or_research"),
        ("Mon frère, étudiant en droit, est détenu à Nice.", "relative"),
        ("J'écris pour mon parrain, il est à la prison de Nice.", "relative"),
        (
            "Coordinateur salarié d'Entraide Nice, accueil de jour, je cherche une formation.",
            "other_association",
        ),
        ("Ma mère visite mon frère détenu à Nice, elle n'a pas de papiers.", "relative"),
    ],
)
def test_who_writes_is_told_by_the_trade_the_tie_or_the_measure(words, kind):
    assert read(mail(words)).facts.requester_kind.value == kind


def triggers(found: Normalised) -> set[tuple[DeadlineKind, str | None]]:
    return {(d.kind, d.trigger_on) for d in found.facts.deadlines}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (
            "2 juin : la préfecture m'écrit. Ma carte, c'est fini, ils l'ont retirée.",
            D.REFUSAL_APPEAL,
        ),
        ("Ils ont dit non pour ma carte, j'ai le papier depuis le 2 juin.", D.REFUSAL_APPEAL),
        ("Réponse de la préfecture le 2 juin : négative. Pas de carte.", D.REFUSAL_APPEAL),
        ("ils mon refuser la carte, jai signer le papié le 2 juin", D.REFUSAL_APPEAL),
        ("On ne me renouvelle pas ma carte, j'ai reçu la lettre le 2 juin.", D.REFUSAL_APPEAL),
        ("They said no for my card, paper of the 2 June.", D.REFUSAL_APPEAL),
        ("Me quitaron la tarjeta de residencia, firmé el 2 de junio.", D.REFUSAL_APPEAL),
        ("Recusaram o meu título, assinei a carta no dia 2 de junho.", D.REFUSAL_APPEAL),
        ("Mi hanno ritirato la carta di soggiorno, ho firmato il 2 giugno.", D.REFUSAL_APPEAL),
        ("Prefectura mi-a refuzat permisul, am primit hârtia pe 2 iunie.", D.REFUSAL_APPEAL),
        ("Префектура отказала мне в карте, бумагу вручили 2 июня.", D.REFUSAL_APPEAL),
        ("رفضت المحافظة تجديد بطاقة الإقامة، استلمت الرسالة يوم 2 يونيو.", D.REFUSAL_APPEAL),
        ("Le papier NON de l'OFPRA, signé le 2 juin.", D.CNDA_APPEAL),
        ("L'OFPRA m'a enlevé ma protection, lettre signée le 2 juin.", D.CNDA_APPEAL),
        ("OFPRA no. I sign the letter 2 June.", D.CNDA_APPEAL),
        ("ОФПРА сказала нет, письмо подписал 2 июня.", D.CNDA_APPEAL),
        ("OFPRA hayır dedi, kağıdı 2 haziran imzaladım.", D.CNDA_APPEAL),
        ("OFPRA otkazala mne v ubezhishche, pismo 2 iyunya.", D.CNDA_APPEAL),
        ("Prefektura otkazala mne v kartu, bumagu poluchil 2 iyunya.", D.REFUSAL_APPEAL),
        ("On m'a dit de rentrer chez moi, papier signé le 2 juin.", D.OQTF_APPEAL),
        ("El papel para irme de Francia lo firmé el 2 de junio.", D.OQTF_APPEAL),
        ("OQTF en poche depuis le 2 juin.", D.OQTF_APPEAL),
        ("Le ministre a signé mon expulsion, je l'ai reçue le 2 juin.", D.EXPULSION_APPEAL),
        ("Dublin Croatie, signé le 2 juin.", D.DUBLIN_APPEAL),
        ("2 juin : tribunal. 8 mois ferme, interdiction du territoire 5 ans.", D.CRIMINAL_APPEAL),
        ("Comparution immédiate le 2 juin, 10 mois plus ITF.", D.CRIMINAL_APPEAL),
        ("Le juge d'application m'a dit non le 2 juin pour la conditionnelle.", D.JAP_APPEAL),
        ("Dublin : ils me renvoient en Italie, papier signé le 2 juin.", D.DUBLIN_APPEAL),
        ("Le délai pour la CNDA c'est un mois, décision du 2 juin.", D.CNDA_APPEAL),
    ],
)
def test_a_decision_told_by_what_it_did_runs_from_the_day_beside_it(words, kind):
    assert triggers(letter(words)) == {(kind, "2026-06-02")}


@pytest.mark.parametrize(
    "words",
    [
        "Le 2 juin j'ai demandé ma carte. On m'a dit non au guichet pour ma carte bancaire.",
        "J'ai peur qu'on me retire ma carte, j'ai vu le juge le 2 juin.",
        "La préfecture envisage de me retirer ma carte, lettre reçue le 2 juin.",
        "Ma carte est prête, je dois aller la retirer, j'ai reçu le SMS le 2 juin.",
        "Bonne nouvelle du 2 juin : annulation totale, OQTF et le reste.",
        "L'OFPRA a dit oui le 2 juin.",
    ],
)
def test_what_is_feared_meant_or_won_starts_no_clock(words):
    assert letter(words).facts.deadlines == ()


def test_the_hour_of_signing_may_stand_apart_from_the_day():
    found = letter(
        "Lundi 8 juin je vais à la préfecture pour mon récépissé, je ressors avec deux papiers : "
        "une OQTF et une assignation à résidence, il était 14h quand j'ai signé."
    )
    assert triggers(found) == {
        (D.OQTF_APPEAL, "2026-06-08T14:00"),
        (D.HOUSE_ARREST_APPEAL, "2026-06-08T14:00"),
    }


@pytest.mark.parametrize(
    "words",
    [
        "JLD demain matin.",
        "Je passe le 16 juin devant la cour d'appel de Limoges.",
        "Demain je passe devant la chambre de l'instruction.",
        "J'ai reçu une convocation pour le tribunal. C'est le 24 juin à 9 h.",
        "Convocation à l'OFPRA pour un entretien. Qui m'emmène ? Ce sera le mercredi 17 juin.",
        "Demain jeudi je passe devant le juge.",
        "J'ai une audience le mois prochain, je ne sais pas le jour.",
        "I have court next month.",
        "Il est convoqué devant la commission d'expulsion du 22 juin à Melun.",
        "COMEX du 22 juin : quelle protection invoquer ?",
        "Lundi 22 juin il a audience avec la juge pour le bracelet.",
        "Le 22 juin elle comparaît au tribunal.",
        "Le 22 juin c'est la commission d'expulsion.",
        "On Monday 22 June he has a hearing with the judge.",
        "El lunes 22 de junio tiene audiencia con la jueza.",
        "Na segunda 22 de junho ele tem audiência com a juíza.",
        "Lunedì 22 giugno ha l'udienza dal giudice.",
    ],
)
def test_a_hearing_named_by_its_judge_is_one(words):
    assert D.HEARING in kinds(letter(words))


@pytest.mark.parametrize(
    "words",
    [
        "Deuxième lettre. Dans la première, de février, je demandais une adresse. Silence radio.",
        "C'est ma deuxième lettre, toujours rien depuis février.",
        "Je vous ai écrit en janvier, toujours rien.",
        "Vous n'avez pas répondu à ma lettre du 3 février.",
        "Personne ne m'a répondu chez vous.",
        "Ma lettre du 3 février est restée sans réponse.",
        "Je vous écris pour la deuxième fois.",
        "je vou é ecri le moi dernié pa de reponse",
        "Peut-être que ma lettre s'est perdue ? Je la refais.",
        "You did not answer my letter.",
        "This is my second letter, I wrote in February.",
        "Ustedes no me han contestado. Escribí en febrero.",
        "É a minha segunda carta, não responderam.",
        "È la mia seconda lettera, non mi avete risposto.",
        "Este a doua scrisoare, nu mi-ați răspuns.",
        "Это моё второе письмо, вы не ответили.",
        "لم تردوا على رسالتي",
        "Bu ikinci mektubum, cevap vermediniz.",
        "Kjo është letra ime e dytë, nuk më keni kthyer përgjigje.",
        "Les escribí el 20 de febrero y hasta hoy no tengo respuesta.",
        "No tengo respuesta de ustedes a mi carta de febrero.",
        "¿Recibieron mi carta? Quizás se perdió.",
        "Escrevi-vos em março e até hoje não tenho resposta.",
        "Receberam a minha carta de março?",
        "Avete ricevuto la mia lettera di marzo?",
        "Ați primit scrisoarea mea din martie?",
        "Ju kam shkruar në mars dhe deri sot nuk kam përgjigje.",
        "E keni marrë letrën time të marsit?",
        "Вы получили моё письмо?",
        "Ya pisal vam v marte i do sikh por net otveta.",
        "Ktebtlkom f mars w mazal ma jawbtouni.",
        "je vous é ecri en mars et jé pa eu de repons",
        "Votre réponse se fait attendre, ma lettre date de mars.",
        "Pas de lettre de vous depuis juin, peut-être perdue.",
        "J'ai écrit à vous deux pages en mai. Aucune nouvelle de vous.",
        "Je vous ai envoyé une lettre le mois dernier pour ma carte et j'attends toujours.",
        "C'est juste pour savoir si ma lettre est bien arrivée, je vous ai écrit lundi.",
        "Jamais eu de mot de votre part.",
        "I have no letter from you since May.",
        "Ninguna carta de ustedes desde mayo.",
        "Nessuna lettera da voi da maggio.",
        "Sizden mektup gelmedi.",
        "Ma lettre d'avril, vous l'avez eue ?",
        "Vous m'avez oublié ?",
        "I wrote one month ago, nothing.",
        "Escribí hace un mes y nada.",
    ],
)
def test_a_second_letter_is_a_reminder(words):
    assert letter(words).facts.is_reminder


@pytest.mark.parametrize(
    "words",
    [
        "La préfecture ne m'a pas répondu depuis février, silence radio.",
        "Deuxième lettre à la préfecture, toujours rien.",
        "J'ai écrit à la préfecture il y a deux mois, silence.",
        "C'est la première fois que je vous écris.",
        "Ma femme m'a écrit une deuxième lettre.",
        "I wrote to the prefecture two times, no answer. Can you help?",
        "Merci d'avance de votre réponse.",
        "Merci pour votre lettre, pas la peine de me répondre.",
        "Le escribí a la prefectura en febrero y no tengo respuesta.",
        "Escribí al consulado y hasta hoy nada.",
        "Escrevi à prefeitura em março e não responderam.",
        "Я писал в префектуру в марте, ответа нет.",
        "Pas de lettre de ma mère depuis juin.",
        "J'attends toujours la réponse du consulat.",
        "Une lettre de vous me ferait plaisir.",
        "No letter from my wife since May.",
        "The lawyer I had before does not answer. Can you help me please?",
        "Mi abogado no contesta, ¿pueden ustedes ayudarme?",
        "O meu advogado não respondeu, podem vocês ajudar?",
        "My embassy sent no answer, could you write to them?",
        "Escribí al consulado hace un mes y nada.",
        "I wrote to my lawyer one month ago, nothing.",
        "Mes enfants, vous avez oublié leur nom sur l'acte.",
    ],
)
def test_silence_of_others_is_no_reminder(words):
    assert not letter(words).facts.is_reminder


@pytest.mark.parametrize(
    ("words", "kind", "day"),
    [
        ("Je sors vendredi 26.", D.RELEASE_DATE, "2026-06-26"),
        ("Mon fils termine sa peine le 26 juin.", D.RELEASE_DATE, "2026-06-26"),
        ("La porte s'ouvre le 26 juin.", D.RELEASE_DATE, "2026-06-26"),
        ("Je serai dehors le 26 juin.", D.RELEASE_DATE, "2026-06-26"),
        ("Ya vykhozhu 26 iyunya.", D.RELEASE_DATE, "2026-06-26"),
        ("nkhrej nhar lkhmis", D.RELEASE_DATE, "2026-06-18"),
        ("Ma carte meurt le 26 juin.", D.PERMIT_EXPIRY, "2026-06-26"),
        ("Le 26 juin ma carte n'est plus bonne.", D.PERMIT_EXPIRY, "2026-06-26"),
        ("Mon récépissé va jusqu'au 26 juin.", D.PERMIT_EXPIRY, "2026-06-26"),
        ("On me renvoie le 26 juin.", D.REMOVAL_DATE, "2026-06-26"),
        ("Date limite le 26 juin pour l'attestation.", D.DOCUMENT_DUE, "2026-06-26"),
        ("Le juge a dit que je passe le 26 juin devant le tribunal.", D.HEARING, "2026-06-26"),
        ("Le juge m'a donné rendez-vous vendredi 26.", D.HEARING, "2026-06-26"),
        ("Kartım 26 Haziran'da bitiyor.", D.PERMIT_EXPIRY, "2026-06-26"),
        ("OFPRA interview on 26 June.", D.HEARING, "2026-06-26"),
        ("Tengo la entrevista de la OFPRA el 26 de junio.", D.HEARING, "2026-06-26"),
        ("Le 26 juin on m'expulse.", D.REMOVAL_DATE, "2026-06-26"),
        ("Le 26 juin ils me ramènent au pays.", D.REMOVAL_DATE, "2026-06-26"),
    ],
)
def test_days_to_come_are_told_in_many_ways(words, kind, day):
    assert {(d.kind, str(d.date_on)) for d in letter(words).facts.deadlines} == {(kind, day)}


@pytest.mark.parametrize(
    "words",
    [
        "Ma carte a expiré le 3 avril.",
        "Mon titre s'est terminé le 3 avril.",
        "Ma carte était valable jusqu'au 3 avril.",
        "Ma carte est périmée depuis le 3 avril.",
        "My card expired on 3 April.",
        "My permit ran out on the 3rd of April.",
        "Mi tarjeta venció el 3 de abril.",
        "Mi residencia está vencida desde el 3 de abril.",
        "O meu cartão expirou a 3 de abril.",
        "O meu título acabou no dia 3 de abril.",
        "Il mio permesso è scaduto il 3 aprile.",
        "Permisul meu a expirat pe 3 aprilie.",
        "Letra ime skadoi më 3 prill.",
        "Моя карта истекла 3 апреля.",
        "Kartım 3 nisanda doldu.",
    ],
)
def test_a_permit_that_ran_out_did_so_last_time_not_next_year(words):
    found = {(d.kind, str(d.date_on)) for d in letter(words).facts.deadlines}
    assert found == {(D.PERMIT_EXPIRY, "2026-04-03")}


@pytest.mark.parametrize(
    "words",
    [
        "O cartão dele acaba no fim do ano, em dezembro.",
        "La tarjeta vence a finales de año, en diciembre.",
        "My card ends at the end of the year, in December.",
        "Ma carte expire en décembre.",
        "Ma carte est périmée depuis le mois d'août 2025.",
        "Mon titre a expiré depuis septembre 2025.",
    ],
)
def test_an_expiry_of_which_only_the_month_is_known_is_kept_without_a_day(words):
    assert [(d.kind, d.date_on) for d in letter(words).facts.deadlines] == [(D.PERMIT_EXPIRY, None)]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Ma carte expire le 3 avril.", "2027-04-03"),
        ("Mi tarjeta vence el 3 de abril.", "2027-04-03"),
        ("My card expires on 3 April.", "2027-04-03"),
    ],
)
def test_a_permit_that_runs_out_does_so_next_time(words, day):
    assert {str(d.date_on) for d in letter(words).facts.deadlines} == {day}


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Le JAP a dit non vendredi.", "2026-06-12"),
        ("Le JAP a refusé ma permission lundi.", "2026-06-08"),
        ("Le juge de l'application des peines a rejeté vendredi ma demande.", "2026-06-12"),
    ],
)
def test_a_judge_who_said_no_on_a_day_of_the_week_did_so_last_week(words, day):
    assert triggers(letter(words)) == {(D.JAP_APPEAL, day)}


@pytest.mark.parametrize(
    "words",
    [
        "Je sors de QD le 26 juin.",
        "Je sors en permission le 26 juin.",
        "Ma femme sort de l'hôpital le 26 juin.",
        "Je devais sortir aujourd'hui et on m'a gardé.",
        "I was supposed to be released today.",
    ],
)
def test_out_of_a_ward_or_for_a_day_is_no_release(words):
    assert D.RELEASE_DATE not in kinds(letter(words))


def test_a_count_of_days_left_is_no_day_of_notification():
    found = letter("J'ai plus que trois jours pour l'OQTF, signée le 9 juin.")
    assert triggers(found) == {(D.OQTF_APPEAL, "2026-06-09")}


def test_a_refusal_handed_over_with_a_removal_has_one_clock_of_the_two():
    found = letter("09/06 : notification refus de séjour + OQTF. 12/06 : entretien SPIP.")
    assert triggers(found) == {(D.OQTF_APPEAL, "2026-06-09")}


def test_a_refusal_without_a_removal_keeps_its_own():
    found = letter("la pref a refusé mon titre, signé le 9 juin au greffe, ya pas doqtf avec")
    assert triggers(found) == {(D.REFUSAL_APPEAL, "2026-06-09")}


@pytest.mark.parametrize(
    "words",
    [
        "J'ai une audience la semaine prochaine.",
        "Je passe devant le JAP cette semaine, je ne sais pas quel jour.",
        "La semaine prochaine je suis convoqué au tribunal.",
        "I go to court next week.",
        "Tengo audiencia la próxima semana.",
        "Tenho julgamento na próxima semana.",
        "Ho udienza la settimana prossima.",
    ],
)
def test_a_hearing_of_the_next_days_is_pressing_though_its_day_is_unknown(words):
    found = letter(words)
    assert D.HEARING in kinds(found)
    assert found.facts.urgency in PRESSING


@pytest.mark.parametrize(
    "words",
    [
        "Je demande une audience le mois prochain.",
        "J'espère passer devant le JAP bientôt.",
        "Ma mère vient la semaine prochaine au parloir.",
        "Je passe en cuisine le mois prochain.",
    ],
)
def test_a_hearing_that_is_hoped_for_is_none(words):
    assert D.HEARING not in kinds(letter(words))


def test_the_weekday_beside_yesterday_is_that_day():
    found = letter("Hier dimanche le juge d'application des peines a refusé ma permission.")
    assert triggers(found) == {(D.JAP_APPEAL, "2026-06-14")}


def test_a_signed_consent_is_no_notification():
    found = letter("Accord de la personne : oui, signé le 10 juin. Refus de l'OFPRA en 2021.")
    assert found.facts.deadlines == ()


def test_a_release_day_that_no_calendar_has_is_left_to_a_person():
    raw = (
        "POST /v1/requests HTTP/1.1\nIdempotency-Key: k-77\nContent-Type: application/json\n\n"
        '{"partner":"relais","sent_at":"2026-02-03T08:15:00+01:00","ref":"7",'
        '"author":{"name":"W. Roux","role":"bénévole, accueil des familles"},'
        '"person":{"last":"TARI","first":"Noé"},"asks":["passeport périmé"],'
        '"detention":{"place":"MA Nice","release":"2026-02-30"}}'
    )
    found = read(Incoming(channel=Channel.API, raw=raw))
    assert [(d.kind, d.date_on) for d in found.facts.deadlines] == [(D.RELEASE_DATE, None)]


def test_a_scribes_own_release_is_not_the_persons():
    found = letter(
        "Je tiens la plume pour mon voisin de cellule, M. Sivan Akdogan, qui ne sait pas écrire. "
        "Sa carte finit le 2 octobre 2026. Pour ma part je suis libérable mardi prochain."
    )
    assert D.RELEASE_DATE not in kinds(found)
    assert found.people.person_family == "Akdogan"


def test_who_was_sent_by_a_cellmate_writes_for_themselves():
    found = letter(
        "C'est mon codétenu Rachid Meziane qui m'a conseillé de vous écrire. "
        "Moi c'est pas pareil, j'ai une ITF."
    )
    assert found.facts.requester_kind is RequesterKind.DETAINED_PERSON


@pytest.mark.parametrize(
    ("words", "minor"),
    [
        ("J'ai 15 ans et mon père est en prison à Nice, je fais les papiers de la famille.", False),
        ("I am 16 and my father is in prison in Nice.", False),
        ("Mon fils est en prison à Nice, il a 15 ans.", True),
        ("Mon frère de 16 ans est en prison à Nice avec des adultes.", True),
    ],
)
def test_the_age_of_who_writes_for_somebody_tells_nothing_of_who_is_held(words, minor):
    found = read(mail(words, "Nour E. <nour@boite.example>"))
    assert (S.MINOR in found.facts.special_situations) is minor


def test_a_journalist_is_no_case_that_the_press_follows():
    words = "Journaliste au Veilleur, je prépare un dossier sur les titres en prison."
    found = read(mail(words, "A. Grange <a@boite.example>"))
    assert found.facts.special_situations == ()


@pytest.mark.parametrize(
    "words",
    [
        "Arrêté d'expulsion notifié le 9 juin 2021. J'étais depuis assigné à résidence à Saintes.",
        "Expulsion order notified on 9 June 2021. I was under house arrest and signed every day.",
    ],
)
def test_a_house_arrest_that_is_over_takes_no_other_decisions_day(words):
    found = letter(words).facts
    assert D.HOUSE_ARREST_APPEAL not in {d.kind for d in found.deadlines}
    assert "house_arrest" not in {t.value for t in found.topics}


@pytest.mark.parametrize(
    "words",
    [
        "J'ai été assigné à résidence, arrêté signé le 2 juin.",
        "J'étais assigné à résidence, c'est renouvelé, nouvel arrêté signé le 2 juin.",
    ],
)
def test_a_house_arrest_just_notified_keeps_its_clock(words):
    found = letter(words)
    assert (D.HOUSE_ARREST_APPEAL, "2026-06-02") in triggers(found)


@pytest.mark.parametrize(
    "words",
    [
        "OFPRA a dit non le 2 juin. je peu pas rentré la ba il von me tué",
        "L'asile est refusé. Si je retourne au pays ils vont me tuer.",
        "Asylum refused 2 June. If I go back home they will kill me.",
    ],
)
def test_what_is_feared_in_the_country_fled_is_no_violence_of_here(words):
    assert SpecialSituation.VIOLENCE_OR_THREAT not in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Je veux pas retourner là-bas au bâtiment C, ils vont me tuer.",
        "J'ai demandé l'asile. Ici des détenus disent qu'ils vont me tuer.",
        "OFPRA a dit non. Je peux pas retourner là-bas dans la cour, ils vont me tuer.",
        "I asked for asylum. The boys of my wing... I can't go back there, they will kill me.",
        "L'OFPRA a dit non. Hier deux hommes m'ont frappé, ils vont me tuer.",
    ],
)
def test_what_is_feared_in_the_prison_is_a_threat_though_asylum_is_asked(words):
    assert SpecialSituation.VIOLENCE_OR_THREAT in letter(words).facts.special_situations


@pytest.mark.parametrize(
    ("words", "expects"),
    [
        (
            "Mon mari est détenu à Nice. Je suis enceinte de six mois, peut-il le reconnaître ?",
            False,
        ),
        ("My husband is in prison in Nice. I am seven months pregnant, can he marry me?", False),
        ("O meu marido está preso em Nice. Eu estou grávida de sete meses.", False),
        ("Mi marido está preso en Niza. Estoy embarazada, ¿puede reconocer al bebé?", False),
        ("Ma sœur est détenue à Nice, elle est enceinte de six mois.", True),
        ("Je suis la mère de Léa, enceinte de six mois et détenue à Nice.", True),
        ("J'ai ma sœur enceinte à la prison de Nice.", True),
        ("My sister is in prison in Nice, she is pregnant.", True),
    ],
)
def test_a_relative_with_child_tells_nothing_of_who_is_held(words, expects):
    found = read(mail(words)).facts.special_situations
    assert (SpecialSituation.PREGNANT_OR_WITH_CHILD in found) is expects


@pytest.mark.parametrize(
    ("words", "given", "family"),
    [
        ("Mon codétenu est malade. Il s'appelle Bakary KONATÉ, écrou 9 013.", "Bakary", "Konaté"),
        ("I write for my cell mate. His name is Bakary Konaté, number 9 013.", "Bakary", "Konaté"),
        (
            "Escribo por un compañero de celda, no sabe leer. Se llama Bakary Konaté.",
            "Bakary",
            "Konaté",
        ),
    ],
)
def test_who_is_spoken_of_is_named_by_who_writes(words, given, family):
    people = read(mail(words + "\nPaul Durand", "Paul Durand <pd@poste.example>")).people
    assert (people.person_given, people.person_family) == (given, family)


@pytest.mark.parametrize("trade", ["Coordinatrice", "Directeur", "Juriste", "Présidente"])
def test_a_sender_who_signs_for_a_body_is_not_the_person_concerned(trade):
    text = f"Bonjour, proposez-vous une journée de formation ?\nDelphine Cauchy\n{trade}"
    people = read(mail(text, "PAD du Bassin <c@pad-bassin.example>")).people
    assert (people.person_given, people.person_family) == (None, None)


@pytest.mark.parametrize(
    "words",
    [
        "Joi vine poliția și îl duce la avion.",
        "Të enjten e çojnë në aeroport.",
        "Policia vjen të premten dhe e merr për në Tiranë.",
        "El jueves me suben a un avión para Bogotá.",
        "La policía va a llevarlo al aeropuerto el martes.",
        "Na quinta-feira levam-no ao aeroporto.",
        "Na sexta vem a polícia buscar o meu marido para o avião.",
        "Giovedì lo portano all'aereo per Tunisi.",
        "Venerdì viene la polizia a prenderlo.",
        "They will put him on a plane on Thursday.",
        "On Monday the police will come to take him away.",
        "Perşembe günü onu uçağa bindirecekler.",
        "Polis perşembe günü kocamı alacak.",
        "В четверг его повезут в аэропорт.",
        "В пятницу за ним придёт конвой, посадят в самолёт.",
        "V chetverg ego povezut v aeroport.",
        "Zavtra menya posadyat na samolet.",
        "سيأخذونه إلى المطار يوم الخميس",
        "يوم الجمعة سيضعونه في الطائرة",
        "nhar lkhmis ghadi yddiwni l lmatar",
        "ხუთშაბათს აეროპორტში წაიყვანენ.",
        "Jeudi les gendarmes vont l'emmener au bateau pour Alger.",
        "Mercredi matin, la PAF l'emmène à Roissy.",
        "Mâine dimineață îl duc la aeroport, bagajele sunt făcute.",
        "Jandarmii vin marți și ne iau la avion.",
        "Nesër në mëngjes vijnë dhe e marrin për në aeroport.",
        "El viernes lo meten en un vuelo a Argel.",
        "Amanhã vão pôr o meu irmão num avião para Cabo Verde.",
        "Martedì lo imbarcano sul traghetto per Tunisi.",
        "My husband is being flown back to Lagos on Friday.",
        "Immigration officers are picking him up on Wednesday to deport him.",
        "Завтра утром его сажают на рейс до Тбилиси.",
        "Poslezavtra ego vezut v konsulstvo.",
        "غدا صباحا ينقلونه إلى المطار",
        "On m'emmène au consulat de Guinée mercredi pour me reconnaître.",
        "Ils viennent me chercher jeudi à 4 heures pour l'avion de Tunis.",
        "L'escorte passe samedi, billet pour Oran.",
        "Ils vont le mettre dans l'avion vendredi.",
        "La police le conduit au consulat mardi matin.",
        "police venir jeudi prendre moi avion Tbilissi",
        "moi avion vendredi, police dire",
        "lundi police dafa yobbu mon mari aéroport",
    ],
)
def test_who_is_to_be_put_on_board_on_a_day_leaves_on_that_day(words):
    found = letter(words)
    assert Topic.REMOVAL_IN_PROGRESS in found.facts.topics
    assert found.facts.urgency in PRESSING
    assert D.REMOVAL_DATE in kinds(found)


@pytest.mark.parametrize(
    "words",
    [
        "La police est venue faire une perquisition chez ma mère jeudi.",
        "La police voulait me mettre dans l'avion jeudi, j'ai refusé.",
        "Ma mère prend l'avion jeudi pour les vacances.",
        "J'ai été condamné jeudi pour un vol.",
        "Mi hermano viene en avión el jueves de vacaciones.",
        "Konsolosluk doğum belgemi göndermiyor.",
        "They put my parcel on the plane on Thursday.",
    ],
)
def test_police_and_planes_that_take_nobody_away_are_no_departure(words):
    assert D.REMOVAL_DATE not in kinds(letter(words))


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (
            "c'est la sœur de Mehdi Zerrouki, aux Baumettes. Il m'a appelée.",
            "cp-marseille-baumettes",
        ),
        ("mon cousin est aux Baumettes depuis un mois.", "cp-marseille-baumettes"),
        ("mon mari est à la Santé depuis mars.", "cp-paris-la-sante"),
        ("mon fils est à Fleury, il a eu une OQTF.", "ma-fleury-merogis"),
        ("c'est la femme de Karim Belaid, à Bois d'Arcy.", "ma-bois-d-arcy"),
        ("je suis la mère de Tarek Amrani à Villepinte.", "ma-villepinte"),
        ("mon frère il est à Sequedin, il voudrait vous voir.", "cp-lille-loos-sequedin"),
        ("mon mari est à Luynes, rappelez-moi.", "cp-aix-luynes"),
        ("c'est le père de Yanis, au Gasquinoy.", "cp-beziers"),
        ("ma femme est à la santé fragile.", None),
        ("j'habite à Villepinte, rappelez-moi.", None),
        (
            "je suis la mère de Tarek, né en 2003, qui est à seysses depuis mai.",
            "cp-toulouse-seysses",
        ),
        ("je sui a corbas au troisième étage.", "ma-lyon-corbas"),
        ("je suis né à Corbas.", None),
        ("je suis à Gradignan, mon mari est à Fleury.", "ma-fleury-merogis"),
    ],
)
def test_a_caller_names_a_prison_by_the_name_it_goes_by(words, place):
    raw = (
        "MESSAGE VOCAL — reçu jeudi 12 mars 2026 à 21:44, durée 0:39, "
        "numéro affiché 06 39 98 90 15\n"
        f"[transcription automatique fr, relue]\nOui bonsoir, {words}\n"
    )
    assert read(Incoming(channel=Channel.PHONE, raw=raw)).facts.establishment == place


@pytest.mark.parametrize(
    ("words", "airport"),
    [
        ("They keep my brother in the waiting zone, ZAPI 3, at Roissy.", "Roissy"),
        ("Mi hermano está en la zona de espera de Orly.", "Orly"),
        ("Mon mari est en zone d'attente depuis hier.", None),
    ],
)
def test_a_waiting_zone_is_told_by_its_airport(words, airport):
    place = letter(words).facts.retention_place
    assert (place.kind, place.name) == ("za", airport)


def test_a_letter_in_romanian_that_names_french_towns_is_in_romanian():
    words = (
        "Soțul meu este la închisoarea din Aiton. Mi-a zis că joi 12 martie vine poliția și îl "
        "duce direct la avion la Lyon, pentru București. Nu știu ce hârtie a primit."
    )
    assert letter(words).facts.language == "ro"


def test_a_lawyer_who_is_called_so_is_not_the_person_concerned():
    words = "J'écris pour Karim BENALI, à Nice. Il a un avocat, il s'appelle Paul Durand."
    people = read(mail(words, "Anne Roy <ar@poste.example>")).people
    assert people.person_family == "Benali"


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("Soy Yamileth, la esposa de Rolando Huamán, preso en Réau.", "spouse_partner"),
        ("This is Mary, the wife of Ali Traoré, he is in Fresnes.", "spouse_partner"),
        ("Sou a Luciana, a mãe do Everton Prates, preso em Réau.", "parent"),
        ("Sono Anna, la sorella di Marco Rossi, detenuto a Réau.", "sibling"),
        ("Soy Juan, hermano de Pedro Gomez, preso en Fresnes.", "sibling"),
        ("C'est Karim, le cousin de Sofiane Belkacem, à Fresnes.", "other_family"),
        ("Sunt Mihaela, soția lui Marius Stanciu, închis la Fresnes.", "spouse_partner"),
        ("I'm Sam, a friend of Ali Traoré, detained in Fresnes.", "friend"),
        ("C'est Karim, je suis à Fresnes, cellule 212.", "not_stated"),
        ("Je suis sorti lundi, je suis hébergé chez un ami à Chartres.", "self"),
    ],
)
def test_a_caller_says_who_they_are_to_whom(words, relation):
    raw = (
        "MESSAGE VOCAL — reçu jeudi 12 mars 2026 à 21:44, durée 0:39, "
        f"numéro affiché 06 39 98 90 15\n[transcription automatique, relue]\n{words}\n"
    )
    assert read(Incoming(channel=Channel.PHONE, raw=raw)).facts.relation == relation


@pytest.mark.parametrize(
    ("back", "held"),
    [
        ("María ROJAS 148 221 Baumettes femmes, nurserie", True),
        ("Rojas María, Fleury MAF, quartier mères-enfants", True),
        ("ROJAS M. 148 221 MAF Fleury unité mère enfant", True),
        ("María ROJAS 148 221 Baumettes femmes", False),
        ("Rojas María, 4 rue de la Nurserie, Lyon", False),
    ],
)
def test_the_place_of_mothers_on_an_envelope_is_told(back, held):
    raw = (
        f"[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 15-06-2026 | au dos : {back}\n"
        "[TRANSCRIPTION]\nBuenos días, quiero saber cómo pedir un título. Gracias\n"
    )
    found = read(Incoming(channel=Channel.LETTER, raw=raw)).facts.special_situations
    assert (S.PREGNANT_OR_WITH_CHILD in found) is held
