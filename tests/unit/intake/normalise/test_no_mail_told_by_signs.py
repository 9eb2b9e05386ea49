"""Mail that must not come to the prison, told without "do not write"; and calm look-alikes."""

from __future__ import annotations

import pytest

from shared.contracts.vocabulary import SpecialSituation
from tests.support.normalising import letter

N = SpecialSituation.NO_MAIL_TO_PRISON


@pytest.mark.parametrize(
    "words",
    [
        "Gardez votre réponse, je vous rappelle moi-même mardi.",
        "Ici une lettre se lit à plusieurs sur la coursive. Parlez-en plutôt à ma cousine.",
        "Faites les morts, s'il vous plaît, ma femme vous expliquera.",
        "Si une enveloppe arrive, tout l'étage saura, on me prendra pour une balance.",
        "Please let no letter reach me, the last one was read aloud on the landing.",
        "Que no me llegue ni un papel, aquí el correo pasa por muchas manos.",
        "Não me mandem nada para aqui, liguem antes à minha irmã.",
        "По почте не надо, письма читают сокамерники. Позвоните моей сестре.",
        "Bitte keinen Brief in die Zelle, sagen Sie es meiner Schwester.",
        "le papié il fé le tour du batiman, vené o parloir",
        "Niente lettere qui, dite tutto a mia moglie.",
        "Mon frère dit : zéro courrier. Là-bas on lit par-dessus l'épaule.",
        "Nu vreau plic cu sigla dumneavoastră, colegii râd și întreabă.",
    ],
)
def test_mail_that_must_not_come_is_understood(words):
    assert N in letter(words).facts.special_situations


@pytest.mark.parametrize(
    "words",
    [
        "N'envoyez pas de timbres, j'en ai. Votre réponse peut venir ici.",
        "Ne gardez pas ma lettre, renvoyez-la à ma femme à Lille.",
        "Ne m'écrivez pas en anglais, je lis mieux le français.",
        "Personne ne m'écrit plus, une lettre de vous me ferait plaisir.",
        "Ma femme vous appellera mardi pour le dossier, et écrivez-moi ici.",
        "La préfecture ne répond pas au courrier, j'ai tout dit à mon avocat.",
        "Je m'appelle Samba et on ne m'a jamais demandé si je voulais l'asile.",
        "Je n'attends rien de vous, je voulais vous le dire au téléphone : merci.",
    ],
)
def test_calm_words_of_mail_block_no_reply(words):
    assert N not in letter(words).facts.special_situations
