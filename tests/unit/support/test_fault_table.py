"""The table of the fault suite counts what its tests tell it."""

from __future__ import annotations

from tests.support import fault_table


def test_a_name_carries_the_numbers_of_its_faults():
    assert fault_table.numbers("test_f26_f27_the_broker_is_wiped") == [26, 27]
    assert fault_table.numbers("test_from_the_logs") == []


def test_a_fault_without_a_test_is_named():
    seen = set(range(1, fault_table.LAST + 1)) - {31}

    assert fault_table.missing(seen) == [31]


def test_what_is_left_out_has_a_reason():
    assert all(fault_table.LEFT_OUT.values())
    assert not set(fault_table.LEFT_OUT) & set(range(1, 45))
