"""Days near the arrival that nothing explains, told beside an office, are read by a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.intake.domain.normalise import Incoming, KnownList, default_reference, normalise
from services.intake.domain.normalise.dates import DateMention
from services.intake.domain.normalise.moment_model import Moment
from services.intake.domain.normalise.text import fold
from shared.contracts.vocabulary import Channel, RequestState, Urgency

RECEIVED = date(2026, 6, 16)
UNEXPLAINED = default_reference().unexplained


def read(sentence: str, channel: Channel = Channel.LETTER):
    raw = f"[ENVELOPPE] reçu le {RECEIVED}\n[TRANSCRIPTION]\n{sentence}\n"
    return normalise(
        Incoming(channel=channel, raw=raw), known=KnownList(), reference=default_reference()
    )


def levels(
    sentence: str, words: str, on: date, role: str = "unknown", **mention: int
) -> list[Urgency]:
    """What the day told by ``words`` makes of its sentence, where nothing else is known."""
    text = fold(sentence)
    start = text.text.index(fold(words).text)
    told = DateMention(start, start + len(fold(words).text), words, **mention)
    moment = Moment(told, role, on, start, words, (0, len(text.text)))
    return [level for level, _ in UNEXPLAINED.days([(text, [moment])], [], RECEIVED, {None})]


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("Le tribunal a dit quelque chose le 2 juin.", "2 juin"),
        ("El 2 de junio la jueza me leyó una hoja.", "2 de junio"),
        ("The prefecture wrote on the 2 June.", "2 june"),
        ("Судья сказала мне 2 июня что-то.", "2 июня"),
        ("قال لي القاضي شيئا يوم 2 يونيو.", "2 يونيو"),
        ("2 Haziran günü mahkeme bir şey dedi.", "2 haziran"),
        ("Der Richter sprach am 2. Juni zu mir.", "2. juni"),
        ("Më 2 qershor gjykata foli.", "2 qershor"),
        ("Pe 2 iunie judecătorul a vorbit.", "2 iunie"),
        ("Sędzia mówił 2 czerwca.", "2 czerwca"),
    ],
)
def test_a_day_beside_an_office_is_seen_in_many_tongues(sentence, day):
    assert levels(sentence, day, date(2026, 6, 2), day=2, month=6) == [Urgency.HIGH]


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (-31, []),
        (-30, [Urgency.HIGH]),
        (-3, [Urgency.HIGH]),
        (-2, [Urgency.CRITICAL]),
        (0, [Urgency.CRITICAL]),
        (2, [Urgency.CRITICAL]),
        (14, [Urgency.HIGH]),
        (15, []),
    ],
)
def test_the_nearer_the_day_the_more_urgent_it_is(days, level):
    on = RECEIVED + timedelta(days=days)
    told = {"day": on.day, "month": on.month, "year": on.year}
    assert levels("Le juge a parlé du grand jour.", "grand jour", on, **told) == level


def test_a_day_without_its_year_may_be_the_one_that_comes():
    assert levels(
        "Une feuille du tribunal : 23 juin.", "23 juin", date(2025, 6, 23), day=23, month=6
    )
    assert not levels(
        "Une feuille du tribunal : 23 juin 2025.",
        "23 juin",
        date(2025, 6, 23),
        day=23,
        month=6,
        year=2025,
    )


@pytest.mark.parametrize(
    ("sentence", "seen"),
    [
        ("J'ai dû signer une feuille hier.", True),
        ("Hier j'ai parlé de la prefecture avec un surveillant.", False),
    ],
)
def test_a_day_without_its_number_needs_a_paper(sentence, seen):
    assert bool(levels(sentence, "hier", date(2026, 6, 15), offset=-1)) is seen


@pytest.mark.parametrize("days", [-1, 1])
def test_who_is_fetched_is_fetched_on_a_day_to_come(days):
    on = RECEIVED + timedelta(days=days)
    told = levels("Ce jour ils viennent le chercher avec ses sacs.", "ce jour", on, offset=days)
    assert bool(told) is (days > 0)


@pytest.mark.parametrize(
    "role", ["birth", "transfer", "past_letter", "release", "hearing", "other"]
)
def test_a_day_that_is_known_to_be_something_is_left_alone(role):
    day = date(2026, 6, 2)
    assert not levels("Le juge, le 2 juin.", "2 juin", day, role, day=2, month=6)


@pytest.mark.parametrize(
    "sentence",
    [
        "Le parloir du 2 juin a été annulé par le greffe.",
        "Votre bénévole est venu le 2 juin avec le greffe.",
        "Cité comme témoin au tribunal le 2 juin.",
    ],
)
def test_what_is_said_of_something_else_is_left_alone(sentence):
    assert not levels(sentence, "2 juin", date(2026, 6, 2), day=2, month=6)


def test_the_day_of_every_week_is_none():
    assert not levels("Le jeudi la police passe.", "jeudi", date(2026, 6, 11), weekday=4)


UNKNOWN_PAPER = "Le 8 juin une dame de la préfecture est passée avec un dossier vert pour moi."


def test_a_person_reads_what_nobody_could_explain():
    found = read(UNKNOWN_PAPER)

    assert found.facts.deadlines == ()
    assert found.state is RequestState.NEEDS_REVIEW
    assert "deadlines" in found.facts.missing
    assert found.facts.urgency is Urgency.HIGH
    assert any("8 juin" in words for words in found.people.urgency_words)


@pytest.mark.parametrize(
    "calm",
    [
        "Le 8 mai une dame de la préfecture est passée avec un dossier vert pour moi.",
        "Le 8 juin une dame de la bibliothèque est passée avec un livre vert pour moi.",
    ],
)
def test_a_day_long_ago_or_beside_nothing_raises_nothing(calm):
    found = read(calm)

    assert found.facts.urgency is Urgency.NORMAL
    assert "deadlines" not in found.facts.missing


@pytest.mark.parametrize(
    ("header", "state"),
    [("", RequestState.NEEDS_REVIEW), ("Auto-Submitted: auto-replied\n", RequestState.CLOSED)],
)
def test_an_automatic_mail_is_not_opened_for_a_day_alone(header, state):
    raw = (
        "From: Me Blin <blin@cabinet.example>\nTo: commission.prison@lacimade.org\n"
        f"Subject: M. Diallo\nDate: Tue, 16 Jun 2026 09:00:00 +0200\n{header}"
        f"Message-ID: <a@cabinet.example>\n\n{UNKNOWN_PAPER}\n"
    )
    found = normalise(
        Incoming(channel=Channel.EMAIL, raw=raw), known=KnownList(), reference=default_reference()
    )

    assert found.state is state
