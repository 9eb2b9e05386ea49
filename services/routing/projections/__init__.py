"""Routing's read models; each can be built again from its log."""

from services.routing.projections import assignments, directory_fold
from shared.projections import ReadModel

READ_MODELS = (
    ReadModel(
        name="assignments",
        source="routing",
        tables=assignments.TABLES,
        apply=assignments.apply,
        apply_batch=assignments.apply_all,
        reads_private=False,
        lookups=(),
    ),
    ReadModel(
        name="directory",
        source="routing",
        tables=directory_fold.TABLES,
        apply=directory_fold.apply,
        personal=("volunteers.name", "volunteers.email", "volunteers.second_channel"),
    ),
)
