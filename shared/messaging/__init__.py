"""Events between services: relay, ordered subscriptions, catch-up, commands by RPC."""

from pathlib import Path

from shared.messaging._broker import NotPublished
from shared.messaging._commands import Command, command, commands_of
from shared.messaging._delivered import Delivered, caused_by
from shared.messaging._envelope import START, BadEnvelope, Envelope, Place
from shared.messaging._log_access import LogAccess
from shared.messaging._memory import IN_PROCESS_URI, is_in_process
from shared.messaging._opened import MessagingParts, OpenParts
from shared.messaging._probe import BrokerGone, BrokerProbe
from shared.messaging._relay_extension import EventRelay
from shared.messaging._rpc import NoAnswer, Rpc, RpcClient, RpcPool, call
from shared.messaging._sealed import CallKeyDiffers, Seals
from shared.messaging._sift import Diverged
from shared.messaging._subscription import Subscription, subscribe
from shared.messaging._wakeup import Wakeup
from shared.messaging._wire_errors import from_wire_error, to_wire_error

MIGRATIONS = Path(__file__).parent / "migrations"

__all__ = [
    "IN_PROCESS_URI",
    "MIGRATIONS",
    "START",
    "BadEnvelope",
    "BrokerGone",
    "BrokerProbe",
    "CallKeyDiffers",
    "Command",
    "Delivered",
    "Diverged",
    "Envelope",
    "EventRelay",
    "LogAccess",
    "MessagingParts",
    "NoAnswer",
    "NotPublished",
    "OpenParts",
    "Place",
    "Rpc",
    "RpcClient",
    "RpcPool",
    "Seals",
    "Subscription",
    "Wakeup",
    "call",
    "caused_by",
    "command",
    "commands_of",
    "from_wire_error",
    "is_in_process",
    "subscribe",
    "to_wire_error",
]
