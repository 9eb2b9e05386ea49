"""What an import brings and reading does not know is told, for its letters are placed by hand."""

from __future__ import annotations

from services.cli.unread_places import sentences, unread_places
from services.host.rehearsal import example_directory
from services.intake.domain.normalise import Incoming
from shared.contracts.vocabulary import Channel, RequestState
from tests.support.normalising import Normalised, read

HEADER = "code,type,name,aliases,town,postcode,departement,administrative_court,status"
NEW = (
    "cp-zwolle,CP,Centre pénitentiaire de Zwolle-Plage,Zwolle|CP Zwolle,Zwolle-Plage,"
    "99000,99,Lyon,open"
)
ALIKE = (
    "cp-ville-neuve,CP,Centre pénitentiaire de Ville-Neuve,Ville-Neuve,Ville-Neuve,"
    "99000,99,Lyon,open"
)
FRESNES = (
    "cp-fresnes,CP,Centre pénitentiaire de Fresnes,Fresnes|Maison Ronde,Fresnes,94260,94,Melun,open"
)


def told(*rows: str) -> list[tuple[str, str, list[str]]]:
    unread = unread_places({"establishments.csv": "\n".join([HEADER, *rows])})
    return [(one["code"], one["name"], one["taken_for"]) for one in unread]


def letter_from(place: str) -> Normalised:
    raw = (
        "[ENVELOPPE] reçu le 2026-06-16 | au dos : EXEMPLE Idriss | 1 feuille\n"
        f"[TRANSCRIPTION]\nJe suis au CP de {place}, j'ai besoin d'un avocat.\n"
    )
    return read(Incoming(channel=Channel.LETTER, raw=raw))


def test_an_establishment_that_reading_does_not_know_is_told_and_its_letters_wait() -> None:
    assert told(NEW) == [
        ("cp-zwolle", name, [])
        for name in ("Centre pénitentiaire de Zwolle-Plage", "Zwolle", "CP Zwolle")
    ]

    found = letter_from("Zwolle")

    assert (found.state, found.facts.establishment) == (RequestState.NEEDS_REVIEW, None)


def test_one_that_is_taken_for_another_is_told_with_that_one() -> None:
    [*_, (_, name, others)] = told(ALIKE)

    assert name == "Ville-Neuve"
    assert letter_from("Ville-Neuve").facts.establishment in others


def test_a_name_that_is_new_for_one_that_it_knows_is_told() -> None:
    assert told(FRESNES) == [("cp-fresnes", "Maison Ronde", [])]


def test_the_directory_that_comes_with_the_release_is_known_as_a_whole() -> None:
    assert unread_places(example_directory()) == []


def test_a_closed_establishment_and_an_import_without_any_tell_nothing() -> None:
    assert told(NEW.replace(",open", ",closed")) == []
    assert unread_places({"teams.csv": "establishment,state\ncp-fresnes,active\n"}) == []


def test_each_has_a_sentence_with_what_to_do() -> None:
    unread = [
        {"code": "cp-zwolle", "name": "Zwolle", "taken_for": []},
        {"code": "cp-b", "name": "B", "taken_for": ["ma-c", "ma-d"]},
    ]

    waits, taken = sentences(unread)

    assert "« Zwolle » : qui ne dit que cela attend" in waits
    assert "le prend pour ma-c, ma-d : vérifiez" in taken
