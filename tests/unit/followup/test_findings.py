"""What a request says becomes terms; the shorter reading governs the alert."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.followup.domain.findings import (
    OUR_OWN,
    PARTNERS,
    needs_follow_up,
    release_day,
    source_of,
    terms_of,
)
from services.routing.domain import kinds
from shared.contracts.intake.facts import FoundDeadline, RequestFacts
from shared.contracts.vocabulary import Channel, DeadlineKind, JudicialStatus, RequesterKind, Topic

RECEIVED = date(2026, 3, 13)


def _found(kind: DeadlineKind = DeadlineKind.OQTF_APPEAL, **fields) -> FoundDeadline:
    return FoundDeadline(kind=kind, **{"trigger": "notification", **fields})


def _terms(kind: DeadlineKind = DeadlineKind.OQTF_APPEAL, received_on=RECEIVED, **fields):
    return terms_of(_found(kind, **fields), received_on=received_on)


def _facts(**fields) -> RequestFacts:
    return RequestFacts(
        **{
            "channel": Channel.LETTER,
            "received_on": RECEIVED,
            "received_at": datetime(2026, 3, 13, 9, tzinfo=UTC),
            **fields,
        }
    )


TEAM, WORKER = RequesterKind.CIMADE_PRISON_TEAM, RequesterKind.SOCIAL_WORKER
RELEASED = (_found(DeadlineKind.RELEASE_DATE, date_on=date(2026, 4, 10)),)
PREPARED = (Topic.RELEASE_PREPARATION,)


def test_a_trigger_and_a_rule_give_two_dates():
    terms = _terms(trigger_on="2026-03-10T15:00", rule_candidate="oqtf-detained")

    assert (terms.prudent, terms.last) == ("2026-03-17", "2026-03-18")
    assert (terms.trigger_on, terms.rule) == ("2026-03-10T15:00", "oqtf-detained")
    assert terms.article == "CESEDA L. 614-3, L. 921-1, R. 921-3, R. 922-9"


def test_of_two_stated_periods_the_shorter_governs_the_alert():
    terms = _terms(
        trigger_on="2026-03-18T16:40",
        rule_candidate="oqtf-detained",
        period_stated="48 heures; 7 jours",
    )

    assert (terms.prudent, terms.last) == ("2026-03-20T16:40", "2026-03-26")
    assert terms.alert_at == datetime(2026, 3, 20, 15, 40, tzinfo=UTC)
    assert "« 48 heures; 7 jours »" in terms.reservations[0]


@pytest.mark.parametrize(
    ("stated", "prudent"),
    [
        ("30 jours", "2026-05-01"),  # no shorter than the month of the rule
        ("quinze jours", "2026-04-16"),
        ("48 heures", "2026-04-03T00:00"),  # no hour known: from 00:00 of the day
        ("vingt-quatre heures", "2026-04-02T00:00"),
        ("quarante-huit heures", "2026-04-03T00:00"),
        ("dix-huit jours", "2026-04-19"),
        ("cinq jours", "2026-04-06"),
        ("7 dias", "2026-04-08"),
        ("48 horas", "2026-04-03T00:00"),
        ("7 дней", "2026-04-08"),
        ("deux semaines", "2026-04-15"),
        ("un mois", "2026-05-01"),
        ("99999 jours", "2026-05-01"),
        ("bientôt", "2026-05-01"),
    ],
)
def test_a_stated_period_only_ever_brings_the_alert_forward(stated, prudent):
    terms = _terms(trigger_on="2026-04-01", rule_candidate="oqtf-general", period_stated=stated)

    assert (terms.prudent, terms.last) == (prudent, "2026-05-04")


def test_hours_stated_without_the_hour_of_notification_run_from_midnight():
    terms = _terms(
        trigger_on="2026-11-02",
        rule_candidate="oqtf-detained",
        period_stated="48 heures",
        received_on=date(2026, 11, 3),
    )

    assert terms.prudent == "2026-11-04T00:00"
    assert terms.alert_at == datetime(2026, 11, 3, 23, tzinfo=UTC)


@pytest.mark.parametrize("stated", ["quarante-huit heures", "48 heures"])
@pytest.mark.parametrize("trigger_on", ["2026-11-02T10:00", "2026-11-02"])
def test_a_stated_period_over_on_arrival_leaves_the_alerts_to_the_rule(stated, trigger_on):
    terms = _terms(
        trigger_on=trigger_on,
        rule_candidate="oqtf-detained",
        period_stated=stated,
        received_on=date(2026, 11, 5),
    )

    assert (terms.prudent, terms.last) == ("2026-11-09", "2026-11-10")
    assert terms.alert_at == datetime(2026, 11, 9, 23, tzinfo=UTC)
    assert f"« {stated} » : ce délai aurait pris fin" in terms.reservations[0]


def test_of_two_stated_periods_the_shorter_that_is_still_ahead_governs():
    terms = _terms(
        trigger_on="2026-11-02",
        rule_candidate="oqtf-detained",
        period_stated="48 heures; six jours",
        received_on=date(2026, 11, 5),
    )

    assert terms.prudent == "2026-11-08"


def test_once_the_rule_itself_is_over_the_shorter_period_stays():
    terms = _terms(
        trigger_on="2026-11-02",
        rule_candidate="oqtf-detained",
        period_stated="6 jours",
        received_on=date(2026, 11, 10),
    )

    assert (terms.prudent, terms.last) == ("2026-11-08", "2026-11-10")


def test_what_intake_read_nearer_brings_the_alert_forward():
    terms = _terms(
        trigger_on="2026-03-10", rule_candidate="oqtf-detained", prudent="2026-03-12T15:00"
    )

    assert (terms.prudent, terms.last) == ("2026-03-12T15:00", "2026-03-18")


def test_an_unknown_start_is_a_clock_that_runs_already():
    terms = _terms(rule_candidate="oqtf-detained")

    assert (terms.prudent, terms.last, terms.alert_at) == (None, None, None)
    assert "tenu pour déjà en cours" in terms.reservations[0]


def test_without_a_rule_the_one_supposed_from_the_kind_is_said_to_be_so():
    terms = _terms(DeadlineKind.CRIMINAL_APPEAL, trigger_on="2026-03-09")

    assert (terms.rule, terms.prudent) == ("crim-appeal", "2026-03-19")
    assert "Règle supposée" in terms.reservations[0]


def test_a_deadline_past_on_arrival_asks_for_another_way():
    terms = _terms(trigger_on="2025-03-02", rule_candidate="oqtf-detained")

    assert (terms.prudent, terms.last) == ("2025-03-09", "2025-03-10")
    assert "chercher une autre voie" in terms.reservations[0]


def test_a_decision_older_than_the_rule_takes_the_shortest_rule_of_its_time():
    terms = _terms(trigger_on="2024-06-03T10:00", rule_candidate="oqtf-detained")

    assert (terms.rule, terms.prudent) == ("oqtf-old-48h", "2024-06-05T10:00")
    assert any("n’était pas en vigueur" in said for said in terms.reservations)


@pytest.mark.parametrize("bad", [{"rule_candidate": "no-such-rule"}, {"zone": "nowhere"}])
def test_what_cannot_be_counted_is_kept_without_dates(bad):
    fields = {"rule_candidate": "oqtf-detained", "trigger_on": "2026-03-10", **bad}

    terms = _terms(**fields)

    assert (terms.trigger_on, terms.prudent) == ("2026-03-10", None)
    assert "Aucune règle n’a pu être appliquée" in terms.reservations[0]


@pytest.mark.parametrize(
    "bad",
    [{"date_on": date(9999, 12, 31)}, {"trigger_on": "garbage"}, {"trigger_on": "9999-12-31"}],
)
def test_a_date_that_cannot_be_is_as_good_as_none(bad):
    terms = _terms(DeadlineKind.RETENTION_APPEAL, **bad)

    assert (terms.prudent, terms.last) == (None, None)


def test_a_day_in_an_unknown_zone_is_one_of_paris():
    terms = _terms(DeadlineKind.HEARING, date_on=date(2026, 3, 26), zone="nowhere")

    assert terms.alert_at == datetime(2026, 3, 26, 23, tzinfo=UTC)


def test_a_day_given_as_such_is_both_dates():
    terms = _terms(DeadlineKind.HEARING, date_on=date(2026, 3, 26), trigger="summons")

    assert (terms.prudent, terms.last, terms.rule) == ("2026-03-26", "2026-03-26", None)
    assert terms.alert_at == datetime(2026, 3, 26, 23, tzinfo=UTC)


def test_the_end_of_a_permit_tells_when_to_renew_it():
    terms = _terms(DeadlineKind.PERMIT_EXPIRY, date_on=date(2026, 10, 31))

    assert "entre le vendredi 3 juillet 2026 et le mardi 1er septembre 2026" in terms.steps[-1]


def test_a_callback_outside_the_listening_days_says_who_calls():
    saturday = _terms(DeadlineKind.CALLBACK, date_on=date(2026, 3, 21))
    tuesday = _terms(DeadlineKind.CALLBACK, date_on=date(2026, 3, 24))

    assert "sinon mardi 24 mars 2026" in saturday.reservations[0]
    assert tuesday.reservations == ()


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"channel": Channel.REFERRAL}, True),
        ({"requester_kind": RequesterKind.RELEASED_PERSON}, True),
        ({"requester_kind": RequesterKind.SUPERVISED_PERSON}, True),
        ({"judicial_status": JudicialStatus.RELEASED}, True),
        ({"judicial_status": JudicialStatus.ELECTRONIC_TAG}, True),
        ({"judicial_status": JudicialStatus.SENTENCED}, False),
        ({"judicial_status": JudicialStatus.RETAINED}, False),
        ({"requester_kind": RequesterKind.CPIP}, False),
        ({"channel": Channel.REFERRAL, "automatic": True}, False),
        ({"channel": Channel.EMAIL, "requester_kind": TEAM, "deadlines": RELEASED}, True),
        ({"channel": Channel.EMAIL, "requester_kind": TEAM, "topics": PREPARED}, True),
        ({"channel": Channel.EMAIL, "requester_kind": TEAM}, False),
        ({"channel": Channel.API, "requester_kind": WORKER, "deadlines": RELEASED}, True),
        ({"channel": Channel.API, "requester_kind": WORKER, "topics": PREPARED}, True),
        ({"channel": Channel.API, "requester_kind": WORKER}, False),
        ({"channel": Channel.EMAIL, "requester_kind": WORKER, "topics": PREPARED}, False),
        ({"channel": Channel.LETTER, "topics": PREPARED}, False),
    ],
)
def test_a_case_is_proposed_for_referred_released_and_supervised_persons(facts, wanted):
    assert needs_follow_up(_facts(**facts)) is wanted


def test_those_who_may_refer_are_the_same_as_for_routing():
    assert (OUR_OWN, PARTNERS) == (kinds.OUR_OWN, kinds.OUTSIDE)


@pytest.mark.parametrize(
    ("facts", "source"),
    [
        (
            {"requester_kind": RequesterKind.CIMADE_PRISON_TEAM, "establishment": "cp-fresnes"},
            "team:cp-fresnes",
        ),
        ({"requester_kind": RequesterKind.CIMADE_PRISON_TEAM}, "permanence"),
        ({"requester_kind": RequesterKind.CIMADE_PERMANENCE}, "permanence"),
        ({"requester_kind": RequesterKind.RELEASED_PERSON}, "person"),
        (
            {"requester_kind": RequesterKind.SOCIAL_WORKER, "channel": Channel.API},
            "partner",
        ),
        ({"requester_kind": RequesterKind.RELATIVE}, "request"),
    ],
)
def test_the_source_of_a_case_is_whoever_refers(facts, source):
    assert source_of(_facts(**facts)) == source


def test_the_day_of_release_is_the_earliest_given():
    days = (date(2026, 4, 12), date(2026, 4, 10))
    found = tuple(_found(DeadlineKind.RELEASE_DATE, date_on=day) for day in days)

    assert release_day(_facts(deadlines=found)) == date(2026, 4, 10)
    assert release_day(_facts()) is None


def test_of_a_short_time_over_at_arrival_it_is_said_that_who_was_free_then_had_more():
    terms = _terms(trigger_on="2026-03-01", rule_candidate="oqtf-detained")
    assert "chercher une autre voie" in terms.reservations[0]
    assert any("oqtf-switch-detained" in one for one in terms.reservations[1:])


def test_time_that_runs_anew_since_a_day_nobody_told_is_never_over():
    terms = _terms(
        trigger="information by the registry", rule_candidate="oqtf-switch-detained", note="libre"
    )
    assert (terms.rule, terms.last, terms.prudent) == ("oqtf-switch-detained", None, None)
    assert not any("autre voie" in said for said in terms.reservations)


def test_a_court_that_nobody_named_is_asked_for():
    terms = _terms(trigger_on="2026-03-26", rule_candidate="oqtf-detained")
    assert any("Juridiction ou autorité non précisée" in said for said in terms.reservations)
