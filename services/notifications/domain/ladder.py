"""Ladders: for each kind of cause, when who is told, and what follows if nobody reacts.

A ladder has *stages* (first notice, seven days before, the day itself…). Each stage goes to an
audience and may *insist*: steps that follow, one after the other, while nobody acknowledges.
Ladders are data (``data/ladders.toml``); this module gives them their shape and refuses nonsense.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from shared.contracts.vocabulary import Urgency
from shared.errors import Invalid


class Audience(StrEnum):
    """Who a stage goes to."""

    HOLDERS = "holders"  # the volunteer who accepted, else the unit's available members
    ON_DUTY = "on_duty"  # whoever is alerted of dangers at any hour
    COORDINATION = "coordination"
    SAME = "same"  # insisting: whoever had the alert before


EMAIL, SECOND = "email", "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class Insist:
    """One more step while nobody reacts: so long after the step before left."""

    after_minutes: int = 0
    after_working_days: int = 0
    to: Audience = Audience.SAME
    channel: str = EMAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage; exactly one of ``at_once``, ``days_before``, ``working_days_before`` and
    ``hours_before`` says when. ``working_days_before`` below 0 means after the day. ``hour`` is
    local; ``any_hour``: nights, weekends and holidays do not hold it back."""

    name: str
    to: tuple[Audience, ...]
    at_once: bool = False
    days_before: int | None = None
    working_days_before: int | None = None
    hours_before: int | None = None
    hour: time = time(9)
    urgency: Urgency | None = None  # None: the cause's own
    any_hour: bool = False
    insist: tuple[Insist, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The stages in the order in which they come. ``catch_up``: where some have passed already
    when the cause becomes known, the latest of those leaves at once."""

    name: str
    stages: tuple[Stage, ...]
    catch_up: bool = False

    def stage(self, name: str) -> Stage | None:
        """The stage of that name, None if this release has none."""
        return next((stage for stage in self.stages if stage.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that is data about alerting. ``deadline_kinds`` names the ladder of a deadline's kind
    ("none": told otherwise); ``retry_minutes`` the pauses after each refusal by the channel;
    ``merge_from`` how many alerts due together for one person make one digest."""

    version: str
    ladders: Mapping[str, Ladder]
    deadline_kinds: Mapping[str, str]
    opens: time
    closes: time
    retry_minutes: tuple[int, ...]
    late_minutes: int
    late_minutes_critical: int
    merge_from: int

    def ladder(self, name: str) -> Ladder:
        """Raises Invalid for a name that the file does not have."""
        try:
            return self.ladders[name]
        except KeyError:
            raise Invalid(f"ladders: {name} is missing; add it to ladders.toml") from None


def read_policy(data: Mapping[str, Any]) -> Policy:
    """The policy out of the parsed TOML; Invalid names the ladder and stage that make no sense."""
    ladders = {name: _ladder(name, body) for name, body in data["ladders"].items()}
    kinds = dict(data["deadline_kinds"])
    for kind, name in kinds.items():
        if name != "none" and name not in ladders:
            raise Invalid(f"deadline_kinds.{kind}: no ladder {name}; add it or write none")
    return Policy(
        version=str(data["version"]),
        ladders=ladders,
        deadline_kinds=kinds,
        opens=data["hours"]["opens"],
        closes=data["hours"]["closes"],
        retry_minutes=tuple(data["delivery"]["retry_minutes"]),
        late_minutes=data["delivery"]["late_minutes"],
        late_minutes_critical=data["delivery"]["late_minutes_critical"],
        merge_from=data["delivery"]["merge_from"],
    )


def _ladder(name: str, body: Mapping[str, Any]) -> Ladder:
    stages = tuple(_stage(name, stage) for stage in body["stages"])
    names = [stage.name for stage in stages]
    if len(set(names)) != len(names):
        raise Invalid(f"ladders.{name}: two stages bear one name; alerts need a name of their own")
    return Ladder(name=name, stages=stages, catch_up=body.get("catch_up", False))


def _stage(ladder: str, body: Mapping[str, Any]) -> Stage:
    when = {"at_once", "days_before", "working_days_before", "hours_before"} & body.keys()
    if len(when) != 1:
        raise Invalid(
            f"ladders.{ladder}.{body.get('name')}: give one of at_once, days_before, "
            f"working_days_before and hours_before, not {len(when)}"
        )
    to: str | Sequence[str] = body["to"]
    told = (to,) if isinstance(to, str) else to
    urgency = body.get("urgency")
    rest = {key: body[key] for key in (*when, "name", "hour", "any_hour") if key in body}
    return Stage(
        **rest,
        to=tuple(Audience(name) for name in told),
        urgency=Urgency[urgency.upper()] if urgency else None,
        insist=tuple(_insist(ladder, step) for step in body.get("insist", ())),
    )


def _insist(ladder: str, body: Mapping[str, Any]) -> Insist:
    if ("after_minutes" in body) == ("after_working_days" in body):
        raise Invalid(
            f"ladders.{ladder}: an insisting step needs after_minutes or after_working_days"
        )
    return Insist(**{**body, "to": Audience(body.get("to", "same"))})
