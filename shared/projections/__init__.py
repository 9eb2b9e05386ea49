"""Read models that can be built again from events, beside the live ones, and compared with them."""

from shared.projections._model import ReadModel
from shared.projections._rebuild import (
    Difference,
    Progress,
    Rebuilder,
    RebuildRunning,
    TableDrift,
)

__all__ = ["Difference", "Progress", "ReadModel", "RebuildRunning", "Rebuilder", "TableDrift"]
