"""Dangers that a letter tells in passing, by what is done, seen or asked; and calm look-alikes."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import SpecialSituation, Urgency
from tests.support.normalising import letter

_S = SpecialSituation
CRITICAL = {_S.VIOLENCE_OR_THREAT, _S.TRAFFICKING_VICTIM, _S.SUICIDE_RISK}


@pytest.mark.parametrize(
    "words",
    [
        # a blade held, bones broken, a next time
        "Luni la duș unul a scos briceagul și mi l-a ținut, lama la gât, râdea.",
        "En la ducha me puso la navaja en el cuello y se rió.",
        "No recreio encostou-me uma navalha ao pescoço.",
        "In cortile mi hanno messo un punteruolo alla gola.",
        "Në oborr më vuri briskun në fyt.",
        "В душе мне приставили заточку к горлу.",
        "وضع السكين على رقبتي أمام الجميع.",
        "Havalandırmada boğazıma bıçak dayadılar.",
        "Fratelui meu i-au rupt două coaste pentru un pachet de țigări.",
        "A mi primo le partieron la mandíbula por no dar la compra.",
        "Partiram-lhe o nariz porque não quis guardar nada.",
        "Gli hanno spaccato lo zigomo perché non voleva pagare.",
        "Vëllait ia kanë thyer nofullën se nuk dha paratë.",
        "Брату выбили два зуба за то, что не отдал чай.",
        "Au zis că data viitoare nu mai scapă nimeni de ei.",
        "Dicen que la próxima vez no va a ser broma.",
        "Hanno detto che la prossima volta non scherzano.",
        "Dijeron que lo van a rajar si no paga el viernes.",
        "Сказали, что его порежут, если не заплатит.",
        # beset
        "Mon frère dort avec ses baskets aux pieds et ne descend plus en promenade.",
        "My son sleeps fully dressed and says he fell in the shower; his lip is split.",
        "Duerme vestido y ya no baja al patio; a nadie le quiere decir por qué.",
        "Dorme com os ténis calçados e já não sai ao recreio.",
        "Dorme vestito contro la porta e non scende più in cortile.",
        "Doarme încălțat și nu mai iese la plimbare de două săptămâni.",
        "Fle me këpucë dhe nuk del më në ajrim, borxhi rritet çdo javë.",
        "Сплю одетый, на прогулку не выхожу, долг растёт каждую неделю.",
        "Il mio ragazzo tiene le scarpe anche nel letto e non va più al passeggio.",
        "Os da cela ficam-lhe com a comida e já perdeu dez quilos; pede para não contar.",
        "يأخذون أكله كل يوم وفي وجهه كدمات ويقول إنه وقع من السرير.",
        "Мужа заставляют держать телефоны, он отказался, и ему подожгли матрас.",
        # those at home are held for it
        "Un homme est passé chez ma mère et il a demandé après les enfants. "
        "Ma sœur veut parler mais elle a peur pour les petits.",
        "Un hombre va a la casa de mi abuela y pregunta por las niñas; ella entendió el mensaje.",
        "Un uomo passa da mia madre e chiede dei bambini. Mia sorella vorrebbe parlare, ma tace.",
        "Doi bărbați au venit la mama și au întrebat de copii, apoi au plecat fără un cuvânt.",
    ],
)
def test_violence_is_seen_by_what_is_done(words):
    facts = letter(words).facts
    assert _S.VIOLENCE_OR_THREAT in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Elle a passé un an enfermée dans une villa à arroser des plantes sous des lampes.",
        "La señora que me trajo decía que iba a cuidar ancianos; eran doce clientes por noche "
        "y ella guardaba el pasaporte.",
        "A mulher que me trouxe ficou com o passaporte; eram dez homens por noite.",
        "La signora che mi ha portata ha tenuto il passaporto, quindici clienti al giorno.",
        "Șeful ținea pașapoartele, dormeam în container și nu ne-a plătit niciodată, "
        "iar seara număra banii.",
        "Burri që më solli më mori pasaportën, dhjetë klientë në natë, vetëm numëronte.",
        "Хозяйка собрала паспорта, спали в подвале, за рис вычитали, выходить нельзя.",
        "The lady who brought me kept my passport; I slept on the kitchen floor and was never "
        "paid, I still owe her twenty thousand.",
        "Një burrë e solli motrën, i mori letrat dhe e nxirrte çdo natë te stacioni.",
        "أخذ صاحب المزرعة جوازي وكنا ننام في حاوية ونعمل بلا راتب.",
    ],
)
def test_trafficking_is_seen_by_how_one_lived(words):
    facts = letter(words).facts
    assert _S.TRAFFICKING_VICTIM in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "De grâce, pas d'enveloppe avec votre logo, ma fiancée viendra chercher la réponse.",
        "Gardez la réponse chez vous jusqu'à l'été, je passerai.",
        "Merci de ne rien lui poster, il aura votre réponse de vive voix.",
        "Please hold the answer at your office until I am out.",
        "El sobre, no, por favor. Hable con mi hermana.",
        "Deixem a cadeia de fora, falem com a minha irmã.",
        "Niente buste qui dentro, chiamate mia moglie.",
        "Nicio hârtie la adresa penitenciarului, vă rog.",
        "Shkruani vetëm te motra ime, jo në burgun tim.",
        "Ответ держите у себя, я зайду осенью.",
        "خلوا الجواب عندكم حتى أخرج.",
        "Que no quede nada escrito, por favor, el que reparte es primo de mi ex.",
        "Yazılı hiçbir şey istemiyorum, ablam sizi arar.",
    ],
)
def test_no_mail_is_asked_without_a_verb_of_writing(words):
    assert _S.NO_MAIL_TO_PRISON in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "Il a renvoyé sa montre et son alliance, et il a écrit au notaire pour un testament "
        "en bonne forme. Il parle de lui à l'imparfait.",
        "Ho nascosto da parte le pastiglie e ho chiesto perdono al cappellano.",
        "Am strâns pastile, am dat lucrurile la colegi, iertați-mă.",
        "Junté pastillas y repartí mis cosas, perdónenme todos.",
        "Ia fali rrobat shokëve dhe pi vetëm ujë.",
        "I saved my pills since June and I gave my radio to Paul. No need to answer.",
    ],
)
def test_settled_affairs_are_a_danger_beside_means(words):
    facts = letter(words).facts
    assert _S.SUICIDE_RISK in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Je dors bien et je descends en promenade chaque matin. Ma carte expire en mai.",
        "Tombé au foot dimanche, j'ai arrêté le sport à cause du genou, le kiné me suit.",
        "Ma sœur m'envoie un mandat chaque mois pour la cantine. Et mon titre de séjour ?",
        "Mi hermana pregunta por los niños en la visita. El pasaporte lo tiene la prefectura.",
        "Me rompí la mano jugando al fútbol, ya me operaron.",
        "Mi-am rupt mâna la fotbal, medicul m-a văzut.",
        "Se rompió el brazo en la escalera, ya le pusieron yeso.",
        "Partiu o braço a descarregar caixas, está de baixa.",
        "Data viitoare nu mai uit copia pașaportului.",
        "Le patron m'a promis un poste à la sortie ; mon passeport est au greffe.",
        "J'ai avancé l'argent du voyage à mon cousin, il me le rembourse petit à petit.",
        "Я сплю хорошо и хожу на прогулку. Паспорт забрала полиция при аресте.",
        "Pas de courrier de la préfecture au centre depuis mars.",
        "Mon cousin fait le mort quand je lui demande mon acte de naissance.",
        "Nu am primit nicio scrisoare aici de o lună.",
    ],
)
def test_calm_look_alikes_are_no_danger(words):
    facts = letter(words).facts
    assert not (CRITICAL | {_S.NO_MAIL_TO_PRISON}) & set(facts.special_situations)
    assert facts.urgency is not Urgency.CRITICAL


def test_a_child_once_placed_is_no_minor():
    words = (
        "J'ai été mineur isolé, placé par le juge des enfants au foyer de 1998 à 2005. "
        "J'ai 39 ans aujourd'hui."
    )
    assert _S.MINOR not in letter(words).facts.special_situations


def test_the_care_that_goes_on_at_a_hospital_is_no_stay_there():
    words = "Reste à faire : continuité avec l'hôpital après la sortie, dialyse le mardi."
    assert _S.HOSPITALISED not in letter(words).facts.special_situations


def test_the_duty_line_of_a_law_firm_retains_nobody():
    words = "Gardes à vue, placements en rétention, audiences du jour : astreinte au cabinet."
    assert _S.RETENTION not in letter(words).facts.special_situations
