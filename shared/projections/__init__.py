"""Read models that can be built again from events, beside the live ones, and compared with them."""

from shared.projections._compare import WITHHELD, Difference, TableDrift
from shared.projections._copies import copies_of, drop_copies
from shared.projections._copy import Progress, Watch
from shared.projections._errors import (
    AheadOfLive,
    Differs,
    DoesNotFit,
    NothingKept,
    OtherCode,
    RebuildRunning,
    TablesBusy,
)
from shared.projections._model import ReadModel
from shared.projections._rebuild import MIGRATIONS, Rebuilder
from shared.projections._rows import as_rows

__all__ = [
    "MIGRATIONS",
    "WITHHELD",
    "AheadOfLive",
    "Difference",
    "Differs",
    "DoesNotFit",
    "NothingKept",
    "OtherCode",
    "Progress",
    "ReadModel",
    "RebuildRunning",
    "Rebuilder",
    "TableDrift",
    "TablesBusy",
    "Watch",
    "as_rows",
    "copies_of",
    "drop_copies",
]
