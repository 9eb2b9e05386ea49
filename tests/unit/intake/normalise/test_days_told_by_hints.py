"""Days of a removal, hearing or release told by what surrounds them, and their look-alikes."""

from __future__ import annotations

from datetime import date

import pytest

from services.intake.domain.normalise.model import Normalised
from shared.contracts.vocabulary import DeadlineKind, Topic, Urgency
from tests.support.normalising import letter

D = DeadlineKind


def kinds(found: Normalised) -> set[DeadlineKind]:
    return {d.kind for d in found.facts.deadlines}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            D.REMOVAL_DATE,
            (
                "Le gradé m'a dit de plier mes draps, samedi on m'emmène à l'aéroport avec "
                "trois agents et le soir je dors à Bamako."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mon mari appelle, il dit que vendredi à 4h ils le réveillent, ses affaires "
                "sont déjà sous scellés, et sa mère l'attend à Dakar."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "They said no more canteen for you, on Thursday the border people are "
                "picking you up at 5am, tell your family in Accra."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mi hijo dice que el jueves lo suben con dos policías, uno a cada lado, y "
                "que a las seis de la tarde está en Bogotá."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "O meu irmão já entregou a manta, na quinta vão buscar ele de madrugada para "
                "Orly, destino Mindelo."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mio figlio ha ridato le lenzuola, venerdì all'alba lo portano a Fiumicino "
                "con la scorta, poi Tirana."
            ),
        ),
        (
            D.REMOVAL_DATE,
            "Joi dimineața la 4 mă iau doi jandarmi, bagajul e făcut, la prânz sunt la Chișinău.",
        ),
        (
            D.REMOVAL_DATE,
            "Të premten më marrin dy policë, në mbrëmje jam në Tiranë, gruaja nuk di gjë.",
        ),
        (
            D.REMOVAL_DATE,
            (
                "В пятницу за мной придут, сказали собрать вещи, самолёт на Тбилиси, с двумя "
                "полицейскими."
            ),
        ),
        (D.REMOVAL_DATE, "У суботу мене забирають на світанку, двоє поліцейських, літак до Києва."),
        (
            D.REMOVAL_DATE,
            "نهار السبت يجيو البوليس معايا حتى للمطار، قالولي جمع حوايجك، في الليل نكون في تونس",
        ),
        (
            D.REMOVAL_DATE,
            (
                "Cuma günü sabah beşte iki polis beni havaalanına götürecek, eşyalarımı "
                "topladım, akşam Ankara'dayım."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Am Freitag holen mich zwei Polizisten, meine Sachen packen musste ich "
                "schon, abends bin ich in Belgrad am Flughafen."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "ma ceinture et mé lacé é mon telefone on mé tou rendu, jeudi 5h du mat ils "
                "vienne me prendre, direction Alger"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Le surveillant rigole : la bas tu verras il fait chaud. Mercredi vol de "
                "7h40, rangée 32, et deux messieurs pour me tenir."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "On lui a mis un papier sous la porte : départ samedi Lyon-Saint-Exupéry, "
                "arrivée Erevan 23h, escorte prévue."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "My cellmate gave away his radio and his trainers. He says Saturday morning "
                "immigration officers take him and by night he is in Lagos."
            ),
        ),
        (
            D.HEARING,
            (
                "Un huissier... non le greffier m'a lu un papier, vendredi 26 juin je dois "
                "me présenter devant le juge pour savoir si le préfet a raison de me "
                "renvoyer."
            ),
        ),
        (
            D.HEARING,
            "jeudi matin je passe en visio avec le juge qui dit si je reste enfermé 4 mois de plus",
        ),
        (
            D.HEARING,
            (
                "On Monday they carry me to the court in Melun, three judges will say if "
                "prefecture can deport me."
            ),
        ),
        (
            D.HEARING,
            (
                "El lunes 29 me llevan ante una comisión, una jueza y dos más, por lo de la "
                "expulsión. ¿Qué llevo?"
            ),
        ),
        (
            D.HEARING,
            (
                "Na segunda-feira, dia 29, tenho de ir ao tribunal administrativo, o juiz "
                "vai decidir se a prefeitura pode mandar-me embora."
            ),
        ),
        (
            D.HEARING,
            (
                "Lunedì 22 mi portano davanti al giudice per vedere se resto in custodia "
                "altri quattro mesi."
            ),
        ),
        (
            D.HEARING,
            (
                "Luni 29 iunie mă duc la tribunalul administrativ, judecătorul hotărăște "
                "dacă prefectura are dreptate."
            ),
        ),
        (D.HEARING, "Të hënën më çojnë para tre gjyqtarëve në prefekturë, duan të më dëbojnë."),
        (D.HEARING, "В понедельник меня повезут в суд, судья решит, прав ли префект."),
        (D.HEARING, "نهار الاثنين يدوني قدام القاضي تاع الادارة على جال الترحيل"),
        (
            D.HEARING,
            "Pazartesi beni üç hâkimin karşısına çıkaracaklar, sınır dışı edilmem konuşulacak.",
        ),
        (
            D.HEARING,
            (
                "je doit passé le 30 juin devan 3 personne a la prefecture, il dise que je "
                "sui dangereu pour la france et veule me renvoyé"
            ),
        ),
        (
            D.HEARING,
            (
                "Le bulletin dit : mardi 30 juin à 9 h, salle B, commission départementale, "
                "une magistrate et deux conseillers, « menace grave pour l'ordre public »."
            ),
        ),
        (
            D.HEARING,
            (
                "L'extraction de Monsieur est fixée au 25 juin, 8 h 30 : la chambre de "
                "l'instruction examine la prolongation de sa détention."
            ),
        ),
        (
            D.RELEASE_DATE,
            (
                "Vendredi je passe la grande porte avec mon sac, ma peine est finie, je n'ai "
                "ni papier ni toit."
            ),
        ),
        (
            D.RELEASE_DATE,
            (
                "Plus que 6 gamelles ! Lundi 22 c'est dehors, mon frère m'attend sur le "
                "parking, mais j'ai pas de papiers."
            ),
        ),
        (D.RELEASE_DATE, "El 26 salgo por la puerta, mi hermana me espera, no tengo papeles."),
        (
            D.RELEASE_DATE,
            (
                "Greffe : avec les RPS la date avance, la fiche indique maintenant mardi 23, "
                "Monsieur n'a pas d'hébergement."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Le chef m'a tendu un sac poubelle : tout dedans avant ce soir. Demain à "
                "l'aube le fourgon, puis Marseille, puis la mer pour la dernière fois, "
                "direction Tunis."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "On a pris ses mesures pour une ceinture avec des anneaux. Mardi 23, m'a "
                "soufflé l'infirmière, il aura deux messieurs pour le vol de midi."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Wetin I go do? Dem say pack your load, Thursday night you dey go home, "
                "three men go hold you for inside plane."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Sunday they fly me out. I signed nothing, they put my watch and ring in an "
                "envelope for the pilot."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Me han pesado la maleta, 23 kilos. El viernes a las tres de la mañana me "
                "despiertan y a mediodía estoy en Casablanca."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Ontem tiraram-me as medidas para uma cinta. Sábado às quatro da manhã vêm "
                "dois polícias e acordo em Luanda."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Giovedì notte mi svegliano, mi hanno detto di non ordinare più niente al "
                "carrello, l'indomani mia madre mi aspetta a Tunisi."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mi-au spus să nu mai cumpăr nimic, sâmbătă dimineață vin după mine, mama mă "
                "așteaptă la Chișinău."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Мне вернули часы и ремень, сказали: в воскресенье ночью подъём, утром "
                "будешь дома в Ереване."
            ),
        ),
        (
            D.REMOVAL_DATE,
            ("قالولي سلّم البطانية، ليلة السبت يجيو ياخذوني، الصباح نكون في الجزائر عند أمي"),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Pazar gecesi uyuma dediler, sabaha karşı gelip alacağız, öğlen annenin "
                "yanındasın İzmir'de."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Le greffe a reçu la réquisition : départ de l'établissement jeudi 25 à 4 h "
                "30, embarquement 9 h 10, l'intéressé sera avisé au dernier moment."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Les collègues de la PAF passent prendre M. D. samedi aux aurores, il n'est "
                "pas prévenu ; sa compagne accouche dans une semaine."
            ),
        ),
        (
            D.HEARING,
            (
                "Lundi matin, transfert au palais, menottes. Une dame en robe doit décider "
                "si l'arrêté de la préfète tient debout."
            ),
        ),
        (
            D.HEARING,
            (
                "On m'a glissé un avis : le 29, 10 h, bureau 112, ils seront trois et le "
                "préfet aura son mot à dire sur mes vingt ans ici."
            ),
        ),
        (
            D.HEARING,
            (
                "Il repasse au tribunal vendredi, l'avocat général avait demandé "
                "l'interdiction définitive, on rejuge tout."
            ),
        ),
        (
            D.HEARING,
            (
                "Tomorrow a judge on the TV screen asks me why I must come out before my "
                "trial. My lawyer has not called."
            ),
        ),
        (
            D.HEARING,
            (
                "They gave me paper for 30 June: office of the prefect, three people round a "
                "table, and I must tell them why France should keep me."
            ),
        ),
        (
            D.HEARING,
            (
                "El jueves me conectan por videoconferencia con el juez que decide si sigo "
                "en prisión preventiva."
            ),
        ),
        (
            D.HEARING,
            (
                "Na sexta às 14h o juiz dos papéis, em Versalhes, vai ver o recurso contra o "
                "prefeito."
            ),
        ),
        (
            D.HEARING,
            (
                "Mercoledì prossimo i giudici decidono se la prefettura può espellermi, mi "
                "portano con la camionetta."
            ),
        ),
        (D.HEARING, "Vineri am termen la tribunal pentru hârtia de la prefectură, nu am avocat."),
        (
            D.HEARING,
            ("Завтра в 10 часов по видео судья будет решать, оставлять ли меня под стражей."),
        ),
        (D.HEARING, "غدا الصباح عندي القاضي بالفيديو باش يشوف يخليني في الحبس ولا لا"),
        (D.HEARING, "Salı günü hâkim karşısına çıkıyorum, valiliğin kararına itiraz etmiştim."),
        (
            D.HEARING,
            (
                "samdi non lundi 22 jpasse o tribunal ki juge la préfecture, c pour mon "
                "oqtf, lavoca comi dofice jlé jamé vu"
            ),
        ),
        (
            D.RELEASE_DATE,
            (
                "Dimanche 21 on ouvre la porte et je n'ai nulle part où poser mon sac, ma "
                "peine s'arrête là, sans carte."
            ),
        ),
        (
            D.RELEASE_DATE,
            ("My time finish on Monday, my sister will wait by the gate but I have no papers."),
        ),
        (
            D.RELEASE_DATE,
            (
                "Dernière cantine cette semaine ! mardi 23 je dis salut aux surveillants, "
                "mon cousin vient me chercher, mais chez qui dormir sans papier ?"
            ),
        ),
        (D.RELEASE_DATE, "В среду конец срока, брат встретит у ворот, документов нет."),
    ],
)
def test_a_day_is_known_by_the_hints_around_it(kind, words):
    assert kind in kinds(letter(words))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            D.REMOVAL_DATE,
            (
                "Ma soeur s'envole samedi pour Dakar, vol de 9h, elle reviendra en août. "
                "Peut-elle garder mon permis de visite ?"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "J'ai rêvé que deux policiers m'emmenaient à Roissy, j'étais en sueur. "
                "C'était en 2019, c'est vieux tout ça, maintenant j'ai ma carte."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Jeudi je change d'étage, il faut faire mes affaires et rendre les draps à "
                "7h. Comment faire suivre mon courrier ?"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "My brother flies to Lagos on Saturday for a wedding and comes back after "
                "two weeks. Can he bring my birth certificate?"
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "L'avion du 12 mai a été annulé et depuis le juge a annulé la mesure. Tout "
                "va bien, je voulais vous remercier."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Mercredi on m'emmène à l'hôpital pour une radio, deux policiers avec moi. "
                "Le rendez-vous de votre bénévole tombe ce jour-là."
            ),
        ),
        (
            D.REMOVAL_DATE,
            "Mi madre viaja el sábado a Bogotá, vuelve en agosto. ¿Puede alguien más visitarme?",
        ),
        (
            D.REMOVAL_DATE,
            (
                "Samedi tournoi de foot contre le bâtiment C, l'arbitre est un surveillant. "
                "On s'envole vers la finale !"
            ),
        ),
        (D.HEARING, "Mon frère passe samedi son permis devant trois examinateurs, il est stressé."),
        (
            D.HEARING,
            (
                "Je suis passé devant le juge le 12 mai, il a dit oui, tout est réglé. Je "
                "veux juste une attestation."
            ),
        ),
        (
            D.HEARING,
            "My friend has court on Thursday for his car, not me. I write for a French book.",
        ),
        (
            D.HEARING,
            (
                "Samedi on joue au théâtre de la prison : je fais le juge, mon codétenu le "
                "procureur. Venez !"
            ),
        ),
        (D.HEARING, "Jeudi commission cuisine, je demande plus de riz."),
        (
            D.HEARING,
            (
                "Mon avocat était au tribunal administratif hier pour une autre personne. Il "
                "vient me voir jeudi pour parler du cours."
            ),
        ),
        (D.RELEASE_DATE, "Le nouveau jeu sort vendredi, mon fils ne parle que de ça."),
        (
            D.RELEASE_DATE,
            "Ma mère sort de la clinique jeudi, opération de la hanche, elle va bien.",
        ),
        (D.RELEASE_DATE, "Le nouveau livre de mon codétenu sort le 25 juin."),
        (D.RELEASE_DATE, "J'ai été libéré le 3 mai 2021, tout va bien."),
        (
            D.REMOVAL_DATE,
            (
                "Mon co part samedi en permission, il a déjà fait son sac, il prend le train "
                "de 7h pour Lille."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Ma femme et les enfants partent à Alger le 2 juillet, ils atterrissent à "
                "14h, c'est pour l'Aïd."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Vendredi deux agents de la PAF viennent faire une conférence à l'école de "
                "la prison sur les métiers de la police."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "Samedi mon oncle enterre ma grand-mère à Bamako, je ne pourrai pas être là, "
                "embrassez la famille."
            ),
        ),
        (
            D.REMOVAL_DATE,
            (
                "My uncle is a pilot, Saturday he lands in Lagos and goes home. I write to "
                "ask for a dictionary."
            ),
        ),
        (D.HEARING, "Jeudi je passe devant le jury du DAEU, trois profs, j'ai révisé l'histoire."),
        (
            D.HEARING,
            (
                "Ma fille est convoquée vendredi au tribunal comme témoin, pour une clôture "
                "de jardin, elle est fière."
            ),
        ),
        (D.HEARING, "Le juge de touche s'est trompé samedi, on a perdu."),
        (
            D.HEARING,
            (
                "Je visite le palais de justice vendredi avec mon école d'avocats, "
                "pourriez-vous nous recevoir ?"
            ),
        ),
        (D.RELEASE_DATE, "Mon fils sort du collège vendredi, il a eu son brevet."),
        (
            D.RELEASE_DATE,
            (
                "Mon codétenu sort lundi, il pourra vous poster ma lettre. Moi j'ai encore "
                "trois ans."
            ),
        ),
    ],
)
def test_what_only_looks_like_it_alarms_nobody(kind, words):
    found = letter(words)

    assert kind not in kinds(found)
    assert found.facts.urgency is not Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        (
            "Demain deux agents me conduisent au consulat de Guinée, il paraît qu'ils "
            "vont écouter comment je parle et dire si je suis de chez eux."
        ),
        (
            "La PAF l'a sorti jeudi pour une présentation aux autorités marocaines, ils "
            "ont regardé ses photos et dit qu'ils le reconnaissaient."
        ),
        (
            "A lady from my embassy is coming to the prison Friday, they want her to say "
            "I am one of theirs and give the travel paper."
        ),
        "Mañana me llevan al consulado, quieren que me reconozcan y hagan el salvoconducto.",
        (
            "Завтра приедет консул, спросит из какой я деревни, узнает ли, и даст бумагу "
            "для депортации."
        ),
        (
            "On m'a conduit hier au 3e étage de la préfecture : une dame de chez moi, "
            "derrière un ordinateur, m'a fait chanter l'hymne. Elle a écrit « oui »."
        ),
        (
            "Vendredi les Nigérians viennent à la maison d'arrêt pour voir six d'entre "
            "nous et dire qui est à eux."
        ),
        (
            "Jeudi mon mari doit être montré à l'ambassade de Géorgie, la police "
            "l'emmène, ils veulent le papier pour le renvoyer."
        ),
        "Me van a llevar al consulado de Perú esposado para ver si soy de allá.",
        (
            "Mâine mă duc la consulatul Moldovei cu poliția să mă recunoască și să facă "
            "hârtia de drum."
        ),
    ],
)
def test_a_presentation_to_a_consulate_is_told_by_hints(words):
    assert Topic.REMOVAL_IN_PROGRESS in letter(words).facts.topics


