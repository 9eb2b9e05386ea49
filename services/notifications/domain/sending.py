"""What leaves together, and what need not leave any more."""

from __future__ import annotations

from collections.abc import Sequence

from .alert import Alert
from .ladder import Policy


def superseded(due: Sequence[Alert], policy: Policy) -> list[Alert]:
    """Of alerts due to one recipient: those that a later stage of the same cause overtakes,
    however late the earlier one insists.

    One that may have left already is not: it leaves once more, as it was.
    """
    latest: dict[str, Alert] = {}
    for one in sorted(due, key=lambda alert: _order(alert, policy)):
        if one.planned is not None:
            latest[one.planned.cause] = one
    kept = {id(one) for one in latest.values()}
    return [one for one in due if id(one) not in kept and not one.in_doubt]


def grouped(due: Sequence[Alert], *, merge_from: int) -> list[Alert]:
    """The alerts of one recipient's next message, in the order given.

    One whose sending is in doubt leaves again with those it left with; else, from ``merge_from``
    alerts on, all leave together; else the first leaves alone.
    """
    if not due:
        return []
    if due[0].in_doubt:
        return [one for one in due if one.in_doubt and one.message_id == due[0].message_id]
    certain = [one for one in due if not one.in_doubt]
    return certain if len(certain) >= merge_from else certain[:1]


def _order(alert: Alert, policy: Policy) -> tuple[int, int]:
    """The place of its stage on the ladder, then its step; a stage that is no more comes first."""
    planned = alert.planned
    if planned is None:
        raise LookupError("alert: it was never planned; verify the stream")
    ladder = policy.ladders.get(planned.ladder)
    names = [stage.name for stage in ladder.stages] if ladder else []
    place = names.index(planned.stage) if planned.stage in names else -1
    return (place, planned.step)
