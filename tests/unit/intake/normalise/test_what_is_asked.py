"""What a request asks, told in few words and many ways: its subjects, and not what it mentions."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.domain.normalise import Incoming, Normalised
from shared.contracts.vocabulary import Channel
from tests.support.normalising import letter, read

DATA = Path(__file__).parents[3] / "data" / "asked"


def told(name: str) -> list[tuple[str, str]]:
    """The lines of a file: the subjects, and the whole of what somebody writes."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [(words, topics) for topics, words in (line.split("\t") for line in lines)]


def topics_of(found: Normalised) -> set[str]:
    return {topic.value for topic in found.facts.topics}


@pytest.mark.parametrize(("words", "topics"), told("letters.tsv"))
def test_a_letter_of_a_detained_person_is_about_what_it_asks(words, topics):
    assert topics_of(letter(words)) == set(topics.split())


@pytest.mark.parametrize(("words", "topics"), told("mails.tsv"))
def test_a_mail_of_somebody_else_is_about_what_it_asks(words, topics):
    raw = (
        "From: A. Durand <a.durand@courriel.example>\nTo: commission.prison@lacimade.org\n"
        "Subject: question\nDate: Mon, 15 Jun 2026 10:00:00 +0200\n"
        "Message-ID: <x1@courriel.example>\nContent-Type: text/plain; charset=utf-8\n\n"
        f"{words}\n"
    )
    assert topics_of(read(Incoming(channel=Channel.EMAIL, raw=raw))) == set(topics.split())
