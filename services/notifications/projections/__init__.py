"""The notifications' read models; each can be built again from its source's log.

``causes`` is none of them: it joins two logs in the order in which they were heard.
"""

from services.notifications.projections import people
from services.notifications.projections.alerts import AlertsTable
from shared.contracts import codecs
from shared.projections import ReadModel

ALERTS = AlertsTable(codecs.NOTIFICATIONS)
READ_MODELS = (
    ReadModel(
        name="alerts",
        source="notifications",
        tables=("alerts",),
        apply=ALERTS.project,
        apply_batch=ALERTS.project_all,
    ),
    ReadModel(
        name="volunteers",
        source="routing",
        tables=("volunteers",),
        apply=people.apply,
        personal=("volunteers.name", "volunteers.email", "volunteers.second_channel"),
    ),
)
