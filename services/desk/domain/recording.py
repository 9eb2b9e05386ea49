"""The forms by which a person records what came on paper, by phone or from a team: their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_TEXT = 50_000  # characters: some twenty dense pages, which intake reads to the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the forms: the last part of its address, intake's method, and what it is called."""

    slug: str
    method: str
    title: str
    about: str


KINDS: Mapping[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(
            slug="lettre",
            method="record_letter",
            title="Une lettre",
            about="Courrier de détention, papier remis en main propre ou apporté par quelqu’un.",
        ),
        Kind(
            slug="appel",
            method="record_phone_note",
            title="Un appel téléphonique",
            about="La note d’un appel, ou un message laissé sur le répondeur.",
        ),
        Kind(
            slug="orientation",
            method="record_referral",
            title="Une orientation",
            about="Une équipe de prison ou une autre permanence nous confie une personne.",
        ),
    )
}

# What each field is called on the page, in their order.
LABELS: Mapping[str, str] = {
    "received_on": "Reçue le",
    "posted_on": "Jour du cachet de la poste",
    "postmark": "Lieu du cachet",
    "back": "Au dos de l’enveloppe",
    "detention_number": "N° d’écrou",
    "establishment": "Établissement",
    "sheets": "Feuilles",
    "enclosures": "Pièces jointes",
    "notes": "Autre chose à savoir de l’envoi",
    "transcription": "Le texte de la lettre",
    "called_on": "Jour de l’appel",
    "called_hour": "Heure",
    "caller": "Qui appelle",
    "number": "Numéro à rappeler",
    "call_note": "Ce qui a été dit",
    "origin": "Qui oriente",
    "origin_name": "Laquelle",
    "written_on": "Fiche écrite le",
    "passed_on": "Transmise le",
    "written_by": "Écrite par",
    "sheet": "La fiche",
}
# How many characters each field of words takes, at most.
LONGEST: Mapping[str, int] = {
    "postmark": 200,
    "back": 500,
    "detention_number": 50,
    "establishment": 200,
    "sheets": 200,
    "enclosures": 500,
    "notes": 500,
    "caller": 500,
    "number": 50,
    "origin_name": 200,
    "written_by": 200,
    "transcription": LONGEST_TEXT,
    "call_note": LONGEST_TEXT,
    "sheet": LONGEST_TEXT,
}
ORIGINS: Mapping[str, str] = {
    "team": "Une équipe de prison",
    "permanence": "Une autre permanence",
}
