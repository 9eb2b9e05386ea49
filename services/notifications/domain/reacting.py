"""What one reaction settles: whose alerts it counts for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .alert import Alert
from .plan import base_of


def settled_by(reacted: Alert, others: Iterable[Alert]) -> list[Alert]:
    """The open alerts that a reaction to ``reacted`` settles, itself included.

    Of the same cause: those of the same stage (everybody else's, and what insists after them) and
    those of stages that were due before it. Later stages of a deadline still come, until it is met.
    """
    if reacted.planned is None:
        return []
    same = [one for one in others if one.planned and one.planned.cause == reacted.planned.cause]
    due: dict[str, datetime] = {}
    for one in [*same, reacted]:
        if one.planned is not None:
            base = base_of(one.planned.rung)
            due[base] = min(due.get(base, one.planned.due_at), one.planned.due_at)
    stage = base_of(reacted.planned.rung)
    settled = {base for base, due_at in due.items() if base == stage or due_at < due[stage]}
    return [
        one for one in same if one.open and one.planned and base_of(one.planned.rung) in settled
    ]
