"""Follow-up's read models; each can be built again from its log."""

from services.followup.projections.cases import CASES
from services.followup.projections.deadlines import DEADLINES

READ_MODELS = (CASES, DEADLINES)
