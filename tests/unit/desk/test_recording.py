"""A form by which a person records a letter, a call or a referral, and what intake reads in it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.desk.application import recording
from services.desk.domain.recording import KINDS, LONGEST_TEXT
from services.intake.application.paper_forms import letter_text, phone_text, referral_text
from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel, RequesterKind
from tests.support.normalising import read

NOW = datetime(2026, 4, 24, 10, 0, tzinfo=UTC)
WORDS = "Bonjour,\r\nje voudrais renouveler ma carte.\r\n\r\nMerci."


def letter(**changed: str) -> dict[str, str]:
    return {"received_on": "2026-04-23", "transcription": WORDS} | changed


def call(**changed: str) -> dict[str, str]:
    sent = {
        "called_on": "2026-04-24",
        "called_hour": "09:05",
        "caller": "Mme Amina Modele, sa sœur",
    }
    note = "Bilel EXEMPLE, détenu à Villepinte, écrou 77 215, voudrait renouveler son titre"
    return sent | {"number": "06 39 98 12 55", "call_note": note} | changed


def referral(**changed: str) -> dict[str, str]:
    sent = {"origin": "team", "origin_name": "CP Fresnes", "written_by": "référente d'équipe"}
    sent |= {"written_on": "2026-04-20", "passed_on": "2026-04-22"}
    return sent | {"sheet": "Personne : EXEMPLE Hodan (Mme), écrou 979 310"} | changed


def problems(kind: str, form: dict[str, str]) -> dict[str, str]:
    return {
        name: said.replace("\N{NO-BREAK SPACE}", " ")
        for name, said in recording.read(KINDS[kind], form, NOW)[1].items()
    }


def test_what_is_typed_of_a_letter_is_found_by_intake():
    form = letter(
        posted_on="2026-04-21",
        postmark="EVRY",
        back="EXEMPLE Souleymane",
        detention_number="981 442",
        establishment="CP Fresnes",
        notes="remise par un visiteur",
    )

    told, wrong = recording.read(KINDS["lettre"], form, NOW)

    assert wrong == {}
    raw = letter_text(told["envelope"], told["transcription"], told["transcribed_by"])
    found = read(Incoming(channel=Channel.LETTER, raw=raw))
    facts, people = found.facts, found.people
    assert (facts.received_on, facts.posted_on) == (date(2026, 4, 23), date(2026, 4, 21))
    assert (facts.establishment, people.detention_number) == ("cp-fresnes", "981442")
    assert (people.person_given, people.person_family) == ("Souleymane", "Exemple")
    assert raw.endswith("Bonjour,\nje voudrais renouveler ma carte.\n\nMerci.")


def test_what_is_typed_of_a_call_is_found_by_intake():
    told, wrong = recording.read(KINDS["appel"], call(), NOW)

    assert wrong == {}
    raw = phone_text(told["call"], told["note"])
    found = read(Incoming(channel=Channel.PHONE, raw=raw))
    assert found.facts.received_at == datetime(2026, 4, 24, 7, 5, tzinfo=UTC)
    assert found.people.requester.contact == "06 39 98 12 55"
    assert found.people.requester.family == "Modele"
    assert found.people.person_family == "Exemple"


def test_a_message_on_the_machine_is_told_from_a_call():
    told, wrong = recording.read(KINDS["appel"], call(voicemail="oui"), NOW)

    assert wrong == {}
    assert phone_text(told["call"], told["note"]).startswith("MESSAGE VOCAL")


def test_what_is_typed_of_a_referral_is_found_by_intake():
    told, wrong = recording.read(KINDS["orientation"], referral(), NOW)

    assert wrong == {}
    raw = referral_text(told["heading"], told["sheet"])
    found = read(Incoming(channel=Channel.REFERRAL, raw=raw))
    assert (found.facts.written_on, found.facts.received_on) == (
        date(2026, 4, 20),
        date(2026, 4, 22),
    )
    assert found.facts.requester_kind is RequesterKind.CIMADE_PRISON_TEAM
    assert found.people.detention_number == "979310"


def test_another_permanence_is_no_team():
    told, wrong = recording.read(
        KINDS["orientation"], referral(origin="permanence", origin_name="Lyon"), NOW
    )

    assert wrong == {}
    assert "permanence : Lyon" in referral_text(told["heading"], told["sheet"])


@pytest.mark.parametrize(
    ("kind", "form", "field", "said"),
    [
        ("lettre", letter(transcription=" \r\n "), "transcription", "ne peut pas rester vide"),
        ("lettre", letter(received_on=""), "received_on", "ne peut pas rester vide"),
        ("lettre", letter(received_on="2026-04-25"), "received_on", "dans le futur"),
        ("lettre", letter(received_on="23/04/2026"), "received_on", "comme 17/03/2026"),
        ("lettre", letter(received_on="0026-04-23"), "received_on", "vérifiez l’année"),
        ("lettre", letter(posted_on="2026-04-24"), "posted_on", "après le jour de réception"),
        ("lettre", letter(posted_on="2026-04-25"), "posted_on", "dans le futur"),
        ("lettre", letter(back="x" * 501), "back", "501 caractères : 500 au plus"),
        (
            "lettre",
            letter(transcription="x" * (LONGEST_TEXT + 1)),
            "transcription",
            "50 001 caractères : 50 000 au plus",
        ),
        ("appel", call(called_hour=""), "called_hour", "ne peut pas rester vide"),
        ("appel", call(called_hour="12:01"), "called_hour", "à venir"),
        ("appel", call(called_hour="25:00"), "called_hour", "pas été comprise"),
        ("appel", call(called_on="2026-04-25"), "called_on", "dans le futur"),
        (
            "appel",
            call(called_on="2026-03-29", called_hour="02:30"),
            "called_hour",
            "n’existe pas ce jour-là",
        ),
        ("appel", call(call_note=""), "call_note", "ne peut pas rester vide"),
        ("orientation", referral(origin_name=" "), "origin_name", "ne peut pas rester vide"),
        ("orientation", referral(origin="x"), "origin", "ne peut pas rester vide"),
        ("orientation", referral(passed_on="2026-04-19"), "passed_on", "avant d’être écrite"),
        ("orientation", referral(sheet=""), "sheet", "ne peut pas rester vide"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(kind: str, form: dict[str, str], field: str, said: str):
    found = problems(kind, form)

    assert list(found) == [field]
    assert said in found[field]


def test_every_wrong_field_is_told_at_once():
    found = problems("lettre", {"received_on": "", "transcription": "", "number": "x"})

    assert sorted(found) == ["received_on", "transcription"]
