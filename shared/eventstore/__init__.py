"""The event store: one append-only, ordered, chained log a service, in PostgreSQL."""

from shared.eventstore._errors import CommandReused, WrongVersion
from shared.eventstore._heads import heads_of
from shared.eventstore._migrations import EVENT_STORE, migrate
from shared.eventstore._scan import Scan
from shared.eventstore._sealing import seal, unseal
from shared.eventstore._store import EventStore, begin_life, draw_incarnation
from shared.eventstore._streams import EventCodec, Projection, Streams, UnitOfWork
from shared.eventstore._types import (
    PARTITIONS,
    Appended,
    Applied,
    Behind,
    Expected,
    Head,
    NewEvent,
    Position,
    Recorded,
    Scanned,
    StreamInfo,
    Version,
    Write,
    category_of,
    partition_of,
)
from shared.eventstore._unfinished import (
    RestoreUnfinished,
    begin_restore,
    end_restore,
    refuse_unfinished,
    unfinished_restore,
)
from shared.eventstore._verify import Fault, FaultKind, Report
from shared.eventstore._wire import MAX_EVENT_BYTES
from shared.postgres import Connection, DatabaseFailed, DatabaseUnavailable, Pool, open_pool
from shared.privacy import ERASED, Erased

__all__ = [
    "ERASED",
    "EVENT_STORE",
    "MAX_EVENT_BYTES",
    "PARTITIONS",
    "Appended",
    "Applied",
    "Behind",
    "CommandReused",
    "Connection",
    "DatabaseFailed",
    "DatabaseUnavailable",
    "Erased",
    "EventCodec",
    "EventStore",
    "Expected",
    "Fault",
    "FaultKind",
    "Head",
    "NewEvent",
    "Pool",
    "Position",
    "Projection",
    "Recorded",
    "Report",
    "RestoreUnfinished",
    "Scan",
    "Scanned",
    "StreamInfo",
    "Streams",
    "UnitOfWork",
    "Version",
    "Write",
    "WrongVersion",
    "begin_life",
    "begin_restore",
    "category_of",
    "draw_incarnation",
    "end_restore",
    "heads_of",
    "migrate",
    "open_pool",
    "partition_of",
    "refuse_unfinished",
    "seal",
    "unfinished_restore",
    "unseal",
]
