"""The desk's read models; each can be built again from its source's log."""

from services.desk.projections.alerts import ALERTS
from services.desk.projections.assignments import ASSIGNMENTS
from services.desk.projections.cases import CASES
from services.desk.projections.deadlines import DEADLINES
from services.desk.projections.directory import DIRECTORY
from services.desk.projections.requests import REQUESTS

READ_MODELS = (REQUESTS, ASSIGNMENTS, DIRECTORY, DEADLINES, CASES, ALERTS)

__all__ = ["READ_MODELS"]
