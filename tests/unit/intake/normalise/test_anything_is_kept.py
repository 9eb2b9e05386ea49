"""Whatever arrives, by whatever channel: no error, and a state that a person can act on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.domain.normalise import Incoming, KnownList, default_reference, normalise
from shared.contracts.vocabulary import Channel, RequestState
from tests.support.normalising import SAMPLES, load

NOBODY = KnownList()
ARRIVED = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
STATES = {RequestState.NORMALISED, RequestState.NEEDS_REVIEW, RequestState.CLOSED}
RAWS = [record["raw"] for record in load(SAMPLES)]
CHANNELS = st.sampled_from(list(Channel))
AT = st.sampled_from([None, ARRIVED])
MANY = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def read(channel, raw, at=ARRIVED):
    item = Incoming(channel=channel, raw=raw, received_at=at)
    return normalise(item, known=NOBODY, reference=default_reference())


def is_whole(found):
    assert found.state in STATES
    assert len(found.people.deadline_quotes) == len(found.facts.deadlines)
    assert len(found.people.problem_values) == len(found.facts.problems)
    return True


@MANY
@given(channel=CHANNELS, raw=st.binary(max_size=3000), at=AT)
def test_any_bytes_in_any_channel_give_a_state(channel, raw, at):
    assert is_whole(read(channel, raw, at))


@MANY
@given(channel=CHANNELS, raw=st.text(max_size=3000), at=AT)
def test_any_text_in_any_channel_gives_a_state(channel, raw, at):
    assert is_whole(read(channel, raw, at))


@MANY
@given(
    channel=CHANNELS,
    raw=st.sampled_from(RAWS),
    cuts=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 300)), max_size=6),
    noise=st.text(alphabet='éОقß\x00\ufffd[]|:{}"\\<>()%=?\n 0123456789/-', max_size=30),
    at=AT,
)
def test_a_sample_cut_and_soiled_in_any_channel_gives_a_state(channel, raw, cuts, noise, at):
    for start, length in cuts:
        raw = raw[:start] + noise + raw[start + length :]
    assert is_whole(read(channel, raw, at))


@MANY
@given(raw=st.sampled_from(RAWS), data=st.data())
def test_a_sample_with_broken_bytes_gives_a_state(raw, data):
    whole = raw.encode("utf-8")
    at = data.draw(st.integers(0, len(whole)))
    soiled = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + 3 :]
    channel = data.draw(st.sampled_from((Channel.EMAIL, Channel.LETTER, Channel.API)))
    assert is_whole(read(channel, soiled))


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("raw", [b"", "", b"\x00", " \n\t ", b"\xff\xfe\xff", "{", "[]", "<>"])
def test_an_empty_or_unreadable_item_waits_for_a_person_with_the_field_named(channel, raw):
    found = read(channel, raw)

    assert found.state is RequestState.NEEDS_REVIEW
    assert found.facts.missing


@pytest.mark.parametrize("channel", [Channel.LETTER, Channel.EMAIL, Channel.WEB])
def test_a_text_in_no_language_waits_for_a_person_with_the_language_named(channel):
    words = "zxqv krrmpf blorgtz wuuyx ghtkk prsstv mnbvg qqwx zzrtp lkjhg fdsaq"
    raws = {
        Channel.LETTER: f"[ENVELOPPE] reçu le 2026-05-04\n[TRANSCRIPTION]\n{words}",
        Channel.EMAIL: f"From: x@y.example\nSubject: {words[:20]}\n\n{words}",
        Channel.WEB: f'{{"message": "{words}", "name": "x"}}',
    }

    found = read(channel, raws[channel])

    assert found.facts.language == "und"
    assert "language" in found.facts.missing
    assert found.state is RequestState.NEEDS_REVIEW


def test_a_letter_said_to_come_after_its_arrival_waits_for_a_person():
    raw = "[ENVELOPPE] reçu le 2027-01-05 | au dos : DUPRE Jean 12 345 MA Nice\nBonjour, je suis"

    found = read(Channel.LETTER, raw)

    assert found.facts.received_on.isoformat() == "2026-05-04"
    assert "received_on" in found.facts.missing
    assert found.state is RequestState.NEEDS_REVIEW


def test_an_unknown_establishment_is_named_and_not_guessed():
    raw = (
        "[ENVELOPPE] reçu le 2026-05-04 | au dos : DUPRE Jean 12 345 prison de Villenie\n"
        "[TRANSCRIPTION]\nBonjour, je voudrais renouveler ma carte de séjour. Jean Dupré"
    )

    found = read(Channel.LETTER, raw)

    assert found.facts.establishment is None
    assert "establishment" in found.facts.missing


def test_two_establishments_that_fit_are_both_shown():
    raw = (
        "[ENVELOPPE] reçu le 2026-05-04 | au dos : DUPRE Jean 12 345 CP Lille\n"
        "[TRANSCRIPTION]\nBonjour, je voudrais renouveler ma carte de séjour. Jean Dupré"
    )

    found = read(Channel.LETTER, raw)

    assert found.facts.establishment is None
    assert {c.code for c in found.facts.establishment_candidates} == {
        "cp-lille-annoeullin",
        "cp-lille-loos-sequedin",
    }
    assert found.state is RequestState.NEEDS_REVIEW


def test_a_letter_and_an_envelope_that_disagree_wait_for_a_person():
    raw = (
        "[ENVELOPPE] reçu le 2026-05-04 | au dos : DUPRE Jean 12 345 MA Nice\n"
        "[TRANSCRIPTION]\nJe suis détenu à la maison d'arrêt de Limoges. Ma carte expire.\nDupré"
    )

    found = read(Channel.LETTER, raw)

    assert found.facts.establishment == "ma-nice"  # the envelope's, until a person settles it
    assert found.facts.place_unclear
    assert found.state is RequestState.NEEDS_REVIEW


@pytest.mark.slow
def test_a_very_large_mail_is_read_in_part_and_kept():
    body = "je suis en prison et je voudrais de l'aide. " * 700_000

    found = read(Channel.EMAIL, f"From: a@b.example\nSubject: aide\n\n{body}")

    assert is_whole(found)
