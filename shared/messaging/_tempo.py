"""How often the parts of messaging look after each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONFIG_KEY = "MESSAGING_TEMPO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """Periods in seconds.

    ``heads``: a source announces how far it is; ``look``: the relay looks for events that no
    wake-up told of; ``silence``: without any message a consumer asks the source; ``pause``: until
    a paused subscription tries again; ``lease``: a relay that did not show itself for so long is
    frozen and replaced; ``lag``: a consumer asks its sources how far it is behind; ``batch``: the
    longest that one handling transaction may last.
    """

    heads_seconds: float = 3.0
    look_seconds: float = 1.0
    silence_seconds: float = 12.0
    pause_seconds: float = 15.0
    lease_seconds: float = 10.0
    lag_seconds: float = 5.0
    batch_seconds: float = 60.0


NORMAL = Tempo()


def tempo_from(config: Mapping[str, Any]) -> Tempo:
    """The tempo that nameko's configuration sets under ``MESSAGING_TEMPO``, else the normal one."""
    return Tempo(**config.get(CONFIG_KEY, {}))