@pytest.mark.parametrize(
    "words",
    [
        "Le consul est venu en mai pour mon passeport, je l'avais demandé, il est prêt.",
        (
            "Mon frère travaille à l'ambassade du Sénégal comme chauffeur, il peut "
            "m'apporter l'extrait de naissance ?"
        ),
        (
            "J'ai pris rendez-vous au consulat pour refaire mon passeport, comment "
            "demander une permission de sortir ?"
        ),
        "Le consulat m'a envoyé ma carte par la poste, tout est en ordre.",
    ],
)
def test_a_consulate_that_one_goes_to_of_oneself_is_no_removal(words):
    assert Topic.REMOVAL_IN_PROGRESS not in letter(words).facts.topics


@pytest.mark.parametrize(
    ("words", "kind", "on"),
    [
        (
            "Le greffe a dit mercredi en huit devant trois juges, pour la préfecture.",
            D.HEARING,
            date(2026, 6, 24),
        ),
        (
            "Mercredi en quinze je passe devant le juge, le préfet veut me renvoyer.",
            D.HEARING,
            date(2026, 7, 1),
        ),
        ("L'audience du 3 octobre est fixée.", D.HEARING, date(2026, 10, 3)),
        (
            "El 22 me llevan al aeropuerto con dos policías a cada lado.",
            D.REMOVAL_DATE,
            date(2026, 6, 22),
        ),
    ],
)
def test_the_day_that_is_meant(words, kind, on):
    assert [d.date_on for d in letter(words).facts.deadlines if d.kind is kind] == [on]


def test_a_hearing_without_its_year_that_would_be_most_of_a_year_ahead_is_gone_by():
    assert D.HEARING not in kinds(letter("L'audience du 3 avril s'est bien passée."))


def test_a_day_past_stays_one_whatever_stands_around_it():
    words = "Jeudi on m'a remis les draps et deux policiers m'ont parlé de Roissy et d'Alger."
    assert D.REMOVAL_DATE not in kinds(letter(words))


def test_a_removal_that_is_dated_is_what_the_request_is_about():
    words = "Sâmbătă dimineață vin după mine, mama mă așteaptă la Chișinău."
    assert Topic.REMOVAL_IN_PROGRESS in letter(words).facts.topics


def test_beside_a_day_on_which_something_came_a_court_is_no_hearing():
    words = "Le facteur a apporté samedi un papier du préfet qui parle du tribunal."
    assert D.HEARING not in kinds(letter(words))


def test_a_journey_with_its_way_back_is_no_removal():
    words = "Ma tante prend l'avion à Dakar samedi, arrive à Orly à 5h, vol retour le 30."
    assert Topic.REMOVAL_IN_PROGRESS not in letter(words).facts.topics
