"""The metrics page of real services, the page that explains it, and the alerts made of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from shared.eventstore.bootstrap import SERVICES
from shared.messaging import call
from shared.watch.meters import Meters
from tests.support.postgres import SEALS
from tests.watching.served import ROOT, Desk, Served

pytestmark = [pytest.mark.rabbitmq, pytest.mark.slow]

REFERENCE = ROOT / "docs" / "reference" / "metrics.md"
RULES = ROOT / "docs" / "howto" / "alert_rules.yml"
LETTER = "Je suis à la maison d'arrêt de Fresnes et je voudrais voir un avocat. Ana Ixample 71717"
# Each label and all that it may say.
LABELS = {
    "service": set(SERVICES),
    "source": set(SERVICES),
    "partition": {str(number) for number in range(8)},
    "state": {"running", "paused", "stopped"},
    "pool": {"service", "keyring"},
    "lane": {"urgent", "ordinary", "second"},
    "folder": {"tmp", "new", "failed"},
    "le": None,
}


def names_of(text: str) -> set[str]:
    return {family.name for family in text_string_to_metric_families(text)}


def documented() -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", REFERENCE.read_text(encoding="utf-8"), re.M))


def submit(desk: Desk) -> str:
    sent = {"channel": "letter", "raw": LETTER}
    told = call(desk.amqp_uri, "intake", "submit", sent, seals=SEALS)
    return str(told["request_id"])


def total(served: Served, name: str, **labels: str) -> float:
    """The sum over all labels that are not given."""
    return sum(
        value
        for (found, at), value in served.metrics().items()
        if found == name and labels.items() <= dict(at).items()
    )


def test_the_reference_names_each_metric_and_no_other(desk: Desk, tmp_path: Path) -> None:
    spool = {"SPOOL": str(tmp_path)}
    served = [desk.serve(name, spool) for name in ("intake", "routing", "notifications")]
    submit(desk)
    desk.wait(lambda: total(served[1], "permanence_handled_batch_events_sum", source="intake") > 0)
    desk.wait(lambda: served[1].value("permanence_relay_lag_events", partition="0") is not None)

    def told() -> set[str]:
        return set().union(*(names_of(one.get("/metrics")[1]) for one in served))

    desk.wait(lambda: documented() <= told())
    assert told() == documented()


def test_labels_are_few_and_name_nobody(desk: Desk, tmp_path: Path) -> None:
    served = [desk.serve(name, {"SPOOL": str(tmp_path)}) for name in ("intake", "routing")]
    submit(desk)
    desk.wait(lambda: total(served[1], "permanence_handled_batch_events_sum", source="intake") > 0)

    for one in served:
        page = one.get("/metrics")[1]
        assert "Ixample" not in page
        assert "71717" not in page
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                for label, value in sample.labels.items():
                    allowed = LABELS[label]
                    assert allowed is None or value in allowed, sample


def test_a_consumer_that_is_away_shows_as_lag_and_is_level_again(desk: Desk) -> None:
    intake = desk.serve("intake")
    routing = desk.serve("routing")
    submit(desk)
    desk.wait(lambda: total(routing, "permanence_handled_batch_events_sum", source="intake") > 0)
    with desk.database.admin() as admin:
        admin.execute("CREATE FUNCTION routing.never() RETURNS trigger LANGUAGE plpgsql AS "
                      "$$BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END$$")  # fmt: skip
        admin.execute("CREATE TRIGGER never BEFORE UPDATE ON routing.checkpoints "
                      "FOR EACH ROW EXECUTE FUNCTION routing.never()")  # fmt: skip
        submit(desk)

        desk.wait(lambda: total(routing, "permanence_consumer_lag_events", source="intake") > 0)
        first = total(routing, "permanence_consumer_lag_seconds", source="intake")
        desk.wait(
            lambda: total(routing, "permanence_consumer_lag_seconds", source="intake") > first + 1
        )
        desk.wait(lambda: total(routing, "permanence_batch_retries_total", source="intake") > 0)
        admin.execute("DROP TRIGGER never ON routing.checkpoints")

    desk.wait(lambda: total(routing, "permanence_consumer_lag_events", source="intake") == 0)
    desk.wait(lambda: total(routing, "permanence_consumer_lag_seconds", source="intake") == 0)
    desk.wait(lambda: total(intake, "permanence_appended_events_total") >= 2)
    desk.wait(lambda: total(intake, "permanence_relay_lag_events") == 0)


def test_replicas_tell_the_same_of_what_they_share(desk: Desk) -> None:
    desk.serve("intake")
    replicas = [desk.serve("routing"), desk.serve("routing")]
    submit(desk)
    desk.wait(
        lambda: sum(
            total(one, "permanence_handled_batch_events_sum", source="intake") for one in replicas
        )
    )
    names = ("permanence_log_position", "permanence_parked_events", "permanence_subscription_state")

    def shared(one: Served) -> dict[object, float]:
        return {key: value for key, value in one.metrics().items() if key[0] in names}

    desk.wait(lambda: shared(replicas[0]) == shared(replicas[1]))
    desk.wait(lambda: sum(total(one, "permanence_relay_leads") for one in replicas) == 1)


def test_services_of_one_process_do_not_share_a_registry() -> None:
    one, other = Meters(), Meters()

    one.appended.inc(3)

    assert one.registry.get_sample_value("permanence_appended_events_total") == 3
    assert other.registry.get_sample_value("permanence_appended_events_total") == 0


def test_whatever_may_be_away_pages_somebody() -> None:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))

    paging = [
        rule["expr"]
        for group in rules["groups"]
        for rule in group["rules"]
        if rule["labels"]["severity"] == "page"
    ]
    up = {name for name in documented() if name.endswith("_up")}
    assert up == {"permanence_database_up", "permanence_keyring_up"}
    assert {f"max by (service) ({name}) == 0" for name in up} <= set(paging)


def test_the_alert_rules_name_metrics_that_exist() -> None:
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))

    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({alert["alert"] for alert in alerts}) == len(alerts) > 0
    for alert in alerts:
        used = set(re.findall(r"\bpermanence_\w+", alert["expr"]))
        assert used, alert
        assert {re.sub(r"_(total|sum|count|bucket)$", "", name) for name in used} <= documented()
        assert alert["annotations"].keys() == {"summary", "description"}
        assert Path(ROOT / alert["labels"]["page"]).exists()
