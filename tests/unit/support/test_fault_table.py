"""The table of the fault suite counts what its tests tell it."""

from __future__ import annotations

from tests.support import fault_table


def test_a_name_carries_the_numbers_of_its_faults():
    assert fault_table.numbers("test_f26_f27_the_broker_is_wiped") == [26, 27]
    assert fault_table.numbers("test_from_the_logs") == []


def test_so_does_a_parameter_that_begins_with_them():
    assert fault_table.numbers("test_a_guard_holds[f24 f29: it is locked]") == [24, 29]
    assert fault_table.numbers("test_a_day[2026-03-29]") == []


def test_a_test_that_takes_a_guard_away_says_so():
    assert fault_table.without_guard("test_f01_without_the_lock_a_reader_does_skip_events")
    assert fault_table.without_guard("test_without_a_guard_harm_is_done[f24: it is locked]")
    assert not fault_table.without_guard("test_f33_a_backlog_is_read_without_the_broker")


def test_a_fault_without_a_test_is_named():
    seen = set(range(1, fault_table.LAST + 1)) - {31}

    assert fault_table.missing(seen) == [31]
    assert fault_table.missing(seen, [31]) == []


def test_what_is_left_out_has_a_reason():
    assert all(fault_table.LEFT_OUT.values())
    assert all(fault_table.ALWAYS_GUARDED.values())
