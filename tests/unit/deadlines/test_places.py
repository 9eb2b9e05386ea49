"""The seat of the court gives holidays and local time."""

from __future__ import annotations

from datetime import date

import pytest

from shared.deadlines import UnknownZone, compute, seat_of, zone_named


@pytest.mark.parametrize(
    ("before", "zone"),
    [
        ("TA Melun", "metro"),
        ("tribunal administratif de Cergy-Pontoise", "metro"),
        ("CAA de Bordeaux", "metro"),
        ("Conseil d’État", "metro"),
        ("CNDA", "metro"),
        ("préfecture de la Seine-Saint-Denis", "metro"),
        ("préfecture de Meurthe-et-Moselle", "metro"),
        ("TA Nancy (detained at Metz, R. 922-6)", "metro"),
        ("TA Metz", "metro"),
        ("tribunal admin. de Metz", "metro"),
        ("trib. admin. Metz", "metro"),
        ("CAA Nancy", "metro"),
        ("TJ Saint-Martin-de-Ré", "metro"),
        ("TA Strasbourg", "alsace-moselle"),
        ("CA Colmar", "alsace-moselle"),
        ("cour d'appel de Metz", "alsace-moselle"),
        ("TJ Mulhouse", "alsace-moselle"),
        ("préfecture de la Moselle", "alsace-moselle"),
        ("DISP Strasbourg", "alsace-moselle"),
        ("T.A. de la Guadeloupe", "guadeloupe"),
        ("TA Basse-Terre", "guadeloupe"),
        ("TA Martinique", "martinique"),
        ("CA Fort-de-France", "martinique"),
        ("TA de Guyane", "guyane"),
        ("TJ Cayenne", "guyane"),
        ("TA La Réunion", "reunion"),
        ("TA Saint-Denis", "reunion"),
        ("TJ de Saint-Denis (La Réunion)", "reunion"),
        ("TJ Saint-Pierre", "reunion"),
        ("TA Mayotte", "mayotte"),
        ("CRA Pamandzi", "mayotte"),
        ("TA Saint-Pierre-et-Miquelon", "saint-pierre-et-miquelon"),
        ("TA de Saint-Martin", "saint-martin"),
        ("TA St-Barthélemy", "saint-barthelemy"),
    ],
)
def test_a_court_is_found_by_its_seat(before, zone):
    seat = seat_of(before)

    assert (seat.zone.name, seat.found) == (zone, True)


@pytest.mark.parametrize(
    ("before", "zone"),
    [
        ("CP Metz, TA Nancy", "metro"),
        ("TA Nancy, détenu à Metz", "metro"),
        ("Metz - tribunal administratif de Nancy", "metro"),
        ("CP de Metz, tribunal admin. de Metz", "metro"),
        ("greffe du CP de Ducos, TJ Paris", "metro"),
        ("CNDA, détenu à Strasbourg", "metro"),
        ("détenue à Fresnes, juge des libertés et de la détention de Colmar", "alsace-moselle"),
        ("préfecture de la Moselle, TA Nancy", "metro"),
        ("MA Nancy, préfecture de la Moselle", "alsace-moselle"),
        ("DISP Strasbourg, CP Nancy", "alsace-moselle"),
        ("TJ Saint-Pierre, quartier nord", "reunion"),
        ("CP Ducos, Martinique", "martinique"),
    ],
)
def test_of_several_places_the_courts_counts_then_that_of_another_authority(before, zone):
    seat = seat_of(before)

    assert (seat.zone.name, seat.found) == (zone, True)


@pytest.mark.parametrize(
    "before",
    ["TJ Paris et TJ Cayenne", "TJ Paris ou Cayenne", "Metz, Nancy", "CP de Metz, CP de Nancy"],
)
def test_places_of_several_zones_are_no_seat_and_it_is_said(before):
    seat = seat_of(before)

    assert (seat.zone.name, seat.found) == ("metro", False)
    assert seat.said.startswith("Plusieurs lieux nommés")


def test_several_places_of_one_zone_are_that_zone():
    assert seat_of("TJ Metz, cour d’appel de Colmar").zone.name == "alsace-moselle"
    assert seat_of("TA Paris ou TA Melun").found


@pytest.mark.parametrize("before", [None, "", "préfecture", "Saint-Denis", "xyz"])
def test_an_unknown_place_counts_as_metropolitan_and_is_said_to_be_unknown(before):
    seat = seat_of(before)

    assert (seat.zone.name, seat.found) == ("metro", False)


def test_there_is_no_administrative_court_in_metz():
    assert "Nancy (R. 922-6)" in seat_of("TA Metz").said
    assert "Nancy (R. 922-6)" in seat_of("tribunal admin. de Metz").said


def test_a_zone_beside_a_court_keeps_what_the_courts_name_says():
    lives = compute(
        "refusal-alone", date(2026, 1, 5), before="TA Paris (demeure à La Réunion)", zone="metro"
    )
    taken = compute(
        "oqtf-old-30d", date(2024, 7, 16), before="TA Lille (taken 10 July 2024)", zone="metro"
    )
    metz = compute("oqtf-detained", date(2026, 3, 26), before="TA Metz", zone="alsace-moselle")
    several = compute("oqtf-detained", date(2026, 3, 26), before="Metz, Nancy", zone="metro")

    assert lives.texts()[1] == "2026-04-07"
    assert taken.texts()[1] == "2024-08-16"
    assert (metz.zone.name, metz.zone_assumed) == ("alsace-moselle", False)
    assert any("Nancy (R. 922-6)" in said for said in metz.reservations)
    assert not any("Plusieurs lieux" in said for said in several.reservations)


@pytest.mark.parametrize(
    ("name", "zone"),
    [("La Réunion", "reunion"), ("METRO", "metro"), ("Indian/Mayotte", "mayotte")],
)
def test_a_zone_is_found_by_its_names(name, zone):
    assert zone_named(name).name == zone


def test_an_unknown_zone_is_refused_with_the_list():
    with pytest.raises(UnknownZone, match=r"zone: 'atlantis'.*metro, alsace-moselle, guadeloupe"):
        zone_named("atlantis")
