# ruff: noqa: DTZ001  (triggers are local hours, as written on a notification)
"""Limits that legal aid or distance lengthens: the two chains, and where neither acts."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from shared.deadlines import BadInput, compute


def _dates(found):
    return found.texts()[1:]


def test_legal_aid_asked_in_time_gives_a_whole_new_month():
    found = compute(
        "oqtf-general",
        date(2026, 9, 15),
        before="TA Paris",
        aid_asked=date(2026, 10, 1),
        aid_decided=date(2026, 11, 10),
        lawyer_named=date(2026, 11, 10),
    )

    assert _dates(found) == ("2026-12-28", "2026-12-10")


def test_a_lawyer_named_more_than_fifteen_days_later_starts_the_month():
    found = compute(
        "oqtf-general",
        date(2026, 9, 15),
        before="TA Paris",
        aid_asked=date(2026, 10, 1),
        aid_decided=date(2026, 11, 10),
        lawyer_named=date(2026, 12, 3),
    )

    assert _dates(found) == ("2027-01-04", "2026-12-10")


def test_legal_aid_asked_but_not_decided_keeps_the_short_date_and_says_so():
    found = compute("oqtf-general", date(2026, 9, 15), zone="metro", aid_asked=date(2026, 10, 1))

    assert _dates(found) == ("2026-10-16", "2026-10-15")
    assert any("le délai est interrompu" in said for said in found.reservations)


def test_legal_aid_asked_too_late_changes_nothing():
    found = compute(
        "oqtf-general",
        date(2026, 9, 15),
        zone="metro",
        aid_asked=date(2026, 10, 17),
        aid_decided=date(2026, 11, 10),
    )

    assert _dates(found) == ("2026-10-16", "2026-10-15")
    assert any("trop tard" in said for said in found.reservations)


@pytest.mark.parametrize("rule", ["oqtf-detained", "oqtf-house-arrest", "oqtf-retention"])
def test_legal_aid_never_lengthens_seven_days_or_48_hours(rule):
    trigger = datetime(2026, 11, 2, 10)
    alone = compute(rule, trigger, zone="metro")

    helped = compute(
        rule,
        trigger,
        zone="metro",
        aid_asked=date(2026, 11, 3),
        aid_decided=date(2026, 11, 20),
    )

    assert _dates(helped) == _dates(alone)
    assert any("R. 921-3" in said and "avocat" in said for said in helped.reservations)


def test_before_the_cnda_only_the_remaining_days_run_again():
    found = compute(
        "cnda-rest",
        date(2026, 2, 9),
        before="CNDA",
        aid_asked=date(2026, 2, 19),
        aid_decided=date(2026, 3, 18),
        lawyer_named=date(2026, 3, 20),
    )

    assert _dates(found) == ("2026-04-08", "2026-04-05")


def test_the_rest_may_also_be_counted_from_the_later_notification():
    found = compute(
        "cnda-rest",
        date(2026, 3, 20),
        before="CNDA",
        decided_on=date(2026, 2, 9),
        aid_asked=date(2026, 2, 19),
        aid_decided=date(2026, 3, 18),
    )

    assert _dates(found) == ("2026-04-08", "2026-04-05")


@pytest.mark.parametrize(
    ("lawyer_named", "dates"),
    [
        (date(2026, 3, 20), ("2026-04-08", "2026-04-05")),
        (date(2026, 3, 16), ("2026-04-07", "2026-04-03")),
        (None, ("2026-04-07", "2026-04-05")),
    ],
)
def test_the_prudent_date_of_the_rest_starts_at_the_earlier_notification(lawyer_named, dates):
    found = compute(
        "cnda-rest",
        date(2026, 3, 18),
        before="CNDA",
        decided_on=date(2026, 2, 9),
        aid_asked=date(2026, 2, 19),
        lawyer_named=lawyer_named,
    )

    assert _dates(found) == dates


def test_an_appeal_to_the_cnda_with_legal_aid_ends_as_its_rest():
    found = compute(
        "cnda-appeal",
        date(2026, 2, 9),
        aid_asked=date(2026, 2, 19),
        aid_decided=date(2026, 3, 18),
        lawyer_named=date(2026, 3, 20),
    )

    assert _dates(found) == ("2026-04-08", "2026-04-05")


def test_legal_aid_asked_after_fifteen_days_leaves_no_rest_before_the_cnda():
    with pytest.raises(BadInput, match=r"after 2026-02-24.*cnda-appeal .prudent 2026-03-09"):
        compute(
            "cnda-rest",
            date(2026, 2, 9),
            aid_asked=date(2026, 2, 25),
            aid_decided=date(2026, 3, 18),
        )


@pytest.mark.parametrize(
    ("rule", "trigger", "asked", "decided", "confidence"),
    [
        ("oqtf-general", date(2026, 9, 15), date(2026, 10, 1), date(2026, 11, 10), "medium"),
        ("oqtf-general", date(2026, 9, 15), date(2026, 10, 1), None, "high"),
        ("cnda-appeal", date(2026, 2, 9), date(2026, 2, 19), date(2026, 3, 18), "medium"),
        ("cnda-appeal", date(2026, 2, 9), date(2026, 2, 19), None, "high"),
    ],
)
def test_the_dates_are_no_surer_than_the_legal_aid_that_they_rest_on(
    rule, trigger, asked, decided, confidence
):
    found = compute(rule, trigger, before="TA Paris", aid_asked=asked, aid_decided=decided)

    label = {"high": "élevé", "medium": "moyen"}[confidence]
    assert found.confidence == confidence
    assert f"niveau de confiance : {label}" in found.reservations[-1]


@pytest.mark.parametrize("decided", [date(2026, 3, 18), None])
def test_an_appeal_to_the_cnda_with_legal_aid_says_that_article_9_4_has_changed(decided):
    found = compute(
        "cnda-appeal", date(2026, 2, 9), aid_asked=date(2026, 2, 19), aid_decided=decided
    )

    assert sum("art. 9-4, changé le 1er août 2024" in said for said in found.reservations) == 1
    assert "9-4" not in " ".join(compute("cnda-appeal", date(2026, 2, 9)).reservations)


@pytest.mark.parametrize("rule", ["cnda-appeal", "cnda-rest"])
def test_aid_asked_on_the_working_day_after_a_fifteenth_day_of_rest_keeps_the_short_date(rule):
    found = compute(  # the fifteenth day is Saturday 21 February
        rule,
        date(2026, 2, 6),
        aid_asked=date(2026, 2, 23),
        aid_decided=date(2026, 3, 24),
    )

    assert _dates(found) == ("2026-03-09", "2026-03-06")
    [doubt] = [said for said in found.reservations if "demandée le lundi 23 février 2026" in said]
    assert "Report au jour ouvrable non tranché" in doubt
    assert "date d’envoi" in doubt
    assert "trop tard" not in " ".join(found.reservations)


def test_aid_asked_a_day_after_the_next_working_day_is_too_late():
    with pytest.raises(BadInput, match=r"2026-02-24 is after 2026-02-21"):
        compute(
            "cnda-rest",
            date(2026, 2, 6),
            aid_asked=date(2026, 2, 24),
            aid_decided=date(2026, 3, 24),
        )


def test_the_full_time_restarts_at_the_later_of_notice_and_lawyer():
    assert _dates(compute("legal-aid-restart", date(2026, 11, 10))) == ("2026-11-25", "2026-11-25")
    late = compute("legal-aid-restart", date(2026, 11, 10), lawyer_named=date(2026, 12, 3))
    assert _dates(late) == ("2026-12-03", "2026-11-25")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"aid_decided": date(2026, 10, 1)}, "aid_asked: missing while aid_decided"),
        ({"lawyer_named": date(2026, 10, 1)}, "aid_asked: missing while lawyer_named"),
        ({"aid_asked": date(2026, 9, 1)}, "aid_asked: 2026-09-01 is before the trigger"),
        (
            {"aid_asked": date(2026, 10, 1), "aid_decided": date(2026, 9, 30)},
            "aid_decided: 2026-09-30 is before aid_asked",
        ),
    ],
)
def test_legal_aid_days_out_of_order_are_refused_by_name(given, words):
    with pytest.raises(BadInput, match=words):
        compute("oqtf-general", date(2026, 9, 15), zone="metro", **given)


@pytest.mark.parametrize(
    ("rule", "given", "words"),
    [
        (
            "legal-aid-restart",
            {"aid_asked": date(2026, 11, 12)},
            "trigger: 2026-11-10 is before aid_asked, 2026-11-12",
        ),
        (
            "legal-aid-restart",
            {"aid_asked": date(2026, 10, 1), "aid_decided": date(2026, 9, 30)},
            "aid_decided: 2026-09-30 is not the trigger, 2026-11-10.*give that day once",
        ),
        (
            "legal-aid-restart",
            {"aid_asked": date(2026, 10, 1), "lawyer_named": date(2026, 9, 30)},
            "lawyer_named: 2026-09-30 is before aid_asked",
        ),
        (
            "oqtf-retention",
            {"aid_asked": date(2026, 11, 11), "aid_decided": date(2026, 11, 10)},
            "aid_decided: 2026-11-10 is before aid_asked",
        ),
        (
            "cnda-rest",
            {
                "decided_on": date(2026, 10, 1),
                "aid_asked": date(2026, 10, 8),
                "lawyer_named": date(2026, 10, 7),
            },
            "lawyer_named: 2026-10-07 is before aid_asked",
        ),
    ],
)
def test_days_of_legal_aid_that_contradict_each_other_are_refused_by_every_rule(rule, given, words):
    with pytest.raises(BadInput, match=words):
        compute(rule, date(2026, 11, 10), zone="metro", **given)


def test_the_day_on_which_legal_aid_was_decided_may_be_said_twice():
    day = date(2026, 11, 10)

    found = compute("legal-aid-restart", day, aid_asked=date(2026, 10, 1), aid_decided=day)

    assert _dates(found) == ("2026-11-25", "2026-11-25")


def test_living_overseas_adds_a_month_before_a_court_of_the_mainland():
    found = compute("refusal-alone", date(2026, 1, 5), before="TA Paris", residence="overseas")

    assert _dates(found) == ("2026-04-07", "2026-04-05")


def test_living_abroad_adds_two_months():
    found = compute("refusal-alone", date(2026, 1, 5), before="TA Nantes", residence="abroad")

    assert _dates(found) == ("2026-05-06", "2026-05-05")


def test_living_on_the_mainland_adds_a_month_before_an_overseas_court():
    found = compute("expulsion", date(2026, 1, 5), before="TA Guyane", residence="metro")

    assert _dates(found) == ("2026-04-07", "2026-04-05")


def test_distance_reaches_appeal_and_cassation():
    appeal = compute("caa-general", date(2026, 1, 5), before="CAA Bordeaux", residence="overseas")
    cassation = compute("ce-cassation", date(2026, 1, 5), residence="abroad")

    assert _dates(appeal)[1] == "2026-04-05"
    assert _dates(cassation)[1] == "2026-05-05"


@pytest.mark.parametrize(
    "rule",
    [
        *("oqtf-general", "oqtf-detained", "oqtf-retention", "cnda-appeal", "caa-single-judge"),
        *("admin-appeal", "legal-aid-restart"),
    ],
)
def test_distance_is_never_added_to_other_limits(rule):
    alone = compute(rule, date(2026, 1, 5), zone="metro")

    distant = compute(rule, date(2026, 1, 5), zone="metro", residence="abroad")

    assert _dates(distant) == _dates(alone)
    assert any("Délai de distance non ajouté" in said for said in distant.reservations)


@pytest.mark.parametrize(
    ("remark", "last"),
    [
        ("demeure à La Réunion", "2026-04-07"),
        ("lives in Cayenne", "2026-04-07"),
        ("habite la Réunion", "2026-04-07"),
        ("domiciliée à l’île de La Réunion, chez sa mère", "2026-04-07"),
        ("réside à Saint-Martin, en Guadeloupe", "2026-04-07"),
        ("demeurant 3 rue de Paris à Fort-de-France", "2026-04-07"),
        ("ne demeure plus à Nice ; demeure en Guyane", "2026-04-07"),
        ("habite à l’étranger", "2026-05-06"),
        ("ne demeure pas à La Réunion", "2026-03-06"),
        ("n’habite plus en Guyane", "2026-03-06"),
        ("n'est pas domicilié à Mayotte", "2026-03-06"),
        ("no longer lives in Cayenne", "2026-03-06"),
        ("demeure rue de la Martinique à Nice", "2026-03-06"),
        ("demeure à Nice, rue de la Martinique", "2026-03-06"),
        ("demeure à Nice, né à La Réunion", "2026-03-06"),
        ("demeure à Saint-Martin-de-Ré", "2026-03-06"),
        ("demeure à Nice, famille à l’étranger", "2026-03-06"),
    ],
)
def test_a_remark_adds_a_distance_only_where_it_says_that_the_person_lives_there(remark, last):
    found = compute("refusal-alone", date(2026, 1, 5), before=f"TA Paris ({remark})")

    assert _dates(found)[0] == last


def test_a_distance_that_was_added_says_that_a_prison_may_be_no_residence():
    far = compute("refusal-alone", date(2026, 1, 5), before="TA Paris", residence="overseas")
    near = compute("refusal-alone", date(2026, 1, 5), before="TA Paris")

    words = "L’établissement pénitentiaire comme adresse : à vérifier."
    assert words in " ".join(far.reservations)
    assert words not in " ".join(near.reservations)
