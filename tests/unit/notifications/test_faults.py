"""Deaths, lost answers, dead mail servers, outages and clocks that jump."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from functools import reduce
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.notifications.domain import alert
from services.notifications.domain.lanes import Lane
from services.notifications.projections import alerts
from shared.clock import VirtualClock
from shared.contracts.followup.events import DeadlineMet
from shared.contracts.routing.events import AssignmentClosed
from shared.contracts.vocabulary import AlertState, Urgency
from tests.support.postgres import ROOT
from tests.support.waiting import wait_until

from .desk import accepted, assigned, deadline_set, registered, to
from .people import DEADLINE, FRESNES, REQUEST, paris


def start_child(desk):
    """A process that does what is due, with a server of which the caller sees to the pace."""
    given = {
        "now": desk.clock.now().isoformat(),
        "dsn": desk.database.dsn("notifications"),
        "keyring_dsn": desk.database.dsn("keyring"),
        "smtp_port": desk.mail.port,
    }
    module = "tests.unit.notifications.sending_child"
    return subprocess.Popen([sys.executable, "-m", module, json.dumps(given)], cwd=ROOT)


def kill_while_sending(desk):
    """Let a process die after the server took its message and before it answered."""
    before = len(desk.mail.messages())
    desk.mail.behave("delay", seconds=60, times=1)
    child = start_child(desk)
    try:
        wait_until(lambda: len(desk.mail.messages()) > before)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    desk.mail.behave("accept")


def with_sender(desk, **other):
    """The service with a sender that differs in something."""
    scheduler = desk.made.scheduler
    sender = replace(scheduler.sender, **other)
    desk.made = replace(desk.made, scheduler=replace(scheduler, sender=sender))


@pytest.fixture
def one(desk):
    """One alert is due, to Ada."""
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-05"))
    return desk


def test_f48_a_lost_answer_is_tried_once_more_under_the_same_id_and_marked_doubtful(one):
    one.mail.behave("close_after_data", times=1)

    [first] = one.tick()
    [failed] = one.found(recipient="ada", state=AlertState.DELIVERY_FAILED)
    [second] = one.tick("2026-11-02 10:01")

    assert first.message_id == second.message_id
    assert failed.last_failure == "disconnected"
    [sent] = one.found(recipient="ada", state=AlertState.SENT)
    assert sent.in_doubt == 1


def test_f48_after_two_lost_answers_it_never_leaves_a_third_time(one):
    one.mail.behave("close_after_data")

    one.tick()
    one.tick("2026-11-02 10:01")
    one.mail.behave("accept")

    assert one.tick("2026-11-02 10:30") == []
    [sent] = one.found(recipient="ada", state=AlertState.SENT)
    assert (sent.attempts, sent.in_doubt) == (2, 2)


def test_f48_without_the_limit_of_doubt_it_does_leave_a_third_time(one, monkeypatch):
    """Proves that the test above can fail."""
    monkeypatch.setattr(alert, "_MAX_IN_DOUBT", 1000)

    with pytest.raises(AssertionError):
        test_f48_after_two_lost_answers_it_never_leaves_a_third_time(one)


def test_a_death_while_sending_is_followed_by_one_more_attempt_under_the_same_id(one):
    kill_while_sending(one)
    [begun] = one.found(recipient="ada", state=AlertState.PLANNED, cause=f"deadline:{DEADLINE}")[
        -1:
    ]

    [again] = one.tick()

    assert begun.in_hand is not None
    assert again.message_id == begun.in_hand.message_id == one.mail.messages()[0].message_id
    [sent] = one.found(recipient="ada", state=AlertState.SENT)
    assert sent.in_doubt == 1
    assert one.tick() == []


def test_two_deaths_while_sending_leave_two_messages_and_no_third(one):
    kill_while_sending(one)
    kill_while_sending(one)

    assert one.tick() == []
    assert len(one.mail.messages()) == 2
    assert [alert.in_doubt for alert in one.found(state=AlertState.SENT)] == [2]


def test_what_was_acknowledged_while_its_sender_died_does_not_leave_again(one):
    kill_while_sending(one)
    alert_id = UUID(one.mail.messages()[0].message_id[1:37])

    one.made.reactions.acknowledge(alert_id, "ada")

    assert one.tick() == []
    [alert] = one.found(state=AlertState.ACKNOWLEDGED)
    assert alert.in_hand is None


class Meanwhile:
    """A channel during whose sending something else happens."""

    def __init__(self, channel, happens):
        self._channel = channel
        self._happens = happens
        self.rest = channel.rest

    def send(self, mail):
        outcome = self._channel.send(mail)
        self._happens(mail)
        return outcome


def meanwhile(desk, happens):
    channels = desk.made.scheduler.sender.channels
    with_sender(desk, channels={lane: Meanwhile(one, happens) for lane, one in channels.items()})


def test_what_was_acknowledged_while_it_was_sent_is_both(desk):
    desk.tell(assigned(due=None))
    reactions = desk.made.reactions
    meanwhile(desk, lambda mail: reactions.acknowledge(mail.alerts[0].alert_id, "ble"))

    assert [who for who, _ in to(desk.tick())] == ["ada"]

    ada, ble = sorted(desk.found(), key=lambda one: one.planned.recipient)
    assert (ada.state, ada.acknowledged_by) == (AlertState.ACKNOWLEDGED, "ble")
    assert ada.sent_at is not None
    assert ada.in_hand is None
    assert ble.state is AlertState.CANCELLED
    assert desk.tick() == []


def test_a_next_message_that_cannot_be_begun_does_not_make_the_one_before_leave_again(desk):
    desk.tell(assigned(due=None))
    people = desk.made.scheduler.sender.people

    class Broken(type(people)):
        def contact(self, connection, recipient):
            if recipient == "ble":
                raise LookupError(recipient)
            return super().contact(connection, recipient)

    with_sender(desk, people=Broken("desk@cimade.example"))
    with pytest.raises(LookupError):
        desk.tick()
    with_sender(desk, people=people)

    assert [alert.planned.recipient for alert in desk.found(state=AlertState.SENT)] == ["ada"]
    assert [who for who, _ in to(desk.tick())] == ["ble"]
    assert [alert.in_doubt for alert in desk.found()] == [0, 0]


def test_what_is_kept_of_an_alert_is_what_its_events_say(desk):
    desk.tell(assigned(due=None), registered("eve", FRESNES))
    desk.mail.behave("defer", times=1)
    desk.tick()
    desk.tick("2026-11-02 10:01")
    desk.made.reactions.acknowledge(desk.found()[0].planned.alert_id)

    kept = desk.found()

    assert len(kept) == 3
    for one in kept:
        events, _ = desk.streams.load(f"alert-{one.planned.alert_id}")
        assert one == reduce(alert.evolve, events, alert.Alert())


def test_two_processes_that_send_at_once_send_each_alert_once(desk):
    for number in range(8):
        desk.tell(
            registered(f"v{number}", f"team:x{number}"),
            assigned(f"team:x{number}", request_id=UUID(int=number + 1), due=None),
        )

    children = [start_child(desk), start_child(desk)]
    desk.tick()
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    desk.tick()

    sent = desk.mail.messages()
    assert sorted(one.recipients[0] for one in sent) == [f"v{n}@cimade.example" for n in range(8)]
    assert len({one.message_id for one in sent}) == 8


def test_a_server_that_says_not_now_is_asked_again_a_minute_later(one):
    one.mail.behave("defer", times=1)

    assert one.tick() == []
    assert one.tick("2026-11-02 10:00") == []
    assert [who for who, _ in to(one.tick("2026-11-02 10:01"))] == ["ada"]


def test_an_address_refused_for_good_is_replaced_by_the_second_channel_at_once(desk):
    desk.tell(assigned(urgency=Urgency.LOW, due=None))
    desk.mail.behave("reject", times=1)

    desk.tick()
    left = desk.tick()

    # Ada has a second channel; Ble, whose address works, was written to in the first round.
    assert sorted(who for who, _ in to(desk.mail.messages())) == ["ada.sms", "ble"]
    assert [who for who, _ in to(left)] == ["ada.sms"]


def test_while_the_server_refuses_the_sender_no_recipient_is_given_up(desk):
    desk.mail.behave("refuse_sender")
    desk.tell(assigned(urgency=Urgency.LOW, due=None))

    assert desk.run_until("2026-11-02 12:00") == []
    desk.mail.behave("accept")
    left = to(desk.run_until("2026-11-02 13:00"))

    assert [who for who, _ in left] == ["ada", "ble"]
    assert {alert.last_failure for alert in desk.found()} == {"smtp_530"}


def test_f49_a_dead_mail_server_delays_no_escalation_and_loses_nothing(desk):
    desk.mail.behave("unavailable")
    desk.tell(assigned(danger=True, urgency=Urgency.CRITICAL, due=None))
    desk.tell(assigned(request_id=UUID(int=5), due=None))

    assert desk.run_until("2026-11-02 11:00") == []
    waiting = {one.planned.recipient for one in desk.found() if one.planned.escalated}
    assert waiting == {"dan"}

    desk.mail.behave("accept")
    left = to(desk.run_until("2026-11-02 11:45"))

    assert left[0][1].startswith(("URGENT", "Relance : URGENT", "Coordination"))
    assert {"ada", "ble", "clo", "dan"} <= {who for who, _ in left}
    assert len({(who, subject) for who, subject in left}) == len(left)


def test_f49_a_slow_server_in_one_lane_holds_up_no_other(desk):
    desk.tell(assigned(due=None))
    desk.tell(assigned(request_id=UUID(int=5), danger=True, urgency=Urgency.CRITICAL, due=None))
    sender = desk.made.scheduler.sender
    desk.made.scheduler.climb()
    desk.mail.behave("delay", seconds=60, times=1)
    child = start_child(desk)  # urgent lane first: it hangs there
    try:
        wait_until(desk.mail.messages)

        assert sender.send_due(Lane.URGENT) == 0
        assert sender.send_due(Lane.ORDINARY) == 2
        desk.clock.move_to(paris("2026-11-02 10:15"))
        assert desk.made.scheduler.insister.insist() > 0
    finally:
        child.kill()
        child.wait()


def test_f49_without_lanes_the_slow_server_holds_up_all(desk, monkeypatch):
    """Proves that the test above can fail."""
    monkeypatch.setattr(alerts, "lane_of", lambda _alert: Lane.URGENT)

    with pytest.raises(AssertionError, match="assert 0 == 2"):
        test_f49_a_slow_server_in_one_lane_holds_up_no_other(desk)


def test_f52_after_three_days_what_is_still_due_leaves_once_merged_and_says_that_it_is_late(desk):
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2026-11-06"))
    desk.tick()
    for number in range(3):
        desk.tell(assigned(request_id=UUID(int=number + 1), due=None), accepted(
            "ada", UUID(int=number + 1)))  # fmt: skip
        desk.tell(
            deadline_set("2026-11-12", deadline_id=UUID(int=number + 1),
                         request_id=UUID(int=number + 1))
        )  # fmt: skip
    # Nothing ticks from the 2nd to the 6th: J-1 and the day itself of one deadline pass, J-7 of
    # three others; of those, one was met meanwhile.
    desk.clock.move_to(paris("2026-11-06 09:10"))
    desk.tell(DeadlineMet(deadline_id=UUID(int=1), register="main", proof="reçu", by="ada"))

    left = desk.tick()

    to_ada = [one for one in left if one.recipients[0].startswith("ada")]
    by_subject = {one.subject for one in to_ada}
    assert len([s for s in by_subject if "vendredi 6 novembre (aujourd’hui)" in s]) == 1
    assert not [s for s in by_subject if "demain" in s]
    assert "aujourd’hui" in to_ada[0].subject  # the most urgent first
    later = [one for one in to_ada if "jeudi 12 novembre" in one.path.read_text()
             or "12 novembre" in one.message.get_body(("plain",)).get_content()]  # fmt: skip
    told = "".join(one.message.get_body(("plain",)).get_content() for one in later)
    assert told.count("12 novembre") == 2  # two of three: the third was met
    assert "Ce message part en retard de 1 jour" in told
    assert desk.tick() == []


def test_f52_many_late_alerts_are_one_message_with_the_most_urgent_first(desk):
    for number in range(4):
        desk.tell(assigned(request_id=UUID(int=number + 1), due=None,
                           urgency=Urgency.HIGH if number == 2 else Urgency.NORMAL))  # fmt: skip
    left = desk.tick("2026-11-05 10:00")

    assert to(left) == [
        ("ada", "4 alertes vous attendent (envoi en retard)"),
        ("ble", "4 alertes vous attendent (envoi en retard)"),
    ]
    text = left[0].message.get_body(("plain",)).get_content()
    high = next(one.planned.about for one in desk.found() if one.planned.urgency == "high")
    assert high in text.partition("2. ")[0]
    assert text.count("Ce message part en retard de 3 jours") == 4


def test_f52_what_was_answered_during_the_outage_does_not_leave(desk):
    desk.tell(assigned())
    desk.clock.move_to(paris("2026-11-05 10:00"))
    desk.tell(AssignmentClosed(request_id=REQUEST, register="main"))

    assert desk.tick() == []


def test_f52_without_waiting_for_news_what_was_answered_does_leave(desk):
    """Proves that the test above can fail: the answer is not heard of yet."""
    desk.tell(assigned())
    desk.clock.move_to(paris("2026-11-05 10:00"))
    with_sender(desk, may_send=lambda _lane: False)
    assert desk.tick() == []

    with_sender(desk, may_send=lambda _lane: True)

    assert [who for who, _ in to(desk.tick())] == ["ada", "ble"]


def test_f50_f52_without_merging_what_is_late_is_a_flood(desk):
    """Proves that the test about many late alerts can fail."""
    with_sender(desk, policy=replace(desk.made.policy, merge_from=1000))

    with pytest.raises(AssertionError, match="At index 0 diff"):
        test_f52_many_late_alerts_are_one_message_with_the_most_urgent_first(desk)

    assert len(desk.mail.messages()) == 8


def test_f50_a_clock_that_jumps_back_sends_nothing_again(desk):
    desk.tell(assigned(due=None))
    assert len(desk.tick()) == 2

    assert desk.tick("2026-11-02 09:00") == []
    assert desk.tick("2026-11-02 10:00") == []
    assert desk.tick("2026-11-02 10:30") == []


def test_f50_a_clock_that_jumps_a_week_ahead_sends_each_thing_once(desk):
    for number in range(5):
        desk.tell(assigned(request_id=UUID(int=number + 1), due="2026-11-09"))
    desk.tick()

    left = desk.tick("2026-11-09 09:00")

    # Repeated notices, reminders and the day itself fell due: one message each, not twenty.
    assert sorted(who for who, _ in to(left)) == ["ada", "ble"]
    assert {subject for _, subject in to(left)} == {"5 alertes vous attendent (envoi en retard)"}
    text = left[0].message.get_body(("plain",)).get_content()
    assert text.count("réponse promise pour le lundi 9 novembre (aujourd’hui)") == 5


def test_f50_a_source_whose_clock_is_ahead_delays_no_alarm(desk):
    ahead = paris("2026-11-02 10:05")
    desk.tell(assigned(danger=True, urgency=Urgency.CRITICAL, due=None), at=ahead)

    assert [who for who, _ in to(desk.tick())] == ["ada", "ble", "clo"]


def test_f50_without_our_own_clock_beside_theirs_the_alarm_waits(desk):
    """Proves that the test above can fail."""
    late = replace(desk.made.planner, clock=VirtualClock(paris("2030-01-01 00:00")))
    desk.made = replace(desk.made, planner=late)

    with pytest.raises(AssertionError, match=r"\[\] == \['ada'"):
        test_f50_a_source_whose_clock_is_ahead_delays_no_alarm(desk)


def test_f51_reminders_on_both_sides_of_the_change_of_the_hour_leave_once_at_nine(desk):
    desk.clock.move_to(paris("2027-03-20 10:00"))
    desk.tell(assigned(due=None), accepted("ada"), deadline_set("2027-03-30"))

    seen = []
    while (due := desk.made.scheduler.next_due_at()) is not None and due < paris(
        "2027-03-30 12:00"
    ):
        seen += [(due, subject) for who, subject in to(desk.tick(due)) if who == "ada"
                 and not subject.startswith("Relance")]  # fmt: skip

    assert [due.isoformat()[:16] for due, _ in seen] == [
        "2027-03-23T08:00",  # Tuesday, J-7, winter time
        "2027-03-26T08:00",  # J-3 is the Saturday: Friday before
        "2027-03-29T07:00",  # J-1, Easter Monday, summer time
        "2027-03-30T07:00",
    ]


def test_f51_without_a_named_zone_they_leave_an_hour_late_in_summer(desk):
    """Proves that the test above can fail."""
    winter = replace(desk.made.planner.hours, zone=ZoneInfo("Etc/GMT-1"))
    desk.made = replace(desk.made, planner=replace(desk.made.planner, hours=winter))
    scheduler = desk.made.scheduler
    stages = replace(scheduler.falling_due, hours=winter)
    desk.made = replace(desk.made, scheduler=replace(scheduler, falling_due=stages))
    with_sender(desk, hours=winter)

    with pytest.raises(AssertionError, match="2027-03-29T08:00"):
        test_f51_reminders_on_both_sides_of_the_change_of_the_hour_leave_once_at_nine(desk)


def test_a_server_that_comes_back_finds_each_alert_once(desk, capture):
    desk.tell(assigned(due=None))
    capture.stop()
    try:
        assert desk.tick() == []
        failed = desk.found(state=AlertState.DELIVERY_FAILED)
    finally:
        capture.start()

    assert {one.last_failure for one in failed} == {"connection_refused"}
    assert {one.planned.recipient for one in failed} == {"ada", "ble"}
    assert [who for who, _ in to(desk.tick("2026-11-02 10:01"))] == ["ada", "ble"]
    assert [who for who, _ in to(desk.tick("2026-11-02 10:30"))] == []


def test_the_directory_of_a_team_is_that_of_the_day_on_which_an_alert_leaves(desk):
    desk.tell(assigned())
    desk.tick()
    desk.tell(registered("eve", FRESNES))

    left = desk.run_until("2026-11-06 09:00")

    reminded = [who for who, subject in to(left) if subject.startswith("Rappel")]
    assert sorted(reminded) == ["ada", "ble", "eve"]
