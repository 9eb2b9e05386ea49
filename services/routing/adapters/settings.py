"""Reads the desk's policy from its file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from services.routing.domain.settings import PolicySettings
from shared.contracts.vocabulary import SpecialSituation
from shared.errors import Invalid

POLICY_FILE = Path(__file__).parent.parent / "data" / "policy.toml"
_SITUATIONS = {str(situation): situation for situation in SpecialSituation}


class BadPolicy(Invalid):
    """The policy file lacks a setting or holds one that cannot be."""

    code = "routing.bad_policy"


def read_policy(path: Path = POLICY_FILE) -> PolicySettings:
    """The settings in ``path``; raises BadPolicy naming the file and the setting."""
    try:
        with path.open("rb") as file:
            return _settings(tomllib.load(file))
    except OSError as error:
        raise BadPolicy(f"{path.name}: cannot be read ({error.strerror})") from None
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{path.name}: {error}") from None
    except KeyError as error:
        raise BadPolicy(f"{path.name}: {error.args[0]} is missing; add it") from None
    except ValueError as error:
        raise BadPolicy(f"{path.name}: {error}; use a value of the vocabulary") from None


def _settings(raw: dict[str, Any]) -> PolicySettings:
    return PolicySettings(
        version=str(raw["version"]),
        letter_days=_days(raw["answer"], "letter_days"),
        written_working_days=_days(raw["answer"], "written_working_days"),
        acceptance_working_days=_days(raw["assignment"], "acceptance_working_days"),
        availability_working_days=_days(raw["assignment"], "availability_working_days"),
        slow_mail_days=_days(raw["mail"], "slow_after_days"),
        urgent_days=_days(raw["urgency"], "high_days"),
        danger_to_self=_situations(raw, "danger_to_self"),
        danger_from_others=_situations(raw, "danger_from_others"),
        not_by_letter=_situations(raw, "not_by_letter"),
        not_in_writing=_situations(raw, "not_in_writing"),
        kept_from_team=_situations(raw, "kept_from_team"),
        told_to_coordination=_situations(raw, "told_to_coordination"),
        minors_places=frozenset(map(str, raw["places"]["minors"])),
        outside_walls_places=frozenset(map(str, raw["places"]["outside_walls"])),
    )


def _days(section: dict[str, Any], name: str) -> int:
    value = section[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name}: {value!r} is no number of days")
    return value


def _situations(raw: dict[str, Any], name: str) -> frozenset[SpecialSituation]:
    values = [str(value) for value in raw["situations"][name]]
    if unknown := sorted(set(values) - _SITUATIONS.keys()):
        raise ValueError(f"{name}: {unknown[0]!r} is no special situation")
    return frozenset(_SITUATIONS[value] for value in values)
