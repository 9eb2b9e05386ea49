"""What each service brings to the admins' commands: codec, read models, states of its streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from services.desk import projections as desk
from services.followup import projections as followup
from services.followup.domain import case, deadline
from services.host.runner import SERVICES
from services.intake import projections as intake
from services.intake.domain import request
from services.notifications import projections as notifications
from services.notifications.domain import alert
from services.routing import projections as routing
from services.routing.domain import assignment, directory
from shared.contracts.codec import Codec
from shared.contracts.codecs import CODECS
from shared.eventstore import Recorded
from shared.privacy import Keyring
from shared.projections import ReadModel

Fold = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class _Aggregate:
    start: Any
    evolve: Fold


# The streams whose state can be shown, by the beginning of their names.
_AGGREGATES: Mapping[str, _Aggregate] = {
    "request-": _Aggregate(request.Request(), request.evolve),
    "assignment-": _Aggregate(None, assignment.evolve),
    "team-": _Aggregate(None, directory.evolve_team),
    "volunteer-": _Aggregate(None, directory.evolve_volunteer),
    "case-": _Aggregate(case.Case(), case.evolve),
    "deadline-": _Aggregate(None, deadline.evolve),
    "alert-": _Aggregate(alert.Alert(), alert.evolve),
}


def names() -> Sequence[str]:
    """The services that have a log; the desk has none."""
    return [name for name in SERVICES if name != "desk"]


def codec(service: str) -> Codec:
    """The codec of a service's events."""
    return CODECS[service]


def read_models(service: str, keyring: Keyring) -> Sequence[ReadModel]:
    """The read models of a service; ``keyring`` makes the fingerprints that some hold."""
    if service == "intake":
        return intake.read_models(keyring.fingerprint)
    fixed: Mapping[str, Sequence[ReadModel]] = {
        "routing": routing.READ_MODELS,
        "followup": followup.READ_MODELS,
        "notifications": notifications.READ_MODELS,
        "desk": desk.READ_MODELS,
    }
    return fixed[service]


def state_of(service: str, stream: str, recorded: Sequence[Recorded]) -> Any:
    """What the events of a stream add up to; None where a stream is no aggregate of ours."""
    for prefix, aggregate in _AGGREGATES.items():
        if stream.startswith(prefix):
            known = codec(service)
            return reduce(aggregate.evolve, map(known.decode, recorded), aggregate.start)
    return None
