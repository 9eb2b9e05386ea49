"""E-mails whose words are declared as something else, or cannot be read at all."""

from __future__ import annotations

import pytest

from services.intake.domain.normalise import (
    Incoming,
    KnownList,
    Normalised,
    default_reference,
    normalise,
)
from shared.contracts.vocabulary import Channel, RequestState, SpecialSituation, Urgency

WORDS = "URGENT mon frère, détenu à Fresnes, veut se suicider, il a un vol demain."
PICTURE = (
    "Content-Type: image/jpeg; name=lettre.jpg\nContent-Transfer-Encoding: base64\n\n/9j/4AAQ\n"
)


def mail(rest: str) -> Normalised:
    raw = (
        "From: a.b@courriel.example\nTo: desk@cimade.example\nSubject: question\n"
        f"Date: Thu, 26 Mar 2026 10:00:00 +0100\n{rest}"
    )
    item = Incoming(channel=Channel.EMAIL, raw=raw.encode())
    return normalise(item, known=KnownList(), reference=default_reference())


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: multipart/alternative\n\n",
        'Content-Type: multipart/mixed; boundary="never"\n\n',
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: multipart/related\n\n',
        "Content-Type: application/octet-stream\n\n",
    ],
    ids=["no boundary", "boundary that never comes", "within another", "octets"],
)
def test_words_declared_as_something_else_are_read(head):
    found = mail(f"{head}{WORDS}\n")

    assert SpecialSituation.SUICIDE_RISK in found.facts.special_situations
    assert found.facts.urgency is Urgency.CRITICAL
    assert "text" not in found.facts.missing


@pytest.mark.parametrize(
    "rest",
    [
        "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nAAECAwQF\n",
        PICTURE,
        f'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\n\n--b\n{PICTURE}--b--\n',
    ],
    ids=["octets", "picture", "picture below nothing"],
)
def test_a_mail_of_which_nothing_can_be_read_is_read_by_a_person_today(rest):
    found = mail(rest)

    assert found.facts.urgency is Urgency.HIGH
    assert "text" in found.facts.missing
    assert found.state is RequestState.NEEDS_REVIEW


@pytest.mark.parametrize(
    "rest",
    [
        "\n",
        "Content-Type: text/html\n\n<html><body><br></body></html>\n",
        "Content-Type: multipart/mixed\n\n\n",
    ],
    ids=["no words", "page without words", "no parts"],
)
def test_an_empty_mail_is_no_more_urgent_than_it_was(rest):
    found = mail(rest)

    assert found.facts.urgency not in {Urgency.HIGH, Urgency.CRITICAL}
    assert "text" in found.facts.missing


INLINE = "Content-Type: image/jpeg; name=lettre.jpg\nContent-Disposition: inline\n"


@pytest.mark.parametrize(
    ("size_bytes", "state"),
    [(400_000, RequestState.NEEDS_REVIEW), (4_000, RequestState.NORMALISED)],
    ids=["photograph", "logo"],
)
def test_a_photograph_shown_in_the_text_is_read_by_a_person_and_a_logo_is_not(size_bytes, state):
    found = mail(
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\n'
        "Bonjour, je suis la sœur de Ali Diarra, écrou 123456, détenu à Fresnes. Merci.\nAna Diarra"
        f"\n--b\n{INLINE}\n{'x' * size_bytes}\n--b--\n"
    )

    assert found.state is state


def test_a_mail_too_long_to_be_read_whole_is_read_by_a_person():
    assert "body" in mail("\n" + "une phrase de plus\n" * 4_000).facts.missing
