"""A judgment on a removal or on asylum has its own time, which is not that of what it judges."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel
from tests.support.normalising import read

APPEAL, CASSATION = "caa-single-judge", "ce-cassation"
REMOVAL, OFPRA = "oqtf-detained", "cnda-appeal"


def _told(words: str) -> list[tuple[str | None, str | None, str | None]]:
    raw = (
        "[ENVELOPPE] reçu le 2026-03-30 | cachet de la poste : 30-03-2026 | "
        f"au dos : DIALLO Mamadou 12 345 Fresnes | 1 feuille\n[TRANSCRIPTION]\n{words}\n"
    )
    found = read(Incoming(channel=Channel.LETTER, raw=raw)).facts.deadlines
    return [(d.rule_candidate, (d.trigger_on or "")[5:], (d.last or "")[5:]) for d in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "Le tribunal administratif de Melun a rejeté mon recours contre l'OQTF. Le jugement "
            "m'a été notifié le 5 mars 2026. Je veux faire appel",
            (APPEAL, "03-05", "04-07"),
        ),
        (
            "Le TA a rejeté ma requête contre l'OQTF le 12 mars 2026, que faire ?",
            (APPEAL, "03-12", "04-13"),
        ),
        (
            "J'ai reçu le 9 mars le jugement du tribunal administratif qui confirme mon OQTF.",
            (APPEAL, "03-09", "04-10"),
        ),
        (
            "J'ai perdu au tribunal administratif pour mon OQTF le 5 mars 2026.",
            (APPEAL, "03-05", "04-07"),
        ),
        (
            "Recours OQTF rejeté par le TA, jugement reçu le 10/03/2026. Peut-on aller en appel ?",
            (APPEAL, "03-10", "04-13"),
        ),
        (
            "Le juge a rejeté mon recours contre mon obligation de quitter le territoire. Jugement "
            "notifié le 9 mars 2026.",
            (APPEAL, "03-09", "04-10"),
        ),
        (
            "J'ai reçu une OQTF. Le tribunal administratif a rejeté mon recours, notifié le 5 mars "
            "2026.",
            (APPEAL, "03-05", "04-07"),
        ),
        (
            "The administrative court rejected my appeal against the OQTF. I got the judgment on 5 "
            "March 2026.",
            (APPEAL, "03-05", "04-07"),
        ),
        (
            "El tribunal administrativo rechazó mi recurso contra la OQTF, me notificaron el 5 de "
            "marzo de 2026.",
            (APPEAL, "03-05", "04-07"),
        ),
        (
            "Il tribunale amministrativo ha respinto il mio ricorso contro l'OQTF, notificato il 5 "
            "marzo 2026.",
            (APPEAL, "03-05", "04-07"),
        ),
        (
            "Административный суд отклонил мою жалобу на OQTF, решение вручили 5 марта 2026.",
            (APPEAL, "03-05", "04-07"),
        ),
        (
            "La CNDA a rejeté mon recours, décision notifiée le 10 février 2026.",
            (CASSATION, "02-10", "04-13"),
        ),
        ("J'ai été débouté par la CNDA le 10 février 2026.", (CASSATION, "02-10", "04-13")),
    ],
)
def test_a_judgment_is_counted_from_its_own_notification(words, expected):
    assert _told(words) == [expected]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "On m'a notifié une OQTF le 26 mars 2026. Le tribunal administratif avait rejeté mon "
            "recours contre le refus de séjour.",
            [(REMOVAL, "03-26", "04-03")],
        ),
        (
            "On m'a notifié une OQTF le 26 mars 2026. Je veux saisir le tribunal administratif.",
            [(REMOVAL, "03-26", "04-03")],
        ),
        (
            "Le tribunal administratif a rejeté mon recours contre l'OQTF et on m'a notifié une "
            "nouvelle OQTF le 27 mars 2026.",
            [(REMOVAL, "03-27", "04-07")],
        ),
        (
            "L'OFPRA a rejeté ma demande le 2 mars 2026, je veux faire un recours à la CNDA.",
            [(OFPRA, "03-02", "04-03")],
        ),
        (
            "La CNDA a rejeté mon recours le 10 février 2026. On m'a notifié une OQTF le 27 mars "
            "2026.",
            [(REMOVAL, "03-27", "04-07"), (CASSATION, "02-10", "04-13")],
        ),
        ("Le tribunal administratif a annulé mon OQTF le 5 mars 2026.", []),
    ],
)
def test_the_short_time_of_a_decision_is_not_that_of_a_judgment_beside_it(words, expected):
    assert _told(words) == expected
