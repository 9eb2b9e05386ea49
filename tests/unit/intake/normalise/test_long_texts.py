"""No text takes longer to read than its length allows, whatever it repeats (processor time)."""

from __future__ import annotations

import base64
import itertools
import json
import random
import re
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.bounces import is_delivery_failure
from services.intake.domain.normalise import Incoming, KnownList, default_reference, normalise
from services.intake.domain.normalise.normalise import take_apart
from services.intake.domain.normalise.patience import TookTooLong, go_on, patience
from services.intake.domain.normalise.read import read
from services.intake.domain.normalise.reference import DATA
from services.intake.domain.normalise.tame import LONGEST_GAP, LONGEST_WORD, tamed
from services.intake.domain.normalise.text import fold
from shared.contracts.vocabulary import Channel

ARRIVED = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
LETTER = (
    "Je suis en prison depuis deux ans et je voudrais savoir si je peux demander un titre de "
    "séjour avant ma sortie. Ma femme et mes enfants vivent ici. "
)
# Each has made a reading take the square of a text's length, or may.
REPEATED = {
    "a capital": "S",
    "a small letter": "s",
    "line ends": "\n",
    "blanks": " ",
    "digits": "7",
    "full stops": ".",
    "commas": ", ",
    "hyphens": "-",
    "brackets": "[",
    "words in capitals": "ABC ",
    "words with a capital": "Aa ",
    "initials": "A. ",
    "hyphened names": "Ab-",
    "apostrophes": "D'Ali-Ben ",
    "a letter in capitals": LETTER.upper(),
    "a letter": LETTER,
    "a decision": "OQTF ",
    "decisions with days": "OQTF notifiée le 12/03/2026, ",
    "decisions with years": "OQTF 2022 ",
    "sentences of a word": "OQTF. ",
    "days": "12/03/2026 ",
    "weekdays": "lundi ",
    "days on lines": "le 12 mars 2026\n",
    "months": "en mars 2026 ",
    "years": "2026 ",
    "numbers": "123 456 ",
    "telephones": "06 12 34 56 78 ",
    "names": "Bakary KONATE ",
    "names and birthdays": "Ali Ben né le 1er mars 1990 ",
    "signatures": "Mamadou Diallo\n",
    "fields": "\nPersonne : Ali Ben",
    "kin": "mon mari Ali, ",
    "places": "Fleury-Mérogis ",
    "centres": "CRA de Lyon ",
    "retention": "je suis en retention ",
    "a danger": "je vais me suicider ",
    "small words": "de la ",
    "ourselves": "moi je ",
    "headers": "De : Paul\nEnvoyé : lundi\n",
    "quotations": "Le lundi 3 mars Paul a écrit :\n> ",
    "addresses": "a@b.example ",
    "envelopes": "[ENVELOPPE] ",
    "what folds to letters": "a™",
    "combining accents": "e\u0301",
    "another script": "انا في السجن ",
    "no blanks": "我在监狱里",
}
_WORD = re.compile(r"[^\W\d_]{2,}")
_RANDOM = random.Random(7)
_ENCODED = base64.b64encode(_RANDOM.randbytes(60_000)).decode()
TEXTS = {name: piece * (60_000 // len(piece) + 1) for name, piece in REPEATED.items()} | {
    "base64": _ENCODED,
    "base64 in lines": "\n".join(_ENCODED[i : i + 76] for i in range(0, len(_ENCODED), 76)),
    "all sorts": "".join(_RANDOM.choices(list(REPEATED.values()), k=30_000)),
}


@pytest.fixture(autouse=True, scope="module")
def _lexicons_are_there() -> None:
    seconds_of("Bonjour")


def seconds_of(raw: str | bytes, channel: Channel = Channel.LETTER) -> float:
    """The least processor time of a few readings; a long one is not repeated."""
    item = Incoming(channel=channel, raw=raw, received_at=ARRIVED)
    least = float("inf")
    for _ in range(2):
        fold.cache_clear()  # it remembers what was found in a text
        before = time.process_time()
        normalise(item, known=KnownList(), reference=default_reference())
        least = min(least, time.process_time() - before)
        if least > 0.5:
            break
    return least


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_four_times_the_text_takes_far_less_than_sixteen_times_as_long(name):
    short, long = TEXTS[name][:10_000], TEXTS[name][:40_000]
    once, four_times = seconds_of(short), seconds_of(long)
    assert four_times < 8 * once + 0.2
    assert four_times < 10


@pytest.mark.parametrize("name", ["a letter", "a decision", "days", "headers", "all sorts"])
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.PHONE, Channel.WEB, Channel.REFERRAL])
def test_so_it_is_in_every_channel(channel, name):
    raw = TEXTS[name][:60_000]
    if channel is Channel.EMAIL:
        raw = f"From: a@b.example\nSubject: {' '.join(raw.split())[:30_000]}\n\n{raw[:30_000]}"
    assert seconds_of(raw, channel) < 10


HEADERS = [
    "From: {}",
    "Subject: {}",
    "Date: {}",
    "References: {}",
    "Content-Type: text/plain; a={}",
    "Content-Disposition: attachment; filename={}",
]


