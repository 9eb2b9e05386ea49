"""What a person types into fields is read like what was always pasted in whole."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.intake.domain.normalise import Incoming, Normalised
from services.intake.domain.paper import (
    CallFacts,
    EnvelopeFacts,
    ReferralFacts,
    letter,
    phone_note,
    referral,
)
from shared.contracts.vocabulary import Channel, RequesterKind
from tests.support.normalising import read

WORDS = "Bonjour,\nje voudrais renouveler ma carte qui finit le 14 juillet 2026.\nMerci."
SHEET = "Personne : EXEMPLE Hodan (Mme), née le 22/08/1997 — écrou 979 310\nLangue : somali"
CALLED_AT = datetime(2026, 4, 14, 8, 50, tzinfo=UTC)


def _letter(**facts: str | date) -> Normalised:
    envelope = EnvelopeFacts(**{"received_on": date(2026, 3, 5)} | facts)  # type: ignore[arg-type]
    return read(Incoming(channel=Channel.LETTER, raw=letter(envelope, WORDS)))


def test_every_fact_of_an_envelope_is_found_again():
    found = _letter(
        posted_on=date(2026, 3, 2),
        postmark="VAL DE BIEVRE PIC",
        back="EXEMPLE Souleymane, 2e division",
        detention_number="981 442",
        establishment="CP Fresnes",
        notes="remise par un visiteur",
        sheets="2 feuilles",
        enclosures="aucune",
    )

    facts, people = found.facts, found.people
    assert (facts.received_on, facts.posted_on) == (date(2026, 3, 5), date(2026, 3, 2))
    assert facts.establishment == "cp-fresnes"
    assert (people.person_given, people.person_family) == ("Souleymane", "Exemple")
    assert people.detention_number == "981442"


def test_a_number_and_a_place_alone_stand_for_the_back():
    found = _letter(detention_number="981442", establishment="CP\N{NO-BREAK SPACE}Fresnes")

    assert found.people.detention_number == "981442"
    assert found.facts.establishment == "cp-fresnes"


@pytest.mark.parametrize("back", ["EXEMPLE, écrou 981 442, CP Fresnes", "n°981442 cp fresnes"])
def test_what_the_back_says_already_is_not_said_twice(back: str):
    envelope = EnvelopeFacts(
        received_on=date(2026, 3, 5),
        back=back,
        detention_number="981 442",
        establishment="CP Fresnes",
    )

    assert letter(envelope, "x").splitlines()[0].endswith(f"au dos : {back}")


def test_the_number_of_a_cell_does_not_hide_that_of_the_person():
    envelope = EnvelopeFacts(
        received_on=date(2026, 3, 5), back="cell. 2-1144", detention_number="114"
    )

    assert "au dos : cell. 2-1144, écrou 114" in letter(envelope, "x")


@pytest.mark.parametrize("caller", ["Mme Amina Modele, sa sœur", "M. Jean Modele, son frère"])
def test_a_caller_is_found_and_is_not_taken_for_the_person(caller: str):
    call = CallFacts(called_at=CALLED_AT, caller=caller, number="06 39 98 12 55")
    note = "Bilel EXEMPLE, détenu à Villepinte, écrou 77 215, voudrait renouveler son titre"

    found = read(Incoming(channel=Channel.PHONE, raw=phone_note(call, note)))

    people = found.people
    assert found.facts.received_at == CALLED_AT
    assert (people.requester.given, people.requester.family) == (caller.split()[1], "Modele")
    assert people.requester.contact == "06 39 98 12 55"
    assert (people.person_given, people.person_family) == ("Bilel", "Exemple")
    assert people.detention_number == "77215"


@pytest.mark.parametrize("team", ["CP Fresnes", "équipe de CP Fresnes"])
def test_a_team_that_refers_somebody_is_named_as_it_was_written(team: str):
    facts = ReferralFacts(
        written_on=date(2026, 3, 30), sent_on=date(2026, 3, 31), team=team, written_by="référente"
    )

    found = read(Incoming(channel=Channel.REFERRAL, raw=referral(facts, SHEET)))

    assert (found.facts.written_on, found.facts.received_on) == (
        date(2026, 3, 30),
        date(2026, 3, 31),
    )
    assert found.facts.requester_kind is RequesterKind.CIMADE_PRISON_TEAM
    assert found.facts.establishment == "cp-fresnes"
    assert found.people.requester.organisation == "équipe prison CP Fresnes"
    assert found.people.person_family == "Exemple"


def test_who_left_a_message_is_kept_with_it():
    call = CallFacts(called_at=CALLED_AT, voicemail=True, caller="Mme Amina Modele, sa mère")

    raw = phone_note(call, "elle demande qu'on la rappelle")

    assert "Mme Amina Modele" in raw
    found = read(Incoming(channel=Channel.PHONE, raw=raw))
    assert found.people.requester.family == "Modele"
