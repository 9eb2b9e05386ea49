"""Who writes again while our answer is late asks where it is (R22), whatever words they choose."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    KnownRequest,
    default_reference,
    normalise,
)
from shared.contracts.vocabulary import Channel, LinkKind, Urgency

FIRST = UUID(int=7)


def again(words: str, answer_due_on: date, state: str = "assigned"):
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | cachet de la poste : 15-06-2026 | "
        "au dos : DIALLO Mamadou 12 345 Fleury-Mérogis | 1 feuille\n"
        f"[TRANSCRIPTION]\nFleury, le 15 juin 2026\n{words}\nMamadou DIALLO\n"
    )
    first = KnownRequest(
        request_id=FIRST,
        state=state,
        unit="desk",
        received_on=date(2026, 5, 20),
        answer_due_on=answer_due_on,
        establishment="ma-fleury-merogis",
        given="Mamadou",
        family="Diallo",
        detention_number="12345",
    )
    item = Incoming(channel=Channel.LETTER, raw=raw)
    return normalise(item, known=KnownList([first]), reference=default_reference()).facts


LATE, IN_TIME = date(2026, 5, 30), date(2026, 6, 20)


@pytest.mark.parametrize(
    "words",
    [
        "À la mi-mai je vous avais posté deux pages sur ma carte. Dois-je tout recommencer ?",
        "Dans ma première lettre je parlais de mon passeport, et je reste dans le noir.",
        "Le courrier que je vous avais adressé portait sur ma carte de séjour.",
        "I had posted you a letter about my permit, the post man says it went.",
        "En mi primera carta les hablaba de mi permiso.",
        "V-am trimis o scrisoare despre permisul meu.",
        "Я вам писал про мой вид на жительство.",
        "Size bir mektup yazmıştım, oturma kartım hakkında.",
    ],
)
def test_an_earlier_letter_that_waits_too_long_is_recalled(words):
    facts = again(words, LATE)
    assert facts.is_reminder
    assert [(link.kind, link.request_id) for link in facts.links] == [(LinkKind.REMINDER_OF, FIRST)]
    assert facts.urgency is Urgency.HIGH


@pytest.mark.parametrize(("due", "state"), [(IN_TIME, "assigned"), (LATE, "answered")])
def test_it_is_only_the_same_person_s_while_there_is_time_or_an_answer(due, state):
    facts = again("À la mi-mai je vous avais posté deux pages sur ma carte.", due, state)
    assert not facts.is_reminder
    assert [link.kind for link in facts.links] == [LinkKind.SAME_PERSON]
    assert facts.urgency is Urgency.NORMAL


def test_another_matter_is_no_reminder():
    facts = again("Je voudrais un permis de visite pour ma sœur Awa.", LATE)
    assert not facts.is_reminder


def test_who_only_reminds_us_is_answered_like_others():
    words = (
        "Ces encore moi. Je vous ai écrit début mai pour ma carte et j'ai rien reçu. Ma lettre "
        "s'est peut être perdue. Si elle est arrivée pas la peine de répondre 2 fois. Merci"
    )

    facts = again(words, date(2026, 6, 30))

    assert facts.is_reminder
    assert facts.urgency is Urgency.NORMAL
    assert not facts.special_situations
