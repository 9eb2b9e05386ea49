"""Small pure things at the door: keys, bounces, paper, partners, limits."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from services.intake.adapters.forwarded import TrustedProxies
from services.intake.adapters.partners import Partners
from services.intake.adapters.rate_limit import RateLimit
from services.intake.application.door import check_register, stated_key
from services.intake.domain.bounces import is_delivery_failure
from services.intake.domain.paper import CallFacts, EnvelopeFacts, letter, phone_note
from shared.contracts.vocabulary import Channel
from shared.errors import Invalid
from shared.settings import BadSetting, Environment
from tests.unit.intake import items


def test_the_key_of_an_email_is_its_message_id():
    assert stated_key(Channel.EMAIL, items.QUESTION.encode()) == "<question-1@asso.example>"


def test_an_email_without_message_id_has_the_digest_of_its_content():
    raw = b"Subject: x\r\n\r\ny"

    assert stated_key(Channel.EMAIL, raw) == f"sha256:{hashlib.sha256(raw).hexdigest()}"


def test_the_key_of_a_partners_message_is_its_idempotency_key_and_name():
    raw = b'POST /v1/requests HTTP/1.1\nIdempotency-Key: k-1\n\n{"partner": "foyer"}'

    assert stated_key(Channel.API, raw) == "foyer:k-1"


@pytest.mark.parametrize("channel", [Channel.LETTER, Channel.PHONE, Channel.REFERRAL])
def test_paper_and_calls_have_no_key(channel: Channel):
    assert stated_key(channel, b"x") is None


@given(st.binary(max_size=500), st.sampled_from(Channel))
def test_no_content_keeps_an_item_from_having_a_key_or_none(raw: bytes, channel: Channel):
    assert stated_key(channel, raw) == stated_key(channel, raw)
    assert is_delivery_failure(raw) is False


@pytest.mark.parametrize("register", ["Main", "MAIN", " main", "main\n", "Rehearsal-1", ""])
def test_a_register_spelled_otherwise_is_refused_not_made_a_world_of_its_own(register: str):
    with pytest.raises(Invalid, match='must be "main" or "rehearsal-"'):
        check_register(register)


@pytest.mark.parametrize("register", ["main", "rehearsal-1", "rehearsal-Gold-7.a_b"])
def test_the_desks_register_and_those_of_rehearsals_are_taken(register: str):
    check_register(register)


def test_a_failed_delivery_report_is_a_bounce():
    assert is_delivery_failure(items.BOUNCE.encode())


@pytest.mark.parametrize(
    "raw",
    [
        items.BOUNCE.replace("Action: failed", "Action: delayed"),
        items.QUESTION + "\nAction: failed\n",
        items.OUT_OF_OFFICE,
    ],
)
def test_what_only_looks_like_one_is_none(raw: str):
    assert not is_delivery_failure(raw.encode())


def test_a_letter_begins_with_its_envelope_in_brackets():
    envelope = EnvelopeFacts(
        received_on=date(2026, 3, 5), postmark="02-03-2026", back="X | écrou 1\n2"
    )

    assert letter(envelope, "Bonjour", "saisie par la permanence") == (
        "[ENVELOPPE] reçu le 2026-03-05 | cachet de la poste : 02-03-2026 | "
        "au dos : X / écrou 1 2\n[TRANSCRIPTION — saisie par la permanence]\nBonjour"
    )


def test_a_voicemail_says_when_it_was_left_in_paris():
    call = CallFacts(
        called_at=datetime(2026, 3, 21, 18, 12, tzinfo=UTC), voicemail=True, number="06 39 98 00 00"
    )

    assert phone_note(call, "rappeler") == (
        "MESSAGE VOCAL — reçu samedi 21 mars 2026 à 19:12, numéro affiché 06 39 98 00 00\nrappeler"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[partner]", "no TOML"),
        ("partner = 3", "no list"),
        ('[[partner]]\nid = "Foyer"', "partner 1: id: 'Foyer': write small letters"),
        ('[[partner]]\nid = "foyer"\ntoken_sha256 = "abc"', "64 small hexadecimal"),
        ('[[partner]]\nid = "foyer"\ntoken = "abc"', "unknown field token"),
    ],
)
def test_a_wrong_list_of_partners_is_named(text: str, words: str):
    with pytest.raises(BadSetting, match=words):
        Partners.from_toml(text)


def test_a_sender_who_comes_too_often_waits_and_others_do_not():
    now = [0.0]
    limit = RateLimit(2, lambda: now[0])

    waits = [limit.wait_seconds("a") for _ in range(3)]

    assert waits == [0, 0, 30]
    assert limit.wait_seconds("b") == 0
    now[0] = 30
    assert limit.wait_seconds("a") == 0


def sender(proxies: str, peer: str, forwarded: str | None) -> str:
    trusted = TrustedProxies.from_settings(Environment({"PERMANENCE_TRUSTED_PROXIES": proxies}))
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    sent = EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": peer})
    return trusted.sender(sent.get_request())


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "who"),
    [
        ("10.0.0.7", "10.0.0.7", "198.51.100.4", "198.51.100.4"),
        ("10.0.0.7", "10.0.0.7", None, "10.0.0.7"),
        ("10.0.0.7, 172.16.0.0/12", "172.18.0.1", "198.51.100.4, 10.0.0.7", "198.51.100.4"),
        ("2001:db8::/32", "2001:db8::7", "2001:db9::4", "2001:db9::4"),
        ("10.0.0.7", "::ffff:10.0.0.7", "198.51.100.4", "198.51.100.4"),
    ],
)
def test_a_web_server_of_ours_says_who_sent_what_it_passes_on(
    proxies: str, peer: str, forwarded: str | None, who: str
):
    assert sender(proxies, peer, forwarded) == who


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded"),
    [
        ("", "203.0.113.9", "198.51.100.4"),
        ("10.0.0.7", "203.0.113.9", "198.51.100.4"),
        ("10.0.0.7", "10.0.0.7", "198.51.100.4, 203.0.113.9"),
        ("10.0.0.7", "10.0.0.7", "10.0.0.7, 203.0.113.9"),
        ("203.0.113.9", "203.0.113.9", "whoever"),
    ],
)
def test_nobody_else_does(proxies: str, peer: str, forwarded: str):
    assert sender(proxies, peer, forwarded) == "203.0.113.9"


@pytest.mark.parametrize("value", ["proxy.example", "10.0.0.7/8", "10.0.0.0/33"])
def test_a_wrong_address_of_a_web_server_is_named(value: str):
    with pytest.raises(BadSetting, match=f"PERMANENCE_TRUSTED_PROXIES: '{value}': write"):
        TrustedProxies.from_settings(Environment({"PERMANENCE_TRUSTED_PROXIES": value}))