@pytest.mark.parametrize("piece", ["S", "S ", "(", '"', "<", "a,", "\\", "=?utf-8?q?a?= ", ";a=b"])
@pytest.mark.parametrize("header", HEADERS)
def test_no_header_of_a_mail_takes_long(header, piece):
    mail = f"{header.format(piece * (100_000 // len(piece)))}\n\nOQTF\n".encode()
    assert seconds_of(mail, Channel.EMAIL) < 2


def test_a_forwarded_sender_of_brackets_in_brackets_is_none():
    forwarded = "-- Forwarded message --\nFrom: " + "(a" * 490 + "\n\nOQTF\n"
    mail = f"From: a@b.example\nSubject: Fwd: x\n\nVoir ci-dessous.\n\n{forwarded}".encode()
    assert seconds_of(mail, Channel.EMAIL) < 2


def test_no_header_makes_a_report_take_long():
    quoted = b'"' * 100_000
    report = b"Content-Type: multipart/report; a=" + quoted + b"\n\nAction: failed\n"
    before = time.process_time()
    is_delivery_failure(report)
    assert time.process_time() - before < 2


def test_long_words_and_gaps_of_a_form_leave_its_fields_whole():
    message = "Bonjour, je suis à Fresnes " + " " * 500 + '"' * 500 + "S" * 500
    form = json.dumps({"message": message, "email": "a@b.example"})
    item = Incoming(channel=Channel.WEB, raw=form, received_at=ARRIVED)
    parts = read(item, default_reference())
    assert parts.problems == ()
    assert parts.sender_address == "a@b.example"
    assert parts.own.startswith("Bonjour, je suis à Fresnes ")
    assert parts.own.endswith("SSS")
    assert len(parts.own) < 300


def test_long_words_of_a_mail_are_cut_to_be_read_and_kept_where_they_are_shown():
    word = "ab" * 5_000
    mail = (
        f"From: {word} <a@b.example>\nSubject: {word}\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=x\n\n"
        f"--x\n\n{word}\n--x\nContent-Type: text/plain\n"
        f"Content-Disposition: attachment; filename=a.txt\n\n{word}\n--x--\n"
    )
    parts = read(
        Incoming(channel=Channel.EMAIL, raw=mail, received_at=ARRIVED), default_reference()
    )
    for text in (parts.own, parts.subject, parts.attached[0].strip()):
        assert text == word[:LONGEST_WORD]
    assert parts.attachments[0].text == word


# What the lexicons look for, as far as it is plain letters, and what stands around it.
WORDS = sorted(
    {word for path in DATA.rglob("*.toml") for word in _WORD.findall(path.read_text("utf-8"))}
)
BETWEEN = [" ", ", ", ". ", "\n", "-", "'", ": ", " ? ", " de ", " le 12 mars 2026 ", " Ali Ben "]


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    words=st.lists(
        st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)), min_size=1, max_size=4
    ),
    cased=st.sampled_from([str, str.upper, str.title]),
    channel=st.sampled_from([Channel.LETTER, Channel.PHONE, Channel.REFERRAL]),
)
def test_so_it_is_of_whatever_the_lexicons_look_for(words, cased, channel):
    piece = cased("".join(itertools.chain.from_iterable(words)))
    short, long = (piece * (size // len(piece) + 1) for size in (4_000, 16_000))
    assert seconds_of(long, channel) < 8 * seconds_of(short, channel) + 0.3


def test_a_reading_ends_when_its_patience_does():
    item = Incoming(channel=Channel.LETTER, raw=LETTER, received_at=ARRIVED)
    steps = itertools.count()

    def take_apart_within(seconds):
        fold.cache_clear()
        with patience(seconds, steps.__next__):
            take_apart(item, default_reference())

    take_apart_within(1_000_000)
    used = next(steps)
    assert used > 50
    with pytest.raises(TookTooLong):
        take_apart_within(used // 2)
    take_apart(item, default_reference())  # nobody waits any more


def test_the_costly_clock_is_asked_only_where_the_one_ahead_is_over():
    asked = []

    def costly():
        asked.append(None)
        return float(len(asked) > 3)

    quick = itertools.count()
    with patience(0.5, costly, quick.__next__):
        go_on()  # quick is over, costly is not
        go_on()
        with pytest.raises(TookTooLong):
            go_on()
    assert len(asked) == 4
    asked.clear()
    with patience(0.5, costly, lambda: 0.0):
        for _ in range(9):
            go_on()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("aide" + "z" * 500 + " moi", "aidezzz moi"),
        ("ab" * 500, "ab" * (LONGEST_WORD // 2)),
        ("Bonjour" + " " * 500 + "Ali", "Bonjour" + " " * LONGEST_GAP + "Ali"),
        ("Bonjour" + "\n \n" * 500 + "Ali", None),
        ("A" * LONGEST_WORD + " " * LONGEST_GAP + "b", None),
    ],
)
def test_words_and_gaps_end(written, read):
    found = tamed(written)
    if read is not None:
        assert found == read
    assert found.split()[0][:7] == written.split()[0][:7]
    assert found.count("\n") >= min(1, written.count("\n"))
    assert len(found) <= 2 * LONGEST_WORD + LONGEST_GAP + 20
