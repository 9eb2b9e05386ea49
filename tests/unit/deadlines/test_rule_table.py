"""The table of rules: read whole, and refused by line and column when a line is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from shared.deadlines import Nature, RuleTableError, UnknownRule, load_rules, rule, rules

_HEAD = (
    "rule_id,label_fr,trigger_fr,duration,counting,weekend_holiday_extension,detained_special,"
    "situation,authority,article,effective_from,effective_to,confidence,source,nature,notes\n"
)
_GOOD = "a,A,notification,P7D,franc_days,yes,,any,TA,L. 1,2024-07-15,,high,text,deadline,\n"


def _load(tmp_path, *lines: str):
    path = tmp_path / "rules.csv"
    path.write_text(_HEAD + "".join(lines), encoding="utf-8")
    return load_rules(path)


def test_the_table_holds_84_rules():
    assert len(rules()) == 84
    found = rule("renewal-window-open")
    assert (found.duration.amount, found.nature) == (-120, Nature.WINDOW_OPEN)
    assert rule("oqtf-general").effective_from == date(2024, 7, 15)


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ("P7D", "7 days", "line 3: duration: '7 days'; write P7D"),
        ("franc_days", "francs", "line 3: counting: 'francs' is unknown; use franc_days"),
        ("P7D", "P7M", "line 3: duration: months do not go with counting franc_days"),
        (",yes,", ",maybe,", "line 3: weekend_holiday_extension: 'maybe'; write yes or no"),
        ("2024-07-15", "15/07/2024", "line 3: effective_from: '15/07/2024' is not a day"),
        ("2024-07-15,", "2024-07-15,2020-01-01", "line 3: effective_to: 2020-01-01 is before"),
        (",high,", ",sure,", "line 3: confidence: 'sure' is unknown"),
        (",deadline,", ",limit,", "line 3: nature: 'limit' is unknown"),
        ("A,", ",", "line 3: label_fr: empty"),
        (",text,deadline,", "", "line 3: .*the cell is missing"),
    ],
)
def test_a_bad_line_is_refused_with_its_number_and_column(tmp_path, good, bad, words):
    second = "b" + _GOOD[1:].replace(good, bad, 1)
    with pytest.raises(RuleTableError, match=words):
        _load(tmp_path, _GOOD, second)


def test_the_same_id_twice_is_refused(tmp_path):
    with pytest.raises(RuleTableError, match="line 3: rule_id: 'a' stands already at line 2"):
        _load(tmp_path, _GOOD, _GOOD)


def test_a_table_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "rules.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RuleTableError, match=r"rules\.csv: cannot be read"):
        load_rules(path)


@pytest.mark.parametrize("text", ["", "x=[\n", "rule_id,label_fr\n"])
def test_a_table_without_a_rule_is_refused(tmp_path, text):
    path = tmp_path / "rules.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleTableError, match=r"rules\.csv: holds no rule"):
        load_rules(path)


def test_a_wrong_id_is_refused_with_those_that_resemble_it():
    with pytest.raises(UnknownRule, match="did you mean oqtf-detained"):
        rule("oqtf_detained")
