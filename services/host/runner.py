"""Runs services in this process: all of them in the embedded mode, one in a container."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.containers import ServiceContainer
from nameko.utils.concurrency import SpawningProxy

from shared.errors import Invalid, Unavailable

# In the order in which they start: those that are asked come before those that ask.
SERVICES: Mapping[str, str] = {
    "intake": "services.intake.service:IntakeService",
    "routing": "services.routing.service:RoutingService",
    "followup": "services.followup.service:FollowupService",
    "notifications": "services.notifications.service:NotificationsService",
    "desk": "services.desk.service:DeskService",
}


class UnknownService(Invalid):
    """No service of that name."""

    code = "host.unknown_service"


def service_class(name: str) -> type:
    """The class of a service; raises UnknownService naming those that there are."""
    try:
        module, _, attribute = SERVICES[name].partition(":")
    except KeyError:
        raise UnknownService(f"service: no {name!r}; one of {', '.join(SERVICES)}") from None
    made: type = getattr(import_module(module), attribute)
    return made


class ServiceEnded(Unavailable):
    """A service ended by an error that it should have handled."""

    code = "host.service_ended"


def _tell_end(container: ServiceContainer, first: Event) -> None:
    """Tell ``first`` when ``container`` ends, and by what."""
    ended: ServiceEnded | None = None
    try:
        container.wait()
    except Exception as error:
        # the error's own text may name people: the log has what may be told of it
        ended = ServiceEnded(
            f"{container.service_name}: it ended by an error, {type(error).__name__} (its log "
            "says where); start it anew, what was accepted is kept"
        )
        ended.__cause__ = error
    if first.ready():
        return
    if ended:
        first.send_exception(ended)
    else:
        first.send(None)


class Runner:
    """Starts services in turn and stops them.

    ``config`` is nameko's, ``own`` adds to it per service (web address).
    """

    def __init__(
        self,
        names: Iterable[str],
        config: Mapping[str, Any],
        own: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        added = own or {}
        self._containers = [
            ServiceContainer(service_class(name), {**config, **added.get(name, {})})
            for name in names
        ]

    def start(self) -> None:
        """Start all; if one cannot start, stop those that did and let the error rise."""
        started: list[ServiceContainer] = []
        try:
            for container in self._containers:
                started.append(container)
                container.start()
        except BaseException:
            for container in reversed(started):
                container.kill()
            raise
        # What is there now stays: lexicons, patterns, classes. Looking through all of it for
        # garbage again and again took 3 in 100 of intake's processor time.
        gc.collect()
        gc.freeze()

    def wait(self) -> None:
        """Until the first of them ends; raises ServiceEnded if it ended by an error."""
        first = Event()
        for container in self._containers:
            eventlet.spawn(_tell_end, container, first)
        if self._containers:
            first.wait()

    def stop(self) -> None:
        """Let each finish what it has in hand, then end it: the last, which asks the others, first.

        The others end side by side: each waits a second for its readers.
        """
        gc.unfreeze()
        for together in (self._containers[-1:], self._containers[:-1]):
            SpawningProxy(together).stop()
