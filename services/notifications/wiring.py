"""Where the notifications' adapters are chosen, and nowhere else."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from services.notifications.adapters.freshness import Freshness
from services.notifications.adapters.leadership import AdvisoryLeadership
from services.notifications.adapters.links import Links
from services.notifications.adapters.messages import Messages
from services.notifications.adapters.smtp import SmtpChannel
from services.notifications.adapters.traced import TracedChannel
from services.notifications.application.falling_due import FallingDue
from services.notifications.application.insisting import Insister
from services.notifications.application.planning import Planner
from services.notifications.application.ports import Channel
from services.notifications.application.reacting import Reactions
from services.notifications.application.scheduler import Scheduler
from services.notifications.application.sending import Sender
from services.notifications.domain.hours import WorkingHours
from services.notifications.domain.ladder import Policy, read_policy
from services.notifications.domain.lanes import Lane
from services.notifications.projections import ALERTS, READ_MODELS
from services.notifications.projections.alerts import AlertsTable
from services.notifications.projections.causes import CausesTable
from services.notifications.projections.people import PeopleTable
from shared.clock import Clock
from shared.contracts import codecs
from shared.deadlines.calendar import is_working_day
from shared.eventstore import Pool, Streams
from shared.messaging import call
from shared.service import ServiceParts, open_service
from shared.settings import BadSetting, Settings, desk_url, service_settings
from shared.smtp import smtp_server

NAME = "notifications"
HERE = Path(__file__).parent
MIGRATIONS = (HERE / "adapters" / "migrations",)
SOURCES = ("routing", "followup")
CODEC = codecs.NOTIFICATIONS
ROUTING_CODEC = codecs.ROUTING
FOLLOWUP_CODEC = codecs.FOLLOWUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """The use cases of this service, with what they work on."""

    planner: Planner
    scheduler: Scheduler
    reactions: Reactions
    links: Links
    alerts: AlertsTable
    causes: CausesTable
    people: PeopleTable
    policy: Policy


def open_parts(config: Mapping[str, Any]) -> ServiceParts:
    """Open the service; raises BadSetting naming the setting that is wrong."""
    settings = service_settings(NAME)
    parts = open_service(
        settings,
        codec=CODEC,
        read_models=READ_MODELS,
        migrations=MIGRATIONS,
        clock=config.get("clock"),
    )
    made = assemble(
        pool=parts.pool,
        streams=parts.streams,
        clock=parts.clock,
        settings=settings,
        may_send=Freshness(parts.pool, partial(call, config["AMQP_URI"]), SOURCES).may_send,
    )
    return replace(parts, extra={**parts.extra, "notifications": made})


def assemble(
    *,
    pool: Pool,
    streams: Streams,
    clock: Clock,
    settings: Settings,
    may_send: Callable[[Lane], bool],
    policy: Policy | None = None,
) -> Notifications:
    """Put the use cases together."""
    used = policy or shipped_policy()
    alerts, people = ALERTS, PeopleTable(_mailbox(settings))
    working = lru_cache(maxsize=1000)(is_working_day)  # the same few days, for each stage
    hours = WorkingHours(opens=used.opens, closes=used.closes, is_working_day=working)
    causes = CausesTable()
    links = Links(settings.master_key, desk_url(settings.environment))
    messages = _messages(settings, links, used)
    shared = {
        "streams": streams, "alerts": alerts, "causes": causes, "people": people,
        "policy": used, "hours": hours, "clock": clock,
    }  # fmt: skip
    sender = Sender(
        **shared,  # type: ignore[arg-type]  # fields by name
        channels={
            lane: TracedChannel(channel, streams)
            for lane, channel in _channels(settings, messages).items()
        },
        leadership=AdvisoryLeadership(pool),
        domain=messages.domain,
        may_send=may_send,
    )
    scheduler = Scheduler(
        falling_due=FallingDue(**shared),  # type: ignore[arg-type]  # fields by name
        insister=Insister(**shared),  # type: ignore[arg-type]  # fields by name
        sender=sender,
        alerts=alerts,
        causes=causes,
        clock=clock,
        pool=pool,
    )
    return Notifications(
        planner=Planner(
            alerts=alerts, causes=causes, people=people, policy=used, hours=hours, clock=clock
        ),
        scheduler=scheduler,
        reactions=Reactions(streams=streams, alerts=alerts),
        links=links,
        alerts=alerts,
        causes=causes,
        people=people,
        policy=used,
    )


def shipped_policy() -> Policy:
    """The ladders of ``data/ladders.toml``."""
    text = (HERE / "data" / "ladders.toml").read_text(encoding="utf-8")
    return read_policy(tomllib.loads(text))


def _mailbox(settings: Settings) -> str:
    return _address(settings, "MAILBOX", "permanence@localhost")


def _messages(settings: Settings, links: Links, policy: Policy) -> Messages:
    sender = _address(settings, "MAIL_FROM", "permanence@localhost")
    return Messages(links, policy, sender=sender, reply_to=_mailbox(settings))


def _address(settings: Settings, name: str, default: str) -> str:
    value = settings.environment.get(name, default) or default
    local, at, domain = value.partition("@")
    if not (local and at and domain) or not value.isascii() or any(c in value for c in " <>,;\r\n"):
        raise BadSetting(f"PERMANENCE_{name}: an e-mail address such as desk@example.org")
    return value


def _channels(settings: Settings, messages: Messages) -> dict[Lane, Channel]:
    """The second channel's own server, if one is set; else the same server on a lane of its own."""
    first = smtp_server(settings.environment)
    if first is None:
        raise BadSetting("PERMANENCE_SMTP_HOST: not set; name the mail server")
    second = smtp_server(settings.environment, "SECOND_SMTP") or first
    return {
        Lane.URGENT: SmtpChannel(first, messages),
        Lane.ORDINARY: SmtpChannel(first, messages),
        Lane.SECOND: SmtpChannel(second, messages),
    }
