"""Threats told as accidents or greetings, a pledge at home, a last word; and calm look-alikes."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import SpecialSituation, Urgency
from tests.support.normalising import letter

SUICIDE = SpecialSituation.SUICIDE_RISK
VIOLENCE = SpecialSituation.VIOLENCE_OR_THREAT
TRAFFICKING = SpecialSituation.TRAFFICKING_VICTIM


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        (VIOLENCE, "They smile and tell me the steps are wet. I no longer go to the yard."),
        (VIOLENCE, "Je ne vais plus aux douches. On me répète que dans l'escalier, ça glisse."),
        (VIOLENCE, "I said no to hide a package. The oil from the pan fell on my hand."),
        (VIOLENCE, "Depuis que j'ai refusé, un accident est vite arrivé, me disent-ils."),
        (VIOLENCE, "Dicono che qui si cade. Non scendo più in cortile."),
        (VIOLENCE, "Ya no salgo al patio, dicen que aquí la gente se resbala."),
        (VIOLENCE, "Une voiture attend devant l'école et on me dit que ma fille est jolie."),
        (VIOLENCE, "Man schweigt: solange ich schweige, passiert meiner Mutter nichts."),
        (VIOLENCE, "Tant qu'il se tait, ils laissent sa mère tranquille."),
        (VIOLENCE, "La prochaine fois, disent-ils, ce ne sera pas seulement le nez."),
        (VIOLENCE, "They broke my brother's arm in Lagos so that I keep quiet."),
        (VIOLENCE, "Ma présence est une menace, dit-il, et un codétenu me menace de mort."),
        (TRAFFICKING, "Il reste 7 000 à rembourser pour la route, ils sont passés chez mon père."),
        (TRAFFICKING, "J'ai cousu un an dans une cave, et deux hommes sont venus voir ma mère."),
        (TRAFFICKING, "They paid my trip and still want the money; they went to my mother."),
        (TRAFFICKING, "El jefe me quitó los papeles y mandó a un hombre a casa de mi madre."),
        (SUICIDE, "Si on me renvoie là-bas, ce sera un cadavre, pas un homme."),
        (SUICIDE, "Regalé mi radio al vecino, ya no la voy a necesitar."),
        (SUICIDE, "They took my laces, at night it all comes back."),
        (SUICIDE, "On m'a soigné après ce que j'ai fait à mes poignets."),
        (SUICIDE, "Il a plié ses habits et rangé sa cellule. Il ne parle jamais comme ça."),
        (SUICIDE, "Je ne veux pas que ma mère trouve ça. C'est ma sœur qu'il faudra prévenir."),
    ],
)
def test_a_danger_told_by_signs_is_seen(situation, words):
    facts = letter(words).facts

    assert situation in facts.special_situations
    assert facts.urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    "words",
    [
        "Trois personnes diront si ma présence en France est une menace.",
        "Le préfet considère que je représente une menace réelle et actuelle.",
        "They must decide whether my behaviour is a threat.",
        "El prefecto dice que soy una amenaza para el orden público.",
        "Il prefetto mi considera una minaccia per la sicurezza.",
        "Cette attente va achever ma pauvre tante, elle exagère toujours.",
        "Mon oncle dit que cette affaire va le tuer, il est comme ça.",
        "I do not go to the yard this week because of the rain.",
        "The stairs are slippery and the kettle is broken, who can repair them?",
        "La soupe est tombée sur ma main à l'atelier, l'infirmière l'a vue.",
        "Mon frère travaille à l'usine et des cousins sont passés chez mes parents.",
        "J'ai travaillé douze heures par jour, tout était déclaré, j'ai mes fiches de paie.",
        "Un monsieur de la mairie est passé chez mes parents pour l'acte de naissance.",
        "J'ai rangé ma cellule, la visite du chef est demain.",
        "It is my brother who will call the lawyer.",
    ],
)
def test_what_only_sounds_so_alarms_nobody(words):
    facts = letter(words).facts

    assert not {SUICIDE, VIOLENCE, TRAFFICKING} & set(facts.special_situations)
    assert facts.urgency is not Urgency.CRITICAL
